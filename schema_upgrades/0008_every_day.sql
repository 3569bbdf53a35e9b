-- What one does every day: marking, listening on, sharing, settings of the house.

-- Marking: bookmarks and how a person likes to read.

-- Listening: how far each person is in a file.

-- Sharing: what people let others hear.

-- The house: what admins set for people.

-- Documents: the same book twice has about as many characters.
CREATE INDEX idx_documents_characters ON documents (owner_id, characters, id);
