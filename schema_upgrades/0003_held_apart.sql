-- What one person's work leaves is held apart from everybody else's, and work can wait for a cause
-- to end.

-- Kept sound is its owner's. What is there already is nobody's until it was found in files.
ALTER TABLE kept_segments ADD COLUMN owner_id INTEGER REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE kept_segments ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
ALTER TABLE kept_segments ADD COLUMN is_earlier INTEGER NOT NULL DEFAULT 0
    CHECK (is_earlier IN (0, 1));
UPDATE kept_segments SET fingerprint = content_hash, is_earlier = 1;
CREATE UNIQUE INDEX idx_kept_owner ON kept_segments (owner_id, fingerprint)
    WHERE owner_id IS NOT NULL;
CREATE INDEX idx_kept_fingerprint ON kept_segments (fingerprint, owner_id);
CREATE INDEX idx_kept_earlier ON kept_segments (engine, content_hash) WHERE is_earlier = 1;

-- Which files hold which kept segment; written before one is bought. When the last of them is
-- removed for good, the sound goes, too.
CREATE TABLE segment_uses (
    content_hash TEXT    NOT NULL,
    file_id      INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    PRIMARY KEY (content_hash, file_id)
) WITHOUT ROWID;
CREATE INDEX idx_segment_uses_file ON segment_uses (file_id, content_hash);

-- Kept sound that is to leave the disk.
CREATE TABLE unwanted_segments (
    content_hash TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TRIGGER segments_left_by_file BEFORE DELETE ON audio_files BEGIN
    INSERT OR IGNORE INTO unwanted_segments (content_hash)
    SELECT u.content_hash FROM segment_uses u
    WHERE u.file_id = OLD.id AND NOT EXISTS (
        SELECT 1 FROM segment_uses other
        WHERE other.content_hash = u.content_hash AND other.file_id != OLD.id);
END;

CREATE TRIGGER segments_left_by_user BEFORE DELETE ON users BEGIN
    INSERT OR IGNORE INTO unwanted_segments (content_hash)
    SELECT content_hash FROM kept_segments WHERE owner_id = OLD.id;
END;

-- People whose files may hold sound that was kept before it had owners, until that was looked for:
-- in their files up to `last_file_id`.
CREATE TABLE unsettled_segments (
    owner_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    engine       TEXT    NOT NULL,
    last_file_id INTEGER NOT NULL,
    PRIMARY KEY (owner_id, engine)
) WITHOUT ROWID;
CREATE INDEX idx_unsettled_engine ON unsettled_segments (engine, owner_id);

INSERT INTO unsettled_segments (owner_id, engine, last_file_id)
SELECT users.id, kept.engine, (SELECT coalesce(max(id), 0) FROM audio_files)
FROM users, (SELECT DISTINCT engine FROM kept_segments) AS kept;

-- A draft that is saved from two pages tells the second.
ALTER TABLE drafts ADD COLUMN version TEXT NOT NULL DEFAULT '';

-- What waits for a cause that passes by itself, and when it is tried again.
ALTER TABLE audio_files ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
ALTER TABLE audio_files ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audio_files ADD COLUMN not_before_epoch REAL;
ALTER TABLE retakes ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
ALTER TABLE retakes ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE retakes ADD COLUMN not_before_epoch REAL;
ALTER TABLE exports ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
ALTER TABLE exports ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exports ADD COLUMN not_before_epoch REAL;
DROP INDEX idx_audio_work;
CREATE INDEX idx_audio_work ON audio_files (status, owner_id, queue_rank, id, not_before_epoch)
    WHERE status IN ('queued', 'speaking');
-- Stretches of time in which the clock did not jump: when it was last seen in one, and how many
-- seconds the app has run in it. What is past its time goes only after a day in the present one.
CREATE TABLE clock_stretches (
    id         INTEGER PRIMARY KEY,
    seen_epoch REAL NOT NULL,
    running_s  REAL NOT NULL DEFAULT 0
);

-- A price that nobody knew is told from none. What providers without a price have spoken until now
-- counts as such, unless one of their sentences is known to have cost something.
CREATE TABLE unpriced_files (
    file_id INTEGER PRIMARY KEY REFERENCES audio_files (id) ON DELETE CASCADE
);
INSERT INTO unpriced_files (file_id)
SELECT id FROM audio_files WHERE cost = 0 AND engine IN (
    SELECT name FROM providers WHERE price IS NULL AND NOT EXISTS (
        SELECT 1 FROM kept_segments k WHERE k.engine = providers.name AND k.cost > 0));
ALTER TABLE usage_stats ADD COLUMN is_unpriced INTEGER NOT NULL DEFAULT 0
    CHECK (is_unpriced IN (0, 1));
UPDATE usage_stats SET is_unpriced = 1 WHERE file_id IN (SELECT file_id FROM unpriced_files);
DROP INDEX idx_usage_user_month;
DROP INDEX idx_usage_voice;
DROP INDEX idx_usage_category;
CREATE INDEX idx_usage_user_month ON usage_stats
    (user_id, year, month, day, characters_used, cost, is_unpriced);
CREATE INDEX idx_usage_voice ON usage_stats
    (user_id, engine, voice, year, month, characters_used, cost, is_unpriced);
CREATE INDEX idx_usage_category ON usage_stats
    (user_id, category, year, month, characters_used, cost, is_unpriced);

-- What was being made for somebody whose account is disabled rests until they go on with it.
ALTER TABLE retakes ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1));
ALTER TABLE exports ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1));

-- Names are one name however they are spelled; the values are filled in by the app.
ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
CREATE INDEX idx_users_name_key ON users (name_key);
ALTER TABLE security_logs ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
DROP INDEX idx_security_login_name;
CREATE INDEX idx_security_login_name
    ON security_logs (name_key, event_type, timestamp)
    WHERE event_type IN ('login', 'login_failed');
