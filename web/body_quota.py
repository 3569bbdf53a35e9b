"""Bytes of requests on their way in: bounded for each person, each address and in all.

The whole length of a body counts from when it is admitted until its request is answered, for so
long does it lie on the disk. A body that does not tell its length counts in steps while it grows.
"""

import threading
from collections import Counter
from collections.abc import Callable

from common.errors import AppError

STEP_BYTES = 1 << 20
LIMIT = "bytes on the way"


class TooMuchFromPerson(AppError):
    """More at once from one person than one may send."""

    status = 429
    retry_after_s = 15
    limit = LIMIT

    def __init__(self) -> None:
        super().__init__(
            "You are already sending as much as one person may send at once. Wait until some of "
            "it has arrived, then try again."
        )


class TooMuchFromAddress(AppError):
    """More at once from one address than all there may send together."""

    status = 429
    retry_after_s = 15
    limit = LIMIT

    def __init__(self) -> None:
        super().__init__(
            "Your network is already sending as much as one network may send at once. Wait a "
            "moment, then try again."
        )


class TooMuchInAll(AppError):
    """More at once from everybody than can be taken in."""

    status = 503
    retry_after_s = 15
    limit = LIMIT

    def __init__(self) -> None:
        super().__init__(
            "VoiceVerse is receiving as much as it can at once. Nothing was changed; wait a "
            "moment, then try again."
        )


class BodyQuota:
    """Counts what is on its way; `check_space` raises when the disk has no room for so many bytes.

    `copies` of a body lie on the disk while its request is answered.
    """

    def __init__(
        self, *, of_person: int, of_address: int, in_all: int, check_space: Callable[[int], None]
    ) -> None:
        self._limits = (of_person, of_address, in_all)
        self._check_space = check_space
        self._lock = threading.Lock()
        self._bytes: Counter[tuple[str, int | str]] = Counter()
        self._still_to_be_written = 0

    def admit(self, person: int, address: str, size: int, copies: int = 1) -> "Share":
        """Give a share to a body of that size, 0 for one that does not tell.

        Raises TooMuchFromPerson, TooMuchFromAddress, TooMuchInAll or what `check_space` raises.
        """
        share = Share(self, person, address, copies)
        self._promise(share, size or STEP_BYTES)
        return share

    def receiving(self) -> int:
        """Bytes of all bodies on their way, as long as they are going to be."""
        with self._lock:
            return self._bytes["all", ""]

    def _promise(self, share: "Share", size: int) -> None:
        errors = (TooMuchFromPerson, TooMuchFromAddress, TooMuchInAll)
        with self._lock:
            for key, most, error in zip(share.keys, self._limits, errors, strict=True):
                if self._bytes[key] + size > most:
                    raise error
            needed = size * share.copies
            self._check_space(self._still_to_be_written + needed)
            self._still_to_be_written += needed
            share.size += size
            self._bytes.update(dict.fromkeys(share.keys, size))

    def _note(self, share: "Share", received: int) -> None:
        with self._lock:
            self._still_to_be_written -= received - share.received
            share.received = received

    def _release(self, share: "Share") -> None:
        with self._lock:
            self._still_to_be_written -= share.size * share.copies - share.received
            for key in share.keys:
                self._bytes[key] -= share.size
                if not self._bytes[key]:
                    del self._bytes[key]
            share.size = share.received = 0


class Share:
    """The bytes that one body may take up, until it is released."""

    def __init__(self, quota: BodyQuota, person: int, address: str, copies: int) -> None:
        self.keys: tuple[tuple[str, int | str], ...] = (
            ("person", person),
            ("address", address),
            ("all", ""),
        )
        self.copies = copies
        self.size = self.received = 0
        self._quota = quota

    def note(self, received: int) -> None:
        """Note how many bytes have come; a body that outgrows its share takes more, or raises as
        `admit` does."""
        if received > self.size:
            self._quota._promise(self, max(STEP_BYTES, received - self.size))
        self._quota._note(self, received)

    def release(self) -> None:
        """Give back the bytes of a body that is gone."""
        self._quota._release(self)
