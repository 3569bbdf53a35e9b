"""Rules that find something in a text and say it in words, and how they are applied."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from speech.text.edit_map import Edit, Edited

REACH = 30  # characters before a match that tell its case
CAPITAL = r"[A-ZÀ-ÖØ-ÞĄĆĘŁŃŚŹŻ]"
SENTENCE_END = re.compile(
    rf"[\"'”’“»)\]]{{0,3}}(?:\s{{1,20}}[\"'“‘„«»‚(\[¿¡]{{0,3}}{CAPITAL}|\s{{0,20}}\Z)"
)

# A number neither goes on to the left or right, nor is it part of a word or a longer number.
START = r"(?<!\w)(?<!\d[.,:/])"
END = r"(?!\w|[.,:/]\d)"
SPACE = r"[ \t\u00a0\u2009\u202f]?"
DASH = r"[-\u2010\u2011\u2013\u2014]"
HOUR = r"(?P<hour>[01]?\d|2[0-4])"
CLOCK = START + HOUR
MINUTE = r"(?P<minute>[0-5]\d)"
SECOND = r"(?::(?P<second>[0-5]\d))?"
YEAR = r"[12]\d{3}"

TO_TIME = rf"(?<=\d:\d\d)(?P<out>{SPACE}{DASH}{SPACE})(?=[012]?\d:[0-5]\d)"
MINUS = r"(?:(?<![^\s(\[„“\"'])[-\u2212])?"

FRACTION = (
    r"(?<![\w.,/-])(?:(?P<whole>\d{1,4}) )?(?P<part>\d{1,2})/(?P<of>\d{1,3})"
    r"(?![\w/]|[.,]\d)"
)

LINK = r"(?<![\w@])(?P<scheme>https?://|www\.)(?P<rest>[^\s<>\"“”„]+)"
TOP = "com|org|net|edu|gov|info|io|de|at|ch|uk|eu"
DOMAIN = (
    rf"(?<![\w@.-])(?P<host>(?:[a-z0-9-]{{1,40}}\.){{1,4}}(?:{TOP}))"
    r"(?:/(?P<path>[^\s<>\"“”„]*))?(?![\w@-])"
)
EMAIL = r"(?<![\w.+-])(?P<user>[\w.+-]{1,64})@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})"
PLAIN_WORD = re.compile(r"[^\W\d_]{2,20}")
AFTER_LINK = ".,;:!?)]}'’*_"

FRACTION_SIGNS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8),
}  # fmt: skip

# What texts hold that are worth searching.
HAS_LINK = re.compile(r"://|www\.")
HAS_DOMAIN = re.compile(rf"\.(?:{TOP})(?![\w@-])")
HAS_CENTURY = re.compile(r"(?<!\w)[IVXLC]")
HAS_NUMERAL = re.compile(r"(?<!\w)[IVXLCDM]{1,9}(?!\w)")
HAS_DASH = re.compile(DASH)
HAS_GLYPH = re.compile(rf"[{''.join(FRACTION_SIGNS)}]")
HAS_PHONE = re.compile(r"[+(]|0[\d ./-]|\d-\d")
HAS_SIDE = re.compile(r" [x×] \d")
HAS_SIZE = re.compile(r"\d ?[x×]")
DIGIT = re.compile(rf"[\d{''.join(FRACTION_SIGNS)}]")

# Alone on its line, or before the title of a chapter.
NUMERAL_ALONE = (
    r"(?m)(?:^|(?<=^[ \t]))(?P<out>(?:[IVX]|[IVXLC]{2,9})(?=\.?[ \t]{0,40}(?:\r?\n|\r|\Z))"
    r"|[IVXLC]{2,9}(?=\. {1,3}[A-ZÄÖÜ]))"
)
ROMAN_FORM = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


Needs = str | re.Pattern[str]
Say = Callable[[re.Match[str]], str | None]


class Rule(NamedTuple):
    """Rule for what is found: `say` turns a match into words, or into None to leave it.

    Where the pattern has a group "out", only that is replaced.

    Texts that do not hold `needs` (a string or a pattern) are not searched, nor those without
    digits for a rule that is of figures. Patterns repeat nothing without a bound, so that no text
    takes more than a time in proportion to its length.
    """

    pattern: re.Pattern[str]
    say: Say
    needs: Needs
    is_of_figures: bool


def rule(pattern: str, say: Say, needs: Needs = "") -> Rule:
    """Make a rule of figures from the text of its pattern."""
    return Rule(re.compile(pattern), say, needs, is_of_figures=True)


def word_rule(pattern: str, say: Say, needs: Needs) -> Rule:
    """Make a rule of what may hold no digit."""
    return Rule(re.compile(pattern), say, needs, is_of_figures=False)


class Rules:
    """Rules of a language in their order: what one replaced stays before the next ones."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._all = _Searched(tuple(rules))
        self._of_words = _Searched(tuple(r for r in self._all.rules if not r.is_of_figures))

    def applied(self, text: str) -> Edited:
        """Apply the rules to a text."""
        searched = self._all if DIGIT.search(text) else self._of_words
        edits: list[Edit] = []
        taken = bytearray(len(text))
        for each in searched.rules_for(text):
            part = "out" if "out" in each.pattern.groupindex else 0
            for found in each.pattern.finditer(text):
                start, end = found.span(part)
                if taken.find(1, start, end) < 0 and (spoken := each.say(found)) is not None:
                    taken[start:end] = b"\1" * (end - start)
                    edits.append(_trimmed(text, start, end, spoken))
        return Edited(text, sorted(edits))


