"""Voices that people used before they were remembered: found in their files, when upgrading."""

import sqlite3

# The language of a voice, as far as its identifier has it: "gmw/en-GB", "de_DE-thorsten-medium".
LANGUAGE = """CASE engine
    WHEN 'espeak' THEN substr(voice, instr(voice, '/') + 1,
        instr(substr(voice, instr(voice, '/') + 1) || '-', '-') - 1)
    WHEN 'piper' THEN substr(voice, 1, instr(replace(voice, '-', '_') || '_', '_') - 1)
    ELSE '' END"""


def begin(connection: sqlite3.Connection) -> None:
    """Remember the voice of each person's latest file of each language; note whom to ask."""
    connection.execute(
        f"""INSERT INTO voice_settings (user_id, language, engine, voice, speed, used_epoch)
            SELECT owner_id, language, engine, voice, speed,
                   coalesce(cast(strftime('%s', created_at) AS REAL), 0)
            FROM (SELECT *, row_number() OVER (PARTITION BY owner_id, language ORDER BY id DESC)
                         AS nth
                  FROM (SELECT *, CASE code WHEN 'cmn' THEN 'zh' WHEN 'no' THEN 'nb'
                                  ELSE substr(code, 1, 20) END AS language
                        FROM (SELECT owner_id, engine, voice, speed, created_at, max(id) AS id,
                                     {LANGUAGE} AS code
                              FROM audio_files WHERE voice != ''
                              GROUP BY owner_id, engine, voice)))
            WHERE nth = 1"""
    )
    connection.execute(
        """INSERT INTO natural_voice_questions (user_id)
           SELECT DISTINCT owner_id FROM audio_files"""
    )
