"""Registry of this installation's engines, and the search for a voice among them."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Protocol

from speech import model_shutdowns
from speech.configuration import SpeechConfig
from speech.engine import Engine
from speech.errors import KeyMissing, SpeechError, UnknownEngine, UnknownVoice
from speech.plugins import installed_engines
from speech.types import Voice


def utc_day() -> date:
    """Today, as the days are counted on which providers end their models."""
    return datetime.now(UTC).date()


class Source(Protocol):
    """Source of engines that are added, changed and removed while the program runs."""

    def engines_for(self, user_id: int | None) -> Sequence[Engine]:
        """List the present engines, in order; those of a user speak on the user's own keys."""

    def why_not(self, name: str) -> SpeechError | None:
        """Error why an engine that is known here cannot speak now; None for an unknown one."""

    def close(self) -> None:
        """Close every engine."""


class Registry:
    """Engines by name, in order; `absent` maps names to the error that says why they are not.

    Those of `source` come after the others, and are asked for anew each time.
    """

    def __init__(
        self,
        engines: Iterable[Engine],
        default: str,
        default_voice: str = "",
        absent: Mapping[str, Callable[[], SpeechError]] = MappingProxyType({}),
        today: Callable[[], date] = utc_day,
        source: Source | None = None,
    ) -> None:
        self._fixed: tuple[Engine, ...] = tuple(engines)
        self._by_name = {engine.name: engine for engine in self._fixed}
        self._absent, self._source = absent, source
        self.fixed_names = self._by_name.keys() | absent.keys()  # which none added later may have
        self._default_voice = default_voice
        self._first = self.get(default)
        self.today = today
        self._ends: Mapping[tuple[str, str], date] = {}  # by engine and model

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Engines that can speak now; equal to the last ones until one is added or changed."""
        return (*self._fixed, *self._further(None))

    @property
    def default(self) -> Engine:
        """Engine for requests that name none: the configured or first one, if it is fit."""
        first = self._wanted
        if first.is_fit and not self.has_ended(first):
            return first
        speaking = (each for each in self.engines if each.is_fit and not self.is_silent(each))
        return next(speaking, first)

    @property
    def _wanted(self) -> Engine:
        return self._by_name.get(self._default_voice.partition(":")[0], self._first)

    @property
    def state(self) -> Hashable:
        """Token that compares equal while the same voices are there, and the same have ended."""
        return tuple((engine, engine.state, self.has_ended(engine)) for engine in self.engines)

    def end_of(self, engine: Engine) -> date | None:
        """Day on which an engine's model ends: as learnt last, or by itself."""
        return self._ends.get((engine.name, engine.model)) or engine.ends_on()

    def learn_ends(self, ends: Mapping[tuple[str, str], date]) -> None:
        """Take up the days on which models end, by engine and model."""
        self._ends = ends

    def has_ended(self, engine: Engine) -> bool:
        """Whether the engine's model has reached the day on which its provider ends it."""
        end = self.end_of(engine)
        return end is not None and end <= self.today()

    def nearest_voices(
        self, engine: str, voice: str, language: str = ""
    ) -> list[tuple[Engine, Voice]]:
        """Find the nearest voice of each other engine that speaks now, those most alike first."""
        voices = [
            found
            for each in self.engines
            if each.name == engine or not self.is_silent(each)
            for found in _voices(each)
        ]
        nearest = model_shutdowns.nearest_voices(engine, voice, voices, language=language)
        return [self.resolve(found, name) for name, found in nearest]

    def get(self, name: str, owner_id: int | None = None) -> Engine:
        """Find an engine by name; raises UnknownEngine, or why a known one is not there.

        For the work of a person, named by `owner_id`, it is the one on the person's own key.
        """
        if name in self._by_name:
            return self._by_name[name]
        if name in self._absent:
            raise self._absent[name]()
        for engine in self._further(owner_id):
            if engine.name == name:
                return engine
        raise (self._source and self._source.why_not(name)) or UnknownEngine(name)

    def resolve(self, voice: str = "", engine: str = "") -> tuple[Engine, Voice]:
        """Find "engine:voice", a plain voice, or the default for ""; raises SpeechError by name."""
        if not voice and not engine and self._default_voice:
            return self._configured()
        return self._named(voice, engine)

    def missing(self) -> list[str]:
        """List why engines that could be here are not: a sentence each."""
        return list(dict.fromkeys(error().message for error in self._absent.values()))

    def needed_first(self) -> list[Engine]:
        """List what to get ready at the start: the default, and what was not fit to be it."""
        return list(dict.fromkeys((self.default, self._wanted)))

    def close(self) -> None:
        """Close every engine."""
        for engine in self._fixed:
            engine.close()
        if self._source:
            self._source.close()

    def _further(self, owner_id: int | None) -> list[Engine]:
        if self._source is None:
            return []
        found = self._source.engines_for(owner_id)
        return [engine for engine in found if engine.name not in self.fixed_names]

    def _configured(self) -> tuple[Engine, Voice]:
        """Voice that is configured for all, or its fallback when it has ended."""
        try:
            engine, voice = self._named(self._default_voice, "")
        except SpeechError:
            if self._source is None or self._default_voice.partition(":")[0] in self.fixed_names:
                raise
            # Its provider was removed or switched off while everybody goes on working.
            return self.default, self.default.voice(self.default.default_voice)
        if not self.has_ended(engine):
            return engine, voice
        fallbacks = self.nearest_voices(engine.name, voice.identifier)
        return fallbacks[0] if fallbacks else (engine, voice)

    def _named(self, voice: str, engine: str) -> tuple[Engine, Voice]:
        prefix, colon, rest = voice.partition(":")
        if colon and (prefix == engine or (not engine and self._is_name(prefix))):
            engine, voice = prefix, rest
        if engine or not voice:
            chosen = self.get(engine) if engine else self.default
            return chosen, chosen.voice(voice or chosen.default_voice)
        return self._search(voice)

    def is_silent(self, engine: Engine) -> bool:
        """Whether an engine cannot be a fallback: its model ended, or its provider is down."""
        is_down = engine.breaker is not None and engine.breaker.state == "open"
        return is_down or self.has_ended(engine)

    def _is_name(self, name: str) -> bool:
        if name in self.fixed_names or any(each.name == name for each in self._further(None)):
            return True
        return bool(self._source and self._source.why_not(name))

    def _search(self, voice: str) -> tuple[Engine, Voice]:
        others = [engine for engine in self.engines if engine is not self.default]
        for engine in (self.default, *others):
            try:
                return engine, engine.voice(voice)
            except UnknownVoice:
                continue
        raise UnknownVoice(voice, self.default.label)


