-- Pictures that go on from earlier ones, variations, a sketch before the masterpiece, timelapses, the size of strokes.

ALTER TABLE job ADD COLUMN start TEXT;                                       -- the blob of the picture to go on from
ALTER TABLE job ADD COLUMN resumed INTEGER NOT NULL DEFAULT 0 CHECK (resumed IN (0, 1));  -- had such a picture
ALTER TABLE job ADD COLUMN variation INTEGER NOT NULL DEFAULT 0 CHECK (variation BETWEEN 0 AND 7);
ALTER TABLE job ADD COLUMN sketched INTEGER NOT NULL DEFAULT 0 CHECK (sketched IN (0, 1));  -- the sketch is done
ALTER TABLE job ADD COLUMN film TEXT;                                        -- the blob of its timelapse
ALTER TABLE keepsake ADD COLUMN film TEXT;

ALTER TABLE job ADD COLUMN strokes TEXT NOT NULL DEFAULT 'normal' CHECK (strokes IN ('fine', 'normal', 'large'));
ALTER TABLE recipe ADD COLUMN strokes TEXT NOT NULL DEFAULT 'normal' CHECK (strokes IN ('fine', 'normal', 'large'));

DROP INDEX job_seconds;
CREATE INDEX job_seconds ON job (quality, kind, resumed, id) WHERE seconds IS NOT NULL;

DROP VIEW named_blob;

-- Every blob that is still wanted: a blob outside this view is deleted.
CREATE VIEW named_blob (key) AS
    SELECT content FROM job WHERE delivery <> 'done'
    UNION ALL SELECT style.value FROM job, json_each(job.styles) AS style WHERE delivery <> 'done'
    UNION ALL SELECT start FROM job WHERE delivery <> 'done' AND start IS NOT NULL
    UNION ALL SELECT preview FROM job WHERE delivery <> 'done' AND preview IS NOT NULL
    UNION ALL SELECT result FROM job WHERE delivery <> 'done' AND result IS NOT NULL
    UNION ALL SELECT film FROM job WHERE delivery <> 'done' AND film IS NOT NULL
    UNION ALL SELECT blob FROM photo WHERE left_at IS NULL
    UNION ALL SELECT blob FROM keepsake
    UNION ALL SELECT film FROM keepsake WHERE film IS NOT NULL;
