"""Formulas in HTML: MathML, and what MathJax, KaTeX and encyclopedias make of TeX."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from documents.errors import Broken
from documents.formulas import from_mathml, from_tex, is_in_words, without_wrapper
from documents.html_kinds import Attributes, classes_of, types_of
from documents.safe_xml import parse_xml
from documents.text_cleaning import one_line

LARGEST = 40_000  # characters of markup of one formula
LONGEST = 10_000  # characters of a formula as it is written; what is left out shows as "…"
RENDERED_NAMES = (
    "katex katex-display mathjax mathjax_display mathjax_chtml mathjax_svg mathjax_svg_display "
    "mjx-chtml ltx_math mwe-math-element"
)
RENDERED = frozenset(RENDERED_NAMES.split())
PREVIEWS = frozenset(("mathjax_preview",))
IMAGES = frozenset(("tex", "math", "latex", "formula", "equation", "mathtex", "ee_img", "eqn"))
PLACEHOLDER = re.compile(  # what programs write where nobody wrote a description
    r"\W{0,3}(?:(?:no )?(?:alternat(?:iv)?e|alt\.?|descriptive)[ -]?(?:text|description)?"
    r"(?: (?:is )?(?:not|un)[ -]?available| missing)?|"
    r"(?:no )?description(?: (?:not|un) ?available)?|"
    r"(?:display |inline )?(?:math(?:ml|s|ematical)?|equation|formula|image|picture|graphic)"
    r"(?: (?:image|equation|formula|expression))?(?: \d{1,4})?|untitled)\W{0,3}",
    re.IGNORECASE,
)
SHELLS = (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$"))


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it is written, "" where it stands elsewhere, too; `said` is its reading."""

    text: str
    said: str | None


ELSEWHERE = Formula("", None)


def formula_of(node: Any, tag: str, attributes: Attributes) -> Formula | None:
    """Read the formula that an element holds; None where it holds none."""
    if tag == "math":
        return _of_math(node)
    if tag == "script":
        return _of_script(node, attributes)
    if tag == "mjx-container":
        return _of_rendered(node, attributes)
    if not attributes or tag not in ("span", "div", "img", "p", "pre", "code"):
        return None
    classes = classes_of(attributes)
    if tag != "img" and "math" in types_of(attributes):
        return _of_tex(node.text().strip())
    if tag == "img":
        alt = (attributes.get("alt") or "").strip()
        is_formula = classes & IMAGES or any(name.startswith("mwe-math") for name in classes)
        return _of_tex(alt) if alt and is_formula else None
    if classes & RENDERED:
        above = node.parent
        if above is not None and classes_of(above.attributes) & RENDERED:
            return None  # what holds this was looked through
        return _of_rendered(node, attributes)
    if classes & PREVIEWS:
        return ELSEWHERE if _has_script(node) else None
    if "math" in classes:
        text = node.text().strip()
        if any(text.startswith(start) and text.endswith(end) for start, end in SHELLS):
            return _of_tex(text)
    return None


@lru_cache(1000)
def _of_tex(text: str) -> Formula:
    written = _shortened(one_line(without_wrapper(text)))
    if is_in_words(written):
        return Formula(written, written)
    return Formula(written, from_tex(written))


def _shortened(written: str) -> str:
    return written if len(written) <= LONGEST else f"{written[: LONGEST - 1]}…"


def _of_script(node: Any, attributes: Attributes) -> Formula | None:
    kind = (attributes.get("type") or "").lower().partition(";")[0].strip()
    if kind not in ("math/tex", "math/latex", "math/asciimath"):
        return None
    text = node.text().strip()
    return Formula(one_line(text), None) if kind == "math/asciimath" else _of_tex(text)


def _of_rendered(node: Any, attributes: Attributes) -> Formula | None:
    """What a program drew: the source of it is kept beside the drawing, and said once."""
    if _has_script(node):
        return ELSEWHERE
    source = node.css_first("annotation[encoding='application/x-tex']")
    if source is not None and source.text().strip():
        return _of_tex(source.text())
    math = node.css_first("math")
    if math is not None:
        return _of_math(math)
    if markup := attributes.get("data-mathml"):
        return _of_markup(markup, "")
    image = node.css_first("img[alt]")
    if image is not None and image.attributes.get("alt"):
        return _of_tex(image.attributes["alt"])
    label = one_line(attributes.get("aria-label") or "")
    return Formula(label, label if is_in_words(label) else None) if label else None


def _has_script(node: Any) -> bool:
    """Whether the source of what MathJax drew stands in a script after it."""
    after = node
    while after is not None and _is_drawn(after):
        after = after.next
    is_script = after is not None and after.tag == "script"
    return is_script and (after.attributes.get("type") or "").startswith("math/")


def _is_drawn(node: Any) -> bool:
    if node.tag == "-text":
        return not (node.text_content or "").strip()
    return any(name.startswith("mathjax") for name in classes_of(node.attributes))


def _of_math(math: Any) -> Formula:
    return _of_markup(math.html or "", one_line(math.attributes.get("alttext") or ""), math)


def _of_markup(markup: str, alternative: str, math: Any = None) -> Formula:
    written = "" if PLACEHOLDER.fullmatch(alternative) else without_wrapper(alternative)
    if written and is_in_words(written):
        return Formula(written, written)
    said = None
    if len(markup) <= LARGEST:
        try:
            said = from_mathml(parse_xml(markup.replace("&nbsp;", " ").encode()))
        except Broken:
            said = None
    if said is None and written:
        said = from_tex(written)
    shown = written or said or (one_line(math.text()) if math is not None else "")
    return Formula(_shortened(shown), said)
