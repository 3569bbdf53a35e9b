"""Engines that other packages bring along, found by their entry points; see docs/engines.md."""

import logging
from collections.abc import Callable, Collection
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from speech.engine import Engine
from speech.errors import EngineBroken, SpeechError

GROUP = "voiceverse.engines"
NEEDED = (
    "label", "speed_range", "sample_rate", "segment_characters", "segment_bytes",
    "first_segment_characters", "default_voice",
)  # fmt: skip
REASON_CHARACTERS = 200

log = logging.getLogger("voiceverse.plugins")


def installed_engines(
    taken: Collection[str],
) -> tuple[list[Engine], dict[str, Callable[[], SpeechError]]]:
    """The engines of installed packages, and for those that cannot be used the error that says why.

    None of them may have a name that is `taken`; one that is broken harms no other.
    """
    engines: dict[str, Engine] = {}
    broken: dict[str, Callable[[], SpeechError]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        if entry.name in engines:
            log.warning("two packages bring an engine named %s; the first is used", entry.name)
            continue
        try:
            engines[entry.name] = _made(entry, taken)
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            broken[entry.name] = partial(EngineBroken, entry.name, reason[:REASON_CHARACTERS])
            log.warning("the engine %s is left out", entry.name, exc_info=error)
    return list(engines.values()), broken


def _made(entry: EntryPoint, taken: Collection[str]) -> Engine:
    if entry.name in taken or ":" in entry.name:
        raise ValueError(f'no engine may have the name "{entry.name}"')
    engine = entry.load()()
    if not isinstance(engine, Engine):
        raise TypeError("what it makes is no speech.engine.Engine")
    if engine.name != entry.name:
        raise ValueError(f'its engine is named "{engine.name}", its entry point is not')
    if missing := [name for name in NEEDED if not hasattr(engine, name)]:
        raise TypeError(f"its engine does not say its {', '.join(missing)}")
    engine.voice(engine.default_voice)
    return engine
