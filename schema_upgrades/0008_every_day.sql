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

-- Listening: how far each person is in a file.

-- Sharing: what people let others hear.

-- The house: what admins set for people.
