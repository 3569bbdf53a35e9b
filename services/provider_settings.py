"""Settings of a provider, read from a form, checked and shown."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from common.errors import AppError, Message
from common.stored_json import read_or_default
from queries.providers import Provider, ProviderValues
from speech.engines.openai_models import VoiceRow
from speech.engines.pinned_http import checked_address
from speech.engines.provider_engine import PROTOCOLS
from speech.engines.voice_discovery import LONGEST_LIST, fit_language, fit_name

LONGEST_LABEL = 60
LONGEST_KEY = 500
TAIL = 4
SHORTEST_SHOWN_KEY = 12  # of a shorter one, four characters would be too much


class ProviderError(AppError):
    """A setting that cannot be stored; `field` names the input."""

    status = 400

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a provider; None where there is no price, limit or longest text.

    `price` is in USD per million characters, `monthly_limit` in USD, `longest_text` in characters;
    without `voices` there are those that are usual with the protocol.
    """

    label: str
    base_url: str
    model: str
    protocol: str = "speech"
    voices: tuple[VoiceRow, ...] = ()
    price: float | None = None
    parallel: int = 4
    timeout_s: float = 60.0
    longest_text: int | None = None
    monthly_limit: float | None = None
    allows_own_keys: bool = False
    is_enabled: bool = True

    @classmethod
    def of(cls, row: Provider) -> "Settings":
        """Read the settings of a row."""
        columns: Mapping[str, Any] = row
        values = {name: columns[name] for name in cls.__dataclass_fields__}
        voices = read_or_default("voices", row["voices"])
        flags = {name: bool(columns[name]) for name in ("allows_own_keys", "is_enabled")}
        return cls(**values | flags | {"voices": voices})

    def row(self) -> ProviderValues:
        """The columns of a row that store the settings."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        stored = {
            "voices": json.dumps([list(voice) for voice in self.voices], ensure_ascii=False),
            "allows_own_keys": int(self.allows_own_keys),
            "is_enabled": int(self.is_enabled),
        }
        return cast(ProviderValues, values | stored)


def checked(settings: Settings) -> Settings:
    """The settings as they are stored; raises ProviderError, BadAddress."""
    label, model = fit_name(settings.label), settings.model.strip()
    if not label or len(label) > LONGEST_LABEL:
        raise ProviderError("label", "Enter a name of up to 60 characters for the provider.")
    if settings.protocol not in PROTOCOLS:
        raise ProviderError("protocol", "The protocol must be “speech” or “realtime”.")
    if not fit_name(model):
        raise ProviderError("model", "Enter the model, as in the server's documentation.")
    voices = tuple(_fit(*(*voice, "", "")[:3]) for voice in settings.voices)
    if len(voices) > LONGEST_LIST or not all(identifier for identifier, *_ in voices):
        raise ProviderError(
            "voices", "One voice per line, up to 1,000: identifier | name | language."
        )
    _check_number("price", settings.price, 0, 1_000_000)
    _check_number("parallel", settings.parallel, 1, 64)
    _check_number("timeout_s", settings.timeout_s, 1, 600)
    _check_number("longest_text", settings.longest_text, 100, 100_000)
    _check_number("monthly_limit", settings.monthly_limit, 0, 1_000_000)
    return replace(
        settings,
        label=label,
        model=model,
        voices=voices,
        base_url=checked_address(settings.base_url),
        monthly_limit=settings.monthly_limit or None,
    )


def checked_key(key: str) -> str:
    """A key as it is sent, "" for none; raises ProviderError."""
    key = key.strip()
    if len(key) > LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        raise ProviderError(
            "key", "The key holds spaces or characters that no key has. Copy it again."
        )
    return key


def tail(key: str) -> str:
    """The end of a key that may be shown: four characters; nothing of a short one."""
    return key[-TAIL:] if len(key) >= SHORTEST_SHOWN_KEY else ""


def _check_number(field: str, value: float | None, low: int, high: int) -> None:
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        sentence = Message("Use a number from {low} to {high}.", low=low, high=high)
        raise ProviderError(field, sentence)


def shown_voices(voices: Sequence[VoiceRow]) -> str:
    """Voices as the form has them: a line for each, "identifier | name | language"."""
    lines = []
    for voice in voices:
        parts = list(voice)
        while parts and not parts[-1]:
            parts.pop()
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def voices_from(written: str) -> tuple[VoiceRow, ...]:
    """The voices of a form, as `shown_voices` writes them; not checked yet."""
    lines = (line.strip() for line in written.splitlines())
    return tuple(tuple(part.strip() for part in line.split("|")) for line in lines if line)


def _fit(identifier: str, name: str, language: str) -> VoiceRow:
    return fit_name(identifier), fit_name(name), fit_language(language)
