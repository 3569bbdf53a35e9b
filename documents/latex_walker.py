"""Walker over LaTeX that takes words and simple formulas in one step, not sign by sign."""

import re
from typing import Any

from pylatexenc.latexwalker import LatexToken, LatexWalker

# Words of one line that hold no sign which means something to LaTeX.
WORDS = re.compile(r"( ?)([^\W_]++(?:(?:[ ,.;:()]|\n(?!\s))++[^\W_]++)*+)")
SIMPLE = (
    r"(?:[^$\\%]|\\(?!(?:begin|end|text|mbox|hbox|vbox|fbox|ensuremath|verb|label|tag)\b)"
    r"[A-Za-z]++|\\[,;:!|{}#&%_ ])*+"
)
BRACES = re.compile(r"\\.|([{}])", re.DOTALL)


def _ends() -> dict[str, re.Pattern[str]]:
    signs = {"$": r"\$", "$$": r"\$\$", r"\)": r"\\\)", r"\]": r"\\\]"}
    return {sign: re.compile(SIMPLE + pattern) for sign, pattern in signs.items()}


FORMULAS = _ends()


class Walker(LatexWalker):  # type: ignore[misc]
    """Walker that makes the same nodes as its base, save that simple formulas have none inside."""

    def get_token(
        self, pos: int, include_brace_chars: Any = None, environments: bool = True, **given: Any
    ) -> Any:
        """Read the token at `pos`; of words all where more than an argument is asked for."""
        if environments and (found := WORDS.match(self.s, pos)):
            start = found.start(2)
            return LatexToken(
                tok="char", arg=found[2], pos=start, len=found.end() - start, pre_space=found[1]
            )
        return super().get_token(
            pos, include_brace_chars=include_brace_chars, environments=environments, **given
        )

    def get_latex_nodes(self, pos: int = 0, *given: Any, **named: Any) -> Any:
        """Read nodes from `pos` on; a simple formula only up to its end."""
        pattern = FORMULAS.get(named.get("stop_upon_closing_mathmode") or "")
        found = pattern.match(self.s, pos) if pattern else None
        if found and _is_balanced(found[0]):
            return [], pos, found.end() - pos
        return super().get_latex_nodes(pos, *given, **named)


def _is_balanced(formula: str) -> bool:
    depth = 0
    for brace in BRACES.finditer(formula):
        depth += {"{": 1, "}": -1}.get(brace[1] or "", 0)
        if depth < 0:
            return False
    return depth == 0
