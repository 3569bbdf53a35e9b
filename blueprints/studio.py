"""The studio's draft, its voices and how they sound."""

import json
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from speech.engine import Engine
from speech.preview_sentences import sample
from speech.prices import expected_duration_s
from speech.types import Voice
from web import forms
from web.access import user_only
from web.current_user import current_user_id
from web.formatting import money
from web.i18n import language_name
from web.request_info import wants_json
from web.responses import page
from web.services import services
from web.studio_page import cast_of, chosen_voice, known_drafts
from web.uploads import takes_text
from web.voice_lists import voices_of

PRICED_CHARACTERS = 1000

blueprint = Blueprint("studio", __name__)


@blueprint.post("/draft")
@user_only
@takes_text
def save_draft() -> Response:
    """Save what is being written as the draft; an empty text and name forget it.

    A page that says which versions of the draft it knows (`known`) is told of another one.
    """
    sent, known = forms.order(request.form), known_drafts()
    if not sent.text and not sent.name:
        services().db.delete_draft(current_user_id(), known)
    elif (other := _save_draft(sent, known)) is not None:
        raise forms.ChangedMeanwhile(
            _(
                "Another tab or device has a newer draft, so this text is not saved as one. Keep "
                "this one instead, or reload the page to take the other."
            ),
            version=other,
        )
    return Response(status=204)


def _save_draft(sent: forms.Order, known: list[str] | None) -> str | None:
    """Save a draft; returns the version of a newer one that is in its way."""
    return services().db.save_draft(
        current_user_id(),
        sent.text,
        name=sent.name[:200],
        voice=sent.voice[:200],
        speed=1.0 if sent.speed is None else sent.speed,
        category=sent.category[:100],
        reading=json.dumps(sent.reading, ensure_ascii=False),
        version=request.form.get("version", "")[:40],
        is_voice_chosen=sent.is_voice_chosen,
        is_pace_chosen=sent.is_pace_chosen,
        known=known,
    )


@blueprint.get("/voices")
@user_only
def voices() -> Response:
    """Every voice under its language, to be heard and chosen."""
    spoken = _languages_spoken()
    if wants_json():
        return jsonify(voices=[voice for language in spoken for voice in language["voices"]])
    return page("studio/voices.html", languages_spoken=spoken)


@blueprint.post("/preview")
@user_only
def preview() -> Response:
    """A voice in a short sentence; made once, then kept."""
    engine, voice = services().registry.resolve(request.form.get("voice", ""))
    sentence = request.form.get("sentence", "").strip() or sample(voice.language, voice.name)
    sound = services().studio.previews.speak(
        current_user_id(), voice.identifier, sentence, engine.name
    )
    return Response(sound, content_type="audio/mpeg")


@blueprint.post("/speakers")
@user_only
@takes_text
def speakers() -> Response:
    """The part of the page that gives the speakers of a text their voices."""
    sent = forms.order(request.form)
    cast = cast_of(sent.text, sent.reading)
    voice = chosen_voice(sent.voice)
    return page("studio/_speakers.html", speakers=cast, chosen_voice=voice)


def _languages_spoken() -> list[dict[str, Any]]:
    """The languages by name, the default voice's first: code, name, sentence, voices."""
    registry = services().registry
    every = [voice for engine in registry.engines for voice in voices_of(engine)]
    every.sort(key=lambda voice: voice.language.partition("-")[0])
    prices = {engine.name: (engine.label, _price(engine)) for engine in registry.engines}
    found = []
    for code, group in groupby(every, lambda voice: voice.language.partition("-")[0]):
        of_code = list(group)
        name = language_name(code) or of_code[0].name
        found.append(
            {
                "code": code,
                "name": name,
                "sentence": sample(of_code[0].language, of_code[0].name),
                "voices": [_shown(voice, name, *prices[voice.engine]) for voice in of_code],
            }
        )
    near = registry.resolve()[1].language.partition("-")[0]
    return sorted(found, key=lambda row: (row["code"] != near, row["name"].casefold()))


def _shown(voice: Voice, language: str, engine: str, price: str) -> dict[str, str]:
    return {
        "key": voice.key,
        "name": voice.name,
        "language": voice.language,
        "engine": engine,
        "price": price,
        "words": f"{voice.name} {language} {voice.language} {engine}".casefold(),
    }


def _price(engine: Engine) -> str:
    length_s = expected_duration_s(PRICED_CHARACTERS, 1, engine.name)
    usd = engine.price().quote(PRICED_CHARACTERS, length_s)
    if not usd:
        return money(usd)
    return _("%(amount)s per 1,000 characters", amount=money(usd))
