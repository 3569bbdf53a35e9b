"""Formulas written in TeX: kept as they are written, and read out where they are short."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from html import escape

from documents.builder import Builder
from documents.text_cleaning import one_line
from documents.types import TextRun

LONGEST_READ = 120  # characters
MOST_REMEMBERED = 1000  # formulas: the same few letters stand all over a paper
RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")
SHIFTED = re.compile(r"([\^_])(?:\{([^{}]{1,8})\}|([^\s{}\\]))")
UNREAD = re.compile(r"[\\^_{}$&%#~]")


def formula_html(tex: str) -> str:
    """Write a formula as the HTML that MathJax reads, and the walker over pages."""
    return f'<span class="math" role="math">\\({escape(one_line(tex))}\\)</span>'


class FormulaBuilder(Builder):
    """Builder that gives each formula in TeX its reading."""

    def parts(self, parts: Iterable[TextRun]) -> None:
        """Add parts, formulas with what is spoken for them."""
        super().parts(_read_out(part) for part in parts)


def _read_out(part: TextRun) -> TextRun:
    if part.kind != "formula" or part.replaced_by is not None:
        return part
    tex = part.text.removeprefix("\\(").removesuffix("\\)")
    return replace(part, text=tex, replaced_by=reading(tex))


@lru_cache(MOST_REMEMBERED)
def reading(tex: str) -> str | None:
    """Read a short formula in a line of plain signs; None where it takes more than that."""
    if len(tex) > LONGEST_READ:
        return None
    from pylatexenc.latex2text import LatexNodes2Text

    shifted = SHIFTED.sub(_shifted, tex.strip())
    read = one_line(LatexNodes2Text().latex_to_text(shifted))
    return None if not read or UNREAD.search(read) else read


def _shifted(found: re.Match[str]) -> str:
    signs = RAISED if found[1] == "^" else LOWERED
    text = found[2] or found[3]
    return text.translate(signs) if all(ord(sign) in signs for sign in text) else found[0]
