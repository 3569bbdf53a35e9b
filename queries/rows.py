"""Kinds of rows: what the statements give and take, with the columns as they are called there.

Those of one noun alone stand beside its statements. A column that may be NULL is `X | None`, a yes
or no is 0 or 1, a time is UTC text unless its name ends in `_epoch`. Each is a plain dictionary;
tests hold them beside the schema and beside what each statement really gives.
"""

from typing import NotRequired, TypedDict

import speech.types

# People


class Account(TypedDict):
    """An account: the columns that each row about a person has."""

    id: int
    username: str
    is_active: int
    is_admin: int


class User(Account):
    """An account, with the hash of its password."""

    password_hash: str
    created_at: str
    last_login: str | None
    last_claim_epoch: float
    stand_in_rule: str
    name_key: str


class ListedUser(Account):
    """An account as admins see it."""

    created_at: str
    last_login: str | None
    has_second_factor: int
    has_passkey: int


class Session(Account):
    """An open session with its account. `user_id` is another name of `id`."""

    session_id: int
    token_hash: str
    created_epoch: float
    last_seen_epoch: float
    device: str
    alert_id: int | None
    user_id: int
    has_second_factor: int
    second_factor_rule: str


class ListedSession(TypedDict):
    """A session in the list of one's own."""

    id: int
    device: str
    ip_address: str
    created_at: str
    created_epoch: float
    last_seen_epoch: float


class NewSession(ListedSession):
    """A session as it was just begun."""

    token_hash: str
    user_id: int


class Invite(TypedDict):
    """An invitation, used or not."""

    id: int
    token_hash: str
    created_by: int
    created_at: str
    expires_epoch: float
    used_at: str | None
    used_by: int | None


class ListedInvite(TypedDict):
    """An invitation as admins see it."""

    id: int
    created_at: str
    expires_epoch: float
    used_at: str | None
    created_by_name: str
    used_by_name: str | None


# The library


class Work(TypedDict):
    """State of work on something: who has it, how often it was tried, what it waits for."""

    id: int
    attempts: int
    lease_owner: str | None
    lease_until_epoch: float | None
    waits_for: str
    waits: int
    not_before_epoch: float | None


class AudioFile(Work):
    """A piece of speech without its text. A `cost` of None is not known; `reading` is JSON."""

    filename: str
    display_name: str
    owner_id: int
    voice: str
    category: str
    character_count: int
    duration: float
    cost: float | None
    created_at: str
    updated_at: str
    engine: str
    model: str
    speed: float
    status: str
    error: str | None
    size: int
    sha256: str | None
    spoken_characters: int
    stop_requested: str | None
    queue_rank: int
    deleted_at: str | None
    document_id: int | None
    track: int
    reading: str
    stand_in: str
    needs_voice: int


class Job(AudioFile):
    """An AudioFile that a worker has taken up: its `lease_owner` is that worker."""


class JobCounts(TypedDict):
    """Numbers of files in work."""

    queued: int
    speaking: int


class WholeFile(AudioFile):
    """An AudioFile with its text."""

    text_indexed: int
    text: str


class Phrase(TypedDict):
    """Place in a text that holds what was searched for; all None where there is none."""

    phrase: str | None
    match_start: int | None
    match_length: int | None
    text_start: int | None
    start_ms: int | None


class FoundFile(AudioFile):
    """An AudioFile on a page of a library; with a search it has the columns of Phrase.

    By progress it has its `progress_place`; where it is not one's own, its `giver`.
    """

    giver: NotRequired[str]
    progress_place: NotRequired[str]
    phrase: NotRequired[str | None]
    match_start: NotRequired[int | None]
    match_length: NotRequired[int | None]
    text_start: NotRequired[int | None]
    start_ms: NotRequired[int | None]


class FileOwner(TypedDict):
    """Owner and name of a file, to act on it."""

    owner_id: int
    filename: str


class Group(TypedDict):
    """A group of a library, with how many files outside the bin it holds."""

    name: str
    files: int


class VoiceUsed(TypedDict):
    """A voice that files were made with."""

    engine: str
    voice: str


class Span(speech.types.SpokenSpan):
    """Span of a segment, and its place among the others."""

    position: int


class NewSegment(Span):
    """A segment as it is recorded; `words` is JSON. Without marks its file's own voice said it."""

    byte_end: int
    frame_end: int
    words: str
    spoken_by: NotRequired[str]
    said: NotRequired[str]


class Segment(Span):
    """A segment that was spoken; `words` is JSON."""

    byte_end: int
    frame_end: int
    words: str
    spoken_by: str
    said: str


class DeviatingSegment(TypedDict):
    """A segment that another voice spoke, or that was not said as it is written."""

    position: int
    text_start: int
    start_ms: int
    end_ms: int
    spoken_by: str
    said: str


class SegmentWords(TypedDict):
    """Words of a segment, with when each is heard; `words` is JSON."""

    text_start: int
    start_ms: int
    words: str


class ChapterStart(TypedDict):
    """Start of a chapter of a file; the time is None until it is spoken."""

    position: int
    title: str
    text_start: int
    start_ms: int | None


class Chapter(ChapterStart):
    """A chapter of a file, to its end."""

    text_end: int
    end_ms: int | None


class Retake(Work):
    """A change to a part of a file: a text to be spoken anew, or an earlier take."""

    file_id: int
    sha256: str
    text_start: int
    text_end: int
    text: str
    take_id: int | None
    stand_in: str
    status: str
    error: str | None
    is_paused: int
    fresh: str


class ClaimedRetake(Retake):
    """A Retake that a worker has taken up, with its file."""

    file: WholeFile


class Shift(TypedDict):
    """Shift of all that follows a change, in each measure."""

    position: int
    text: int
    ms: int
    bytes: int
    frames: int


class NewSound(TypedDict):
    """The sound that a change made: `duration` in s, `size` in bytes."""

    duration: float
    size: int
    sha256: str


class Export(Work):
    """A download in another format; `options` is JSON."""

    file_id: int
    owner_id: int
    format: str
    options: str
    fingerprint: str
    name: str
    status: str
    progress: float
    error: str | None
    size: int
    created_epoch: float
    last_used_epoch: float
    is_paused: int


class ImportRow(Work):
    """A document on its way in; `error` is JSON, `upload` the name of its file on the disk."""

    owner_id: int
    document_id: int | None
    name: str
    origin: str
    content_type: str
    upload: str
    status: str
    is_long: int
    page: int
    pages: int
    error: str | None
    created_epoch: float


class DocumentRow(TypedDict):
    """An imported document without content and cover; `choices` is JSON."""

    id: int
    owner_id: int
    title: str
    author: str
    language: str
    source: str
    origin: str
    characters: int
    choices: str
    created_at: str
    updated_at: str
    cover_type: str


class DocumentOriginal(TypedDict):
    """The file that a document was read from, in an encoding that is in doubt."""

    encoding: str
    filename: str
    content_type: str
    content: bytes


class Cover(TypedDict):
    """The picture on the front of a document."""

    cover: bytes
    cover_type: str
