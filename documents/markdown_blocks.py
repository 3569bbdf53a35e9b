"""Blocks that writers of Markdown use beside CommonMark: notes, formulas, definitions, callouts."""

import re
from collections.abc import Iterator
from html import escape

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from documents.tex_formulas import formula_html

NOTE = re.compile(r"\[\^([^\]\s]{1,100})\]:[ \t]*")
CONTAINER = re.compile(
    r":{3,}[ \t]*(?:\{[^\n]*\}|\[?[\w-]*\]?)?(?:[ \t]+(?P<title>[^\n]*?))?[ \t]*$"
)
ADMONITION = re.compile(
    r"(?:!!!|\?\?\?)\+?[ \t]+([\w-]{1,40})[^\n\"]*+(?:\"(?P<title>[^\n\"]*)\")?[ \t]*$"
)
TASK = re.compile(r"\[[ xX]\][ \t]+")
CALLOUT = re.compile(r"\[!([\w-]{1,40})[^\]\n]{0,100}\][+-]?[ \t]*([^\n]*)(?:\n|\Z)")
DEFINITION = re.compile(r"^:[ \t]+", re.MULTILINE)
ABBREVIATIONS = re.compile(r"(?:\*\[[^\]\n]{1,100}\]:[^\n]*(?:\n|\Z))+")
CONTENTS = re.compile(r"\[TOC\]|\[\[_?TOC_?\]\]|\{:\s?toc\}|\$\{toc\}", re.IGNORECASE)
DEEPEST = 10  # admonitions in others
MOST_LINES = 200  # of one formula
ASIDE = '<aside role="doc-footnote">'


def add_block_rules(renderer: MarkdownIt) -> None:
    """Teach the parser the blocks."""
    alternatives: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    ruler = renderer.block.ruler
    ruler.before("reference", "note", _note, alternatives)
    ruler.before("fence", "formula_block", _formula_block, alternatives)
    ruler.before("fence", "container", _container, alternatives)
    ruler.before("fence", "admonition", _admonition, alternatives)
    renderer.core.ruler.after("block", "blocks_of_writers", _rewrite)
    renderer.core.ruler.after("inline", "inline_notes", _inline_notes)


def _html(markup: str) -> Token:
    return Token("html_block", "", 0, content=f"{markup}\n", block=True)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find `[^1]: …`, with the indented paragraphs that belong to it."""
    begin = state.bMarks[start] + state.tShift[start]
    found = NOTE.match(state.src, begin, state.eMarks[start])
    if not found or state.is_code_block(start) or state.env.get("is_in_note"):
        return False
    if silent:
        return True
    before = state.bMarks[start], state.tShift[start], state.sCount[start], state.blkIndent
    state.tokens.append(_html(f"{ASIDE}\n"))
    state.bMarks[start], state.tShift[start] = found.end(), 0
    state.blkIndent += 2
    state.sCount[start] = state.blkIndent
    state.env["is_in_note"] = True
    state.md.block.tokenize(state, start, end)
    state.env["is_in_note"] = False
    state.bMarks[start], state.tShift[start], state.sCount[start], state.blkIndent = before
    state.tokens.append(_html("</aside>"))
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find `$$` at the start of a line, up to the line that ends with `$$`."""
    first = _line(state, start)
    opening, closing = ("$$", "$$") if first.startswith("$$") else ("\\[", "\\]")
    if not first.startswith(opening) or state.is_code_block(start):
        return False
    lines = [first[2:]]
    line = start
    while not lines[-1].rstrip().endswith(closing):
        line += 1
        if line >= min(end, start + MOST_LINES) or (
            state.sCount[line] < state.blkIndent and _line(state, line)
        ):
            return False
        lines.append(_line(state, line))
    tex = "\n".join(lines).rstrip()[: -len(closing)].strip()
    if closing in tex or not tex:
        return False
    if not silent:
        state.tokens.append(_html(f"<p>{formula_html(tex)}</p>"))
        state.line = line + 1
    return True


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find the lines `::: note Title` and `:::`; what stands between them is read."""
    found = (
        CONTAINER.match(_line(state, start))
        if state.src.startswith(":::", state.bMarks[start] + state.tShift[start])
        else None
    )
    if not found:
        return False
    if not silent:
        if found["title"]:
            state.tokens.append(_html(f"<p>{escape(found['title'])}</p>"))
        state.line = start + 1
    return True


def _admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find `!!! note "Title"`, with the indented text under it."""
    line = _line(state, start)
    found = ADMONITION.match(line) if line[:3] in ("!!!", "???") else None
    if not found or state.is_code_block(start) or state.level > DEEPEST:
        return False
    if silent:
        return True
    said = found["title"] if found["title"] is not None else found[1].capitalize()
    state.tokens.append(_html(f"<p>{escape(said)}</p>"))
    state.blkIndent += 2
    state.level += 1
    state.line = start + 1
    state.md.block.tokenize(state, start + 1, end)
    state.blkIndent -= 2
    state.level -= 1
    return True


def _rewrite(state: StateCore) -> None:
    """Take the signs off tasks and callouts, and part the lines of definitions."""
    made: list[Token] = []
    for token in state.tokens:
        opened = [before.type for before in made[-2:]]
        if token.type == "fence" and token.info.strip() == "math":
            made.append(_html(f"<p>{formula_html(token.content.strip())}</p>"))
        elif token.type == "inline" and opened[-1:] == ["paragraph_open"]:
            made += _rewritten(token, made.pop(), opened[0])
        else:
            made.append(token)
    state.tokens = made


def _rewritten(token: Token, opening: Token, around: str) -> Iterator[Token]:
    """The tokens of a paragraph, which its closing token follows."""
    if around == "list_item_open":
        token.content = (
            TASK.sub("", token.content, count=1) if TASK.match(token.content) else token.content
        )
    if around == "blockquote_open" and (callout := CALLOUT.match(token.content)):
        yield _html(f"<p>{escape(callout[2] or callout[1].capitalize())}</p>")
        token.content = token.content[callout.end() :]
    if ABBREVIATIONS.fullmatch(token.content):
        yield _html(f"{ASIDE}{escape(token.content)}</aside>")
        token.content = ""
    elif CONTENTS.fullmatch(token.content.strip()):
        yield _html(f'<nav role="doc-toc">{escape(token.content)}</nav>')
        token.content = ""
    pieces = [piece.strip() for piece in DEFINITION.split(token.content)]
    for piece in filter(None, pieces[:-1]):
        yield opening
        yield Token("inline", "", 0, content=piece, children=[], level=token.level, map=token.map)
        yield Token("paragraph_close", "p", -1, block=True)
    token.content = pieces[-1]
    yield opening
    yield token


def _inline_notes(state: StateCore) -> None:
    """Set the notes that stand in the text, `^[…]`, behind it."""
    for text in state.env.get("notes", ()):
        state.tokens.append(_html(f"{ASIDE}{escape(text)}</aside>"))
