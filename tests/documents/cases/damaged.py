"""Cases of damaged files: what is there is read, and a note says that some may be missing."""

import json
from collections.abc import Callable

from tests.documents.cases import Case
from tests.documents.making_office import fodt, odt, p, word

NOTE = "Parts of the text may be missing."
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# One\n", 'A "lamp".']},
            {"cell_type": "code", "source": ["x = 1"], "outputs": []},
            {"cell_type": "markdown", "metadata": {}, "source": ["It was late."]},
        ],
        "nbformat": 4,
    }
)
FLAT = fodt("<text:p>It was late.</text:p><text:p>And dark.</text:p>")
WORD = word(p("It was late.") + p("And dark."))
OPEN = odt("<text:p>It was late.</text:p><text:p>And dark.</text:p>")
BOOK = (
    '<?xml version="1.0" encoding="UTF-8"?><FictionBook><description></description><body><section>'
    "<title><p>One</p></title><p>It was late.</p><p>And dark.</p>"
)


def damaged(name: str, filename: str, content: Callable[[], str | bytes], *holds: str) -> Case:
    """A file of which these pieces are read."""
    return Case("Damaged", name, filename, content, holds=holds, notes=(NOTE,))


CASES = [
    damaged("a notebook that breaks off", "a.ipynb", lambda: NOTEBOOK[:-24], 'A "lamp".', "It was"),
    damaged(
        "a notebook that breaks off in an escape",
        "a.ipynb",
        lambda: NOTEBOOK[: NOTEBOOK.index('\\"lamp') + 1],
        "One",
    ),
    damaged(
        "a notebook with a comma too many",
        "a.ipynb",
        lambda: NOTEBOOK.replace('."]', '.",]', 1),
        'A "lamp".',
        "It was late.",
    ),
    damaged(
        "a notebook with both sides of a merge",
        "a.ipynb",
        lambda: NOTEBOOK.replace("[{", "[\n<<<<<<< HEAD\n{", 1),
        "It was late.",
    ),
    Case(
        "Damaged",
        "a notebook with a sign that no text has",
        "a.ipynb",
        lambda: NOTEBOOK.replace("late", "la\x01te").encode() + b"\0",
        holds=("It was late.",),
    ),
    damaged("a flat text that breaks off", "a.fodt", lambda: FLAT[:-60], "It was late."),
    damaged(
        "a flat text with a damaged root",
        "a.fodt",
        lambda: FLAT.replace("office:document ", "office<document ", 1),
        "It was late.",
        "And dark.",
    ),
    damaged("a book that breaks off", "a.fb2", lambda: BOOK, "It was late.", "And dark."),
    damaged("a Word file that breaks off", "a.docx", lambda: WORD[:-100], "It was late."),
    damaged(
        "a Word file without its list of contents",
        "a.docm",
        lambda: WORD[: WORD.index(b"PK\x01\x02")],
        "It was late.",
        "And dark.",
    ),
    damaged(
        "an open text that breaks off", "a.odt", lambda: OPEN[: OPEN.index(b"PK\x01\x02")], "It"
    ),
    Case("Damaged", "an archive of nothing", "a.docx", lambda: WORD[:40], refused="damaged"),
]
