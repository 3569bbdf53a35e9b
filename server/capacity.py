"""Capacity: what this machine is asked for against what it can give, as a traffic light.

The limits are those that `python -m tools.benchmarks school` holds its numbers against.
"""

import os
import shutil
from collections.abc import Iterator
from typing import NamedTuple

from common import memory
from common.cores import usable_cores
from common.errors import Message
from common.shared_times import SharedTimes
from config import Config
from database import Database
from server.doctor.findings import BAD, GOOD, WARN, Finding
from web.formatting import hour
from web.response_kinds import PAGE, POSITION, REFUSED, SOUND

SHARE = 0.95  # of the answers of each kind come within these times
NEAR_MS, MOST_MS = 50, 100
LEAST = 20  # answers in five minutes; fewer tell nothing
NEAR_WAIT_S, MOST_WAIT_S = 20, 60  # of somebody of whom nothing is being spoken
LITTLE_BYTES, LEAST_BYTES = 512_000_000, 128_000_000  # of memory
LITTLE_SHARE, LEAST_SHARE = 0.1, 0.03  # of the disk
LEVELS = (BAD, WARN, GOOD)


class _Kind(NamedTuple):
    """A kind of answers: what is told of its slowest five minutes, and what helps."""

    name: str
    what: str
    too_few: str
    remedy: str


KINDS = (
    _Kind(
        PAGE,
        "In the slowest five minutes of the last day, at {time}, 95 of 100 pages loaded "
        "within {ms} ms.",
        "Too few pages were opened in the last day to tell how fast they load.",
        "More cores answer more requests at once. VOICEVERSE_JOBS sets how many pieces "
        "are generated at the same time.",
    ),
    _Kind(
        POSITION,
        "In the slowest five minutes of the last day, at {time}, 95 of 100 listening "
        "positions were saved within {ms} ms.",
        "Too little was played in the last day to tell how fast positions are saved.",
        "A faster disk helps. Beyond that, VoiceVerse would need a database server "
        "(PostgreSQL), which it does not support yet.",
    ),
    _Kind(
        SOUND,
        "In the slowest five minutes of the last day, at {time}, 95 of 100 requests for "
        "stored audio were answered within {ms} ms.",
        "Too little was played in the last day to tell how fast audio is sent.",
        "Let the proxy send stored audio (VOICEVERSE_X_ACCEL_REDIRECT). Beyond that, "
        "audio would have to be stored in S3, which VoiceVerse does not support yet.",
    ),
)


def examine(config: Config, db: Database, times: SharedTimes) -> list[Finding]:
    """Examine how busy the machine is and was in the last day; the worst findings first."""
    asked = [*(_answers(times, kind) for kind in KINDS), _refusals(times), _queue(db)]
    is_slow = any(finding.level != GOOD for finding in asked)
    found = [*asked, _processor(is_slow=is_slow), *_memory(), _disk(config)]
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def _answers(times: SharedTimes, kind: _Kind) -> Finding:
    periods = [period for period in times.last_day(kind.name) if period.total >= LEAST]
    if not periods:
        return Finding(GOOD, kind.too_few)
    slowest = max(periods, key=lambda period: (period.within_ms(SHARE), period.began_at))
    within_ms = slowest.within_ms(SHARE)
    what = Message(kind.what, ms=within_ms, time=hour(slowest.began_at))
    return _judged(within_ms, NEAR_MS, MOST_MS, what, kind.remedy)


def _refusals(times: SharedTimes) -> Finding:
    periods = times.last_day(REFUSED)
    if not periods:
        return Finding(GOOD, "No request was refused in the last day.")
    worst = max(periods, key=lambda period: (period.total, period.began_at))
    what = Message(
        "Too many requests at {time}: {count} were refused within five minutes.",
        time=hour(worst.began_at),
        count=worst.total,
    )
    remedy = "The log tells of each, with the status 503. More cores and more memory help."
    return Finding(BAD, what, remedy)


def _queue(db: Database) -> Finding:
    waited_s = db.get_longest_wait()
    if waited_s is None:
        return Finding(GOOD, "Nobody is waiting for a first piece.")
    what = Message("Somebody has been waiting for a piece for {seconds} seconds.", seconds=waited_s)
    remedy = (
        "More cores generate more at once. Beyond that, VoiceVerse would need workers on "
        "other machines, which it does not support yet."
    )
    return _judged(waited_s, NEAR_WAIT_S, MOST_WAIT_S, what, remedy)


def _processor(*, is_slow: bool) -> Finding:
    """Tell how busy the processor is; by itself that harms nobody, as speech comes last."""
    cores, wanted = usable_cores(), os.getloadavg()[1]
    what = Message(
        "In the last five minutes there was work for {wanted} cores; this machine has {cores}.",
        wanted=f"{wanted:.1f}",
        cores=cores,
    )
    if is_slow and wanted > cores:
        return Finding(WARN, what, "More cores would make this faster.")
    return Finding(GOOD, what)


def _memory() -> Iterator[Finding]:
    left = memory.left_bytes()
    if left is None:  # this system does not tell
        return
    what = Message("{megabytes} MB of memory are left.", megabytes=left // 1_000_000)
    remedy = "Add memory, or lower VOICEVERSE_JOBS and VOICEVERSE_NEURAL_MEMORY_MB."
    yield _judged(-left, -LITTLE_BYTES, -LEAST_BYTES, what, remedy)


def _disk(config: Config) -> Finding:
    disk = shutil.disk_usage(config.data_dir)
    share = disk.free / disk.total
    what = Message("{share} of the disk is free.", share=f"{int(100 * share)} %")
    remedy = (
        "Use a larger disk. Beyond that sound would have to lie in S3, which VoiceVerse cannot use "
        "yet."
    )
    return _judged(-share, -LITTLE_SHARE, -LEAST_SHARE, what, remedy)


def _judged(value: float, near: float, most: float, what: str, remedy: str) -> Finding:
    """A finding by how far a value is beyond two limits, the remedy only where there is a need."""
    if value <= near:
        return Finding(GOOD, what)
    return Finding(WARN if value <= most else BAD, what, remedy)
