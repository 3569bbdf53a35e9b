"""Cheap clients in processes of their own: raw sockets, requests that were built beforehand."""

import multiprocessing
import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.benchmarks.browser import Address
from tools.benchmarks.report import percentile

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
FORKING = multiprocessing.get_context("fork")
WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Load:
    """What clients saw: requests per second, and the time of single requests in ms."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    body_bytes: int


def request(path: str, cookie: str = "", **headers: str) -> bytes:
    """A GET on a connection that stays open."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept: text/html"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def drive(
    address: Address,
    requests: Sequence[bytes],
    *,
    clients: int = 1,
    seconds: float = 4.0,
    pause_s: float = 0.0,
) -> Load:
    """Send the requests in turn from `clients` processes, one connection each, for a while."""
    start = FORKING.Barrier(clients)
    order = [tuple(requests[i:]) + tuple(requests[:i]) for i in range(len(requests))]
    answers = side_by_side(
        [(_client, address, order[i % len(order)], seconds, pause_s, start) for i in range(clients)]
    )
    failed = [answer for answer in answers if isinstance(answer, str)]
    if failed:
        raise RuntimeError(failed[0])
    times = [taken for answer in answers for taken in answer[0]]
    return Load(
        per_second=sum(len(answer[0]) / answer[1] for answer in answers),
        p50_ms=1000 * percentile(times, 0.5),
        p95_ms=1000 * percentile(times, 0.95),
        p99_ms=1000 * percentile(times, 0.99),
        body_bytes=answers[0][2],
    )


def side_by_side(calls: Sequence[tuple]) -> list[Any]:
    """Run each (function, *arguments) in a process of its own; what they return, in order."""
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
    return answers


def _answer(sending, function, arguments) -> None:
    sending.send(function(*arguments))


def _client(address, requests, seconds, pause_s, start) -> tuple[list[float], float, int] | str:
    try:
        return _measure(address, requests, seconds, pause_s, start)
    except (OSError, ValueError) as error:
        start.abort()
        return f"a client stopped: {error!r}"


def _measure(address, requests, seconds, pause_s, start) -> tuple[list[float], float, int]:
    connection = socket.create_connection(address, timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = bytearray(1 << 20)
    for number in range(WARM_UP):
        exchange(connection, requests[number % len(requests)], buffer)
    start.wait(30)
    times, size, number = [], 0, 0
    begun = time.perf_counter()
    now, end = begun, begun + seconds
    while now < end:
        size = exchange(connection, requests[number % len(requests)], buffer)
        number += 1
        after = time.perf_counter()
        times.append(after - now)
        if pause_s:
            time.sleep(pause_s)
            after = time.perf_counter()
        now = after
    return times, now - begun, size


def exchange(connection: socket.socket, sent: bytes, buffer: bytearray) -> int:
    """One request and its whole answer; the size of the body. Raises ValueError."""
    connection.sendall(sent)
    have, head = 0, -1
    while head < 0:
        received = connection.recv_into(memoryview(buffer)[have:])
        if not received:
            raise ValueError("the server hung up")
        have += received
        head = buffer.find(b"\r\n\r\n", 0, have)
    length = LENGTH.search(buffer, 0, head)
    if buffer[9:11] != b"20" or length is None:
        raise ValueError(bytes(buffer[: min(have, 300)]))
    size = int(length.group(1))
    missing = head + 4 + size - have
    while missing:
        received = connection.recv_into(buffer, min(missing, len(buffer)))
        if not received:
            raise ValueError("the server hung up")
        missing -= received
    return size
