"""Formulas written in TeX: kept as they are written, and read out where they are short."""

import re
from collections.abc import Iterable
from dataclasses import replace

from documents.builder import Builder
from documents.text_cleaning import one_line
from documents.types import TextRun

LONGEST_READ = 120  # characters
RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")
SHIFTED = re.compile(r"([\^_])(?:\{([^{}]{1,8})\}|([^\s{}\\]))")
UNREAD = re.compile(r"[\\^_{}$&%#~]")


class FormulaBuilder(Builder):
    """Builder that gives each formula in TeX its reading."""

    def parts(self, parts: Iterable[TextRun]) -> None:
        """Add parts, formulas with what is spoken for them."""
        super().parts(_read_out(part) for part in parts)


def _read_out(part: TextRun) -> TextRun:
    if part.kind != "formula" or part.replaced_by is not None:
        return part
    return replace(part, replaced_by=reading(part.text))


def reading(tex: str) -> str | None:
    """Read a short formula in a line of plain signs; None where it takes more than that."""
    if len(tex) > LONGEST_READ:
        return None
    from pylatexenc.latex2text import LatexNodes2Text

    shifted = SHIFTED.sub(_shifted, tex.strip("$ \n"))
    read = one_line(LatexNodes2Text().latex_to_text(shifted))
    return None if not read or UNREAD.search(read) else read


def _shifted(found: re.Match[str]) -> str:
    signs = RAISED if found[1] == "^" else LOWERED
    text = found[2] or found[3]
    return text.translate(signs) if all(ord(sign) in signs for sign in text) else found[0]
