"""Voices as pages list them, and their names; rendered once and cached while no voice changes."""

from collections.abc import Hashable, Sequence
from functools import lru_cache

from flask import g, get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup

from queries.rows import VoiceUsed
from speech.engine import Engine
from speech.errors import SpeechError
from speech.registry import Registry
from speech.types import Voice
from web.i18n import language
from web.services import services

LONGEST_VOICE = 200


def voices_of(engine: Engine) -> Sequence[Voice]:
    """The voices of an engine; none when it cannot say."""
    try:
        return engine.voices()
    except SpeechError:
        return ()


def voice_name(row: VoiceUsed) -> str:
    """The readable name of a row's voice; its identifier when it is no longer there."""
    names = _voice_names(services().registry, state())
    return names.get((row["engine"], row["voice"]), row["voice"])


def voice_options(wanted: str) -> Markup:
    """Every voice under the studio's headings, the wanted one chosen."""
    return _voice_options(services().registry, state(), wanted[:LONGEST_VOICE], language(), "")


def speaker_options(engine: str, wanted: str) -> Markup:
    """The voices that speakers of a text may have, the wanted one chosen: those of one engine."""
    return _voice_options(services().registry, state(), wanted[:LONGEST_VOICE], language(), engine)


@lru_cache(maxsize=64)
def _voice_options(
    registry: Registry, state: Hashable, wanted: str, tongue: str, engine: str
) -> Markup:
    options = get_template_attribute("studio/_voices.html", "options")
    groups = _voice_groups(registry, state, tongue)
    if engine:
        groups = [group for group in groups if group[1][0].engine == engine]
    return options(groups, wanted)


@lru_cache(maxsize=8)
def _voice_names(registry: Registry, _: Hashable) -> dict[tuple[str, str], str]:
    return {
        (engine.name, voice.identifier): voice.name
        for engine in registry.engines
        for voice in voices_of(engine)
    }


@lru_cache(maxsize=8)
def _voice_groups(
    registry: Registry, _state: Hashable, _tongue: str
) -> list[tuple[str, list[Voice]]]:
    """The studio's headings, the voices of the default's language first; none that have ended."""
    spoken = registry.resolve()[1].language.partition("-")[0]
    groups = []
    for engine in registry.engines:
        if registry.has_ended(engine):
            continue
        near = [v for v in voices_of(engine) if v.language.partition("-")[0] == spoken]
        far = [v for v in voices_of(engine) if v not in near]
        label = engine.label
        if near:
            label = _("%(engine)s · more languages", engine=engine.label)
        groups += [(engine.label, near), (label, far)]
    return [group for group in groups if group[1]]


def state() -> Hashable:
    """The state that the voices depend on, read once for each answer."""
    if "voices_state" not in g:
        g.voices_state = services().registry.state
    return g.voices_state
