-- Tables and columns get the names that the code uses; a recipe becomes one JSON object. A job
-- knows its delivered picture, and whether its status message is still to be deleted.

DROP VIEW named_blob;

ALTER TABLE job RENAME COLUMN film TO timelapse;

ALTER TABLE job ADD COLUMN recipe TEXT NOT NULL DEFAULT '{}';
UPDATE job SET recipe = json_object('quality', quality, 'size', size, 'strength', strength, 'colors', colors,
                                    'strokes', strokes, 'variation', variation);
DROP INDEX job_seconds;
ALTER TABLE job DROP COLUMN quality;
ALTER TABLE job DROP COLUMN size;
ALTER TABLE job DROP COLUMN strength;
ALTER TABLE job DROP COLUMN colors;
ALTER TABLE job DROP COLUMN strokes;
ALTER TABLE job DROP COLUMN variation;
ALTER TABLE job ADD COLUMN quality TEXT GENERATED ALWAYS AS (recipe ->> '$.quality') VIRTUAL;
ALTER TABLE job ADD COLUMN size INTEGER GENERATED ALWAYS AS (recipe ->> '$.size') VIRTUAL;
CREATE INDEX job_seconds ON job (quality, kind, resumed, id) WHERE seconds IS NOT NULL;

ALTER TABLE job ADD COLUMN picture_message_id INTEGER;
ALTER TABLE job ADD COLUMN picture_file_id TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN status_left INTEGER NOT NULL DEFAULT 0 CHECK (status_left IN (0, 1));
CREATE INDEX job_status_left ON job (id) WHERE status_left = 1;

ALTER TABLE recipe ADD COLUMN recipe TEXT NOT NULL DEFAULT '{}';
UPDATE recipe SET recipe = json_object('quality', quality, 'size', size, 'strength', strength, 'colors', colors,
                                       'strokes', strokes);
ALTER TABLE recipe DROP COLUMN quality;
ALTER TABLE recipe DROP COLUMN size;
ALTER TABLE recipe DROP COLUMN strength;
ALTER TABLE recipe DROP COLUMN colors;
ALTER TABLE recipe DROP COLUMN strokes;

ALTER TABLE keepsake RENAME TO kept_result;
ALTER TABLE kept_result RENAME COLUMN blob TO picture;
ALTER TABLE kept_result RENAME COLUMN film TO timelapse;
DROP INDEX keepsake_user;
CREATE INDEX kept_result_user ON kept_result (user_id);

ALTER TABLE wish RENAME TO draft_style;
ALTER TABLE draft_style RENAME COLUMN wished_at TO chosen_at;
DROP INDEX wish_user;
CREATE INDEX draft_style_user ON draft_style (user_id);

ALTER TABLE question RENAME TO region_question;
DROP INDEX question_job;
CREATE INDEX region_question_job ON region_question (job_id);

ALTER TABLE tenant RENAME TO user_turn;
ALTER TABLE acquaintance RENAME TO known_chat;
ALTER TABLE letter RENAME TO broadcast_message;

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
