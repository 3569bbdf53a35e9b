"""Parsing of HTML: the bytes or the text of a page into a tree."""

import re

from selectolax.lexbor import LexborHTMLParser

from documents.encodings import decode_markup
from documents.errors import Broken, FramePage
from documents.text_cleaning import one_line

VOID = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
SELF_CLOSED = re.compile(rf"<((?!(?:{VOID})\b)[a-zA-Z][\w:-]*)((?:\s[^<>]*?)?)\s*/>")
IS_XHTML = re.compile(r"\s*<\?xml|<html[^>]*\sxmlns\s*=", re.IGNORECASE)
PREFIXED = re.compile(r"<([A-Za-z][\w-]{0,20}):html[\s>]")
XHTML_WITHIN = 4096  # characters
NESTING_NAMES = (
    "a abbr acronym address article aside b bdi bdo big blockquote button center cite code del "
    "details dfn dir div dl em fieldset figure font footer form h1 h2 h3 h4 h5 h6 header hgroup i "
    "ins kbd label main map mark menu nav nobr object ol pre q ruby s samp section small span "
    "strike strong sub sup table tt u ul var"
)
NESTING = re.compile(
    rf"<(?P<close>/?)(?:{'|'.join(NESTING_NAMES.split())})(?=[\s/>])[^<>]*+>?", re.IGNORECASE
)
DEEPEST = 1000  # elements in each other: the time that a parser takes grows with their square
LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{5000,}+>?")
MOST_VALUES = 1000  # of attributes in one tag
MOST_WORDS = 30_000
MOST_FRAMES = 3  # that are named


def parse(data: bytes, charset: str = "") -> LexborHTMLParser:
    """Parse a page's bytes into a tree; raises Broken where there is none."""
    return parse_text(decode_markup(data, charset).text)


def parse_text(text: str) -> LexborHTMLParser:
    """Parse HTML or XHTML into a tree; raises Broken, FramePage where there is none."""
    if prefixed := PREFIXED.search(text[:XHTML_WITHIN]):
        text = re.sub(rf"<(/?){prefixed[1]}:", r"<\1", text)
    if IS_XHTML.search(text[:XHTML_WITHIN]):
        # To an HTML parser a self-closed <title/> or <a/> stays open to the end of the page.
        text = SELF_CLOSED.sub(r"<\1\2></\1>", text)
    text = LONG_TAG.sub(_without_attributes, text)
    if _is_too_deep(text):
        text = NESTING.sub(" ", text)
    tree = LexborHTMLParser(text)
    if tree.body is None:
        frames = [one_line(frame.attributes.get("src") or "") for frame in tree.css("frame")]
        named = ", ".join([frame[:200] for frame in frames if frame][:MOST_FRAMES])
        raise FramePage(addresses=named) if named else Broken
    return tree


def _without_attributes(tag: re.Match[str]) -> str:
    written = tag[0]
    is_bearable = written.count("=") <= MOST_VALUES and len(written.split()) <= MOST_WORDS
    return written if is_bearable else f"{written.split(None, 1)[0]}>"


def _is_too_deep(text: str) -> bool:
    depth = 0
    for tag in NESTING.finditer(text):
        depth = max(0, depth - 1) if tag["close"] else depth + 1
        if depth > DEEPEST:
            return True
    return False
