"""Reading settings: how a person likes texts to look while they read along."""

from typing import TypedDict

from queries.base import Statements

COLUMNS = "text_size, line_width, line_height, typeface, contrast, follows_voice"


class ReadingSettings(TypedDict):
    """Settings of a person, each by the name of a choice; `follows_voice` is 0 or 1."""

    text_size: str
    line_width: str
    line_height: str
    typeface: str
    contrast: str
    follows_voice: int


class ReadingSettingsQueries(Statements):
    """A row a person; none for somebody who changed nothing."""

    def get_reading_settings(self, user_id: int) -> ReadingSettings | None:
        """How a person likes to read, if it was ever said."""
        sql = f"SELECT {COLUMNS} FROM reading_settings WHERE user_id = ?"
        return self.find(ReadingSettings, sql, user_id)

    def save_reading_settings(self, user_id: int, settings: ReadingSettings) -> None:
        """Remember how a person likes to read."""
        self.write(
            f"""INSERT INTO reading_settings (user_id, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (user_id) DO UPDATE SET
                    text_size = excluded.text_size, line_width = excluded.line_width,
                    line_height = excluded.line_height, typeface = excluded.typeface,
                    contrast = excluded.contrast, follows_voice = excluded.follows_voice""",
            user_id, settings["text_size"], settings["line_width"], settings["line_height"],
            settings["typeface"], settings["contrast"], settings["follows_voice"],
        )  # fmt: skip

    def move_reading_settings(self, from_id: int, into_id: int) -> None:
        """Give one account's settings to another that has none of its own."""
        self.write(
            f"""INSERT OR IGNORE INTO reading_settings (user_id, {COLUMNS})
                SELECT ?, {COLUMNS} FROM reading_settings WHERE user_id = ?""",
            into_id, from_id,
        )  # fmt: skip
