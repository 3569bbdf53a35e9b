"""Natural voices in the box: small English models in child processes, free and offline."""

import json
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import ClassVar

from common.errors import Message
from common.program_start import module_arguments
from speech.audio.resample import Resampler
from speech.engine import Engine
from speech.engines.natural_phonemes import from_espeak
from speech.engines.natural_speed import Speed, read_speed, speed_path, write_speed
from speech.engines.natural_text import Run, runs
from speech.engines.natural_voices import (
    DEFAULT,
    FOLDER,
    VOICES,
    NaturalVoice,
    is_installed,
    model_path,
    present_voices,
)
from speech.engines.process_pool import PipedChild, Pool
from speech.errors import (
    BrokenAudio,
    EngineCrashed,
    EngineMissing,
    SpeechError,
)
from speech.prices import FREE, Price
from speech.types import AudioChunk, SpeechRequest, Voice, WordTiming

Piece = tuple[bytes, list[WordTiming]]  # 16-bit samples, and the words that begin in them
PhonemeRow = tuple[int, int, str]  # start, end, what is said there
PROGRAM = "speech.engines.natural_process"
SAMPLE_RATE = 24_000
IDLE_S = 300.0
REMEDY = (
    "The natural voice needs the packages hibari-tts and onnxruntime, which this installation "
    "lacks. Start VoiceVerse with make run, or install requirements/neural.lock."
)


class NaturalMissing(EngineMissing):
    """The package of the voices is not installed."""

    def __init__(self) -> None:
        super().__init__(REMEDY)


class ModelUnusable(EngineCrashed):
    """A model that is damaged or cannot be run; trying again does not help."""

    retryable = False
    is_voice_gone = True


class UnreadableText(SpeechError):
    """A text in a script that no voice here reads."""

    status = 400


class NaturalChild(PipedChild):
    """Child process of the natural voices; `loaded` holds the paths of the models in its memory.

    `tell` hears how fast it is once it is ready, or why it cannot be used.
    """

    crashed = "The process of the natural voice stopped unexpectedly."
    remedy = "Install hibari-tts and onnxruntime again."
    cancel_s = 5.0  # a part under way is finished first

    def __init__(self, tell: Callable[[Speed], None]) -> None:
        heart = VOICES[DEFAULT]
        path = model_path(heart, Path())
        super().__init__([*module_arguments(PROGRAM), str(path), heart.sha256], None)
        self.loaded: frozenset[str] = frozenset()
        self._tell = tell

    def get_ready(self) -> None:
        """Wait for the child's first frame; raises EngineMissing, EngineCrashed."""
        try:
            super().get_ready()
        except EngineMissing as error:
            self._tell(Speed(reason=str(error.message)))
            raise

    def _greet(self, payload: bytes) -> None:
        self._tell(Speed(ms=json.loads(payload)["ms"]))

    def speak(
        self, voice: NaturalVoice, path: Path, speed: float, text: str, phonemes: list[PhonemeRow]
    ) -> Iterator[Piece]:
        """Yield samples with the marks of their words; raises EngineCrashed, ModelUnusable."""
        request = {
            "model": str(path), "sha256": voice.sha256, "is_british": voice.is_british,
            "speed": speed, "text": text, "phonemes": phonemes,
        }  # fmt: skip
        self._is_busy = True
        self._send(b"S", json.dumps(request).encode())
        marks: list[WordTiming] = []
        while True:
            kind, payload = self._receive()
            if kind == b"M":
                marks = [WordTiming(*numbers) for numbers in json.loads(payload)]
            elif kind == b"A":
                yield payload, marks
                marks = []
            else:
                break
        self._is_busy = False
        if kind == b"E":
            raise _unusable(voice, payload.decode())
        self.loaded = frozenset(json.loads(payload))


