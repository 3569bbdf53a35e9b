"""Streaming of a JSON file entry by entry, whatever its size; damage is named by place."""

import codecs
import hashlib
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

from legacy.errors import FileDamaged

PIECE = 1024 * 1024
LONGEST_INTEGER = 300  # digits; more are read as infinite, which no field accepts
BLANK = r"[ \t\r\n]*"
blank = re.compile(BLANK).match


class Repeated(dict[str, object]):
    """Key that was given twice in an object; the last one counts, as in the older app."""


def _as_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entry = dict(pairs)
    return entry if len(entry) == len(pairs) else Repeated(entry)


def _as_integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else math.inf


PLAIN = r'"([^"\\\x00-\x1f]*)"'  # a text without escapes
DECODER = json.JSONDecoder(object_pairs_hook=_as_object, parse_int=_as_integer)


class JsonFile:
    """JSON file, read in one pass; after it, `digest` and `size` are those of its bytes.

    Raises FileDamaged at the first place where it is no JSON, with line and column.
    """

    def __init__(self, path: Path):
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise self.damaged(str(error.strerror)) from error
        self._text = ""
        self._at = 0
        self._lines = 0
        self._column = 0
        self._is_whole = False

    def __enter__(self) -> "JsonFile":
        try:
            start = self._read(PIECE)
            if not start:
                raise self.damaged("it is empty")
            self._decoder = codecs.getincrementaldecoder(json.detect_encoding(start[:4]))()
            self._text = self._decode(start)
        except FileDamaged:
            self._file.close()
            raise
        return self

    def __exit__(self, *details: object) -> None:
        self._file.close()

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes read so far, in hex."""
        return self._hash.hexdigest()

    def damaged(self, reason: str) -> FileDamaged:
        """Make the error for damage of this file."""
        return FileDamaged(
            f"{self.path.name} cannot be read: {reason}. Nothing was changed; repair the file, "
            "or move it out of the folder to go on without it."
        )

    def value(self) -> object:
        """Parse the whole file as one value."""
        value = self._next_value()
        self._expect_end()
        return value

    def elements(self, shape: re.Pattern[str]) -> Iterator[object]:
        """Yield the elements of the list that the file is.

        One that is written exactly as `shape`, up to the comma after it, is given as its match,
        which is several times faster than parsing it; `shape` may only match what JSON reads in
        the same way.
        """
        self._open("[", "list")
        if self._peek() == "]":
            self._at += 1
            return self._expect_end()
        match = shape.match
        while True:
            found = match(self._text, self._at)
            if found:
                self._at = found.end()
                yield found
                continue
            yield self._next_value()
            if self._is_last("]"):
                return self._expect_end()
            self._peek()

    def members(self) -> Iterator[tuple[str, object]]:
        """Yield the keys and values of the object that the file is; a key may come twice."""
        self._open("{", "object")
        if self._peek() == "}":
            self._at += 1
            return self._expect_end()
        while True:
            if self._peek() != '"':
                raise self._damaged_here("a key in quotes is expected")
            key = str(self._next_value())
            if self._peek() != ":":
                raise self._damaged_here("a colon is expected")
            self._at += 1
            yield key, self._next_value()
            if self._is_last("}"):
                return self._expect_end()

    def _open(self, bracket: str, kind: str) -> None:
        if self._peek() != bracket:
            raise self.damaged(f"it does not hold one {kind}")
        self._at += 1

    def _is_last(self, closing: str) -> bool:
        mark = self._peek()
        self._at += 1
        if mark == closing:
            return True
        if mark != ",":
            self._at -= 1
            raise self._damaged_here(f"a comma or {closing} is expected")
        return False

    def _expect_end(self) -> None:
        if self._peek():
            raise self._damaged_here("there is more text after the end")

    def _peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            if found := blank(self._text, self._at):
                self._at = found.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _next_value(self) -> object:
        self._peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._fill():
                    raise self._damaged_at(error.pos, error.msg) from error
                continue
            except RecursionError as error:
                raise self._damaged_here("it is nested too deeply") from error
            # A number at the very end of the piece may go on in the next one.
            if end == len(self._text) and self._fill():
                continue
            self._at = end
            return value

    def _fill(self) -> bool:
        """Read on, twice as much each time that what is there does not suffice."""
        if self._is_whole:
            return False
        rest = len(self._text) - self._at
        piece = self._read(max(PIECE, rest))
        self._is_whole = not piece
        new = self._decode(piece)
        if new:
            self._pass(self._at)
            self._text = self._text[self._at :] + new
            self._at = 0
        return not self._is_whole or bool(new)

    def _read(self, size: int) -> bytes:
        try:
            piece = self._file.read(size)
        except OSError as error:
            raise self.damaged(str(error.strerror)) from error
        self._hash.update(piece)
        self.size += len(piece)
        return piece

    def _decode(self, piece: bytes) -> str:
        try:
            return self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            place = self.size - len(piece) + error.start
            raise self.damaged(f"near byte {place} it is not {error.encoding} text") from error

    def _pass(self, end: int) -> None:
        """Count the lines and columns that are left behind."""
        breaks = self._text.count("\n", 0, end)
        self._lines += breaks
        start = self._text.rfind("\n", 0, end) + 1
        self._column = end - start if breaks else self._column + end

    def _damaged_here(self, reason: str) -> FileDamaged:
        return self._damaged_at(self._at, reason)

    def _damaged_at(self, position: int, reason: str) -> FileDamaged:
        self._pass(position)
        reason = reason[:1].lower() + reason[1:]
        return self.damaged(f"line {self._lines + 1}, column {self._column + 1}: {reason}")
