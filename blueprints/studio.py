"""Around the page to write on: its draft, its voices and how they sound."""

import json
from itertools import groupby
from typing import Any

from babel import Locale
from flask import Blueprint, Response, g, jsonify, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from common.stored_json import read_or_default
from speech.preview_sentences import sample
from speech.prices import expected_duration_s
from speech.text.script import PARAGRAPH_PAUSE_MS
from speech.text.speakers import find_speakers
from speech.types import Voice
from web import forms
from web.access import owned_file, user_only
from web.engine_notices import notices
from web.formatting import money
from web.i18n import plural_forms
from web.request_info import wants_json
from web.responses import page
from web.services import services
from web.uploads import takes_text
from web.voice_lists import voices_of

LATELY_ROWS = 5
PRICED_CHARACTERS = 1000
PARAGRAPH_PAUSES_MS = (0, 200, 350, 500, 750, 1000, 1500, 2000, 3000)
WRITTEN_AS = {"cmn": "zh", "nb": "no"}  # how the names of languages are looked up

blueprint = Blueprint("studio", __name__)


@blueprint.post("/draft")
@user_only
@takes_text
def save_draft() -> Response:
    """Keep what is being written; an empty text and name forget it.

    A page that says which versions of the draft it knows (`known`) is told of another one.
    """
    sent, db, user_id = forms.order(request.form), services().db, g.user["user_id"]
    known = known_drafts()
    other = None
    if sent.text or sent.name:
        other = db.save_draft(
            user_id,
            sent.text,
            name=sent.name[:200],
            voice=sent.voice[:200],
            speed=sent.speed,
            category=sent.category[:100],
            reading=json.dumps(sent.reading, ensure_ascii=False),
            version=request.form.get("version", "")[:40],
            known=known,
        )
    else:
        db.delete_draft(user_id, known)
    if other is not None:
        raise forms.ChangedMeanwhile(
            _(
                "Another tab or device has a newer draft, so this text is not saved as one. Keep "
                "this one instead, or reload the page to take the other."
            ),
            version=other,
        )
    return Response(status=204)


def known_drafts() -> list[str] | None:
    """The versions of the draft that the page knows which sent this; None if it does not say."""
    return request.form.getlist("known") if "known" in request.form else None


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
    sound = services().studio.preview(g.user["user_id"], voice.identifier, sentence, engine.name)
    return Response(sound, content_type="audio/mpeg")


@blueprint.post("/speakers")
@user_only
@takes_text
def speakers() -> Response:
    """The part of the page that gives the speakers of a text their voices."""
    sent = forms.order(request.form)
    cast = _cast_shown(sent.text, sent.reading)
    voice = chosen_voice(sent.voice)
    return page("studio/_speakers.html", speakers=cast, chosen_voice=voice)


def start() -> dict[str, Any]:
    """What the studio starts with: a piece to speak again, a chosen voice, or the draft."""
    db, user_id = services().db, g.user["user_id"]
    again = request.args.get("again")
    form = _written(owned_file(again)) if again else _draft(db.get_draft(user_id))
    chosen = request.args.get("voice")
    return {**form, "voice": chosen} if chosen else form


def _draft(row: dict[str, Any] | None) -> dict[str, Any]:
    return row | {"reading": read_or_default("reading", row["reading"])} if row else {}


def _written(row: dict[str, Any]) -> dict[str, Any]:
    reading = read_or_default("reading", row["reading"])
    cast = reading.get("cast", {})
    voices = {name: f"{row['engine']}:{voice}" for name, voice in cast.items()}
    return {
        "text": services().db.get_text(row["id"]),
        "name": row["display_name"],
        "voice": f"{row['engine']}:{row['voice']}",
        "speed": row["speed"],
        "category": row["category"],
        "reading": {**reading, "cast": voices},
    }


def context(form: Any, text: str | None = None) -> dict[str, Any]:
    """What the studio's page shows beside the form; `text` if the form does not hold it."""
    reading = _reading(form)
    db, registry, user_id = services().db, services().registry, g.user["user_id"]
    return {
        "lately": db.get_audio_files_by_owner(user_id, limit=LATELY_ROWS),
        "groups": db.list_categories(user_id),
        "default_engine": registry.default,
        "chosen_voice": chosen_voice(form.get("voice") or ""),
        "speakers": _cast_shown(form.get("text", "") if text is None else text, reading),
        "paragraph_pause_ms": reading.get("paragraph_pause_ms", PARAGRAPH_PAUSE_MS),
        "paragraph_pauses_ms": PARAGRAPH_PAUSES_MS,
        "notices": notices(),
        "most_characters": services().config.max_characters,
        "most_megabytes": services().config.max_upload_mb,
        "is_web_open": services().config.web_import == "on",
        "character_forms": plural_forms(_characters),
        "voice_forms": plural_forms(_voices),
        "marked_forms": plural_forms(_marked),
    }


def _reading(form: Any) -> dict[str, Any]:
    known = form.get("reading")
    if isinstance(known, dict):  # of a draft or a piece; what is sent under that name is a text
        return known
    try:
        return forms.reading(form)
    except forms.BadForm:  # the sentence stands on the page already
        return {}


def _cast_shown(text: str, reading: dict[str, Any]) -> list[tuple[str, str]]:
    """The names that a text marks, and others that were given voices, each with its voice."""
    cast = {name.lower(): (name, voice) for name, voice in reading.get("cast", {}).items()}
    found = [cast.pop(name.lower(), (name, "")) for name in find_speakers(text)]
    return [*found, *cast.values()]


def chosen_voice(wanted: str) -> Voice:
    """The voice that is wanted, or the default one where there is none such."""
    return services().studio.continuity.shown(wanted) or services().registry.resolve()[1]


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


def _price(engine: Any) -> str:
    length_s = expected_duration_s(PRICED_CHARACTERS, 1, engine.name)
    usd = engine.price().quote(PRICED_CHARACTERS, length_s)
    if not usd:
        return money(usd)
    return _("%(amount)s per 1,000 characters", amount=money(usd))


def language_name(code: str) -> str:
    """What a language is called here; empty when that is not known."""
    locale = get_locale() or Locale("en")
    return locale.languages.get(WRITTEN_AS.get(code, code), "")


def _characters(number: int) -> str:
    return ngettext("%(shown)s character", "%(shown)s characters", number, shown="%(n)s")


def _voices(number: int) -> str:
    return ngettext("%(shown)s voice", "%(shown)s voices", number, shown="%(n)s")


def _marked(number: int) -> str:
    return ngettext("%(shown)s voice marked", "%(shown)s voices marked", number, shown="%(n)s")