def build_registry(
    config: SpeechConfig, source: Source | None = None, today: Callable[[], date] = utc_day
) -> Registry:
    """Make the engines that the configuration asks for; no process, no network, no big import.

    Engines of `source` join as they are added.
    """
    from speech.engines import natural_voices, openai_engines
    from speech.engines.espeak import EspeakEngine
    from speech.engines.natural import NaturalEngine, NaturalMissing
    from speech.engines.piper import PiperEngine, PiperMissing, is_installed

    engines: list[Engine] = []
    absent: dict[str, Callable[[], SpeechError]] = {}
    if config.openai_api_key or config.openai_base_url:
        engines += openai_engines.configured(config)
    else:
        absent = dict.fromkeys(openai_engines.NAMES, KeyMissing)
    espeak = EspeakEngine()
    if natural_voices.is_installed():
        engines.append(NaturalEngine(config.voices_dir, others=espeak))
    else:
        absent[NaturalEngine.name] = NaturalMissing
    engines.append(espeak)
    if is_installed():
        engines.append(PiperEngine(config.voices_dir, memory_mb=config.neural_memory_mb))
    else:
        absent[PiperEngine.name] = PiperMissing
    default = engines[0].name
    installed, broken = installed_engines({engine.name for engine in engines} | absent.keys())
    engines += installed
    return Registry(
        engines, default, config.default_voice, absent | broken, today=today, source=source
    )


def _voices(engine: Engine) -> Iterable[Voice]:
    try:
        return engine.voices()
    except SpeechError:
        return ()
