"""Source of LaTeX made simpler before it is parsed: sizes and comments out, units as printed."""

import re

from documents.latex_units import with_units

COMMENT = re.compile(
    r"\\begin\{comment\}.*?(?:\\end\{comment\}|\Z)|\\iffalse\b.*?(?:\\fi\b|\Z)", re.DOTALL
)
IN_LINE = re.compile(
    r"\\(?:lstinline|mintinline\{\w{1,30}\})(?:\[[^\]\n]{0,200}\])?(?=[^\w\s{\[*])"
)
# pylatexenc tries what follows such a bracket twice, and what stands in that four times.
NOT_CLOSED = re.compile(r"((?:\\[A-Za-z]{1,50}\*?|[\]}])\s{0,9})\[(?![^\[\]]{0,1000}\])")
SHORTHANDS = {
    "a": "ä", "o": "ö", "u": "ü", "A": "Ä", "O": "Ö", "U": "Ü", "s": "ß", "z": "ß", "=": "-",
    "~": "-", '"': "", "|": "", "-": "",
}  # fmt: skip
SHORTHAND = re.compile(r'(?<![\\\w.,!?])"([aouAOU](?=\w)|[=~|"-])|(?<=\w)"([aouAOUsz=~|"-])')
OVERLAY = re.compile(r"(\\(?:[A-Za-z]{1,30}|begin\{[a-z]{1,30}\}))<[\d+.,|@:()a-z -]{1,40}>")
SIZES = re.compile(
    r"\\(?:hskip|vskip|kern|hsize|vsize|parindent|parskip|baselineskip)\s{0,3}=?\s{0,3}"
    r"-?[\d.]{1,8}\s{0,2}(?:pt|em|ex|cm|mm|in|true\w\w|sp|bp)"
    r"(?:\s{1,3}(?:plus|minus)\s{0,3}-?[\d.]{1,8}\s{0,2}(?:pt|em|ex|cm|mm|in|fil{1,3})){0,2}"
)
BOX_TO = re.compile(r"(\\[hv]box)\s{1,3}(?:to|spread)\s{0,3}[\d.]{1,8}\s{0,2}[a-z]{2}")
FRAME = re.compile(
    r"\\begin\{frame\}((?:<[^>\n]{0,40}>)?(?:\[[^\]\n]{0,200}\]){0,2})\{([^{}\n]{1,300})\}"
    r"(?:\{([^{}\n]{1,300})\})?"
)
LABELS = re.compile(r"\\(?:def|renewcommand\*?)\s{0,3}\{?\\labelenum[iv]{1,3}\}?\s{0,3}(?=\{)")


def without_comments(body: str) -> str:
    """Take out what is commented out; code in a line is written as verbatim text is."""
    return IN_LINE.sub(r"\\verb", COMMENT.sub("", body))


def simplified(body: str, *, is_german: bool) -> str:
    """Write a text without what only says how it is set; `is_german` is for quotes of babel."""
    body = with_units(body)
    body = LABELS.sub(r"\\labelform", OVERLAY.sub(r"\1", FRAME.sub(_framed, body)))
    body = BOX_TO.sub(r"\1", SIZES.sub("", body))
    if is_german:
        body = SHORTHAND.sub(lambda found: SHORTHANDS[found[1] or found[2]], body)
    return NOT_CLOSED.sub(r"\1{[}", body)


def _framed(found: re.Match[str]) -> str:
    """The beginning of a slide, with its title as a heading of its own."""
    below = f"\\framesubtitle{{{found[3]}}}" if found[3] else ""
    return f"\\begin{{frame}}{found[1]}\n\\frametitle{{{found[2]}}}{below}\n"
