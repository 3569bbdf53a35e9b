"""Local neural voices: Piper in child processes that keep their models warm, free and offline."""

import importlib.util
import json
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import ClassVar

from common.errors import Message
from common.program_start import module_arguments
from speech.engine import Engine
from speech.engines.espeak_text import BRACKETS, SpokenText
from speech.engines.piper_models import CONFIG, MODEL, Model, read_models
from speech.engines.process_pool import PipedChild, Pool
from speech.errors import BrokenAudio, EngineCrashed, EngineMissing, UnknownVoice
from speech.prices import FREE, Price
from speech.types import AudioChunk, SpeechRequest, Voice

PROGRAM = "speech.engines.piper_process"
SAMPLE_RATE = 22_050  # of medium and high voices; low ones are brought to it
IDLE_S = 600.0
LOADED_SIZE = 5  # a loaded model takes about so many times its size on the disk
REMEDY = (
    "The neural voices need the package piper-tts: pip install -r requirements/neural.txt, then "
    "start VoiceVerse again."
)


class PiperMissing(EngineMissing):
    """Piper is not installed."""

    def __init__(self) -> None:
        super().__init__(REMEDY)


class NoVoices(UnknownVoice):
    """Piper is installed, and no model for it."""

    status = 503

    def __init__(self) -> None:
        super().__init__("", PiperEngine.label)
        self.message = (
            "No neural voice is installed yet. An admin can add one under Voices or with "
            "flask voices install."
        )
        self.args = (self.message,)


class VoiceUnusable(EngineCrashed):
    """A model that Piper cannot load or speak with; trying again does not help."""

    retryable = False


class PiperChild(PipedChild):
    """Child process of Piper; `loaded` holds the paths of the models in its memory."""

    crashed = "The process of the neural voices (Piper) stopped unexpectedly."
    remedy = "Install piper-tts again."
    cancel_s = 5.0  # a sentence under way is finished first

    def __init__(self, room: int) -> None:
        package = importlib.util.find_spec("piper")
        if package is None or package.origin is None:
            raise PiperMissing
        super().__init__([*module_arguments(PROGRAM), str(room)], Path(package.origin).parent)
        self.loaded: frozenset[str] = frozenset()

    def speak(self, model: Model, speaker: int | None, speed: float, text: str) -> Iterator[bytes]:
        """Yield 16-bit samples; raises EngineCrashed, VoiceUnusable."""
        request = {
            "model": str(model.folder / MODEL), "config": str(model.folder / CONFIG),
            "speaker": speaker, "speed": speed, "text": text, "sample_rate": SAMPLE_RATE,
        }  # fmt: skip
        self._is_busy = True
        self._send(b"S", json.dumps(request).encode())
        while True:
            kind, payload = self._receive()
            if kind == b"A":
                yield payload
                continue
            self._is_busy = False
            if kind == b"E":
                reason = payload.decode()
                raise VoiceUnusable(
                    Message("Piper could not use the voice ({reason}).", reason=reason)
                )
            self.loaded = frozenset(json.loads(payload))
            return


