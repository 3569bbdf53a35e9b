"""Covers: where the picture of a piece is found; that of its book where it has one."""

import zlib
from collections.abc import Iterable
from functools import partial
from urllib.parse import quote

from flask import g, url_for

from queries.rows import AudioFile
from web.current_user import current_user_id
from web.services import services

DESIGN = 1  # grows when drawn covers change their look


def cover_version(file: AudioFile) -> str:
    """A mark that changes with the cover of a piece."""
    if date := book_cover_date(file):
        return date
    name = file["display_name"].encode("utf-8", "surrogatepass")
    return f"{DESIGN}-{zlib.crc32(name):08x}"


def book_cover_date(file: AudioFile) -> str | None:
    """When the document that a piece was made of was changed last, where it has a cover."""
    if not file["document_id"]:
        return None
    learn_covers([file])
    known: dict[int, str] = g.book_covers
    return known.get(file["document_id"])


def learn_covers(files: Iterable[AudioFile]) -> None:
    """Find out by one question which of these pieces have the cover of a book."""
    known: dict[int, str | None] = g.setdefault("book_covers", {})
    wanted = {file["document_id"] for file in files if file["document_id"]} - known.keys()
    if wanted:
        dates = services().db.list_cover_dates([*wanted])
        known.update(dict.fromkeys(wanted) | dates)


def cover_address(file: AudioFile) -> str:
    """The address of a piece's cover: one for all pieces of a book, which a browser gets once."""
    version = cover_version(file)
    if file["document_id"] and book_cover_date(file) and file["owner_id"] == current_user_id():
        return url_for("documents.cover", document_id=file["document_id"], v=version)
    if "cover_start" not in g:
        g.cover_start = partial(url_for, "covers.show", filename="")()
    return f"{g.cover_start}{quote(file['filename'])}?v={quote(version)}"
