"""What one does at a sentence of a piece: leaving it out, speaking it again, its menu as a page."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from queries.rows import AudioFile
from services.retake_frames import BadRetake
from services.retakes import RetakeQuote
from services.sentences import Sentence, WithWord
from web import forms
from web.access import heard_file, owned_file, user_only
from web.current_user import current_user_id
from web.file_state import file_page
from web.formatting import money
from web.i18n import translate
from web.request_info import wants_json
from web.responses import page
from web.services import services

blueprint = Blueprint("sentences", __name__)


@blueprint.get("/files/<filename>/sentence")
@user_only
def sentence(filename: str) -> Response:
    """The sentence at `at`, a place in the text, else the first: what can be done, its price."""
    row, place = heard_file(filename), forms.number(request.args.get("at", "0"), "at")
    is_listener = row["owner_id"] != current_user_id()
    found = services().sentences.at(row, place, is_listener=is_listener)
    if wants_json():
        return jsonify(_json(found))
    price = money(found.again.cost_usd) if found.again else ""
    return page("files/sentence.html", file=row, sentence=found, price=price)


@blueprint.post("/files/<filename>/leave-out")
@user_only
def leave_out(filename: str) -> ResponseReturnValue:
    """Leave a sentence out of a piece, text and audio; it can be put back."""
    row, (start, end) = owned_file(filename), _span()
    services().studio.retakes.leave_out(row, start, end)
    return _begun(row, start, _("Leaving out the sentence. You can put it back later."))


@blueprint.post("/files/<filename>/again")
@user_only
def again(filename: str) -> ResponseReturnValue:
    """Speak a sentence once more as it is, or say what that would cost."""
    row, spans = owned_file(filename), [_span()]
    retakes = services().studio.retakes
    if request.form.get("act") == "quote":
        return jsonify(_quote_json(retakes.quote_again(row, spans, is_fresh=True)))
    retakes.speak_again(row, spans, is_fresh=True)
    return _begun(row, spans[0][0], _("Re-recording the sentence…"))


@blueprint.post("/files/<filename>/pronunciations/<int(max=9223372036854775807):entry_id>")
@user_only
def again_with_word(filename: str, entry_id: int) -> ResponseReturnValue:
    """Speak all sentences of a piece that hold a word of the dictionary, or tell their price."""
    row = owned_file(filename)
    entry = services().pronunciations.get(current_user_id(), entry_id)
    found, retakes = services().sentences.with_word(row, entry), services().studio.retakes
    if request.form.get("act") == "quote":
        quote = retakes.quote_again(row, found.spans, is_fresh=False) if found.spans else None
        return jsonify(_word_json(found, quote))
    if not found.spans:
        raise BadRetake("No sentence of this piece contains this word.")
    retakes.speak_again(row, found.spans, is_fresh=False)
    return _begun(row, found.spans[0][0], _("Re-recording the sentences…"))


def _span() -> tuple[int, int]:
    start, end = (forms.number(request.form.get(name, ""), name) for name in ("start", "end"))
    return start, end


def _begun(row: AudioFile, start: int, message: str) -> ResponseReturnValue:
    services().wake_worker()
    if wants_json():
        return jsonify(filename=row["filename"], text_start=start), 202
    flash(message)
    return redirect(file_page(row["filename"]), 303)


def _json(found: Sentence) -> dict[str, Any]:
    span = found.span
    return {
        "text_start": span["text_start"],
        "text_end": span["text_end"],
        "start_ms": span["start_ms"] if span["start_ms"] >= 0 else None,
        "words": found.words,
        "again": found.again and _quote_json(found.again),
        "off": {act: translate(reason) for act, reason in found.off.items()},
    }


def _quote_json(quote: RetakeQuote) -> dict[str, Any]:
    return {
        "segments": quote.segments,
        "characters": quote.characters,
        "cost_usd": quote.cost_usd,
        "price": money(quote.cost_usd),
    }


def _word_json(found: WithWord, quote: RetakeQuote | None) -> dict[str, Any]:
    count = len(found.spans)
    told = ngettext(
        "%(num)s sentence in this piece contains it",
        "%(num)s sentences in this piece contain it",
        count,
    )
    if not found.is_all:
        told = _("The first %(count)s sentences in this piece that contain it", count=count)
    if quote:
        told = f"{told} · {money(quote.cost_usd)}"
    return {
        "sentences": count,
        "is_all": found.is_all,
        "cost_usd": quote and quote.cost_usd,
        "told": told,
    }
