"""Search queries: read as words, asked of the index, found in a text."""

import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypedDict

LONGEST_QUERY = 400
MOST_TERMS, MOST_WORDS, MOST_ECHOES = 8, 16, 2  # of a query; more cost more at every place
SHORTEST_PREFIX = 2  # a single letter would match nearly every file; other scripts say more with it
LONGEST_INDEXED = 5  # beginnings of two to five letters have an index of their own
FIRST_PIECE, PIECE = 4 * 1024, 64 * 1024  # of a text, folded at a time
OVERLAP = 512
BEFORE, AFTER = 30, 50  # characters of a phrase before and after where a match begins

TOKEN = re.compile(r"[^\W_]+")
QUOTED = re.compile(r'"([^"]*)("|$)')
UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
MARKS = re.compile(r"[\u0300-\u036f]+")


class Excerpt(TypedDict):
    """Place of a term in a text, with what stands around it; places in code points."""

    phrase: str
    match_start: int
    match_length: int


class Match(Excerpt):
    """An Excerpt, with where the match begins in the whole text."""

    text_start: int


class Term(NamedTuple):
    """Words that stand next to each other; with `is_prefix` the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool = False

    @property
    def is_gathered(self) -> bool:
        """Whether the index has no list of what begins so, and gathers one at each question."""
        return self.is_prefix and not 2 <= len(self.words[-1]) <= LONGEST_INDEXED


class Budget:
    """Processor time that this thread may still spend on a search; waiting costs nothing."""

    def __init__(self, seconds: float) -> None:
        self._began, self._seconds = time.thread_time(), seconds

    def is_spent(self, share: float = 1.0) -> bool:
        """Whether that much of it is gone, and nothing more should be begun."""
        return time.thread_time() - self._began > share * self._seconds


def parse(query: str) -> list[Term]:
    """The terms of a query, each of which must be found; empty when it holds no word.

    Quotes make a phrase, the last word is the beginning of one, all else is plain words. At most
    eight terms of sixteen words together; see `leaves_out`.
    """
    return _bounded(_terms(query))


def leaves_out(query: str) -> bool:
    """Whether a query holds more than is looked for."""
    terms = _terms(query)
    return _bounded(terms) != terms or len(query) > LONGEST_QUERY


def _bounded(terms: list[Term]) -> list[Term]:
    kept: list[Term] = []
    room = MOST_WORDS
    for term in terms[:MOST_TERMS]:
        words = _without_echo(term.words[:room])
        room -= len(words)
        if words != term.words:
            return [*kept, Term(words)] if words else kept
        kept.append(term)
    return kept


def _without_echo(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words before one comes a third time: each is looked up at every place it stands."""
    folded = [fold(word) for word in words]
    for number, word in enumerate(folded):
        if folded[:number].count(word) == MOST_ECHOES:
            return words[:number]
    return words


def _terms(query: str) -> list[Term]:
    query = unicodedata.normalize("NFC", UNFIT.sub(" ", query[:LONGEST_QUERY]))
    terms, at = [], 0
    for quoted in QUOTED.finditer(query):
        terms += _plain(query[at : quoted.start()])
        terms += _term(quoted[1])
        at = quoted.end()
        if not quoted[2]:
            terms[-1:] = [_as_prefix(term) for term in terms[-1:]]
    rest = _plain(query[at:])
    if rest and not query[-1].isspace():
        rest[-1] = _as_prefix(rest[-1])
    return list(dict.fromkeys(terms + rest))


def _plain(text: str) -> list[Term]:
    return [term for word in text.split() for term in _term(word)]


def _term(text: str) -> list[Term]:
    words = tuple(TOKEN.findall(text))
    return [Term(words)] if words else []


def _as_prefix(term: Term) -> Term:
    last = fold(term.words[-1])
    return term._replace(is_prefix=len(last) >= SHORTEST_PREFIX or not last.isascii())


