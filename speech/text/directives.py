"""Directives that a writer puts into a text: `[pause 1.5s]`, and `Anna: …` for another voice."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, TypedDict

from common.errors import Message
from common.stored_json import read_or_default
from speech.errors import SpeechError
from speech.text.segments import BLANK_LINE

PAUSE_MS = 1000  # of a directive that names no time
SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS = 100, 30_000
LONGEST_NAME = 60
MOST_SPEAKERS = 50

# A mark without a time and with a capital, as on a key of a machine, counts only between sentences.
ALONE = r"(?:\A|(?<=[\n\r\u2028\u2029.!?…\]。！？])|(?<=[.!?…\]\"'”’»)][ \t]))(?=\[[Pp][Aa])"
PAUSE = (
    rf"(?:(?=\[pause|\[(?i:pause)[ \t]{{1,8}}\d)|{ALONE})"
    r"\[(?i:pause)(?:[ \t]{1,8}(?P<time>\d{1,9}(?:[.,]\d{1,9})?)[ \t]{0,8}(?P<unit>(?i:ms|s)))?"
    r"[ \t]{0,8}\]"
)
# What may stand about a speaker's name: the time, as transcripts and chats have it, emphasis, who
# is spoken to, and how, in brackets on either side of the colon.
GAP = r"[ \t\u00a0\u202f]{0,3}"
CLOCK = (
    r"\d{1,4}[:./-]\d{1,2}[:./-]\d{1,4}(?:[.,]\d{1,3})?(?:,?[ \u202f]\d{1,2}:\d\d(?::\d\d)?)?"
    r"(?:[ \u202f]?[APap]\.?[Mm]\.?(?!\w))?"
)
BRACKETED_CLOCK = r"\[(?=\d)[\d:.,/ \u202fAPMapm-]{4,25}\]"
TIME = rf"(?:(?:{BRACKETED_CLOCK}|\({CLOCK}\)|{CLOCK}){GAP}(?:[-–][ \t])?)?"
ROUND, SQUARE = r"\([^()\n\r]{1,80}\)", r"\[(?!\d|[Pp]ause)[^\[\]\n\r]{1,80}\]"
WIDE_ROUND = r"（[^（）\n\r]{1,30}）"
DIRECTION = rf"(?:{GAP}[*_]{{0,2}}(?:{ROUND}|{SQUARE}|{WIDE_ROUND})[*_]{{0,2}})?"
SPOKEN_TO = (
    r"(?:[ \t](?:to[ \t](?=[^\W\d_a-z])|(?:zu|à|a|do|till|aan)[ \t](?=[^\W\d_a-z]{2}))"
    r"[^\n\r:：()\[\]]{1,40})?"
)
# What is said may begin with a bracket, too: a direction is in small letters, or in italics.
AFTERWARDS = (
    rf"(?:{GAP}(?:(?=\([a-zß-öø-ÿа-яё]){ROUND}(?=[ \t])|(?=[*_]\()[*_]{ROUND}[*_]|{SQUARE}(?!\()"
    rf"|{WIDE_ROUND}))?"
)
SPEAKER = (
    rf"(?:\A|(?<=[\n\r\u2028\u2029]))[ \t]{{0,20}}{TIME}[*_]{{0,3}}(?P<name>NAMES)[*_]{{0,3}}"
    rf"{SPOKEN_TO}{DIRECTION}{GAP}(?::[*_]{{0,3}}(?=[\s\"'“”„«»‘’(（\[¿¡—–]|\Z)|：){AFTERWARDS}"
)
BAD_IN_NAME = re.compile(r"[:：\[\]\x00-\x1f\x7f\u2028\u2029]")
LONGEST = 400  # more characters than any directive has
BLOCK = 4096  # characters that are searched at a time
LOOK_BACK = 2048
SPACE = re.compile(r"\s{0,600}")


class ReadingOptions(TypedDict, total=False):
    """Options of reading a text, as far as they were chosen; `cast` is speaker to voice.

    `markup` is "auto" where the signs of Markdown, HTML or SSML are not said, else "literal".
    """

    cast: dict[str, str]
    paragraph_pause_ms: int
    markup: str


class BadCast(SpeechError):
    """Names of speakers that cannot be told from the text."""

    status = 400


class Directive(NamedTuple):
    """A directive in a text: a silence, or, where `voice` is not None, a speaker's name."""

    start: int
    end: int
    pause_ms: int
    voice: str | None


