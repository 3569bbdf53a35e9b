"""Program that makes one export: a task on standard input, progress on standard output.

Run as `python -m exports.encoder_process`. Its input stays open while somebody wants the result;
the end of it ends this process, whatever it is doing.
"""

import contextlib
import importlib
import os
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from common import transient_causes
from exports.types import ExportTask
from storage.plain_files import sync

NICENESS = 5  # on top of the worker's own
MOST_MEMORY = 300 * 1024 * 1024
TELL_EVERY_S = 0.3
LENGTH = struct.Struct(">Q")

Tell = Callable[[float], None]


def make(task: ExportTask, tell: Tell) -> None:
    """Write the file that the task wants, by the module that knows its format."""
    # Each brings libraries that the others do without.
    module = {"epub": "epub", "zip": "chapter_zip", "mp3": "chapter_files"}.get(
        task.format, "pyav_encoder"
    )
    maker = importlib.import_module(f"exports.{module}")
    if task.format == "mp3":
        maker.whole(task, tell)
    elif module != "pyav_encoder":
        maker.write(task, tell)
    else:
        _encode(maker, task, tell)


def _encode(sound: ModuleType, task: ExportTask, tell: Tell) -> None:
    gain_db, measuring = None, 0.0
    if task.lufs is not None:
        measuring = 0.2
        gain_db = sound.gain_for(task.source, task.lufs, lambda share: tell(measuring * share))
    sound.encode(task, gain_db, lambda share: tell(measuring + (1 - measuring) * share))


def main() -> int:
    """Make what standard input asks for; 0, or 1 and a word on standard output."""
    (length,) = LENGTH.unpack(_read(LENGTH.size))
    task = ExportTask.from_json(_read(length))
    threading.Thread(target=_end_with_input, daemon=True).start()
    _be_modest()
    try:
        make(task, _teller())
        sync(task.target)
    except MemoryError:
        return _say("too large")
    except OSError as error:
        if cause := transient_causes.of_os_error(error, Path(task.target).parent):
            return _say(cause.code)
        raise
    _say("done")
    return 0


def _read(size: int) -> bytes:
    data = b""
    while len(data) < size:
        if not (piece := os.read(0, min(size - len(data), 1 << 20))):
            sys.exit(1)
        data += piece
    return data


def _end_with_input() -> None:
    while os.read(0, 4096):
        continue
    os._exit(1)


def _be_modest() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        os.nice(NICENESS)
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _teller() -> Tell:
    told_at = 0.0

    def tell(share: float) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= TELL_EVERY_S:
            told_at = now
            _say(f"{share:.4f}")

    return tell


def _say(word: str) -> int:
    os.write(1, f"{word}\n".encode())
    return 1


if __name__ == "__main__":
    sys.exit(main())
