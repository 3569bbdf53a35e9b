"""Cases of documents: for each kind of fault that people reported, a small one and what is right.

A module of this folder holds the `CASES` of one format.
"""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from common.errors import AppError
from documents.read import read
from documents.types import LEFT_OUT, Document, compose
from tests.documents import making


@dataclass(frozen=True, slots=True)
class Case:
    """A document and what must come of it; what is None or empty is not looked at.

    `spoken` is all that is spoken, chapters parted by a blank line; `holds` and `lacks` are pieces
    that are spoken or not. `shown` are pieces of what is left out and stands in the review, each
    with its kind. `notes` are pieces of the notes for people, `refused` one of the refusal.
    """

    kind: str
    name: str
    filename: str
    content: Callable[[], str | bytes]
    spoken: str | None = None
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    chapters: tuple[str, ...] | None = None
    title: str | None = None
    notes: tuple[str, ...] = ()
    refused: str = ""


def all_cases() -> Iterator[Case]:
    """Gather the cases of all modules in this folder."""
    for module in pkgutil.iter_modules(__path__):
        yield from import_module(f"{__name__}.{module.name}").CASES


def faults(case: Case, folder: Path) -> list[str]:
    """Read a case's document in `folder`; returns what is wrong, nothing where all is right."""
    path = making.write(folder, case.filename, case.content())
    try:
        document = read(path, case.filename)
    except AppError as error:
        sentence = str(error.message)
        is_right = bool(case.refused) and case.refused in sentence
        return [] if is_right else [f"refused: {sentence}"]
    if case.refused:
        return ["not refused"]
    return list(_faults(case, document))


def _faults(case: Case, document: Document) -> Iterator[str]:
    spoken = "\n\n".join(compose(chapter) for chapter in document.chapters)
    titles = tuple(chapter.title for chapter in document.chapters)
    left_out = dict.fromkeys(LEFT_OUT, "")
    for chapter in document.chapters:
        for part in chapter.parts:
            if part.kind in LEFT_OUT:
                left_out[part.kind] += f"{part.text}\n"
    if case.spoken is not None and spoken != case.spoken:
        yield f"spoken: {spoken!r}"
    yield from (f"missing: {piece!r}" for piece in case.holds if piece not in spoken)
    yield from (f"spoken too: {piece!r}" for piece in case.lacks if piece in spoken)
    yield from (
        f"not shown as {kind}: {piece!r}"
        for kind, piece in case.shown
        if piece not in left_out[kind]
    )
    if case.chapters is not None and titles != case.chapters:
        yield f"chapters: {titles!r}"
    if case.title is not None and document.title != case.title:
        yield f"title: {document.title!r}"
    notes = "\n".join(str(note) for note in document.notes)
    yield from (f"no note: {piece!r} in {notes!r}" for piece in case.notes if piece not in notes)
