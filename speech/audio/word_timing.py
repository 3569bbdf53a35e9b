"""Word timing: when a place in a spoken segment sounds, interpolated between its words."""

from bisect import bisect_right

from common.stored_json import read_or_default
from speech.types import TimedSegment


class Timing:
    """The times of one segment: text_start, text_end (code points), start_ms, end_ms, words.

    `words` is JSON, [start, length, ms] each, counted from the segment's start; it may be empty.
    """

    def __init__(self, segment: TimedSegment):
        length = segment["text_end"] - segment["text_start"]
        self.start_ms, self.end_ms = segment["start_ms"], segment["end_ms"]
        duration = self.end_ms - self.start_ms
        self._offsets, self._times = [0], [0]
        words = segment["words"]
        for start, _length, ms in read_or_default("words", words) if words else ():
            if self._offsets[-1] < start < length and self._times[-1] <= ms <= duration:
                self._offsets.append(start)
                self._times.append(ms)
        self._offsets.append(length)
        self._times.append(duration)

    def at(self, offset: int) -> int:
        """Time, in ms of the file, when the text at `offset` code points sounds."""
        place = bisect_right(self._offsets, offset) - 1
        if place >= len(self._offsets) - 1:
            return self.end_ms
        first, last = self._offsets[place], self._offsets[place + 1]
        begin, end = self._times[place], self._times[place + 1]
        return self.start_ms + begin + (end - begin) * (offset - first) // max(1, last - first)
