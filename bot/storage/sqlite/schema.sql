-- The database as this release creates it, version 14. A later release changes it by migrations/00NN_*.sql, and this
-- file in the same way; a test compares both. Times are seconds since the epoch. Blob keys name files beside the database.

-- One row per request for a picture. Its states:
--
--   queued ──claim──▶ running ──complete──▶ rendered ──finish──▶ delivered
--      ▲                 │ ├──fail──▶ failed
--      └─retry, release,─┘ │
--        reclaim           └──cancel (from queued too)──▶ cancelled
CREATE TABLE job (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice
    dedup_key         TEXT    NOT NULL UNIQUE,            -- the update that asked for it

    -- who asked, and where the answer goes
    chat_id           INTEGER NOT NULL,
    thread_id         INTEGER,                            -- the topic
    user_id           INTEGER NOT NULL,
    message_id        INTEGER NOT NULL,                   -- the message that is answered
    status_message_id INTEGER,
    language          TEXT    NOT NULL,

    -- what is wanted; the recipe is one JSON object, so that a new option of it needs no new column
    recipe            TEXT    NOT NULL DEFAULT '{}',      -- JSON, the fields of models.Recipe
    quality           TEXT    GENERATED ALWAYS AS (recipe ->> '$.quality') VIRTUAL,
    size              INTEGER GENERATED ALWAYS AS (recipe ->> '$.size') VIRTUAL,
    kind              TEXT    NOT NULL DEFAULT 'picture' CHECK (kind IN ('picture', 'sheet')),
    output            TEXT    NOT NULL DEFAULT 'photo' CHECK (output IN ('photo', 'file')),

    -- what it is made from
    content           TEXT    NOT NULL,                   -- a blob key
    styles            TEXT    NOT NULL,                   -- a JSON list of blob keys
    sources           TEXT    NOT NULL DEFAULT '[]',      -- a JSON list: where content and styles can be fetched again
    style             TEXT    NOT NULL DEFAULT '',        -- how a recipe code names the style
    start             TEXT,                               -- blob key of the picture to continue from
    resumed           INTEGER NOT NULL DEFAULT 0 CHECK (resumed IN (0, 1)),  -- there is or was such a picture
    mask              TEXT,                               -- blob key of where it is painted; NULL: everywhere
    marked            TEXT    NOT NULL DEFAULT '',        -- source of the marked photo from which the mask was made
    spoiler           INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1)),
    advice            TEXT    NOT NULL DEFAULT '',        -- what the requester is told before painting begins

    -- its turn, and the worker
    state             TEXT    NOT NULL DEFAULT 'queued'
                      CHECK (state IN ('queued', 'running', 'rendered', 'delivered', 'failed', 'cancelled')),
    vt                REAL    NOT NULL DEFAULT 0.0,       -- virtual time of start-time fair queueing: the order of the queue
    available_at      REAL    NOT NULL DEFAULT 0.0,       -- not to be claimed before
    worker            TEXT,                               -- who runs it, or ran it last
    fence             INTEGER NOT NULL DEFAULT 0,         -- counts every claim: what a worker's writes must match
    attempt           INTEGER NOT NULL DEFAULT 0,         -- counts claims too, but a release lowers it
    deaths            INTEGER NOT NULL DEFAULT 0,         -- how often the engine process died while painting it
    stop_asked        INTEGER NOT NULL DEFAULT 0 CHECK (stop_asked IN (0, 1)),

    -- progress
    progress          REAL    NOT NULL DEFAULT 0.0,       -- 0..1
    seconds_left      REAL,
    preview           TEXT,                               -- a blob key
    sketched          INTEGER NOT NULL DEFAULT 0 CHECK (sketched IN (0, 1)),

    -- the end
    result            TEXT,                               -- a blob key
    timelapse         TEXT,                               -- a blob key
    report            TEXT    NOT NULL DEFAULT '{}',      -- JSON, from the engine
    seconds           REAL,                               -- how long painting took: the source of estimates
    painter           TEXT    NOT NULL DEFAULT '',        -- what painted it: its seconds teach estimates of the same painter's jobs
    error             TEXT,                               -- a JobError, for the requester
    detail            TEXT,                               -- the engine's own words, for the operator
    delivery          TEXT    NOT NULL DEFAULT 'pending'  -- pending ⇄ sending → done
                      CHECK (delivery IN ('pending', 'sending', 'done')),
    picture_message_id INTEGER,                           -- the message of the delivered picture
    picture_file_id   TEXT    NOT NULL DEFAULT '',        -- how Telegram names its file
    status_left       INTEGER NOT NULL DEFAULT 0 CHECK (status_left IN (0, 1)),  -- its status message is to be deleted
    created_at        REAL    NOT NULL,
    finished_at       REAL,

    CHECK ((state = 'running') <= (worker IS NOT NULL)),
    CHECK ((state = 'rendered') <= (result IS NOT NULL)),
    CHECK ((state = 'failed') = (error IS NOT NULL)),
    -- After the delivery, none of the requester's pictures is kept.
    CHECK (delivery <> 'done' OR (content = '' AND styles = '[]' AND preview IS NULL AND result IS NULL))
) STRICT;

