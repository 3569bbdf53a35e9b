"""ZIP archive that is made while it is sent: nothing is written to disk or held in memory."""

import hashlib
import re
import time
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, cast

LONGEST_NAME_BYTES = 150
UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff/\\:*?"<>|]+')
# Without the two joiners, which the words of many scripts and emoji are written with.
INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
JOINERS = "\u200c\u200d"
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
ZIP64_FROM_BYTES = 1 << 30
UTF8 = 0x800


class ZipStream:
    """Yields the bytes of an archive entry by entry; `written` lists path, size, SHA-256."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._sink), "w", zipfile.ZIP_STORED)
        self.written: list[tuple[str, int, str]] = []

    def add(
        self,
        path: str,
        pieces: Iterable[bytes],
        *,
        is_packed: bool = False,
        expected_bytes: int = 0,
    ) -> Iterator[bytes]:
        """Yield the bytes of one entry; `is_packed` compresses, which sound does not need."""
        entry = zipfile.ZipInfo(path, time.localtime()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        is_large = expected_bytes > ZIP64_FROM_BYTES
        with self._zip.open(entry, "w", force_zip64=is_large) as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
                yield self._sink.take()
        self.written.append((path, size, digest.hexdigest()))
        yield self._sink.take()

    def finish(self) -> Iterator[bytes]:
        """Yield the directory at the archive's end."""
        self._zip.close()
        yield self._sink.take()


class _Sink:
    """Sink that zipfile writes to; it cannot seek, so lengths follow each entry."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Collect bytes."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: `take` hands the bytes on."""
        return

    def take(self) -> bytes:
        """Take the bytes collected since the last call."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def safe_name(name: str, longest_bytes: int = LONGEST_NAME_BYTES) -> str:
    """Make a file name that every system accepts, without its ending; never empty."""
    name = UNFIT.sub("-", INVISIBLE.sub("", unicodedata.normalize("NFC", name)))
    name = name.encode()[:longest_bytes].decode(errors="ignore").strip(f" .-{JOINERS}")
    return f"_{name}" if RESERVED.match(name) else name or "Untitled"


class UniqueNames:
    """Names given once each, whatever their case: the second "Notes" becomes "Notes (2)"."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def give(self, name: str) -> str:
        """Give the name itself, or with the first number that is free."""
        safe = safe_name(name)
        unique, number = safe, self._given.get(safe.casefold(), 0)
        while unique.casefold() in self._given:
            number += 1
            unique = f"{safe} ({number})" if number > 1 else safe
        self._given[safe.casefold()] = max(number, 1)
        self._given.setdefault(unique.casefold(), 1)
        return unique
