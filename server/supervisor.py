"""The supervisor: starts the worker and the web processes, starts what dies anew, ends them all.

It serves nobody itself and has one thread, so that it may fork at any time.
"""

import contextlib
import logging
import math
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from common.pipes import stdin_of
from common.program_start import ROOT
from config import program_command
from server.hints import RESTART

SHORT_LIFE_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
STOP_WAIT_S = 9.0  # everything ends within ten seconds
PIPE_BYTES = 4096
CHECK = "import app; from config import Config; Config.load()"

log = logging.getLogger("voiceverse.supervisor")


class Process:
    """A process that is kept running; the methods say how it is started, seen and ended."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.due_at: float | None = 0.0  # when to start it, while it does not run
        self.pause_s = FIRST_PAUSE_S
        self.started_at = 0.0
        self.pid = 0

    def wait_from(self, now: float) -> None:
        """Put its start off, each time for twice as long."""
        self.due_at = now + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)

    def start(self) -> None:
        """Start it; raises OSError where the system gives no process."""
        raise NotImplementedError

    def poll(self) -> int | None:
        """Its exit code, negative for the signal that killed it; None while it runs."""
        raise NotImplementedError

    def ask_to_stop(self) -> None:
        """Ask it to end soon."""
        raise NotImplementedError

    def drain(self) -> None:
        """Ask it to end when what it has begun is done."""
        self.ask_to_stop()

    def kill(self) -> None:
        """End it at once."""
        raise NotImplementedError


class WorkerProcess(Process):
    """The process that speaks: its standard input takes hints, and it stops when that ends."""

    _process: "subprocess.Popen[bytes]"

    def start(self) -> None:
        # Ctrl+C in a terminal is for us alone, from its first instant on.
        with _signals_blocked(signal.SIGINT):
            self._process = subprocess.Popen(
                program_command("server.worker"), stdin=subprocess.PIPE, bufsize=0
            )
        self.pid = self._process.pid
        os.set_blocking(stdin_of(self._process).fileno(), False)

    def hint(self, hints: bytes) -> None:
        """Tell it that there is work; one that is just starting finds it anyway."""
        with contextlib.suppress(OSError, ValueError):
            stdin_of(self._process).write(hints)

    def poll(self) -> int | None:
        return self._process.poll()

    def ask_to_stop(self) -> None:
        with contextlib.suppress(OSError):
            stdin_of(self._process).close()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class ForkedProcess(Process):
    """A process forked from this one that serves, until it is told to stop or this one is gone."""

    def __init__(self, number: int, serve: Callable[[int], object], leave: Callable[[], object]):
        super().__init__(f"web process {number}")
        self.number, self._serve, self._leave = number, serve, leave

    def start(self) -> None:
        # It says itself what signals do there.
        with _signals_blocked(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.pid = os.fork()
            if not self.pid:
                self._run()

    def poll(self) -> int | None:
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def ask_to_stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def drain(self) -> None:
        """Let it end when what it has been asked is answered."""
        os.kill(self.pid, signal.SIGHUP)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def _run(self) -> None:
        """Serve in the new process, which ends here whatever happens."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._leave()
            self._serve(self.number)
            code = 0
        except Exception:  # told to the log; the supervisor starts another one
            log.exception("%s cannot go on", self.name)
        finally:
            logging.shutdown()
            os._exit(code)


