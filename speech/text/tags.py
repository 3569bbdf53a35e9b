"""Tags of HTML and SSML in a text: whether they surely are some, and what is said without them."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from speech.text.edit_map import Edit

HTML, SSML = "html", "ssml"
PARAGRAPH = "\n\n"
STOPS = tuple(".!?…。！？।؟:;,")

# Each part ends at the next "<", so that no text is looked through twice.
REST = r"(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+"
TAG = re.compile(rf"<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]{{0,40}})(?P<rest>{REST})>")
ENTITY = r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});"
SIGN = re.compile(
    rf"(?P<comment><!--)|(?P<other><!\[CDATA\[|\]\]>|<[!?][A-Za-z][^<>]*+>)"
    rf"|(?P<entity>{ENTITY})|{TAG.pattern}"
)
PROLOGUE = re.compile(
    r"\s*+(?:<\?xml[^<>]*+>\s*+)?(?:<!DOCTYPE[^<>\[]*+(?:\[[^\]]{0,5000}\])?[^<>]*+>\s*+)?",
    re.IGNORECASE,
)
ATTRIBUTE = re.compile(
    r"(?<![\w:.-])(?P<name>[\w:.-]{1,40})\s{0,20}=\s{0,20}"
    r"(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s\"'>]{1,200}))"
)
TIME = re.compile(r"\+?(\d{0,6}(?:\.\d{1,6})?)\s?(ms|s)", re.IGNORECASE)
ROW_ENDS = re.compile(r"\s{0,100}(?:</?(?i:tr|tbody|thead|tfoot|table)\b|\Z)")
NO_WORDS = re.compile(r"[\n\r\u2028\u2029\[\]]")  # what ends a line, or may be a directive
LINE_ENDS = re.compile(r"[ \t]{0,100}(?:[\n\r\u2028]|\Z)")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


BLOCKS = _words(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav "
    "ol option p pre section summary table tbody tfoot thead tr ul"
)
INLINE = _words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q ruby s "
    "samp small span strike strong sub sup time tt u var"
)
SILENT = _words(
    "script style template svg head iframe object canvas audio video textarea select rp rt"
)
VOID = _words("br wbr img col colgroup input link meta base area source track embed td th")
KNOWN = (
    BLOCKS | INLINE | SILENT | VOID | {"button", "rb", "rtc", "title", "picture", "math", "html"}
)
SILENT_SSML = _words("audio desc metadata lexicon meta lookup")
# Elements of SSML that stand nowhere else, by an attribute that they need.
SSML_SIGNS = {
    "break": ("time", "strength"),
    "say-as": ("interpret-as",),
    "prosody": ("rate", "pitch", "volume"),
    "phoneme": ("ph",),
    "emphasis": ("level",),
    "sub": ("alias",),
}
STRENGTHS_MS = {"none": 0, "x-weak": 100, "weak": 200, "medium": 400, "strong": 700}
STRONGEST_MS = 1200
LONGEST_ALIASED = 200


class Tag(NamedTuple):
    """A tag in a text; `rest` is what stands behind its name, from `rest_start` on."""

    start: int
    end: int
    name: str
    is_close: bool
    rest: str
    rest_start: int

    def attribute(self, name: str) -> tuple[int, int] | None:
        """Where the value of an attribute stands in the text."""
        for found in ATTRIBUTE.finditer(self.rest):
            if found["name"].lower() == name:
                start, end = found.span(found.lastgroup or 0)
                return self.rest_start + start, self.rest_start + end
        return None


def kind_of(text: str) -> str:
    """Which language of tags a text surely is written in: HTML, SSML or none ("")."""
    if "<" not in text:
        return HTML if _has_entity(text) else ""
    tags = list(_tags(text))
    if any(_is_ssml(tag) for tag in tags):
        return SSML
    is_html = (
        _is_page(text, tags)
        or _has_pair(text, tags)
        or _has_breaks(text, tags)
        or _has_entity(text)
    )
    return HTML if is_html else ""


def edits(text: str, kind: str) -> tuple[list[Edit], list[Edit]]:
    """What is said instead of the tags of a text, and the aliases said for words between them."""
    reading = _Reading(text, kind)
    reading.read()
    return reading.edits, reading.aliases


def _tags(text: str) -> Iterator[Tag]:
    return map(_tag, TAG.finditer(text))


def _tag(found: re.Match[str]) -> Tag:
    is_close = bool(found["close"])
    name, rest = found["name"].lower(), found["rest"]
    return Tag(found.start(), found.end(), name, is_close, rest, found.start("rest"))


def _is_ssml(tag: Tag) -> bool:
    if tag.is_close:
        return False
    if tag.name == "speak":
        return True
    wanted = SSML_SIGNS.get(tag.name, ())
    is_plain_break = tag.name == "break" and tag.rest.strip() == "/"
    return is_plain_break or any(tag.attribute(name) for name in wanted)


def _is_page(text: str, tags: list[Tag]) -> bool:
    """Whether a text begins as pages of HTML do, of which many elements need no end."""
    known = [tag for tag in tags[:100] if tag.name in KNOWN]
    if not known or text[: known[0].start].removeprefix("\ufeff").strip():
        return any(tag.name == "html" for tag in tags[:1])
    return known[0].name in BLOCKS and not known[0].is_close and len(known) > 1


def _has_pair(text: str, tags: Iterable[Tag]) -> bool:
    """Whether a known element has a beginning and an end, tight around words if it is inline."""
    opened: dict[str, Tag] = {}
    for tag in tags:
        if tag.name not in KNOWN:
            continue
        if not tag.is_close:
            opened[tag.name] = tag
        elif first := opened.pop(tag.name, None):
            within = text[first.end : first.end + 1] + text[tag.start - 1 : tag.start]
            is_tight = tag.start > first.end and not any(map(str.isspace, within))
            if is_tight or tag.name not in INLINE:
                return True
    return False


def _has_entity(text: str) -> bool:
    found = re.finditer(ENTITY, text)
    return any(html.unescape(entity[0]) != entity[0] for entity in found)


def _has_breaks(text: str, tags: Iterable[Tag]) -> bool:
    """Whether lines are ended by tags: by several, or by one where a line ends anyway."""
    breaks = [tag for tag in tags if tag.name in ("br", "hr") and tag.rest.strip() in ("", "/")]
    return len(breaks) > 1 or any(LINE_ENDS.match(text, tag.end) for tag in breaks)


class _Reading:
    """One reading of a text's tags from front to back."""

    def __init__(self, text: str, kind: str) -> None:
        self.text, self.kind = text, kind
        self.edits: list[Edit] = []
        self.aliases: list[Edit] = []
        self._missing: set[str] = set()  # ends that come no more
        self._parted = -1  # up to here nothing was said since the last paragraph's end

    def read(self) -> None:
        place = _skip_prologue(self.text)
        if place:
            self._say(0, place, "")
        while found := SIGN.search(self.text, place):
            place = max(found.end(), self._end_of(found))

    def _end_of(self, found: re.Match[str]) -> int:
        """Enter what is said for a sign, and tell where to read on."""
        start, end = found.span()
        if found["comment"]:
            close = self._find("-->", end)
            if close >= 0:
                self._say(start, close + 3, "")
            return close + 3
        if found["other"]:
            self._say(start, end, "")
        elif found["entity"]:
            sign = html.unescape(found[0])
            if sign != found[0]:
                self._say(start, end, " " if sign == "\xa0" else sign)
        else:
            return self._read_tag(_tag(found))
        return end

    def _read_tag(self, tag: Tag) -> int:
        is_ssml = self.kind == SSML
        if not (is_ssml or tag.name in KNOWN or ":" in tag.name or "-" in tag.name):
            return tag.end
        if tag.name in (SILENT_SSML if is_ssml else SILENT):
            end = self._silent_end(tag)
            self._say(tag.start, end, "")
            return end
        if is_ssml and tag.name == "sub" and not tag.is_close:
            return self._read_alias(tag)
        if tag.name == "img" and (place := tag.attribute("alt")) and place[0] < place[1]:
            self._say(tag.start, place[0], " ")
            self._say(place[1], tag.end, " ")
        elif tag.name in BLOCKS:
            self._part(tag)
        else:
            said = self._ssml_sign(tag) if is_ssml else self._html_sign(tag)
            self._say(tag.start, tag.end, said)
        return tag.end

    def _html_sign(self, tag: Tag) -> str:
        if tag.name == "br":
            return "" if LINE_ENDS.match(self.text, tag.end) else "\n"
        if tag.name in ("td", "th") and tag.is_close:
            return "" if ROW_ENDS.match(self.text, tag.end) else ", "
        return ""

    def _ssml_sign(self, tag: Tag) -> str:
        if tag.name == "break" and not tag.is_close:
            pause_ms = self._pause_ms(tag)
            return f"[pause {pause_ms}ms]" if pause_ms else ""
        if tag.name == "s" and tag.is_close:
            before = self.text[max(0, tag.start - 20) : tag.start].rstrip()
            return " " if before.endswith(STOPS) else ". "
        return ""

    def _pause_ms(self, tag: Tag) -> int:
        time, strength = (self._value(tag, name) for name in ("time", "strength"))
        if found := TIME.fullmatch(time.strip()):
            factor = 1 if found[2].lower() == "ms" else 1000
            return round(float(found[1] or 0) * factor)
        named = strength.strip().lower() or "medium"
        return STRONGEST_MS if named == "x-strong" else STRENGTHS_MS.get(named, 400)

    def _read_alias(self, tag: Tag) -> int:
        """Enter an alias for the words up to the end of its element, where these are words."""
        self._say(tag.start, tag.end, "")
        alias = html.unescape(self._value(tag, "alias")).strip()[:LONGEST_ALIASED]
        end = self.text.find("<", tag.end, tag.end + LONGEST_ALIASED)
        is_ended = end > tag.end and self.text.startswith("</sub", end)
        if not alias or not is_ended or NO_WORDS.search(self.text, tag.end, end):
            return tag.end
        self.aliases.append(Edit(tag.end, end, alias))
        return end

    def _value(self, tag: Tag, name: str) -> str:
        place = tag.attribute(name)
        return self.text[slice(*place)] if place else ""

    def _silent_end(self, tag: Tag) -> int:
        """The end of an element of which nothing is said; of a tag alone if it does not end."""
        if tag.is_close or tag.rest.rstrip().endswith("/"):
            return tag.end
        place = tag.end
        while (close := self._find(f"</{tag.name}", place)) >= 0:
            found = TAG.match(self.text, close)
            if found and found["name"].lower() == tag.name:
                return found.end()
            place = close + 2
        return tag.end

    def _find(self, wanted: str, place: int) -> int:
        """Where a sign comes next, in small letters or as it is written; -1 for nowhere."""
        if wanted in self._missing:
            return -1
        found = re.compile(re.escape(wanted), re.IGNORECASE).search(self.text, place)
        if not found:
            self._missing.add(wanted)
        return found.start() if found else -1

    def _part(self, tag: Tag) -> None:
        """End a paragraph at a tag, once for all that come together."""
        is_parted = self._parted >= 0 and not self.text[self._parted : tag.start].strip()
        self._say(tag.start, tag.end, "" if is_parted else PARAGRAPH)
        self._parted = tag.end

    def _say(self, start: int, end: int, spoken: str) -> None:
        if self._parted >= 0 and not self.text[self._parted : start].strip() and not spoken.strip():
            self._parted = end
        self.edits.append(Edit(start, end, spoken))


def _skip_prologue(text: str) -> int:
    found = PROLOGUE.match(text)
    return found.end() if found and found[0].strip() else 0
