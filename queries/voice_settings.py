"""Voice settings: what a person last used for each language, and wants to start with."""

from typing import TypedDict

from queries.base import Statements

COLUMNS = "language, engine, voice, speed, paragraph_pause_ms, used_epoch"


class VoiceSettings(TypedDict):
    """Settings last used for a language; without a voice, the best one is to read."""

    language: str
    engine: str
    voice: str
    speed: float
    paragraph_pause_ms: int | None
    used_epoch: float


class DefaultVoice(TypedDict):
    """The voice that a person wants to start with, by its key; "" for the one last used."""

    voice: str
    speed: float


class VoiceSettingsQueries(Statements):
    """A row a person and language; each read and write names the person."""

    def list_voice_settings(self, user_id: int) -> list[VoiceSettings]:
        """What a person used for each language, the latest first."""
        return self.list_of(
            VoiceSettings,
            f"""SELECT {COLUMNS} FROM voice_settings WHERE user_id = ?
                ORDER BY used_epoch DESC, language""",
            user_id,
        )

    def save_voice_settings(
        self,
        user_id: int,
        language: str,
        *,
        engine: str = "",
        voice: str = "",
        speed: float,
        paragraph_pause_ms: int | None,
        now: float,
    ) -> None:
        """Remember what was used last for a language; without a voice, the one there stays."""
        self.write(
            """INSERT INTO voice_settings
                   (user_id, language, engine, voice, speed, paragraph_pause_ms, used_epoch)
               VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (user_id, language) DO UPDATE SET
                   engine = CASE excluded.voice WHEN '' THEN engine ELSE excluded.engine END,
                   voice = CASE excluded.voice WHEN '' THEN voice ELSE excluded.voice END,
                   speed = excluded.speed, paragraph_pause_ms = excluded.paragraph_pause_ms,
                   used_epoch = excluded.used_epoch""",
            user_id, language, engine, voice, speed, paragraph_pause_ms, now,
        )  # fmt: skip

    def delete_voice_settings(self, user_id: int, language: str) -> bool:
        """Forget what was used for a language; returns whether there was anything."""
        sql = "DELETE FROM voice_settings WHERE user_id = ? AND language = ?"
        return bool(self.write(sql, user_id, language).rowcount)

    def move_voice_settings(self, from_id: int, into_id: int) -> None:
        """Give one account's settings to another; of two for a language, the later ones stay."""
        with self.transaction():
            self.write(
                f"""INSERT INTO voice_settings (user_id, {COLUMNS})
                    SELECT ?, {COLUMNS} FROM voice_settings WHERE user_id = ?
                    ON CONFLICT (user_id, language) DO UPDATE SET engine = excluded.engine,
                        voice = excluded.voice, speed = excluded.speed,
                        paragraph_pause_ms = excluded.paragraph_pause_ms,
                        used_epoch = excluded.used_epoch
                    WHERE excluded.used_epoch > used_epoch""",
                into_id, from_id,
            )  # fmt: skip
            self.write(
                """INSERT OR IGNORE INTO default_voices (user_id, voice, speed)
                   SELECT ?, voice, speed FROM default_voices WHERE user_id = ?""",
                into_id, from_id,
            )  # fmt: skip

    # The voice to start with

    def get_default_voice(self, user_id: int) -> DefaultVoice | None:
        """The voice that a person wants to start with, if it was ever said."""
        sql = "SELECT voice, speed FROM default_voices WHERE user_id = ?"
        return self.find(DefaultVoice, sql, user_id)

    def set_default_voice(self, user_id: int, voice: str, speed: float) -> None:
        """Start with a voice, by its key, and a speed; with "" for what was last used."""
        self.write(
            """INSERT INTO default_voices (user_id, voice, speed) VALUES (?, ?, ?)
               ON CONFLICT (user_id) DO UPDATE SET voice = excluded.voice,
                   speed = excluded.speed""",
            user_id, voice, speed,
        )  # fmt: skip

    # The question about natural voices

    def has_natural_voice_question(self, user_id: int) -> bool:
        """Whether a person is still to be asked whether new texts get a natural voice."""
        sql = "SELECT 1 FROM natural_voice_questions WHERE user_id = ?"
        return self.value(sql, user_id) is not None

    def close_natural_voice_question(self, user_id: int) -> None:
        """Ask no more."""
        self.write("DELETE FROM natural_voice_questions WHERE user_id = ?", user_id)
