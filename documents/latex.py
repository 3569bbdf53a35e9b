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
from pylatexenc.macrospec import std_macro

from common.errors import Message
from documents.builder import Builder
from documents.errors import Broken
from documents.html import parse_text
from documents.html_walker import Flow
from documents.latex_lists import Listed, opened
from documents.latex_names import (
    BIBLIOGRAPHY,
    BOXES,
    FILES,
    FIRST_SAID,
    FORMATTING,
    FORMULAS,
    HEADINGS,
    LAST_SAID,
    LISTS,
    QUOTES,
    REFERENCES,
    TABLES,
    THEOREMS,
    TITLED,
    UNSAID,
    Command,
    context,
)
from documents.latex_source import simplified, without_comments
from documents.latex_walker import Walker
from documents.tex_formulas import formula_html
from documents.text_cleaning import clean, one_line
from documents.types import Document

BEGIN = re.compile(r"^([^%\n]*)\\begin\s*\{document\}", re.MULTILINE)
END = "\\end{document}"
CODE_NAMES = (
    r"verbatim\*?|Verbatim|Highlighting|lstlisting|minted|alltt|tikzpicture|pgfpicture|"
    r"filecontents\*?"
)
CODE = re.compile(
    rf"\\begin\{{({CODE_NAMES})\}}(?:\[[^\]\n]{{0,500}}\])?(.*?)(?:\\end\{{\1\}}|\Z)", re.DOTALL
)
COMMAND = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand)\*?\s{0,9}\{?\\([A-Za-z]{1,50})\}?\s{0,9}"
    r"(?:\[(\d)\])?\s{0,9}(?:\[([^\[\]\n]{0,200})\])?\s{0,9}\{"
    r"|\\def\s{0,9}\\([A-Za-z]{1,50})\s{0,9}((?:#\d){0,9})\s{0,9}\{"
)
THEOREM = re.compile(r"\\newtheorem\*?\{([A-Za-z*]{1,50})\}(?:\[\w{0,50}\])?\{([^{}\n]{1,80})\}")
LABEL = re.compile(r"\\(?:label|nonumber|notag)\b(?:\{[^{}]{0,200}\})?")
BLANK = re.compile(r"\n[ \t]*\n\s*")
NESTING = re.compile(r"(?<!\\)[{}]|\\(?:begin|end)\b")
OPENING = ("{", "\\begin")
SHORTEST_PIECE, LONGEST_PIECE = 2000, 30_000  # characters
LONGEST_COMMAND = 500  # characters
DEEPEST = 5  # commands that stand for commands
MOST_EXPANSIONS = 10_000
MOST_EXPANDED = 300_000  # characters that commands of the text stand for
HIGHLIGHTED = re.compile(r"\\[A-Z][A-Za-z]{1,20}Tok\{((?:[^{}\\]|\\.){0,2000})\}")
NOT_INCLUDED = (
    "This file refers to other files, which are not imported: {names}. Import them separately."
)


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
        named["author"] = named["author"].replace(" ,", ",")
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


def _bare_argument(argument: Any) -> str:
    """What an argument says, without the braces or brackets around it."""
    tex = str(argument.latex_verbatim())
    return tex[1:-1] if isinstance(argument, LatexGroupNode) else tex


class _Writer:
    """Writes nodes of LaTeX as HTML; `files` are the names of files that should stand in it."""

    def __init__(self, preamble: str) -> None:
        self.files: list[str] = []
        self._context = context()
        self._symbols = LatexNodes2Text()
        self._commands: dict[str, Command] = {}
        macros = {}
        for found in COMMAND.finditer(preamble):
            meaning = _braced(preamble, found.end())
            if len(meaning) <= LONGEST_COMMAND:
                name, takes = self._define(found, meaning)
                macros[name] = std_macro(name, takes)
        self._context.add_context_category("own", macros=list(macros.values()), prepend=True)
        self._theorems = dict(THEOREM.findall(preamble))
        self._lists: list[Listed | None] = []
        self._last_number = 0
        self._is_german = "german" in preamble and "MakeOuterQuote" not in preamble
        self._code: list[str] = []
        self._notes: list[str] = []
        self._note_count = 0
        self._depth = self._expansions = self._expanded_size = 0

    def _define(self, found: re.Match[str], meaning: str) -> tuple[str, str]:
        """Learn a command of the text itself; returns its name and what it takes."""
        name, otherwise = found[1] or found[4], found[3]
        count = int(found[2] or 0) if found[1] else len(found[5]) // 2
        takes = "{" * count if otherwise is None else "[" + "{" * (count - 1)
        self._commands[name] = Command(meaning, otherwise or "")
        return name, takes

    def page(self, body: str) -> str:
        """Write a whole text as a page."""
        body = CODE.sub(self._keep_code, without_comments(body))
        body = simplified(body, is_german=self._is_german)
        written = "".join(self._parsed(piece) for piece in _pieces(body))
        return f"<p>{written}{self._told_notes()}"

    def line(self, tex: str) -> str:
        """Write a title or a name as a line of text."""
        written = self._parsed(tex.partition("\\thanks")[0].replace("\\and", ", "))
        body = parse_text(f"<p>{written}").body
        return one_line(body.text() if body else "")

    def _keep_code(self, found: re.Match[str]) -> str:
        code = found[2].strip("\n")
        if found[1] == "Highlighting":
            code = HIGHLIGHTED.sub(r"\1", code)
        self._code.append(code)
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
            return self._expanded(node, name) + node.macro_post_space
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
                if not label and self._lists and (listed := self._lists[-1]):
                    return f"<li>{escape(listed.next_label())} "
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
        if name in QUOTES:
            return QUOTES[name]
        if name in FIRST_SAID:
            return self._node(self._arguments(node)[0]) if self._arguments(node) else ""
        if name in FORMATTING or name in BOXES or name in LAST_SAID:
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

    def _expanded(self, node: Any, name: str) -> str:
        meaning = self._commands[name].meaning
        given = node.nodeargd.argnlist if node.nodeargd else None
        for number, argument in enumerate(given or (), 1):
            tex = self._commands[name].otherwise if argument is None else _bare_argument(argument)
            meaning = meaning.replace(f"#{number}", tex)
        self._expansions += 1
        self._expanded_size += len(meaning)
        is_too_much = self._expansions > MOST_EXPANSIONS or self._expanded_size > MOST_EXPANDED
        if self._depth >= DEEPEST or is_too_much:
            return ""
        self._depth += 1
        try:
            return self._parsed(meaning)
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
        if name in LISTS:
            return self._list(node, name)
        inside = self._all(node.nodelist)
        if name in TITLED and (title := self._last(node)):
            inside = f"{title}<p>{inside}"
        if name in BIBLIOGRAPHY:
            return f'<div class="references">{inside}</div><p>'
        if name in self._theorems or name in THEOREMS:
            label = escape(self._theorems.get(name) or THEOREMS[name])
            if option := self._last(node).strip("[]"):
                label = f"{label} ({option})"
            return f"<p>{label}. {inside}<p>"
        return f"<div><p>{inside}{self._told_notes()}</div><p>"

    def _list(self, node: Any, name: str) -> str:
        counted = [each for each in self._lists if each]
        made = None
        if name == "enumerate":
            made = opened(node.latex_verbatim(), len(counted), self._last_number)
        self._lists.append(made)
        inside = self._all(node.nodelist)
        self._lists.pop()
        if made is not None and not counted:
            self._last_number = made.last
        return f"<ul>{inside}{self._told_notes()}</ul><p>"

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
