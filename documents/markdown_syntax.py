"""Signs that writers use beside CommonMark: formulas, notes, tasks, links of wikis, attributes."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from documents.html_kinds import BLOCKS, SKIPPED
from documents.markdown_blocks import add_block_rules
from documents.markdown_depth import add_depth_rule
from documents.tex_formulas import formula_html

LONGEST_FORMULA = 2000
LONGEST = 1000  # characters between two signs that belong together
OF_TEX = re.compile(r"[\\^_=<>]")
PRICE = re.compile(r"\d[\d.,]*[^\\^_={}]*(?<!\\)\b[^\W\d]{2,}[^\\^_={}]*")
SHIFTED = re.compile(r"([\^~])(?![\^~])([^\s\^~]{1,50})\1(?![\^~])")
SHORTCODE = re.compile(r":(\+1|-1|[a-z][a-z0-9_+-]{1,30}):(?![\w:])")
WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]\n|]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
_OF_ATTRIBUTES = r"[#.][\w:-]{1,100}|[\w-]{1,50}=(?:\"[^\"\n]{0,200}\"|[^\s{}\"]{1,200})|[ \t]"
ATTRIBUTES = re.compile(
    rf"\{{:?(?:{_OF_ATTRIBUTES})++\}}|\{{:[ \t]?[\w.#:-]{{1,100}}\}}"
    r"|\{\{[<%][^\n{}]{0,500}[>%]\}\}|\{%[^\n{}]{0,500}%\}|\{[a-z][\w:-]{0,40}\}(?=`)"
)
TAG = re.compile(r"</?([A-Za-z][\w-]*+)")
INLINE_TAGS = (
    "a abbr acronym audio b bdi bdo big br cite code data del dfn em font i img ins kbd label mark "
    "math meter nobr output picture progress q rp rt ruby s samp small span strike strong sub sup "
    "time tt u var video wbr h1 h2 h3 h4 h5 h6 pre"
)
KNOWN_TAGS = BLOCKS | SKIPPED | frozenset(INLINE_TAGS.split())
NOTE_MARK = re.compile(r"\[\^([^\]\s]{1,100})\]")
CITED = re.compile(r"\[[^\[\]\n@]{0,100}-?@[\w:][^\[\]\n]{0,300}\]")

Rule = Callable[[StateInline, bool], bool]


@cache
def renderer() -> MarkdownIt:
    """Make the parser: CommonMark with tables, and the signs that are common beside it."""
    made = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    add_block_rules(made)
    add_depth_rule(made)
    rules: tuple[tuple[str, str, Rule], ...] = (
        ("escape", "formula", _formula),
        ("backticks", "attributes", _attributes),
        ("link", "wiki_link", _wiki_link),
        ("link", "note_mark", _note_mark),
        ("emphasis", "marked", _marked),
        ("emphasis", "shifted", _shifted),
        ("emphasis", "shortcode", _shortcode),
    )
    for before, name, rule in rules:
        made.inline.ruler.before(before, name, rule)
    made.add_render_rule("html_inline", _inline_html)
    return made


def _inline_html(
    _renderer: object, tokens: Sequence[Token], index: int, _options: object, _env: object
) -> str:
    """Write HTML as it is, but what only looks like it as text: "the file <name>"."""
    markup = tokens[index].content
    tag = TAG.match(markup)
    return escape(markup) if tag and tag[1].lower() not in KNOWN_TAGS else markup


def _push(state: StateInline, markup: str, end: int, *, silent: bool) -> bool:
    if not silent:
        state.push("html_inline", "", 0).content = markup
    state.pos = end
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    """Find `$…$`, `$$…$$`, and where it looks like TeX `\\(…\\)` and `\\[…\\]`."""
    text, start = state.src, state.pos
    for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")):
        if not text.startswith(opening, start):
            continue
        begin = start + len(opening)
        end = text.find(closing, begin, min(begin + LONGEST_FORMULA, state.posMax))
        while end > 0 and opening == "$" and text[end - 1] == "\\":
            end = text.find(closing, end + 1, min(begin + LONGEST_FORMULA, state.posMax))
        if end <= begin or not _is_formula(text, start, begin, end, opening):
            return False
        return _push(state, formula_html(text[begin:end]), end + len(closing), silent=silent)
    return False


def _is_formula(text: str, start: int, begin: int, end: int, opening: str) -> bool:
    tex = text[begin:end]
    if opening == "$$":
        return bool(tex.strip())
    if opening != "$":
        return bool(OF_TEX.search(tex))
    if text[start - 1 : start].isalnum() or text[end + 1 : end + 2].isdigit():
        return False
    # "$5 and $6" are prices: a formula has no space at its ends, and is no sentence.
    is_tight = not tex[0].isspace() and not tex[-1].isspace()
    return is_tight and "\n\n" not in tex and not PRICE.fullmatch(tex)


def _attributes(state: StateInline, silent: bool) -> bool:
    found = ATTRIBUTES.match(state.src, state.pos) if state.src[state.pos] == "{" else None
    return found is not None and _push(state, "", found.end(), silent=silent)


def _wiki_link(state: StateInline, silent: bool) -> bool:
    found = WIKI_LINK.match(state.src, state.pos) if state.src[state.pos] in "![" else None
    if not found:
        return False
    target, shown = found[2], found[3]
    if found[1]:
        markup = f'<img alt="{escape("" if not shown or shown.isdigit() else shown)}">'
    else:
        page, _, section = target.partition("#")
        markup = escape(shown or page or section)
    return _push(state, markup, found.end(), silent=silent)


def _note_mark(state: StateInline, silent: bool) -> bool:
    text, start = state.src, state.pos
    if text[start] == "[":
        if found := NOTE_MARK.match(text, start):
            markup = f'<a role="doc-noteref">{escape(found[1])}</a>'
            return _push(state, markup, found.end(), silent=silent)
        found = CITED.match(text, start)
        if not found or text[found.end() : found.end() + 1] == "(":
            return False
        markup = f'<sup role="doc-biblioref">{escape(found[0])}</sup>'
        return _push(state, markup, found.end(), silent=silent)
    return False


def _marked(state: StateInline, silent: bool) -> bool:
    """Find `==…==` and `++…++`; what stands between is a text like any other."""
    text, start = state.src, state.pos
    sign = text[start : start + 2]
    if sign not in ("==", "++") or text[start + 2 : start + 3] in ("", sign[0], " ", "\n"):
        return False
    end = text.find(sign, start + 3, min(start + LONGEST, state.posMax))
    if end < 0 or text[end - 1].isspace() or (sign == "++" and text[start - 1 : start].isalnum()):
        return False
    if not silent:
        last, state.pos, state.posMax = state.posMax, start + 2, end
        state.md.inline.tokenize(state)
        state.posMax = last
    state.pos = end + 2
    return True


def _shifted(state: StateInline, silent: bool) -> bool:
    text, start = state.src, state.pos
    if text.startswith("^[", start):
        return _inline_note(state, silent)
    found = SHIFTED.match(text, start) if text[start] in "^~" else None
    if not found or found.end() > state.posMax:
        return False
    tag = "sup" if found[1] == "^" else "sub"
    return _push(state, f"<{tag}>{escape(found[2])}</{tag}>", found.end(), silent=silent)


def _inline_note(state: StateInline, silent: bool) -> bool:
    end = state.md.helpers.parseLinkLabel(state, state.pos + 1)
    if end < 0:
        return False
    if not silent:
        notes = state.env.setdefault("notes", [])
        notes.append(state.src[state.pos + 2 : end])
        markup = f'<a role="doc-noteref">{len(notes)}</a>'
        state.push("html_inline", "", 0).content = markup
    state.pos = end + 1
    return True


def _shortcode(state: StateInline, silent: bool) -> bool:
    """Find `:smile:`, which is said as the sign is whose name it gives."""
    found = SHORTCODE.match(state.src, state.pos) if state.src[state.pos] == ":" else None
    if not found or state.src[state.pos - 1 : state.pos].isalnum():
        return False
    words = found[1].replace("_", " ").replace("-", " ").strip()
    return _push(state, escape(words), found.end(), silent=silent)
