"""Reader of the four legacy files; each entry that cannot be read is listed with its reason."""

import contextlib
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from legacy import fields
from legacy.errors import FileDamaged, Refused
from legacy.fields import Entry, Unusable
from legacy.json_stream import BLANK, PLAIN, JsonFile, Repeated
from legacy.records import (
    FILES,
    METADATA,
    PLAYBACKS,
    USAGE,
    USERS,
    Legacy,
    LegacyFile,
    LegacyMonth,
    LegacyUser,
    Note,
)
from legacy.times import LocalClock
from storage.earlier_release import NO_LOGIN

MOST_REQUESTS_A_MONTH = 1_000_000
LATEST_EPOCH = 4_102_444_800  # 2100: what a clock that runs wild may write on a file
SUPERSEDED = "the key stands again later on; that entry counts, as in the older app, not this one"
UNKNOWN_HASH = (
    "its password hash is of a kind that cannot be checked today; it is kept, set a new one with: "
    "flask user password"
)
NO_HASH = "its password is no hash and is not kept; set one with: flask user password"
PLAYBACK_KEYS = ("filename", "name", "timestamp", "datetime_sort")
_MEMBERS = [f'"{key}":{BLANK}{PLAIN}{BLANK}' for key in PLAYBACK_KEYS]
# Groups: the label (filename and name as they stand), filename, name, day, time, sort key.
_MEMBERS[2] = f'"timestamp":{BLANK}"([0-9-]{{10}})( [0-9:]{{8}})"{BLANK}'
PLAYBACK = re.compile(
    "{open}{blank}({0},{blank}{1}),{blank}{2},{blank}{3}{close}{blank},{blank}".format(
        *_MEMBERS, open=r"\{", close=r"\}", blank=BLANK
    )
)
TWICE = "a key stands twice in it; the last one counts, as in the older app"
Value = TypeVar("Value")
Progress = Callable[[str, int, int], None]


