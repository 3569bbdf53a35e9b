"""Piper models on this machine: a folder for each, read without loading it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.errors import Message
from speech.engines.piper_genders import gender_of
from speech.errors import SpeechError
from speech.types import Voice

MODEL, CONFIG, CARD, MANIFEST = "model.onnx", "model.onnx.json", "MODEL_CARD", "manifest.json"
LARGEST_CONFIG = 1 << 20
LISTED_SPEAKERS = 128  # of a model; further ones are spoken when they are named
READ_KINDS = ("espeak", "text")  # others need programs that are not part of Piper
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
ESPEAK_VOICE = re.compile(r"[A-Za-z0-9-]{2,40}")
LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z0-9]{2,8})*")
RATES = range(8_000, 48_001)


class NotPiperModel(SpeechError):
    """A file that was given for a Piper voice and is none; `message` says what is wrong."""

    status = 400


@dataclass(frozen=True, slots=True)
class Model:
    """An installed voice: its files, its speakers by name, and where it came from."""

    identifier: str
    folder: Path
    name: str
    language: str
    quality: str
    sample_rate: int
    speakers: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    sha256: str = ""
    licence: str = ""
    source: str = ""
    installed_at: float = 0.0

    def voices(self, engine: str) -> list[Voice]:
        """The model with its own speaker, then those of its speakers that are listed."""
        label = f"{self.name} ({self.quality})" if self.quality else self.name
        found = [Voice(self.identifier, label, self.language, engine, gender_of(self.identifier))]
        if len(self.speakers) > 1:
            for speaker in list(self.speakers)[:LISTED_SPEAKERS]:
                found.append(self.speaker_voice(speaker, engine))
        return found

    def speaker_voice(self, speaker: str, engine: str) -> Voice:
        """Make a voice of one of the model's speakers."""
        quality = f" ({self.quality})" if self.quality else ""
        name = f"{self.name}, {speaker}{quality}"
        gender = gender_of(self.identifier, speaker)
        return Voice(f"{self.identifier}#{speaker}", name, self.language, engine, gender)


def read_models(folder: Path) -> tuple[Model, ...]:
    """The installed models by language and name; folders that hold none are passed over."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if IDENTIFIER.fullmatch(path.name) and (path / MANIFEST).is_file():
            try:
                found.append(read_model(path))
            except (NotPiperModel, OSError):
                continue
    return tuple(sorted(found, key=lambda model: (model.language, model.name, model.quality)))


def read_model(folder: Path) -> Model:
    """The model of a folder; raises NotPiperModel."""
    config = read_config(folder / CONFIG)
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        made = {name: manifest[name] for name in ("sha256", "licence", "source", "installed_at")}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise NotPiperModel(f"{folder.name} has no manifest that can be read.") from error
    parts = folder.name.split("-")
    named = parts[1:-1] if len(parts) > 2 else [folder.name]
    return Model(
        identifier=folder.name,
        folder=folder,
        name="-".join(named).replace("_", " ").title(),
        language=_language(config, folder.name),
        quality=parts[-1] if len(parts) > 2 else "",
        sample_rate=config["audio"]["sample_rate"],
        speakers=_speakers(config),
        size=sum(path.stat().st_size for path in folder.iterdir()),
        **made,
    )


def read_config(path: Path) -> dict[str, Any]:
    """The checked configuration beside a model; raises NotPiperModel."""
    try:
        if not path.is_file():
            raise FileNotFoundError(path)  # whoever opens a pipe waits for who writes to it
        if path.stat().st_size > LARGEST_CONFIG:
            raise ValueError("it is too large")
        config = json.loads(path.read_bytes())
        _check(config)
    except OSError as error:
        raise NotPiperModel(
            Message("The file {name} beside the model is missing.", name=path.name)
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotPiperModel(
            Message(
                "{name} is not the configuration of a Piper voice ({reason}).",
                name=path.name,
                reason=f"{error}"[:100],
            )
        ) from error
    return config


def _check(config: dict[str, Any]) -> None:
    if config["audio"]["sample_rate"] not in RATES:
        raise ValueError("its sample rate is none")
    if not 1 <= config["num_speakers"] <= 10_000 or not isinstance(config["num_symbols"], int):
        raise ValueError("its number of speakers or symbols is none")
    if not ESPEAK_VOICE.fullmatch(config["espeak"]["voice"]):
        raise ValueError("its language is none")
    kind = config.get("phoneme_type", "espeak")
    if kind not in READ_KINDS:
        raise ValueError(f"it reads by {kind!s:.20}, which Piper alone cannot")
    symbols = config["phoneme_id_map"]
    if not symbols or not all(isinstance(ids, list) for ids in symbols.values()):
        raise ValueError("it has no symbols")
    if not all(isinstance(number, int) for number in config.get("speaker_id_map", {}).values()):
        raise ValueError("its speakers have no numbers")


def _speakers(config: dict[str, Any]) -> dict[str, int]:
    named = config.get("speaker_id_map") or {}
    if named or config["num_speakers"] == 1:
        return {name: number for name, number in named.items() if name and len(name) <= 60}
    return {str(number): number for number in range(config["num_speakers"])}


def _language(config: dict[str, Any], identifier: str) -> str:
    """The BCP 47 tag: what the configuration says, else the name, else the reader's language."""
    said = config.get("language")
    code = said.get("code", "") if isinstance(said, dict) else ""
    for written in (code, identifier.partition("-")[0], config["espeak"]["voice"]):
        if isinstance(written, str) and LANGUAGE.fullmatch(written):
            return language_tag(written.replace("_", "-"))
    return "und"


def language_tag(written: str) -> str:
    """A language as BCP 47 writes it: "en-gb" becomes "en-GB"."""
    first, *rest = written.lower().split("-")
    tags = [part.upper() if len(part) == 2 else part.title() for part in rest]
    return "-".join([first, *tags])
