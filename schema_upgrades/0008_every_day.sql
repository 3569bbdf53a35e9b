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

-- Sharing: what people let others hear.

-- The house: what admins set for people.
