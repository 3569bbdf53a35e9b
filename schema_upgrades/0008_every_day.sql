-- What one does every day: marking, listening on, sharing, settings of the house.

-- Marking: bookmarks and how a person likes to read.

CREATE TABLE reading_settings (
    user_id       INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    text_size     TEXT    NOT NULL DEFAULT 'usual'
                  CHECK (text_size IN ('smaller', 'usual', 'larger', 'largest')),
    line_width    TEXT    NOT NULL DEFAULT 'usual'
                  CHECK (line_width IN ('narrow', 'usual', 'wide')),
    line_height   TEXT    NOT NULL DEFAULT 'usual'
                  CHECK (line_height IN ('tight', 'usual', 'loose')),
    typeface      TEXT    NOT NULL DEFAULT 'serif' CHECK (typeface IN ('serif', 'sans')),
    contrast      TEXT    NOT NULL DEFAULT 'usual' CHECK (contrast IN ('usual', 'high')),
    follows_voice INTEGER NOT NULL DEFAULT 1 CHECK (follows_voice IN (0, 1))
);

CREATE TABLE bookmarks (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    file_id    INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    text_start INTEGER NOT NULL CHECK (text_start >= 0),
    note       TEXT    NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    created_at TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_bookmarks_user ON bookmarks (user_id, file_id, text_start, id);
CREATE INDEX idx_bookmarks_file ON bookmarks (file_id, text_start);

ALTER TABLE retakes ADD COLUMN fresh TEXT NOT NULL DEFAULT '';
CREATE TABLE retake_spans (
    retake_id  INTEGER NOT NULL REFERENCES retakes (id) ON DELETE CASCADE,
    text_start INTEGER NOT NULL CHECK (text_start >= 0),
    text_end   INTEGER NOT NULL CHECK (text_end > text_start),
    PRIMARY KEY (retake_id, text_start)
) WITHOUT ROWID;
ALTER TABLE takes ADD COLUMN gap INTEGER;
ALTER TABLE takes ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept >= 0);

-- Listening: how far each person is in a file.

-- A position that is saved changes no index of its table.
DROP INDEX idx_positions_user;
CREATE INDEX idx_positions_user ON positions (user_id);

-- How far each person is in a file, by the device that was last at it. `share` of the whole is in
-- hundredths, as lists show it: 0 until it has begun, 1 once it is finished.
CREATE TABLE listening_progress (
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    file_id     INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    position    REAL    NOT NULL CHECK (position >= 0), -- seconds
    share       REAL    NOT NULL CHECK (share BETWEEN 0 AND 1),
    finished_at TEXT,
    saved_epoch REAL    NOT NULL,
    PRIMARY KEY (user_id, file_id)
) WITHOUT ROWID;
CREATE INDEX idx_listening_file ON listening_progress (file_id);
CREATE INDEX idx_listening_begun ON listening_progress (user_id, saved_epoch, file_id)
    WHERE share > 0 AND finished_at IS NULL;
CREATE INDEX idx_listening_finished ON listening_progress (user_id, saved_epoch, file_id)
    WHERE finished_at IS NOT NULL;

CREATE TRIGGER library_listening_begun AFTER INSERT ON listening_progress WHEN NEW.share > 0 BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = NEW.user_id;
END;

CREATE TRIGGER library_listening_changed AFTER UPDATE ON listening_progress
WHEN OLD.share IS NOT NEW.share OR OLD.finished_at IS NOT NEW.finished_at
     OR OLD.user_id IS NOT NEW.user_id OR OLD.file_id IS NOT NEW.file_id
BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id IN (OLD.user_id, NEW.user_id);
END;

CREATE TRIGGER library_listening_forgotten AFTER DELETE ON listening_progress
WHEN OLD.share > 0
BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = OLD.user_id;
END;

INSERT INTO listening_progress (user_id, file_id, position, share, finished_at, saved_epoch)
SELECT user_id, file_id, position, iif(is_finished, 1.0, share),
       iif(is_finished, datetime(saved_epoch, 'unixepoch'), NULL), saved_epoch
FROM (
    SELECT user_id, file_id, position, max(saved_epoch) AS saved_epoch,
           status = 'ready' AND duration > 0
               AND position >= duration - min(15, duration / 50) AS is_finished,
           CASE WHEN position <= 3 OR duration <= 0 THEN 0.0
                ELSE max(0.01, min(0.99, CAST(100 * position * spoken / duration AS INTEGER) / 100.0))
           END AS share
    FROM (
        SELECT positions.user_id, file_id, position, saved_epoch, status, duration,
               iif(status = 'ready' OR character_count = 0, 1.0,
                   1.0 * spoken_characters / character_count) AS spoken
        FROM positions JOIN audio_files ON audio_files.id = positions.file_id
    )
    GROUP BY user_id, file_id
);

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

-- Limits of one person, below those of the environment; NULL where only those hold.
CREATE TABLE person_limits (
    user_id          INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    daily_characters INTEGER CHECK (daily_characters > 0),
    storage_mb       INTEGER CHECK (storage_mb > 0)
);

-- Documents: the same book twice has about as many characters.
CREATE INDEX idx_documents_characters ON documents (owner_id, characters, id);