CREATE INDEX job_queued ON job (vt, id) WHERE state = 'queued';
CREATE INDEX job_running ON job (worker) WHERE state = 'running';
CREATE INDEX job_unsettled ON job (id) WHERE delivery <> 'done';
CREATE INDEX job_status_left ON job (id) WHERE status_left = 1;
CREATE INDEX job_user ON job (user_id);
CREATE INDEX job_seconds ON job (quality, kind, resumed, id, painter) WHERE seconds IS NOT NULL;

-- Start-time fair queueing: when each user's last job would be done, if all users were served at once.
CREATE TABLE user_turn (
    user_id   INTEGER PRIMARY KEY,
    finish_vt REAL NOT NULL
) STRICT;

-- One row: the virtual time of the job that was claimed last.
CREATE TABLE schedule (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    vclock REAL    NOT NULL
) STRICT;

INSERT INTO schedule (id, vclock) VALUES (1, 0.0);

-- When each worker last said that it lives; what one that is silent has left running is painted by others.
CREATE TABLE worker (
    name    TEXT PRIMARY KEY,
    since   REAL NOT NULL,  -- the first of its beats that came regularly
    seen_at REAL NOT NULL,
    weights TEXT NOT NULL DEFAULT '',  -- of the engine child in service; empty while none is
    trouble TEXT NOT NULL DEFAULT '',  -- why none is, in one sentence
    told    INTEGER NOT NULL DEFAULT 0,  -- the operators were, since it was last in service
    painter TEXT NOT NULL DEFAULT '',  -- kind of device and weights of its latest engine child
    forecast TEXT NOT NULL DEFAULT '{}'  -- JSON, models.Forecast: how long that child expects pictures to take
) STRICT;

-- One row per photo that a user has sent. It stays for a while after it left the draft, so that the same message is
-- not taken for a new photo when its update arrives again.
CREATE TABLE photo (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id    INTEGER NOT NULL,
    thread_id  INTEGER,
    user_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    slot       INTEGER NOT NULL DEFAULT 1,   -- 0: the photo of the message that is replied to; 1: the message's own
    blob       TEXT    NOT NULL,
    source     TEXT    NOT NULL DEFAULT '',  -- where it can be fetched again
    is_style   INTEGER NOT NULL DEFAULT 0 CHECK (is_style IN (0, 1)),  -- the user said so; else the order decides
    spoiler    INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1)),
    added_at   REAL    NOT NULL DEFAULT 0.0,
    left_at    REAL,                         -- NULL: in the draft; else when a job took it or the user discarded it
    UNIQUE (chat_id, message_id, slot)
) STRICT;

CREATE INDEX photo_draft ON photo (user_id) WHERE left_at IS NULL;

-- The style that a draft gets by name instead of a second photo: a preset, a recipe code, a user's own name.
CREATE TABLE draft_style (
    chat_id   INTEGER NOT NULL,
    thread_id INTEGER,
    user_id   INTEGER NOT NULL,
    reference TEXT    NOT NULL,
    chosen_at REAL    NOT NULL
) STRICT;

CREATE INDEX draft_style_user ON draft_style (user_id);

