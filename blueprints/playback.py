"""Playback: what the player must know of a piece, where each device stopped, what is finished."""

import re
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from queries.rows import AudioFile, Chapter
from queries.segments import EVERYTHING
from speech.prices import expected_duration_s
from web.access import heard_file, user_only
from web.current_user import current_user_id
from web.device_names import device_label, listening_device
from web.file_selection import ticked
from web.file_state import file_json
from web.redirects import return_path, return_path_of_many
from web.request_info import wants_json
from web.services import services
from web.voice_lists import voice_name

MOST_MARKS = 60
MARKED_CHARACTERS = 300_000

blueprint = Blueprint("playback", __name__)


@blueprint.get("/playback/<filename>")
@user_only
def show(filename: str) -> Response:
    """A piece as the player needs it: its state, marks (chapters, else paragraphs), places kept."""
    row = heard_file(filename)
    chapters = services().db.get_chapters(row["id"])
    return jsonify(
        **file_json(row),
        voice_name=voice_name(row),
        expected_s=expected_duration_s(row["character_count"], row["speed"], row["engine"]),
        marks_s=_marks(row, chapters),
        chapters=_chapters(chapters),
        places=_places(row),
    )


def _places(row: AudioFile) -> list[dict[str, Any]]:
    here = listening_device()
    return [
        {
            "device": device_label(place["device"]),
            "position_s": place["position"],
            "at": place["at"],
            "is_here": place["device"] == here,
        }
        for place in services().db.get_positions(current_user_id(), row["id"])
    ]


def _chapters(chapters: list[Chapter]) -> list[dict[str, Any]]:
    """Titles of chapters and where they start, in seconds; None for what is not spoken yet."""
    return [
        {
            "title": chapter["title"] or _("Chapter %(number)s", number=place),
            "start_s": None if chapter["start_ms"] is None else chapter["start_ms"] / 1000,
        }
        for place, chapter in enumerate(chapters, 1)
    ]


def _marks(row: AudioFile, chapters: list[Chapter]) -> list[float]:
    """The starts of chapters, else paragraphs, in seconds of the sound; none where too many are."""
    if len(chapters) > 1:
        spoken = [part["start_ms"] / 1000 for part in chapters if part["start_ms"]]
        return spoken if len(spoken) <= MOST_MARKS else []
    if row["character_count"] > MARKED_CHARACTERS:
        return []
    text = services().db.get_text(row["id"])
    starts = [match.end() for match in re.finditer(r"\n\s*\n", text)]
    if not starts or len(starts) > MOST_MARKS:
        return []
    marks, pending = [], iter(starts)
    start = next(pending, None)
    for segment in services().db.list_spans(row["id"], 0, EVERYTHING, MARKED_CHARACTERS):
        if start is not None and segment["text_end"] > start:
            marks.append(segment["start_ms"] / 1000)
            while start is not None and segment["text_end"] > start:
                start = next(pending, None)
    return [mark for mark in marks if mark > 0]


# Finished, or not listened to


@blueprint.post("/files/<filename>/finish")
@user_only
def finish(filename: str) -> ResponseReturnValue:
    """Count a piece as heard to the end."""
    heard_file(filename)
    return _finish([filename], return_path("files.show_file", filename=filename))


@blueprint.post("/files/<filename>/unheard")
@user_only
def forget(filename: str) -> ResponseReturnValue:
    """Count a piece as never heard."""
    heard_file(filename)
    return _forget([filename], return_path("files.show_file", filename=filename))


@blueprint.post("/library/finish")
@user_only
def finish_many() -> ResponseReturnValue:
    """Count the ticked pieces as heard to the end."""
    return _finish(ticked(), return_path_of_many("library.overview"))


@blueprint.post("/library/unheard")
@user_only
def forget_many() -> ResponseReturnValue:
    """Count the ticked pieces as never heard."""
    return _forget(ticked(), return_path_of_many("library.overview"))


def _finish(filenames: list[str], path: str) -> ResponseReturnValue:
    count = services().db.mark_finished(current_user_id(), filenames)
    if wants_json():
        return jsonify(finished=count)
    flash(
        ngettext("Marked %(num)s piece as finished.", "Marked %(num)s pieces as finished.", count)
    )
    return redirect(path, 303)


def _forget(filenames: list[str], path: str) -> ResponseReturnValue:
    count = services().db.mark_unheard(current_user_id(), filenames)
    if wants_json():
        return jsonify(unheard=count)
    sentence = ngettext(
        "Marked %(num)s piece as not listened.", "Marked %(num)s pieces as not listened.", count
    )
    flash(sentence)
    return redirect(path, 303)