class Speech(NamedTuple):
    """Voice that speaks up to `end`; a paragraph's last white space reaches to `border`."""

    voice: str = ""
    end: int = 0
    border: int = 0


class Cast:
    """The names of speakers and the identifiers of their voices; raises BadCast."""

    def __init__(self, voices: Mapping[str, str]) -> None:
        _check(voices)
        self._voices = {name.lower(): voice for name, voice in voices.items()}
        self.speaker, self.any_directive = None, re.compile(PAUSE)
        if voices:
            names = "|".join(map(re.escape, sorted(voices, key=len, reverse=True)))
            speaker = SPEAKER.replace("NAMES", f"(?i:{names})")
            self.speaker = re.compile(speaker)
            self.any_directive = re.compile(f"{PAUSE}|{speaker}")

    def directive(self, found: re.Match[str]) -> Directive:
        """Directive that a match of `any_directive` or `speaker` stands for."""
        start, end = found.span()
        if found.lastgroup == "name":
            return Directive(start, end, 0, self._voices.get(found["name"].lower(), ""))
        return Directive(start, end, _pause_ms(*found.group("time", "unit")), None)


class Directives:
    """The directives of a text, for one reading from front to back."""

    def __init__(self, text: str, cast: Cast) -> None:
        self._text, self._cast = text, cast
        self._searched = 0  # no directive begins between the place last asked for and here
        self._found: Directive | None = None
        self._blank = (-1, -1)  # the first blank line after the directive last asked about

    def first_from(self, place: int, horizon: int) -> Directive | None:
        """The first directive that begins at `place` or after it, if one does before `horizon`."""
        if self._found and self._found.start >= place:
            return self._found
        self._found, self._searched = None, max(self._searched, place)
        while self._searched < min(horizon, len(self._text)):
            stop = self._searched + BLOCK
            found = self._cast.any_directive.search(self._text, self._searched, stop + LONGEST)
            if found and found.start() < stop:
                self._found, self._searched = self._cast.directive(found), found.end()
                break
            self._searched = stop
        return self._found

    def speech(self, directive: Directive) -> Speech:
        """Stretch that a speaker's name governs: the rest of its paragraph."""
        if self._blank[0] < directive.end:
            size = len(self._text)
            blank = BLANK_LINE.search(self._text, directive.end)
            self._blank = blank.span() if blank else (size, size)
        end = self._blank[1]
        return Speech(directive.voice or "", end, skipped(SPACE, self._text, end))

    def speech_at(self, place: int) -> Speech:
        """Find the voice that governs a place, looking back to where its paragraph begins."""
        size = LOOK_BACK
        while self._cast.speaker and place:
            low, last = max(0, place - size), None
            for found in self._cast.speaker.finditer(self._text, low, place + LONGEST):
                last = found if found.end() <= place else last
            if last:
                return self.speech(self._cast.directive(last))
            if low == 0 or BLANK_LINE.search(self._text, low, place):
                break
            size *= 4
        return Speech()


def reading_options(stored: str) -> ReadingOptions:
    """Parse the options in a row's `reading`; none where it was damaged."""
    options: ReadingOptions = read_or_default("reading", stored)
    return options


@lru_cache(maxsize=64)
def _pause_ms(time: str | None, unit: str | None) -> int:
    if time is None or unit is None:
        return PAUSE_MS
    factor = 1 if unit.lower() == "ms" else 1000
    asked = float(time.replace(",", ".")) * factor
    return round(min(max(asked, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS))


def skipped(pattern: re.Pattern[str], text: str, place: int) -> int:
    """The end of what a pattern matches at a place; the place where it matches nothing."""
    found = pattern.match(text, place)
    return found.end() if found else place


def _check(voices: Mapping[str, str]) -> None:
    if len(voices) > MOST_SPEAKERS:
        raise BadCast(
            Message(
                "{count} speakers have voices; at most {limit} are possible.",
                count=len(voices),
                limit=MOST_SPEAKERS,
            )
        )
    for name in voices:
        if not 0 < len(name) <= LONGEST_NAME or name != name.strip() or BAD_IN_NAME.search(name):
            raise BadCast(
                Message(
                    'The speaker name "{name}" cannot be used. Use 1 to {limit} '
                    "characters without colons and brackets.",
                    name=name[:80],
                    limit=LONGEST_NAME,
                )
            )