class PiperEngine(Engine):
    """Speaks with the Piper models of a folder; a speaker of a model is "model#speaker".

    Up to `processes` processes share `memory_mb` for models. After `idle_s` seconds without work
    a process ends, and with it the models that it holds.
    """

    name = "piper"
    label = "Neural voices (Piper)"
    is_natural = True
    speed_range: ClassVar[tuple[float, float]] = (0.5, 2.5)
    sample_rate = SAMPLE_RATE
    parallel = 1  # a file keeps one core busy; the next file gets the next one
    segment_characters = 1  # a segment is a sentence
    first_segment_characters = 1
    segment_bytes = 1200
    starts_with_clause = True

    def __init__(
        self,
        folder: Path,
        *,
        memory_mb: int = 2048,
        processes: int | None = None,
        idle_s: float = IDLE_S,
    ) -> None:
        self._folder = folder
        limit = processes or max(2, min(4, os.cpu_count() or 1))
        room = memory_mb * 1024 * 1024 // LOADED_SIZE // limit
        self._pool = Pool(lambda: PiperChild(room), limit=limit, idle_s=idle_s, stay=0)
        self._lock = Lock()
        self._read_at = -1
        self._models: dict[str, Model] = {}
        self._voices: dict[str, Voice] = {}

    @property
    def state(self) -> int:
        """Time in ns of the last change of the folder of voices."""
        self._listed()
        return self._read_at

    @property
    def default_voice(self) -> str:  # type: ignore[override]  # nobody sets it: see `_listed`
        """The first of the installed voices, "" without any."""
        return next(iter(self._listed()), "")

    def voices(self) -> Sequence[Voice]:
        """The voices of the models in the folder, also of those installed a moment ago."""
        return tuple(self._listed().values())

    def voice(self, identifier: str) -> Voice:
        """The voice of that identifier; raises UnknownVoice, NoVoices."""
        listed = self._listed()
        if identifier in listed:
            return listed[identifier]
        if not listed and not identifier:
            raise NoVoices
        name, _, speaker = identifier.partition("#")
        model = self._models.get(name)
        if model is None or speaker not in model.speakers:
            raise UnknownVoice(identifier, self.label)
        return model.speaker_voice(speaker, self.name)

    def price(self) -> Price:
        """Price: free."""
        return FREE

    def fingerprint(self, request: SpeechRequest) -> str:
        """Compute the fingerprint, with the model's own: another model of the same name differs."""
        model = self._model(request.voice)
        sound = f"{request.voice} {model.sha256}"
        return super().fingerprint(SpeechRequest(request.text, sound, request.speed))

    def warm(self) -> None:
        """Start a process ahead of the first request, if there is anything to speak with."""
        if self._listed():
            self._pool.warm()

    def close(self) -> None:
        """End the idle processes."""
        self._pool.close()

    @property
    def processes(self) -> int:
        """Number of processes at present."""
        return self._pool.alive

    def try_model(self, model: Model) -> None:
        """Speak a word with a model that is not installed yet; raises SpeechError."""
        child = PiperChild(0)
        try:
            child.get_ready()
            if not sum(map(len, child.speak(model, None, 1.0, "One, two"))):
                raise VoiceUnusable("Piper produced no audio with this voice.")
        finally:
            child.close()

    def _speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        has_sound = False
        try:
            with closing(self._once(request)) as chunks:
                for chunk in chunks:
                    has_sound = True
                    yield chunk
        except VoiceUnusable:
            raise
        except EngineCrashed:
            # An idle process may have been ended from outside; no sound is out yet.
            if has_sound:
                raise
            yield from self._once(request)

    def _once(self, request: SpeechRequest) -> Generator[AudioChunk]:
        model = self._model(request.voice)
        speaker = model.speakers.get(request.voice.partition("#")[2])
        path = str(model.folder / MODEL)
        text = SpokenText(request.text.translate(BRACKETS), model.language).text
        has_sound = False
        with self._pool.borrow(lambda child: path in child.loaded) as child:
            for pcm in child.speak(model, speaker, request.speed, text):
                has_sound = True
                yield AudioChunk(pcm, SAMPLE_RATE)
        if not has_sound:
            raise BrokenAudio("The neural voice produced no audio for the text.")

    def _model(self, voice: str) -> Model:
        self._listed()
        model = self._models.get(voice.partition("#")[0])
        if model is None:
            raise UnknownVoice(voice, self.label)
        return model

    def _listed(self) -> dict[str, Voice]:
        """The voices by identifier, read anew when the folder has changed."""
        with self._lock:
            try:
                changed_at = self._folder.stat().st_mtime_ns
            except OSError:
                changed_at = 0
            if changed_at != self._read_at:
                models = read_models(self._folder)
                found = [voice for model in models for voice in model.voices(self.name)]
                self._models = {model.identifier: model for model in models}
                self._voices = {voice.identifier: voice for voice in found}
                self._read_at = changed_at
            return self._voices


def is_installed() -> bool:
    """Whether the package of Piper is there; nothing is loaded."""
    return importlib.util.find_spec("piper") is not None
