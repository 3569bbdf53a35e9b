"""Parsing of HTML: the bytes or the text of a page into a tree."""

import re

from selectolax.lexbor import LexborHTMLParser

from documents.errors import Broken, FramePage
from documents.text_cleaning import decode, one_line

VOID = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
SELF_CLOSED = re.compile(rf"<((?!(?:{VOID})\b)[a-zA-Z][\w:-]*)((?:\s[^<>]*?)?)\s*/>")
IS_XHTML = re.compile(r"\s*<\?xml|<html[^>]*\sxmlns\s*=", re.IGNORECASE)
CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
XML_ENCODING = re.compile(rb"<\?xml[^>]+encoding\s*=\s*[\"']([\w.:-]+)")
CHARSET_WITHIN = 4096
MOST_FRAMES = 3  # that are named


def parse(data: bytes, charset: str = "") -> LexborHTMLParser:
    """Parse a page's bytes into a tree; raises Broken where there is none."""
    head = data[:CHARSET_WITHIN]
    found = CHARSET.search(head) or XML_ENCODING.search(head)
    return parse_text(decode(data, charset or (found[1].decode() if found else "")).text)


def parse_text(text: str) -> LexborHTMLParser:
    """Parse HTML or XHTML into a tree; raises Broken, FramePage where there is none."""
    if IS_XHTML.search(text[:CHARSET_WITHIN]):
        # To an HTML parser a self-closed <title/> or <a/> stays open to the end of the page.
        text = SELF_CLOSED.sub(r"<\1\2></\1>", text)
    tree = LexborHTMLParser(text)
    if tree.body is None:
        frames = [one_line(frame.attributes.get("src") or "") for frame in tree.css("frame")]
        named = ", ".join([frame[:200] for frame in frames if frame][:MOST_FRAMES])
        raise FramePage(addresses=named) if named else Broken
    return tree
