-- Styles that users have given a name, and what a job's user is told before the painting begins.

CREATE TABLE named_style (
    user_id   INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    reference TEXT    NOT NULL,             -- a style's key, or a preset
    PRIMARY KEY (user_id, name)
) STRICT;

ALTER TABLE job ADD COLUMN advice TEXT NOT NULL DEFAULT '';
