"""Trials of providers: a short sentence spoken, its sound and how long it took."""

import hashlib
import time
from contextlib import closing
from dataclasses import dataclass

from speech.audio.encoding import Mp3Stream
from speech.engine import Engine
from speech.types import SpeechRequest


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence that a provider spoke: its sound as MP3, and how long it took, in seconds."""

    text: str
    voice: str
    mp3: bytes
    duration_s: float
    first_sound_s: float
    total_s: float
    cost_usd: float | None

    def digest(self) -> str:
        """The SHA-256 of its sound, in hex."""
        return hashlib.sha256(self.mp3).hexdigest()


def try_engine(engine: Engine, request: SpeechRequest) -> Trial:
    """Have an engine speak a sentence; raises SpeechError."""
    began, first_s = time.monotonic(), None
    stream, frames = Mp3Stream(engine.sample_rate), []
    with closing(engine.speak(request)) as chunks:
        for chunk in chunks:
            first_s = first_s if first_s is not None else time.monotonic() - began
            frames.append(stream.feed(chunk.pcm))
    total_s = time.monotonic() - began
    frames.append(stream.finish())
    sound = b"".join(frames)
    duration_s = stream.position / engine.sample_rate
    return Trial(
        request.text,
        request.voice,
        stream.final_header(len(sound)) + sound,
        duration_s,
        first_s or total_s,
        total_s,
        engine.price().quote(len(request.text), duration_s),
    )
