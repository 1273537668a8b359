-- Seconds are learned for each kind of device, and forecast before there are any.

ALTER TABLE job ADD COLUMN painter text NOT NULL DEFAULT '';
DROP INDEX job_seconds;
CREATE INDEX job_seconds ON job (quality, kind, resumed, id, painter) WHERE seconds IS NOT NULL;

ALTER TABLE worker ADD COLUMN painter text NOT NULL DEFAULT '';
ALTER TABLE worker ADD COLUMN forecast text NOT NULL DEFAULT '{}';
