-- What one does every day: marking, listening on, sharing, settings of the house.

-- Marking: bookmarks and how a person likes to read.

-- Listening: how far each person is in a file.

-- Sharing: what people let others hear.

-- What people let others on this server hear: a file, or a group with all that comes into it.
-- Without a listener it is for everybody here.
CREATE TABLE shares (
    id          INTEGER PRIMARY KEY,
    owner_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    file_id     INTEGER REFERENCES audio_files (id) ON DELETE CASCADE,
    category    TEXT    COLLATE NOCASE CHECK (length(category) BETWEEN 1 AND 100),
    listener_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    created_at  TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (owner_id, category) REFERENCES file_groups (owner_id, name)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CHECK ((file_id IS NULL) != (category IS NULL)),
    CHECK (listener_id IS NULL OR listener_id != owner_id)
);
CREATE UNIQUE INDEX idx_shares_once ON shares
    (owner_id, coalesce(category, '') COLLATE NOCASE, coalesce(file_id, 0), coalesce(listener_id, 0));
CREATE INDEX idx_shares_file ON shares (file_id, listener_id) WHERE file_id IS NOT NULL;
CREATE INDEX idx_shares_group ON shares (owner_id, category, listener_id);
CREATE INDEX idx_shares_listener ON shares (listener_id, owner_id, file_id, category);

-- Links to a file for people without an account, until a time or, without one, until withdrawn.
CREATE TABLE share_links (
    id              INTEGER PRIMARY KEY,
    token_hash      TEXT    NOT NULL UNIQUE,
    owner_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    file_id         INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    created_at      TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_epoch   REAL,
    last_used_epoch REAL,
    listens         INTEGER NOT NULL DEFAULT 0 CHECK (listens >= 0)
);
CREATE INDEX idx_share_links_owner ON share_links (owner_id, id);
CREATE INDEX idx_share_links_file ON share_links (file_id);

-- A name that is changed reaches only the history of those who may still hear the file.
DROP TRIGGER audio_file_worded;

CREATE TRIGGER audio_file_worded
AFTER UPDATE OF display_name, owner_id, text_indexed, text ON audio_files
WHEN OLD.display_name IS NOT NEW.display_name OR OLD.owner_id IS NOT NEW.owner_id
     OR OLD.text_indexed IS NOT NEW.text_indexed OR OLD.text IS NOT NEW.text
BEGIN
    INSERT INTO audio_search (audio_search, rowid, owner, name, text)
    VALUES ('delete', OLD.id, 'u' || OLD.owner_id, OLD.display_name,
            CASE OLD.text_indexed WHEN 1 THEN OLD.text ELSE '' END);
    INSERT INTO audio_search (rowid, owner, name, text)
    VALUES (NEW.id, 'u' || NEW.owner_id, NEW.display_name,
            CASE NEW.text_indexed WHEN 1 THEN NEW.text ELSE '' END);
    UPDATE playback_history SET display_name = NEW.display_name
    WHERE file_id = NEW.id AND OLD.display_name IS NOT NEW.display_name
      AND (user_id = NEW.owner_id OR EXISTS (
          SELECT 1 FROM shares
          WHERE (file_id = NEW.id OR (owner_id = NEW.owner_id AND category = NEW.category))
            AND (listener_id = playback_history.user_id OR listener_id IS NULL)));
END;

-- The house: what admins set for people.
