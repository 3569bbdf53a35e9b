"""Databases as the earlier release left them, for tests of the upgrade."""

import contextlib
import sqlite3

TABLES = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT UNIQUE NOT NULL,
    password_hash TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_login TIMESTAMP, is_active BOOLEAN DEFAULT 1);
CREATE TABLE audio_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT UNIQUE NOT NULL, display_name TEXT NOT NULL,
    owner_id INTEGER NOT NULL, voice TEXT, category TEXT, text TEXT, character_count INTEGER,
    duration REAL, cost REAL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP, FOREIGN KEY (owner_id) REFERENCES users (id));
CREATE TABLE usage_stats (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, characters_used INTEGER,
    cost REAL, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, month INTEGER, year INTEGER);
CREATE TABLE playback_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, file_id INTEGER NOT NULL,
    played_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE security_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event_type TEXT, user_id INTEGER, username TEXT,
    ip_address TEXT, details TEXT, success BOOLEAN, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE INDEX idx_audio_owner ON audio_files (owner_id);
"""
WITH_ADMIN = """
ALTER TABLE users ADD COLUMN is_admin BOOLEAN DEFAULT 0;
ALTER TABLE users ADD COLUMN openai_api_key TEXT;
ALTER TABLE users ADD COLUMN api_key_set_at TIMESTAMP;
UPDATE users SET is_admin = 1, openai_api_key = 'sk-x' WHERE id = 1;
"""
# Nothing in these tables was ever enforced: no types, no keys, no names for once.
LOOSE = """
CREATE TABLE users (id INTEGER PRIMARY KEY, username, password_hash, created_at, last_login,
                    is_active);
CREATE TABLE audio_files (id INTEGER PRIMARY KEY, filename, display_name, owner_id, voice, category,
                          text, character_count, duration, cost, created_at, updated_at);
CREATE TABLE usage_stats (id INTEGER PRIMARY KEY, user_id, characters_used, cost, timestamp,
                          month TEXT, year);
CREATE TABLE playback_history (id INTEGER PRIMARY KEY, user_id, file_id, played_at);
CREATE TABLE security_logs (id INTEGER PRIMARY KEY, event_type, user_id, username, ip_address,
                            details, success, timestamp);
"""
ROWS = """
INSERT INTO users (id, username, password_hash, created_at, last_login, is_active) VALUES
    (1, 'ann', 'scrypt:a', '2025-01-02 03:04:05', '2025-02-03 04:05:06', 1),
    (2, 'Bob', 'pbkdf2:b', '2025-01-03 00:00:00', NULL, 0);
INSERT INTO audio_files (id, filename, display_name, owner_id, voice, category, text,
                         character_count, duration, cost, created_at, updated_at) VALUES
    (3, 'one.mp3', 'One', 1, 'alloy', 'News', 'Héllo ✓', 7, 1.5, 0.0105, '2025-03-01 10:00:00',
     '2025-03-02 10:00:00'),
    (7, 'two.mp3', 'Two', 2, 'nova', '', 'two', 3, 2.5, 0.0, '2025-03-01 10:00:00', NULL);
INSERT INTO usage_stats (id, user_id, characters_used, cost, timestamp, month, year) VALUES
    (1, 1, 7, 0.0105, '2025-03-01 10:00:00', 3, 2025),
    (2, 1, 900, 1.25, '2025-02-01 10:00:00', 2, 2025),
    (3, 2, 3, 0, '2025-03-01 10:00:00', 3, 2025);
INSERT INTO playback_history (id, user_id, file_id, played_at) VALUES
    (1, 1, 3, '2025-03-05 10:00:00'), (2, 2, 7, '2025-03-06 10:00:00');
INSERT INTO security_logs (id, event_type, user_id, username, ip_address, details, success,
                           timestamp) VALUES
    (1, 'login', 1, 'ann', '10.0.0.1', 'ok', 1, '2025-03-05 09:00:00'),
    (2, 'login_failed', NULL, 'eve', '10.0.0.2', NULL, 0, '2025-03-05 09:01:00');
"""


def make(path, *scripts):
    """Write a database of the earlier release."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for script in scripts or (TABLES, ROWS):
            connection.executescript(script)
    return path


def shape(connection):
    """Every table with its columns, and every index and trigger as it is written."""
    found = {}
    for row in connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall():
        kind, name, sql = row
        if kind == "table":
            columns = connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
            sql = frozenset(tuple(column[1:]) for column in columns)
        found[kind, name] = sql
    return found
