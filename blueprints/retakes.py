"""Changing a sentence of a finished piece: what it would cost, doing it, and earlier takes."""

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from common.errors import AppError
from queries.retake_places import ListedTake
from queries.rows import AudioFile, Span
from queries.segments import EVERYTHING
from services.retake_frames import BadRetake
from services.retakes import RetakeQuote
from web import forms
from web.access import owned_file, user_only
from web.audio_responses import short_sound
from web.file_details import pending_retake
from web.file_state import file_page, waiting_json
from web.formatting import money
from web.i18n import translate
from web.request_info import wants_json
from web.responses import page
from web.services import services
from web.uploads import takes_text

blueprint = Blueprint("retakes", __name__)


@blueprint.get("/files/<filename>/retake")
@user_only
def edit(filename: str) -> Response:
    """One sentence of a piece, to be written anew: the one at `at`, a place in the text.

    As JSON: whether a change waits ("queued"), is paused, has failed, or none of it.
    """
    row = owned_file(filename)
    if wants_json():
        change = pending_retake(row)
        status, error = (change["status"], change["error"]) if change else (None, None)
        return jsonify(status=status, error=error and translate(error), **waiting_json(change))
    return _desk(row, forms.number(request.args.get("at", "0"), "at"))


@blueprint.post("/files/<filename>/retake")
@user_only
@takes_text
def retake(filename: str) -> ResponseReturnValue:
    """Speak a part of a piece anew, or say what that would cost."""
    row, (start, end, text) = owned_file(filename), _asked()
    voice, retaking = request.form.get("voice", ""), services().studio.retakes
    try:
        if request.form.get("act") == "quote":
            return _quoted(row, start, retaking.quote(row, start, end, text, voice=voice))
        forms.check_version(request.form, services().db.get_text(row["id"])[start:end])
        retaking.ask(row, start, end, text, voice=voice)
    except (forms.ChangedMeanwhile, BadRetake) as error:
        return _again(row, start, text, error)
    return _begun(row, start)


@blueprint.post("/files/<filename>/takes/<int:number>")
@user_only
def restore_take(filename: str, number: int) -> ResponseReturnValue:
    """Put an earlier take back into its place."""
    row = owned_file(filename)
    change = services().studio.retakes.restore_take(row, number)
    return _begun(row, change["text_start"])


@blueprint.get("/files/<filename>/takes/<int:number>.mp3")
@user_only
def hear_take(filename: str, number: int) -> Response:
    """The sound of an earlier take."""
    sound = services().studio.retakes.take_sound(owned_file(filename), number)
    return short_sound(sound)


@blueprint.post("/files/<filename>/retake/resume")
@user_only
def resume(filename: str) -> ResponseReturnValue:
    """Let a paused change be made after all."""
    services().db.resume_retake(owned_file(filename)["id"])
    services().wake_worker()
    return redirect(file_page(filename), 303)


@blueprint.post("/files/<filename>/retake/dismiss")
@user_only
def dismiss(filename: str) -> ResponseReturnValue:
    """Take note that a change failed, or do without one that is paused."""
    services().db.forget_retake(owned_file(filename)["id"])
    return redirect(file_page(filename), 303)


def _asked() -> tuple[int, int, str]:
    start, end = (forms.number(request.form.get(name, ""), name) for name in ("start", "end"))
    return start, end, request.form.get("text", "")


def _begun(row: AudioFile, start: int) -> ResponseReturnValue:
    services().wake_worker()
    if wants_json():
        return jsonify(filename=row["filename"], text_start=start), 202
    flash(_("Re-recording the passage. The piece stays as it is until that is done."))
    return redirect(file_page(row["filename"]), 303)


def _quoted(row: AudioFile, start: int, quote: RetakeQuote) -> Response:
    sentence = _price_of(quote)
    if not wants_json():
        return _desk(row, start, text=request.form["text"], price=sentence)
    return jsonify(
        segments=quote.segments,
        characters=quote.characters,
        cost_usd=quote.cost_usd,
        sentence=sentence,
    )


def _price_of(quote: RetakeQuote) -> str:
    count = ngettext("%(num)s sentence", "%(num)s sentences", quote.segments)
    return f"{count} · {money(quote.cost_usd)}"


def _again(row: AudioFile, at: int, text: str, error: AppError) -> Response:
    """Show what was typed, at the sentence there now; pieces in the making have no page."""
    if wants_json() or row["status"] != "ready" or not text.strip():
        raise error
    return _desk(row, min(at, row["character_count"] - 1), text=text, error=error)


def _desk(
    row: AudioFile, at: int, *, text: str = "", price: str = "", error: AppError | None = None
) -> Response:
    previous, here, following = _around(row, at)
    if here is None or row["status"] != "ready":
        abort(404)
    whole = services().db.get_text(row["id"])
    return page(
        "retakes/retake.html",
        error.status if error else 200,
        error=error,
        version=forms.version_of(whole[here["text_start"] : here["text_end"]]),
        now=_words(whole, here),
        file=row,
        segment=here,
        before=_words(whole, previous) if previous else "",
        text=text or _words(whole, here),
        after=_words(whole, following) if following else "",
        previous=previous and previous["text_start"],
        following=here["text_end"] if following else None,
        takes=_takes(row, here),
        change=pending_retake(row),
        price=price,
        speakers=services().studio.voice_fallback.choices_for_retake(row),
        voice=request.form.get("voice", ""),
    )


def _around(row: AudioFile, at: int) -> tuple[Any, Any, Any]:
    """The segment at a place in the text with its neighbours; None for each that is not there."""
    db, file_id = services().db, row["id"]
    first = max(0, db.find_segment(file_id, at) - 1)
    found = db.list_spans(file_id, first, EVERYTHING, 3)
    number = next((i for i, part in enumerate(found) if part["text_end"] > at), None)
    if number is None:
        return None, None, None
    previous = found[number - 1] if number else None
    return previous, found[number], next(iter(found[number + 1 :]), None)


def _words(text: str, segment: Span) -> str:
    return text[segment["text_start"] : segment["text_end"]].strip()


def _takes(row: AudioFile, segment: Span) -> list[ListedTake]:
    """Earlier takes of what stands where the segment is."""
    return [
        take
        for take in services().db.list_takes(row["id"])
        if take["text_start"] <= segment["text_start"] < take["text_end"]
    ]
