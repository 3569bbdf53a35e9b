"""Fetching of a web page or a file from a public address, and from no other."""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

from documents.errors import (
    Broken,
    FetchAnswered,
    FetchFailed,
    FetchRefused,
    FetchTookTooLong,
    TooLarge,
    TooManyRedirects,
)

PIECE = 64 * 1024
LONGEST_URL = 4000
REDIRECTS = (301, 302, 303, 307, 308)
HEADERS = {
    "User-Agent": "VoiceVerse",
    "Accept": "text/html,application/xhtml+xml,application/pdf,application/epub+zip,*/*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/vtt": ".vtt",
    "application/pdf": ".pdf",
    "application/epub+zip": ".epub",
}
CONTROL = re.compile(r"[\x00-\x20\x7f]")

MOMENT = 0.01  # seconds; a time-out of 0 would mean none
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
T = TypeVar("T")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet at large, not to this machine or network."""
    if isinstance(address, ipaddress.IPv6Address):
        # Such addresses lead to an IPv4 address that they hold.
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None and not is_public(inner):
            return False
        if address in NAT64 and not is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)):
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Limits of one fetch; sizes in MB of 1,000,000 bytes, times in seconds."""

    file_mb: int = 50
    total_s: float = 30.0
    connect_s: float = 8.0
    redirects: int = 5
    ports: frozenset[int] = frozenset((80, 443))


@dataclass(frozen=True, slots=True)
class Fetched:
    """Response of a fetch: `content_type` as the server wrote it, `url` after all redirects."""

    content_type: str
    url: str
    filename: str
    size: int


LIMITS = FetchLimits()


def fetch(
    url: str,
    into: Path,
    *,
    limits: FetchLimits = LIMITS,
    is_allowed: Callable[[Address], bool] = is_public,
) -> Fetched:
    """Write what an address answers into the file `into`, which must not exist yet.

    Every redirect is held to the same rules. `is_allowed` decides on the very address that is
    connected to. Raises DocumentError; `into` is gone then.
    """
    deadline = time.monotonic() + limits.total_s
    try:
        for _ in range(limits.redirects + 1):
            target = _checked(url, limits)
            with _Visit(target, limits, deadline, is_allowed) as visit:
                if visit.redirect:
                    url = urljoin(url, visit.redirect)
                    continue
                with into.open("xb") as file:
                    size = visit.save(file)
                return Fetched(visit.content_type, url, visit.filename, size)
    except BaseException:
        into.unlink(missing_ok=True)
        raise
    raise TooManyRedirects(host=target.hostname or "")


