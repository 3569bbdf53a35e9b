"""Fields of a Word file, which run across paragraphs: what they ask for is not what they show."""

import re

from lxml import etree

from documents.docx_package import W, value
from documents.symbol_fonts import OTHER, sign_of

PAGES = frozenset(("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"))
CONTENTS = frozenset(("TOC", "TOA", "INDEX", "RD"))
SYMBOL = re.compile(r'\s*SYMBOL\s+(0x[\da-fA-F]{1,4}|\d{1,5})(?:\s+\\f\s+"?([\w ]{1,40}))?', re.I)
CHARACTER = f"{W}fldChar"
CHANGED_AWAY = (f"{W}del", f"{W}moveFrom")


class Fields:
    """Tells for each place of the text in which fields it stands."""

    def __init__(self, body: etree._Element) -> None:
        # Where a field never ends, the rest of the text would count as what it asks for.
        self._is_trusted = _is_balanced(body)
        self._asked: list[list[str]] = []
        self._shown: list[str] = []
        self._stack: list[bool] = []  # for each open field, whether it shows its result
        self._pages = self._contents = 0

    @property
    def is_asking(self) -> bool:
        """Whether the text here is what a field asks for, which nobody sees."""
        return self._is_trusted and bool(self._asked)

    @property
    def kind(self) -> str:
        """Kind that the fields here give to the text, "" for none."""
        if self._contents:
            return "contents"
        return "page_number" if self._pages else ""

    def ask(self, text: str) -> None:
        """Take a piece of what a field asks for."""
        if self._asked and self._is_trusted:
            self._asked[-1].append(text[:50])

    def mark(self, node: etree._Element) -> str:
        """Pass the beginning, the middle or the end of a field; returns what its mark shows."""
        kind = node.get(f"{W}fldCharType")
        if not self._is_trusted:
            return ""
        if kind == "begin":
            self._stack.append(False)
            self._asked.append([])
            return _chosen(node)
        if kind == "separate" and self._stack and not self._stack[-1]:
            self._stack[-1] = True
            self._open("".join(self._asked.pop()))
        elif kind == "end" and self._stack:
            if self._stack.pop():
                self.close()
            else:
                return _symbol("".join(self._asked.pop()))
        return ""

    def open(self, instruction: str) -> None:
        """Begin a field that asks for something in one piece; `close` ends it."""
        self._open(instruction)

    def close(self) -> None:
        """End the field that began to show its result last."""
        name = self._shown.pop() if self._shown else ""
        self._pages -= name in PAGES
        self._contents -= name in CONTENTS

    def _open(self, instruction: str) -> None:
        name = (instruction.split() or [""])[0].upper()
        self._shown.append(name)
        self._pages += name in PAGES
        self._contents += name in CONTENTS


def _is_balanced(body: etree._Element) -> bool:
    depth = 0
    for mark in body.iter(CHARACTER):
        if any(above.tag in CHANGED_AWAY for above in mark.iterancestors()):
            continue
        kind = mark.get(f"{W}fldCharType")
        depth += {"begin": 1, "end": -1}.get(kind, 0)
        if depth < 0:
            return False
    return depth == 0


def _symbol(instruction: str) -> str:
    """The sign that a field asks for which has no result of its own, "" for other fields."""
    found = SYMBOL.match(instruction)
    code = int(found[1], 16 if found[1][:2].lower() == "0x" else 10) if found else 0
    if found is None or not 0x20 < code < 0xD800:
        return ""
    sign = sign_of(found[2], code) if found[2] else chr(code)
    return "" if sign == OTHER else sign


def _chosen(begin: etree._Element) -> str:
    """The line that is chosen in a list of a form."""
    found = begin.find(f"{W}ffData/{W}ddList")
    if found is None:
        return ""
    lines = [line.get(f"{W}val", "") for line in found.iterfind(f"{W}listEntry")]
    result = value(found, f"{W}result") or value(found, f"{W}default") or "0"
    place = int(result) if result.isdecimal() and len(result) < 4 else 0
    return lines[place] if place < len(lines) else ""
