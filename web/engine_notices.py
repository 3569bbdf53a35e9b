"""Notices about engines: where a price comes from, what ends soon, what does not answer."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import ngettext

from queries.engines import RestingEngine
from services.voice_fallback import VoiceChoice
from speech.engine import Engine
from speech.prices import CONFIGURED, Price
from speech.types import Voice
from web.formatting import hour, iso_day
from web.i18n import translate
from web.services import services


def price_note(price: Price) -> str:
    """The source and date of a price; empty for one that is free or not known."""
    if not price.source:
        return ""
    if price.source == CONFIGURED:
        return _("Price entered here.") if price.quote(1_000_000, 1.0) else ""
    source = urlsplit(price.source).netloc or price.source
    if price.as_of and price.is_estimate:
        return _(
            "An estimate from the price of %(source)s, %(date)s.", source=source, date=price.as_of
        )
    if price.as_of:
        return _("Price of %(source)s, %(date)s.", source=source, date=price.as_of)
    if price.is_estimate:
        return _("An estimate from the price of %(source)s.", source=source)
    return _("Price of %(source)s.", source=source)


class Notice(NamedTuple):
    """A notice about an engine; `fallbacks` are its voices with those that follow them."""

    engine: str
    sentence: str
    fallbacks: Sequence[tuple[Voice, VoiceChoice]] = ()


def notices() -> list[Notice]:
    """The engines whose model ends within sixty days or has ended, and those that do not answer."""
    voices = services().studio.voice_fallback
    ending = [
        Notice(engine.name, _ending(engine, end), fallbacks)
        for engine, end, fallbacks in voices.ending()
    ]
    labels = {engine.name: engine.label for engine in services().registry.engines}
    resting = [
        Notice(name, _resting(labels[name], row))
        for name, row in voices.resting().items()
        if name in labels
    ]
    return ending + resting


def _ending(engine: Engine, end: date) -> str:
    values = {"model": engine.model, "engine": engine.label, "date": iso_day(end.isoformat())}
    days = (end - services().registry.today()).days
    if days <= 0:
        return _(
            "The model %(model)s (%(engine)s) was discontinued on %(date)s. Your audio "
            "stays; other voices take over.",
            **values,
        )
    return ngettext(
        "The model %(model)s (%(engine)s) will be discontinued tomorrow, on %(date)s. "
        "Your audio stays; other voices take over.",
        "The model %(model)s (%(engine)s) will be discontinued in %(num)s days, on "
        "%(date)s. Your audio stays; other voices take over.",
        days,
        **values,
    )


def _resting(label: str, row: RestingEngine) -> str:
    return _(
        "%(engine)s has not answered since %(time)s: %(why)s VoiceVerse keeps trying; "
        "other voices work.",
        engine=label,
        time=hour(row["since_epoch"]),
        why=translate(row["error"]),
    )
