"""Drafts: what somebody was writing when they left."""

from collections.abc import Collection
from typing import TypedDict

from queries.base import Statements


class Draft(TypedDict):
    """A draft: what somebody was writing when they left; `reading` is JSON.

    What was not chosen by hand may change with the language of the text.
    """

    text: str
    name: str
    voice: str
    speed: float
    category: str
    reading: str
    updated_at: str
    version: str
    is_voice_chosen: int
    is_pace_chosen: int


class DraftQueries(Statements):
    """One draft a person."""

    def save_draft(
        self,
        user_id: int,
        text: str,
        *,
        name: str = "",
        voice: str = "",
        speed: float = 1.0,
        category: str = "",
        reading: str = "{}",
        version: str = "",
        is_voice_chosen: bool = True,
        is_pace_chosen: bool = True,
        known: Collection[str] | None = None,
    ) -> str | None:
        """Keep the draft in place of the one before; `reading` is JSON.

        With `known` only in place of one of these versions, or of none. Returns None once it is
        kept, else the version that stands there instead.
        """
        values = (text, name, voice, speed, category, reading)
        by_hand = (int(is_voice_chosen), int(is_pace_chosen))
        with self.transaction():
            now = self.get_draft(user_id)
            is_same = now is not None and (*values, *by_hand) == _content(now)
            if now and known is not None and now["version"] not in known and not is_same:
                return now["version"]
            self.write(
                """INSERT INTO drafts
                       (user_id, text, name, voice, speed, category, reading, version,
                        is_voice_chosen, is_pace_chosen)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                   ON CONFLICT (user_id) DO UPDATE SET text = excluded.text, name = excluded.name,
                       voice = excluded.voice, speed = excluded.speed,
                       category = excluded.category, reading = excluded.reading,
                       version = excluded.version, updated_at = CURRENT_TIMESTAMP,
                       is_voice_chosen = excluded.is_voice_chosen,
                       is_pace_chosen = excluded.is_pace_chosen""",
                user_id, *values, version, *by_hand,
            )  # fmt: skip
        return None

    def get_draft(self, user_id: int) -> Draft | None:
        """The draft, if there is one."""
        return self.find(
            Draft,
            """SELECT text, name, voice, speed, category, reading, updated_at, version,
                      is_voice_chosen, is_pace_chosen FROM drafts WHERE user_id = ?""",
            user_id,
        )

    def delete_draft(self, user_id: int, known: Collection[str] | None = None) -> None:
        """Forget the draft; with `known` only if it is one of these versions."""
        with self.transaction():
            now = self.get_draft(user_id)
            if now and (known is None or now["version"] in known):
                self.write("DELETE FROM drafts WHERE user_id = ?", user_id)


def _content(draft: Draft) -> tuple[str, str, str, float, str, str, int, int]:
    return (
        draft["text"], draft["name"], draft["voice"], draft["speed"], draft["category"],
        draft["reading"], draft["is_voice_chosen"], draft["is_pace_chosen"],
    )  # fmt: skip
