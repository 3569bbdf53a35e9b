"""Reader of web pages: the article becomes chapters, what stands around it is left out."""

import re
from collections.abc import Iterable
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from documents.builder import Builder
from documents.citations import mark_citations
from documents.errors import PageTooLarge
from documents.html import parse
from documents.html_article import Article
from documents.html_blocks import Page
from documents.html_hidden import reveal
from documents.html_walker import Flow
from documents.text_cleaning import one_line
from documents.types import Document, TextRun

SITE_NAME = re.compile(r"\s+[|–—·»:-]+\s+")
THREAD = re.compile(
    r'"@type"\s{0,9}:\s{0,9}"(?:DiscussionForumPosting|QAPage)"'
    r"|<meta[^<>]{0,99}(?:phpbb|discourse|vbulletin|xenforo|mybb|flarum|nodebb|invision)"
    r"|<(?:html|body)[^<>]{0,200}(?:viewtopic|forum|\bnsphpbb\b)",
    re.IGNORECASE,
)
THREAD_WITHIN = 400_000  # characters
MOST_TAGS = 200_000
LEFT_ONLY = 4  # times as much in tables or code as elsewhere: they are the text


def read_page(data: bytes, title: str, charset: str = "") -> Document:
    """Read a web page; `charset` is what its server said. Raises DocumentError."""
    if data.count(b"<") > MOST_TAGS:
        raise PageTooLarge
    tree = parse(data, charset)
    hidden = reveal(tree)
    html = tree.html or ""
    page = Page(tree.body, is_thread=bool(THREAD.search(html[:THREAD_WITHIN])))
    builder = Builder()
    written = _written_title(tree)
    article = Article(page, html, {written, *SITE_NAME.split(written)} - {""})
    _metadata(tree, builder, written, one_line(page.text_of(article.title)))
    Flow(builder, article.kind_of).walk(tree.body)
    for line in article.unseen.splitlines():
        builder.paragraph(one_line(line))
    for text in hidden:
        builder.paragraph(text, "navigation")
    return mark_citations(_with_something_to_say(builder.document("html", title)))


def _content(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return one_line(node.attributes.get("content") or "") if node else ""


def _written_title(tree: LexborHTMLParser) -> str:
    title = tree.css_first("head title, body > title")
    written = one_line(title.text()) if title else ""
    return _content(tree, 'meta[property="og:title"]') or written


def _metadata(tree: LexborHTMLParser, builder: Builder, written: str, heading: str) -> None:
    builder.author = _content(tree, "meta[name=author]")
    html = tree.css_first("html")
    if html is not None:
        builder.language = html.attributes.get("lang") or html.attributes.get("xml:lang") or ""
    is_part = heading in {written, *SITE_NAME.split(written)}
    builder.title = heading if is_part or not written else written


def _with_something_to_say(document: Document) -> Document:
    """The document, with tables or code as text where there is little else on the page."""
    spoken = _count(document, {"text", "heading"})
    whole = {kind for kind in ("table", "code") if _count(document, {kind}) > LEFT_ONLY * spoken}
    if not whole and spoken == 0:
        whole = {"navigation", "teaser", "comment", "caption", "contents", "note"}
    if not whole:
        return document
    chapters = (
        replace(chapter, parts=tuple(_as_text(chapter.parts, whole)))
        for chapter in document.chapters
    )
    return replace(document, chapters=tuple(chapters))


def _count(document: Document, kinds: set[str]) -> int:
    return sum(
        len(part.text)
        for chapter in document.chapters
        for part in chapter.parts
        if part.kind in kinds
    )


def _as_text(parts: Iterable[TextRun], kinds: set[str]) -> Iterable[TextRun]:
    return (replace(part, kind="text") if part.kind in kinds else part for part in parts)
