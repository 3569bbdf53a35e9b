"""Recognition of text in pictures of pages by Tesseract, which a machine may have or not.

The program is asked page by page, and told the picture and tells the words through pipes.
"""

import csv
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from speech.text.language import recognise

DPI = 300
PAGE_S = 120  # the longest that one page may take
DOUBTFUL = 60  # percent: a page of less may lie on its side
PICTURE = 35  # percent: what is less sure is no text, but a picture
UNSURE = 30  # percent: signs of less are specks
SAMPLE = 2000  # characters that tell a language
ALIKE = (0.75, 1.35)  # of the usual height of lines: letters differ, sizes do not
NAME = "tesseract"
ROTATION = re.compile(r"^Rotate: (\d+)", re.MULTILINE)
PLACES = ("left", "top", "width", "height")
# Its names of languages, by ours.
LANGUAGES = {
    "ar": "ara", "bg": "bul", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu", "el": "ell",
    "en": "eng", "es": "spa", "et": "est", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin",
    "hr": "hrv", "hu": "hun", "is": "isl", "it": "ita", "ja": "jpn", "ko": "kor", "la": "lat",
    "lt": "lit", "lv": "lav", "nb": "nor", "nl": "nld", "no": "nor", "pl": "pol", "pt": "por",
    "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "th": "tha",
    "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "chi_sim",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """Picture of a page in grey: a byte for each dot, row by row."""

    width: int
    height: int
    dots: bytes

    def turned(self, degrees: int) -> "Picture":
        """Turn it clockwise by 90, 180 or 270 degrees; by none of them it stays."""
        if degrees == 180:
            return Picture(self.width, self.height, self.dots[::-1])
        if degrees not in (90, 270):
            return self
        columns = (self.dots[column :: self.width] for column in range(self.width))
        rows = b"".join(column[::-1] for column in columns)
        quarter = Picture(self.height, self.width, rows)
        return quarter if degrees == 90 else quarter.turned(180)


@dataclass(frozen=True, slots=True)
class Word:
    """Word in a picture; places in dots from the upper left corner, sureness in percent."""

    text: str
    left: int
    top: int
    width: int
    height: int
    percent: float


@dataclass(frozen=True, slots=True)
class WordLine:
    """Line of words in a picture; `height` is in dots."""

    words: tuple[Word, ...]
    height: float

    @property
    def text(self) -> str:
        """The words with a space between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was recognised on a page, in the order of reading; sureness in percent.

    `height` is that of the picture as it was read, in dots: one on its side was turned.
    """

    lines: tuple[WordLine, ...]
    percent: int
    height: int

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(line.text for line in self.lines)


def find_program(setting: str) -> str:
    """Find Tesseract, "" where there is none; `setting` is its path, or "auto", or "off"."""
    if setting == "off":
        return ""
    return shutil.which(NAME if setting == "auto" else setting) or ""


def languages_of(program: str) -> list[str]:
    """List the languages that a Tesseract can read, by its own names."""
    asked = _run([program, "--list-langs"])
    names = asked.decode("utf-8", "replace").splitlines()[1:]
    return [name.strip() for name in names if name.strip()]


class Recogniser:
    """Recognises pages of one document, in its language as soon as that is known."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._installed = languages_of(program)
        self._language = ""  # by its name, once a page has shown it
        self.missing = ""  # by our name: the text is in it, and it is not installed

    def read(self, picture: Picture) -> Recognised:
        """Recognise a page; one that is no text, or takes too long, gives no lines."""
        found = self._read(picture, self._language or self._usual())
        if self._language or not found.lines:
            return found
        language = recognise(found.text[:SAMPLE]) or ""
        theirs = LANGUAGES.get(language, "")
        if theirs and theirs not in self._installed:
            self.missing = language
            return found
        self._language = theirs
        return self._read(picture, theirs) if theirs else found

    def _usual(self) -> str:
        """All languages, the commonest first: which one it is shows from what comes out."""
        known = [name for name in LANGUAGES.values() if name in self._installed]
        first = [name for name in ("eng", "deu", "fra", "spa", "rus") if name in known]
        return "+".join((first or known or self._installed)[:4])

    def _read(self, picture: Picture, languages: str) -> Recognised:
        found = self._ask(picture, languages)
        if found.percent >= DOUBTFUL or "osd" not in self._installed:
            return found
        turned = picture.turned(self._wrong_by(picture))
        if turned is picture:
            return found
        return max(found, self._ask(turned, languages), key=lambda each: each.percent)

    def _wrong_by(self, picture: Picture) -> int:
        """By how many degrees a page must be turned to stand upright."""
        answer = _run([*self._command("0"), "-l", "osd"], picture).decode("utf-8", "replace")
        found = ROTATION.search(answer)
        return int(found[1]) if found else 0

    def _ask(self, picture: Picture, languages: str) -> Recognised:
        command = [*self._command("3"), *(("-l", languages) if languages else ()), "tsv"]
        table = _run(command, picture).decode("utf-8", "replace")
        lines, percent = _recognised(table)
        return Recognised(lines, percent, picture.height)

    def _command(self, layout: str) -> list[str]:
        return [self._program, "stdin", "stdout", "--dpi", str(DPI), "--psm", layout]


def _run(command: Sequence[str], picture: Picture | None = None) -> bytes:
    """What the program answers, nothing where it fails."""
    sent = b"P5\n%d %d\n255\n%b" % (picture.width, picture.height, picture.dots) if picture else b""
    try:
        done = subprocess.run(
            command,
            input=sent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"OMP_THREAD_LIMIT": "1"},
            timeout=PAGE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _recognised(table: str) -> tuple[tuple[WordLine, ...], int]:
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    lines = [line for _, each in groupby(_words(rows), lambda row: row[0]) if (line := _line(each))]
    if not lines:
        return (), 0
    usual = median(line.height for line in lines)
    low, high = (share * usual for share in ALIKE)
    evened = [WordLine(line.words, usual) if low <= line.height <= high else line for line in lines]
    sizes = [len(word.text) for line in lines for word in line.words]
    sure = [word.percent for line in lines for word in line.words]
    percent = round(sum(size * each for size, each in zip(sizes, sure, strict=True)) / sum(sizes))
    return (tuple(evened), percent) if percent >= PICTURE else ((), 0)


Numbered = tuple[tuple[str, ...], Word]


def _words(rows: "csv.DictReader[str]") -> Iterator[Numbered]:
    """Each word with the number of its line."""
    for row in rows:
        text = (row.get("text") or "").strip()
        if row.get("level") != "5" or not text:
            continue
        try:
            left, top, width, height = (int(row[name]) for name in PLACES)
            word = Word(text, left, top, width, height, float(row["conf"]))
        except (TypeError, ValueError):
            continue
        if word.percent >= UNSURE or text.isalnum():
            yield tuple(row[name] for name in ("block_num", "par_num", "line_num")), word


def _line(numbered: Iterator[Numbered]) -> WordLine | None:
    words = tuple(word for _, word in numbered)
    if not any(any(map(str.isalnum, word.text)) for word in words):
        return None
    return WordLine(words, median(word.height for word in words))