def _checked(url: str, limits: FetchLimits) -> SplitResult:
    """The parts of an address that may be fetched; raises FetchRefused."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise FetchRefused from error
    is_named = parts.username is not None or parts.password is not None
    if parts.scheme not in ("http", "https") or not host or is_named:
        raise FetchRefused
    if port not in limits.ports or len(url) > LONGEST_URL:
        raise FetchRefused
    netloc = f"[{host}]" if ":" in host else host
    if parts.port:
        netloc = f"{netloc}:{port}"
    return SplitResult(parts.scheme, netloc, _quoted(parts.path) or "/", _quoted(parts.query), "")


def _quoted(text: str) -> str:
    """The text with what may not stand in a request line written as %XX."""
    return "".join(
        sign
        if "!" <= sign <= "~"
        else "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "replace"))
        for sign in text
    )


class _Visit:
    """One request to one address."""

    def __init__(
        self,
        target: SplitResult,
        limits: FetchLimits,
        deadline: float,
        is_allowed: Callable[[Address], bool],
    ) -> None:
        self._target = target
        self._limits = limits
        self._deadline = deadline
        self._is_allowed = is_allowed
        self._host = target.hostname or ""
        self._port = target.port or (443 if target.scheme == "https" else 80)
        self._is_late = threading.Event()

    def __enter__(self) -> "_Visit":
        self._socket = self._connect()
        self._answer = http.client.HTTPResponse(self._socket, method="GET")
        # A server that sends a byte now and then keeps every single read within its time.
        self._watchdog = threading.Timer(self._left(), self._give_up)
        self._watchdog.start()
        try:
            self._ask()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._watchdog.cancel()
        self._answer.close()
        self._socket.close()

    def save(self, file: BinaryIO) -> int:
        """Write the body, unpacked where the server packed it; how many bytes it has."""
        most = self._limits.file_mb * 1_000_000
        is_packed = self._answer.headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip")
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if is_packed else None
        written = 0
        while piece := self._guarded(lambda: self._answer.read1(PIECE)):
            while piece:
                clear = _unpacked(unpacker, piece) if unpacker else piece
                written += len(clear)
                if written > most:
                    raise TooLarge(megabytes=self._limits.file_mb)
                file.write(clear)
                piece = unpacker.unconsumed_tail if unpacker else b""
        if self._is_late.is_set():
            raise self._too_late()
        # A connection that ends early looks like the end of the page.
        if self._answer.length or (unpacker and not unpacker.eof):
            raise FetchFailed(host=self._host)
        return written

    def _ask(self) -> None:
        path = urlunsplit(("", "", self._target.path, self._target.query, ""))
        lines = [f"GET {path} HTTP/1.1", f"Host: {self._target.netloc}"]
        lines += [f"{name}: {value}" for name, value in HEADERS.items()]
        request = "\r\n".join((*lines, "", "")).encode("ascii")
        self._guarded(lambda: self._socket.sendall(request))
        self._guarded(self._answer.begin)
        headers = self._answer.headers
        self.redirect = ""
        if self._answer.status in REDIRECTS:
            self.redirect = headers.get("Location", "")
        if not self.redirect and self._answer.status != 200:
            raise FetchAnswered(host=self._host, code=self._answer.status)
        length = headers.get("Content-Length", "")
        if length.isdecimal() and int(length[:15]) > self._limits.file_mb * 1_000_000:
            raise TooLarge(megabytes=self._limits.file_mb)
        self.content_type = headers.get("Content-Type", "")
        self.filename = _filename(headers, self._target)

    def _guarded(self, call: Callable[[], T]) -> T:
        """The result of something that reads or writes; its failures as sentences."""
        try:
            return call()
        except TimeoutError as error:
            raise self._too_late() from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if self._is_late.is_set():
                raise self._too_late() from error
            raise FetchFailed(host=self._host) from error

    def _connect(self) -> socket.socket:
        """A connection to an address of the host that is allowed: that one, not a later look-up."""
        refused = False
        for address, family in self._resolved():
            if not self._is_allowed(address):
                refused = True
                continue
            made = socket.socket(family, socket.SOCK_STREAM)
            try:
                made.settimeout(min(self._limits.connect_s, self._left()))
                made.connect((str(address), self._port))
                if self._target.scheme == "https":
                    made = _tls().wrap_socket(made, server_hostname=self._host)
                return made
            except OSError:
                made.close()
        if refused:
            raise FetchRefused
        if self._left() <= MOMENT:
            raise self._too_late()
        raise FetchFailed(host=self._host)

    def _resolved(self) -> list[tuple[Address, socket.AddressFamily]]:
        """The addresses of the host; asked in a thread, as nothing else bounds the time."""
        found: list[tuple[Any, ...]] = []

        def ask() -> None:
            try:
                found.extend(socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError):
                return

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(min(self._limits.connect_s, self._left()))
        if not found:
            raise FetchFailed(host=self._host)
        pairs = ((ipaddress.ip_address(row[4][0].partition("%")[0]), row[0]) for row in found)
        return list(dict.fromkeys(pairs))

    def _left(self) -> float:
        return max(MOMENT, self._deadline - time.monotonic())

    def _give_up(self) -> None:
        self._is_late.set()
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _too_late(self) -> FetchTookTooLong:
        return FetchTookTooLong(host=self._host, seconds=round(self._limits.total_s))


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _unpacked(unpacker: "zlib._Decompress", piece: bytes) -> bytes:
    try:
        return unpacker.decompress(piece, PIECE)
    except zlib.error as error:
        raise Broken from error


def _filename(headers: Message, target: SplitResult) -> str:
    """Name of the file: as the server says, else by the end of its address."""
    given = headers.get_filename() or ""
    name = given.replace("\\", "/").rpartition("/")[2]
    if not name:
        name = unquote(target.path.rstrip("/").rpartition("/")[2]) or target.hostname or ""
        suffix = SUFFIXES.get(headers.get_content_type(), "")
        if suffix and not name.lower().endswith(suffix):
            name += suffix
    return CONTROL.sub(" ", name)[:200]
