"""Facts about engines, for admins: what each speaks with, costs, and does not do at the moment."""

from typing import Any

from flask_babel import gettext as _

from speech.engine import Engine
from speech.engines.piper import REMEDY
from speech.errors import SpeechError
from speech.prices import Price
from web.engine_notices import price_note
from web.formatting import money
from web.services import services


def all_engines() -> dict[str, Any]:
    """Each engine with its facts, and sentences about those that are missing."""
    registry = services().registry
    # What Piper lacks stands at the head of that page.
    missing = [sentence for sentence in registry.missing() if sentence != REMEDY]
    return {"engines": [facts(each) for each in registry.engines], "missing": missing}


def facts(engine: Engine) -> dict[str, Any]:
    """What the page of voices tells of an engine: voices, key, price, what went wrong last."""
    db = services().db
    try:
        voices = len(engine.voices())
    except SpeechError:
        voices = 0
    return {
        "name": engine.name,
        "label": engine.label,
        "is_default": engine is services().registry.default,
        "model": engine.model,
        "address": engine.address,
        "voices": voices,
        "key": _key(engine),
        "price": _price(engine.price()),
        "resting": services().studio.voice_fallback.resting().get(engine.name),
        "notices": [row for row in db.list_model_notices() if row["engine"] == engine.name],
        "last_error": next(
            (row for row in db.list_failed(limit=500) if row["engine"] == engine.name), None
        ),
    }


def _key(engine: Engine) -> str:
    if not engine.address:
        return "none"
    provider = services().db.get_provider_by_name(engine.name)
    has_key = provider["sealed_key"] if provider else services().config.openai_api_key
    return "set" if has_key else "missing"


def _price(price: Price) -> str:
    if price.usd_per_million_characters is not None:
        amount = money(price.usd_per_million_characters)
        if not price.usd_per_million_characters:
            return amount
        shown = _("%(amount)s per million characters", amount=amount)
    elif price.is_known:
        shown = _(
            "%(text)s per million text tokens, %(audio)s per million audio tokens",
            text=money(price.usd_per_million_text_tokens),
            audio=money(price.usd_per_million_audio_tokens),
        )
    else:
        return _("unknown")
    return f"{shown}. {price_note(price)}"
