-- Events of the security log carry a hash over themselves and the one before; the program fills it
-- in for those that are there, from a known start on.
ALTER TABLE security_logs RENAME TO security_logs_before;

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
    hash       TEXT    NOT NULL DEFAULT ''
);

INSERT INTO security_logs (id, event_type, user_id, username, ip_address, details, success,
                           timestamp, request_id)
SELECT id, event_type, user_id, username, ip_address, details, success, timestamp, request_id
FROM security_logs_before;

DROP TABLE security_logs_before;

CREATE INDEX idx_security_timestamp ON security_logs (timestamp, id, success);
CREATE INDEX idx_security_type ON security_logs (event_type, timestamp, id, success);
CREATE INDEX idx_security_user ON security_logs (user_id, timestamp, id, event_type, success);
CREATE INDEX idx_security_login_name
    ON security_logs (username COLLATE NOCASE, event_type, timestamp)
    WHERE event_type IN ('login', 'login_failed');
CREATE INDEX idx_security_login_address ON security_logs (ip_address, event_type, timestamp)
    WHERE event_type IN ('login', 'login_failed');

CREATE TABLE security_chain (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    pruned_id   INTEGER NOT NULL,
    pruned_hash TEXT    NOT NULL,
    last_id     INTEGER NOT NULL,
    last_hash   TEXT    NOT NULL
);

CREATE TABLE heartbeats (
    name     TEXT PRIMARY KEY,
    at_epoch REAL NOT NULL
) WITHOUT ROWID;

-- A voice may go on in the place of another one.
ALTER TABLE users ADD COLUMN stand_in_rule TEXT NOT NULL DEFAULT 'ask'
    CHECK (stand_in_rule IN ('ask', 'nearest', 'free'));
ALTER TABLE audio_files ADD COLUMN stand_in TEXT NOT NULL DEFAULT '';
ALTER TABLE audio_files ADD COLUMN needs_voice INTEGER NOT NULL DEFAULT 0
    CHECK (needs_voice IN (0, 1));
ALTER TABLE retakes ADD COLUMN stand_in TEXT NOT NULL DEFAULT '';
ALTER TABLE segments ADD COLUMN spoken_by TEXT NOT NULL DEFAULT '';
ALTER TABLE segments ADD COLUMN said TEXT NOT NULL DEFAULT '';

-- Providers, second steps, passkeys and alerts of new sign-ins: see database_schema.sql.

CREATE INDEX idx_usage_engine ON usage_stats (engine, year, month, cost);

CREATE INDEX idx_segments_marked ON segments
    (file_id, position, text_start, start_ms, end_ms, spoken_by, said)
    WHERE spoken_by != '' OR said != '';

CREATE TABLE resting_engines (
    engine      TEXT PRIMARY KEY,
    since_epoch REAL NOT NULL,
    until_epoch REAL NOT NULL,
    error       TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE providers (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    name            TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
    label           TEXT    NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
    protocol        TEXT    NOT NULL CHECK (protocol IN ('speech', 'realtime')),
    base_url        TEXT    NOT NULL CHECK (length(base_url) BETWEEN 1 AND 500),
    model           TEXT    NOT NULL CHECK (length(model) BETWEEN 1 AND 200),
    voices          TEXT    NOT NULL DEFAULT '[]',
    price           REAL    CHECK (price >= 0),
    parallel        INTEGER NOT NULL DEFAULT 4 CHECK (parallel > 0),
    timeout_s       REAL    NOT NULL DEFAULT 60 CHECK (timeout_s > 0),
    longest_text    INTEGER CHECK (longest_text > 0),
    monthly_limit   REAL    CHECK (monthly_limit > 0),
    allows_own_keys INTEGER NOT NULL DEFAULT 0 CHECK (allows_own_keys IN (0, 1)),
    is_enabled      INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
    position        INTEGER NOT NULL DEFAULT 0,
    version         INTEGER NOT NULL DEFAULT 1,
    sealed_key      TEXT,
    key_tail        TEXT    NOT NULL DEFAULT '',
    key_origin      TEXT    NOT NULL DEFAULT ''
);

CREATE TABLE provider_keys (
    user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider_id INTEGER NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    sealed_key  TEXT    NOT NULL,
    key_tail    TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, provider_id)
) WITHOUT ROWID;

CREATE INDEX idx_provider_keys_provider ON provider_keys (provider_id);

CREATE TABLE login_alerts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device        TEXT    NOT NULL DEFAULT '',
    ip_address    TEXT    NOT NULL DEFAULT '',
    times         INTEGER NOT NULL DEFAULT 1 CHECK (times > 0),
    latest_epoch  REAL    NOT NULL,
    UNIQUE (user_id, device, ip_address)
);

CREATE TABLE alerted_sessions (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    alert_id   INTEGER NOT NULL REFERENCES login_alerts (id) ON DELETE CASCADE
);

CREATE INDEX idx_alerted_sessions_alert ON alerted_sessions (alert_id);

CREATE TABLE forgotten_devices (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    times   INTEGER NOT NULL CHECK (times > 0)
);

CREATE TABLE rules (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE second_factors (
    user_id      INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret       TEXT    NOT NULL,
    last_step    INTEGER NOT NULL DEFAULT 0,
    confirmed_at TEXT
);

CREATE TABLE recovery_codes (
    user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT    NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) WITHOUT ROWID;

CREATE TABLE passkeys (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id         INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id   TEXT    NOT NULL UNIQUE CHECK (length(credential_id) <= 1400),
    user_handle     TEXT    NOT NULL,
    rp_id           TEXT    NOT NULL,
    public_key      BLOB    NOT NULL,
    sign_count      INTEGER NOT NULL CHECK (sign_count >= 0),
    transports      TEXT    NOT NULL DEFAULT '[]',
    name            TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    created_at      TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_used_epoch REAL
);

CREATE INDEX idx_passkeys_user ON passkeys (user_id, rp_id, id);

CREATE TABLE used_challenges (
    challenge_hash TEXT PRIMARY KEY,
    expires_epoch  REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX idx_used_challenges_expires ON used_challenges (expires_epoch);
