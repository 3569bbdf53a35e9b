"""The voices that can be installed: Piper's from a list, and the natural family's further ones."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from services.voice_downloads import VoiceError
from speech.engines import natural_voices
from speech.engines.piper import PiperEngine
from speech.engines.piper_models import CARD, CONFIG, IDENTIFIER, LARGEST_CONFIG, MODEL

KEPT_HERE = Path(__file__).with_name("voice_catalogue.json")
LIST = "voices.json"
LARGEST_LIST = 16 << 20
LARGEST_MODEL = 1 << 30
PATH = re.compile(r"[\w.+-]+(/[\w.+-]+){0,8}")
HEX = re.compile(r"[0-9a-f]{32}")
NATURAL = natural_voices.FOLDER  # the engine's name, too
NATURAL_LICENCE = "Apache-2.0"
ENGLISH = {"en-US": "English (United States)", "en-GB": "English (Great Britain)"}


class NotCatalogue(VoiceError):
    """An answer that should be a list of voices, and is none."""

    status = 502


class OfferedFile(NamedTuple):
    """A file of a voice: where it lies below the server's address, and what it becomes here."""

    path: str
    name: str
    size: int
    md5: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A voice that can be installed; `language` is a BCP 47 tag, `size` in bytes."""

    identifier: str
    name: str
    language: str
    language_name: str
    quality: str
    speakers: int
    files: tuple[OfferedFile, ...]
    licence: str = ""
    engine: str = PiperEngine.name
    gender: str = ""

    @property
    def label(self) -> str:
        """The name as people read it."""
        return self.name.replace("_", " ").title()

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def sample(self) -> str:
        """The path of a recording of the voice, below the server's address."""
        return f"{self.files[0].path.rpartition('/')[0]}/samples/speaker_0.mp3"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The voices that can be installed; `as_of` is a date such as 2026-11-22."""

    offers: tuple[Offer, ...]
    as_of: str

    def find(self, identifier: str) -> Offer | None:
        """The voice of that name."""
        return next((offer for offer in self.offers if offer.identifier == identifier), None)


def read_list(content: bytes) -> tuple[Offer, ...]:
    """The voices of a server's list without those that cannot be read; raises NotCatalogue.

    The list is Piper's: an object with the voices by name, each with its language, quality,
    number of speakers and files.
    """
    try:
        listed = json.loads(content)
        found = [offer for name, entry in listed.items() if (offer := _offer(name, entry))]
    except (ValueError, AttributeError) as error:
        raise NotCatalogue(
            "The server's list of voices cannot be read. The saved list still works."
        ) from error
    return tuple(sorted(found, key=lambda offer: (offer.language_name, offer.identifier)))


def natural_offers() -> tuple[Offer, ...]:
    """The voices of the natural family that do not come with its package."""
    return tuple(
        Offer(
            identifier=voice.name,
            name=voice.name,
            language=voice.language,
            language_name=ENGLISH[voice.language],
            quality="",
            speakers=1,
            files=(OfferedFile(voice.file, MODEL, voice.size, sha256=voice.sha256),),
            licence=NATURAL_LICENCE,
            engine=NATURAL,
            gender=voice.gender,
        )
        for voice in natural_voices.VOICES.values()
        if voice.name != natural_voices.DEFAULT
    )


@cache
def bundled_catalogue() -> Catalogue:
    """The list that comes with VoiceVerse: well-known voices, with what was known on its date."""
    kept = json.loads(KEPT_HERE.read_text(encoding="utf-8"))
    offers = []
    for code, voices in kept["voices"].items():
        language = {"code": code, "name_english": kept["languages"][code]}
        for voice, (speakers, size, md5, config_size, card_size, licence) in voices.items():
            name, quality = voice.rsplit("-", 1)
            identifier = f"{code}-{voice}"
            folder = f"{code.partition('_')[0]}/{code}/{name}/{quality}"
            files = {
                f"{folder}/{identifier}.onnx": {"size_bytes": size, "md5_digest": md5},
                f"{folder}/{identifier}.onnx.json": {"size_bytes": config_size},
                f"{folder}/MODEL_CARD": {"size_bytes": card_size},
            }
            entry = {
                "language": language, "name": name, "quality": quality, "num_speakers": speakers,
                "files": files, "licence": licence,
            }  # fmt: skip
            if offer := _offer(identifier, entry):
                offers.append(offer)
    offers.sort(key=lambda offer: (offer.language_name, offer.identifier))
    return Catalogue(tuple(offers), kept["as_of"])


def _offer(identifier: str, entry: Any) -> Offer | None:
    try:
        language = entry["language"]
        country = language.get("country_english", "")
        named = language["name_english"] + (f" ({country})" if country else "")
        files = [_file(path, each) for path, each in entry["files"].items()]
        found = sorted(filter(None, files), key=lambda file: file.name != MODEL)
        offer = Offer(
            identifier=identifier,
            name=entry["name"],
            language=language["code"].replace("_", "-"),
            language_name=named,
            quality=entry["quality"],
            speakers=int(entry["num_speakers"]),
            files=tuple(found),
            licence=entry.get("licence", ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    is_whole = {MODEL, CONFIG} <= {file.name for file in found} and len(found) <= 3
    return offer if is_whole and IDENTIFIER.fullmatch(identifier) else None


def _file(path: str, entry: dict[str, Any]) -> OfferedFile | None:
    """A file of the three that a voice consists of; raises ValueError for an impossible one."""
    last = path.rpartition("/")[2]
    name = CARD if last == CARD else MODEL if last.endswith(".onnx") else CONFIG
    if name == CONFIG and not last.endswith(".onnx.json"):
        return None
    size, md5 = int(entry["size_bytes"]), entry.get("md5_digest", "")
    largest = LARGEST_MODEL if name == MODEL else LARGEST_CONFIG
    if not PATH.fullmatch(path) or ".." in path or not 0 < size <= largest:
        raise ValueError(path)
    if md5 and not HEX.fullmatch(md5):
        raise ValueError(md5)
    return OfferedFile(path, name, size, md5=md5)
