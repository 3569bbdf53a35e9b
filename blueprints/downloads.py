"""What a piece can be kept as: captions, and other formats that are made in the background."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask import url_for as to
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from common.stored_json import read_or_default
from exports import runner
from exports.types import FORMATS
from queries.users import WAS_DISABLED
from services.exports import LOUDNESS
from web import audio_responses, forms
from web.access import owned_file, user_only
from web.audio_responses import UNFINISHED
from web.file_state import waiting_json
from web.formatting import size
from web.i18n import told
from web.request_info import wants_json
from web.responses import page
from web.services import services

LABELS = {
    "mp3": lazy_gettext("MP3, evened"),
    "m4b": lazy_gettext("Audiobook, M4B"),
    "opus": lazy_gettext("Opus, half the size"),
    "flac": lazy_gettext("FLAC"),
    "wav": lazy_gettext("WAV"),
    "zip": lazy_gettext("A file for each chapter"),
    "epub": lazy_gettext("E-book with its sound"),
}
LEVELS = {
    -19.0: lazy_gettext("Evened, as audiobooks are"),
    -16.0: lazy_gettext("Evened, louder"),
    -23.0: lazy_gettext("Evened, quieter"),
    None: lazy_gettext("As it was spoken"),
}
AS_SPOKEN = "as-spoken"

blueprint = Blueprint("downloads", __name__)


def captions(filename: str, write: Callable[..., str], ending: str, media_type: str) -> Response:
    """What has been spoken so far as captions; 404 where nothing has been."""
    row = owned_file(filename)
    segments = services().db.get_segments(row["id"])
    if not segments:
        abort(404)
    text = write(services().db.get_text(row["id"]), segments)
    answer = Response(text, content_type=f"{media_type}; charset=utf-8")
    return audio_responses.named(answer, row["display_name"], ending, kind="inline")


def menu(row: dict[str, Any]) -> dict[str, Any]:
    """What the menu of a piece shows."""
    if row["status"] in UNFINISHED:
        return {"formats": []}
    has_chapters = len(services().db.get_chapters(row["id"])) > 1
    found = services().studio.exports.formats(row) if row["status"] == "ready" else []
    return {
        "formats": [
            {
                "key": each["format"].key,
                "label": LABELS[each["format"].key],
                "expected_bytes": each["expected_bytes"],
                "export": each["export"] and state(row, each["export"]),
            }
            for each in found
            if each["can_be_made"] and (has_chapters or each["format"].key != "zip")
        ],
        "has_av": runner.has_av(),
        "levels": [(_level_name(lufs), label) for lufs, label in LEVELS.items()],
        "level": _level_name(_usual()),
    }


def state(row: dict[str, Any], export: dict[str, Any]) -> dict[str, Any]:
    """How far a download is, and where it can be had."""
    place = {"filename": row["filename"], "export_id": export["id"]}
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
        "error": error and told(error),
        **waiting_json(export),
        "url": to("downloads.show", **place),
        "file_url": to("downloads.fetch", **place),
        "cancel_url": to("downloads.cancel", **place),
    }


@blueprint.get("/files/<filename>/exports")
@user_only
def every(filename: str) -> Response:
    """The downloads of a piece: those that are there and those that could be made."""
    row = owned_file(filename)
    found = menu(row)
    if wants_json():
        return jsonify(
            formats=[{**each, "label": str(each["label"])} for each in found["formats"]],
            loudness=[level for level, _label in found.get("levels", [])],
        )
    return page("files/downloads.html", file=row, downloads=found)


@blueprint.post("/files/<filename>/exports")
@user_only
def order(filename: str) -> Response:
    """Ask for a download in a format and loudness."""
    row, key, lufs = owned_file(filename), request.form.get("format", ""), _loudness()
    if key == "mp3" and lufs is None and not wants_json():
        return redirect(to("web.download", filename=filename), 303)
    export = services().studio.exports.order(row, key, lufs)
    services().wake_worker()
    found = state(row, export)
    if wants_json():
        return jsonify(found), 202, {"Location": found["url"]}
    return redirect(found["url"], 303)


@blueprint.get("/files/<filename>/exports/<int:export_id>")
@user_only
def show(filename: str, export_id: int) -> Response:
    """How far a download is, or where it is."""
    row = owned_file(filename)
    found = services().studio.exports.get(row, export_id)
    export = state(row, found)
    if wants_json():
        return jsonify(export)
    return page(
        "files/export.html",
        file=row,
        export=export,
        label=LABELS[export["format"]],
        loudness=_level_name(read_or_default("options", found["options"])["lufs"]),
    )


@blueprint.get("/files/<filename>/exports/<int:export_id>/file")
@user_only
def fetch(filename: str, export_id: int) -> Response:
    """A download that is ready, as a file to keep."""
    row = owned_file(filename)
    export = services().studio.exports.get(row, export_id)
    if export["status"] != "ready":
        abort(404)
    services().studio.exports.use(export)
    return audio_responses.export(export, row["display_name"], FORMATS[export["format"]])


@blueprint.post("/files/<filename>/exports/<int:export_id>/delete")
@user_only
def cancel(filename: str, export_id: int) -> Response:
    """Stop making a download, or throw it away."""
    services().studio.exports.cancel(owned_file(filename), export_id)
    if wants_json():
        return jsonify(deleted=export_id)
    flash(_("The download is cancelled."))
    return redirect(to("web.show_file", filename=filename), 303)


def _loudness() -> float | None:
    """What was chosen, in LUFS; None for the sound as it was spoken."""
    chosen = request.form.get("loudness")
    if chosen is None:
        return _usual()
    if chosen == AS_SPOKEN:
        return None
    try:
        return float(chosen)
    except ValueError:
        raise forms.BadForm("loudness", _("That is no loudness; choose one on the page.")) from None


def _usual() -> float | None:
    return LOUDNESS[0] if runner.has_av() else None


def _level_name(lufs: float | None) -> str:
    return AS_SPOKEN if lufs is None else f"{lufs:g}"
