"""What people type into the search box: read as words, asked of the index, found in a text."""

import re
import unicodedata
from typing import NamedTuple

LONGEST_QUERY = 400
MOST_TERMS = 24
SHORTEST_PREFIX = 2  # a single letter would match nearly every file; other scripts say more with it
PIECE = 64 * 1024  # of a text, folded at a time
OVERLAP = 512
BEFORE, AFTER = 30, 50  # characters of a phrase before and after where a match begins

TOKEN = re.compile(r"[^\W_]+")
QUOTED = re.compile(r'"([^"]*)("|$)')
UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
MARKS = re.compile(r"[\u0300-\u036f]+")


class Term(NamedTuple):
    """Words that stand next to each other; with `is_prefix` the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool = False


def parse(query: str) -> list[Term]:
    """All terms of a query, each of which must be found; empty when it holds no word.

    Quotes make a phrase, the last word is the beginning of one, all else is plain words.
    """
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
    return (terms + rest)[:MOST_TERMS]


def _plain(text: str) -> list[Term]:
    return [term for word in text.split() for term in _term(word)]


def _term(text: str) -> list[Term]:
    words = tuple(TOKEN.findall(text))
    return [Term(words)] if words else []


def _as_prefix(term: Term) -> Term:
    last = term.words[-1]
    return term._replace(is_prefix=len(last) >= SHORTEST_PREFIX or not last.isascii())


def match_expression(owner_id: int, terms: list[Term]) -> str:
    """The terms as a full-text query over one person's names and texts, every word quoted."""
    wanted = " AND ".join(
        f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}' for term in terms
    )
    return f'owner : "u{owner_id}" AND {{name text}} : ({wanted})'


def find_first(text: str, terms: list[Term]) -> tuple[int, int] | None:
    """Where a text first holds what was searched: start and length in code points, or None.

    All words in a row come before a phrase, a phrase before a word, a long word before a short.
    """
    for term in _by_weight(terms):
        if found := _find(text, term):
            return found
    return None


def _by_weight(terms: list[Term]) -> list[Term]:
    one_by_one = sorted(terms, key=lambda term: -len("".join(term.words)))
    if len(terms) < 2:
        return one_by_one
    row = tuple(word for term in terms for word in term.words)
    return [Term(row, terms[-1].is_prefix), *one_by_one]


def _find(text: str, term: Term) -> tuple[int, int] | None:
    words = [re.escape(fold(word)) for word in term.words]
    pattern = re.compile(r"[\W_]+".join(words) + ("" if term.is_prefix else r"(?![^\W_])"))
    for start in range(0, len(text), PIECE):
        piece = text[start : start + PIECE + OVERLAP]
        folded = fold(piece)
        for match in pattern.finditer(folded):
            before = folded[match.start() - 1] if match.start() else text[start - 1 : start]
            if TOKEN.fullmatch(before):
                continue
            first, last = (_unfold(piece, folded, at) for at in match.span())
            if marks := MARKS.match(piece, last):
                last = marks.end()
            if first < PIECE:
                return start + first, last - first
    return None


def fold(text: str) -> str:
    """A text without case and accents, as the index holds it."""
    if text.isascii():
        return text.lower()
    return MARKS.sub("", unicodedata.normalize("NFD", text.casefold()))


def _unfold(text: str, folded: str, at: int) -> int:
    """The place in `text` that became the place `at` in its folded form."""
    if text.isascii() or len(folded) == len(fold(text[:at])) == at:
        return at
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if len(fold(text[:middle])) < at:
            low = middle + 1
        else:
            high = middle
    return low


def excerpt(text: str, start: int, length: int) -> dict:
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
