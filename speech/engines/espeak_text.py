"""Text made safe for espeak-ng, with a map back to the original's positions.

espeak-ng holds a limited number of sounds per word and per clause and silently drops the rest, so
overlong runs get a space, and overlong clauses a comma.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from speech.text.segments import cluster_start

# Line breaks stay, they part clauses; other control characters and lone surrogates become spaces,
# one for one, so that positions hold.
BLANKS = dict.fromkeys([*range(10), *range(11, 32), *range(127, 160), *range(0xD800, 0xE000)], " ")
BRACKETS = str.maketrans("[]", "()")
LONGEST_RUN = 36  # of runs of 50 characters ends were dropped; up to 40, none in any script tried
LAST_LATIN = "\u0250"
OTHER_SCRIPTS = (
    " am ar as ba be bg bn bpy chr cmn cv el fa grc gu hak he hi hy hyw ja ka kk kn ko kok ky mk "
    "ml mr my ne nog or pa ru sd shn si sr ta te th ti tt ug uk ur yue "
)
LARGEST_CLAUSE = 900  # sounds; the library has room for 1,000
CLAUSE_ENDS = frozenset(",.;:!?…")
WIDE_CLAUSE_ENDS = frozenset("，。、；：！？")
BETWEEN_WORDS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class SpokenText:
    """Text for espeak-ng in `text`; `original` maps its positions back.

    Phonemes, at the places of that name, go between double brackets; none but these are left, as
    the text of a person must not say what is phonemes.
    """

    def __init__(
        self, original: str, language: str, phonemes: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._gaps: list[int] = []
        # A letter of an alphabet that the voice does not read is announced by its full name.
        self._strange = 6 if f" {language.partition('-')[0]} " in OTHER_SCRIPTS else 25
        text = original.translate(BLANKS)
        insertions = _insertions(text, self._strange)
        if phonemes:
            text = text.translate(BRACKETS)
            insertions = _bracketed(insertions, phonemes)
        self.text = self._prepared(text, insertions)

    def original(self, position: int) -> int:
        """Map a position in `text` to one in the original, both in code points."""
        return position - bisect_left(self._gaps, position)

    def _prepared(self, text: str, insertions: list[tuple[int, str]]) -> str:
        pieces: list[str] = []
        written = length = 0
        for place, gap in insertions:
            pieces += (text[written:place], gap)
            length += place - written
            self._gaps += range(length, length + len(gap))
            length += len(gap)
            written = place
        return "".join(pieces) + text[written:] if pieces else text


def _bracketed(
    insertions: list[tuple[int, str]], phonemes: Sequence[tuple[int, int]]
) -> list[tuple[int, str]]:
    """The insertions that part no phonemes, and the brackets around these."""
    outside = [(p, gap) for p, gap in insertions if not any(a <= p <= b for a, b in phonemes)]
    brackets = [pair for start, end in phonemes for pair in ((start, "[["), (end, "]]"))]
    return sorted(outside + brackets, key=lambda pair: pair[0])


def _insertions(text: str, strange: int) -> list[tuple[int, str]]:
    """Places in the text and what to put there, in order."""
    found: list[tuple[int, str]] = []
    run = clause = 0
    place = 0
    for index, character in enumerate(text):
        if character.isspace():
            run = 0
            if index and text[index - 1] in CLAUSE_ENDS:
                clause = 0
            elif clause > LARGEST_CLAUSE // 2:
                found.append((index, ","))
                clause = 0
            continue
        run = 0 if character in BETWEEN_WORDS else run + 1
        clause = 0 if character in WIDE_CLAUSE_ENDS else clause + _sounds(character, strange)
        if run > LONGEST_RUN or clause > LARGEST_CLAUSE:
            place = cluster_start(text, index, max(place, index - LONGEST_RUN))
            found.append((place, " " if clause <= LARGEST_CLAUSE // 2 else ", "))
            clause = clause if clause <= LARGEST_CLAUSE // 2 else 0
            run = index - place + 1
            clause += sum(_sounds(joined, strange) for joined in text[place : index + 1])
    return found


@cache
def _sounds(character: str, strange: int) -> int:
    """Most sounds that a character is read as: a digit within a number, an emoji's name."""
    category = unicodedata.category(character)
    if category in ("So", "Sk", "Sm", "Sc"):
        return 40
    if category[0] == "N" or character >= "\u2e80":
        return 14
    if category[0] == "L":
        return 3 if character < LAST_LATIN else strange
    return 1 if category[0] == "M" else 2
