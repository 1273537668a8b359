-- procrastinate carries the jobs: the id of its job is the fence of ours. Opening the database submits what waits.

CREATE TABLE carrier_migration (
    name text PRIMARY KEY
);

ALTER TABLE job ALTER COLUMN fence TYPE bigint;

DROP INDEX job_queued;
