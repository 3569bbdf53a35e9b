"""The child process that holds Piper: requests on standard input, sound on standard output.

Run as `python -I piper_process.py ROOM`; it imports nothing of VoiceVerse. ROOM is how many bytes
of models may be loaded at once; the least recently used leave. A frame is one type byte, a
little-endian 32-bit length and a payload:

in   S request   JSON: model, config, speaker, speed, text, sample_rate
     C cancel    empty; the request under way ends early
out  R ready     empty
     A audio     16-bit samples at the asked rate
     D done      JSON: the models that are loaded
     E error     UTF-8 text; the process lives on unless it could not start
     W wait      code of a cause that passes by itself; the process lives on if it had started

It ends when its standard input closes.
"""

import errno
import faulthandler
import json
import math
import os
import queue
import re
import signal
import struct
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

Requests = queue.SimpleQueue[dict[str, Any]]
HEADER = struct.Struct("<cI")
FRAME_BYTES = 32 * 1024
STUCK_S = 180
SHORT = {errno.ENOMEM: "memory", errno.EMFILE: "open_files", errno.ENFILE: "open_files"}
NO_MEMORY = re.compile("bad_alloc|failed to map segment|annot allocate|allocate memory")

PEAK = 0.89  # of full scale: an MP3 decoder overshoots what was encoded, and must not clip
MOST_GAIN = 10.0
QUIET = 0.006  # of full scale: below it a sentence has not begun, or has ended
LEAD_S, TRAIL_S, FADE_S = 0.015, 0.05, 0.005
PAUSE_S = {".": 0.32, "!": 0.32, "?": 0.32, "…": 0.32, ":": 0.22, ";": 0.22, ",": 0.15}
SHORTEST_PAUSE_S = 0.12
LONGEST_PHONEMES = 500  # spoken in one go; memory grows with them
PLACES_TO_PART = frozenset(" ,;:")


class PiperWorker:
    """The loaded models, and how a text is spoken with one of them."""

    def __init__(self, room: int, output: BinaryIO) -> None:
        import numpy
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as faults
        from piper import config, voice

        self._numpy, self._runtime, self._piper, self._config = numpy, onnxruntime, voice, config
        self._failures = (
            *(OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError, ImportError),
            MemoryError,
            *(faults.Fail, faults.InvalidGraph, faults.InvalidProtobuf, faults.NoSuchFile),
            *(faults.InvalidArgument, faults.NotImplemented, faults.RuntimeException),
        )
        self._room, self._output = room, output
        self._models: OrderedDict[str, tuple[Any, int, int]] = OrderedDict()
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Stop the request under way; for other threads."""
        self._cancelled.set()

    def speak(
        self,
        model: str,
        config: str,
        speaker: int | None,
        speed: float,
        text: str,
        sample_rate: int,
    ) -> None:
        """Send the sound of the text as audio frames, then a done or an error frame."""
        self._cancelled.clear()
        try:
            voice = self._load(model, config)
            for pcm in self._sentences(voice, speaker, speed, text, sample_rate):
                self._send_audio(pcm)
                if self._cancelled.is_set():
                    break
        except self._failures as error:
            self._models.pop(model, None)
            fail(self._output, error, f"{type(error).__name__}: {error}".splitlines()[0][:200])
            return
        finally:
            faulthandler.cancel_dump_traceback_later()
        send(self._output, b"D", json.dumps(list(self._models)).encode())

    def _load(self, model: str, config: str) -> Any:
        file = Path(model).stat()
        if model in self._models and self._models[model][2] == file.st_mtime_ns:
            self._models.move_to_end(model)
            return self._models[model][0]
        self._models.pop(model, None)  # another model has taken its place on the disk
        while self._models and self._size + file.st_size > self._room:
            self._models.popitem(last=False)
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        session = self._runtime.InferenceSession(
            model, sess_options=options, providers=["CPUExecutionProvider"]
        )
        settings = self._config.PiperConfig.from_dict(json.loads(Path(config).read_bytes()))
        # espeak-ng holds only short paths, hence the one within the working directory.
        voice = self._piper.PiperVoice(
            session=session, config=settings, espeak_data_dir=Path("espeak-ng-data")
        )
        self._models[model] = (voice, file.st_size, file.st_mtime_ns)
        return voice

    @property
    def _size(self) -> int:
        return sum(size for _, size, _ in self._models.values())

    def _sentences(
        self, voice: Any, speaker: int | None, speed: float, text: str, sample_rate: int
    ) -> Iterator[bytes]:
        """16-bit samples a sentence, each with the pause that belongs after it."""
        settings = self._config.SynthesisConfig(
            speaker_id=speaker, length_scale=voice.config.length_scale / speed
        )
        faulthandler.dump_traceback_later(STUCK_S, exit=True)
        for phonemes in voice.phonemize(text):
            for part in parts(phonemes):
                ids = voice.phonemes_to_ids(part)
                faulthandler.dump_traceback_later(STUCK_S, exit=True)
                sound = voice.phoneme_ids_to_audio(ids, settings).reshape(-1)
                pause_s = PAUSE_S.get(last_sign(part), SHORTEST_PAUSE_S) / speed
                yield self._polished(sound, voice.config.sample_rate, sample_rate, pause_s)

    def _polished(self, sound: Any, rate: int, wanted: int, pause_s: float) -> bytes:
        """A sentence at an even level, without silence at its ends, then the pause."""
        numpy = self._numpy
        sound = numpy.nan_to_num(sound.astype(numpy.float32))
        peak = float(numpy.abs(sound).max(initial=0.0))
        if peak == 0.0:
            return b""
        sound = sound * min(PEAK / peak, MOST_GAIN)
        loud = numpy.flatnonzero(numpy.abs(sound) > QUIET)
        if not loud.size:
            return b""
        first = max(0, int(loud[0]) - round(LEAD_S * rate))
        sound = sound[first : int(loud[-1]) + round(TRAIL_S * rate)]
        edge = numpy.linspace(0.0, 1.0, min(round(FADE_S * rate), len(sound)), dtype=numpy.float32)
        sound[: len(edge)] *= edge
        sound[len(sound) - len(edge) :] *= edge[::-1]
        sound = self._resampled(sound, rate, wanted)
        pcm = numpy.clip(numpy.rint(sound * 32767), -32767, 32767).astype("<i2")
        return pcm.tobytes() + bytes(2 * round(pause_s * wanted))

    def _resampled(self, sound: Any, rate: int, wanted: int) -> Any:
        """Resample sound to another rate, by widening or narrowing its spectrum."""
        if rate == wanted:
            return sound
        numpy, common = self._numpy, math.gcd(rate, wanted)
        step = rate // common
        # Silence around it keeps the end of the sound from ringing on in its beginning.
        padded = numpy.pad(sound, (0, step + -len(sound) % step))
        length = len(padded) // step * (wanted // common)
        resampled = numpy.fft.irfft(numpy.fft.rfft(padded), length) * (length / len(padded))
        return resampled[: math.ceil(len(sound) * wanted / rate)]

    def _send_audio(self, pcm: bytes) -> None:
        # A slow reader may keep us waiting here for long; only the model is on the clock.
        faulthandler.cancel_dump_traceback_later()
        for start in range(0, len(pcm), FRAME_BYTES):
            send(self._output, b"A", pcm[start : start + FRAME_BYTES])


def parts(phonemes: list[str]) -> Iterator[list[str]]:
    """A sentence's phonemes, in parts that end between words where it is very long."""
    while len(phonemes) > LONGEST_PHONEMES:
        place = LONGEST_PHONEMES
        while place > LONGEST_PHONEMES // 2 and phonemes[place - 1] not in PLACES_TO_PART:
            place -= 1
        if phonemes[place - 1] not in PLACES_TO_PART:
            place = LONGEST_PHONEMES
        yield phonemes[:place]
        phonemes = phonemes[place:]
    if any(map(str.strip, phonemes)):
        yield phonemes


