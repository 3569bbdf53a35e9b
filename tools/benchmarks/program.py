"""The program under test: a data folder with people in it, and its processes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from app import create_app
from config import Config
from database import Database
from tests.support.making import with_embedded
from tools.benchmarks.browser import PASSWORD, Address, Browser

ROOT = Path(__file__).resolve().parent.parent.parent
START_S = 60.0
STOP_S = 15.0
# Set though empty, so that a developer's own .env does not reach what is measured.
NEUTRAL = {
    "OPENAI_API_KEY": "",
    "OPENAI_BASE_URL": "",
    "VOICEVERSE_OPENAI_API_KEY": "",
    "VOICEVERSE_OPENAI_BASE_URL": "",
    "VOICEVERSE_DEFAULT_VOICE": "",
    "VOICEVERSE_HOST": "127.0.0.1",
    "VOICEVERSE_PORT": "0",
    "VOICEVERSE_LOG_LEVEL": "WARNING",
    "VOICEVERSE_REQUESTS_PER_MINUTE": "0",
    "VOICEVERSE_CHANGES_PER_MINUTE": "0",
    "VOICEVERSE_STRANGERS_PER_MINUTE": "0",
}


@contextmanager
def prepared(folder: Path, people: Sequence[str]) -> Iterator[tuple[Database, list[dict]]]:
    """A new data folder with accounts in it; its database and their rows, to add more."""
    services = create_app(Config(data_dir=folder)).extensions["voiceverse"]
    try:
        rows = [services.accounts.add_user(name, PASSWORD) for name in people]
        yield services.db, rows
    finally:
        services.db.close()


class Program:
    """A server and all its children, started with settings of its own, stopped on leaving.

    It speaks with the embedded voice, unless `default_voice` is empty: then as people get it.
    """

    def __init__(
        self,
        folder: Path,
        command: Sequence[str] = (sys.executable, "app.py"),
        address: Address | None = None,
        first_path: str = "/login",
        **settings: object,
    ) -> None:
        self.folder, self.command, self._known_address = folder, command, address
        self._first_path = first_path
        named = {f"VOICEVERSE_{name.upper()}": str(value) for name, value in settings.items()}
        self.settings = with_embedded(named, "VOICEVERSE_DEFAULT_VOICE")

    def __enter__(self) -> "Program":
        self.started_at = time.perf_counter()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**NEUTRAL, **self.settings, "VOICEVERSE_DATA_DIR": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if self._known_address is None else subprocess.DEVNULL,
            text=True,
        )
        try:
            self.address = self._known_address or self._read_address()
            self._wait_for_answer()
        except BaseException:
            self.__exit__()
            raise
        self.first_answer_s = time.perf_counter() - self.started_at
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> float:
        """Ask it to end, and end it after STOP_S; returns the seconds that it took."""
        asked_at = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            for pid in family(self.process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        return time.monotonic() - asked_at

    def browser(self, name: str) -> Browser:
        """A client that is signed in."""
        return Browser(self.address).sign_in(name)

    def memory_mb(self) -> tuple[float, float, int]:
        """Proportional and resident memory of all processes, MB, and how many there are."""
        seen = [kb for pid in family(self.process.pid) if (kb := _memory_kb(pid))]
        pss, rss = zip(*seen, strict=True)
        return sum(pss) / 1024, sum(rss) / 1024, len(seen)

    def cpu_s(self, *, with_worker: bool = False) -> float:
        """Processor time of the server's own processes, and of its worker if that is wanted, s."""
        pids = [pid for pid in family(self.process.pid) if with_worker or not _is_worker(pid)]
        return sum(_cpu_ticks(pid) for pid in pids) / os.sysconf("SC_CLK_TCK")

    def _read_address(self) -> Address:
        for line in self.process.stdout:
            _, found, address = line.strip().partition(" is at http://")
            if found:
                host, _, port = address.rpartition(":")
                return Address(host, int(port))
        raise RuntimeError(f"{self.command} ended with code {self.process.wait()}")

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + START_S
        while True:
            browser = Browser(self.address, timeout_s=5)
            try:
                browser.get(self._first_path)
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            finally:
                browser.close()


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):  # threads end meanwhile
                found += [int(child) for child in children.read_text().split()]
    return found


def free_address() -> Address:
    """An address that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address(*probe.getsockname())


def fresh(folder: Path) -> Path:
    """The same path with nothing there."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _is_worker(pid: int) -> bool:
    command = _read(pid, "cmdline")
    return "server.worker" in command or "espeak_process" in command


def _cpu_ticks(pid: int) -> int:
    """What a process has used, and those that it started and that have ended."""
    return sum(map(int, _read(pid, "stat").rpartition(")")[2].split()[11:15]))


def _memory_kb(pid: int) -> tuple[int, int] | None:
    fields = {}
    for line in _read(pid, "smaps_rollup").splitlines()[1:]:
        name, value, *_ = line.split()
        fields[name] = int(value)
    return (fields["Pss:"], fields["Rss:"]) if fields else None


def _read(pid: int, name: str) -> str:
    """What the system tells of a process; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
