-- A part of a picture, as its user has drawn it; photos that came under a spoiler.

ALTER TABLE job ADD COLUMN mask TEXT;                        -- the blob of where it is painted; NULL: everywhere
ALTER TABLE job ADD COLUMN marked TEXT NOT NULL DEFAULT '';  -- where the marked photo that the mask was made of can be fetched
ALTER TABLE job ADD COLUMN spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));
ALTER TABLE photo ADD COLUMN spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));

-- Our messages that ask for a marked photo: a reply belongs to the job.
CREATE TABLE question (
    chat_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    job_id     INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    PRIMARY KEY (chat_id, message_id)
) STRICT;

CREATE INDEX question_job ON question (job_id);

DROP VIEW named_blob;

-- Every blob that is still wanted: a blob outside this view is deleted.
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
