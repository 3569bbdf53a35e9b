-- Everything VoiceVerse stores, apart from the sound itself. Times are UTC, 'YYYY-MM-DD HH:MM:SS',
-- unless a column's name ends in _epoch (seconds, REAL). Money is USD.

-- The numbers of people and files are never given twice: cookies and workers hold on to them.

CREATE TABLE users (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    username         TEXT    NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 150),
    password_hash    TEXT    NOT NULL CHECK (length(password_hash) > 0),
    created_at       TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_login       TEXT,
    is_active        INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    is_admin         INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    last_claim_epoch REAL    NOT NULL DEFAULT 0, -- when a file of theirs was last taken up
    stand_in_rule    TEXT    NOT NULL DEFAULT 'ask' -- which voice goes on where one cannot speak
                     CHECK (stand_in_rule IN ('ask', 'nearest', 'free')),
    name_key         TEXT    NOT NULL DEFAULT '' -- what the name looks like, whatever its spelling
);
CREATE INDEX idx_users_username ON users (username COLLATE NOCASE);
CREATE INDEX idx_users_name_key ON users (name_key);

-- One piece of speech: its text, its sound, and the work still to be done on it.
-- The text stands last, so that reading any other column skips its pages.
CREATE TABLE audio_files (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    filename          TEXT    NOT NULL UNIQUE CHECK (length(filename) BETWEEN 1 AND 255),
    display_name      TEXT    NOT NULL CHECK (length(display_name) BETWEEN 1 AND 200),
    owner_id          INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    voice             TEXT    NOT NULL,
    category          TEXT    NOT NULL DEFAULT '' COLLATE NOCASE CHECK (length(category) <= 100),
    character_count   INTEGER NOT NULL CHECK (character_count >= 0),
    duration          REAL    NOT NULL DEFAULT 0 CHECK (duration >= 0),
    cost              REAL    NOT NULL DEFAULT 0 CHECK (cost >= 0),
    created_at        TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at        TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    engine            TEXT    NOT NULL DEFAULT '',
    model             TEXT    NOT NULL DEFAULT '',
    speed             REAL    NOT NULL DEFAULT 1 CHECK (speed > 0),
    status            TEXT    NOT NULL DEFAULT 'ready'
                      CHECK (status IN
                          ('queued', 'speaking', 'paused', 'ready', 'failed', 'cancelled')),
    error             TEXT,
    size              INTEGER NOT NULL DEFAULT 0 CHECK (size >= 0),
    sha256            TEXT,
    spoken_characters INTEGER NOT NULL DEFAULT 0 CHECK (spoken_characters >= 0),
    stop_requested    TEXT    CHECK (stop_requested IN ('cancelled', 'paused')),
    queue_rank        INTEGER NOT NULL DEFAULT 0, -- the lowest of a person's is spoken first
    attempts          INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    lease_owner       TEXT,
    lease_until_epoch REAL,
    deleted_at        TEXT, -- since when it lies in the bin
    text_indexed      INTEGER NOT NULL DEFAULT 0 CHECK (text_indexed IN (0, 1)),
    stand_in          TEXT    NOT NULL DEFAULT '', -- key of the voice that goes on for its own
    needs_voice       INTEGER NOT NULL DEFAULT 0 CHECK (needs_voice IN (0, 1)), -- its own cannot
    document_id       INTEGER REFERENCES documents (id) ON DELETE SET NULL,
    track             INTEGER NOT NULL DEFAULT 0 CHECK (track >= 0), -- its place in that document
    reading           TEXT    NOT NULL DEFAULT '{}', -- JSON: cast, pauses
    waits_for         TEXT    NOT NULL DEFAULT '', -- code of a cause that passes by itself
    waits             INTEGER NOT NULL DEFAULT 0, -- in a row, without progress in between
    not_before_epoch  REAL, -- when it is tried again
    text              TEXT    NOT NULL DEFAULT '',
    CHECK (spoken_characters <= character_count),
    CHECK (status != 'ready' OR lease_owner IS NULL),
    CHECK (deleted_at IS NULL OR status NOT IN ('queued', 'speaking'))
);
CREATE UNIQUE INDEX idx_audio_filename ON audio_files (filename, owner_id);
-- The library in each of its orders, with all that it can be narrowed by: rows passed over are
-- never touched, and what lies in the bin is not there.
CREATE INDEX idx_audio_owner ON audio_files
    (owner_id, created_at, id, voice, category, engine, status, display_name, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX idx_audio_name ON audio_files
    (owner_id, display_name COLLATE NOCASE, id, created_at, voice, category, engine, status,
     deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX idx_audio_duration ON audio_files
    (owner_id, duration, id, created_at, voice, category, engine, status, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX idx_audio_characters ON audio_files
    (owner_id, character_count, id, created_at, voice, category, engine, status, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX idx_audio_voice ON audio_files (owner_id, engine, voice, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX idx_audio_created ON audio_files (created_at);
CREATE INDEX idx_audio_category ON audio_files (owner_id, category);
CREATE INDEX idx_audio_bin ON audio_files (owner_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX idx_audio_binned ON audio_files (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX idx_audio_failed ON audio_files (status, updated_at, id)
    WHERE status = 'failed' AND deleted_at IS NULL;
CREATE INDEX idx_audio_work ON audio_files (status, owner_id, queue_rank, id, not_before_epoch)
    WHERE status IN ('queued', 'speaking');
CREATE INDEX idx_audio_document ON audio_files (document_id, track, id)
    WHERE document_id IS NOT NULL;

-- Files that a provider spoke, or is to speak, whose price nobody knew.
CREATE TABLE unpriced_files (
    file_id INTEGER PRIMARY KEY REFERENCES audio_files (id) ON DELETE CASCADE
);

-- The groups of a library, empty ones too, with how many files outside the bin each holds.
-- The name '' stands for no group.
CREATE TABLE file_groups (
    owner_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name     TEXT    NOT NULL COLLATE NOCASE CHECK (length(name) <= 100),
    files    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (owner_id, name)
) WITHOUT ROWID;

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

-- The words of names and, once spoken, of texts. It holds no text itself: what is taken out must be
-- named as it was put in, which the triggers see to. `owner` is the one word 'u' and a number.
CREATE VIRTUAL TABLE audio_search USING fts5 (
    owner, name, text, content = '',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4 5'
);

CREATE TRIGGER audio_file_added AFTER INSERT ON audio_files BEGIN
    INSERT INTO audio_search (rowid, owner, name, text)
    VALUES (NEW.id, 'u' || NEW.owner_id, NEW.display_name,
            CASE NEW.text_indexed WHEN 1 THEN NEW.text ELSE '' END);
    INSERT INTO file_groups (owner_id, name, files)
    SELECT NEW.owner_id, NEW.category, 1 WHERE NEW.deleted_at IS NULL
    ON CONFLICT (owner_id, name) DO UPDATE SET files = files + 1;
END;

CREATE TRIGGER audio_file_moved AFTER UPDATE OF category, owner_id, deleted_at ON audio_files
WHEN OLD.category IS NOT NEW.category OR OLD.owner_id IS NOT NEW.owner_id
     OR OLD.deleted_at IS NOT NEW.deleted_at
BEGIN
    UPDATE file_groups SET files = files - 1
    WHERE OLD.deleted_at IS NULL AND owner_id = OLD.owner_id AND name = OLD.category;
    INSERT INTO file_groups (owner_id, name, files)
    SELECT NEW.owner_id, NEW.category, 1 WHERE NEW.deleted_at IS NULL
    ON CONFLICT (owner_id, name) DO UPDATE SET files = files + 1;
END;

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

CREATE TRIGGER audio_file_removed AFTER DELETE ON audio_files BEGIN
    INSERT INTO audio_search (audio_search, rowid, owner, name, text)
    VALUES ('delete', OLD.id, 'u' || OLD.owner_id, OLD.display_name,
            CASE OLD.text_indexed WHEN 1 THEN OLD.text ELSE '' END);
    UPDATE file_groups SET files = files - 1
    WHERE OLD.deleted_at IS NULL AND owner_id = OLD.owner_id AND name = OLD.category;
END;

-- The version of each library, which grows with whatever changes what its lists show.
CREATE TABLE library_versions (
    owner_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    version  INTEGER NOT NULL DEFAULT 0
);

CREATE TRIGGER library_begun AFTER INSERT ON users BEGIN
    INSERT INTO library_versions (owner_id) VALUES (NEW.id);
END;

CREATE TRIGGER library_file_added AFTER INSERT ON audio_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = NEW.owner_id;
END;

CREATE TRIGGER library_file_changed AFTER UPDATE ON audio_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id IN (OLD.owner_id, NEW.owner_id);
END;

CREATE TRIGGER library_file_removed AFTER DELETE ON audio_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = OLD.owner_id;
END;

CREATE TRIGGER library_group_added AFTER INSERT ON file_groups BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = NEW.owner_id;
END;

CREATE TRIGGER library_group_changed AFTER UPDATE ON file_groups BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id IN (OLD.owner_id, NEW.owner_id);
END;

CREATE TRIGGER library_group_removed AFTER DELETE ON file_groups BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = OLD.owner_id;
END;

CREATE TRIGGER library_unpriced_added AFTER INSERT ON unpriced_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = (
        SELECT owner_id FROM audio_files WHERE id = NEW.file_id);
END;

CREATE TRIGGER library_unpriced_changed AFTER UPDATE ON unpriced_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id IN (
        SELECT owner_id FROM audio_files WHERE id IN (OLD.file_id, NEW.file_id));
END;

CREATE TRIGGER library_unpriced_removed AFTER DELETE ON unpriced_files BEGIN
    UPDATE library_versions SET version = version + 1 WHERE owner_id = (
        SELECT owner_id FROM audio_files WHERE id = OLD.file_id);
END;

-- What was spoken and what it cost, one row a piece of speech; outlives the file.
CREATE TABLE usage_stats (
    id              INTEGER PRIMARY KEY,
    user_id         INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    characters_used INTEGER NOT NULL CHECK (characters_used >= 0),
    cost            REAL    NOT NULL DEFAULT 0 CHECK (cost >= 0),
    timestamp       TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    month           INTEGER NOT NULL CHECK (month BETWEEN 1 AND 12),
    year            INTEGER NOT NULL CHECK (year BETWEEN 1970 AND 9999),
    file_id         INTEGER REFERENCES audio_files (id) ON DELETE SET NULL,
    engine          TEXT    NOT NULL DEFAULT '',
    day             INTEGER NOT NULL DEFAULT 1 CHECK (day BETWEEN 1 AND 31),
    voice           TEXT    NOT NULL DEFAULT '',
    category        TEXT    NOT NULL DEFAULT '',
    is_unpriced     INTEGER NOT NULL DEFAULT 0 CHECK (is_unpriced IN (0, 1)) -- cost is not all
);
-- Use by day, by voice and by group of a month, each beside what is added up.
CREATE INDEX idx_usage_user_month ON usage_stats
    (user_id, year, month, day, characters_used, cost, is_unpriced);
CREATE INDEX idx_usage_voice ON usage_stats
    (user_id, year, month, engine, voice, characters_used, cost, is_unpriced);
CREATE INDEX idx_usage_category ON usage_stats
    (user_id, year, month, category, characters_used, cost, is_unpriced);
CREATE INDEX idx_usage_user ON usage_stats (user_id, id);
CREATE INDEX idx_usage_engine ON usage_stats (engine, year, month, cost);
CREATE UNIQUE INDEX idx_usage_file ON usage_stats (file_id) WHERE file_id IS NOT NULL;

-- Each listening, with where it stopped (seconds) and what it was called; outlives the file.
CREATE TABLE playback_history (
    id           INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    file_id      INTEGER REFERENCES audio_files (id) ON DELETE SET NULL,
    display_name TEXT    NOT NULL DEFAULT '',
    played_at    TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    position     REAL    NOT NULL DEFAULT 0 CHECK (position >= 0),
    device       TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX idx_playback_user ON playback_history (user_id, played_at, id, display_name);
CREATE INDEX idx_playback_file ON playback_history (file_id, user_id, id);
CREATE INDEX idx_playback_timestamp ON playback_history (played_at);

-- Where each device of a person stopped in a file (seconds); none overwrites another one's.
CREATE TABLE positions (
    file_id     INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device      TEXT    NOT NULL,
    position    REAL    NOT NULL CHECK (position >= 0),
    saved_epoch REAL    NOT NULL,
    PRIMARY KEY (file_id, user_id, device)
) WITHOUT ROWID;
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

-- Sentences that a person marked in a file; `text_start` moves with the text.
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

-- `hash` is over the event and the hash of the one before it; `account` is what `user_id` was when
-- it was written, which goes with an account and follows it into another one.
CREATE TABLE security_logs (
    id         INTEGER PRIMARY KEY,
    event_type TEXT    NOT NULL CHECK (length(event_type) > 0),
    user_id    INTEGER REFERENCES users (id) ON DELETE SET NULL,
    username   TEXT,
    ip_address TEXT,
    details    TEXT,
    success    INTEGER NOT NULL DEFAULT 1 CHECK (success IN (0, 1)),
    timestamp  TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    request_id TEXT,
    account    INTEGER,
    hash       TEXT    NOT NULL DEFAULT '',
    name_key   TEXT    NOT NULL DEFAULT '' -- what `username` looks like
);
CREATE INDEX idx_security_timestamp ON security_logs (timestamp, id, success);
CREATE INDEX idx_security_type ON security_logs (event_type, timestamp, id, success);
CREATE INDEX idx_security_user ON security_logs (user_id, timestamp, id, event_type, success);
CREATE INDEX idx_security_login_name
    ON security_logs (name_key, event_type, timestamp)
    WHERE event_type IN ('login', 'login_failed');
CREATE INDEX idx_security_login_address ON security_logs (ip_address, event_type, timestamp)
    WHERE event_type IN ('login', 'login_failed');

-- Support tables.

-- Both ends of the chain of events: the last that was removed after its time, the last written.
CREATE TABLE security_chain (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    pruned_id   INTEGER NOT NULL,
    pruned_hash TEXT    NOT NULL,
    last_id     INTEGER NOT NULL,
    last_hash   TEXT    NOT NULL
);

-- When the app could last write, and when its worker was last at work.
CREATE TABLE heartbeats (
    name     TEXT PRIMARY KEY,
    at_epoch REAL NOT NULL
) WITHOUT ROWID;

-- Stretches of time in which the clock did not jump: when it was last seen in one, and how many
-- seconds the app has run in it. What is past its time goes only after a day in the present one.
CREATE TABLE clock_stretches (
    id         INTEGER PRIMARY KEY,
    seen_epoch REAL NOT NULL,
    running_s  REAL NOT NULL DEFAULT 0
);

CREATE TABLE sessions (
    id               INTEGER PRIMARY KEY,
    token_hash       TEXT    NOT NULL UNIQUE,
    user_id          INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device           TEXT    NOT NULL DEFAULT '',
    ip_address       TEXT    NOT NULL DEFAULT '',
    created_at       TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_epoch    REAL    NOT NULL,
    last_seen_epoch  REAL    NOT NULL
);
CREATE INDEX idx_sessions_user ON sessions (user_id, last_seen_epoch);
CREATE INDEX idx_sessions_last_seen ON sessions (last_seen_epoch);
CREATE INDEX idx_sessions_created ON sessions (created_epoch);

CREATE TABLE invites (
    id            INTEGER PRIMARY KEY,
    token_hash    TEXT    NOT NULL UNIQUE,
    created_by    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at    TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_epoch REAL    NOT NULL,
    used_at       TEXT,
    used_by       INTEGER REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX idx_invites_created ON invites (created_by, id);

-- What has been spoken of a file: a span of its text (code points) and of its sound
-- (milliseconds, and the byte of the MP3 where a resume continues).
CREATE TABLE segments (
    file_id    INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL CHECK (position >= 0),
    text_start INTEGER NOT NULL CHECK (text_start >= 0),
    text_end   INTEGER NOT NULL CHECK (text_end > text_start),
    start_ms   INTEGER NOT NULL CHECK (start_ms >= 0),
    end_ms     INTEGER NOT NULL CHECK (end_ms >= start_ms),
    byte_end   INTEGER NOT NULL CHECK (byte_end >= 0),
    frame_end  INTEGER NOT NULL CHECK (frame_end >= 0),
    words      TEXT    NOT NULL DEFAULT '', -- JSON: start, length, ms; from the segment's start
    spoken_by  TEXT    NOT NULL DEFAULT '', -- key of the voice, where it is not the file's own
    said       TEXT    NOT NULL DEFAULT '', -- what the voice said where it left the text
    PRIMARY KEY (file_id, position)
) WITHOUT ROWID;

CREATE INDEX idx_segments_text ON segments (file_id, text_start, start_ms);
CREATE INDEX idx_segments_marked ON segments
    (file_id, position, text_start, start_ms, end_ms, spoken_by, said)
    WHERE spoken_by != '' OR said != '';

-- Where the chapters of a file begin in its text (code points); the first begins at 0.
CREATE TABLE chapters (
    file_id    INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL CHECK (position >= 0),
    title      TEXT    NOT NULL DEFAULT '',
    text_start INTEGER NOT NULL CHECK (text_start >= 0),
    PRIMARY KEY (file_id, position)
) WITHOUT ROWID;

-- Changes to a part of a file: segments to be spoken anew, or an earlier take to be put back.
-- `text_start`, `text_end` span whole segments of the text as it was when the change was asked for.
CREATE TABLE retakes (
    id                INTEGER PRIMARY KEY,
    file_id           INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    sha256            TEXT    NOT NULL, -- of the sound that is to be changed
    text_start        INTEGER NOT NULL CHECK (text_start >= 0),
    text_end          INTEGER NOT NULL CHECK (text_end > text_start),
    text              TEXT    NOT NULL DEFAULT '',
    take_id           INTEGER REFERENCES takes (id) ON DELETE CASCADE,
    stand_in          TEXT    NOT NULL DEFAULT '', -- key of the voice, where not the file's own
    status            TEXT    NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'failed')),
    error             TEXT,
    attempts          INTEGER NOT NULL DEFAULT 0,
    lease_owner       TEXT,
    lease_until_epoch REAL,
    waits_for         TEXT    NOT NULL DEFAULT '', -- code of a cause that passes by itself
    waits             INTEGER NOT NULL DEFAULT 0, -- in a row, without progress in between
    not_before_epoch  REAL, -- when it is tried again
    is_paused         INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1)),
    -- What makes a new take of purchased sound: drawn at random, and empty where cached sound will do.
    fresh             TEXT    NOT NULL DEFAULT '',
    UNIQUE (file_id)
);
CREATE INDEX idx_retakes_take ON retakes (take_id);

-- Further segments of a retake, each to be spoken as it stands; the last in the text comes first, so
-- that none moves before its turn.
CREATE TABLE retake_spans (
    retake_id  INTEGER NOT NULL REFERENCES retakes (id) ON DELETE CASCADE,
    text_start INTEGER NOT NULL CHECK (text_start >= 0),
    text_end   INTEGER NOT NULL CHECK (text_end > text_start),
    PRIMARY KEY (retake_id, text_start)
) WITHOUT ROWID;

-- Sound that a retake replaced: `content_hash` names the frames on disk, `segments` is JSON, places
-- counted from the take's own start. Where its passage was left out, `gap` is its order among those
-- left out at the same place, and `kept` counts its last white space, which stayed in the text.
CREATE TABLE takes (
    id           INTEGER PRIMARY KEY,
    file_id      INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    text_start   INTEGER NOT NULL CHECK (text_start >= 0),
    text_end     INTEGER NOT NULL CHECK (text_end >= text_start),
    text         TEXT    NOT NULL,
    content_hash TEXT    NOT NULL,
    segments     TEXT    NOT NULL,
    made_at      TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    gap          INTEGER,
    kept         INTEGER NOT NULL DEFAULT 0 CHECK (kept >= 0)
);
CREATE INDEX idx_takes_file ON takes (file_id, text_start, id);
CREATE INDEX idx_takes_hash ON takes (content_hash);

-- What was imported, waiting for its review or kept beside what was made of it. `content` is JSON:
-- chapters of parts, each with the reason for which it may be left out.
CREATE TABLE documents (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title      TEXT    NOT NULL DEFAULT '' CHECK (length(title) <= 200),
    author     TEXT    NOT NULL DEFAULT '' CHECK (length(author) <= 200),
    language   TEXT    NOT NULL DEFAULT '',
    source     TEXT    NOT NULL DEFAULT '', -- "pdf", "epub", …
    origin     TEXT    NOT NULL DEFAULT '', -- the file's own name, or the address
    characters INTEGER NOT NULL DEFAULT 0 CHECK (characters >= 0),
    choices    TEXT    NOT NULL DEFAULT '{}', -- JSON: rules, chapters and parts as chosen, edits
    created_at TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    cover_type TEXT    NOT NULL DEFAULT '',
    cover      BLOB,
    content    TEXT    NOT NULL DEFAULT '{}'
);
CREATE INDEX idx_documents_owner ON documents (owner_id, created_at, id);
-- The same book twice has about as many characters.
CREATE INDEX idx_documents_characters ON documents (owner_id, characters, id);

-- The file that a document was read from, while another encoding than the guessed one may be right.
CREATE TABLE document_originals (
    document_id  INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    encoding     TEXT    NOT NULL, -- the one that it was read in
    filename     TEXT    NOT NULL,
    content_type TEXT    NOT NULL DEFAULT '', -- what a server said of it
    content      BLOB    NOT NULL
);

-- How a person wants words to be said.
CREATE TABLE pronunciations (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    pattern     TEXT    NOT NULL CHECK (length(pattern) BETWEEN 1 AND 100),
    replacement TEXT    NOT NULL CHECK (length(replacement) <= 200),
    whole_word  INTEGER NOT NULL DEFAULT 1 CHECK (whole_word IN (0, 1)),
    match_case  INTEGER NOT NULL DEFAULT 0 CHECK (match_case IN (0, 1)),
    language    TEXT    NOT NULL DEFAULT '',
    phonemes    INTEGER NOT NULL DEFAULT 0 CHECK (phonemes IN (0, 1))
);
CREATE INDEX idx_pronunciations_user ON pronunciations (user_id, pattern, id);

-- Segments that cost money or time, kept on disk by `content_hash`. They are their owner's alone;
-- those of nobody are the sentences that voices introduce themselves with, and what was kept before
-- sound had owners (`is_earlier`). `fingerprint` is the hash of all that made the sound.
CREATE TABLE kept_segments (
    content_hash    TEXT    PRIMARY KEY,
    engine          TEXT    NOT NULL,
    cost            REAL    NOT NULL CHECK (cost >= 0),
    size            INTEGER NOT NULL CHECK (size > 0),
    last_used_epoch REAL    NOT NULL,
    owner_id        INTEGER REFERENCES users (id) ON DELETE SET NULL,
    fingerprint     TEXT    NOT NULL DEFAULT '',
    is_earlier      INTEGER NOT NULL DEFAULT 0 CHECK (is_earlier IN (0, 1))
) WITHOUT ROWID;
CREATE INDEX idx_kept_last_used ON kept_segments (last_used_epoch, content_hash, size);
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

-- What somebody was writing when they left.
CREATE TABLE drafts (
    user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    text       TEXT    NOT NULL DEFAULT '',
    name       TEXT    NOT NULL DEFAULT '',
    voice      TEXT    NOT NULL DEFAULT '',
    speed      REAL    NOT NULL DEFAULT 1,
    category   TEXT    NOT NULL DEFAULT '',
    reading    TEXT    NOT NULL DEFAULT '{}', -- JSON: cast, pauses
    updated_at TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    version    TEXT    NOT NULL DEFAULT '', -- what the page that saved it calls this state
    is_voice_chosen INTEGER NOT NULL DEFAULT 1 CHECK (is_voice_chosen IN (0, 1)), -- by hand
    is_pace_chosen  INTEGER NOT NULL DEFAULT 1 CHECK (is_pace_chosen IN (0, 1)) -- speed, pause
);

-- What a person last used for texts of a language, by its code; that of '' was used before texts
-- were recognised, by a voice that speaks many. Without a voice, the best one there is reads them.
CREATE TABLE voice_settings (
    user_id            INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    language           TEXT    NOT NULL CHECK (length(language) <= 20),
    engine             TEXT    NOT NULL DEFAULT '',
    voice              TEXT    NOT NULL DEFAULT '',
    speed              REAL    NOT NULL DEFAULT 1 CHECK (speed > 0),
    paragraph_pause_ms INTEGER CHECK (paragraph_pause_ms >= 0), -- NULL for the usual one
    used_epoch         REAL    NOT NULL,
    PRIMARY KEY (user_id, language)
) WITHOUT ROWID;

-- The voice, by its key, and the speed that a person wants to start with; '' for those last used.
CREATE TABLE default_voices (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    voice   TEXT    NOT NULL DEFAULT '',
    speed   REAL    NOT NULL DEFAULT 1 CHECK (speed > 0)
);

-- How a person likes texts to look while they read along, and whether the page follows the voice.
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

-- People from before there were natural voices, who are still to be asked whether they want one.
CREATE TABLE natural_voice_questions (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE
);

-- Which engines do not answer: the worker says so, the pages tell. Times in seconds since 1970.
CREATE TABLE resting_engines (
    engine      TEXT PRIMARY KEY,
    since_epoch REAL NOT NULL,
    until_epoch REAL NOT NULL,
    error       TEXT NOT NULL
) WITHOUT ROWID;

-- What a provider says about its models, such as the day one of them ends.
CREATE TABLE model_notices (
    engine        TEXT NOT NULL,
    model         TEXT NOT NULL,
    shutdown_date TEXT NOT NULL,
    seen_at       TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (engine, model)
) WITHOUT ROWID;

-- Servers that speak, added by admins. `name` is that of the engine in the keys of voices, and never
-- changes; `version` counts the changes. `sealed_key` opens for `key_origin` alone: the scheme, host
-- and port that it was given for.
CREATE TABLE providers (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    name            TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
    label           TEXT    NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
    protocol        TEXT    NOT NULL CHECK (protocol IN ('speech', 'realtime')),
    base_url        TEXT    NOT NULL CHECK (length(base_url) BETWEEN 1 AND 500),
    model           TEXT    NOT NULL CHECK (length(model) BETWEEN 1 AND 200),
    voices          TEXT    NOT NULL DEFAULT '[]', -- JSON: identifier, name, language; of each
    price           REAL    CHECK (price >= 0), -- USD per million characters
    parallel        INTEGER NOT NULL DEFAULT 4 CHECK (parallel > 0),
    timeout_s       REAL    NOT NULL DEFAULT 60 CHECK (timeout_s > 0),
    longest_text    INTEGER CHECK (longest_text > 0), -- characters of a request
    monthly_limit   REAL    CHECK (monthly_limit > 0), -- USD
    allows_own_keys INTEGER NOT NULL DEFAULT 0 CHECK (allows_own_keys IN (0, 1)),
    is_enabled      INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
    position        INTEGER NOT NULL DEFAULT 0,
    version         INTEGER NOT NULL DEFAULT 1,
    sealed_key      TEXT,
    key_tail        TEXT    NOT NULL DEFAULT '',
    key_origin      TEXT    NOT NULL DEFAULT ''
);

-- Keys that people brought for themselves.
CREATE TABLE provider_keys (
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider_id INTEGER NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    sealed_key  TEXT    NOT NULL,
    key_tail    TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, provider_id)
) WITHOUT ROWID;
CREATE INDEX idx_provider_keys_provider ON provider_keys (provider_id);

-- Which legacy files were taken in: `source` is a hash over them, `report` JSON.
CREATE TABLE migrations (
    plan_hash  TEXT PRIMARY KEY,
    source     TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    report     TEXT NOT NULL
) WITHOUT ROWID;

-- Downloads made from a piece in other formats, kept while there is room. `fingerprint` is a hash
-- over all that shows in one, `name` what the store calls it, `options` JSON.
CREATE TABLE exports (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id           INTEGER NOT NULL REFERENCES audio_files (id) ON DELETE CASCADE,
    owner_id          INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    format            TEXT    NOT NULL CHECK (length(format) BETWEEN 1 AND 10),
    options           TEXT    NOT NULL DEFAULT '{}',
    fingerprint       TEXT    NOT NULL,
    name              TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    status            TEXT    NOT NULL DEFAULT 'queued'
                      CHECK (status IN ('queued', 'working', 'ready', 'failed')),
    progress          REAL    NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    error             TEXT,
    size              INTEGER NOT NULL DEFAULT 0 CHECK (size >= 0),
    created_epoch     REAL    NOT NULL,
    last_used_epoch   REAL    NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    lease_owner       TEXT,
    lease_until_epoch REAL,
    waits_for         TEXT    NOT NULL DEFAULT '', -- code of a cause that passes by itself
    waits             INTEGER NOT NULL DEFAULT 0, -- in a row, without progress in between
    not_before_epoch  REAL, -- when it is tried again
    is_paused         INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1)),
    CHECK (status = 'working' OR lease_owner IS NULL)
);
CREATE INDEX idx_exports_file ON exports (file_id, format, id);
CREATE INDEX idx_exports_owner ON exports (owner_id, status);
CREATE INDEX idx_exports_work ON exports (status, owner_id, id, file_id)
    WHERE status IN ('queued', 'working');
CREATE INDEX idx_exports_used ON exports (status, last_used_epoch, id, size);

-- Imports that wait to be read, in line. `upload` is the file's name among the imports on the disk,
-- `name` what its owner calls it, `error` JSON of the sentence that says why it failed.
CREATE TABLE imports (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id          INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    document_id       INTEGER REFERENCES documents (id) ON DELETE CASCADE,
    name              TEXT    NOT NULL CHECK (length(name) <= 500),
    origin            TEXT    NOT NULL DEFAULT '',
    content_type      TEXT    NOT NULL DEFAULT '', -- what a server said
    upload            TEXT    NOT NULL UNIQUE CHECK (length(upload) BETWEEN 1 AND 200),
    status            TEXT    NOT NULL DEFAULT 'queued'
                      CHECK (status IN ('queued', 'working', 'ready', 'failed')),
    is_long           INTEGER NOT NULL DEFAULT 0 CHECK (is_long IN (0, 1)), -- pages to recognise
    page              INTEGER NOT NULL DEFAULT 0 CHECK (page >= 0),
    pages             INTEGER NOT NULL DEFAULT 0 CHECK (pages >= 0),
    error             TEXT,
    created_epoch     REAL    NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    lease_owner       TEXT,
    lease_until_epoch REAL,
    waits_for         TEXT    NOT NULL DEFAULT '', -- code of a cause that passes by itself
    waits             INTEGER NOT NULL DEFAULT 0, -- in a row, without progress in between
    not_before_epoch  REAL, -- when it is tried again
    CHECK (status = 'working' OR lease_owner IS NULL),
    CHECK ((status = 'ready') = (document_id NOT NULL))
);
CREATE INDEX idx_imports_owner ON imports (owner_id, id);
CREATE INDEX idx_imports_document ON imports (document_id);
CREATE INDEX idx_imports_read ON imports (created_epoch) WHERE status = 'ready';
CREATE INDEX idx_imports_work ON imports (status, owner_id, id, is_long)
    WHERE status IN ('queued', 'working');

-- Signing in: alerts of new browsers, the second step, passkeys.

-- Log-ins from browsers that were not known, until the person says whose they were.
CREATE TABLE login_alerts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device        TEXT    NOT NULL DEFAULT '',
    ip_address    TEXT    NOT NULL DEFAULT '',
    times         INTEGER NOT NULL DEFAULT 1 CHECK (times > 0),
    latest_epoch  REAL    NOT NULL,
    UNIQUE (user_id, device, ip_address)
);

-- The sessions that an alert is about.
CREATE TABLE alerted_sessions (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    alert_id   INTEGER NOT NULL REFERENCES login_alerts (id) ON DELETE CASCADE
);
CREATE INDEX idx_alerted_sessions_alert ON alerted_sessions (alert_id);

-- How often all browsers of a person were taken for unknown ones again.
CREATE TABLE forgotten_devices (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    times   INTEGER NOT NULL CHECK (times > 0)
);

-- What admins have decided for everybody, by name.
CREATE TABLE rules (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Limits of one person, below those of the environment; NULL where only those hold.
CREATE TABLE person_limits (
    user_id          INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    daily_characters INTEGER CHECK (daily_characters > 0),
    storage_mb       INTEGER CHECK (storage_mb > 0)
);

-- The authenticator app of a person; `secret` is sealed. `last_step` is the latest 30 seconds, since
-- 1970, whose code was used: none is taken twice.
CREATE TABLE second_factors (
    user_id      INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret       TEXT    NOT NULL,
    last_step    INTEGER NOT NULL DEFAULT 0,
    confirmed_at TEXT    -- since when it is asked for
);

CREATE TABLE recovery_codes (
    user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT    NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) WITHOUT ROWID;

-- `rp_id` is the name of the site that a passkey was made for; it works nowhere else.
CREATE TABLE passkeys (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id         INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id   TEXT    NOT NULL UNIQUE CHECK (length(credential_id) <= 1400),
    user_handle     TEXT    NOT NULL,
    rp_id           TEXT    NOT NULL,
    public_key      BLOB    NOT NULL,
    sign_count      INTEGER NOT NULL CHECK (sign_count >= 0),
    transports      TEXT    NOT NULL DEFAULT '[]', -- JSON
    name            TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    created_at      TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_used_epoch REAL
);
CREATE INDEX idx_passkeys_user ON passkeys (user_id, rp_id, id);

-- Questions to passkeys that were answered well, so that no answer counts twice.
CREATE TABLE used_challenges (
    challenge_hash TEXT PRIMARY KEY,
    expires_epoch  REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX idx_used_challenges_expires ON used_challenges (expires_epoch);
