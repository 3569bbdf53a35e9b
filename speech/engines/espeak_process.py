"""Child process that holds espeak-ng: requests on standard input, sound on standard output.

Run as `python -I -S espeak_process.py LIBRARY DATA`; it imports nothing of the package. DATA is
relative to the working directory, as the library holds only short paths. A frame is one type
byte, a little-endian 32-bit length and a payload:

in   S request   JSON: voice, words_per_minute, text, has_phonemes
     C cancel    empty; the request under way ends early
out  R ready     sample rate
     A audio     number of marks, the marks as three numbers each, then 16-bit samples
     D done      code points read, samples made
     E error     UTF-8 sentence; the process lives on unless it could not start
     W wait      code of a cause that passes by itself; the process ends

espeak-ng keeps one global state and may crash on odd input, hence a process of its own. It ends
when its standard input closes.
"""

import ctypes
import errno
import faulthandler
import json
import os
import queue
import signal
import struct
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

Requests = queue.SimpleQueue[dict[str, Any]]
HEADER = struct.Struct("<cI")
NUMBER = struct.Struct("<I")
MARK = struct.Struct("<III")
DONE = struct.Struct("<II")

SYNCHRONOUS = 2
DO_NOT_EXIT = 0x8000
UTF8 = 1
PHONEMES = 0x100  # what stands between double brackets is phoneme names
RATE = 1
EVENT_WORD, EVENT_END = 1, 5
CALLBACK_MS = 60
FRAME_BYTES = 32 * 1024
STUCK_S = 30
NO_MEMORY = 12  # the code that the parent knows
NO_MEMORY_SIGNS = ("annot allocate memory", "failed to map segment", "cannot create")
SHORT = {errno.ENOMEM: "memory", errno.EMFILE: "open_files", errno.ENFILE: "open_files"}
DATA_FILES = ("phontab", "phonindex", "phondata", "intonations")


class EventId(ctypes.Union):
    """Union `id` in espeak-ng's event."""

    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class Event(ctypes.Structure):
    """Struct `espeak_EVENT` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", EventId),
    )


CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event)
)


class StartError(Exception):
    """The library or its data cannot be used."""


class HeldUp(Exception):
    """The library and its data may be well; a code of transient_causes.py says what is short."""


class EspeakWorker:
    """Speaks with the library; holds its one callback and the state of the present request."""

    def __init__(self, library: str, data: str, output: BinaryIO) -> None:
        self._output = output
        self._cancelled = threading.Event()
        self._voice = ""
        self._espeak = load(library)
        path = os.fsencode(data) if data else None
        self.sample_rate = self._espeak.espeak_Initialize(
            SYNCHRONOUS, CALLBACK_MS, path, DO_NOT_EXIT
        )
        if self.sample_rate <= 0:
            for name in DATA_FILES:
                check_readable(Path(data) / name)
            raise StartError("The library espeak-ng found no voice data.")
        self._callback = CALLBACK(self._receive)  # kept alive: the library holds a bare pointer
        self._espeak.espeak_SetSynthCallback(self._callback)

    def cancel(self) -> None:
        """Stop the request under way; for other threads."""
        self._cancelled.set()

    def speak(
        self, voice: str, words_per_minute: int, text: str, *, has_phonemes: bool = False
    ) -> None:
        """Send the sound of the text as audio frames, then a done or an error frame."""
        self._cancelled.clear()
        self._marks: list[tuple[int, int, int]] = []
        self._pcm = bytearray()
        self._samples = self._read = 0
        self._is_first = True
        if voice != self._voice and self._espeak.espeak_SetVoiceByName(voice.encode()):
            self._voice = ""
            self._send(b"E", f'espeak-ng could not load the voice "{voice}".'.encode())
            return
        self._voice = voice
        self._espeak.espeak_SetParameter(RATE, words_per_minute, 0)
        encoded = text.encode() + b"\0"
        flags = UTF8 | PHONEMES if has_phonemes else UTF8
        faulthandler.dump_traceback_later(STUCK_S, exit=True)
        status = self._espeak.espeak_Synth(
            encoded, ctypes.c_size_t(len(encoded)), 0, 1, 0, flags, None, None
        )
        faulthandler.cancel_dump_traceback_later()
        if status:
            self._send(b"E", f"espeak-ng stopped with code {status}.".encode())
            return
        self._flush()
        self._send(b"D", DONE.pack(self._read, self._samples))

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if self._cancelled.is_set():
            return 1
        index = 0
        while events[index].type:
            event = events[index]
            index += 1
            if event.type == EVENT_WORD:
                self._marks.append((event.text_position - 1, event.length, event.sample))
            elif event.type == EVENT_END:
                self._read = max(self._read, event.text_position)
        if count > 0:
            try:
                self._pcm += ctypes.string_at(samples, count * 2)
            except MemoryError:  # which the library would pass over
                os._exit(NO_MEMORY)
            self._samples += count
        if len(self._pcm) >= FRAME_BYTES or (self._is_first and self._pcm):
            self._flush()
        return 0

    def _flush(self) -> None:
        if not self._pcm and not self._marks:
            return
        # A slow reader may keep us waiting here for long; only the library is on the clock.
        faulthandler.cancel_dump_traceback_later()
        marks = b"".join(MARK.pack(max(0, start), *rest) for start, *rest in self._marks)
        self._send(b"A", NUMBER.pack(len(self._marks)), marks, self._pcm)
        self._marks, self._pcm = [], bytearray()
        self._is_first = False
        faulthandler.dump_traceback_later(STUCK_S, exit=True)

    def _send(self, kind: bytes, *parts: bytes | bytearray) -> None:
        send(self._output, kind, *parts)


def load(library: str) -> ctypes.CDLL:
    """The library; raises HeldUp where something else is short, StartError where it is not."""
    if Path(library).is_absolute():
        check_readable(Path(library))
    try:
        return ctypes.CDLL(library)
    except OSError as error:
        # The loader has no error numbers.
        if any(sign in str(error) for sign in NO_MEMORY_SIGNS):
            raise HeldUp("memory") from error
        raise StartError(f"The library espeak-ng could not be loaded: {error}.") from error


def check_readable(path: Path) -> None:
    """Raise HeldUp where a file cannot be opened for a cause that lies elsewhere."""
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError as error:
        if error.errno in SHORT:
            raise HeldUp(SHORT[error.errno]) from error


def send(output: BinaryIO, kind: bytes, *parts: bytes | bytearray) -> None:
    """Write one frame; a reader that is gone ends this process."""
    try:
        output.write(HEADER.pack(kind, sum(map(len, parts))))
        for part in parts:
            output.write(part)
        output.flush()
    except OSError:
        os._exit(0)


def read_requests(
    source: BinaryIO, requests: queue.SimpleQueue[dict[str, Any]], speaker: EspeakWorker
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
    library, data = sys.argv[1:3]
    output = sys.stdout.buffer
    try:
        speaker = EspeakWorker(library, data, output)
    except StartError as error:
        send(output, b"E", str(error).encode())
        return
    except HeldUp as error:
        send(output, b"W", str(error).encode())
        return
    send(output, b"R", NUMBER.pack(speaker.sample_rate))
    requests: Requests = queue.SimpleQueue()
    arguments = (sys.stdin.buffer, requests, speaker)
    threading.Thread(target=read_requests, args=arguments, daemon=True).start()
    while True:
        speaker.speak(**requests.get())


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        os._exit(NO_MEMORY)