class _Searched:
    """Rules with what texts must hold for them, each of which is looked for once."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        needs = tuple(dict.fromkeys(each.needs for each in rules))
        self._places = tuple(needs.index(each.needs) for each in rules)
        self._checks = tuple(map(_check, needs))

    def rules_for(self, text: str) -> Iterable[Rule]:
        held = [check(text) for check in self._checks]
        if not any(held):
            return ()
        return [each for each, at in zip(self.rules, self._places, strict=True) if held[at]]


def _check(needs: Needs) -> Callable[[str], object]:
    return (lambda text: needs in text) if isinstance(needs, str) else needs.search


def _trimmed(text: str, start: int, end: int, spoken: str) -> Edit:
    """The edit without the signs at its end that stay as they are."""
    while end > start + 1 and spoken[-1:] == text[end - 1] and not text[end - 1].isalnum():
        spoken, end = spoken[:-1], end - 1
    return Edit(start, end, spoken)


def before(found: re.Match[str], most: int) -> str:
    """What stands before a match, so many characters at most."""
    return found.string[max(0, found.start() - most) : found.start()]


def ends_sentence(found: re.Match[str]) -> bool:
    """Whether a sentence ends with what was found."""
    return SENTENCE_END.match(found.string, found.end()) is not None


def alternatives(words: Iterable[str]) -> str:
    """A pattern for any of the words, longer ones first."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def dotted(words: Iterable[str]) -> Needs:
    """What a text holds that has one of the words; those with a dot are found from that on."""
    widths: dict[int, list[str]] = {}
    others = []
    for word in words:
        if word.endswith("."):
            widths.setdefault(len(word), []).append(word)
        else:
            others.append(word)
    ends = "|".join(rf"(?<=(?<![\w.])(?:{alternatives(same)}))" for same in widths.values())
    parts = [rf"\.(?:{ends})"] if ends else []
    return re.compile("|".join([*parts, *map(re.escape, others)]))


def roman(numeral: str) -> int:
    """Value of a Roman numeral, 0 if it is none."""
    if not ROMAN_FORM.fullmatch(numeral):
        return 0
    values = [ROMAN_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(v if v >= n else -v for v, n in zip(values, following, strict=True))


class Addresses:
    """Says links and e-mail addresses, with a language's words for their signs."""

    def __init__(self, signs: Mapping[str, str]) -> None:
        self._signs = {sign: f" {word} " for sign, word in signs.items()}
        self.rules = (
            word_rule(EMAIL, self._email, "@"),
            word_rule(LINK, self._link, HAS_LINK),
            word_rule(DOMAIN, self._domain, HAS_DOMAIN),
        )

    def _email(self, found: re.Match[str]) -> str:
        host = found["host"]
        return f"{self._said(found['user'])}{self._signs['@']}{self._said(host)}"

    def _link(self, found: re.Match[str]) -> str:
        rest = found["rest"]
        address = rest.rstrip(AFTER_LINK)
        host, _, path = address.partition("/")
        host = host.rpartition("@")[2].partition(":")[0].removeprefix("www.")
        return self._short(host, path) + rest[len(address) :]

    def _domain(self, found: re.Match[str]) -> str:
        path = found["path"] or ""
        return self._short(found["host"], path) + path[len(path.rstrip(AFTER_LINK)) :]

    def _short(self, host: str, path: str) -> str:
        """The host, and the path where it is a single word."""
        path = path.rstrip("/" + AFTER_LINK)
        said = self._said(host)
        return f"{said}{self._signs['/']}{path}" if PLAIN_WORD.fullmatch(path) else said

    def _said(self, name: str) -> str:
        return " ".join("".join(self._signs.get(sign, sign) for sign in name).split())
