"""Voices of the engine `natural`: what is known of each, and which of them are on this machine."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from speech.types import Voice

PACKAGE = "hibari"  # of hibari-tts
FOLDER = "natural"  # below the folder of voices; a voice that was installed is a file there
DEFAULT = "heart"


@dataclass(frozen=True, slots=True)
class NaturalVoice:
    """A voice of the family: its model file, with size in bytes and SHA-256 in hex."""

    name: str
    language: str
    gender: str
    file: str
    size: int
    sha256: str

    @property
    def is_british(self) -> bool:
        """Whether words are pronounced by the British lexicon."""
        return self.language == "en-GB"

    @property
    def title(self) -> str:
        """Name that people read."""
        return self.name.title()

    def voice(self, engine: str) -> Voice:
        """Make the voice that people choose."""
        return Voice(self.name, self.title, self.language, engine, self.gender)


# As the registry within hibari-tts 0.2.1 lists them.
VOICES = {
    voice.name: voice
    for voice in (
        NaturalVoice(
            *("heart", "en-US", "female", "hibari.onnx", 7_936_868),
            "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        ),
        NaturalVoice(
            *("fenrir", "en-US", "male", "am_fenrir_v2.int8.onnx", 8_031_158),
            "f59fbd87908c91f827bc21b1b89443757b9a8580db9eee20aa948deb731321f4",
        ),
        NaturalVoice(
            *("kore", "en-US", "female", "af_kore.int8.onnx", 7_936_868),
            "346885752673e45d42f9864c9e2432094bc4b6385df060d4b83273da764d2fa9",
        ),
        NaturalVoice(
            *("emma", "en-GB", "female", "bf_emma.int8.onnx", 7_936_868),
            "f709f0488ee63b583a22189a955aaf4257b9806dd330be3490661e53af0a89c1",
        ),
        NaturalVoice(
            *("fable", "en-GB", "male", "bm_fable.int8.onnx", 7_936_868),
            "c28529302f2d27cd12f62625c24425888c4e3c2675583100ec530259136b8bc6",
        ),
    )
}


def is_installed() -> bool:
    """Whether the package of the voices is there, and what it runs on; nothing is loaded."""
    return all(map(importlib.util.find_spec, (PACKAGE, "numpy", "onnxruntime")))


def model_path(voice: NaturalVoice, folder: Path) -> Path:
    """Path of a voice's model: in the package for the one in the box, else below `folder`."""
    if voice.name != DEFAULT:
        return folder / FOLDER / f"{voice.name}.onnx"
    try:
        return _package_folder() / "assets" / voice.file
    except ModuleNotFoundError:
        return folder / FOLDER / voice.file


@cache
def _package_folder() -> Path:
    """The folder of the package, looked for once; raises ModuleNotFoundError."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ModuleNotFoundError(PACKAGE)
    return Path(package.origin).parent


def present_voices(folder: Path) -> list[NaturalVoice]:
    """List the voices whose file is here and has the right size, the one in the box first."""
    return [voice for voice in VOICES.values() if _is_present(model_path(voice, folder), voice)]


def _is_present(path: Path, voice: NaturalVoice) -> bool:
    try:
        return path.stat().st_size == voice.size
    except OSError:
        return False
