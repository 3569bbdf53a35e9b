"""Short names of weekdays and months that stand beside one another, such as "Mon-Fri"."""

import re
from collections.abc import Mapping

from speech.text.normalise.rules import DASH, Rule, alternatives, ends_sentence, word_rule

NONE: Mapping[str, str] = {}
MOST = 6  # names after the first


def chain(
    names: Mapping[str, str],
    words: str,
    to: str,
    after_to: Mapping[str, str] = NONE,
    spelled: Mapping[str, str] = NONE,
) -> Rule:
    """Make the rule for at least two short names with a dash or one of the words between them.

    `words` is a pattern; `to` is said for a dash, `after_to` is the form of a name after it, and
    `spelled` are words that are short themselves.
    """
    name = rf"(?:{alternatives(names)})"
    between = rf"(?: ?{DASH} ?|, | ?[/&] ?|,? (?:{words or '(?!)'}) )"
    pattern = rf"(?<!\w){name}\.?(?:{between}{name}\.?){{1,{MOST}}}(?!\w)"
    needs = re.compile(rf"(?:{alternatives(names)})\W")
    return word_rule(pattern, _Chain(names, to, after_to, spelled), needs)


class _Chain:
    def __init__(
        self,
        names: Mapping[str, str],
        to: str,
        after_to: Mapping[str, str],
        spelled: Mapping[str, str],
    ) -> None:
        self._names, self._to, self._after_to, self._spelled = names, to, after_to, spelled
        name = alternatives(names)
        self._name = re.compile(
            rf"(?P<dash> ?{DASH} ?)?(?P<name>{name})(?!\w)\.?|(?<= )(?P<word>[^\s]{{1,20}})(?= )"
        )

    def __call__(self, found: re.Match[str]) -> str:
        said = self._name.sub(self._said, found[0])
        return f"{said}." if found[0].endswith(".") and ends_sentence(found) else said

    def _said(self, found: re.Match[str]) -> str:
        if word := found["word"]:
            return self._spelled.get(word, word)
        name = self._names[found["name"]]
        return f" {self._to} {self._after_to.get(name, name)}" if found["dash"] else name
