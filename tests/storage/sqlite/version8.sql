-- A database of version 8, the last before release 0.1.0: its schema as `sqlite3 FILE .schema` prints it, and rows in every
-- table. A blob key is 32 hexadecimal digits; the blob of ones only is named by no row that still needs it.

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
    finished_at       REAL, sources TEXT NOT NULL DEFAULT '[]', style TEXT NOT NULL DEFAULT '', output TEXT NOT NULL DEFAULT 'photo' CHECK (output IN ('photo', 'file')), kind TEXT NOT NULL DEFAULT 'picture' CHECK (kind IN ('picture', 'sheet')), stop_asked INTEGER NOT NULL DEFAULT 0 CHECK (stop_asked IN (0, 1)), vt REAL NOT NULL DEFAULT 0.0, advice TEXT NOT NULL DEFAULT '', start TEXT, resumed INTEGER NOT NULL DEFAULT 0 CHECK (resumed IN (0, 1)), variation INTEGER NOT NULL DEFAULT 0 CHECK (variation BETWEEN 0 AND 7), sketched INTEGER NOT NULL DEFAULT 0 CHECK (sketched IN (0, 1)), film TEXT, strokes TEXT NOT NULL DEFAULT 'normal' CHECK (strokes IN ('fine', 'normal', 'large')), mask TEXT, marked TEXT NOT NULL DEFAULT '', spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1)),
    CHECK ((state = 'running') <= (worker IS NOT NULL)),
    CHECK ((state = 'rendered') <= (result IS NOT NULL)),
    CHECK ((state = 'failed') = (error IS NOT NULL)),
    -- Once the user has the answer, no picture of theirs is kept.
    CHECK (delivery <> 'done' OR (content = '' AND styles = '[]' AND preview IS NULL AND result IS NULL))
) STRICT;
CREATE TABLE recipe (
    user_id  INTEGER PRIMARY KEY,
    quality  TEXT    NOT NULL,
    size     INTEGER,
    strength INTEGER NOT NULL,
    colors   TEXT    NOT NULL
, strokes TEXT NOT NULL DEFAULT 'normal' CHECK (strokes IN ('fine', 'normal', 'large'))) STRICT;
CREATE TABLE inbox (
    update_id   INTEGER PRIMARY KEY,
    body        TEXT    NOT NULL,
    received_at REAL    NOT NULL,
    handled     INTEGER NOT NULL DEFAULT 0 CHECK (handled IN (0, 1))
) STRICT;
CREATE TABLE "photo" (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id    INTEGER NOT NULL,
    thread_id  INTEGER,
    user_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    slot       INTEGER NOT NULL DEFAULT 1,   -- 0: the photo that the message replies to; 1: its own
    blob       TEXT    NOT NULL,
    source     TEXT    NOT NULL DEFAULT '',  -- where the picture can be fetched again
    is_style   INTEGER NOT NULL DEFAULT 0 CHECK (is_style IN (0, 1)),  -- its user said so; else the order decides
    left_at    REAL, added_at REAL NOT NULL DEFAULT 0.0, spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1)),             -- NULL: in the draft; else when a job took it or the user dropped it
    UNIQUE (chat_id, message_id, slot)
) STRICT;
CREATE TABLE wish (
    chat_id   INTEGER NOT NULL,
    thread_id INTEGER,
    user_id   INTEGER NOT NULL,
    reference TEXT    NOT NULL,
    wished_at REAL    NOT NULL
) STRICT;
CREATE TABLE style (
    key     TEXT    PRIMARY KEY,
    user_id INTEGER NOT NULL,             -- who sent them first
    sources TEXT    NOT NULL,             -- a JSON list
    used_at REAL    NOT NULL
) STRICT;
CREATE TABLE keepsake (
    job_id  INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    blob    TEXT    NOT NULL,
    kept_at REAL    NOT NULL
, film TEXT) STRICT;
CREATE TABLE preference (
    user_id  INTEGER PRIMARY KEY,
    language TEXT,                                  -- NULL: as Telegram says
    output   TEXT NOT NULL DEFAULT 'photo' CHECK (output IN ('photo', 'file'))
) STRICT;
CREATE TABLE tenant (
    user_id   INTEGER PRIMARY KEY,
    finish_vt REAL NOT NULL         -- when the user's last job would be done
) STRICT;
CREATE TABLE schedule (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    vclock REAL    NOT NULL         -- the virtual time of the job that was claimed last
) STRICT;
CREATE TABLE banned (
    user_id   INTEGER PRIMARY KEY,
    banned_at REAL    NOT NULL
) STRICT;
CREATE TABLE maintenance (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    since   REAL    NOT NULL
) STRICT;
CREATE TABLE acquaintance (
    user_id INTEGER PRIMARY KEY,
    met_at  REAL    NOT NULL
) STRICT;
CREATE TABLE letter (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    text    TEXT    NOT NULL
) STRICT;
CREATE TABLE named_style (
    user_id   INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    reference TEXT    NOT NULL,             -- a style's key, or a preset
    PRIMARY KEY (user_id, name)
) STRICT;
CREATE TABLE question (
    chat_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    job_id     INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    PRIMARY KEY (chat_id, message_id)
) STRICT;
CREATE INDEX job_running ON job (worker) WHERE state = 'running';
CREATE INDEX job_unsettled ON job (id) WHERE delivery <> 'done';
CREATE INDEX job_user ON job (user_id);
CREATE INDEX inbox_pending ON inbox (update_id) WHERE handled = 0;
CREATE INDEX photo_draft ON photo (user_id) WHERE left_at IS NULL;
CREATE INDEX wish_user ON wish (user_id);
CREATE INDEX style_user ON style (user_id);
CREATE INDEX keepsake_user ON keepsake (user_id);
CREATE INDEX job_queued ON job (vt, id) WHERE state = 'queued';
CREATE INDEX job_seconds ON job (quality, kind, resumed, id) WHERE seconds IS NOT NULL;
CREATE INDEX question_job ON question (job_id);
CREATE VIEW named_blob (key) AS
    SELECT content FROM job WHERE delivery <> 'done'
    UNION ALL SELECT style.value FROM job, json_each(job.styles) AS style WHERE delivery <> 'done'
    UNION ALL SELECT mask FROM job WHERE delivery <> 'done' AND mask IS NOT NULL
    UNION ALL SELECT start FROM job WHERE delivery <> 'done' AND start IS NOT NULL
    UNION ALL SELECT preview FROM job WHERE delivery <> 'done' AND preview IS NOT NULL
    UNION ALL SELECT result FROM job WHERE delivery <> 'done' AND result IS NOT NULL
    UNION ALL SELECT film FROM job WHERE delivery <> 'done' AND film IS NOT NULL
    UNION ALL SELECT blob FROM photo WHERE left_at IS NULL
    UNION ALL SELECT blob FROM keepsake
    UNION ALL SELECT film FROM keepsake WHERE film IS NOT NULL;

