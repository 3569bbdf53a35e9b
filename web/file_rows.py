"""Pieces as lists show them: all that a row says, worked out before its template is filled."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext
from markupsafe import Markup

from queries.rows import AudioFile, FoundFile
from web.audio_responses import UNFINISHED
from web.file_state import WAITING, addresses, held_up, play_data, progress
from web.formatting import hour, moment, running_time
from web.sharing_words import shared_with
from web.voice_lists import voice_names

STATES = {
    "queued": lazy_gettext("waiting"),
    "speaking": lazy_gettext("generating"),
    "failed": lazy_gettext("failed"),
    "cancelled": lazy_gettext("stopped"),
    "paused": lazy_gettext("paused"),
}


class FoundPhrase(NamedTuple):
    """The place of a text that a search found, with what stands around it."""

    before: str
    match: str
    after: str
    at_s: float


class FileRow(NamedTuple):
    """A row of a list; one that `is_made` is being spoken, `percent` of it so far."""

    filename: str
    name: str
    page: str
    play: Markup
    status: str
    state: str
    icon: str
    is_made: bool
    percent: float
    voice: str
    category: str
    is_empty: bool
    created_at: str
    shown_at: str
    phrase: FoundPhrase | None
    shared: str


def file_rows(files: Sequence[FoundFile], *, with_day: bool = False) -> Iterator[FileRow]:
    """The rows of pieces, each with its time of day, or with its day as well."""
    shared = shared_with(files)
    page_of, names, shown_at = (
        addresses("files.show_file"),
        voice_names(),
        moment if with_day else hour,
    )
    for file in files:
        phrase = _phrase(file)
        voice = names.get((file["engine"], file["voice"]), file["voice"])
        yield FileRow(
            filename=file["filename"],
            name=file["display_name"],
            page=page_of(file["filename"]),
            play=play_data(file, phrase and phrase.at_s, voice),
            status=file["status"],
            state=_state(file),
            icon=_icon(file),
            is_made=file["status"] in UNFINISHED,
            percent=round(progress(file) * 100, 1),
            voice=voice,
            category=file["category"],
            is_empty=not file["character_count"],
            created_at=file["created_at"],
            shown_at=shown_at(file["created_at"]),
            phrase=phrase,
            shared=shared.get(file["id"], ""),
        )


def _state(file: AudioFile) -> str:
    if cause := held_up(file):
        return str(WAITING[cause.code])
    words = STATES.get(file["status"])
    return str(words) if words else running_time(file["duration"])


def _icon(file: AudioFile) -> str:
    if file["status"] == "failed":
        return "failed"
    is_silent = file["status"] in ("cancelled", "paused") and not file["duration"]
    return "stopped" if is_silent else "play"


def _phrase(file: FoundFile) -> FoundPhrase | None:
    phrase, start = file.get("phrase"), file.get("match_start") or 0
    if phrase is None:
        return None
    end = start + (file.get("match_length") or 0)
    at_s = (file.get("start_ms") or 0) / 1000
    return FoundPhrase(phrase[:start], phrase[start:end], phrase[end:], at_s)
