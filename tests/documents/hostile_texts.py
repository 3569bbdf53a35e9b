"""Documents that repeat one sign without an end: each is read in time that grows with its size."""

from collections.abc import Callable

from tests.documents.hostile import deep
from tests.documents.making import epub

CUE = b"1\n00:00:01,000 --> 00:00:02,000\n"
VTT_CUE = b"WEBVTT\n\n00:01.000 --> 00:02.000\n"
ASS_LINE = (
    b"[Script Info]\n\n[Events]\nFormat: Layer, Start, End, Text\n"
    b"Dialogue: 0,0:00:01.00,0:00:02.00,"
)
RST_TITLE = b"Title\n=====\n\n"
PAGE = b"<!doctype html>"
SPANS = "<h1>" + "<span>a</span><span>b</span>" * 50_000 + "</h1>"

CASES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "captions of braces": lambda: ("a.srt", CUE + b"{\\" * 1_000_000),
    "captions of voices": lambda: ("a.vtt", VTT_CUE + b"<v a" * 500_000),
    "captions of voices with classes": lambda: ("a.vtt", VTT_CUE + b"<v.a" * 500_000),
    "captions of drawings": lambda: ("a.ass", ASS_LINE + b"{\\p1 a" * 300_000),
    "captions of one drawing": lambda: ("a.ass", ASS_LINE + b"{" + b"\\p1" * 500_000),
    "RST of bars": lambda: ("a.rst", RST_TITLE + b"|a_ " * 100_000),
    "RST of references": lambda: ("a.rst", RST_TITLE + b"a_ " * 100_000),
    "RST of notes": lambda: ("a.rst", RST_TITLE + b"[1]_ " * 50_000),
    "RTF of open groups": lambda: ("a.rtf", b"{\\rtf1 " + b"{" * 1_000_000 + b"a"),
    "page of paragraphs in bold": lambda: ("a.html", PAGE + b"<p><b>" * 50_000 + b"x"),
    "page of raised figures in each other": lambda: (
        "a.html",
        PAGE + b"<p>" + b"<sup>a<i>" * 20_000,
    ),
    "book of spans in headings": lambda: ("a.epub", epub({"c.xhtml": SPANS})),
    "book of deep headings": lambda: ("a.epub", epub({"c.xhtml": deep("h1 span b", 50_000) + "x"})),
    "book of texts in drawings": lambda: (
        "a.epub",
        epub({"c.xhtml": f"<p>late</p><svg>{'<text>a' * 30_000}"}),
    ),
}