-- Queued: mask, earlier picture, and all else that a recipe can have.
INSERT INTO job (id, dedup_key, chat_id, thread_id, user_id, message_id, status_message_id, language,
                 quality, size, strength, colors, strokes, variation, kind, output,
                 content, styles, sources, style, start, resumed, mask, marked, spoiler, advice,
                 vt, fence, attempt, deaths, created_at)
VALUES (1, 'update:1', 100, NULL, 1, 10, 11, 'ru',
        'fine', 900, 60, 'match', 'large', 5, 'picture', 'file',
        '000000000000000000000000000000a1', '["000000000000000000000000000000a2"]', '["file:cat","preset:mosaic"]', 'mosaic',
        '000000000000000000000000000000a3', 1, '000000000000000000000000000000a4', 'file:marked', 1, 'dark',
        50.0, 3, 2, 1, 1799999000.0);

-- Delivered a minute ago: its picture and its timelapse are kept.
INSERT INTO job (id, dedup_key, chat_id, thread_id, user_id, message_id, language,
                 quality, size, strength, colors, content, styles, sources, style,
                 state, worker, fence, attempt, progress, report, seconds, delivery, created_at, finished_at)
VALUES (2, 'update:2', 100, NULL, 1, 20, 'ru',
        'standard', NULL, 80, 'style', '', '[]', '["file:dog","file:glass"]', 'KEY',
        'delivered', 'w', 1, 1, 1.0, '{"size": [512, 256]}', 12.5, 'done', 1799999000.0, 1799999940.0);
