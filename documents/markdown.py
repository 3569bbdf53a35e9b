"""Reader of Markdown: rendered to HTML, then walked in the same way as a page."""

import re

from markdown_it import MarkdownIt

from documents.builder import Builder
from documents.html import parse_text
from documents.html_walker import Flow
from documents.text_cleaning import clean, one_line
from documents.types import Document

FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
FIELD = re.compile(r"^(title|author|lang|language):[ \t]*(.+)$", re.MULTILINE | re.IGNORECASE)
NOTE = re.compile(r"^\[\^([^\]\s]+)\]:[ \t]*(.+(?:\n(?:[ \t]+\S.*))*)", re.MULTILINE)
NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
FENCED = re.compile(r"^(```+|~~~+).*?(?:^\1|\Z)", re.DOTALL | re.MULTILINE)


def read_markdown(text: str, title: str) -> Document:
    """Read a Markdown text; raises EmptyDocument."""
    builder = Builder()
    text = clean(text)
    if front := FRONT.match(text):
        _metadata(builder, front[1])
        text = text[front.end() :]
    renderer = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    Flow(builder).walk(parse_text(renderer.render(_with_notes(text))).body)
    return builder.document("markdown", title)


def _metadata(builder: Builder, front: str) -> None:
    found = {name.lower(): value.strip("\"' ") for name, value in FIELD.findall(front)}
    builder.title, builder.author = found.get("title", ""), one_line(found.get("author", ""))
    builder.title_given = bool(builder.title)
    builder.language = found.get("lang") or found.get("language", "")


def _with_notes(text: str) -> str:
    """Footnotes as the HTML that they stand for; in code they stay as they are."""
    pieces, end = [], 0
    for fence in FENCED.finditer(text):
        pieces += [_marked(text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join((*pieces, _marked(text[end:])))


def _marked(text: str) -> str:
    text = NOTE.sub(r'\n<aside role="doc-footnote">\n\n\2\n\n</aside>\n', text)
    return NOTE_MARK.sub(r'<a role="doc-noteref">\1</a>', text)
