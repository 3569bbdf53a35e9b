"""The embedded voice: espeak-ng in child processes, with word positions, free and offline."""

import ctypes.util
import re
import shutil
import threading
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import ClassVar

from speech.engine import Engine
from speech.engines.espeak_pool import Child, Done, Library
from speech.engines.espeak_text import SpokenText
from speech.engines.process_pool import Pool
from speech.errors import BrokenAudio, EngineCrashed, EngineMissing
from speech.prices import FREE, Price
from speech.types import AudioChunk, SpeechRequest, Voice, WordTiming

WORDS_PER_MINUTE = 175
SAMPLE_RATE = 22_050
DATA_FOLDERS = ("share", "lib", "lib/*")
REMEDY = (
    "The built-in voice is not installed. Install the package espeakng-loader with pip, "
    "or espeak-ng with the system’s package manager."
)

WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
LAST_WORD = re.compile(r"[^\W_](?=[\W_]*\Z)")


class EspeakEngine(Engine):
    """Speaks with espeak-ng; every voice is in the box and nothing leaves the machine."""

    name = "espeak"
    label = "Embedded voice (espeak-ng)"
    names_languages = True
    speed_range: ClassVar[tuple[float, float]] = (0.5, 2.5)
    takes_phonemes: ClassVar[bool] = True
    sample_rate = SAMPLE_RATE
    parallel = 1  # twice as quick as the encoder, which a second process would hold up
    segment_characters = 1  # a segment is a sentence
    first_segment_characters = 1
    segment_bytes = 2400

    def __init__(self, default_voice: str = "gmw/en", library: Library | None = None) -> None:
        self.default_voice = default_voice
        self._library = library
        self._lock = threading.Lock()
        self._voices: dict[str, Voice] = {}
        self._pool = Pool(lambda: Child(self._find()))

    def voices(self) -> Sequence[Voice]:
        """The voices of the data folder by name; raises EngineMissing."""
        return tuple(self._listed().values())

    def voice(self, identifier: str) -> Voice:
        """The voice of that identifier, such as "gmw/en"; raises UnknownVoice, EngineMissing."""
        return self._listed().get(identifier) or super().voice(identifier)

    def price(self) -> Price:
        """Price: free."""
        return FREE

    def warm(self) -> None:
        """Start a process ahead of the first request, if the engine is there at all."""
        self._pool.warm()

    def close(self) -> None:
        """End the idle processes."""
        self._pool.close()

    def _speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        language = self.voice(request.voice).language
        spoken = SpokenText(request.text, language, request.phonemes)
        has_sound = False
        try:
            with closing(self._once(request, spoken)) as chunks:
                for chunk in chunks:
                    has_sound = True
                    yield chunk
        except EngineCrashed:
            # An idle process may have been ended from outside; no sound is out yet.
            if has_sound:
                raise
            yield from self._once(request, spoken)

    def _once(self, request: SpeechRequest, spoken: SpokenText) -> Generator[AudioChunk]:
        words_per_minute = round(WORDS_PER_MINUTE * request.speed)
        heard = 0
        with self._pool.borrow() as child:
            speech = child.speak(
                request.voice, words_per_minute, spoken.text, has_phonemes=bool(request.phonemes)
            )
            for piece in speech:
                if isinstance(piece, Done):
                    _check_end(spoken.text, piece)
                    return
                pcm, marks = piece
                words = tuple(_whole_words(request.text, spoken, marks, heard))
                heard = words[-1].start + words[-1].length if words else heard
                yield AudioChunk(pcm, child.sample_rate, words)

    def _find(self) -> Library:
        with self._lock:
            self._library = self._library or find_library()
        return self._library

    def _listed(self) -> dict[str, Voice]:
        if not self._voices:
            data = self._find().data
            if data is None:
                raise EngineMissing(REMEDY)
            self._voices = {voice.identifier: voice for voice in read_voices(data)}
        return self._voices


def find_library() -> Library:
    """Find espeak-ng in the Python package, else the system's; raises EngineMissing."""
    try:
        import espeakng_loader

        return Library(espeakng_loader.get_library_path(), Path(espeakng_loader.get_data_path()))
    except (ImportError, RuntimeError):
        return find_system_library()


def find_system_library() -> Library:
    """Find espeak-ng as the system's package manager installed it; raises EngineMissing."""
    path = ctypes.util.find_library("espeak-ng")
    program = shutil.which("espeak-ng")
    roots = [Path(program).resolve().parent.parent] if program else []
    for root in (*roots, Path("/usr"), Path("/usr/local"), Path("/opt/homebrew")):
        for folder in DATA_FOLDERS:
            for data in root.glob(f"{folder}/espeak-ng-data"):
                if path and (data / "lang").is_dir():
                    return Library(path, data)
    raise EngineMissing(REMEDY)


@cache
def read_voices(data: Path) -> tuple[Voice, ...]:
    """Read the voices from the files under the data folder's `lang`, sorted by name."""
    root = data / "lang"
    files = sorted(path for path in root.rglob("*") if path.is_file())
    voices = [_read_voice(data, path, path.relative_to(root).as_posix()) for path in files]
    return tuple(sorted(filter(None, voices), key=lambda voice: voice.name))


def language_tag(written: str) -> str:
    """Write a language as BCP 47 does: "en-gb" becomes "en-GB", "fa-latn" becomes "fa-Latn"."""
    first, *rest = written.lower().split("-")
    tag = [first]
    for subtag in rest:
        if "x" in tag:
            tag.append(subtag)
        elif len(subtag) == 2:
            tag.append(subtag.upper())
        else:
            tag.append(subtag.title() if len(subtag) == 4 else subtag)
    return "-".join(tag)


def _read_voice(data: Path, path: Path, identifier: str) -> Voice | None:
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition("//")[0].strip().partition(" ")
        if key in ("name", "language", "dictionary") and value:
            found.setdefault(key, value.strip())
    if "name" not in found or "language" not in found:
        return None
    language = found["language"].split()[0]
    # Without its dictionary a voice hums a fraction of a second, whatever the text.
    dictionary = found.get("dictionary", language.split("-")[0])
    if not (data / f"{dictionary}_dict").exists():
        return None
    return Voice(identifier, found["name"], language_tag(language), EspeakEngine.name)


def _whole_words(
    text: str, spoken: SpokenText, marks: list[WordTiming], heard: int
) -> Generator[WordTiming]:
    # A number or an abbreviation is announced once for each word it is read as, and a compound
    # only with its first part: one mark for the whole word is what a reader can follow.
    for mark in marks:
        start = spoken.original(mark.start)
        announced = text[start : start + mark.length].rstrip()
        if start >= heard and announced and not announced[0].isspace():
            whole = WORD.match(text, start)
            heard = max(whole.end() if whole else 0, start + len(announced))
            yield WordTiming(start, heard - start, mark.sample)


def _check_end(text: str, done: Done) -> None:
    last = LAST_WORD.search(text)
    if last and done.read <= last.start():
        raise BrokenAudio("The built-in voice did not read the text to its end.")
