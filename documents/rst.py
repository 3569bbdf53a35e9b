"""Reader of reStructuredText: parsed by docutils without files, then walked as a page is."""

import re
from html import escape
from typing import Any

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree
from docutils.parsers.rst import Directive, directives, languages, roles
from docutils.utils import DependencyList

from common.errors import Message
from documents.builder import Builder
from documents.errors import Broken
from documents.html import parse_text
from documents.html_walker import Flow
from documents.list_numbers import written
from documents.plain_text import read_plain
from documents.tex_formulas import formula_html
from documents.text_cleaning import clean, one_line
from documents.types import Document

SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "halt_level": 6,  # never
    "report_level": 6,
    "warning_stream": False,
    "input_encoding": "unicode",
    "output_encoding": "unicode",
    "embed_stylesheet": False,
    "stylesheet_path": "",
    "doctitle_xform": True,
    "toc_backlinks": False,
    "footnote_backlinks": False,
    "math_output": "LaTeX",
    "record_dependencies": DependencyList(None),
}
USED_ROLE = re.compile(r"(?::([\w+.-]{1,40}(?::[\w+.-]{1,40}){0,2}):`)|(?:`:([\w:+.-]{1,80}):)")
USED_DIRECTIVE = re.compile(
    r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]{1,100}\|[ \t]+)?([\w:+.-]{1,80})::", re.M
)
INCLUDED = re.compile(r"^[ \t]*\.\.[ \t]+(?:literal)?include::[ \t]*(\S[^\n]{0,200})", re.MULTILINE)
TARGET = re.compile(r"(.*?)\s*<[^<>]*>\s*\Z", re.DOTALL)
NOT_INCLUDED = (
    "This file refers to other files, which are not imported: {names}. Import them separately."
)
WITHOUT_TEXT = frozenset(
    (
        *("index", "include", "literalinclude", "highlight", "currentmodule", "module", "contents"),
        *("automodule", "autoclass", "autofunction", "automethod", "autosummary"),
        *("tabularcolumns", "default-domain", "py:currentmodule", "meta", "tags", "youtube"),
    )
)
# docutils passes over longer lines, and takes hours over a paragraph of nothing but signs.
LONG_LINE = re.compile(r"([^\n]{5000}[^\n ]{0,1000}) ")
SIGNS = re.compile(r"[*`]|\|(?=\S)|[\w\]]_(?!\w)")
MOST_SIGNS = 4000
NESTED = re.compile(r"^[ \t]*\.\. \|[^|\n]{1,100}\|[ \t]+replace::[^|\n]*+(?:\|[^|\n]*+){3}", re.M)
MOST_NESTED = 8
SHAPES = {
    "loweralpha": "lowerLetter", "upperalpha": "upperLetter", "lowerroman": "lowerRoman",
    "upperroman": "upperRoman",
}  # fmt: skip
# Directives whose arguments are settings, not words.
SET = frozenset(("only", "ifconfig", "grid", "tab-set", "tabs", "cssclass", "panels", "role"))
DRAWN = ("mermaid", "graphviz", "digraph", "graph", "plantuml", "uml", "productionlist")
CODE = frozenset(
    (*DRAWN, "code-block", "sourcecode", "code", "doctest", "testcode", "prompt", "raw")
)
UNSAID_ROLES = frozenset(("raw", "index", "cite", "footcite"))


