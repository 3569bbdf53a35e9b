-- What one person's work leaves is held apart from everybody else's, and work can wait for a cause
-- to end.

-- A draft that is saved from two pages tells the second.
ALTER TABLE drafts ADD COLUMN version TEXT NOT NULL DEFAULT '';
