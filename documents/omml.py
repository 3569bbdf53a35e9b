"""Formulas of Word (Office Math): a line of text with the signs of Unicode."""

from lxml import etree

from documents.docx_package import M
from documents.office_paragraphs import LOWERED, RAISED

DEEPEST = 12
LONGEST = 200  # characters of a formula that can be followed by ear
SIMPLE = frozenset("0123456789+-−=()ni")
ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}


class _TooComplicated(Exception):
    """A formula that a line of text cannot give."""


def linear(formula: etree._Element) -> str | None:
    """Write a formula as one line, such as "x² + 1 = y"; None where that says too little."""
    try:
        text = " ".join(_content(formula, 0).split())
    except _TooComplicated:
        return None
    return text if text and len(text) <= LONGEST else None


def signs(formula: etree._Element) -> str:
    """Collect the letters and signs of a formula in their order, whatever its shape."""
    return " ".join("".join(node.text or "" for node in formula.iter(f"{M}t")).split())


def _content(node: etree._Element, depth: int) -> str:
    if depth > DEEPEST:
        raise _TooComplicated
    return "".join(_element(child, depth + 1) for child in node)


def _element(node: etree._Element, depth: int) -> str:
    name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
    match name:
        case "r":
            return "".join(text.text or "" for text in node.iter(f"{M}t"))
        case "f":
            return _fraction(node, depth)
        case "sSup" | "sSub" | "sSubSup":
            return _scripts(node, depth)
        case "rad":
            return _root(node, depth)
        case "d":
            return _bracketed(node, depth)
        case "nary":
            return _sum(node, depth)
        case "func":
            return f"{_part(node, 'fName', depth)} {_part(node, 'e', depth)}"
        case "limLow" | "limUpp":
            return f"{_part(node, 'e', depth)} {_part(node, 'lim', depth)}"
        case "acc" | "groupChr":
            return _part(node, "e", depth) + (_property(node, "chr", "̂") if name == "acc" else "")
        case "e" | "oMath" | "oMathPara" | "box" | "borderBox" | "bar" | "ins":
            return _content(node, depth)
        case "m" | "eqArr" | "sPre":
            raise _TooComplicated
        case _:
            return ""


def _part(node: etree._Element, name: str, depth: int) -> str:
    found = node.find(f"{M}{name}")
    return _content(found, depth).strip() if found is not None else ""


def _property(node: etree._Element, name: str, otherwise: str) -> str:
    found = node.find(f"{M}{node.tag.rpartition('}')[2]}Pr/{M}{name}")
    return found.get(f"{M}val", "") if found is not None else otherwise


def _grouped(text: str) -> str:
    is_bracketed = text.startswith("(") and text.endswith(")") and "(" not in text[1:]
    return text if text.isalnum() or is_bracketed else f"({text})"


def _fraction(node: etree._Element, depth: int) -> str:
    upper, lower = _part(node, "num", depth), _part(node, "den", depth)
    if _property(node, "type", "bar") == "noBar":
        raise _TooComplicated
    return f"{_grouped(upper)}/{_grouped(lower)}"


def _scripts(node: etree._Element, depth: int) -> str:
    made = _part(node, "e", depth)
    made = made if len(made) < 2 or made.isalnum() or made.endswith(")") else f"({made})"
    if lower := _part(node, "sub", depth):
        is_simple = set(lower) <= SIMPLE - set("ni")
        made += lower.translate(LOWERED) if is_simple else f"_{_grouped(lower)}"
    if upper := _part(node, "sup", depth):
        if upper in ("′", "'", "″", "*", "°"):
            return made + upper
        made += upper.translate(RAISED) if set(upper) <= SIMPLE else f"^{_grouped(upper)}"
    return made


def _root(node: etree._Element, depth: int) -> str:
    degree = _part(node, "deg", depth)
    if degree not in ROOTS:
        degree = degree.translate(RAISED) if set(degree) <= SIMPLE else f"{_grouped(degree)} "
        return f"{degree}√({_part(node, 'e', depth)})"
    return f"{ROOTS[degree]}({_part(node, 'e', depth)})"


def _bracketed(node: etree._Element, depth: int) -> str:
    opening, closing = _property(node, "begChr", "("), _property(node, "endChr", ")")
    between = _property(node, "sepChr", "|")
    inside = between.join(_content(part, depth).strip() for part in node.iterfind(f"{M}e"))
    return f"{opening}{inside}{closing}"


def _sum(node: etree._Element, depth: int) -> str:
    made = _property(node, "chr", "∫") or "∫"
    lower, upper = _part(node, "sub", depth), _part(node, "sup", depth)
    made += f"_{_grouped(lower)}" if lower else ""
    made += f"^{_grouped(upper)}" if upper else ""
    return f"{made} {_part(node, 'e', depth)}"
