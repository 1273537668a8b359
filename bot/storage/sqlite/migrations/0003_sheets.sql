-- Contact sheets, and pictures that their users want as they are.

ALTER TABLE job ADD COLUMN kind TEXT NOT NULL DEFAULT 'picture' CHECK (kind IN ('picture', 'sheet'));
ALTER TABLE job ADD COLUMN stop_asked INTEGER NOT NULL DEFAULT 0 CHECK (stop_asked IN (0, 1));
