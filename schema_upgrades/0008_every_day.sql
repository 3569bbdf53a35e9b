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

-- The house: what admins set for people.
