"""The engines of this installation, and how a voice is found among them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from speech.engine import Engine
from speech.errors import KeyMissing, SpeechError, UnknownEngine, UnknownVoice
from speech.types import Voice


class Registry:
    """Engines by name, in order; `absent` maps names to the error that says why they are not."""

    def __init__(
        self,
        engines: Iterable[Engine],
        default: str,
        default_voice: str = "",
        absent: Mapping[str, type[SpeechError]] = MappingProxyType({}),
    ) -> None:
        self.engines: tuple[Engine, ...] = tuple(engines)
        self._by_name = {engine.name: engine for engine in self.engines}
        self._absent = absent
        self._default_voice = default_voice
        self.default: Engine = self.get(default)

    def get(self, name: str) -> Engine:
        """The engine of that name; raises UnknownEngine, or why a known one is not there."""
        if name in self._by_name:
            return self._by_name[name]
        if name in self._absent:
            raise self._absent[name]()
        raise UnknownEngine(name)

    def resolve(self, voice: str = "", engine: str = "") -> tuple[Engine, Voice]:
        """Find "engine:voice", a plain voice, or the default for ""; raises SpeechError by name."""
        if not voice and not engine and self._default_voice:
            voice = self._default_voice
        prefix, colon, rest = voice.partition(":")
        if colon and (prefix == engine or (not engine and self._is_name(prefix))):
            engine, voice = prefix, rest
        if engine or not voice:
            chosen = self.get(engine) if engine else self.default
            return chosen, chosen.voice(voice or chosen.default_voice)
        return self._search(voice)

    def missing(self) -> list[str]:
        """Why engines that could be here are not: a sentence each."""
        return [error().sentence for error in self._absent.values()]

    def warm(self) -> None:
        """Get the default engine ready ahead of the first request."""
        self.default.warm()

    def close(self) -> None:
        """Close every engine."""
        for engine in self.engines:
            engine.close()

    def _is_name(self, name: str) -> bool:
        return name in self._by_name or name in self._absent

    def _search(self, voice: str) -> tuple[Engine, Voice]:
        others = [engine for engine in self.engines if engine is not self.default]
        for engine in (self.default, *others):
            try:
                return engine, engine.voice(voice)
            except UnknownVoice:
                continue
        raise UnknownVoice(voice, self.default.label)


def remake(name: str, settings: Mapping[str, Any]) -> Engine:
    """The engine of that name from its `settings`, in a process that knows no configuration."""
    from speech.engines.openai_speech import OpenAISpeech

    return {OpenAISpeech.name: OpenAISpeech}[name](**settings)


def build_registry(config: Any) -> Registry:
    """Make the engines that the configuration asks for; no process, no network, no big import.

    Reads openai_api_key, openai_base_url, openai_model, openai_voices, openai_price (USD per
    million characters or None), openai_parallel, openai_timeout_s, voices_dir, neural_memory_mb
    and default_voice.
    """
    from speech.engines.espeak import EspeakEngine
    from speech.engines.openai_speech import OpenAISpeech
    from speech.engines.piper import PiperEngine, PiperMissing, is_installed

    local, absent = [EspeakEngine()], {}
    if is_installed():
        local.append(PiperEngine(config.voices_dir, memory_mb=config.neural_memory_mb))
    else:
        absent[PiperEngine.name] = PiperMissing
    if not (config.openai_api_key or config.openai_base_url):
        absent[OpenAISpeech.name] = KeyMissing
        return Registry(local, local[0].name, config.default_voice, absent)
    openai = OpenAISpeech(
        api_key=config.openai_api_key,
        base_url=config.openai_base_url,
        model=config.openai_model,
        voices=config.openai_voices,
        usd_per_million_characters=config.openai_price,
        parallel=config.openai_parallel,
        timeout_s=config.openai_timeout_s,
    )
    return Registry([openai, *local], openai.name, config.default_voice, absent)
