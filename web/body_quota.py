"""Bytes of requests on their way in: bounded for each person, each address and in all.

The whole length of a body counts from when it is admitted until its request is answered, for so
long does it lie on the disk. A body that does not tell its length counts in steps while it grows.
"""

from collections.abc import Callable

from common.errors import AppError
from common.shared_counts import SharedCounts

STEP_BYTES = 1 << 20
LIMIT = "bytes on the way"
ALL, UNWRITTEN = ("body", "all"), ("body", "still to be written")


class TooMuchFromPerson(AppError):
    """More at once from one person than one may send."""

    status = 429
    retry_after_s = 15
    limit = LIMIT

    def __init__(self) -> None:
        super().__init__(
            "You are already uploading as much as you can at once. Wait until some of it "
            "has arrived, then try again."
        )


class TooMuchFromAddress(AppError):
    """More at once from one address than all there may send together."""

    status = 429
    retry_after_s = 15
    limit = LIMIT

    def __init__(self) -> None:
        super().__init__(
            "Your network is already uploading as much as it can at once. Wait a moment, "
            "then try again."
        )


class TooMuchInAll(AppError):
    """More at once from everybody than can be taken in."""

    status = 503
    retry_after_s = 15
    limit = LIMIT

    def __init__(self) -> None:
        super().__init__(
            "VoiceVerse is receiving as much as it can. Nothing was changed; wait a "
            "moment, then try again."
        )


class BodyQuota:
    """Counts what is on its way to all processes; `check_space` raises when the disk has no room
    for so many bytes.

    `copies` of a body lie on the disk while its request is answered.
    """

    def __init__(
        self,
        counts: SharedCounts,
        *,
        of_person: int,
        of_address: int,
        in_all: int,
        check_space: Callable[[int], None],
    ) -> None:
        self._counts, self._limits = counts, (of_person, of_address, in_all)
        self._check_space = check_space

    def admit(self, person: int, address: str, size: int, copies: int = 1) -> "Share":
        """Give a share to a body of that size, 0 for one that does not tell.

        Raises TooMuchFromPerson, TooMuchFromAddress, TooMuchInAll or what `check_space` raises.
        """
        share = Share(self, person, address, copies)
        self._promise(share, size or STEP_BYTES)
        return share

    def receiving(self) -> int:
        """Bytes of all bodies on their way, as long as they are going to be."""
        return self._counts.total(ALL)

    def _promise(self, share: "Share", size: int) -> None:
        errors = (TooMuchFromPerson, TooMuchFromAddress, TooMuchInAll)
        with self._counts.locked():
            for key, most, error in zip(share.keys, self._limits, errors, strict=True):
                if self._counts.total(key) + size > most:
                    raise error
            needed = size * share.copies
            self._check_space(self._counts.total(UNWRITTEN) + needed)
            self._counts.add(UNWRITTEN, needed)
            share.size += size
            for key in share.keys:
                self._counts.add(key, size)

    def _note(self, share: "Share", received: int) -> None:
        self._counts.add(UNWRITTEN, share.received - received)
        share.received = received

    def _release(self, share: "Share") -> None:
        with self._counts.locked():
            self._counts.add(UNWRITTEN, share.received - share.size * share.copies)
            for key in share.keys:
                self._counts.add(key, -share.size)
            share.size = share.received = 0


class Share:
    """The bytes that one body may take up, until it is released."""

    def __init__(self, quota: BodyQuota, person: int, address: str, copies: int) -> None:
        self.keys = (("body of person", person), ("body from address", address), ALL)
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
