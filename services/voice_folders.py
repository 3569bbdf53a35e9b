"""Where installed voices stand: a folder for each of Piper's, a file for each natural one."""

import json
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from common.errors import Message
from services.voice_catalogue import NATURAL, NATURAL_LICENCE
from services.voice_downloads import VoiceError, sha256_of
from services.voice_progress import write_whole
from speech.engines import natural_voices
from speech.engines.natural_voices import NaturalVoice
from speech.engines.piper import PiperEngine
from speech.engines.piper_models import (
    CARD,
    IDENTIFIER,
    MANIFEST,
    MODEL,
    Model,
    NotPiperModel,
    read_model,
    read_models,
)
from speech.errors import EngineMissing, SpeechError
from speech.registry import Registry

LICENCE = re.compile(r"^\W*licen[cs]e\W*:\s*(\S.{0,199})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class InstalledVoice:
    """A voice on this machine, with the size of its files in bytes and where it came from."""

    engine: str
    identifier: str
    name: str
    language: str
    size: int
    quality: str = ""
    gender: str = ""
    speakers: int = 1
    licence: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        """Name of the voice among all engines."""
        return f"{self.engine}:{self.identifier}"


@runtime_checkable
class TriesNatural(Protocol):
    """An engine that can try a natural voice's model."""

    def try_model(self, path: Path, voice: NaturalVoice) -> None:
        """Speak a word with a model; raises SpeechError."""


class NaturalUnusable(EngineMissing):
    """The natural voices are installed and do not run on this machine."""

    def __init__(self) -> None:
        super().__init__("The natural voices do not run on this machine.")


class PiperFolder:
    """Piper's models, each in a folder of its own, which comes and goes by one rename."""

    def __init__(self, folder: Path, work: Path, registry: Registry) -> None:
        self._folder, self._work, self._registry = folder, work, registry

    def engine(self) -> PiperEngine:
        """Piper; raises SpeechError where it cannot be used."""
        engine = self._registry.get(PiperEngine.name)
        if not isinstance(engine, PiperEngine):
            raise TypeError(f"{engine.name} is not Piper")
        return engine

    def installed(self) -> list[InstalledVoice]:
        """The installed voices by language and name."""
        return [_of_piper(model) for model in read_models(self._folder)]

    def has(self, identifier: str) -> bool:
        """Whether a voice is installed."""
        is_name = IDENTIFIER.fullmatch(identifier)
        return bool(is_name) and (self._folder / identifier / MANIFEST).is_file()

    def accept(self, identifier: str, room: Path, source: str) -> InstalledVoice:
        """Try the model, note its source and licence, and install it by one rename."""
        card = room / CARD
        found = LICENCE.search(card.read_text("utf-8", "replace")) if card.is_file() else None
        manifest = {
            "sha256": sha256_of(room / MODEL),
            "licence": found.group(1).strip() if found else "",
            "source": source,
            "installed_at": time.time(),
        }
        write_whole(room / MANIFEST, json.dumps(manifest).encode())
        try:
            self.engine().try_model(read_model(room))
        except SpeechError as error:
            shutil.rmtree(room)  # what came is whole and wrong: going on with it would not help
            raise NotPiperModel(
                Message(
                    "{name} is not a voice that Piper can use: {reason} Nothing was installed.",
                    name=identifier,
                    reason=error.message,
                )
            ) from error
        self.remove(identifier)
        room.rename(self._folder / identifier)
        return _of_piper(read_model(self._folder / identifier))

    def remove(self, identifier: str) -> None:
        """Take a voice away, if it is there."""
        folder = self._folder / identifier
        if folder.exists():
            grave = Path(tempfile.mkdtemp(dir=self._work))
            folder.rename(grave / identifier)
            shutil.rmtree(grave)


class NaturalFolder:
    """The natural family's voices, each a file with a known hash beside the one in the box."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self._folder, self._registry = folder, registry

    def engine(self) -> TriesNatural:
        """The engine of these voices; raises SpeechError where it cannot be used."""
        engine = self._registry.get(NATURAL)
        if not isinstance(engine, TriesNatural):
            raise TypeError(f"{engine.name} tries no models")
        if not engine.voices():
            raise NaturalUnusable
        return engine

    def installed(self) -> list[InstalledVoice]:
        """The installed voices without the one in the box."""
        present = natural_voices.present_voices(self._folder)
        return [_of_natural(voice) for voice in present if voice.name != natural_voices.DEFAULT]

    def has(self, identifier: str) -> bool:
        """Whether a voice is installed."""
        return any(voice.identifier == identifier for voice in self.installed())

    def accept(self, identifier: str, room: Path, _source: str) -> InstalledVoice:
        """Try a model whose hash was found right, and install it by one rename."""
        voice, model = natural_voices.VOICES[identifier], room / MODEL
        self.engine().try_model(model, voice)
        model.chmod(0o600)
        with model.open("rb") as file:
            os.fsync(file.fileno())
        path = natural_voices.model_path(voice, self._folder)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        model.replace(path)
        return _of_natural(voice)

    def remove(self, identifier: str) -> None:
        """Take a voice away, if it is there."""
        voice = natural_voices.VOICES[identifier]
        natural_voices.model_path(voice, self._folder).unlink(missing_ok=True)


def natural_voice_of(model: Path) -> NaturalVoice | None:
    """The natural voice that a file is, whatever its name; raises VoiceError for a damaged one."""
    further = [
        voice for voice in natural_voices.VOICES.values() if voice.name != natural_voices.DEFAULT
    ]
    if any(voice.size == model.stat().st_size for voice in further):
        digest = sha256_of(model)
        for voice in further:
            if voice.sha256 == digest:
                return voice
    for voice in further:
        if model.name in (voice.file, f"{voice.name}.onnx"):
            raise VoiceError(
                Message(
                    "{name} is damaged: it is not the file of this voice. Download it again.",
                    name=model.name,
                )
            )
    return None


def _of_piper(model: Model) -> InstalledVoice:
    return InstalledVoice(
        engine=PiperEngine.name,
        identifier=model.identifier,
        name=model.name,
        language=model.language,
        size=model.size,
        quality=model.quality,
        speakers=max(1, len(model.speakers)),
        licence=model.licence,
        source=model.source,
    )


def _of_natural(voice: NaturalVoice) -> InstalledVoice:
    return InstalledVoice(
        engine=NATURAL,
        identifier=voice.name,
        name=voice.name.title(),
        language=voice.language,
        size=voice.size,
        gender=voice.gender,
        licence=NATURAL_LICENCE,
    )
