-- The operators are told once of a worker that is out of service, also where the bot starts anew.

ALTER TABLE worker ADD COLUMN told boolean NOT NULL DEFAULT false;
