"""Exports of a piece: other formats, made in the background."""

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from common.stored_json import read_or_default
from exports.types import FORMATS
from web import audio_responses, forms
from web.access import owned_file, user_only
from web.export_menu import AS_SPOKEN, LABELS, level_name, menu, state, usual_loudness
from web.request_info import wants_json
from web.responses import page
from web.services import services

blueprint = Blueprint("downloads", __name__)


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
    return page("downloads/downloads.html", file=row, downloads=found)


@blueprint.post("/files/<filename>/exports")
@user_only
def order(filename: str) -> ResponseReturnValue:
    """Ask for a download in a format and loudness."""
    row, key, lufs = owned_file(filename), request.form.get("format", ""), _loudness()
    if key == "mp3" and lufs is None and not wants_json():
        return redirect(to("files.download", filename=filename), 303)
    export = services().studio.exports.order(row, key, lufs)
    services().wake_worker()
    found = state(row, export)
    if wants_json():
        return jsonify(found), 202, {"Location": found["url"]}
    return redirect(found["url"], 303)


@blueprint.get("/files/<filename>/exports/<int:export_id>")
@user_only
def show(filename: str, export_id: int) -> Response:
    """The progress of an export, or its address."""
    row = owned_file(filename)
    found = services().studio.exports.get(row, export_id)
    export = state(row, found)
    if wants_json():
        return jsonify(export)
    return page(
        "downloads/export.html",
        file=row,
        export=export,
        label=LABELS[export["format"]],
        loudness=level_name(read_or_default("options", found["options"])["lufs"]),
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
def cancel(filename: str, export_id: int) -> ResponseReturnValue:
    """Stop making a download, or throw it away."""
    services().studio.exports.cancel(owned_file(filename), export_id)
    if wants_json():
        return jsonify(deleted=export_id)
    flash(_("The download was cancelled."))
    return redirect(to("files.show_file", filename=filename), 303)


def _loudness() -> float | None:
    """The loudness that was chosen, in LUFS; None for the sound as it was spoken."""
    chosen = request.form.get("loudness")
    if chosen is None:
        return usual_loudness()
    if chosen == AS_SPOKEN:
        return None
    try:
        return float(chosen)
    except ValueError:
        raise forms.BadForm(
            "loudness", _("There is no such loudness. Choose one on the page.")
        ) from None
