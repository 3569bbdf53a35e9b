"""Download of a file from a voice server: resumed where it broke off, checked, within limits."""

import errno
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from common.errors import Message
from speech.errors import SpeechError

if TYPE_CHECKING:  # it takes long to load
    import httpx2

TRIES = 4
RETRIED = frozenset((408, 429, 500, 502, 503, 504))


class VoiceError(SpeechError):
    """A failure to install a voice; `message` says why."""

    status = 400


class NotFetched(VoiceError):
    """A file did not come; what came of it is kept."""

    status = 502


class WrongFile(VoiceError):
    """A file that is not the one that was asked for."""

    status = 502


class NoRoom(VoiceError):
    """The disk is full."""

    status = 507

    def __init__(self) -> None:
        super().__init__(
            "Not enough free disk space for this voice. Free some space, then try again; "
            "what has arrived is kept."
        )


class _Broken(Exception):
    """The connection ended early or did not come about; the rest may be asked for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of patience in seconds, and of a server's slowness in bytes a second."""

    connect_s: float = 10.0
    read_s: float = 30.0
    patience_s: float = 60.0
    slowest: int = 2048
    pause_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch: its size in bytes, and its SHA-256 or MD5 in hex, "" where not known."""

    url: str
    size: int
    md5: str = ""
    sha256: str = ""

    @property
    def host(self) -> str:
        """The host that the file is fetched from."""
        return urlsplit(self.url).hostname or self.url


def fetch(
    wanted: Wanted,
    into: Path,
    *,
    tick: Callable[[int], None],
    limits: Limits | None = None,
) -> None:
    """Write a file to `into` when it is whole and right; raises VoiceError.

    What there is of it stays in a .part file beside it, and the next call goes on there. `tick`
    gets the bytes so far, and may raise to stop.
    """
    import httpx2

    limits = limits or Limits()
    part = into.with_name(into.name + ".part")
    was_begun = part.exists()
    timeout = httpx2.Timeout(limits.read_s, connect=limits.connect_s)
    with httpx2.Client(timeout=timeout, follow_redirects=True, max_redirects=5) as client:
        _complete(client, wanted, part, tick, limits)
        if was_begun and not _is_right(wanted, part):
            # What was there from an earlier time may have been another file's.
            part.unlink()
            _complete(client, wanted, part, tick, limits)
    if not _is_right(wanted, part):
        part.unlink()
        raise WrongFile(_wrong(wanted))
    part.replace(into)


def _complete(
    client: "httpx2.Client", wanted: Wanted, part: Path, tick: Callable[[int], None], limits: Limits
) -> None:
    """Ask until the whole is there; raises VoiceError."""
    for attempt in range(1, TRIES + 1):
        try:
            _ask(client, wanted, part, tick, limits)
            return
        except _Broken:
            time.sleep(limits.pause_s * attempt)
    raise NotFetched(
        Message(
            "{host} broke off or does not answer. What has arrived is kept; try again to "
            "continue from there.",
            host=wanted.host,
        )
    )


def _ask(
    client: "httpx2.Client", wanted: Wanted, part: Path, tick: Callable[[int], None], limits: Limits
) -> None:
    """Ask for what is missing and write it; raises _Broken when some of it is still missing."""
    import httpx2

    start = part.stat().st_size if part.exists() else 0
    if start == wanted.size:
        return
    if start > wanted.size:
        part.unlink()
        start = 0
    headers = {"Accept-Encoding": "identity", "User-Agent": "VoiceVerse"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        with client.stream("GET", wanted.url, headers=headers) as response:
            start = _begin(response, wanted, part, start)
            with part.open("r+b" if start else "wb") as file:
                file.seek(start)
                file.truncate()
                _take(response, wanted, file, tick, limits)
    except (httpx2.TooManyRedirects, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise WrongFile(
            Message("{host} redirects in circles and never sends the voice.", host=wanted.host)
        ) from error
    except httpx2.TransportError as error:
        raise _Broken from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NoRoom from error


def _begin(response: "httpx2.Response", wanted: Wanted, part: Path, start: int) -> int:
    """Find where the answer begins in the file; raises VoiceError for one that is no part of it."""
    status = response.status_code
    if wanted.url.startswith("https:") and response.url.scheme != "https":
        raise WrongFile(
            Message("{host} redirects to an address without encryption.", host=wanted.host)
        )
    if status == 416 and start:
        part.unlink()
        raise _Broken
    if status in RETRIED:
        raise _Broken
    if status not in (200, 206):
        raise NotFetched(
            Message(
                "{host} answered {status} when it was asked for {name}.",
                host=wanted.host,
                status=str(status),
                name=wanted.url.rpartition("/")[2],
            )
        )
    if response.headers.get("content-type", "").startswith("text/html"):
        raise WrongFile(
            Message(
                "{host} sent a web page instead of a voice. Check the address of the "
                "voices, and whether this network asks you to log in.",
                host=wanted.host,
            )
        )
    if status == 206 and start:
        place = response.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
        if place != str(start):
            part.unlink(missing_ok=True)
            raise _Broken
        return start
    return 0


def _take(
    response: "httpx2.Response",
    wanted: Wanted,
    file: BinaryIO,
    tick: Callable[[int], None],
    limits: Limits,
) -> None:
    since, then = file.tell(), time.monotonic()
    for chunk in response.iter_bytes():
        file.write(chunk)
        came = file.tell()
        if came > wanted.size:
            file.truncate(0)
            raise WrongFile(_wrong(wanted))
        tick(came)
        now = time.monotonic()
        if now - then >= limits.patience_s:
            if came - since < limits.slowest * (now - then):
                raise NotFetched(
                    Message(
                        "{host} is too slow. What has arrived is kept; try again later to "
                        "continue from there.",
                        host=wanted.host,
                    )
                )
            since, then = came, now
    if file.tell() < wanted.size:
        raise _Broken


def _is_right(wanted: Wanted, part: Path) -> bool:
    if wanted.sha256:
        return sha256_of(part) == wanted.sha256
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return not wanted.md5 or digest.hexdigest() == wanted.md5


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _wrong(wanted: Wanted) -> Message:
    return Message(
        "{host} sent the wrong file for {name}. Nothing was installed; try again later.",
        host=wanted.host,
        name=wanted.url.rpartition("/")[2],
    )


def fetch_whole(url: str, largest: int, limits: Limits | None = None) -> bytes:
    """Fetch something small, such as the server's list of voices; raises VoiceError."""
    import httpx2

    limits = limits or Limits()
    wanted, content = Wanted(url, largest), bytearray()
    timeout = httpx2.Timeout(limits.read_s, connect=limits.connect_s)
    try:
        with (
            httpx2.Client(timeout=timeout, follow_redirects=True, max_redirects=5) as client,
            client.stream("GET", url) as response,
        ):
            _begin(response, wanted, Path(), 0)
            deadline = time.monotonic() + limits.patience_s
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > largest:
                    raise WrongFile(_wrong(wanted))
                if time.monotonic() > deadline:
                    raise _Broken
    except (httpx2.HTTPError, httpx2.InvalidURL, _Broken) as error:
        raise NotFetched(
            Message(
                "{host} cannot be reached or did not answer in time. Try again later; voices can "
                "also be installed from files on this machine.",
                host=wanted.host,
            )
        ) from error
    return bytes(content)
