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
