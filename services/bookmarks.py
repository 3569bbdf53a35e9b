"""Bookmarks of a person in a file: set at a sentence, with a note, and found again."""

from common.errors import Message
from database import Database
from queries.bookmarks import Bookmark, ListedBookmark
from queries.rows import AudioFile
from storage.errors import NotFound, WrongState

LONGEST_NOTE = 500  # characters
MOST = 1000  # in one file


class BadBookmark(WrongState):
    """A bookmark that cannot be set; `message` says why."""

    status = 400


class Bookmarks:
    """Bookmarks of all people; pages and API call the same functions."""

    def __init__(self, db: Database):
        self.db = db

    def list(self, user_id: int, row: AudioFile) -> list[ListedBookmark]:
        """A person's bookmarks in a file, in the order of its text."""
        return self.db.list_bookmarks(user_id, row["id"])

    def add(self, user_id: int, row: AudioFile, place: int, note: str) -> Bookmark:
        """Mark the sentence at a place of the text; returns its bookmark.

        One that is there already stays, with the new note if there is one. Raises BadBookmark.
        """
        note = _checked(note)
        if not 0 <= place < row["character_count"]:
            raise BadBookmark("There is no such place in this text. Reload the page.")
        with self.db.transaction():
            start, end = self._sentence(row, place)
            found = self.db.find_bookmark(user_id, row["id"], start, end)
            if found and note:
                return self.change(user_id, row, found["id"], note)
            if found:
                return found
            if self.db.count_bookmarks(user_id, row["id"]) >= MOST:
                raise BadBookmark(
                    Message(
                        "A piece can have up to {limit} bookmarks. Delete some first.", limit=MOST
                    )
                )
            return self.db.create_bookmark(user_id, row["id"], start, note)

    def change(self, user_id: int, row: AudioFile, bookmark_id: int, note: str) -> Bookmark:
        """Write another note to a bookmark; returns it. Raises NotFound, BadBookmark."""
        found = self.db.update_bookmark(user_id, row["id"], bookmark_id, _checked(note))
        if found is None:
            raise NotFound("There is no such bookmark.")
        return found

    def remove(self, user_id: int, row: AudioFile, bookmark_id: int) -> None:
        """Delete a bookmark. Raises NotFound."""
        if not self.db.delete_bookmark(user_id, row["id"], bookmark_id):
            raise NotFound("There is no such bookmark.")

    def _sentence(self, row: AudioFile, place: int) -> tuple[int, int]:
        """The borders of the sentence at a place; of the place alone until it is spoken."""
        position = self.db.find_segment(row["id"], place)
        for span in self.db.list_spans(row["id"], position, place + 1, 1):
            if span["text_start"] <= place < span["text_end"]:
                return span["text_start"], span["text_end"]
        return place, place + 1


def _checked(note: str) -> str:
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise BadBookmark(
            Message("A note can have up to {limit} characters. Shorten it.", limit=LONGEST_NOTE)
        )
    return note
