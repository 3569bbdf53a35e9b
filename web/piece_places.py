"""Places in the text of a piece: their addresses, and what is marked there."""

from typing import NamedTuple

from flask import url_for

from queries.bookmarks import ListedBookmark
from queries.retake_places import ListedTake
from queries.rows import AudioFile
from web.current_user import current_user_id
from web.services import services

SHOWN_WORDS = 120  # characters of a bookmark's sentence


class ShownBookmark(NamedTuple):
    """A bookmark with the beginning of its sentence."""

    row: ListedBookmark
    words: str


def place_url(row: AudioFile, place: int) -> str:
    """The address of a place in a piece's text (code points)."""
    return url_for("files.show_file", filename=row["filename"], place=place, _anchor=f"at-{place}")


def shown_bookmarks(row: AudioFile) -> list[ShownBookmark]:
    """The signed-in person's bookmarks in a piece, in the order of its text."""
    found = services().bookmarks.list(current_user_id(), row)
    text = services().db.get_text(row["id"]) if found else ""
    return [ShownBookmark(each, _words(text, each["text_start"])) for each in found]


def left_out(row: AudioFile) -> list[ListedTake]:
    """The sentences that were left out of a piece and can be put back, in the order of its text."""
    takes = [take for take in services().db.list_takes(row["id"]) if take["gap"] is not None]
    latest = {(take["text_start"], take["gap"]): take for take in reversed(takes)}
    return [latest[place] for place in sorted(latest, key=_place)]


def _place(place: tuple[int, int | None]) -> tuple[int, int]:
    return place[0], place[1] or 0


def _words(text: str, place: int) -> str:
    words = " ".join(text[place : place + SHOWN_WORDS + 1].split())
    if len(words) <= SHOWN_WORDS and place + SHOWN_WORDS >= len(text):
        return words
    return f"{words[:SHOWN_WORDS].rpartition(' ')[0] or words[:SHOWN_WORDS]} …"