-- Delivered pictures that are kept for a day, for the buttons under them.
CREATE TABLE kept_result (
    job_id    INTEGER PRIMARY KEY,
    user_id   INTEGER NOT NULL,
    picture   TEXT    NOT NULL,              -- a blob key
    timelapse TEXT,                          -- a blob key
    kept_at   REAL    NOT NULL
) STRICT;

CREATE INDEX kept_result_user ON kept_result (user_id);

-- Messages of the bot that ask which region is to be painted; a reply belongs to the job.
CREATE TABLE region_question (
    chat_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    job_id     INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    PRIMARY KEY (chat_id, message_id)
) STRICT;

CREATE INDEX region_question_job ON region_question (job_id);

-- The recipe of each user, or group, who changed it in /settings.
CREATE TABLE recipe (
    user_id INTEGER PRIMARY KEY,
    recipe  TEXT    NOT NULL DEFAULT '{}'    -- JSON, the fields of models.Recipe
) STRICT;

-- Settings besides the recipe.
CREATE TABLE preference (
    user_id  INTEGER PRIMARY KEY,
    language TEXT,                           -- NULL: the language of their Telegram client
    output   TEXT NOT NULL DEFAULT 'photo' CHECK (output IN ('photo', 'file'))
) STRICT;

-- Styles that recipe codes name: no pictures, only where to fetch them.
CREATE TABLE style (
    key     TEXT    PRIMARY KEY,
    user_id INTEGER NOT NULL,                -- who sent them first
    sources TEXT    NOT NULL,                -- a JSON list
    used_at REAL    NOT NULL
) STRICT;

CREATE INDEX style_user ON style (user_id);

-- Names that users gave to styles.
CREATE TABLE named_style (
    user_id   INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    reference TEXT    NOT NULL,              -- a style's key, or a preset
    PRIMARY KEY (user_id, name)
) STRICT;

-- Every update, stored before Telegram forgets it: received → handled (its body is deleted then).
CREATE TABLE inbox (
    update_id   INTEGER PRIMARY KEY,
    body        TEXT    NOT NULL,
    received_at REAL    NOT NULL,
    handled     INTEGER NOT NULL DEFAULT 0 CHECK (handled IN (0, 1))
) STRICT;

CREATE INDEX inbox_pending ON inbox (update_id) WHERE handled = 0;

-- Users who wrote to the bot in private, and groups that it greeted (negative ids).
CREATE TABLE known_chat (
    user_id INTEGER PRIMARY KEY,
    met_at  REAL    NOT NULL
) STRICT;

-- Messages of the operator to everybody that are not sent yet.
CREATE TABLE broadcast_message (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    text    TEXT    NOT NULL
) STRICT;

-- Under which number a user votes on the pictures of a study: the votes themselves are kept with the study.
CREATE TABLE voter (
    user_id INTEGER PRIMARY KEY,
    number  TEXT NOT NULL UNIQUE             -- random, in hexadecimal digits
) STRICT;

CREATE TABLE banned (
    user_id   INTEGER PRIMARY KEY,
    banned_at REAL    NOT NULL
) STRICT;

-- One row while the operator has paused the bot.
CREATE TABLE maintenance (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    since REAL    NOT NULL
) STRICT;

-- Every blob that is still needed: a blob outside this view is deleted.
CREATE VIEW named_blob (key) AS
    SELECT content FROM job WHERE delivery <> 'done'
    UNION ALL SELECT style.value FROM job, json_each(job.styles) AS style WHERE delivery <> 'done'
    UNION ALL SELECT mask FROM job WHERE delivery <> 'done' AND mask IS NOT NULL
    UNION ALL SELECT start FROM job WHERE delivery <> 'done' AND start IS NOT NULL
    UNION ALL SELECT preview FROM job WHERE delivery <> 'done' AND preview IS NOT NULL
    UNION ALL SELECT result FROM job WHERE delivery <> 'done' AND result IS NOT NULL
    UNION ALL SELECT timelapse FROM job WHERE delivery <> 'done' AND timelapse IS NOT NULL
    UNION ALL SELECT blob FROM photo WHERE left_at IS NULL
    UNION ALL SELECT picture FROM kept_result
    UNION ALL SELECT timelapse FROM kept_result WHERE timelapse IS NOT NULL;
