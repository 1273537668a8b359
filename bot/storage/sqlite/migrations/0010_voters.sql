-- Users vote on the pictures of a study under random numbers.

CREATE TABLE voter (
    user_id INTEGER PRIMARY KEY,
    number  TEXT NOT NULL UNIQUE
) STRICT;
