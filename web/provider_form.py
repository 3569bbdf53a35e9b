"""The form of a provider: read into settings, and filled with what is stored."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _

from queries.providers import Provider
from services.provider_settings import ProviderError, Settings, shown_voices, voices_from
from web import forms
from web.services import services

PROTOCOL_NAMES = {"speech": "POST /audio/speech", "realtime": "Realtime"}
NUMBERS: dict[str, type[int] | type[float]] = {
    "price": float, "parallel": int, "timeout_s": float, "longest_text": int,
    "monthly_limit": float,
}  # fmt: skip
NEW = {"protocol": "speech", "model": "tts-1", "parallel": 4, "timeout_s": 60}


def context(row: Provider) -> dict[str, Any]:
    """The values that the page of a provider shows beside the form."""
    return {
        "provider": {**row, "spent": services().providers.spent(row)},
        "protocols": PROTOCOL_NAMES,
        "voices": Settings.of(row).voices,
        "version": forms.version_of(saved(row)),
    }


def saved(row: Provider) -> dict[str, Any]:
    """The values that the form changes, as they are stored."""
    return {**Settings.of(row).row(), "is_enabled": None}


def filled(row: Provider) -> dict[str, Any]:
    """The same with the provider's own values in the form."""
    shown = context(row)
    columns: dict[str, Any] = {**row}
    numbers = {name: f"{columns[name]:g}" for name in NUMBERS if columns[name] is not None}
    return shown | {"form": columns | numbers | {"voices": shown_voices(shown["voices"])}}


def settings_from_form(row: Provider | None = None) -> Settings:
    """The settings in the form; `row` is that of a provider which is there already."""
    form = request.form
    return Settings(
        label=form.get("label", ""),
        base_url=form.get("base_url", ""),
        model=form.get("model", ""),
        protocol=form.get("protocol", ""),
        allows_own_keys=form.get("allows_own_keys") == "1",
        **_numbers(form),
        voices=voices_from(form.get("voices", "")),
        is_enabled=bool(row["is_enabled"]) if row else True,
    )


def _numbers(form: Mapping[str, str]) -> dict[str, Any]:
    """The numbers in the form; empty fields are left to the defaults."""
    found: dict[str, Any] = {}
    for name, kind in NUMBERS.items():
        written = form.get(name, "").strip().replace(",", ".")
        try:
            if written:
                found[name] = kind(written)
        except ValueError:
            sentence = _("“%(text)s” is not a valid number here.", text=written[:20])
            raise ProviderError(name, sentence) from None
    return found
