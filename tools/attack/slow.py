"""A crowd of slow clients and live listeners, and somebody who wants the studio's page."""

import contextlib
import selectors
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from tools.attack.tally import Tally
from tools.benchmarks import load
from tools.benchmarks.browser import Address
from tools.benchmarks.crowd import LISTENERS_EACH, PEOPLE
from tools.benchmarks.program import Program, prepared
from tools.benchmarks.texts import text

SLOW = 200  # clients: half of them read, the others send heads and bodies
WARM_UP_S = 2.0
MOST_P95_MS = 100.0
STEP_S = 0.5
STILL_S = 60.0  # how long at most a listener who heard nothing yet goes on
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"
UNFINISHED, UNFINISHED_BYTES = 6, 41_000_000


def run(
    folder: Path, seconds: float = 300.0, clients: int = SLOW, names: Sequence[str] = PEOPLE
) -> Tally:
    """Slow clients and live listeners, three for each name, for so long; p95 of the studio's page.

    By default they are 200 and 24. Before them come large bodies of somebody who has logged out.
    """
    tally = Tally()
    with prepared(folder, names):
        pass
    with Program(folder) as program:
        people = [program.browser(name) for name in names]
        refused = _leave_unfinished(program.address, _ended_session(program, names[0]))
        tally.expect(refused == UNFINISHED, f"{refused} of {UNFINISHED} large bodies were refused")
        whole = people[0].generate(text(20_000))
        people[0].wait_until_ready(whole["filename"])
        rows = [person.generate(text(1_000_000, seed)) for seed, person in enumerate(people)]
        listening = [
            load.request(row["audio_url"], person.cookie)
            for person, row in zip(people, rows, strict=True)
            for _ in range(LISTENERS_EACH)
        ]
        slow = load.request(whole["audio_url"], people[0].cookie)
        page = [load.request("/", people[0].cookie)]
        heard, dawdled, studio = load.side_by_side(
            [
                (_listen, program.address, listening, seconds + 2 * WARM_UP_S),
                (_dawdle, program.address, slow, seconds + 2 * WARM_UP_S, clients),
                (_studio, program.address, page, seconds),
            ]
        )
        for person in people:
            person.close()
    tally.cases = clients
    tally.measured_ms = studio.p95_ms
    tally.expect(heard == len(listening), f"{heard} of {len(listening)} heard something to the end")
    tally.notes.append(
        f"studio p50 {studio.p50_ms:.1f}, p95 {studio.p95_ms:.1f}, p99 {studio.p99_ms:.1f} ms over "
        f"{seconds:.0f} s; {dawdled} slow connections were closed and made anew"
    )
    return tally


def _ended_session(program: Program, name: str) -> str:
    """The cookie of a session that its person has ended; we signed it all the same."""
    browser = program.browser(name)
    cookie = browser.cookie
    browser.post("/logout", {}, expect=303)
    browser.close()
    return cookie


def _leave_unfinished(address: Address, cookie: str) -> int:
    """Send most of some large bodies; how many of them were refused as nobody's."""
    head = (
        f"POST /documents HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        f"Content-Length: {UNFINISHED_BYTES}\r\n\r\n"
    ).encode()
    refused = 0
    for _ in range(UNFINISHED):
        with socket.create_connection(address, timeout=STILL_S) as connection:
            with contextlib.suppress(OSError):  # hung up on half way
                connection.sendall(head + bytes(UNFINISHED_BYTES - 1))
            with contextlib.suppress(OSError):
                refused += connection.recv(100).startswith(b"HTTP/1.1 401")
    return refused


def _studio(address: Address, page: list[bytes], seconds: float) -> load.Load:
    time.sleep(WARM_UP_S)
    return load.drive(address, page, seconds=seconds, pause_s=0.01)


def _listen(address: Address, requests: Sequence[bytes], seconds: float) -> int:
    """Take what comes on every connection; how many got sound, whole or to the end."""
    got: set[int] = set()
    latest = time.monotonic() + seconds + STILL_S
    with selectors.DefaultSelector() as selector:
        for number, request in enumerate(requests):
            connection = socket.create_connection(address)
            connection.sendall(request)
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, number)
        end = time.monotonic() + seconds
        while selector.get_map() and time.monotonic() < (
            end if len(got) == len(requests) else latest
        ):
            for key, _ in selector.select(0.05):
                piece = key.fileobj.recv(1 << 18)
                if len(piece) > 1000:
                    got.add(key.data)
                if not piece:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
        for key in list(selector.get_map().values()):
            key.fileobj.close()
    return len(got)


def _dawdle(address: Address, sound: bytes, seconds: float, clients: int) -> int:
    """Read, and send heads and bodies, far too slowly; how many had to be connected again."""
    kinds = ((sound, b""), (HEAD, b"X-Slow: 1\r\n"), (sound, b""), (BODY, b"x"))
    slow = [_Slow(address, *kinds[number % len(kinds)]) for number in range(clients)]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for client in slow:
            client.step()
        time.sleep(STEP_S)
    for client in slow:
        client.connection.close()
    return sum(client.times - 1 for client in slow)


class _Slow:
    """A connection that says or takes a little now and then, and comes back when it is closed."""

    def __init__(self, address: Address, start: bytes, drop: bytes) -> None:
        self._address, self._start, self._drop = address, start, drop
        self.times = 0
        self._connect()

    def step(self) -> None:
        """A few bytes in or out."""
        try:
            if self._drop:
                self.connection.send(self._drop)
            if self.connection.recv(1024) == b"":
                self._again()
        except BlockingIOError:
            return
        except OSError:
            self._again()

    def _again(self) -> None:
        self.connection.close()
        self._connect()

    def _connect(self) -> None:
        self.times += 1
        self.connection = socket.socket()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.connection.connect(self._address)
        self.connection.sendall(self._start)
        self.connection.setblocking(False)
