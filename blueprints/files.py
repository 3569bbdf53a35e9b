"""Files: the page of each, its text, captions and sound to keep; what is done with one or many."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from common.errors import AppError
from queries.rows import AudioFile
from services.file_names import BadName
from speech.audio.captions import srt, webvtt
from web import audio_responses, file_details, forms
from web.access import heard_file, owned_file, user_only
from web.current_user import current_user_id
from web.file_selection import ticked_rows
from web.file_state import file_json
from web.formatting import spoken_length
from web.reading_text import ReadingText
from web.redirects import return_path, return_path_of_many
from web.request_info import wants_json
from web.responses import page, render_form_error
from web.services import services
from web.voice_lists import voice_name

blueprint = Blueprint("files", __name__)


@blueprint.get("/files/<filename>")
@user_only
def show_file(filename: str) -> Response:
    """A piece: its text, what it cost, what can be done with it."""
    row = heard_file(filename)
    if wants_json():
        return jsonify(**file_json(row), length_shown=spoken_length(row["duration"]))
    if row["owner_id"] != current_user_id():
        return page("sharing/piece.html", **file_details.listener_context(row))
    return page("files/file.html", **file_details.context(row))


@blueprint.get("/files/<filename>/parts/<int:number>")
@user_only
def part(filename: str, number: int) -> Response:
    """A part of the text as its page shows it, for scripts that bring it as one scrolls."""
    shown = ReadingText(heard_file(filename)).shown(number)
    if wants_json():
        return jsonify(number=number, start=shown.start, text=shown.text)
    return page("files/part.html", part=shown)


@blueprint.get("/files/<filename>/text")
@user_only
def text(filename: str) -> Response:
    """The whole text of a piece, plain."""
    row = heard_file(filename)
    answer = Response(services().db.get_text(row["id"]), mimetype="text/plain")
    return audio_responses.named(answer, row["display_name"], ".txt", kind="inline")


@blueprint.get("/download/<filename>")
@user_only
def download(filename: str) -> Response:
    """The sound as a file to keep, named like the piece."""
    row = owned_file(filename)
    return audio_responses.download(row, row["display_name"], artist=voice_name(row))


@blueprint.get("/captions/<filename>.vtt")
@user_only
def captions(filename: str) -> Response:
    """Captions in WebVTT, from what has been spoken so far."""
    return _captions(filename, webvtt, ".vtt", "text/vtt")


@blueprint.get("/captions/<filename>.srt")
@user_only
def subtitles(filename: str) -> Response:
    """Captions as SubRip."""
    return _captions(filename, srt, ".srt", "application/x-subrip")


def _captions(filename: str, write: Callable[..., str], ending: str, media_type: str) -> Response:
    """The text spoken so far as captions; 404 where there is none."""
    row = heard_file(filename)
    segments = services().db.get_segments(row["id"])
    if not segments:
        abort(404)
    text = write(services().db.get_text(row["id"]), segments)
    answer = Response(text, content_type=f"{media_type}; charset=utf-8")
    return audio_responses.named(answer, row["display_name"], ending, kind="inline")


# One file


@blueprint.post("/files/<filename>/rename")
@user_only
def rename(filename: str) -> ResponseReturnValue:
    """Give a piece another name."""
    row, name = owned_file(filename), request.form.get("name", "")
    try:
        _check_name_was(row, name)
        services().studio.generation.rename(filename, current_user_id(), name=name)
    except (BadName, forms.ChangedMeanwhile) as error:
        return _refused(row, "name", error)
    return _done(_("Renamed."), filename)


def _check_name_was(row: AudioFile, name: str) -> None:
    """Raise ChangedMeanwhile where the name is another than the form was made from."""
    known, was = row["display_name"], request.form.get("name_was")
    if was is not None and known not in (was, name.strip()):
        raise forms.ChangedMeanwhile(
            _(
                "This piece was renamed to “%(name)s” meanwhile, so “%(yours)s” was not "
                "saved. Reload the page, then rename it again if you want to.",
                name=known,
                yours=name,
            ),
            field="name",
        )


@blueprint.post("/files/<filename>/move")
@user_only
def move(filename: str) -> ResponseReturnValue:
    """Put a piece into another group, or into none."""
    row, group = owned_file(filename), request.form.get("category", "")
    try:
        services().studio.generation.rename(filename, current_user_id(), category=group)
    except BadName as error:
        return _refused(row, "category", error)
    return _done(_("Moved."), filename)


def _refused(row: AudioFile, field: str, error: AppError) -> Response:
    """The page of a piece with what was typed and the sentence at its field."""
    if wants_json():
        raise error
    context = file_details.context(row)
    return render_form_error("files/file.html", error, wrong=field, **context)


@blueprint.post("/files/<filename>/delete")
@user_only
def delete(filename: str) -> ResponseReturnValue:
    """Put a piece into the bin."""
    return _bin([filename])


@blueprint.post("/files/<filename>/retry")
@user_only
def retry(filename: str) -> ResponseReturnValue:
    """Speak on where a piece failed or was cancelled."""
    services().studio.generation.retry(filename, current_user_id())
    services().wake_worker()
    return _done("", filename)


@blueprint.post("/files/<filename>/cancel")
@user_only
def cancel(filename: str) -> ResponseReturnValue:
    """Stop speaking; what was spoken is kept."""
    services().studio.generation.cancel(filename, current_user_id())
    return _done("", filename)


@blueprint.post("/files/<filename>/pause")
@user_only
def pause(filename: str) -> ResponseReturnValue:
    """Let a piece rest until it is spoken on."""
    services().studio.generation.pause(filename, current_user_id())
    return _done("", filename)


@blueprint.post("/files/<filename>/next")
@user_only
def speak_next(filename: str) -> ResponseReturnValue:
    """Put a waiting piece before the others."""
    services().studio.generation.speak_next(filename, current_user_id())
    return _done(_("It will be generated next."), filename)


def _done(message: str, filename: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(file_json(owned_file(filename)))
    if message:
        flash(message)
    return redirect(return_path("files.show_file", filename=filename), 303)


# Many


@blueprint.post("/files/bulk")
@user_only
def bulk() -> ResponseReturnValue:
    """Delete or move every ticked piece."""
    rows, action = ticked_rows(), request.form.get("action")
    names = [row["filename"] for row in rows]
    if action == "delete":
        return _bin(names)
    if action == "move":
        return _move(names, request.form.get("category", ""))
    raise forms.BadForm("action", _("You can move or delete the selected pieces."))


def _bin(filenames: list[str]) -> ResponseReturnValue:
    """Put pieces into the bin, with a way back."""
    names = [owned_file(name)["display_name"] for name in filenames]
    services().library.delete(current_user_id(), filenames)
    if wants_json():
        return jsonify(deleted=len(filenames))
    if len(names) == 1:
        sentence = _("“%(name)s” moved to the bin.", name=names[0])
    else:
        sentence = ngettext(
            "%(num)s piece moved to the bin.", "%(num)s pieces moved to the bin.", len(names)
        )
    undo = render_template("library/_undo.html", sentence=sentence, filenames=filenames)
    flash(Markup(undo))  # noqa: S704 — rendered with escaping just before
    return redirect(return_path_of_many("library.overview"), 303)


def _move(filenames: list[str], group: str) -> ResponseReturnValue:
    """Put pieces into a group, or into none."""
    count = services().library.move(current_user_id(), filenames, group)
    if wants_json():
        return jsonify(moved=count)
    flash(ngettext("Moved %(num)s piece.", "Moved %(num)s pieces.", count))
    return redirect(return_path_of_many("library.overview"), 303)
