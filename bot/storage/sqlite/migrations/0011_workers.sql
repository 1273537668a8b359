-- Workers of several hosts share a queue, and show that they live.

CREATE TABLE worker (
    name    TEXT PRIMARY KEY,
    since   REAL NOT NULL,
    seen_at REAL NOT NULL,
    weights TEXT NOT NULL DEFAULT '',
    trouble TEXT NOT NULL DEFAULT ''
) STRICT;
