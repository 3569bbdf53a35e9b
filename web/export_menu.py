"""The exports of a file: formats and loudness to choose from, how far each is, where it is."""

from typing import Any

from flask import url_for as to
from flask_babel import lazy_gettext

from exports import runner
from queries.rows import AudioFile, Export
from queries.users import WAS_DISABLED
from services.exports import LOUDNESS
from web.audio_responses import UNFINISHED
from web.file_state import waiting_json
from web.formatting import size
from web.i18n import translate
from web.services import services

LABELS = {
    "mp3": lazy_gettext("MP3"),
    "m4b": lazy_gettext("M4B audiobook"),
    "opus": lazy_gettext("Opus (smaller)"),
    "zip": lazy_gettext("One MP3 per chapter (ZIP)"),
    "wav": lazy_gettext("WAV"),
    "flac": lazy_gettext("FLAC"),
    "epub": lazy_gettext("EPUB with audio"),
}
# What each is for, in the order of the page.
PURPOSES = (
    ("listen", lazy_gettext("Listen"), ("mp3", "m4b", "opus", "zip")),
    ("edit", lazy_gettext("Edit"), ("wav", "flac")),
    ("read", lazy_gettext("Read"), ("epub",)),
)
LEVELS = {
    None: lazy_gettext("As recorded"),
    -19.0: lazy_gettext("Normalised: audiobook (−19 LUFS)"),
    -16.0: lazy_gettext("Normalised: louder (−16 LUFS)"),
    -23.0: lazy_gettext("Normalised: quieter (−23 LUFS)"),
}
AS_SPOKEN = "as-spoken"


def menu(row: AudioFile) -> dict[str, Any]:
    """The values of a file's export menu; one still in the making has its text and captions."""
    formats = {} if row["status"] in UNFINISHED else _formats(row)
    return {
        "formats": list(formats.values()),
        "groups": [
            {"key": key, "label": label, "formats": [formats[k] for k in keys if k in formats]}
            for key, label, keys in PURPOSES
        ],
        "has_mp3": "mp3" in formats,
        "has_av": runner.has_av(),
        "levels": [(level_name(lufs), label) for lufs, label in LEVELS.items()],
        "level": AS_SPOKEN,
    }


def _formats(row: AudioFile) -> dict[str, dict[str, Any]]:
    """The formats that a file can have, by key."""
    has_chapters = len(services().db.get_chapters(row["id"])) > 1
    found = services().studio.exports.formats(row) if row["status"] == "ready" else []
    return {
        each["format"].key: {
            "key": each["format"].key,
            "label": LABELS[each["format"].key],
            "expected_bytes": each["expected_bytes"],
            "export": each["export"] and state(row, each["export"]),
        }
        for each in found
        if each["can_be_made"] and (has_chapters or each["format"].key != "zip")
    }


def state(row: AudioFile, export: Export) -> dict[str, Any]:
    """The JSON of an export: how far it is, and its addresses."""
    place: dict[str, Any] = {"filename": row["filename"], "export_id": export["id"]}
    status, error = export["status"], export["error"]
    if export["is_paused"] and status in ("queued", "working"):
        status, error = "paused", WAS_DISABLED
    return {
        "id": export["id"],
        "format": export["format"],
        "status": status,
        "progress": export["progress"],
        "size": export["size"],
        "size_text": size(export["size"]),
        "error": error and translate(error),
        **waiting_json(export),
        "url": to("downloads.show", **place),
        "file_url": to("downloads.fetch", **place),
        "cancel_url": to("downloads.cancel", **place),
    }


def usual_loudness() -> float | None:
    """The loudness that is chosen unless told otherwise, in LUFS; None for unchanged sound."""
    return LOUDNESS[0] if runner.has_av() else None


def level_name(lufs: float | None) -> str:
    """The name of a loudness in forms and addresses."""
    return AS_SPOKEN if lufs is None else f"{lufs:g}"