def read_rst(text: str, title: str) -> Document:
    """Read a text in reStructuredText; raises Broken, EmptyDocument."""
    text = LONG_LINE.sub(r"\1\n", clean(text))
    if _takes_too_long(text):
        return read_plain(text, title)
    _register(text)
    try:
        tree = publish_doctree(text, settings_overrides=SETTINGS)
        _say_what_is_meant(tree)
        page = publish_from_doctree(tree, writer="html5", settings_overrides=SETTINGS)
    except (RecursionError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise Broken from error  # docutils fails so on what it does not foresee
    builder = Builder()
    if included := [one_line(name) for name in INCLUDED.findall(text)]:
        builder.notes.append(Message(NOT_INCLUDED, names=", ".join(included[:10])))
    builder.title = one_line(str(tree.get("title") or ""))
    builder.author = one_line(next((node.astext() for node in tree.findall(nodes.author)), ""))
    Flow(builder, _kind_of).walk(parse_text(str(page)).body)
    return builder.document("rst", title)


def _takes_too_long(text: str) -> bool:
    """Whether a paragraph has more signs, or names more names inside them, than texts have."""
    if len(NESTED.findall(text)) > MOST_NESTED:
        return True
    return any(len(SIGNS.findall(block)) > MOST_SIGNS for block in text.split("\n\n"))


def _register(text: str) -> None:
    """Give a meaning to the roles and directives that only Sphinx and its kin know."""
    english = languages.get_language("en")
    for names in USED_ROLE.findall(text):
        name = (names[0] or names[1]).lower()
        if name not in english.roles and name not in roles._role_registry:
            roles.register_local_role(name, _said_role)
    for found in USED_DIRECTIVE.findall(text):
        name = found.lower()
        if name in WITHOUT_TEXT and name != "contents":
            directives.register_directive(name, _Unsaid)
        elif name == "toctree":
            directives.register_directive(name, _Contents)
        elif name in CODE:
            directives.register_directive(name, _Code)
        elif name not in english.directives:
            directives.register_directive(name, _Unknown)


def _said_role(
    name: str, _raw: str, text: str, _line: int, _inliner: Any, *_: Any, **__: Any
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Say the text of a role: of "text <target>" only the text, of "~a.b.c" only "c"."""
    said = nodes.unescape(text)
    if found := TARGET.match(said):
        said = found[1] or said
    if said.startswith("~"):
        said = said[1:].rpartition(".")[2]
    kind = name.rpartition(":")[2]
    if kind in ("guilabel", "menuselection"):
        said = said.replace("&&", "\0").replace("&", "").replace("\0", "&").replace("-->", ">")
    if kind in UNSAID_ROLES or kind.startswith(("cite", "footcite")):
        return [nodes.citation_reference("", f"[{said}]", refname=said)], []
    return [nodes.inline("", said.lstrip("!"))], []


class _AnyOption(dict[str, Any]):
    def __missing__(self, _name: str) -> Any:
        return directives.unchanged

    def __bool__(self) -> bool:
        return True


class _Unsaid(Directive):  # type: ignore[misc]
    """Directive that stands for something that is not in the text."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOption()

    def run(self) -> list[nodes.Node]:
        """Leave nothing."""
        return []


class _Code(_Unsaid):
    """Directive that holds program code."""

    def run(self) -> list[nodes.Node]:
        """Leave the code as it is."""
        code = "\n".join(self.content)
        return [nodes.literal_block(code, code)] if code else []


class _Contents(_Unsaid):
    """Directive that lists other files, as a table of contents does."""

    def run(self) -> list[nodes.Node]:
        """Leave the list."""
        listed = "\n".join(self.content)
        return [nodes.container("", nodes.paragraph("", listed), classes=["contents"])]


class _Unknown(_Unsaid):
    """Directive whose meaning is not known: its argument and its content are read."""

    def run(self) -> list[nodes.Node]:
        """Leave the argument as a paragraph, and what stands in the directive."""
        holder = nodes.container()
        if self.arguments and self.name not in SET:
            said, _ = self.state.inline_text(self.arguments[0], self.lineno)
            holder += nodes.paragraph("", "", *said)
        self.state.nested_parse(self.content, self.content_offset, holder)
        return list(holder.children)


def _say_what_is_meant(tree: nodes.document) -> None:
    """Take out what docutils says of mistakes, and mark formulas and citations."""
    for kind in (nodes.system_message, nodes.substitution_definition, nodes.comment, nodes.meta):
        for node in list(tree.findall(kind)):
            node.parent.remove(node)
    for node in list(tree.findall(nodes.problematic)):
        node.parent.replace(node, nodes.Text(node.astext()))
    for math in list(tree.findall(nodes.math)):
        math.parent.replace(math, _formula(math))
    for block in list(tree.findall(nodes.math_block)):
        holder = nodes.paragraph()
        holder += _formula(block)
        block.parent.replace(block, holder)
    for block in list(tree.findall(nodes.line_block)):
        if not isinstance(block.parent, nodes.line_block):
            block.parent.replace(block, _verse(block))
    for listed in list(tree.findall(nodes.enumerated_list)):
        _write_numbers(listed)
    for mark in list(tree.findall(nodes.citation_reference)):
        said = escape(mark.astext())
        shown = nodes.raw("", f'<sup role="doc-biblioref">{said}</sup>', format="html")
        mark.parent.replace(mark, shown)


def _write_numbers(listed: nodes.Element) -> None:
    """Write the numbers of a list into its items, where they are others than "1." and "2."."""
    shape = SHAPES.get(listed.get("enumtype", "arabic"), "decimal")
    before, after = listed.get("prefix", ""), listed.get("suffix", ".")
    if (shape, before, after) == ("decimal", "", "."):
        return
    for number, item in enumerate(listed.children, int(listed.get("start", 1))):
        if item.children and isinstance(item.children[0], nodes.paragraph):
            label = f"{before}{written(number, shape)}{after} "
            item.children[0].insert(0, nodes.Text(label))
    listed.parent.replace(listed, nodes.bullet_list("", *listed.children))


def _verse(block: nodes.Element) -> nodes.Element:
    verse = nodes.paragraph()
    for line in list(block.findall(nodes.line)):
        verse += [*line.children, nodes.raw("", "<br>", format="html")]
    return verse


def _formula(node: nodes.Element) -> nodes.raw:
    return nodes.raw("", formula_html(node.astext()), format="html")


def _kind_of(node: Any, attributes: dict[str, str | None]) -> str:
    classes = (attributes.get("class") or "").split()
    if node.tag == "dl" and "docinfo" in classes:
        return "front_matter"
    if "contents" in classes:
        return "contents"
    return "note" if {"citation", "citation-list"} & set(classes) else ""
