"""A person's own pronunciations: words and phrases, and what to say instead of them."""

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from common.errors import Checks, Message
from speech.errors import SpeechError
from speech.text.clauses import WORDLESS
from speech.text.edit_map import Edit, Edited

LONGEST = 100
MOST = 2000
SPACE = re.compile(r"\s")  # a phrase may be parted by any one space, such as a line break
# What is written in several ways: apostrophes, hyphens, letters of full width or of mathematics.
ALIKE = str.maketrans(
    dict.fromkeys("’ʼ‘`´ʻ′\u02b9\uff07", "'")
    | dict.fromkeys("\u2010\u2011", "-")
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code != 0xFF07}
    | {
        chr(code): plain
        for code in range(0x1D400, 0x1D800)
        if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1
    }
)
# What is written with more signs or fewer: invisible ones, several spaces, ligatures, letters and
# their marks.
UNEVEN = re.compile(
    r"(?P<unseen>[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+)|(?P<spaces>\s{2,})"
    r"|[\uff66-\uff9d][\uff9e\uff9f]?|[\ufb00-\ufb06]|[^\W\d_][\u0300-\u036f\u3099\u309a]{1,8}"
)
LINE_END = re.compile(r"\r\n?|[\n\u2028\u2029]")
# The signs of espeak-ng's phoneme names; neither brackets nor spaces, so that none can end one.
PHONEMES = re.compile(r"[A-Za-z0-9@',:;_|~^%!?*&\"#$=+./{}\-]+")
NOWHERE = (sys.maxsize, 0)


class BadPronunciation(SpeechError):
    """An entry or a dictionary that cannot be used; `message` says why, `field` names the part."""

    status = 400

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Entry:
    """Say `replacement` where `pattern` stands; raises BadPronunciation, several as Mistakes.

    `case` asks for the very same capitals. `language` is empty for all, or a tag or its beginning,
    such as "en". `phonemes` marks a replacement in the engine's own phoneme names.
    """

    pattern: str
    replacement: str
    whole_word: bool = True
    case: bool = False
    language: str = ""
    phonemes: bool = False

    def __post_init__(self) -> None:
        checks = Checks()
        with checks.check():
            self._check_pattern()
        with checks.check():
            self._check_replacement()
        checks.finish()

    def _check_pattern(self) -> None:
        if not self.pattern.strip():
            raise BadPronunciation(
                "Enter the word or phrase that should be pronounced differently.", "pattern"
            )
        _check(self.pattern, "pattern")
        if self.pattern != self.pattern.strip():
            raise BadPronunciation("A word or phrase cannot begin or end with a space.", "pattern")

    def _check_replacement(self) -> None:
        _check(self.replacement, "replacement")
        if self.phonemes and not PHONEMES.fullmatch(self.replacement):
            raise BadPronunciation(
                "Write phonemes without spaces and brackets, for example h@l'oU.",
                "replacement",
            )

    def speaks(self, language: str) -> bool:
        """Whether the entry holds for a language tag such as "en-GB"."""
        wanted, tag = self.language.lower(), language.lower()
        return not wanted or tag == wanted or tag.startswith(f"{wanted}-")

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether it holds for `text[start:end]`, its pattern but for capitals, as `_evened`."""
        pattern = SPACE.sub(" ", _evened(self.pattern).text)
        if self.case and SPACE.sub(" ", text[start:end]) != pattern:
            return False
        return not self.whole_word or (_is_edge(text, start) and _is_edge(text, end))


class Dictionary:
    """Up to 2,000 entries, the longest match first, each place replaced once.

    Raises BadPronunciation when there are more.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._kept: dict[tuple[str, bool], _Rules] = {}
        if len(self.entries) > MOST:
            raise BadPronunciation(
                Message(
                    "The dictionary has {entries} entries; at most {limit} are possible.",
                    entries=len(self.entries),
                    limit=MOST,
                )
            )

    def __bool__(self) -> bool:
        return bool(self.entries)

    @property
    def most_growth(self) -> float:
        """Factor by which a text can grow, at most."""
        shortest = ((e, len(_evened(e.pattern).text) or 1) for e in self.entries)
        return max([1.0, *(len(entry.replacement) / length for entry, length in shortest)])

    def edits(self, text: str, language: str = "", *, phonemes: bool = False) -> Iterator[Edit]:
        """Make the edits of a text in rising order, with `phonemes` where the engine takes them."""
        for start, end, entry in self.matches(text, language, phonemes=phonemes):
            yield Edit(start, end, entry.replacement)

    def matches(
        self, text: str, language: str = "", *, phonemes: bool = False
    ) -> Iterator[tuple[int, int, Entry]]:
        """Find where entries apply in a text, in rising order."""
        rules, evened = self._rules(language, phonemes), _evened(text)
        for start, end, entry in self._matches(evened.text, rules):
            yield evened.original(start), evened.original_end(end), entry

    def _matches(self, text: str, rules: "_Rules") -> Iterator[tuple[int, int, Entry]]:
        # The next place of each pattern; one that began before the last match is looked for anew.
        ahead = [(-1, -1)] * len(rules.patterns)
        place = 0
        while True:
            start, end = len(text) + 1, 0
            for number, pattern in enumerate(rules.patterns):
                if ahead[number][0] < place:
                    found = pattern.search(text, place)
                    ahead[number] = found.span() if found else NOWHERE
                if ahead[number][0] < start:
                    start, end = ahead[number]
                elif ahead[number][0] == start:
                    end = max(end, ahead[number][1])
            if start > len(text):
                return
            yield start, end, rules.chosen(text, start, end)
            place = end

    def would_change(
        self, text: str, language: str = "", *, phonemes: bool = False
    ) -> list[tuple[int, int, str]]:
        """The places that would sound otherwise: start, end, what is spoken instead."""
        edits = self.edits(text, language, phonemes=phonemes)
        return [
            (edit.start, edit.end, edit.spoken)
            for edit in edits
            if text[edit.start : edit.end] != edit.spoken
        ]

    def _rules(self, language: str, phonemes: bool) -> "_Rules":
        key = (language.lower(), phonemes)
        if key not in self._kept:
            usable = (e for e in self.entries if e.speaks(language) and phonemes >= e.phonemes)
            self._kept[key] = _Rules(usable)
        return self._kept[key]