INSERT INTO keepsake (job_id, user_id, blob, kept_at, film)
VALUES (2, 1, '000000000000000000000000000000b1', 1799999940.0, '000000000000000000000000000000b2');

-- Rendered, with a timelapse, and not delivered yet.
INSERT INTO job (id, dedup_key, chat_id, thread_id, user_id, message_id, language,
                 quality, size, strength, colors, content, styles,
                 state, worker, fence, attempt, progress, preview, sketched, result, film, seconds, created_at, finished_at)
VALUES (3, 'update:3', -200, 7, 2, 30, 'en',
        'standard', NULL, 80, 'style', '000000000000000000000000000000c1', '["000000000000000000000000000000c2"]',
        'rendered', 'w', 1, 1, 1.0, '000000000000000000000000000000c3', 1,
        '000000000000000000000000000000c4', '000000000000000000000000000000c5', 17.5, 1799999000.0, 1799999990.0);

INSERT INTO question (chat_id, message_id, job_id) VALUES (100, 12, 1);

INSERT INTO schedule (id, vclock) VALUES (1, 40.0);
INSERT INTO tenant (user_id, finish_vt) VALUES (1, 100.0);

-- A draft of two photos, and one that a job has taken.
INSERT INTO photo (chat_id, thread_id, user_id, message_id, slot, blob, source, is_style, spoiler, added_at, left_at)
VALUES (100, NULL, 1, 40, 1, '000000000000000000000000000000d1', 'file:bird', 1, 0, 1799999000.0, NULL),
       (100, NULL, 1, 41, 0, '000000000000000000000000000000d2', '', 0, 1, 1799999000.0, NULL),
       (100, NULL, 1, 10, 1, '11111111111111111111111111111111', 'file:cat', 0, 0, 1799999000.0, 1799999000.0);
INSERT INTO wish (chat_id, thread_id, user_id, reference, wished_at) VALUES (-200, 7, 2, 'woodcut', 1799999000.0);

INSERT INTO recipe (user_id, quality, size, strength, colors, strokes) VALUES (1, 'sketch', 700, 40, 'content', 'fine');
INSERT INTO preference (user_id, language, output) VALUES (1, 'ru', 'file');
INSERT INTO style (key, user_id, sources, used_at) VALUES ('KEY', 1, '["file:glass"]', 1799999000.0);
INSERT INTO named_style (user_id, name, reference) VALUES (1, 'window', 'KEY');

INSERT INTO inbox (update_id, body, received_at, handled)
VALUES (1, '', 1799999000.0, 1), (2, 'second', 1799999000.0, 0), (3, 'third', 1799999000.0, 0);

INSERT INTO acquaintance (user_id, met_at) VALUES (1, 1799999000.0), (2, 1799999000.0), (3, 1799999000.0), (-200, 1799999000.0);
INSERT INTO letter (user_id, text) VALUES (1, 'Sent'), (1, 'Hello'), (2, 'Hello');
DELETE FROM letter WHERE text = 'Sent';
INSERT INTO banned (user_id, banned_at) VALUES (3, 1799999000.0);
INSERT INTO maintenance (id, since) VALUES (1, 1799999000.0);

PRAGMA user_version = 8;
