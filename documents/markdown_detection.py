"""Detection of Markdown in a text whose name does not say so."""

import re

HEADING = re.compile(r"^#{1,6} +\S[^\n]*$", re.MULTILINE)
FIRST_HEADING = re.compile(r"\s{0,100}#{1,3} +\S[^\n]*\n[ \t]*\n")
FENCE = re.compile(r"^(?:```|~~~)", re.MULTILINE)
SURE = (
    re.compile(r"(?<![\w*])\*\*(?=[^\s*])[^*\n]{1,200}(?<!\s)\*\*(?![\w*])"),
    re.compile(
        r"(?<!\\)\[[^\[\]\n]{1,200}\]\((?:https?://|mailto:|#|[\w./-]{1,200}\.\w)[^()\s]{0,500}\)"
    ),
    re.compile(r"^\|?[ \t]{0,3}:?-{3,50}:?[ \t]{0,3}\|[-:| \t]{1,500}$", re.MULTILINE),
    re.compile(r"^!\[[^\[\]\n]{0,200}\]\([^()\s]{1,500}\)", re.MULTILINE),
    re.compile(r"^ {0,3}[-*+] \[[ xX]\] \S", re.MULTILINE),
)
LIKELY = (
    re.compile(r"(?<![\w`])`(?=[^\s`])[^`\n]{1,100}`(?![\w`])"),
    re.compile(r"(?<![\w*])\*(?=[^\s*])[^*\n]{1,100}(?<!\s)\*(?![\w*])"),
    re.compile(r"^ {0,3}[-*+] \S", re.MULTILINE),
    re.compile(r"^> \S", re.MULTILINE),
)
ENOUGH = 3


def looks_like_markdown(text: str) -> bool:
    """Tell whether the signs of a text are those of Markdown, beyond what texts have by chance."""
    headings = len(HEADING.findall(text))
    lines = sum(1 for line in text.splitlines() if line.strip())
    fences = len(FENCE.findall(text))
    # A file of settings has a comment at every other line; a text has few headings.
    if headings >= 2 and (headings * 3 < lines or fences >= 2):
        return True
    score = 2 * (FIRST_HEADING.match(text) is not None) + 2 * (fences >= 2)
    sure = score + 2 * sum(1 for sign in SURE if sign.search(text))
    return sure > 0 and sure + sum(1 for sign in LIKELY if sign.search(text)) >= ENOUGH
