"""Reader of Markdown: rendered to HTML, then walked in the same way as a page."""

import re
import tomllib
from typing import Any

from documents.builder import Builder
from documents.citations import mark_citations
from documents.html import parse_text
from documents.html_walker import Flow
from documents.markdown_syntax import renderer
from documents.text_cleaning import clean, one_line
from documents.titles import is_title
from documents.types import Document

YAML = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
PAIR = re.compile(r"(?:\s*#[^\n]*\n|\s*\n)*+[ \t]*[\w\"'.-]{1,100}[ \t]*:(?:\s|\Z)")
FIELD = re.compile(
    r"^(title|authors?|lang|language):[ \t]*([^\n]*(?:\n[ \t]{0,20}- [^\n]*)*)",
    re.MULTILINE | re.IGNORECASE,
)
LISTED = re.compile(r"[\[\],\n]|(?:^|\n)[ \t]*- ")


def read_markdown(text: str, title: str) -> Document:
    """Read a Markdown text; raises EmptyDocument."""
    builder = Builder()
    text = clean(text)
    front, fields = _front(text)
    if front:
        _metadata(builder, fields)
        builder.paragraph(front.strip(), "front_matter")
    tell_markdown(builder, text[len(front) :])
    return mark_citations(builder.document("markdown", title))


def tell_markdown(builder: Builder, text: str) -> None:
    """Tell a builder of a text in Markdown."""
    Flow(builder).walk(parse_text(renderer().render(clean(text))).body)


def _front(text: str) -> tuple[str, dict[str, Any]]:
    """What stands before the text about it, as written and as fields; "" where there is none."""
    if found := YAML.match(text):
        # Two rulers with a text between them are no front matter.
        if not found[1].strip() or PAIR.match(found[1]):
            return found[0], {name.lower(): value for name, value in FIELD.findall(found[1])}
    elif found := TOML.match(text):
        try:
            return found[0], tomllib.loads(found[1])
        except (tomllib.TOMLDecodeError, RecursionError):
            return "", {}
    return "", {}


def _metadata(builder: Builder, fields: dict[str, Any]) -> None:
    def field(*names: str) -> str:
        value = next((fields[name] for name in names if fields.get(name)), "")
        values = value if isinstance(value, list) else LISTED.split(str(value))
        said = (one_line(str(each)).strip("\"' ") for each in values)
        return ", ".join(filter(None, said))

    title = one_line(str(fields.get("title", ""))).strip("\"' ")
    builder.title = title if is_title(title) else ""
    builder.title_given = bool(builder.title)
    builder.author = field("author", "authors")
    builder.language = field("lang", "language")
