"""A person's own pronunciations: words and phrases, and what to say instead of them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from sentences import Sentence
from speech.edits import Edit
from speech.errors import SpeechError

LONGEST = 100
MOST = 2000
SPACE = re.compile(r"\s")  # a phrase may be parted by any one space, such as a line break
# The signs of espeak-ng's phoneme names; neither brackets nor spaces, so that none can end one.
PHONEMES = re.compile(r"[A-Za-z0-9@',:;_|~^%!?*&\"#$=+./{}\-]+")


class BadPronunciation(SpeechError):
    """An entry or a dictionary that cannot be used; the sentence says why."""

    status = 400


@dataclass(frozen=True, slots=True)
class Entry:
    """Say `replacement` where `pattern` stands; raises BadPronunciation.

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
        if not self.pattern.strip():
            raise BadPronunciation("Write the word or phrase that is to be spoken another way.")
        for written in (self.pattern, self.replacement):
            _check(written)
        if self.pattern != self.pattern.strip():
            raise BadPronunciation("A word or phrase neither begins nor ends with a space.")
        if self.phonemes and not PHONEMES.fullmatch(self.replacement):
            raise BadPronunciation(
                "Phonemes are written without spaces and brackets, for example h@l'oU."
            )

    def speaks(self, language: str) -> bool:
        """Whether the entry holds for a language tag such as "en-GB"."""
        wanted, tag = self.language.lower(), language.lower()
        return not wanted or tag == wanted or tag.startswith(f"{wanted}-")

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether it holds for `text[start:end]`, which is its pattern but for capitals."""
        if self.case and SPACE.sub(" ", text[start:end]) != SPACE.sub(" ", self.pattern):
            return False
        return not self.whole_word or (_is_edge(text, start) and _is_edge(text, end))


class Dictionary:
    """Up to 2,000 entries, the longest match first, each place replaced once.

    Raises BadPronunciation when there are more.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        if len(self.entries) > MOST:
            raise BadPronunciation(
                Sentence(
                    "The dictionary has {entries} entries; {limit} are possible.",
                    entries=len(self.entries),
                    limit=MOST,
                )
            )

    def __bool__(self) -> bool:
        return bool(self.entries)

    def edits(self, text: str, language: str = "", *, phonemes: bool = False) -> Iterator[Edit]:
        """What to say instead, in rising order; with `phonemes` where the engine takes them."""
        for start, end, entry in self.matches(text, language, phonemes=phonemes):
            yield Edit(start, end, entry.replacement)

    def matches(
        self, text: str, language: str = "", *, phonemes: bool = False
    ) -> Iterator[tuple[int, int, Entry]]:
        """Where entries hold in a text, in rising order."""
        place = 0
        while self.entries and (found := self._pattern.search(text, place)):
            start, place = found.start(), found.start() + 1
            if not (self._has_parts or _is_edge(text, start)):
                continue
            for end in _ends(self._lengths.get(_folded(text[start]), ()), start, found.end()):
                entry = self._chosen(text, start, end, language, phonemes)
                if entry:
                    yield start, end, entry
                    place = end
                    break

    def would_change(
        self, text: str, language: str = "", *, phonemes: bool = False
    ) -> list[tuple[int, int, str]]:
        """The places that would sound otherwise: start, end, what is spoken instead."""
        edits = self.edits(text, language, phonemes=phonemes)
        return [tuple(edit) for edit in edits if text[edit.start : edit.end] != edit.spoken]

    def _chosen(
        self, text: str, start: int, end: int, language: str, phonemes: bool
    ) -> Entry | None:
        for entry in self._by_pattern.get(_folded(text[start:end]), ()):
            usable = entry.speaks(language) and (phonemes or not entry.phonemes)
            if usable and entry.fits(text, start, end):
                return entry
        return None

    @cached_property
    def _by_pattern(self) -> dict[str, list[Entry]]:
        """Entries by pattern without capitals, the most particular first."""
        found: dict[str, list[Entry]] = {}
        particular = sorted(self.entries, key=lambda e: (e.case, e.language, e.phonemes))
        for entry in reversed(particular):
            found.setdefault(_folded(entry.pattern), []).append(entry)
        return found

    @cached_property
    def _has_parts(self) -> bool:
        """Whether any entry may hold within a word."""
        return any(not entry.whole_word for entry in self.entries)

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """For each first character, how long patterns are, longest first."""
        found: dict[str, set[int]] = {}
        for pattern in self._by_pattern:
            found.setdefault(pattern[0], set()).add(len(pattern))
        return {first: sorted(lengths, reverse=True) for first, lengths in found.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # All patterns as one tree of characters: a text is read once, however many entries.
        return re.compile(_tree(sorted(self._by_pattern), 0))


def _check(written: str) -> None:
    if len(written) > LONGEST:
        raise BadPronunciation(
            Sentence(
                "A pronunciation holds up to {limit} characters, not {characters}.",
                limit=LONGEST,
                characters=len(written),
            )
        )
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in written):
        raise BadPronunciation("A pronunciation is one line without control characters.")


def _tree(patterns: list[str], depth: int) -> str:
    """A regular expression for the longest of sorted patterns that share `depth` characters."""
    ends_here = len(patterns[0]) == depth
    branches = [
        _either(first) + _tree(list(group), depth + 1)
        for first, group in groupby(patterns[ends_here:], key=lambda pattern: pattern[depth])
    ]
    if not branches:
        return ""
    if len(branches) == 1 and not ends_here:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if ends_here else ''}"


def _either(character: str) -> str:
    if character == " ":
        return r"\s"
    forms = {form for form in (character, character.upper()) if len(form) == 1}
    return "[" + "".join(map(re.escape, sorted(forms))) + "]"


def _ends(lengths: list[int], start: int, furthest: int) -> Iterator[int]:
    return (start + length for length in lengths if start + length <= furthest)


def _folded(text: str) -> str:
    """Lower case and plain spaces, one character for one."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := each.lower()) == 1 else each for each in text)
    return SPACE.sub(" ", lowered)


def _is_edge(text: str, place: int) -> bool:
    """Whether no word goes on across a place."""
    if not 0 < place < len(text):
        return True
    return not (_is_word(text[place - 1]) and _is_word(text[place]))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
