"""Formulas of an OpenDocument text (MathML): a line of text with the signs of Unicode."""

from lxml import etree

from documents.office_paragraphs import LOWERED, RAISED

DEEPEST = 12
LONGEST = 200  # characters of a formula that can be followed by ear
RAISABLE = frozenset("0123456789+-−=()ni")
LOWERABLE = frozenset("0123456789+-−=()")
WORDS = frozenset(("mi", "mn", "mo", "mtext", "ms"))
ROWS = frozenset(("math", "mrow", "mstyle", "mpadded", "mfenced", "msqrt"))
PAIRS = frozenset(("mfrac", "msup", "msub", "mroot"))


class _TooComplicated(Exception):
    """A formula that a line of text cannot give."""


def linear(formula: etree._Element) -> str | None:
    """Write a formula as one line, such as "x² + 1 = y"; None where that says too little."""
    try:
        text = " ".join(_element(formula, 0).split())
    except _TooComplicated:
        return None
    return text if text and len(text) <= LONGEST else None


def signs(formula: etree._Element) -> str:
    """Collect the letters and signs of a formula in their order, whatever its shape."""
    return " ".join("".join(node.text or "" for node in formula.iter(*_words(formula))).split())


def _words(formula: etree._Element) -> list[str]:
    space = formula.tag.rpartition("}")[0]
    return [f"{space}}}{name}" if space else name for name in WORDS]


def _element(node: etree._Element, depth: int) -> str:
    if depth > DEEPEST:
        raise _TooComplicated
    name = node.tag.rpartition("}")[2]
    if name in WORDS:
        return (node.text or "").strip()
    if name == "semantics" and len(node):
        return _element(node[0], depth + 1)
    if name not in ROWS | PAIRS:
        if len(node):
            raise _TooComplicated
        return ""
    inner = [_element(child, depth + 1) for child in node]
    if name not in PAIRS:
        text = "".join(inner)
        return {"msqrt": f"√({text})", "mfenced": f"({','.join(inner)})"}.get(name, text)
    if len(inner) != 2:
        raise _TooComplicated
    return _pair(name, *inner)


def _pair(name: str, first: str, second: str) -> str:
    if name == "mfrac":
        return f"{_grouped(first)}/{_grouped(second)}"
    if name == "mroot":
        return f"{second.translate(RAISED)}√({first})"
    if name == "msup":
        is_sign = set(second) <= RAISABLE
        return _grouped(first) + (second.translate(RAISED) if is_sign else f"^{_grouped(second)}")
    is_sign = set(second) <= LOWERABLE
    return first + (second.translate(LOWERED) if is_sign else f"_{_grouped(second)}")


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() or text.endswith(")") else f"({text})"
