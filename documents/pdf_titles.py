"""Titles that programs write into a PDF, told from those that people gave."""

import re

TEMPLATE_NAMES = (
    "untitled untitled-1 unknown none null title document document1 doc doc1 layout1 presentation "
    "presentation1 template normal.dot slide1 book1 sheet1 tabelle1 dokument1 noname new print "
    "output draft temp tmp test powerpointpresentation powerpoint-präsentation "
    "microsoftwordtemplate blankdocument untitleddocument unbenannt sanstítulo sanstitre "
    "(anonymous) anonymous unspecified"
)
TEMPLATES = frozenset(TEMPLATE_NAMES.split())
JUNK = re.compile(
    r"microsoft (?:word|powerpoint|excel|office)\b.*|untitled\b.*|layout ?\d+|"
    r"(?:doc|document|dokument|presentation|book|sheet|slide|folie|scan|img|image)[ _-]?\d{0,8}|"
    r"(?:powerpoint|word|excel)[ -](?:presentation|präsentation|document|dokument)|"
    r"[0-9a-f-]{12,64}|\d[\d\W_]{0,40}|"
    r"(?:[a-z]:)?[\\/](?:\S{0,200}[\\/]){0,20}\S{0,200}|file:.*|"
    r".{0,280}\.(?:docx?|dotx?|tex|dvi|ps|eps|indd|qxd|odt|ott|rtf|html?|pptx?|xlsx?|pdf|p65|fm|md|"
    r"pages|pub|cdr|ai|txt|wpd|jpe?g|png|tiff?|jsp|aspx?|php)",
    re.IGNORECASE,
)


def is_a_title(text: str) -> bool:
    """Whether a title in a PDF's metadata is one, not a file's or a template's name."""
    plain = re.sub(r"\s", "", text).lower()
    return len(plain) > 1 and plain not in TEMPLATES and not JUNK.fullmatch(text.strip())
