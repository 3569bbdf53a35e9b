"""Reader of LaTeX: its text as HTML, without the commands, then walked as a page is."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexSpecialsNode,
    LatexWalkerError,
)

from common.errors import Message
from documents.builder import Builder
from documents.errors import Broken
from documents.html import parse_text
from documents.html_walker import Flow
from documents.latex_names import (
    BIBLIOGRAPHY,
    FILES,
    FORMATTING,
    FORMULAS,
    HEADINGS,
    LISTS,
    REFERENCES,
    TABLES,
    UNSAID,
    context,
)
from documents.latex_walker import Walker
from documents.tex_formulas import formula_html
from documents.text_cleaning import clean, one_line
from documents.types import Document

BEGIN = re.compile(r"^([^%\n]*)\\begin\s*\{document\}", re.MULTILINE)
END = "\\end{document}"
CODE_NAMES = r"verbatim\*?|Verbatim|lstlisting|minted|alltt|tikzpicture|pgfpicture|filecontents\*?"
CODE = re.compile(
    rf"\\begin\{{({CODE_NAMES})\}}(?:\[[^\]\n]{{0,500}}\])?(.*?)(?:\\end\{{\1\}}|\Z)", re.DOTALL
)
COMMENT = re.compile(
    r"\\begin\{comment\}.*?(?:\\end\{comment\}|\Z)|\\iffalse\b.*?(?:\\fi\b|\Z)", re.DOTALL
)
COMMAND = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand)\*?\s{0,9}\{?\\([A-Za-z]{1,50})\}?\s{0,9}\{"
    r"|\\def\s{0,9}\\([A-Za-z]{1,50})\s{0,9}\{"
)
IN_LINE = re.compile(
    r"\\(?:lstinline|mintinline\{\w{1,30}\})(?:\[[^\]\n]{0,200}\])?(?=[^\w\s{\[*])"
)
# pylatexenc tries what follows such a bracket twice, and what stands in that four times.
NOT_CLOSED = re.compile(r"((?:\\[A-Za-z]{1,50}\*?|[\]}])\s{0,9})\[(?![^\[\]]{0,1000}\])")
THEOREM = re.compile(r"\\newtheorem\*?\{([A-Za-z*]{1,50})\}(?:\[\w{0,50}\])?\{([^{}\n]{1,80})\}")
LABEL = re.compile(r"\\(?:label|nonumber|notag)\b(?:\{[^{}]{0,200}\})?")
BLANK = re.compile(r"\n[ \t]*\n\s*")
NESTING = re.compile(r"(?<!\\)[{}]|\\(?:begin|end)\b")
OPENING = ("{", "\\begin")
SHORTEST_PIECE, LONGEST_PIECE = 2000, 30_000  # characters
LONGEST_COMMAND = 500  # characters
DEEPEST = 5  # commands that stand for commands
MOST_EXPANSIONS = 10_000
NOT_INCLUDED = "Other files that this one names are not read: {names}. Import them by themselves."


def read_latex(text: str, title: str) -> Document:
    """Read a text in LaTeX; raises Broken, EmptyDocument."""
    text = clean(text)
    begin = BEGIN.search(text)
    preamble = text[: begin.end()] if begin else ""
    body = text[len(preamble) :].partition(END)[0]
    writer = _Writer(preamble or text[:20_000])
    try:
        page = writer.page(body)
        named = {name: writer.line(_argument(text, name)) for name in ("title", "author")}
    except (RecursionError, LatexWalkerError, LookupError, AttributeError, TypeError) as error:
        raise Broken from error  # pylatexenc fails so on what it does not foresee
    builder = Builder(title_given=bool(named["title"]))
    builder.title, builder.author = named["title"], named["author"]
    if writer.files:
        names = ", ".join(dict.fromkeys(writer.files))[:500]
        builder.notes.append(Message(NOT_INCLUDED, names=names))
    Flow(builder).walk(parse_text(page).body)
    return builder.document("latex", title)


def _pieces(text: str) -> Iterator[str]:
    """Split a text at empty lines between its environments: long ones take too long to parse."""
    piece, depth = "", 0
    for block in re.split(r"(?<=\n)(?=[ \t]*\n)", text):
        while len(block) > LONGEST_PIECE:
            yield piece + block[:LONGEST_PIECE]
            piece, block, depth = "", block[LONGEST_PIECE:], 0
        piece += block
        depth += sum(1 if found[0] in OPENING else -1 for found in NESTING.finditer(block))
        if (len(piece) > SHORTEST_PIECE and depth <= 0) or len(piece) > LONGEST_PIECE:
            yield piece
            piece, depth = "", 0
    yield piece


def _argument(text: str, name: str) -> str:
    """What stands in the braces after a command, "" where there is none."""
    found = re.search(rf"\\{name}\s{{0,9}}(?:\[[^\]\n]{{0,300}}\])?\s{{0,9}}\{{", text)
    return _braced(text, found.end()) if found else ""


def _braced(text: str, start: int) -> str:
    """The text from `start` up to the brace that closes what was opened before it."""
    depth = 1
    for place in range(start, min(len(text), start + 2000)):
        if text[place] in "{}" and text[place - 1] != "\\":
            depth += 1 if text[place] == "{" else -1
            if depth == 0:
                return text[start:place]
    return ""


class _Writer:
    """Writes nodes of LaTeX as HTML; `files` are the names of files that should stand in it."""

    def __init__(self, preamble: str) -> None:
        self.files: list[str] = []
        self._context = context()
        self._symbols = LatexNodes2Text()
        self._commands: dict[str, str] = {}
        for found in COMMAND.finditer(preamble):
            meaning = _braced(preamble, found.end())
            if "#" not in meaning and len(meaning) <= LONGEST_COMMAND:
                self._commands[found[1] or found[2]] = meaning
        self._theorems = dict(THEOREM.findall(preamble))
        self._code: list[str] = []
        self._notes: list[str] = []
        self._note_count = 0
        self._depth = self._expansions = 0

    def page(self, body: str) -> str:
        """Write a whole text as a page."""
        body = CODE.sub(self._keep_code, IN_LINE.sub(r"\\verb", COMMENT.sub("", body)))
        body = NOT_CLOSED.sub(r"\1{[}", body)
        written = "".join(self._parsed(piece) for piece in _pieces(body))
        return f"<p>{written}{self._told_notes()}"

    def line(self, tex: str) -> str:
        """Write a title or a name as a line of text."""
        written = self._parsed(tex.partition("\\thanks")[0].replace("\\and", ", "))
        body = parse_text(f"<p>{written}").body
        return one_line(body.text() if body else "")

    def _keep_code(self, found: re.Match[str]) -> str:
        self._code.append(found[2].strip("\n"))
        return f"\\codeblock{{{len(self._code) - 1}}}"

    def _parsed(self, tex: str) -> str:
        walker = Walker(tex, latex_context=self._context, tolerant_parsing=True)
        return self._all(walker.get_latex_nodes()[0])

    def _all(self, nodes: Iterable[Any] | None) -> str:
        pieces: list[str] = []
        before: Any = None
        for node in filter(None, nodes or ()):
            # What a command takes that is not known are words of their own.
            if isinstance(node, LatexGroupNode) and isinstance(before, LatexGroupNode):
                pieces.append(" ")
            pieces.append(self._node(node))
            before = node
        return "".join(pieces)

    def _node(self, node: Any) -> str:
        if isinstance(node, LatexCharsNode):
            return self._text(node.chars)
        if isinstance(node, LatexMacroNode):
            return self._macro(node)
        if isinstance(node, LatexEnvironmentNode):
            return self._environment(node)
        if isinstance(node, LatexGroupNode):
            return self._all(node.nodelist)
        if isinstance(node, LatexMathNode):
            tex = _formula(self._bare(node))
            return f"<p>{tex}<p>" if node.displaytype == "display" else tex
        if isinstance(node, LatexSpecialsNode):
            return self._special(node)
        return ""

    def _text(self, text: str) -> str:
        text = escape(text, quote=False).replace('"`', "„").replace("\"'", "“").replace("`", "‘")
        text = text.replace("'", "’")
        return BLANK.sub(lambda _: f"{self._told_notes()}<p>", text)

    def _special(self, node: Any) -> str:
        if BLANK.fullmatch(node.specials_chars):
            return f"{self._told_notes()}<p>"
        return escape(self._symbols.nodelist_to_text([node]))

    def _bare(self, node: Any) -> str:
        opening, closing = node.delimiters
        return node.latex_verbatim()[len(opening) :].removesuffix(closing)

    def _arguments(self, node: Any) -> list[Any]:
        given = node.nodeargd.argnlist if node.nodeargd else None
        return [each for each in given or () if each is not None]

    def _last(self, node: Any) -> str:
        arguments = self._arguments(node)
        return self._node(arguments[-1]) if arguments else ""

    def _source(self, node: Any) -> str:
        arguments = self._arguments(node)
        return arguments[-1].latex_verbatim().strip("{} \n") if arguments else ""

    def _macro(self, node: Any) -> str:
        name = node.macroname
        if name in HEADINGS:
            level = HEADINGS[name]
            return f"{self._told_notes()}<h{level}>{self._last(node)}</h{level}><p>"
        if name in self._commands:
            return self._expanded(name) + node.macro_post_space
        if name in FILES:
            self.files.append(self._source(node))
            return ""
        if name in REFERENCES:
            return f'<sup role="doc-biblioref">[{escape(self._source(node))}]</sup>'
        written = self._block_macro(node, name)
        return self._inline_macro(node, name) if written is None else written

    def _block_macro(self, node: Any, name: str) -> str | None:
        """A command that begins or ends something, None for others."""
        match name:
            case "footnote" | "footnotetext" | "footnotemark":
                return self._note(node, name)
            case "caption" | "subcaption" | "captionof":
                return f"<figcaption>{self._last(node)}</figcaption><p>"
            case "codeblock":
                number = self._source(node)
                code = self._code[int(number)] if number.isdecimal() else ""
                return f"<pre>{escape(code)}</pre><p>"
            case "item":
                label = self._last(node)
                return f"<li>{label}: " if label else "<li>"
            case "bibitem":
                return "<p>"
            case "title" | "author" | "date":
                return ""
            case "par" | "newpage" | "clearpage" | "bigskip" | "medskip" | "smallskip":
                return f"{self._told_notes()}<p>"
            case "\\" | "newline" | "linebreak":
                return "<br>"
        return "" if name in UNSAID else None

    def _inline_macro(self, node: Any, name: str) -> str:
        if name == "enquote":
            return f"“{self._last(node)}”"
        if name in ("textsuperscript", "textsubscript"):
            tag = "sup" if name == "textsuperscript" else "sub"
            return f"<{tag}>{self._last(node)}</{tag}>"
        if name in FORMATTING or name in (
            "textcolor",
            "colorbox",
            "href",
            "multicolumn",
            "multirow",
        ):
            return self._last(node)
        if name in ("url", "path", "nolinkurl"):
            return escape(self._source(node))
        arguments = self._arguments(node)
        if any(isinstance(each, LatexGroupNode) and len(each.nodelist) > 1 for each in arguments):
            return self._all(arguments)
        symbol = self._symbols.nodelist_to_text([node])
        if not symbol.strip() and arguments:
            return self._all(arguments)
        return escape(symbol, quote=False) or node.macro_post_space

    def _expanded(self, name: str) -> str:
        self._expansions += 1
        if self._depth >= DEEPEST or self._expansions > MOST_EXPANSIONS:
            return ""
        self._depth += 1
        try:
            return self._parsed(self._commands[name])
        finally:
            self._depth -= 1

    def _note(self, node: Any, name: str) -> str:
        if name != "footnotetext":
            self._note_count += 1
        if name != "footnotemark":
            self._notes.append(self._last(node))
        mark = f'<a role="doc-noteref">{self._note_count}</a>'
        return "" if name == "footnotetext" else mark

    def _told_notes(self) -> str:
        notes, self._notes = self._notes, []
        return "".join(f'<aside role="doc-footnote">{note}</aside>' for note in notes)

    def _environment(self, node: Any) -> str:
        name = node.environmentname
        if name in FORMULAS:
            return f"<p>{_formula(node.latex_verbatim(), name)}<p>"
        if name in TABLES:
            return f"{_table(self._cells(node))}<p>"
        inside = self._all(node.nodelist)
        if name in LISTS:
            tag = LISTS[name]
            return f"<{tag}>{inside}{self._told_notes()}</{tag}><p>"
        if name in BIBLIOGRAPHY:
            return f'<div class="references">{inside}</div><p>'
        if name in self._theorems:
            label = escape(self._theorems[name])
            return f"<p>{label}. {inside}<p>"
        return f"<div><p>{inside}{self._told_notes()}</div><p>"

    def _cells(self, node: Any) -> list[list[str]]:
        rows: list[list[str]] = [[""]]
        for child in node.nodelist:
            if isinstance(child, LatexMacroNode) and child.macroname in ("\\", "tabularnewline"):
                rows.append([""])
            elif isinstance(child, LatexSpecialsNode) and child.specials_chars == "&":
                rows[-1].append("")
            elif isinstance(child, LatexMacroNode) and "line" in child.macroname[1:]:
                continue
            else:
                rows[-1][-1] += self._node(child)
        return rows


def _formula(tex: str, environment: str = "") -> str:
    if environment:
        tex = tex.removeprefix(f"\\begin{{{environment}}}").removesuffix(f"\\end{{{environment}}}")
    return formula_html(LABEL.sub("", tex))


def _table(rows: list[list[str]]) -> str:
    """A table; a single column is a list of lines."""
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows if any(row))
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
