"""Check of the rows of the database: search index, JSON, times, segments."""

from functools import partial

from common import stored_json
from config import Config
from queries import integrity
from queries.integrity import Examination, examination
from server.doctor.findings import BAD, GOOD, Finding, Findings, named
from services.document_errors import BadDocument
from services.documents import read_document

RESET = "Stop VoiceVerse and run flask doctor --mend, which resets it."
FROM_BACKUP = "Stop VoiceVerse and run flask restore with a backup from before the damage."
# What is lost where a column cannot be read, and what to do about that.
JSON_REMEDIES = {
    "content": "Import these documents again; the pieces made from them are fine.",
    "take": "Leave them. Only these earlier takes are lost; the pieces are fine.",
    "report": "Leave it. You only lose the way back from that migration.",
}
SEGMENTS = {
    "none": "Finished pieces without any segments ({count}): {names}.",
    "gaps": "Pieces whose segments have gaps or overlap ({count}): {names}.",
    "outside": "Pieces with segments outside their text or audio ({count}): {names}.",
}


def search(config: Config) -> Findings:
    """Check that the search index matches the audio files."""
    with examination(config.database_path) as look:
        faults = look.search_faults()
    yield from named(
        faults, "The search index does not match the pieces ({count}): {names}.", BAD,
        "Stop VoiceVerse and run flask doctor --mend, which rebuilds it.",
    )  # fmt: skip


def rows(config: Config) -> Findings:
    """Check that the values of rows can be read, and fit together."""
    with examination(config.database_path) as look:
        types = list(_types(look))
        # Places that are no numbers cannot be compared.
        found = [*_json(look), *types, *_times(look), *([] if types else _segments(look))]
    yield from found or [Finding(GOOD, "The whole database can be read.")]


def _json(look: Examination) -> Findings:
    """Whether columns of JSON hold it, in the shape that is read from them."""
    for column in integrity.JSON:
        yield from named(
            look.unreadable_json(column, partial(is_read, column.kind)),
            "{column} holds JSON that cannot be read ({count}): {names}.", BAD,
            JSON_REMEDIES.get(column.kind, RESET), column=f"{column.table}.{column.column}",
        )  # fmt: skip


def is_read(kind: str, text: object) -> bool:
    """Whether pages can read the JSON in a column of that kind."""
    if not isinstance(text, str):
        return False
    try:
        read_document(text) if kind == "content" else stored_json.read(kind, text)
    except (ValueError, BadDocument):
        return False
    return True


def _times(look: Examination) -> Findings:
    """Whether every time is one that a clock may have shown."""
    for table, column, _wrong, names in look.times():
        yield from named(
            names, "{column} holds impossible times ({count}): {names}.", BAD,
            "Stop VoiceVerse and run flask doctor --mend, which resets them.",
            column=f"{table}.{column}",
        )  # fmt: skip


def _types(look: Examination) -> Findings:
    """Whether numbers are numbers, and texts texts."""
    for table, column, _wrong, names in look.types():
        yield from named(
            names, "{column} holds values of another type ({count}): {names}.", BAD,
            RESET if look.default_of(table, column) else FROM_BACKUP,
            column=f"{table}.{column}",
        )  # fmt: skip


def _segments(look: Examination) -> Findings:
    """Whether all is known of the sound of finished pieces."""
    for kind, names in look.segment_faults():
        yield from named(
            names, SEGMENTS[kind], BAD,
            "Their audio is fine. Generate them again for captions and read-along.",
        )  # fmt: skip
