"""Child processes of espeak-ng, as their parent sees them."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from speech.engines import espeak_process as wire
from speech.engines.process_pool import PipedChild
from speech.errors import EngineCrashed
from speech.types import WordTiming


@dataclass(frozen=True, slots=True)
class Library:
    """Location of espeak-ng: the library's path, and the folder of its data or None."""

    path: str
    data: Path | None


@dataclass(frozen=True, slots=True)
class Done:
    """End of a text: how far the child read, in code points, and how many samples it made."""

    read: int
    samples: int


class Child(PipedChild):
    """Child process of espeak-ng; `sample_rate` in Hz is known once it is ready."""

    crashed = "The built-in voice stopped unexpectedly."
    remedy = "Install the package espeakng-loader again."

    def __init__(self, library: Library) -> None:
        data = library.data
        arguments = ["-S", wire.__file__, library.path, data.name if data else ""]
        super().__init__(arguments, data.parent if data else None)
        self.sample_rate = 0

    def _greet(self, payload: bytes) -> None:
        (self.sample_rate,) = wire.NUMBER.unpack(payload)

    def speak(
        self, voice: str, words_per_minute: int, text: str, *, has_phonemes: bool = False
    ) -> Iterator[tuple[bytes, list[WordTiming]] | Done]:
        """Yield pieces of sound with their marks, then Done; raises EngineCrashed."""
        request = {
            "voice": voice, "words_per_minute": words_per_minute, "text": text,
            "has_phonemes": has_phonemes,
        }  # fmt: skip
        self._is_busy = True
        self._send(b"S", json.dumps(request).encode())
        while True:
            kind, payload = self._receive()
            if kind == b"A":
                yield _audio(payload)
                continue
            self._is_busy = False
            if kind == b"E":
                raise EngineCrashed(payload.decode())
            yield Done(*wire.DONE.unpack(payload))
            return


def _audio(payload: bytes) -> tuple[bytes, list[WordTiming]]:
    (count,) = wire.NUMBER.unpack_from(payload)
    sound = wire.NUMBER.size + count * wire.MARK.size
    marks = struct.iter_unpack(wire.MARK.format, payload[wire.NUMBER.size : sound])
    return payload[sound:], [WordTiming(*numbers) for numbers in marks]
