"""Formulas as one line of text: MathML and TeX become signs that can be read aloud in order."""

import re
from collections.abc import Iterable

from lxml import etree

from documents.tex import parse_tex

LONGEST = 120  # signs of a reading; what is longer cannot be followed by ear
MOST_ELEMENTS = 600
DEEPEST = 40
SPACE = "\x01"  # around an operator; falls away in brackets

RAISED = str.maketrans(
    "0123456789+-−=()nikxyjmtabcdeoprsuvwz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵏˣʸʲᵐᵗᵃᵇᶜᵈᵉᵒᵖʳˢᵘᵛʷᶻ"
)
RAISABLE = re.compile(r"[+−-]?[0-9nikxyjmtabcdeoprsuvwz]{1,4}(?:[+−-][0-9nikxyjmt]{1,3})?")
OPERATORS = frozenset("+-−±∓×·÷=≠<>≤≥≈≡∼≅∝→←↔⇒⇔∈∉⊂⊆∪∩∧∨∘∗*≪≫↦⟶")
OPENING = frozenset("([{⟨⌊⌈|,;")
LARGE = frozenset("∑∏∫∮∐⋃⋂∬∭")
INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u200b\u200c\u200d\ufeff")
PRIMES = {"'": "′", "′": "′", "″": "″", "‴": "‴", "''": "″"}
LEAVES = frozenset(("mi", "mn", "mo", "mtext", "ms"))
PASSED_OVER = frozenset(
    ("annotation", "annotation-xml", "mphantom", "mspace", "none", "maligngroup")
)
TOO_COMPLICATED = frozenset(("mtable", "mmultiscripts", "mlabeledtr", "mstack", "mlongdiv"))
SIMPLE = re.compile(r"[\w.,′″°%∞]{1,24}|[^\s\w]?[\w⁰¹²³⁴-⁹ⁿⁱ′]{1,12}")
TEX_SIGNS = re.compile(r"[\\^_{}$]")
WORD = re.compile(r"[^\W\d_]{3}")
WRAPPER = re.compile(r"\s*\{?\\(?:display|text|script)style\b\s*(.*?)\s*\}?\s*", re.DOTALL)


class _TooComplicatedError(Exception):
    """Part of a formula that no line of text stands for."""


def from_mathml(root: etree._Element) -> str | None:
    """Write MathML on one line, such as "x² + 1 = y"; None where it is too complicated to read."""
    if sum(1 for _, _ in zip(root.iter(), range(MOST_ELEMENTS + 1), strict=False)) > MOST_ELEMENTS:
        return None
    try:
        return _finished(_written(root, 0))
    except _TooComplicatedError:
        return None


def from_tex(text: str) -> str | None:
    """Write a formula of TeX on one line; None where it is too complicated to read."""
    tree = parse_tex(text)
    return None if tree is None else from_mathml(tree)


def is_in_words(text: str) -> bool:
    """Whether the text beside a formula says it in words, such as "x squared"."""
    return " " in text and not TEX_SIGNS.search(text) and bool(WORD.search(text))


def without_wrapper(text: str) -> str:
    """Take off what only sets the size of a formula: {\\displaystyle x} is x."""
    found = WRAPPER.fullmatch(text[:5000])
    is_wrapped = found and found[1].count("{") == found[1].count("}")
    return found[1] if found and is_wrapped else text.strip()


def _finished(text: str) -> str | None:
    made = " ".join(text.replace(SPACE, " ").split())
    made = re.sub(r" ([,;.])", r"\1", made)
    return made if made and len(made) <= LONGEST else None


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _written(element: etree._Element, depth: int) -> str:
    name = _name(element)
    if depth > DEEPEST or name in TOO_COMPLICATED:
        raise _TooComplicatedError
    if not name or name in PASSED_OVER:
        return ""
    if name in LEAVES:
        return _leaf(name, element)
    parts = [_written(child, depth + 1) for child in element if _is_shown(child)]
    if name == "semantics":
        return parts[0] if parts else ""
    if name in SHAPES:
        return SHAPES[name](parts)
    if name == "mfenced":
        return _fenced(element, parts)
    if name == "msqrt":
        return f"√{_grouped(_joined(parts))}"
    return _joined(parts)


def _is_shown(element: etree._Element) -> bool:
    return _name(element) not in ("annotation", "annotation-xml", "")


def _leaf(name: str, element: etree._Element) -> str:
    text = "".join(
        sign for sign in " ".join("".join(element.itertext()).split()) if sign not in INVISIBLE
    )
    if name == "mo":
        if text in OPERATORS:
            return f"{SPACE}{'−' if text == '-' else text}{SPACE}"
        return f"{text} " if text in (",", ";") else text
    if name == "mtext":
        return f" {text} "
    return f" {text} " if name == "mi" and len(text) > 1 and text.isalpha() else text