class _Rules:
    """The entries that hold for one language: what to look for, and what was meant by it.

    `patterns` find the longest match at a place that fits, each read through a text once: a tree
    of characters of the entries for words, and one of those for parts of words, both with the
    capitals as they are written and without.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_pattern: dict[str, list[Entry]] = {}
        trees: dict[tuple[bool, bool], set[str]] = {}
        particular = sorted(entries, key=lambda e: (e.case, e.language, e.phonemes))
        for entry in reversed(particular):  # the most particular first
            evened = SPACE.sub(" ", _evened(entry.pattern).text)
            if not evened.strip():  # it has invisible signs alone
                continue
            folded = _folded(evened)
            self._by_pattern.setdefault(folded, []).append(entry)
            written = evened if entry.case else folded
            trees.setdefault((entry.whole_word, entry.case), set()).add(written)
        self.patterns = [
            re.compile(_either_tree(sorted(written), *kind)) for kind, written in trees.items()
        ]

    def chosen(self, text: str, start: int, end: int) -> Entry:
        """The entry that holds for a place that a pattern found."""
        entries = self._by_pattern[_folded(text[start:end])]
        if len(entries) == 1:
            return entries[0]
        return next(entry for entry in entries if entry.fits(text, start, end))


def _check(written: str, field: str) -> None:
    if len(written) > LONGEST:
        raise BadPronunciation(
            Message(
                "A pronunciation can be up to {limit} characters long; this one has {characters}.",
                limit=LONGEST,
                characters=len(written),
            ),
            field,
        )
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in written):
        raise BadPronunciation(
            "A pronunciation must be one line without control characters.", field
        )


def _either_tree(patterns: list[str], is_words: bool, is_exact: bool) -> str:
    """A regular expression for the longest of sorted patterns that fits."""
    if not is_words:
        return _tree(patterns, 0, is_exact)
    # A word begins where none goes on; what begins with another sign may stand anywhere.
    words = [pattern for pattern in patterns if _is_word(pattern[0])]
    others = [pattern for pattern in patterns if not _is_word(pattern[0])]
    trees = [f"(?:{_tree(some, 0, is_exact)})" if some else "" for some in (words, others)]
    begun = f"{_no_word_before()}{trees[0]}" if words else ""
    return f"(?:{'|'.join(filter(None, (begun, trees[1])))}){_end()}"


def _tree(patterns: list[str], depth: int, is_exact: bool) -> str:
    """A regular expression for sorted patterns that share `depth` characters, longest first."""
    ends_here = len(patterns[0]) == depth
    branches = [
        _form(first, is_exact) + _tree(list(group), depth + 1, is_exact)
        for first, group in groupby(patterns[ends_here:], key=lambda pattern: pattern[depth])
    ]
    if ends_here:
        branches.append("")
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _form(character: str, is_exact: bool) -> str:
    if character == " ":
        return r"\s"
    if is_exact:
        return re.escape(character)
    forms = {each for each in (character, character.upper(), "ς") if _folded(each) == character}
    return "[" + "".join(map(re.escape, sorted(forms))) + "]"


def _no_word_before() -> str:
    return "".join(f"(?<!{signs})" for signs in _word_classes())


@cache
def _end() -> str:
    """A regular expression for where a word may end: before no other one, or behind no word.

    No space parts words of Chinese, Japanese or Thai; their letters keep their marks.
    """
    letters, _ = _word_classes()
    return f"(?![{_spans(_marks())}])(?:(?!{letters})|{_no_word_before()})"


@cache
def _word_classes() -> tuple[str, str]:
    """The signs of words as `_is_word` has them, as two classes of a regular expression."""
    inside = WORDLESS.pattern.strip("[]")
    marks = [number for number in _marks() if not WORDLESS.match(chr(number))]
    return f"[^\\W{inside}]", f"[{_spans(marks)}]"


@cache
def _marks() -> tuple[int, ...]:
    # Marks stand below U+20000, but for the selectors of variants.
    every = (*range(0x20000), *range(0xE0100, 0xE01F0))
    return tuple(number for number in every if unicodedata.category(chr(number))[0] == "M")


def _spans(numbers: Sequence[int]) -> str:
    runs = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    spans = [[number for _, number in run] for _, run in runs]
    return "".join(f"{chr(span[0])}-{chr(span[-1])}" for span in spans)


def _evened(text: str) -> Edited:
    """The text as one of those that are read alike, with the way back to how it is written."""
    alike = text.translate(ALIKE) if not text.isascii() or "`" in text else text
    return Edited(alike, _uneven(alike))


def _uneven(text: str) -> Iterator[Edit]:
    for found in UNEVEN.finditer(text):
        if found["unseen"]:
            yield Edit(*found.span(), "")
        elif found["spaces"]:
            if len(LINE_END.findall(found[0])) < 2:  # else a paragraph ends, and with it a phrase
                yield Edit(*found.span(), " ")
        elif (composed := unicodedata.normalize("NFKC", found[0])) != found[0]:
            yield Edit(*found.span(), composed)


def _folded(text: str) -> str:
    """Lower case and plain spaces, one character for one, each whatever stands beside it."""
    lowered = text.lower().replace("ς", "σ")  # capital sigma becomes either
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := each.lower()) == 1 else each for each in text)
    return SPACE.sub(" ", lowered)


def _is_edge(text: str, place: int) -> bool:
    """Whether no word goes on across a place."""
    if not 0 < place < len(text):
        return True
    if unicodedata.category(text[place])[0] == "M":
        return False
    return not (_is_word(text[place - 1]) and _is_word(text[place]))


def _is_word(character: str) -> bool:
    """Whether a sign belongs to words that spaces part from others."""
    if WORDLESS.match(character):
        return False
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
