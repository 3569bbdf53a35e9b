"""The studio's page: what it starts with, and what it shows beside the form."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from queries.drafts import Draft
from queries.rows import AudioFile
from services.generation import Quote
from speech.text.directives import ReadingOptions, reading_options
from speech.text.language_model import MODEL as LANGUAGE_MODEL
from speech.text.markup import LITERAL, find_markup, said_without_signs
from speech.text.script import PARAGRAPH_PAUSE_MS
from speech.text.speakers import SEARCHED, find_speakers
from speech.types import Voice
from web import forms, voice_notes, voice_offers
from web.access import owned_file
from web.current_user import current_user_id
from web.engine_notices import notices
from web.i18n import plural_forms, translate
from web.services import services
from web.voice_notes import VoiceNote

LATELY_ROWS = 5
MARKUP_NAMES = {"markdown": "Markdown", "html": "HTML", "ssml": "SSML"}
LOOKED_AT = 20_000  # characters that are looked through for markup before a page is shown
PARAGRAPH_PAUSES_MS = (0, 200, 350, 500, 750, 1000, 1500, 2000, 3000)


def warm() -> None:
    """Get ready what a text will need soon: its voice, and what recognises its language."""
    services().warm_voice()
    LANGUAGE_MODEL.warm()


def start() -> dict[str, Any]:
    """The form to start with: a piece to speak again, a chosen voice, or the draft."""
    db, user_id = services().db, current_user_id()
    again = request.args.get("again")
    form = _written(owned_file(again)) if again else _draft(db.get_draft(user_id))
    chosen = request.args.get("voice")
    return {**form, "voice": chosen} if chosen else form


def _draft(row: Draft | None) -> dict[str, Any]:
    if not row:
        return {}
    reading = reading_options(row["reading"])
    form: dict[str, Any] = {**row, "reading": reading}
    if not row["is_pace_chosen"]:
        form["speed"] = None
        reading.pop("paragraph_pause_ms", None)
    return form if row["is_voice_chosen"] else form | {"voice": ""}


def _written(row: AudioFile) -> dict[str, Any]:
    reading = reading_options(row["reading"])
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


def context(form: Mapping[str, Any], text: str | None = None) -> dict[str, Any]:
    """The values shown beside the form; `text` if the form does not hold it."""
    reading = _reading(form)
    written = form.get("text", "") if text is None else text
    shown = _shown_voice(form, written, reading)
    db, registry, user_id = services().db, services().registry, current_user_id()
    return {
        "lately": db.get_audio_files_by_owner(user_id, limit=LATELY_ROWS),
        "groups": db.list_categories(user_id),
        "default_engine": registry.default,
        **shown._asdict(),
        "natural_offer": services().studio.voice_memory.natural_offer(user_id),
        "markup": find_markup(written[:LOOKED_AT]).kind,
        "markup_sentences": _markup_sentences(),
        "is_literal": reading.get("markup") == LITERAL,
        "speakers": cast_of(written, reading),
        "paragraph_pauses_ms": PARAGRAPH_PAUSES_MS,
        "notices": notices(),
        "voice_offer": voice_offers.current(shown.text_language),
        "most_characters": services().config.max_characters,
        "most_megabytes": services().config.max_upload_mb,
        "is_web_open": services().config.web_import == "on",
        "character_forms": plural_forms(_characters),
        "voice_forms": plural_forms(_voices),
        "marked_forms": plural_forms(_marked),
    }


def obstacle(quoted: Quote) -> str:
    """The sentence on what keeps a quoted text from being submitted now; "" where nothing does.

    A page that asks with the beginning of a long text says how many `characters` there are.
    """
    sent = request.form.get("characters", "")
    characters = forms.number(sent, "characters") if sent else quoted.characters
    generation = services().studio.generation
    found = generation.obstacle(current_user_id(), quoted, max(characters, quoted.characters))
    return translate(found.message) if found else ""


class ShownVoice(NamedTuple):
    """The voice and pace that a form shows; those it shows by itself stand in `…_shown`, too."""

    chosen_voice: Voice
    speed: float
    paragraph_pause_ms: int
    voice_shown: str
    pace_shown: str
    voice_note: VoiceNote | None
    text_language: str


def _shown_voice(form: Mapping[str, Any], text: str, reading: ReadingOptions) -> ShownVoice:
    """The voice and pace of a form: those chosen by hand, else those of the text's language."""
    used = services().studio.voice_memory.for_text(current_user_id(), text)
    wanted = form.get("voice") or ""
    is_automatic = not wanted or wanted == form.get("voice_shown")
    note = voice_notes.voice_note(used, is_automatic=True, shown=wanted) if is_automatic else None
    voice = used.choice.voice if is_automatic else chosen_voice(wanted)
    speed, pause_ms = _float(form.get("speed")), reading.get("paragraph_pause_ms")
    is_pace_open = forms.pace(speed, pause_ms) in (forms.pace(None, None), form.get("pace_shown"))
    if is_pace_open:
        speed, pause_ms = used.speed, used.paragraph_pause_ms
    return ShownVoice(
        voice,
        1.0 if speed is None else speed,
        PARAGRAPH_PAUSE_MS if pause_ms is None else pause_ms,
        voice.key if is_automatic else "",
        forms.pace(speed, pause_ms) if is_pace_open else "",
        note,
        used.language,
    )


def _float(written: Any) -> float | None:
    """A speed as a form or row has it; None for what is none."""
    try:
        return float(written)
    except (TypeError, ValueError):
        return None


def _reading(form: Mapping[str, Any]) -> ReadingOptions:
    known: ReadingOptions | str | None = form.get("reading")
    if isinstance(known, dict):  # of a draft or a piece; what is sent under that name is a text
        return known
    try:
        return forms.reading(form)
    except forms.BadForm:  # the sentence stands on the page already
        return {}


def cast_of(text: str, reading: ReadingOptions) -> list[tuple[str, str]]:
    """The names that a text marks, and others that were given voices, each with its voice."""
    cast = {name.lower(): (name, voice) for name, voice in reading.get("cast", {}).items()}
    found = [cast.pop(name.lower(), (name, "")) for name in speakers_of(text, reading)]
    return [*found, *cast.values()]


def speakers_of(text: str, reading: ReadingOptions) -> list[str]:
    """The names that a text marks, as it is read."""
    beginning = text[:SEARCHED]
    is_literal = reading.get("markup") == LITERAL
    return find_speakers(beginning if is_literal else said_without_signs(beginning))


def chosen_voice(wanted: str) -> Voice:
    """The voice that is wanted, or the default one where there is none such."""
    return services().studio.voice_fallback.shown(wanted) or services().registry.resolve()[1]


def known_drafts() -> list[str] | None:
    """The versions of the draft that the page knows which sent this; None if it does not say."""
    return request.form.getlist("known") if "known" in request.form else None


def _markup_sentences() -> dict[str, str]:
    told = {kind: _("This looks like %(kind)s.", kind=name) for kind, name in MARKUP_NAMES.items()}
    return told | {"citations": _("This text has citation marks.")}


def _characters(number: int) -> str:
    return ngettext("%(shown)s character", "%(shown)s characters", number, shown="%(n)s")


def _voices(number: int) -> str:
    return ngettext("%(shown)s voice", "%(shown)s voices", number, shown="%(n)s")


def _marked(number: int) -> str:
    return ngettext("%(shown)s voice marked", "%(shown)s voices marked", number, shown="%(n)s")
