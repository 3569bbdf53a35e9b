"""Records of the legacy files, and of the plan made from them."""

from array import array
from dataclasses import dataclass, field
from typing import Any

USERS, METADATA, USAGE, PLAYBACKS = (
    "users.json",
    "metadata.json",
    "usage_stats.json",
    "playback_history.json",
)
FILES = (USERS, METADATA, USAGE, PLAYBACKS)
Report = dict[str, Any]  # what becomes of it depends on who reads it


@dataclass(frozen=True, slots=True)
class Note:
    """Note for a person; `kind` is one of those that the report has headings for."""

    kind: str
    file: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class LegacyUser:
    """An entry of users.json; `created_at` is UTC text."""

    name: str
    password_hash: str
    created_at: str


@dataclass(frozen=True, slots=True)
class LegacyFile:
    """An entry of metadata.json; `epoch` in s, `cost` in USD, `month` local, as 'YYYY-MM'."""

    filename: str
    display_name: str
    category: str
    voice: str
    characters: int
    cost: float
    owner: str | None
    epoch: int
    month: str


@dataclass(frozen=True, slots=True)
class LegacyMonth:
    """An entry of usage_stats.json's months; `cost` in USD."""

    month: str
    files: int
    characters: int
    cost: float


class LegacyPlaybacks:
    """playback_history.json in columns, newest first, because there may be millions of entries."""

    def __init__(self) -> None:
        self.numbers = array("l")  # which of the labels
        self.epochs = array("q")  # s
        self.labels: list[tuple[str, str]] = []  # filename and name

    def __len__(self) -> int:
        return len(self.epochs)


@dataclass(slots=True)
class Legacy:
    """Records that could be read. `digests` holds the SHA-256 of each file that is there."""

    users: list[LegacyUser] = field(default_factory=list)
    files: list[LegacyFile] = field(default_factory=list)
    months: list[LegacyMonth] = field(default_factory=list)
    totals: dict[str, float] = field(default_factory=dict)
    playbacks: LegacyPlaybacks = field(default_factory=LegacyPlaybacks)
    digests: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Account:
    """An account to be made; a placeholder has a hash that no password opens."""

    name: str
    password_hash: str
    created_at: str
    is_admin: bool
    is_placeholder: bool


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A file to be taken in; `owner` is an account's name, `created_at` UTC text."""

    filename: str
    display_name: str
    category: str
    voice: str
    characters: int
    cost: float
    owner: str
    created_at: str
    month: str


@dataclass(frozen=True, slots=True)
class UsageRow:
    """A row for the ledger; `filename` is None for what was spoken and deleted since."""

    account: str
    filename: str | None
    characters: int
    cost: float
    timestamp: str
    month: str


@dataclass(slots=True)
class Plan:
    """Plan of a migration; the same for a dry run and a run."""

    accounts: list[Account]
    files: list[AudioFile]
    usage: list[UsageRow]
    months: list[LegacyMonth]
    playbacks: LegacyPlaybacks
    fallback: str  # the account for what names no owner
    heir: str  # the account for what was spoken and deleted
    source_digest: str
    plan_hash: str
    notes: list[Note]
    digests: dict[str, str]
    entries: dict[str, int]
    json_bytes: int
