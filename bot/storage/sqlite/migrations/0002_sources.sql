-- Pictures can be fetched again after they are deleted here; a draft knows its order and the style that was chosen
-- by name; a finished picture is kept for the buttons under it.

ALTER TABLE job ADD COLUMN sources TEXT NOT NULL DEFAULT '[]';  -- a JSON list: the content's, then the styles'
ALTER TABLE job ADD COLUMN style TEXT NOT NULL DEFAULT '';      -- what a recipe code calls the style
ALTER TABLE job ADD COLUMN output TEXT NOT NULL DEFAULT 'photo' CHECK (output IN ('photo', 'file'));

DROP VIEW named_blob;

-- A message may bring two photos: its own, and the one that it replies to.
CREATE TABLE photo_with_slot (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id    INTEGER NOT NULL,
    thread_id  INTEGER,
    user_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    slot       INTEGER NOT NULL DEFAULT 1,   -- 0: the photo that the message replies to; 1: its own
    blob       TEXT    NOT NULL,
    source     TEXT    NOT NULL DEFAULT '',  -- where the picture can be fetched again
    is_style   INTEGER NOT NULL DEFAULT 0 CHECK (is_style IN (0, 1)),  -- its user said so; else the order decides
    left_at    REAL,             -- NULL: in the draft; else when a job took it or the user dropped it
    UNIQUE (chat_id, message_id, slot)
) STRICT;

INSERT INTO photo_with_slot (id, chat_id, thread_id, user_id, message_id, blob, left_at)
SELECT id, chat_id, thread_id, user_id, message_id, blob, left_at FROM photo;

DROP TABLE photo;
ALTER TABLE photo_with_slot RENAME TO photo;
CREATE INDEX photo_draft ON photo (user_id) WHERE left_at IS NULL;

-- The style that a draft is to get without a second photo: a preset's name or a recipe code.
CREATE TABLE wish (
    chat_id   INTEGER NOT NULL,
    thread_id INTEGER,
    user_id   INTEGER NOT NULL,
    reference TEXT    NOT NULL,
    wished_at REAL    NOT NULL
) STRICT;

CREATE INDEX wish_user ON wish (user_id);

-- The pictures of the styles that recipe codes name: no pictures, only where to fetch them.
CREATE TABLE style (
    key     TEXT    PRIMARY KEY,
    user_id INTEGER NOT NULL,             -- who sent them first
    sources TEXT    NOT NULL,             -- a JSON list
    used_at REAL    NOT NULL
) STRICT;

CREATE INDEX style_user ON style (user_id);

-- Finished pictures that were delivered, for a day.
CREATE TABLE keepsake (
    job_id  INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    blob    TEXT    NOT NULL,
    kept_at REAL    NOT NULL
) STRICT;

CREATE INDEX keepsake_user ON keepsake (user_id);

-- What a user chose besides the recipe.
CREATE TABLE preference (
    user_id  INTEGER PRIMARY KEY,
    language TEXT,                                  -- NULL: as Telegram says
    output   TEXT NOT NULL DEFAULT 'photo' CHECK (output IN ('photo', 'file'))
) STRICT;

-- Every blob that is still wanted: a blob outside this view is deleted.
CREATE VIEW named_blob (key) AS
    SELECT content FROM job WHERE delivery <> 'done'
    UNION ALL SELECT style.value FROM job, json_each(job.styles) AS style WHERE delivery <> 'done'
    UNION ALL SELECT preview FROM job WHERE delivery <> 'done' AND preview IS NOT NULL
    UNION ALL SELECT result FROM job WHERE delivery <> 'done' AND result IS NOT NULL
    UNION ALL SELECT blob FROM photo WHERE left_at IS NULL
    UNION ALL SELECT blob FROM keepsake;
