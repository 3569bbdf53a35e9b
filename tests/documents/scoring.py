"""How much of a document's chapters and text came out as expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from documents.types import Document, compose
from tests.documents.making import Truth


@dataclass(frozen=True, slots=True)
class Score:
    """Shares from 0 to 1, and how many characters were expected."""

    chapters: float
    characters: float
    expected: int


def score(document: Document, truth: Sequence[Truth]) -> Score:
    """Hold a document against what it should be."""
    found = [(chapter.level, chapter.title) for chapter in document.chapters]
    wanted = [(chapter.level, chapter.title) for chapter in truth]
    chapters = SequenceMatcher(None, found, wanted, autojunk=False).ratio()
    said = "\n\n".join(compose(chapter) for chapter in document.chapters)
    expected = "\n\n".join(chapter.spoken for chapter in truth)
    return Score(chapters, alike(said, expected), len(expected))


def alike(one: str, other: str) -> float:
    """The share of characters that two texts have in common, word by word; breaks count."""
    if one == other:
        return 1.0
    words, others = _words(one), _words(other)
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    same = sum(
        sum(map(len, words[block.a : block.a + block.size]))
        for block in matcher.get_matching_blocks()
    )
    return 2 * same / max(1, sum(map(len, words)) + sum(map(len, others)))


def _words(text: str) -> list[str]:
    return text.replace("\n\n", " \n\n ").replace("\n", " \n ").split(" ")
