"""Languages without rules of their own: numbers, percent and money in words, no more."""

import re

from speech.text.normalise import words
from speech.text.normalise.rules import END, MINUS, SPACE, START, Rule, rule

# What is said for %, € and $ and what for the decimal comma; all write 1.234,5 or 1 234,5.
LANGUAGES = {
    "fr": ("pour cent", "euros", "dollars", "virgule"),
    "es": ("por ciento", "euros", "dólares", "coma"),
    "it": ("per cento", "euro", "dollari", "virgola"),
    "pt": ("por cento", "euros", "dólares", "vírgula"),
    "ca": ("per cent", "euros", "dòlars", "coma"),
    "nl": ("procent", "euro", "dollar", "komma"),
    "sv": ("procent", "euro", "dollar", "komma"),
    "da": ("procent", "euro", "dollar", "komma"),
    "nb": ("prosent", "euro", "dollar", "komma"),
    "ro": ("la sută", "euro", "dolari", "virgulă"),
    "fi": ("prosenttia", "euroa", "dollaria", "pilkku"),
    "cs": ("procent", "eur", "dolarů", "celá"),
    "pl": ("procent", "euro", "dolarów", "przecinek"),
    "hu": ("százalék", "euró", "dollár", "egész"),
    "tr": ("", "avro", "dolar", "virgül"),
}
NUMBER = (
    r"(?P<whole>\d{1,3}(?:[.\u00a0\u202f ]\d{3}){1,4}(?!\d)|\d{1,9})(?:,(?P<decimals>\d{1,6}))?"
)
SEPARATORS = re.compile(r"\D")
ORDINAL = r"(?!\.\s{1,3}[^\W\d_A-Z])"


class Other:
    """The rules for a language tag; none for a language that is not among these."""

    def __init__(self, tag: str) -> None:
        self._tag = tag.lower()
        first = self._tag.partition("-")[0]
        self.rules: tuple[Rule, ...] = ()
        if first in LANGUAGES:
            percent, euro, dollar, self._point = LANGUAGES[first]
            self._signs = {"%": percent, "€": euro, "$": dollar}
            self.rules = (
                rule(rf"{START}{NUMBER}{SPACE}(?P<sign>[%€$])(?!\w)", self._amount),
                rule(rf"(?<!\w)(?P<sign>[€$]){SPACE}{NUMBER}{END}", self._amount),
                rule(
                    rf"{START}(?P<minus>{MINUS}){NUMBER}(?!/|{SPACE}[%€$]){ORDINAL}{END}",
                    self._number,
                ),
            )

    def _amount(self, found: re.Match[str]) -> str | None:
        sign = self._signs[found["sign"]]
        # One of a thing takes other endings than many, and an article in some of the languages.
        return f"{self._said(found)} {sign}" if sign and found["whole"] != "1" else None

    def _number(self, found: re.Match[str]) -> str | None:
        if found["minus"]:
            return None  # left with its sign to the engine
        return self._said(found)

    def _said(self, found: re.Match[str]) -> str:
        whole = SEPARATORS.sub("", found["whole"])
        if len(whole) > 1 and whole[0] == "0":
            return words.digits(whole, self._tag)
        said = words.spelled(whole, self._tag)
        decimals = found["decimals"]
        return f"{said} {self._point} {words.digits(decimals, self._tag)}" if decimals else said
