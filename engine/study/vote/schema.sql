-- The file `votes.sqlite` in the folder of a study, version 1 (PRAGMA user_version).

-- One row for each two outputs of the same content and style that somebody compared.
CREATE TABLE vote (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order of voting
    voter   TEXT NOT NULL,                      -- a random number, kept nowhere beside a name
    content TEXT NOT NULL,                      -- file names as in results.json
    style   TEXT NOT NULL,
    "left"  TEXT NOT NULL,                      -- name of the method whose output stood on the left, as A
    "right" TEXT NOT NULL,
    choice  TEXT NOT NULL CHECK (choice IN ('left', 'right', 'equal')),
    at      REAL NOT NULL,                      -- seconds since the epoch
    CHECK ("left" <> "right")
) STRICT;

-- A voter has one opinion of two outputs, whichever stood on the left.
CREATE UNIQUE INDEX vote_once ON vote (voter, content, style, min("left", "right"), max("left", "right"));
