-- What one does every day: marking, listening on, sharing, settings of the house.

-- Marking: bookmarks and how a person likes to read.

-- Listening: how far each person is in a file.

-- Sharing: what people let others hear.

-- The house: what admins set for people.
-- Limits of one person, below those of the environment; NULL where only those hold.
CREATE TABLE person_limits (
    user_id          INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    daily_characters INTEGER CHECK (daily_characters > 0),
    storage_mb       INTEGER CHECK (storage_mb > 0)
);
