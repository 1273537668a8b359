-- Workers of several hosts share a queue, and show that they live.

CREATE TABLE worker (
    name    text PRIMARY KEY,
    since   double precision NOT NULL,
    seen_at double precision NOT NULL,
    weights text NOT NULL DEFAULT '',
    trouble text NOT NULL DEFAULT ''
);