class NaturalEngine(Engine):
    """Speaks English with the voice in the box and those of its family that were installed.

    Runs of other scripts are read by a voice of `others`, where there is one for them.
    """

    name = "natural"
    label = "Natural voices"
    is_natural = True
    speed_range: ClassVar[tuple[float, float]] = (0.5, 2.0)
    takes_phonemes: ClassVar[bool] = True
    sample_rate = SAMPLE_RATE
    parallel = 1  # a file keeps one core busy; the next file gets the next one
    segment_characters = 1  # a segment is a sentence
    first_segment_characters = 1
    segment_bytes = 1200
    starts_with_clause = True
    default_voice = DEFAULT

    def __init__(
        self,
        folder: Path,
        *,
        others: Engine | None = None,
        processes: int | None = None,
        idle_s: float = IDLE_S,
    ) -> None:
        self._folder, self._others = folder, others
        limit = processes or max(2, min(4, os.cpu_count() or 1))
        self._pool = Pool(lambda: NaturalChild(self._learn), limit=limit, idle_s=idle_s, stay=0)
        self._lock = threading.Lock()
        self._read_at: tuple[int, int] | None = None
        self._voices: dict[str, Voice] = {}
        self._speed: Speed | None = None
        self._failed_starts = 0

    @property
    def state(self) -> tuple[int, int] | None:
        """Times in ns of the last changes of the folder of voices and of the measured speed."""
        self._listed()
        return self._read_at

    @property
    def is_fit(self) -> bool:
        """Whether it may be the default: here, usable, and fast enough on this machine."""
        listed = self._listed()
        return DEFAULT in listed and (self._speed is None or self._speed.is_enough)

    def voices(self) -> Sequence[Voice]:
        """The voice in the box, then those that were installed; none where they cannot be used."""
        return tuple(self._listed().values())

    def voice(self, identifier: str) -> Voice:
        """The voice of that identifier; raises UnknownVoice."""
        return self._listed().get(identifier) or super().voice(identifier)

    def price(self) -> Price:
        """Price: free."""
        return FREE

    def fingerprint(self, request: SpeechRequest) -> str:
        """Compute the fingerprint, with the model's own hash in it."""
        voice = VOICES.get(request.voice)
        sound = f"{request.voice} {voice.sha256 if voice else ''}"
        return super().fingerprint(
            SpeechRequest(request.text, sound, request.speed, request.phonemes)
        )

    def warm(self) -> None:
        """Load the voice in the background, and measure how fast it is."""
        if is_installed():
            with suppress(RuntimeError):  # the system gives no thread: the first request waits
                threading.Thread(target=self._load, name="natural-warm", daemon=True).start()

    def close(self) -> None:
        """End the idle processes."""
        self._pool.close()

    @property
    def processes(self) -> int:
        """Number of processes at present."""
        return self._pool.alive

    def try_model(self, path: Path, voice: NaturalVoice) -> None:
        """Speak a word with a model that is not installed yet; raises SpeechError."""
        child = NaturalChild(lambda _speed: None)
        try:
            child.get_ready()
            if not sum(len(pcm) for pcm, _ in child.speak(voice, path, 1.0, "One, two", [])):
                raise BrokenAudio("The voice produced no audio for the text.")
        finally:
            child.close()

    def _load(self) -> None:
        with suppress(SpeechError):
            try:
                self._pool.load()
            except EngineMissing:
                self._pool.load()

    def _learn(self, speed: Speed) -> None:
        """Keep what a process says of itself; a single one that cannot start says little."""
        self._failed_starts = self._failed_starts + 1 if speed.reason else 0
        if self._failed_starts != 1 and speed != read_speed(self._folder):
            write_speed(self._folder, speed)

    def _speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        made = 0
        for run in runs(request.text, request.phonemes):
            began = made
            with closing(self._run(run, request)) as pieces:
                for pcm, marks in pieces:
                    made += len(pcm) // 2
                    yield AudioChunk(pcm, SAMPLE_RATE, tuple(_placed(run, marks, began)))
        if not made:
            raise BrokenAudio("The natural voice produced no audio for the text.")

    def _run(self, run: Run, request: SpeechRequest) -> Generator[Piece]:
        if run.language != "en":
            yield from self._foreign(run, request)
            return
        has_sound = False
        try:
            with closing(self._english(run, request)) as pieces:
                for piece in pieces:
                    has_sound = True
                    yield piece
        except ModelUnusable:
            raise
        except (EngineCrashed, EngineMissing):
            # An idle process may have been ended from outside; no sound is out yet.
            if has_sound:
                raise
            yield from self._english(run, request)

    def _english(self, run: Run, request: SpeechRequest) -> Generator[Piece]:
        voice = VOICES[request.voice]
        path = model_path(voice, self._folder)
        with self._pool.borrow(lambda child: str(path) in child.loaded) as child:
            yield from child.speak(
                voice, path, request.speed, run.said.text, _phonemes(run, request, voice)
            )

    def _foreign(self, run: Run, request: SpeechRequest) -> Generator[Piece]:
        """The sound of another engine's voice for a run of another script."""
        other, voice = self._reader(run.language, VOICES[request.voice])
        low, high = other.speed_range
        speed = min(max(request.speed, low), high)
        stream = Resampler(other.sample_rate, SAMPLE_RATE)
        asked = SpeechRequest(run.said.text, voice.identifier, speed)
        with closing(other.speak(asked)) as chunks:
            for chunk in chunks:
                marks = [
                    WordTiming(mark.start, mark.length, stream.position(mark.sample))
                    for mark in chunk.marks
                ]
                yield stream.feed(chunk.pcm), marks

    def _reader(self, language: str, chosen: NaturalVoice) -> tuple[Engine, Voice]:
        """Find a voice for a language; raises UnreadableText."""
        if self._others:
            with suppress(SpeechError):
                for voice in self._others.voices():
                    if voice.language.partition("-")[0] == language:
                        return self._others, voice
        raise UnreadableText(
            Message(
                "{voice} reads English, but this text has letters that no installed voice "
                "can read. Choose a voice that can.",
                voice=chosen.title,
            )
        )

    def _listed(self) -> dict[str, Voice]:
        """The voices by identifier, read anew when the folder or the measured speed changed."""
        read_at = (_changed_at(self._folder / FOLDER), _changed_at(speed_path(self._folder)))
        with self._lock:
            if read_at != self._read_at:
                self._speed = read_speed(self._folder)
                is_usable = is_installed() and not (self._speed and self._speed.reason)
                present = present_voices(self._folder) if is_usable else []
                self._voices = {voice.name: voice.voice(self.name) for voice in present}
                self._read_at = read_at
            return self._voices


def _phonemes(run: Run, request: SpeechRequest, voice: NaturalVoice) -> list[PhonemeRow]:
    """The places of phonemes in what is said of a run, each with what is said there."""
    rows: list[PhonemeRow] = []
    end_of_run = run.start + len(run.said.source)
    for start, end in request.phonemes:
        if run.start <= start < end_of_run:
            said = from_espeak(request.text[start:end], is_british=voice.is_british)
            places = [run.said.place(place - run.start) for place in (start, end)]
            rows.append((places[0], places[1], said))
    return rows


def _placed(run: Run, marks: Sequence[WordTiming], began: int) -> Iterator[WordTiming]:
    """Marks of a run as those of the whole text, whose sound began before by so many samples."""
    for mark in marks:
        start, end = run.place(mark.start), run.place_end(mark.start + mark.length)
        if end > start:
            yield WordTiming(start, end - start, began + mark.sample)


def _unusable(voice: NaturalVoice, reason: str) -> ModelUnusable:
    return ModelUnusable(
        Message(
            "The voice {voice} cannot be used ({reason}). Remove it under Voices and install it "
            "again.",
            voice=voice.title,
            reason=reason,
        )
    )


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
