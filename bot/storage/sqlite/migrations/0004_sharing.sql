-- Fair shares between users, drafts that grow old, and what the owner of the bot decides.

-- Start-time fair queueing: a job's virtual time is when its user would be served if all users were served at once.
ALTER TABLE job ADD COLUMN vt REAL NOT NULL DEFAULT 0.0;

CREATE TABLE tenant (
    user_id   INTEGER PRIMARY KEY,
    finish_vt REAL NOT NULL         -- when the user's last job would be done
) STRICT;

CREATE TABLE schedule (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    vclock REAL    NOT NULL         -- the virtual time of the job that was claimed last
) STRICT;

INSERT INTO schedule (id, vclock) VALUES (1, 0.0);

DROP INDEX job_queued;
CREATE INDEX job_queued ON job (vt, id) WHERE state = 'queued';

ALTER TABLE photo ADD COLUMN added_at REAL NOT NULL DEFAULT 0.0;
UPDATE photo SET added_at = unixepoch('now') WHERE left_at IS NULL;

CREATE TABLE banned (
    user_id   INTEGER PRIMARY KEY,
    banned_at REAL    NOT NULL
) STRICT;

-- Present while the owner works on the bot.
CREATE TABLE maintenance (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    since   REAL    NOT NULL
) STRICT;

-- Who has spoken to the bot in private, for the owner's letters to all.
CREATE TABLE acquaintance (
    user_id INTEGER PRIMARY KEY,
    met_at  REAL    NOT NULL
) STRICT;

-- Letters to all that are not sent yet.
CREATE TABLE letter (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    text    TEXT    NOT NULL
) STRICT;