class Supervisor:
    """Keeps a worker and `count` web processes running, from `run` until a signal ends it.

    `serve` is called with the number of each web process, from 1 on, in that process; `forget` in
    this one when it has ended.
    """

    def __init__(
        self, serve: Callable[[int], object], count: int, forget: Callable[[int], object]
    ) -> None:
        self._hinted, self._hints = _pipe()
        self._woken, self._signals = _pipe()
        # Whoever can read from here is alone: only this process holds the other end.
        self.parted, self._together = os.pipe()
        self._forget = forget
        self._is_stopping = self._is_reloading = False
        self.is_restarting = False
        self._worker = WorkerProcess("worker")
        web = [ForkedProcess(number, serve, self._leave) for number in range(1, count + 1)]
        self._processes: list[Process] = [self._worker, *web]

    def hint(self, hint: bytes) -> None:
        """Tell the worker something, from any process; see server.hints."""
        with contextlib.suppress(OSError):  # there are so many hints already
            os.write(self._hints, hint)

    def run(self) -> bool:
        """Keep the processes running until a signal; returns whether that asks for a reload.

        After SIGTERM or SIGINT all have ended, as after a hint to restart, which `is_restarting`
        tells; after SIGHUP they end by themselves when what they
        were asked is done, and are left to who comes after.
        """
        signal.set_wakeup_fd(self._signals, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup has it
            # A terminal that is closed ends what was started in it.
            signal.signal(signal.SIGHUP, self._stop if os.isatty(0) else self._reload)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        try:
            with selectors.DefaultSelector() as selector:
                for end in (self._hinted, self._woken):
                    selector.register(end, selectors.EVENT_READ)
                while not self._is_stopping:
                    self._look()
                    selector.select(self._until_due())
                    self._pass_hints()
                    if self._is_reloading and self._can_reload() and not self._is_stopping:
                        self._part()
                        return True
                self._end(selector)
                return False
        finally:
            for process in self._running():
                process.kill()

    def _stop(self, *_: object) -> None:
        self._is_stopping, self.is_restarting = True, False

    def _reload(self, *_: object) -> None:
        self._is_reloading = True

    def _can_reload(self) -> bool:
        """Whether the program, as it lies on the disk now, can be started with the settings now."""
        self._is_reloading = False
        command = [sys.executable, "-c", CHECK]
        checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if checked.returncode:
            log.error("it cannot be reloaded, and goes on as it was: %s", checked.stderr.strip())
        return not checked.returncode

    def _part(self) -> None:
        """Let the processes end by themselves, for the program that takes this one's place.

        That one is left alone with signals until it knows what to do with them.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
        os.set_inheritable(self._together, True)
        for process in self._running():
            process.due_at = math.inf
            process.drain()

    def _running(self) -> list[Process]:
        return [process for process in self._processes if process.due_at is None]

    def _look(self) -> None:
        """Note who has ended, and start who is due."""
        self._reap_strangers()
        for process in self._running():
            if (code := process.poll()) is not None:
                self._put_off(process, code)
                if isinstance(process, ForkedProcess):
                    self._forget(process.number)
        for process in self._processes:
            if process.due_at is not None and process.due_at <= time.monotonic():
                self._start(process)

    def _reap_strangers(self) -> None:
        """Let processes go that the program before this one had started."""
        if sys.platform == "darwin":  # Python cannot look there without taking what is not its own
            return
        mine = {process.pid for process in self._running()}
        with contextlib.suppress(ChildProcessError):  # there are none at all
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            while (ended := os.waitid(os.P_ALL, 0, flags)) and ended.si_pid not in mine:
                os.waitpid(ended.si_pid, 0)

    def _put_off(self, process: Process, code: int) -> None:
        now = time.monotonic()
        if now - process.started_at > SHORT_LIFE_S:
            process.pause_s = FIRST_PAUSE_S
        log.warning("the %s ended with code %s; starting another one", process.name, code)
        process.wait_from(now)

    def _start(self, process: Process) -> None:
        now = time.monotonic()
        try:
            process.start()
        except OSError as error:  # too little memory, or too many processes, at the moment
            log.error("no %s can be started now, which is tried again: %s", process.name, error)
            process.wait_from(now)
        else:
            process.started_at, process.due_at = now, None

    def _until_due(self) -> float | None:
        """Seconds until somebody is to be started; None when all are running."""
        due = [process.due_at for process in self._processes if process.due_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _pass_hints(self) -> None:
        """Take what woke this process, and give the worker its hints."""
        for end in (self._woken, self._hinted):
            with contextlib.suppress(BlockingIOError):
                hints = os.read(end, PIPE_BYTES)
                if end == self._hinted and RESTART in hints and not self._is_stopping:
                    self._is_stopping = self.is_restarting = True
                if end == self._hinted and self._worker.due_at is None:
                    self._worker.hint(hints)

    def _end(self, selector: selectors.BaseSelector) -> None:
        """Ask everybody to stop, and wait for them as long as there is time.

        Before a restart whoever asked for it is answered.
        """
        stop_by = time.monotonic() + STOP_WAIT_S
        for process in self._running():
            if self.is_restarting:
                process.drain()
            else:
                process.ask_to_stop()
        while (running := self._running()) and (left_s := stop_by - time.monotonic()) > 0:
            for process in running:
                if process.poll() is not None:
                    process.due_at = stop_by
            if self._running():
                selector.select(left_s)
                self._pass_hints()

    def _leave(self) -> None:
        """Close in a web process what only this one is to hold."""
        os.close(self._together)
        if self._worker.due_at is None:
            self._worker.ask_to_stop()


@contextlib.contextmanager
def _signals_blocked(*numbers: int) -> Iterator[None]:
    """Hold signals back; a process that is started meanwhile holds them back, too."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _pipe() -> tuple[int, int]:
    """The ends to read from and to write to, of a pipe at which nobody waits."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends
