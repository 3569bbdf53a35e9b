"""Signs of Markdown in a text: those that surely are some, and what is said without them.

Pairs of signs around words, links, fences and tables are sure by themselves. Signs that other texts
have too, such as `>` or `*word*`, count only where the text shows by enough others what it is.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from speech.text.clauses import WORDLESS
from speech.text.edit_map import Edit

ENOUGH = 2  # what the signs of a text must weigh for it to be Markdown as a whole

LINE = re.compile(r"[^\r\n]*+(\r\n?|\n|\Z)")
FENCE = re.compile(r"[ \t]{0,12}(?P<sign>`{3,40}+|~{3,40}+)[^`\r\n]{0,100}\Z")
HEADING = re.compile(r"[ ]{0,3}(?P<sign>#{1,6})[ \t]{1,20}+(?=[^\s#])")
CLOSING = re.compile(r"[ \t]+#{1,20}[ \t]*\Z")
TASK = re.compile(r"[ \t]*+[-*+][ \t]{1,4}\[[ xX]\][ \t]{1,20}+(?=\S)")
BULLET = re.compile(r"[ \t]*+(?P<sign>[-*+])[ \t]{1,20}+(?=[^\W_]|[\"'“‘„«(\[*_`~<¿¡])")
NESTED = re.compile(r"[ \t]*+[-*+][ \t]{1,20}+(?:[-*+][ \t]{1,20}+)++(?=[^\W_])")
QUOTE = re.compile(r"[ ]{0,3}(?:>[ \t]?)++")
CALLOUT = re.compile(r"\[!\w{1,40}\][ \t]*\Z")
RULER = re.compile(r"[ ]{0,3}(?P<sign>[-*_])(?:[ \t]*+(?P=sign)){2,200}+[ \t]*+\Z")
UNDERLINE = re.compile(r"[ ]{0,3}(?:={3,200}|-{3,200})[ \t]*\Z")
TABLE_RULER = re.compile(
    r"[ \t]{0,3}(?=[^|]{0,200}\|)\|?[ \t]*+:?-{1,200}+:?[ \t]*+"
    r"(?:\|[ \t]*+:?-{1,200}+:?[ \t]*+){0,100}+\|?[ \t]*+\Z"
)
BAR = re.compile(r"[ \t]*+(?<!\\)\|[ \t]*+")
TARGET = r"(?:<[^<>\r\n]{0,2000}>|[^\s()]{0,2000}+(?:\([^\s()]{0,200}\)[^\s()]{0,2000}+){0,9}+)"
DEFINITION = re.compile(
    rf"[ ]{{0,3}}\[(?P<name>[^\]\[\r\n^][^\]\[\r\n]{{0,200}})\]:[ \t]{{1,20}}"
    rf"{TARGET}(?:[ \t]+[\"'(][^\r\n]{{0,300}})?[ \t]*\Z"
)
NOTE = re.compile(r"[ ]{0,3}\[\^(?P<name>[\w-]{1,40})\]:[ \t]{0,20}")

INLINE = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])|(?P<code>`+)|(?P<pair>\*+|_+|~~+)"
    r"|(?P<mark>\[\^[\w-]{1,40}\])|(?P<open>!?\[)|(?P<tail>\])|(?P<address><)"
)
SIGN = re.compile(r"[\\`*_~\[\]<]")  # what INLINE finds begins with one, or with one after a "!"
BLANK = re.compile(r"\n(?:[ \t]*+\n)++")
CODE = re.compile(r"(?P<ticks>`{1,2})(?!`)(?P<words>[^`\r\n]{1,300})(?P=ticks)(?!`)")
LINK = re.compile(
    r"!?\[(?P<words>(?:!\[[^\[\]\r\n]{0,300}\]\([^\s()]{0,500}+\)|[^\[\]\r\n]){0,500}+)"
    rf"(?P<tail>\]\([ \t]*(?P<target>{TARGET})(?:[ \t]+\"[^\"\r\n]{{0,300}}\")?[ \t]*\))"
)
REFERENCE = re.compile(
    r"!?\[(?P<words>[^\[\]\r\n]{1,300})(?P<tail>\](?:\[(?P<name>[^\[\]\r\n]{0,200})\])?)"
)
ADDRESS = re.compile(r"<(?:https?://|mailto:)[^\s<>]{1,2000}>")
URL = re.compile(
    r"<?(?:[a-zA-Z][a-zA-Z\d+.-]{1,30}:|/|\.{1,2}/|#|\?|\Z|[\w%~-]{1,200}+(?:[./][\w%~-]|/))"
)
NUMBER = re.compile(r"\[\^\d{1,4}\]")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Names that Python writes so; what else stands between such signs is emphasised.
NAMES = _words(
    "all annotations author call class copy del delitem dict dir doc enter eq exit file format "
    "future getattr getitem hash import init iter len main module name new next path post_init "
    "pycache repr setattr setitem slots str version"
)


def edits(text: str) -> list[Edit]:
    """What is said instead of the signs of Markdown in a text, in any order."""
    reading = _Reading(text)
    reading.read_lines()
    reading.read_words()
    return reading.sure + (reading.likely if reading.weight >= ENOUGH else [])


class _Reading:
    """One reading of a text: edits that are sure, others that are likely, and their `weight`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sure: list[Edit] = []
        self.likely: list[Edit] = []
        self.weight = 0
        self.places: list[tuple[int, int]] = []  # lines whose words may hold signs
        self.names: set[str] = set()  # of notes and addresses that are written elsewhere

    # Lines

    def read_lines(self) -> None:
        """Find signs at the starts of lines, fences and tables."""
        lines = [found.span() for found in LINE.finditer(self.text)]
        ends = [found.start(1) for found in LINE.finditer(self.text)]
        words = [self.text[start:end] for (start, _), end in zip(lines, ends, strict=True)]
        fence, number = self._fences(words), 0
        self.weight += _has_list(words)
        while number < len(words):
            start, line = lines[number][0], words[number]
            if number in fence:
                last = fence[number]
                for each in (number, last):
                    self._drop(lines[each][0], ends[each])
                self.weight += 2
                number = last + 1
                continue
            before = words[number - 1] if number else ""
            after = words[number + 1] if number + 1 < len(words) else ""
            if "|" in line and TABLE_RULER.match(after):
                number = self._read_table(lines, words, number)
                continue
            words_start = self._read_line(start, line, before, after) if line.strip() else start
            self.places.append((words_start, lines[number][1]))
            number += 1

    def _fences(self, words: list[str]) -> dict[int, int]:
        """The lines that open a fence, each with the one that closes it."""
        found: dict[int, int] = {}
        opened: tuple[int, str] | None = None
        for number, line in enumerate(words):
            fence = FENCE.match(line)
            if not fence:
                continue
            if opened is None:
                opened = number, fence["sign"]
            elif fence["sign"].startswith(opened[1]) and not line.strip(" \t`~"):
                found[opened[0]] = number
                opened = None
        return found

    def _read_line(self, start: int, line: str, before: str, after: str) -> int:
        """Take the signs at a line's start; returns where words begin that may hold others."""
        is_first, is_last = not before.strip(), not after.strip()
        parted = "" if is_first else "\n"
        if quoted := QUOTE.match(line):
            self._read_quote(start, line, quoted.end())
        elif heading := HEADING.match(line):
            is_sure = len(heading["sign"]) > 1 or (
                is_first and is_last and start == 0 and len(line) < len(self.text.rstrip())
            )
            self._say(start, start + heading.end(), parted, is_sure)
            closing = CLOSING.search(line, heading.end())
            first = closing.start() if closing else len(line)
            self._say(start + first, start + len(line), "\n", is_sure)
            self.weight += 2 if is_sure else is_first and is_last
        elif task := TASK.match(line):
            self._say(start, start + task.end(), parted)
            self.weight += 2
        elif ruler := RULER.match(line):
            self.likely.append(Edit(start, start + ruler.end(), ""))
        elif before.strip() and UNDERLINE.match(line):
            self.likely.append(Edit(start, start + len(line), ""))
            self.weight += "=" in line and is_last
        elif bullet := BULLET.match(line):
            self._say(start, start + bullet.end(), parted, bullet["sign"] == "*")
        elif nested := NESTED.match(line):
            self._say(start, start + nested.end(), parted, is_sure=False)
        elif note := NOTE.match(line):
            self.likely.append(Edit(start, start + note.end(), ""))
            self.names.add("^" + note["name"])
            return start + note.end()
        elif (defined := DEFINITION.match(line)) and URL.match(line, line.index("]:") + 3):
            self.likely.append(Edit(start, start + len(line), ""))
            self.names.add(defined["name"].lower())
            return start + len(line)
        return start

    def _read_quote(self, start: int, line: str, place: int) -> None:
        """Take the signs of a quote, and those at the start of what stands in it."""
        rest = line[place:]
        inner = HEADING.match(rest) or TASK.match(rest) or BULLET.match(rest) or NESTED.match(rest)
        self.likely.append(Edit(start, start + place + (inner.end() if inner else 0), ""))
        if callout := CALLOUT.match(rest):
            first, last = start + place, start + place + len(callout[0].rstrip())
            self.likely += [Edit(first, first + 2, ""), Edit(last - 1, last, "")]

    def _read_table(self, lines: list[tuple[int, int]], words: list[str], number: int) -> int:
        """Read the rows of a table, whose second line is a ruler; returns the line after it."""
        head = number
        while number < len(words) and "|" in words[number]:
            start, line = lines[number][0], words[number]
            if number == head + 1:
                self._drop(start, start + len(line))
            else:
                self._read_row(start, line)
                self.places.append(lines[number])
            number += 1
        self.weight += 2
        return number

    def _read_row(self, start: int, line: str) -> None:
        is_said = False
        for bar in BAR.finditer(line):
            rest, before = line[bar.end() :].strip(" \t|"), line[: bar.start()].rstrip()
            if not is_said and not before.strip(" \t|"):
                said = ""
            elif rest:
                said = " " if before.endswith(("|", *".,;:!?")) else ", "
            else:
                said = "" if before.endswith(("|", *".,;:!?…。")) else "."
            is_said = is_said or bool(before)
            self._say(start + bar.start(), start + bar.end(), said)

    # Words

    def read_words(self) -> None:
        """Find signs within lines: pairs around words, links, code."""
        for start, end in _joined(self.places):
            for first, last in _paragraphs(self.text, start, end):
                # Most paragraphs hold no sign, and this is found out much sooner.
                if SIGN.search(self.text, first, last):
                    self._read_stretch(first, last)

    def _read_stretch(self, place: int, end: int) -> None:
        opened: dict[str, int] = {}
        tails: dict[int, tuple[int, bool]] = {}
        while found := INLINE.search(self.text, place, end):
            place = found.end()
            kind = found.lastgroup
            if kind == "escape":
                self.likely.append(Edit(found.start(), found.start() + 1, ""))
            elif kind == "code":
                place = self._read_code(found)
            elif kind == "pair":
                self._read_pair(found.start(), found[0], opened)
            elif kind == "mark":
                self._read_mark(found)
            elif kind == "open":
                self._read_link(found.start(), end, tails)
            elif kind == "tail" and found.start() in tails:
                place, is_sure = tails.pop(found.start())
                self._say(found.start(), place, "", is_sure)
            elif kind == "address" and (address := ADDRESS.match(self.text, found.start())):
                place = address.end()
                self._say(found.start(), found.start() + 1, "")
                self._say(place - 1, place, "")

    def _read_code(self, found: re.Match[str]) -> int:
        start = found.start()
        code = CODE.match(self.text, start)
        if not code or _is_word(self.text[start - 1 : start]) or not _has_word(code["words"]):
            return found.end()
        if _is_word(self.text[code.end() : code.end() + 1]):
            return found.end()
        self._say(start, code.start("words"), "")
        self._say(code.end("words"), code.end(), "")
        self.weight += 1
        return code.end()

    def _read_pair(self, start: int, sign: str, opened: dict[str, int]) -> None:
        """Take a sign that stands at a word's edge: it ends a pair, or begins one."""
        if len(sign) > 3 or (sign[0] == "~" and len(sign) != 2):
            return
        end = start + len(sign)
        before, after = self.text[start - 1 : start] if start else "", self.text[end : end + 1]
        first = opened.get(sign)
        if first is not None and before.strip() and not _is_word(after):
            words = self.text[first + len(sign) : start]
            if words.strip() and _has_word(words) and not self._is_name(sign, words, first, after):
                del opened[sign]
                is_sure = len(sign) > 1
                self._say(first, first + len(sign), "", is_sure)
                self._say(start, end, "", is_sure)
                self.weight += is_sure
                return
        if after.strip() and not _is_word(before) and before not in ("/", "\\", "=", "."):
            opened[sign] = start

    def _is_name(self, sign: str, words: str, first: int, after: str) -> bool:
        if sign != "__":
            return False
        return words in NAMES or after == "(" or self.text[first - 1 : first] == "."

    def _read_mark(self, found: re.Match[str]) -> None:
        """Take the mark of a note, sure where it is a number; one that is there counts twice."""
        self._say(found.start(), found.end(), "", bool(NUMBER.match(found[0])))
        self.weight += 2 * (found[0][1:-1] in self.names)

    def _read_link(self, start: int, end: int, tails: dict[int, tuple[int, bool]]) -> None:
        """Drop the opening of a link or picture, and have its end dropped when it comes."""
        link, is_sure = LINK.match(self.text, start, end), False
        if link:
            is_sure = bool(URL.match(link["target"]))
        else:
            link = REFERENCE.match(self.text, start, end)
            if not link or (link["name"] or link["words"]).lower() not in self.names:
                return
            self.weight += 1
        self._say(start, link.start("words"), "", is_sure)
        tails[link.start("tail")] = link.end(), is_sure
        self.weight += is_sure

    def _drop(self, start: int, end: int) -> None:
        self._say(start, end, "")

    def _say(self, start: int, end: int, spoken: str, is_sure: bool = True) -> None:
        (self.sure if is_sure else self.likely).append(Edit(start, end, spoken))


def _has_list(lines: Iterable[str]) -> bool:
    """Whether several lines begin with the same sign of a list."""
    signs = Counter(found["sign"] for line in lines if (found := BULLET.match(line)))
    return any(count > 1 for count in signs.values())


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Lines that follow one another, as stretches."""
    found: list[tuple[int, int]] = []
    for start, end in places:
        if found and found[-1][1] == start:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The paragraphs of a stretch: no pair of signs goes on in the next one."""
    for blank in BLANK.finditer(text, start, end):
        yield start, blank.start()
        start = blank.end()
    yield start, end


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_word(sign: str) -> bool:
    """Whether a word goes on at a sign; scripts without spaces end words anywhere."""
    return bool(sign) and (sign.isalnum() or sign == "_") and not WORDLESS.match(sign)
