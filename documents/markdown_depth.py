"""Depth of Markdown: blocks that stand too deep in others for the parser are lines of text."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

DEEPEST = 18  # blocks in each other, of which each list makes two; at 20 the parser drops the rest
SIGNS = re.compile(r"(?:[ \t]*+(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*+[ \t]*+")


def add_depth_rule(renderer: MarkdownIt) -> None:
    """Have the parser tell what stands deeper line by line, without its signs."""
    renderer.block.ruler.before("code", "too_deep", _too_deep)


def _too_deep(state: StateBlock, start: int, end: int, _silent: bool) -> bool:
    if state.level < DEEPEST:
        return False
    line = start
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        _tell(state, line)
        line += 1
    state.line = line
    return True


def _tell(state: StateBlock, line: int) -> None:
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    found = SIGNS.match(state.src, start, end)
    text = state.src[found.end() if found else start : end].strip()
    if text:
        state.push("paragraph_open", "p", 1)
        state.tokens.append(Token("inline", "", 0, content=text, children=[], level=state.level))
        state.push("paragraph_close", "p", -1)
