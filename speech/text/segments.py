"""Cut a text into pieces to speak: whole sentences where possible, lazily, losing nothing."""

import re
import unicodedata
from collections.abc import Callable, Iterator

import sentencex

from speech.types import Segment

SHORTEST = 20  # a shorter sentence joins the next one: voices stumble over fragments
LONGEST_SENTENCE = 600
LADDER = ((200, 250), (600, 500))  # up to this start, segments of at most so many characters
NEARLY_FULL = 0.85
LOOK_AHEAD = 80
LONGEST_CLUSTER = 100  # characters that are looked through for where one begins

BLANK_LINE = re.compile(r"\r?\n[^\S\n]*\r?\n|\r[^\S\r]*\r|\u2029")
SPACE = re.compile(r"\s*")
CLAUSE_END = re.compile(r"[,;:)\]—–…](?=\s)\s*|[，、；：،؛।。！？]\s*")
SURROGATE = re.compile("[\ud800-\udfff]")
SPACE_BEFORE_STOP = re.compile(r"(?<=\w)\s+(?=\.)")
WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")
GAP = re.compile(r"\s+")
FIRST_LETTER = re.compile(r"[^\W\d_]")
HYPHENS = "-\u2010\u2011"
LIST_MARKS = (")", ".")
JOINERS = "\u200d\u200c"

GoesOn = Callable[[str, str], bool]


def split(
    text: str,
    *,
    start: int = 0,
    language: str = "en",
    first: int = 1,
    target: int = 1,
    limit_bytes: int = 2400,
    end: int | None = None,
    goes_on: GoesOn | None = None,
) -> Iterator[Segment]:
    """Yield the segments of a text from `start` to `end`; together they are it, to the letter.

    `first` and `target` are the sizes in characters at which a segment is long enough (1: one
    sentence each), `limit_bytes` is its largest size in UTF-8. `goes_on` tells of the text before
    and the text after a border whether the sentence continues there. Each segment depends only on
    the text after its start, so that resuming at the end of any segment gives the same ones again.
    """
    stop = len(text) if end is None else min(end, len(text))
    limit = furthest(first, target)
    while start < stop:
        size = _size_at(start, first, target)
        window = text[start : min(start + limit + LOOK_AHEAD, stop)]
        borders = _borders(window, language, goes_on, is_last=start + len(window) >= stop)
        segment = window[: _segment_end(window, borders, size, limit, limit_bytes)]
        yield Segment(start, start + len(segment), segment)
        start += len(segment)


def furthest(first: int, target: int) -> int:
    """The most characters that a segment of these sizes can have."""
    return max(first, target, LONGEST_SENTENCE)


def cluster_start(text: str, index: int, lowest: int) -> int:
    """The nearest place at or before `index` that parts no base from its marks, if above `lowest`.

    Falls back to `index` where a cluster is longer than the room there is.
    """
    place, lowest = index, max(lowest, index - LONGEST_CLUSTER)
    while place > lowest and place < len(text) and _joins(text[place - 1], text[place]):
        place -= 1
    return place if place > lowest else index


def _joins(before: str, after: str) -> bool:
    return (
        after in JOINERS
        or before == JOINERS[0]
        or "\ufe00" <= after <= "\ufe0f"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or unicodedata.category(after).startswith("M")
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
        or (before == "\r" and after == "\n")
    )


def _size_at(start: int, first: int, target: int) -> int:
    # Sizes grow with the place in the text, not with the count of segments yielded: a resumed
    # text must come out in the same pieces, or what was bought ahead would be bought twice.
    if start == 0:
        return min(first, target)
    for below, size in LADDER:
        if start < below:
            return min(size, target)
    return target


def _segment_end(
    window: str, borders: Iterator[int], size: int, limit: int, limit_bytes: int
) -> int:
    room = _fitting(window[:limit], limit_bytes)
    end = _whole_sentences(window, borders, size, room) or _forced_end(window, room)
    # White space goes with the words before it, as far as the limit allows.
    return min(_skip_space(window, end), max(room, end))


def _fitting(window: str, limit_bytes: int) -> int:
    if window.isascii():
        return min(len(window), limit_bytes)
    encoded = window.encode("utf-8", "surrogatepass")
    if len(encoded) <= limit_bytes:
        return len(window)
    fitting = len(encoded[:limit_bytes].decode("utf-8", "ignore"))
    # A lone surrogate is dropped by "ignore", which only makes the piece a little smaller.
    return max(1, cluster_start(window, fitting, 0))


def _whole_sentences(window: str, borders: Iterator[int], size: int, room: int) -> int:
    """The end of as many sentences as make a segment, or 0 when not even one fits."""
    best = 0
    for end in borders:
        if end <= best:  # within the white space that went with the words before it
            continue
        words_end = len(window[:end].rstrip())
        if words_end > room or (best >= SHORTEST and words_end > size):
            break
        best = end = _skip_space(window, end)
        if words_end >= size and len(window[:end].strip()) >= SHORTEST:
            break
        is_paragraph = BLANK_LINE.search(window, words_end, end) is not None
        if is_paragraph and words_end and words_end >= size * NEARLY_FULL:
            break
    return min(best, room)


def _borders(window: str, language: str, goes_on: GoesOn | None, *, is_last: bool) -> Iterator[int]:
    start = end = 0
    for sentence in _sentences(window, language):
        end += len(sentence)
        if end < len(window):
            before, after = window[max(0, end - LOOK_AHEAD) : end], window[end : end + LOOK_AHEAD]
            if _is_amid(window, start, end) or (goes_on is not None and goes_on(before, after)):
                continue
        elif not is_last:
            continue
        yield end
        start = end


def _is_amid(window: str, start: int, end: int) -> bool:
    """Whether what begins at a border shows that the sentence has not ended there."""
    following = window[end : end + 2]
    if BLANK_LINE.search(window, max(start, end - LOOK_AHEAD), end) or not following[0].strip():
        return False
    if following[0] in ",;" or (following[0] in "”’»" and not following[1:].isalnum()):
        return True
    has_line_end = window[end - 1] in "\r\n"
    if following[0] in HYPHENS:
        return following[1:].isalpha() and not has_line_end
    if not following[0].islower() or (has_line_end and following[1:] in LIST_MARKS):
        return False
    # Those who write no capitals at all still end their sentences.
    first = FIRST_LETTER.search(window, start, end)
    return first is None or not first[0].islower()


def _sentences(window: str, language: str) -> Iterator[str]:
    """The sentences of a window, no more of its paragraphs looked at than are asked for."""
    place = 0
    while place < len(window):
        # For the library, too, a paragraph ends here, unless another line end comes in between.
        end = window.find("\n\n", place) + 2
        if end < 2 or "\r" in window[place:end]:
            end = len(window)
        yield from sentencex.segment(language, _harmless(window[place:end]))
        place = end


def _harmless(text: str) -> str:
    """A text of the same length that the library takes; "A. " with a wide space would end it."""
    text = SURROGATE.sub("\ufffd", text)
    if text.isascii():
        return text
    return SPACE_BEFORE_STOP.sub(lambda found: WIDE_SPACE.sub(" ", found[0]), text)


def _skip_space(window: str, place: int) -> int:
    found = SPACE.match(window, place)
    return found.end() if found else place


def _forced_end(window: str, room: int) -> int:
    """Find where to cut a sentence that is too long: after a clause, a word, or a character."""
    if room >= len(window):
        return len(window)
    for mark in (CLAUSE_END, GAP):
        ends = [found.end() for found in mark.finditer(window, 0, room)]
        if ends and ends[-1] > room // 3:
            return ends[-1]
    return cluster_start(window, room, 0)
