"""Models of OpenAI and servers like it: whose they are, their voices, and when they end."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from speech import model_shutdowns
from speech.types import ModelNotice, Voice

OPENAI_URL = "https://api.openai.com/v1"
KOKORO = re.compile(r"[abefhijpz]([fm])_")  # "bf_emma": British, female
KOKORO_GENDERS = {"f": "female", "m": "male"}
VoiceRow = Sequence[str]  # identifier, name, language; the last two may be empty


def is_openai(address: str) -> bool:
    """Whether an address is OpenAI's own, so that its prices and dates hold."""
    return address.startswith("https://api.openai.com/")


def listed_voices(listed: Iterable[str | VoiceRow], engine: str) -> list[Voice]:
    """Make the voices of an engine from identifiers, or from rows that say more of them."""
    voices = []
    for each in listed:
        row = (each,) if isinstance(each, str) else each
        identifier, name, language = (*row, "", "")[:3]
        shown = name or identifier.replace("_", " ")
        gender = gender_of(identifier)
        title = shown[:1].upper() + shown[1:]
        voices.append(Voice(identifier, title, language or "en", engine, gender))
    return voices


def gender_of(identifier: str) -> str | None:
    """The gender of a voice of OpenAI or Kokoro by its identifier, if known."""
    if match := KOKORO.match(identifier):
        return KOKORO_GENDERS[match[1]]
    return model_shutdowns.GENDERS.get(identifier)


def shutdown_notices(
    models: Iterable[Any] | None, model: str, *, is_openai: bool
) -> Sequence[ModelNotice]:
    """Make notices of a model's end, as its server lists it, else by the table for OpenAI's own."""
    for listed in models or ():
        shutdown = _day(getattr(listed, "shutdown_date", None))
        if getattr(listed, "id", "") == model and shutdown:
            return (model_shutdowns.notice(model, shutdown),)
    known = model_shutdowns.end_of(model) if is_openai else None
    return (model_shutdowns.notice(model, known),) if known else ()


def _day(written: Any) -> date | None:
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return None