def match_expression(owner_ids: Iterable[int], terms: list[Term]) -> str:
    """The terms as a full-text query over some people's names and texts, every word quoted."""
    owners = " OR ".join(f'"u{owner_id}"' for owner_id in sorted(owner_ids))
    wanted = " AND ".join(map(_quoted, terms))
    return f"owner : ({owners}) AND {{name text}} : ({wanted})"


def text_expression(term: Term) -> str:
    """A term as a full-text query over texts alone."""
    return f"text : ({_quoted(term)})"


def _quoted(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'


def by_weight(terms: list[Term]) -> list[Term]:
    """Order terms by what to look for first in a text.

    All words in a row come before a phrase, a phrase before a word, a long word before a short.
    """
    one_by_one = sorted(terms, key=lambda term: -len("".join(term.words)))
    if len(terms) < 2:
        return one_by_one
    row = tuple(word for term in terms for word in term.words)
    in_a_row = [Term(row, terms[-1].is_prefix)] if _without_echo(row) == row else []
    return in_a_row + one_by_one


def find_first(
    pieces: Iterable[str], term: Term, is_late: Callable[[], bool] = lambda: False
) -> Match | None:
    """Find the first match in a text given piece by piece; None without one, or too late.

    `text_start` and `match_length` in code points, with the excerpt around it. Each piece is
    folded once; what is not reached is not read.
    """
    pattern = re.compile(
        r"[\W_]+".join(re.escape(fold(word)) for word in term.words)
        + ("" if term.is_prefix else r"(?![^\W_])")
    )
    start, looked_at, window = 0, 0, ""
    for piece, is_last in _with_last(pieces):
        if is_late():
            return None
        # What was before stays in sight: a match may begin there, and an excerpt does.
        kept = window[-OVERLAP - BEFORE :]
        start += len(window) - len(kept)
        window = kept + piece
        until = len(window) if is_last else len(window) - OVERLAP
        if found := _find(window, pattern, looked_at - start, until):
            first, length = found
            return {**excerpt(window, first, length), "text_start": start + first}
        looked_at = start + max(0, until)
    return None


def _with_last(pieces: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each piece, and whether it is the last."""
    ahead = None
    for piece in pieces:
        if ahead is not None:
            yield ahead, False
        ahead = piece
    if ahead is not None:
        yield ahead, True


def sizes() -> Iterator[int]:
    """Sizes of the pieces to read a text in: little first, as most matches are near the start."""
    size = FIRST_PIECE
    while True:
        yield size
        size = min(2 * size, PIECE)


def _find(window: str, pattern: re.Pattern[str], low: int, high: int) -> tuple[int, int] | None:
    """The first match that begins between two places: where, and how long."""
    folded = fold(window)
    for match in pattern.finditer(folded):
        if match.start() and TOKEN.fullmatch(folded[match.start() - 1]):
            continue
        first = _unfold(window, folded, match.start())
        if first >= high:
            return None
        if first >= low:
            last = _unfold(window, folded, match.end())
            if marks := MARKS.match(window, last):
                last = marks.end()
            return first, last - first
    return None


def fold(text: str) -> str:
    """A text without case and accents, as the index holds it."""
    if text.isascii():
        return text.lower()
    return MARKS.sub("", unicodedata.normalize("NFD", text.casefold()))


def _unfold(text: str, folded: str, at: int) -> int:
    """The place in `text` that became the place `at` in its folded form."""
    if len(text) == len(folded) and text.isascii():
        return at
    place = length = 0
    while length < at:
        # No character becomes more than four, so no step goes too far.
        step = text[place : place + max(1, (at - length) // 4)]
        place, length = place + len(step), length + len(fold(step))
    return place


def excerpt(text: str, start: int, length: int) -> Excerpt:
    """About 80 characters around a match: phrase, match_start (in it), match_length."""
    first = max(0, start - BEFORE)
    last = min(len(text), start + max(length, AFTER))
    if first:
        space = text.find(" ", first, start)
        first = space + 1 if space >= 0 else first
    if last < len(text):
        space = text.rfind(" ", start + length, last)
        last = space if space >= 0 else last
    phrase = re.sub(r"\s", " ", text[first:last])
    return {"phrase": phrase, "match_start": start - first, "match_length": length}
