"""Cheap clients in processes of their own: raw sockets, requests that were built beforehand."""

import multiprocessing
import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import BrokenBarrierError
from typing import Any
from urllib.parse import urlencode

from tools.benchmarks.browser import Address
from tools.benchmarks.report import percentile

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
CLOSE = re.compile(rb"\r\nconnection: close\r\n", re.IGNORECASE)
FORKING = multiprocessing.get_context("fork")
WARM_UP = 20
BODILESS = (b"204", b"304")


@dataclass(frozen=True, slots=True)
class Load:
    """What clients saw: requests per second, and the time of single requests in ms."""

    count: int  # with those of the warm-up
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    body_bytes: int


def request(
    path: str, cookie: str = "", *, method: str = "GET", body: bytes = b"", **headers: str
) -> bytes:
    """A request on a connection that stays open; `If_None_Match` is sent as If-None-Match."""
    named = {"Host": "localhost", "Accept": "text/html"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Cookie": cookie} if cookie else {}
    named |= {"Content-Length": f"{len(body)}"} if body else {}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def form(path: str, cookie: str, **fields: object) -> bytes:
    """A POST of fields, as scripts send them."""
    kind = "application/x-www-form-urlencoded"
    body = urlencode(fields).encode()
    return request(
        path, cookie, method="POST", body=body, Content_Type=kind, Accept="application/json"
    )


def drive(
    address: Address,
    requests: Sequence[bytes],
    *,
    clients: int = 1,
    seconds: float = 4.0,
    pause_s: float = 0.0,
) -> Load:
    """Send the requests in turn from `clients` processes, one connection each, for a while."""
    order = [(*requests[i:], *requests[:i]) for i in range(len(requests))]
    of_clients = [order[i % len(order)] for i in range(clients)]
    return drive_each(address, of_clients, seconds=seconds, pause_s=pause_s)


def drive_each(
    address: Address,
    of_clients: Sequence[Sequence[bytes]],
    *,
    seconds: float = 4.0,
    pause_s: float = 0.0,
) -> Load:
    """Send requests from a process for each client, which has its own; raises RuntimeError."""
    start = FORKING.Barrier(len(of_clients))
    answers = side_by_side(
        [(_client, address, requests, seconds, pause_s, start) for requests in of_clients]
    )
    times = [taken for answer in answers for taken in answer[0]]
    return Load(
        count=len(times) + WARM_UP * len(of_clients),
        per_second=sum(len(answer[0]) / answer[1] for answer in answers),
        p50_ms=1000 * percentile(times, 0.5),
        p95_ms=1000 * percentile(times, 0.95),
        p99_ms=1000 * percentile(times, 0.99),
        body_bytes=answers[0][2],
    )


def side_by_side(calls: Sequence[tuple]) -> list[Any]:
    """Run each (function, *arguments) in a process of its own; what they return, in order.

    Raises RuntimeError when one of them failed, once all have ended.
    """
    running = []
    for function, *arguments in calls:
        receiving, sending = FORKING.Pipe(duplex=False)
        process = FORKING.Process(target=_answer, args=(sending, function, arguments))
        process.start()
        sending.close()
        running.append((process, receiving))
    answers = [receiving.recv() for _, receiving in running]
    for process, _ in running:
        process.join()
    if failed := [reason for _, reason in answers if reason]:
        raise RuntimeError(f"a client stopped: {failed[0]}")
    return [answer for answer, _ in answers]


def _answer(sending, function, arguments) -> None:
    try:
        sending.send((function(*arguments), ""))
    except BrokenBarrierError:  # another client tells why
        sending.send((None, ""))
    except (OSError, RuntimeError, ValueError) as error:
        sending.send((None, repr(error)))


def _client(address, requests, seconds, pause_s, start) -> tuple[list[float], float, int]:
    try:
        return _measure(address, requests, seconds, pause_s, start)
    except (OSError, ValueError):
        start.abort()
        raise


def _measure(address, requests, seconds, pause_s, start) -> tuple[list[float], float, int]:
    client = Client(address)
    for number in range(WARM_UP):
        client.exchange(requests[number % len(requests)])
    start.wait(30)
    times, size, number = [], 0, 0
    begun = time.perf_counter()
    now, end = begun, begun + seconds
    while now < end:
        size = client.exchange(requests[number % len(requests)])
        number += 1
        after = time.perf_counter()
        times.append(after - now)
        if pause_s:
            time.sleep(pause_s)
            after = time.perf_counter()
        now = after
    return times, now - begun, size


class Client:
    """One connection that is kept open for as long as the server does, then made anew."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._buffer = bytearray(1 << 20)
        self._socket: socket.socket | None = None

    def exchange(self, sent: bytes) -> int:
        """One request and its whole answer; the size of the body. Raises ValueError if refused."""
        connection = self._connected()
        connection.sendall(sent)
        have, head = 0, -1
        while head < 0:
            have += _receive(connection, memoryview(self._buffer)[have:])
            head = self._buffer.find(b"\r\n\r\n", 0, have)
        size = body_bytes(self._buffer, head)
        if size is None or is_refusal(self._buffer):
            raise ValueError(bytes(self._buffer[: min(have, 300)]))
        missing = head + 4 + size - have
        while missing:
            missing -= _receive(connection, memoryview(self._buffer)[:missing])
        if CLOSE.search(self._buffer, 0, head + 2):
            self.close()
        return size

    def close(self) -> None:
        """Hang up; the next request connects anew."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket


def is_refusal(answer: bytearray) -> bool:
    """Whether the status of an answer is neither 2xx nor 304."""
    return answer[9:10] != b"2" and answer[9:12] != b"304"


def body_bytes(answer: bytearray, head: int) -> int | None:
    """How long the body of an answer is whose head ends there; None when it does not tell."""
    if answer[9:12] in BODILESS:
        return 0
    length = LENGTH.search(answer, 0, head)
    return int(length.group(1)) if length else None


def _receive(connection: socket.socket, into: memoryview) -> int:
    received = connection.recv_into(into)
    if not received:
        raise ValueError("the server hung up")
    return received