class Reader:
    """Reads a folder of legacy files once; `read` gives everything in it."""

    def __init__(self, source: Path, progress: Progress):
        self._source = source
        self._progress = progress
        self._clock = LocalClock()
        self._legacy = Legacy()

    def read(self) -> Legacy:
        """Read all records of the folder; raises FileDamaged, Refused."""
        steps = {
            USERS: self._read_users,
            METADATA: self._read_metadata,
            USAGE: self._read_usage,
            PLAYBACKS: self._read_playbacks,
        }
        found = [name for name in FILES if is_there(self._source / name)]
        if not found:
            raise Refused(
                f"There is none of {', '.join(FILES)} in {self._source}; name the folder that "
                "holds them with --source."
            )
        for name in found:
            with JsonFile(self._source / name) as file:
                self._legacy.entries[name] = steps[name](file)
                self._legacy.digests[name] = file.digest
                self._legacy.sizes[name] = file.size
        return self._legacy

    def _note(self, kind: str, file: str, key: object, reason: str) -> None:
        self._legacy.notes.append(Note(kind, file, fields.shown(key), reason))

    def _members(self, file: JsonFile) -> dict[str, object]:
        """The members of a file, the last one of each key."""
        found: dict[str, object] = {}
        for key, value in file.members():
            if key in found:
                self._note("unreadable", file.path.name, key, SUPERSEDED)
                del found[key]
            found[key] = value
        return found

    def _objects(self, file: JsonFile) -> Iterator[tuple[str, Entry]]:
        for key, entry in self._members(file).items():
            if not isinstance(entry, dict):
                reason = f"the entry is {fields.kind_of(entry)}, not an object"
                self._note("unreadable", file.path.name, key, reason)
                continue
            if isinstance(entry, Repeated):
                self._note("changed", file.path.name, key, TWICE)
            yield key, entry

    # Users

    def _read_users(self, file: JsonFile) -> int:
        for name, entry in self._objects(file):
            self._legacy.users.append(
                LegacyUser(name, self._hash(name, entry), self._user_created(name, entry))
            )
        return len(self._legacy.users)

    def _hash(self, name: str, entry: Entry) -> str:
        try:
            stored = fields.text(entry, "password")
        except Unusable as error:
            self._note("changed", USERS, name, f"{error}; set one with: flask user password")
            return NO_LOGIN
        if fields.KNOWN_HASH.fullmatch(stored):
            return stored
        if "$" in stored and "\0" not in stored:
            self._note("changed", USERS, name, UNKNOWN_HASH)
            return stored
        self._note("changed", USERS, name, NO_HASH)
        return NO_LOGIN

    def _user_created(self, name: str, entry: Entry) -> str:
        try:
            epoch = self._clock.to_epoch(fields.text(entry, "created"))
        except (Unusable, ValueError):
            self._note("changed", USERS, name, "created is no date; that of the file stands for it")
            epoch = self._file_epoch(USERS)
        return self._clock.to_utc(epoch)

    # Metadata

    def _read_metadata(self, file: JsonFile) -> int:
        for filename, entry in self._objects(file):
            try:
                fields.check_filename(filename)
            except Unusable as error:
                self._note("unreadable", METADATA, filename, str(error))
                continue
            self._legacy.files.append(self._file(filename, entry))
        return len(self._legacy.files)

    def _file(self, filename: str, entry: Entry) -> LegacyFile:
        mend = _Mender(entry, lambda reason: self._note("changed", METADATA, filename, reason))
        epoch, month = self._created(filename, mend)
        return LegacyFile(
            filename=filename,
            display_name=mend.text("name", fields.LONGEST_NAME, filename) or filename[:200],
            category=mend.text("group", fields.LONGEST_CATEGORY, "", may_miss=True),
            voice=mend.text("voice", fields.LONGEST_NAME, ""),
            characters=mend.value(fields.count, "characters", 0),
            cost=float(mend.value(fields.number, "cost", 0.0)),
            owner=self._owner(filename, entry),
            epoch=epoch,
            month=month,
        )

    def _owner(self, filename: str, entry: Entry) -> str | None:
        owner = entry.get("owner")
        if owner is None or owner == "":
            return None
        try:
            return fields.text(entry, "owner")
        except Unusable as error:
            self._note("changed", METADATA, filename, f"{error}; it counts as without owner")
            return None

    def _created(self, filename: str, mend: "_Mender") -> tuple[int, str]:
        """Find when (s) and in which local month a file was made; else the time of its sound."""
        try:
            stamp = fields.text(mend.entry, "created")
            if len(stamp) != 15 or stamp[8] != "_" or not (stamp[:8] + stamp[9:]).isdecimal():
                raise ValueError(stamp)
            day = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"
            time = f"{stamp[9:11]}:{stamp[11:13]}:{stamp[13:]}"
            return self._clock.to_epoch(f"{day} {time}"), day[:7]
        except (Unusable, ValueError):
            mend.note("created is no date; the time of the sound file stands for it")
            named = filename if is_there(self._source / filename) else METADATA
            epoch = self._file_epoch(named)
            return epoch, self._clock.to_local(epoch)[:7]

    def _file_epoch(self, name: str) -> int:
        return min(max(0, int((self._source / name).stat().st_mtime)), LATEST_EPOCH)

    # Usage

    def _read_usage(self, file: JsonFile) -> int:
        stored = file.value()
        if not isinstance(stored, dict):
            raise FileDamaged(file.damaged("it does not hold one object").message)
        if isinstance(stored, Repeated):
            self._note("changed", USAGE, "", TWICE)
        readers = {
            "total_characters": fields.count,
            "total_cost": fields.number,
            "files_generated": fields.count,
        }
        for key, read in readers.items():
            try:
                self._legacy.totals[key] = read(stored, key)
            except Unusable as error:
                self._note("unreadable", USAGE, key, str(error))
        months = stored.get("monthly", {})
        if not isinstance(months, dict):
            self._note("unreadable", USAGE, "monthly", f"it is {fields.kind_of(months)}")
            return 0
        if isinstance(months, Repeated):
            self._note("changed", USAGE, "monthly", TWICE)
        for key, entry in sorted(months.items()):
            self._read_month(key, entry)
        return len(self._legacy.months)

    def _read_month(self, key: str, entry: object) -> None:
        try:
            if not isinstance(entry, dict):
                raise Unusable(f"the month is {fields.kind_of(entry)}, not an object")
            if isinstance(entry, Repeated):
                self._note("changed", USAGE, key, TWICE)
            month = LegacyMonth(
                fields.month(key),
                fields.count(entry, "files"),
                fields.count(entry, "characters"),
                float(fields.number(entry, "cost")),
            )
            if month.files > MOST_REQUESTS_A_MONTH:
                raise Unusable("files is too large to be true")
        except Unusable as error:
            self._note("unreadable", USAGE, key, str(error))
        else:
            self._legacy.months.append(month)

    # Playbacks

    def _read_playbacks(self, file: JsonFile) -> int:
        kept = self._legacy.playbacks
        labels = _Labels()
        add_number, add_epoch = kept.numbers.append, kept.epochs.append
        number_of, start_of, second_of = (
            labels.by_text.get, self._clock.days.get, self._clock.seconds.get,
        )  # fmt: skip
        total = file.path.stat().st_size
        for index, entry in enumerate(file.elements(PLAYBACK)):
            if not index % 20_000:
                self._progress("Reading playbacks", file.size, total)
            if type(entry) is re.Match:
                # The usual case a million times over: a label and a day that came before.
                text, day, time = entry.group(1, 4, 5)
                number, start, second = number_of(text), start_of(day), second_of(time)
                if number is not None and start is not None and second is not None:
                    add_number(number)
                    add_epoch(start + second)
                    continue
            try:
                number, epoch = self._playback(entry, labels, f"entry {index + 1}")
            except Unusable as error:
                self._note("unreadable", PLAYBACKS, f"entry {index + 1}", str(error))
                continue
            if type(entry) is Repeated:
                self._note("changed", PLAYBACKS, f"entry {index + 1}", TWICE)
            add_number(number)
            add_epoch(epoch)
        kept.labels = labels.all
        return len(kept)

    def _playback(self, entry: object, labels: "_Labels", key: str) -> tuple[int, int]:
        """The label's number and the epoch (s) of any entry; raises Unusable."""
        text = None
        if isinstance(entry, re.Match):
            text, filename, name, day, time, key_of_order = entry.groups()
            moment = (filename, name, day + time, key_of_order)
            entry = dict(zip(PLAYBACK_KEYS, moment, strict=True))
        if not isinstance(entry, dict):
            raise Unusable(f"the entry is {fields.kind_of(entry)}, not an object")
        filename = fields.text(entry, "filename")
        epoch = self._played(entry)
        mend = _Mender(entry, lambda reason: self._note("changed", PLAYBACKS, key, reason))
        name = mend.text("name", fields.LONGEST_NAME, filename, may_miss=True)
        name = name or fields.one_line(filename, fields.LONGEST_NAME)
        return labels.add(filename, name, text), epoch

    def _played(self, entry: Entry) -> int:
        for key in ("timestamp", "datetime_sort"):
            moment = entry.get(key)
            if not isinstance(moment, str):
                continue
            if key == "datetime_sort":
                day, time = (moment[:4], moment[4:6], moment[6:8]), moment[8:]
                moment = f"{'-'.join(day)} {time[:2]}:{time[2:4]}:{time[4:]}"
            with contextlib.suppress(ValueError):
                return self._clock.to_epoch(moment)
        raise Unusable("neither timestamp nor datetime_sort is a date")


