"""Installs what lock files list into an environment, and tells how far it has come.

It is run by the Python of the machine, before anything is installed, and imports nothing of ours.
"""

import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

OLDEST = (3, 11)
PIP = (
    "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
    # Nothing is installed but what the lock files list, so nothing is looked for beside it. What is
    # never loaded need not be compiled, which takes a tenth of the room and a third of the time.
    "--require-hashes", "--no-deps", "--no-compile",
)  # fmt: skip
PINNED = re.compile(r"^[\w.-]+==", re.M)
FETCHED = re.compile(r"Collecting ([\w.-]+)|Processing (?:\S*/)?([\w.]+)-")
ADVICE = "\nCheck the network connection, then run the same command again."
SHOWN_LINES = 25  # of pip's, where it fails


class Progress:
    """Line at the bottom of a terminal that says what is at work, and for how long."""

    def __init__(self) -> None:
        self._step, self._began = "", time.monotonic()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        if sys.stdout.isatty():
            self._ticker.start()

    def tell(self, step: str) -> None:
        """Set what is at work."""
        self._step = step
        self._show()

    def say(self, line: str) -> None:
        """Print a line that stays."""
        with self._lock:
            print(f"{self._wipe}{line}", flush=True)

    def end(self) -> None:
        """Take the line away."""
        self._ended.set()
        with self._lock:
            print(self._wipe, end="", flush=True)

    @property
    def seconds(self) -> int:
        """Seconds since the beginning."""
        return round(time.monotonic() - self._began)

    @property
    def _wipe(self) -> str:
        return "\r\033[K" if sys.stdout.isatty() else ""

    def _show(self) -> None:
        with self._lock:
            if sys.stdout.isatty() and not self._ended.is_set():
                print(f"{self._wipe}  {self._step} ({self.seconds} s)", end="", flush=True)

    def _tick(self) -> None:
        while not self._ended.wait(1):
            self._show()


def install(folder: Path, locks: list[str], progress: Progress) -> bool:
    """Make the environment and install the lock files; false, and why, when that fails."""
    progress.tell("Creating the environment")
    if not _run([sys.executable, "-m", "venv", str(folder)], progress, lambda _line: None):
        return False
    total, done = sum(len(PINNED.findall(Path(lock).read_text())) for lock in locks), 0

    def follow(line: str) -> None:
        nonlocal total, done
        if line.startswith("Ignoring "):  # not for this machine
            total -= 1
        elif fetched := FETCHED.match(line):
            done += 1
            progress.tell(f"Downloading {done} of {total}: {fetched[1] or fetched[2]}")
        elif line.startswith("Installing "):
            progress.tell(f"Unpacking {done} packages")
        elif "Retrying" in line:
            progress.say("The package index does not answer; trying again.")

    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    files = [part for lock in locks for part in ("-r", lock)]
    return _run([str(python), *PIP, *files], progress, follow, ADVICE)


def _run(
    command: list[str], progress: Progress, follow: Callable[[str], None], advice: str = ""
) -> bool:
    last: deque[str] = deque(maxlen=SHOWN_LINES)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            last.append(line)
            follow(line.strip())
    if process.returncode:
        progress.end()
        print("".join(last).rstrip() + advice, file=sys.stderr)
    return not process.returncode


def main(folder: str, *locks: str) -> int:
    """Install the lock files into the folder of an environment; 1 when that fails."""
    if sys.version_info < OLDEST:
        wanted, found = (".".join(map(str, version[:2])) for version in (OLDEST, sys.version_info))
        print(f"VoiceVerse needs Python {wanted} or later; this is {found}.", file=sys.stderr)
        print(f"If you have a later one: make run PYTHON=python{wanted}", file=sys.stderr)
        return 1
    print(f"Installing VoiceVerse into {folder}: a minute or two the first time.", flush=True)
    progress = Progress()
    try:
        if not install(Path(folder), list(locks), progress):
            return 1
    except KeyboardInterrupt:
        progress.end()
        return 130
    progress.end()
    print(f"Installed in {progress.seconds} s.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