def _joined(parts: Iterable[str]) -> str:
    """Join the pieces of a row; a sign at its beginning or after another one is no operator."""
    made = ""
    for part in parts:
        bare = part.strip(SPACE)
        before = made.rstrip(SPACE + " ")[-1:]
        is_sign = bare in ("+", "−", "±", "∓") and part.startswith(SPACE)
        if is_sign and (not before or before in OPENING or before in OPERATORS):
            made += bare
        else:
            made += part
    return made


def _grouped(text: str) -> str:
    """Bracket what is more than one sign, so that it stays together when read on one line."""
    compact = " ".join(text.replace(SPACE, "").split())
    if not compact:
        raise _TooComplicatedError
    return compact if SPACE not in text and SIMPLE.fullmatch(compact) else f"({compact})"


def _two(parts: list[str]) -> tuple[str, str]:
    if len(parts) < 2:
        raise _TooComplicatedError
    return parts[0], parts[1]


def _fraction(parts: list[str]) -> str:
    above, below = _two(parts)
    return f"{_grouped(above)}/{_grouped(below)}"


def _root(parts: list[str]) -> str:
    base, index = _two(parts)
    index = index.strip(SPACE + " ")
    sign = {"2": "√", "3": "∛", "4": "∜"}.get(index)
    if sign is None:
        if not RAISABLE.fullmatch(index):
            raise _TooComplicatedError
        sign = f"{index.translate(RAISED)}√"
    return f"{sign}{_grouped(base)}"


def _power(parts: list[str]) -> str:
    base, power = _two(parts)
    compact = power.replace(SPACE, "").replace(" ", "")
    if not compact:
        return base
    if compact in PRIMES:
        return f"{base.rstrip()}{PRIMES[compact]}"
    if compact in ("∘", "°"):
        return f"{base.rstrip()}°"
    shown = base.strip()
    if SPACE in shown and not shown.endswith(")"):
        shown = f"({shown.replace(SPACE, '')})"
    if RAISABLE.fullmatch(compact):
        return (
            f"{shown}{compact.translate(RAISED)}{' ' if shown.isalpha() and len(shown) > 1 else ''}"
        )
    return f"{shown}^{compact}" if len(compact) == 1 else f"{shown}^({compact}) "


def _index(parts: list[str]) -> str:
    base, index = _two(parts)
    compact = " ".join(index.replace(SPACE, "").split())
    if not compact:
        return base
    if _is_large(base):
        return _bounded(base, index, "")
    return f"{base.strip()} {compact} "


def _index_and_power(parts: list[str]) -> str:
    if len(parts) < 3:
        raise _TooComplicatedError
    base, index, power = parts[:3]
    if _is_large(base):
        return _bounded(base, index, power)
    compact = index.replace(SPACE, "").strip()
    return f"{_power([base, power]).strip()} {compact} " if compact else _power([base, power])


def _is_large(base: str) -> bool:
    return base.strip() in LARGE or base.strip() in (
        "lim",
        "max",
        "min",
        "sup",
        "inf",
        "lim sup",
        "lim inf",
    )


def _bounded(base: str, low: str, high: str) -> str:
    low, high = (" ".join(each.replace(SPACE, " ").split()) for each in (low, high))
    bounds = f"{low} … {high}" if low and high else low or high
    return f"{base.strip()} ({bounds}) " if bounds else base


def _under(parts: list[str]) -> str:
    base, below = _two(parts)
    return _bounded(base, below, "") if _is_large(base) else base


def _over(parts: list[str]) -> str:
    base, above = _two(parts)
    return _bounded(base, "", above) if _is_large(base) else base


def _under_and_over(parts: list[str]) -> str:
    if len(parts) < 3:
        raise _TooComplicatedError
    return _bounded(parts[0], parts[1], parts[2]) if _is_large(parts[0]) else parts[0]


def _fenced(element: etree._Element, parts: list[str]) -> str:
    separator = element.get("separators", ",").strip()[:1]
    inner = f"{separator} ".join(parts)
    return f"{element.get('open', '(')}{inner.replace(SPACE, '')}{element.get('close', ')')}"


SHAPES = {
    "mfrac": _fraction,
    "mroot": _root,
    "msup": _power,
    "msub": _index,
    "msubsup": _index_and_power,
    "munder": _under,
    "mover": _over,
    "munderover": _under_and_over,
}