def last_sign(phonemes: list[str]) -> str:
    """The last phoneme that is no space: the punctuation, if there is any."""
    return next((sign for sign in reversed(phonemes) if sign.strip()), "")


def send(output: BinaryIO, kind: bytes, payload: bytes = b"") -> None:
    """Write one frame; a reader that is gone ends this process."""
    try:
        output.write(HEADER.pack(kind, len(payload)))
        output.write(payload)
        output.flush()
    except OSError:
        os._exit(0)


def fail(output: BinaryIO, error: Exception, what: str) -> None:
    """Say what failed: the cause where that lies elsewhere and passes by itself, else `what`."""
    short = SHORT.get(getattr(error, "errno", None) or 0)
    if short is None and (isinstance(error, MemoryError) or NO_MEMORY.search(str(error))):
        short = "memory"
    send(output, *((b"W", short.encode()) if short else (b"E", what.encode())))


def read_requests(
    source: BinaryIO, requests: queue.SimpleQueue[dict[str, Any]], speaker: PiperWorker
) -> None:
    """Queue requests and pass cancels on at once; the end of input ends the process."""
    while len(header := source.read(HEADER.size)) == HEADER.size:
        kind, length = HEADER.unpack(header)
        payload = source.read(length)
        if kind == b"C":
            speaker.cancel()
        else:
            requests.put(json.loads(payload))
    os._exit(0)


def main() -> None:
    """Serve requests from standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes us
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the frames
    try:
        speaker = PiperWorker(int(sys.argv[1]), output)
    except (ImportError, OSError, MemoryError) as error:
        fail(output, error, f"Piper cannot be loaded: {error}.")
        return
    send(output, b"R")
    requests: Requests = queue.SimpleQueue()
    arguments = (sys.stdin.buffer, requests, speaker)
    threading.Thread(target=read_requests, args=arguments, daemon=True).start()
    while True:
        speaker.speak(**requests.get())


if __name__ == "__main__":
    main()
