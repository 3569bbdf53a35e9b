"""Pieces as lists show them: all that a row says, worked out before its template is filled."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext
from markupsafe import Markup

from queries.rows import AudioFile, FoundFile
from web.audio_responses import UNFINISHED
from web.covers import cover_address, learn_covers
from web.file_state import WAITING, addresses, held_up, play_data
from web.file_state import progress as made
from web.formatting import hour, moment, running_time
from web.listening import progress_of, what_is_left
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
    """A row of a list; one that `is_made` is being spoken, `percent` of it so far.

    Of others `percent` was heard, and `left` says in words what is still to be heard.
    """

    filename: str
    name: str
    page: str
    play: Markup
    status: str
    state: str
    icon: str
    is_made: bool
    percent: float
    is_finished: bool
    left: str
    cover: str
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
    listed = list(files)
    heard = progress_of(listed)
    learn_covers(listed)
    for file in listed:
        phrase, progress = _phrase(file), heard.get(file["id"])
        is_made = file["status"] in UNFINISHED
        is_finished = bool(progress and progress["finished_at"])
        share = made(file) if is_made else progress["share"] if progress else 0.0
        voice = names.get((file["engine"], file["voice"]), file["voice"])
        yield FileRow(
            filename=file["filename"],
            name=file["display_name"],
            page=page_of(file["filename"]),
            play=play_data(file, phrase and phrase.at_s, voice, 0 if is_finished else None),
            status=file["status"],
            state=_state(file),
            icon=_icon(file),
            is_made=is_made,
            percent=round(share * 100, 1),
            is_finished=is_finished,
            left="" if is_made else what_is_left(file, progress),
            cover=cover_address(file),
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
