"""A full house: people who listen live, clients on slow lines, and somebody who wants a page."""

import selectors
import socket
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tools.benchmarks import load
from tools.benchmarks.browser import Address, Browser
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table
from tools.benchmarks.texts import text

PEOPLE = [f"person{number}" for number in range(8)]
LISTENERS_EACH = 3
SLOW_READERS, SLOW_SENDERS = 150, 50
TEXT = 400_000
WARNING_S = 2.0
SECONDS = 10.0


class Seen(NamedTuple):
    """The studio page before and during the crowd, and how many of it were there to the end."""

    idle: load.Load
    busy: load.Load
    listeners: int
    listened_mb: float
    slow: int


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """The studio page among 24 live listeners and 200 slow clients."""
    folder = fresh(scratch / "crowd")
    with prepared(folder, PEOPLE):
        pass
    with Program(folder) as program:
        seen = measure(program)
    rows = [
        (name, f"{one.p50_ms:.1f}", f"{one.p95_ms:.1f}", f"{one.p99_ms:.1f}")
        for name, one in (("idle", seen.idle), (describe(seen), seen.busy))
    ]
    table("Studio page in a crowd", ("", "p50 ms", "p95 ms", "p99 ms"), rows)
    report.at_most("studio page p95 in a crowd", seen.busy.p95_ms, 100, "ms")


def describe(seen: Seen) -> str:
    return (
        f"{seen.listeners} listeners ({seen.listened_mb:.0f} MB heard) and {seen.slow} slow clients"
    )


def measure(program: Program) -> Seen:
    """Eight people generate, three devices each listen, 200 slow clients hang on."""
    people = [program.browser(name) for name in PEOPLE]
    whole = people[0].generate(text(20_000))
    people[0].wait_until_ready(whole["filename"])
    page = [load.request("/", people[0].cookie)]
    idle = load.drive(program.address, page, seconds=3, pause_s=0.01)
    _hang_up(people)
    rows = [person.generate(text(TEXT, seed)) for seed, person in enumerate(people)]
    listening = [
        load.request(row["audio_url"], person.cookie)
        for person, row in zip(people, rows, strict=True)
        for _ in range(LISTENERS_EACH)
    ]
    slow = load.request(whole["audio_url"], people[0].cookie)
    crowd_s = SECONDS + 2 * WARNING_S
    listened, left, busy = load.side_by_side(
        [
            (_listen, program.address, listening, crowd_s),
            (_dawdle, program.address, slow, crowd_s),
            (_studio, program.address, page),
        ]
    )
    _hang_up(people)
    for person, row in zip(people, rows, strict=True):
        person.post(f"/files/{row['filename']}/cancel", {}, expect=303)
    return Seen(idle, busy, *listened, left)


def _hang_up(people: Sequence[Browser]) -> None:
    """Let them connect anew: some servers hang up on who says nothing for seconds."""
    for person in people:
        person.close()


def _studio(address: Address, page: list[bytes]) -> load.Load:
    time.sleep(WARNING_S)
    return load.drive(address, page, seconds=SECONDS, pause_s=0.01)


def _listen(address: Address, requests: Sequence[bytes], seconds: float) -> tuple[int, float]:
    """Take what comes on every connection; how many still get sound at the end, and MB in all."""
    total, late = 0, set()
    with _connected(address, requests) as selector:
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            for key, _ in selector.select(0.05):
                piece = key.fileobj.recv(1 << 18)
                total += len(piece)
                if not piece:
                    selector.unregister(key.fileobj)
                elif now > end - 2 * WARNING_S:
                    late.add(key.fd)
    return len(late), total / 1_000_000


def _dawdle(address: Address, request: bytes, seconds: float) -> int:
    """Read a whole file, or send a request, far too slowly; how many the server still holds."""
    senders = [b"GET / HTTP/1.1\r\n"] * SLOW_SENDERS
    with _connected(address, [request] * SLOW_READERS + senders, receive_bytes=4096) as selector:
        sockets = [key.fileobj for key in list(selector.get_map().values())]
        lost: set[socket.socket] = set()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for number, connection in enumerate(sockets):
                try:
                    if number >= SLOW_READERS:
                        connection.send(b"X-Slow: 1\r\n")
                    elif not connection.recv(1024):
                        lost.add(connection)
                except BlockingIOError:
                    continue
                except OSError:
                    lost.add(connection)
            time.sleep(0.5)
    return len(sockets) - len(lost)


@contextmanager
def _connected(address: Address, requests: Sequence[bytes], receive_bytes: int | None = None):
    """A selector over connections on which the requests were sent."""
    with selectors.DefaultSelector() as selector:
        sockets = []
        for request in requests:
            connection = socket.socket()
            if receive_bytes:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
            connection.connect(address)
            connection.sendall(request)
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ)
            sockets.append(connection)
        try:
            yield selector
        finally:
            for connection in sockets:
                connection.close()
