-- What a person last used is remembered, for each language.

-- A draft says whether its voice and pace were chosen by hand. Those of earlier drafts stay.
ALTER TABLE drafts ADD COLUMN is_voice_chosen INTEGER NOT NULL DEFAULT 1
    CHECK (is_voice_chosen IN (0, 1));
ALTER TABLE drafts ADD COLUMN is_pace_chosen INTEGER NOT NULL DEFAULT 1
    CHECK (is_pace_chosen IN (0, 1));

CREATE TABLE voice_settings (
    user_id            INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    language           TEXT    NOT NULL CHECK (length(language) <= 20),
    engine             TEXT    NOT NULL DEFAULT '',
    voice              TEXT    NOT NULL DEFAULT '',
    speed              REAL    NOT NULL DEFAULT 1 CHECK (speed > 0),
    paragraph_pause_ms INTEGER CHECK (paragraph_pause_ms >= 0),
    used_epoch         REAL    NOT NULL,
    PRIMARY KEY (user_id, language)
) WITHOUT ROWID;

CREATE TABLE default_voices (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    voice   TEXT    NOT NULL DEFAULT '',
    speed   REAL    NOT NULL DEFAULT 1 CHECK (speed > 0)
);

CREATE TABLE natural_voice_questions (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE
);
