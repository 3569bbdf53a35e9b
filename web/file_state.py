"""The state of a file as pages, programs and the player get it."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, TypedDict, cast
from urllib.parse import quote

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from common import transient_causes
from queries.rows import AudioFile
from web.audio_responses import UNFINISHED
from web.covers import cover_address, learn_covers
from web.formatting import money, stored_number
from web.i18n import translate
from web.listening import listening_json, progress_of
from web.services import services
from web.voice_lists import voice_name

WORKED_ON = (*UNFINISHED, "working")
WAITING = {
    "disk": lazy_gettext("waiting: disk full"),
    "files": lazy_gettext("waiting: no inodes left"),
    "quota": lazy_gettext("waiting: disk quota"),
    "read_only": lazy_gettext("waiting: read-only disk"),
    "database": lazy_gettext("waiting: database locked"),
    "memory": lazy_gettext("waiting: out of memory"),
    "killed": lazy_gettext("waiting: stopped by the system"),
    "open_files": lazy_gettext("waiting: too many open files"),
    "processes": lazy_gettext("waiting: too many processes"),
}
JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# How JSON writes what an attribute of HTML would take for its own.
IN_ATTRIBUTE = {sign: f"\\u{ord(sign):04x}" for sign in "<>&'"}
UNQUOTED = "!$&'()*+,/:;=@"  # in an address, as werkzeug writes one
OWNERS_ALONE = {"cost", "cost_shown", "category", "voice", "engine", "error"}
LOOKS_S = 3.0  # within which the worker takes up what is due, where there is room


class Waiting(TypedDict):
    """The columns of a file, retake or export that say how far it is, and what it waits for."""

    status: str
    waits_for: str
    not_before_epoch: float | None


def held_up(row: Waiting) -> transient_causes.Cause | None:
    """The cause that holds up a file, retake or export, where it passes by itself."""
    code = row.get("waits_for", "")
    if row["status"] not in WORKED_ON:
        return None
    if (
        row["status"] in ("queued", "working")
        and (row.get("not_before_epoch") or 0) < time.time() - LOOKS_S
    ):
        code = ""  # the cause has ended, or is looked for when its turn comes
    if "worker_waits_for" not in g:
        g.worker_waits_for = services().notice.read()
    return transient_causes.BY_CODE.get(g.worker_waits_for or code)


def waiting_json(row: Waiting | None) -> dict[str, Any]:
    """The JSON of such a cause: a sentence, a few words for lists, and a code that stays."""
    cause = held_up(row) if row else None
    return {
        "waits_for": cause and _(cause.waiting),
        "waits_for_label": cause and str(WAITING[cause.code]),
        "waits_for_code": cause and cause.code,
    }


def file_json(row: AudioFile) -> dict[str, Any]:
    """The JSON of a file: its state, numbers and addresses."""
    return files_json([row])[0]


def files_json(rows: Sequence[AudioFile]) -> list[dict[str, Any]]:
    """The JSON of files, in their order; of others' files it tells who gives them, and no more."""
    givers: list[str] = [cast("dict[str, str]", row).get("giver", "") for row in rows]
    return [
        {name: value for name, value in each.items() if name not in OWNERS_ALONE} | {"giver": giver}
        if giver
        else each
        for each, giver in zip(_files_json(rows), givers, strict=True)
    ]


def _files_json(rows: Sequence[AudioFile]) -> list[dict[str, Any]]:
    page_of, audio_of = addresses("files.show_file"), addresses("web.audio")
    heard = progress_of(rows)
    learn_covers(rows)
    costs = {cost: money(cost) for cost in {row["cost"] for row in rows}}
    return [
        {
            "id": row["id"],
            "filename": row["filename"],
            "name": row["display_name"],
            "category": row["category"],
            "status": row["status"],
            "progress": progress(row),
            "spoken_characters": row["spoken_characters"],
            "characters": row["character_count"],
            "duration": row["duration"],
            "cost": row["cost"],
            "cost_shown": costs[row["cost"]],
            "error": row["error"] and translate(row["error"]),
            **waiting_json(row),
            **listening_json(heard.get(row["id"])),
            "voice": row["voice"],
            "engine": row["engine"],
            "speed": row["speed"],
            "size": row["size"],
            "version": version(row),
            "created_at": row["created_at"],
            "url": page_of(row["filename"]),
            "audio_url": audio_of(row["filename"]),
            "cover_url": cover_address(row),
        }
        for row in rows
    ]


def version(row: AudioFile) -> str:
    """A mark that changes whenever the sound of a finished piece does."""
    return (row["sha256"] or "")[:12]


def progress(row: AudioFile) -> float:
    """The share of a piece that has been spoken, 0 to 1."""
    if row["status"] == "ready":
        return 1.0
    return stored_number(row["spoken_characters"]) / max(1, stored_number(row["character_count"]))


def file_page(filename: str) -> str:
    """The address of a piece's page."""
    return url_for("files.show_file", filename=filename)


def addresses(endpoint: str) -> Callable[[str], str]:
    """What makes the addresses of many pieces, from their names, as `url_for` makes one."""
    start = url_for(endpoint, filename="")
    return lambda filename: start + quote(filename, safe=UNQUOTED)


def play_json(
    file: AudioFile,
    at_s: float | None = None,
    voice: str | None = None,
    resume_s: float | None = None,
) -> str:
    """A piece as the player wants it, from a place if given; `voice` where its name is known.

    From `resume_s` it goes on where it is not in the player already.
    """
    known: dict[str, Any] = {
        "filename": file["filename"],
        "status": file["status"],
        "duration": stored_number(file["duration"]),
        "name": file["display_name"],
        "voice_name": voice_name(file) if voice is None else voice,
        "version": version(file),
        "cover_url": cover_address(file),
    }
    places = {"at_s": at_s, "resume_s": resume_s}
    return JSON.encode(known | {name: s for name, s in places.items() if s is not None})


def play_data(
    file: AudioFile,
    at_s: float | None = None,
    voice: str | None = None,
    resume_s: float | None = None,
) -> Markup:
    """The attribute that makes anything play a piece when it is pressed."""
    played = play_json(file, at_s, voice, resume_s)
    for sign, in_json in IN_ATTRIBUTE.items():
        played = played.replace(sign, in_json)
    return Markup(f"data-play='{played}'")  # noqa: S704
