-- The first schema: jobs, the photos of the next job, settings, and the inbox of updates.

-- One row per request for a picture. Its way:
--
--   queued ──claim──▶ running ──complete──▶ rendered ──finish_delivery──▶ delivered
--      ▲                 │ ├──fail──▶ failed
--      └─retry, release,─┘ │
--        reclaim           └──cancel (from queued too)──▶ cancelled
CREATE TABLE job (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of the queue; never used twice
    dedup_key         TEXT    NOT NULL UNIQUE,            -- the update that asked for it
    chat_id           INTEGER NOT NULL,
    thread_id         INTEGER,
    user_id           INTEGER NOT NULL,
    message_id        INTEGER NOT NULL,
    status_message_id INTEGER,
    language          TEXT    NOT NULL,
    quality           TEXT    NOT NULL,
    size              INTEGER,
    strength          INTEGER NOT NULL,
    colors            TEXT    NOT NULL,
    content           TEXT    NOT NULL,                   -- a blob's key
    styles            TEXT    NOT NULL,                   -- a JSON list of blobs' keys
    state             TEXT    NOT NULL DEFAULT 'queued'
                      CHECK (state IN ('queued', 'running', 'rendered', 'delivered', 'failed', 'cancelled')),
    worker            TEXT,                               -- who runs it, or ran it last
    fence             INTEGER NOT NULL DEFAULT 0,         -- counts every claim: what a worker's writes must match
    attempt           INTEGER NOT NULL DEFAULT 0,         -- counts claims too, but a release refunds it
    deaths            INTEGER NOT NULL DEFAULT 0,         -- how often the engine child died on it
    available_at      REAL    NOT NULL DEFAULT 0.0,        -- not to be claimed before, by the wall clock
    progress          REAL    NOT NULL DEFAULT 0.0,
    seconds_left      REAL,
    preview           TEXT,                               -- a blob's key
    result            TEXT,                               -- a blob's key
    report            TEXT    NOT NULL DEFAULT '{}',      -- JSON, as the engine gave it
    error             TEXT,                               -- a JobError, for the user
    detail            TEXT,                               -- the engine's own words, for the operator
    seconds           REAL,                               -- how long the painting took: the source of estimates
    delivery          TEXT    NOT NULL DEFAULT 'pending'  -- pending ⇄ sending → done
                      CHECK (delivery IN ('pending', 'sending', 'done')),
    created_at        REAL    NOT NULL,
    finished_at       REAL,
    CHECK ((state = 'running') <= (worker IS NOT NULL)),
    CHECK ((state = 'rendered') <= (result IS NOT NULL)),
    CHECK ((state = 'failed') = (error IS NOT NULL)),
    -- Once the user has the answer, no picture of theirs is kept.
    CHECK (delivery <> 'done' OR (content = '' AND styles = '[]' AND preview IS NULL AND result IS NULL))
) STRICT;

CREATE INDEX job_queued ON job (id) WHERE state = 'queued';
CREATE INDEX job_running ON job (worker) WHERE state = 'running';
CREATE INDEX job_unsettled ON job (id) WHERE delivery <> 'done';
CREATE INDEX job_user ON job (user_id);
CREATE INDEX job_seconds ON job (quality, size, id) WHERE seconds IS NOT NULL;

-- One row per photo that a user has sent. It stays a while after it left the draft, so that the same message
-- is not taken for a new photo when its update comes again.
CREATE TABLE photo (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id    INTEGER NOT NULL,
    thread_id  INTEGER,
    user_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    blob       TEXT    NOT NULL,
    left_at    REAL,             -- NULL: in the draft; else when a job took it or the user dropped it
    UNIQUE (chat_id, message_id)
) STRICT;

CREATE INDEX photo_draft ON photo (user_id) WHERE left_at IS NULL;

-- Every blob that is still wanted: a blob outside this view is deleted.
CREATE VIEW named_blob (key) AS
    SELECT content FROM job WHERE delivery <> 'done'
    UNION ALL SELECT style.value FROM job, json_each(job.styles) AS style WHERE delivery <> 'done'
    UNION ALL SELECT preview FROM job WHERE delivery <> 'done' AND preview IS NOT NULL
    UNION ALL SELECT result FROM job WHERE delivery <> 'done' AND result IS NOT NULL
    UNION ALL SELECT blob FROM photo WHERE left_at IS NULL;

-- The settings of each user who changed them.
CREATE TABLE recipe (
    user_id  INTEGER PRIMARY KEY,
    quality  TEXT    NOT NULL,
    size     INTEGER,
    strength INTEGER NOT NULL,
    colors   TEXT    NOT NULL
) STRICT;

-- Every update, kept before Telegram forgets it: received → handled (its body is wiped then).
CREATE TABLE inbox (
    update_id   INTEGER PRIMARY KEY,
    body        TEXT    NOT NULL,
    received_at REAL    NOT NULL,
    handled     INTEGER NOT NULL DEFAULT 0 CHECK (handled IN (0, 1))
) STRICT;

CREATE INDEX inbox_pending ON inbox (update_id) WHERE handled = 0;
