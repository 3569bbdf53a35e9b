"""Lists of LaTeX: the number that each item shows, as the list or its level asks for it."""

import re
from dataclasses import dataclass

from documents.list_numbers import written

SHAPES = {
    "arabic": "decimal", "alph": "lowerLetter", "Alph": "upperLetter", "roman": "lowerRoman",
    "Roman": "upperRoman", "1": "decimal", "a": "lowerLetter", "A": "upperLetter",
    "i": "lowerRoman", "I": "upperRoman",
}  # fmt: skip
USUAL = (("", "decimal", "."), ("(", "lowerLetter", ")"), ("", "lowerRoman", "."))
LAST = ("", "upperLetter", ".")
COUNTED = re.compile(
    r"([^\\{}\[\],=]{0,20})\\(arabic|alph|Alph|roman|Roman)(?:\*|\{\w{1,20}\})([^\\{}\[\],\n]{0,20})"
)
SHORT = re.compile(r"\[([^\w\]]{0,3})([1aAiI])([^\w\]]{0,3})[\],]")
START = re.compile(r"(?:start=|\\setcounter\{enum[iv]{1,3}\}\{)(\d{1,6})")
HEAD = 300  # characters in which a list says how it counts


@dataclass(slots=True)
class Listed:
    """A list while it is read: what stands around its numbers, and the last of them."""

    before: str
    shape: str
    after: str
    last: int

    def next_label(self) -> str:
        """Count an item; returns the number that it shows."""
        self.last += 1
        return f"{self.before}{written(self.last, self.shape)}{self.after}"


def opened(source: str, depth: int, last: int) -> Listed:
    """Begin a list that is written so, at a depth from 0 on; `last` ended the one before."""
    head = source[:HEAD].partition("\\item")[0]
    before, shape, after = USUAL[depth] if depth < len(USUAL) else LAST
    if found := COUNTED.search(head):
        before, shape, after = found[1].strip(), SHAPES[found[2]], found[3].strip()
    elif found := SHORT.match(head.removeprefix("\\begin{enumerate}")):
        before, shape, after = found[1], SHAPES[found[2]], found[3]
    start = START.search(head)
    if start is None:
        return Listed(before, shape, after, last if "resume" in head else 0)
    return Listed(before, shape, after, int(start[1]) - start[0].startswith("start"))
