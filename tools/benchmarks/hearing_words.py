"""How many words were heard wrong, however the same words may be written."""

import re
from pathlib import Path

from num2words import num2words

SENTENCES = Path(__file__).with_name("hearing_sentences.txt")
BOOK = re.compile(r".+ \(\d{4}\)")
MONEY = re.compile(r"\$(\d+)(?:\.(\d\d))?")
NUMBER = re.compile(r"\d+")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)\b")
INITIALS = re.compile(r"\b([a-z])\.(?=[a-z]\b)")
YEARS = range(1100, 2000)
# Names and words that sound alike: to write the one for the other is not to hear wrong.
ALIKE = {
    "borne": "born", "della": "dela", "em": "m", "fogg": "fog", "joe": "jo", "saville": "savile",
}  # fmt: skip
WRITTEN = (
    (re.compile(r"(?<=\d),(?=\d{3})"), ""),
    (re.compile(r"(?<=\d):(?=\d\d)"), " "),
    (INITIALS, r"\1"),
    (re.compile(r"\bmr\b"), "mister"),
    (re.compile(r"\bmrs\b"), "missus"),
    (re.compile(r"\bdr\b"), "doctor"),
    (re.compile(r"\bno\.? (?=\d)"), "number "),
    (re.compile(r"(\w\w)our(?=s?\b)"), r"\1or"),
    (re.compile(r"tre\b"), "ter"),
    (re.compile(r"is(?=(e|ed|ing)\b)"), "iz"),
    (re.compile(r"['’]"), ""),
)
# "Two hundred and five" is said with "and", and without.
AND = re.compile(r"\b(hundred|thousand|million) and (?=\w)")


def sentences() -> list[str]:
    """The sentences that are spoken, without the books that they are from."""
    lines = SENTENCES.read_text("utf-8").splitlines()
    return [line for line in lines if line and line[0] != "#" and not BOOK.fullmatch(line)]


def words(text: str) -> list[str]:
    """A text's words in one form: no case, no signs, numbers written out, American spelling."""
    text = text.lower()
    text = MONEY.sub(_money, text)
    for pattern, instead in WRITTEN:
        text = pattern.sub(instead, text)
    text = ORDINAL.sub(lambda found: num2words(int(found[1]), to="ordinal"), text)
    text = NUMBER.sub(lambda found: _number(found[0]), text)
    found = AND.sub(r"\1 ", " ".join(re.findall(r"[^\W_]+", text))).split()
    return [ALIKE.get(word, word) for word in found]


def _money(found: re.Match[str]) -> str:
    cents = f" and {found[2]} cents" if found[2] else ""
    return f"{found[1]} dollar{'' if found[1] == '1' else 's'}{cents}"


def _number(digits: str) -> str:
    return num2words(int(digits), to="year" if int(digits) in YEARS else "cardinal")


def errors(said: list[str], heard: list[str]) -> int:
    """The fewest words to replace, add or leave out that make the one of the other.

    A word that is heard as two whose letters are the same, "cook stove", is no error.
    """
    before = list(range(len(heard) + 1))
    earlier: list[int] = []
    for i, wanted in enumerate(said, 1):
        row = [i]
        for j, got in enumerate(heard, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (wanted != got))
            if j > 1 and heard[j - 2] + got == wanted:
                best = min(best, before[j - 2])
            if i > 1 and said[i - 2] + wanted == got:
                best = min(best, earlier[j - 1])
            row.append(best)
        earlier, before = before, row
    return before[-1]