class _Labels:
    """Numbers for pairs of filename and name; `by_text` finds them by their text in the file."""

    def __init__(self) -> None:
        self.by_text: dict[str, int] = {}
        self._numbers: dict[tuple[str, str], int] = {}

    @property
    def all(self) -> list[tuple[str, str]]:
        """List all pairs, in the order of their numbers."""
        return list(self._numbers)

    def add(self, filename: str, name: str, text: str | None) -> int:
        """Give a pair its number, and note its text in the file."""
        number = self._numbers.setdefault((filename, name), len(self._numbers))
        if text is not None:
            self.by_text[text] = number
        return number


class _Mender:
    """Reads the fields of one entry; a value that cannot be used is replaced, and noted."""

    def __init__(self, entry: Entry, note: Callable[[str], None]):
        self.entry = entry
        self.note = note

    def text(self, key: str, longest: int, instead: str, *, may_miss: bool = False) -> str:
        """Read a text on one line, of `longest` characters at most."""
        if may_miss and self.entry.get(key) is None:
            return instead
        given = self.value(fields.text, key, instead)
        kept = fields.one_line(given, longest)
        if kept != given:
            self.note(f"{key} was cut to {longest} characters on one line")
        return kept

    def value(self, read: Callable[[Entry, str], Value], key: str, instead: Value) -> Value:
        """Read a field, or note why it cannot be used and give `instead`."""
        try:
            return read(self.entry, key)
        except Unusable as error:
            replacement = repr(instead) if instead != "" else "nothing"
            self.note(f"{error}; {replacement} stands for it")
            return instead


def is_there(path: Path) -> bool:
    """Whether there is a file of that name; raises Refused for something else or no access."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Refused(f"{path} cannot be looked at: {error.strerror}.") from error
    if not stat.S_ISREG(mode):
        raise Refused(f"{path} is not a file; move it away. Nothing was changed.")
    return True


def read(source: Path, progress: Progress) -> Legacy:
    """Read all records of the folder; raises FileDamaged, Refused."""
    return Reader(source, progress).read()
