"""Files as answers: sound whole, in ranges or live while it is being made; tables."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any, BinaryIO, cast

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wsgi import wrap_file

from common.errors import AppError
from exports.types import Format
from queries.rows import AudioFile, Export
from speech.audio.mp3 import place_of
from storage.audio_errors import NoSuchAudio
from web import accel_redirect, byte_ranges
from web.content_disposition import content_disposition
from web.current_user import current_user, current_user_id
from web.services import services

AUDIO_TYPE = "audio/mpeg"
UNFINISHED = ("queued", "speaking")
KEPT_BY_THE_BROWSER = {"Cache-Control": "private, no-cache"}
READ_AT_ONCE = 1 << 20
TABLE_PIECE = 1 << 16
# The row of a file as it is now, or None for who may hear it no longer.
Latest = Callable[[], AudioFile | None]


class NothingToHear(AppError):
    """A file without sound; `message` says why."""

    status = 409

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(message)
        self.status = status


class TooManyListeners(AppError):
    """No place is left for live listening."""

    status = 503
    retry_after_s = 10
    message = lazy_gettext(
        "Many people are listening to unfinished pieces right now. Try again in a few "
        "seconds, or wait until this one is ready."
    )

    def __init__(self) -> None:
        super().__init__(self.message)


def sound(row: AudioFile, from_s: float, latest: Latest) -> Response:
    """The answer for an audio file's row: seekable once it is whole, live until then.

    What was spoken of a piece that stopped is as seekable as a finished one. Who wants to hear it
    live from some second on gets it so, even if it has become whole meanwhile. What is live ends
    once `latest` gives no row any more.
    """
    store, filename = services().store, row["filename"]
    if row["status"] in UNFINISHED or (from_s and has_sound(row)):
        return _live(row, from_s, latest)
    try:
        if row["status"] == "ready":
            file = store.open(filename, buffering=0)
            return _seekable(file, row["sha256"], path=f"audio/{filename}")
        stopped = store.open_growing(filename)
    except NoSuchAudio:
        raise _nothing_to_hear(row) from None
    if stopped.seek(0, io.SEEK_END):
        return _seekable(stopped, None)
    stopped.close()
    raise _nothing_to_hear(row)


def listeners_own(filename: str) -> Latest:
    """The file's row for the signed-in person, as long as their session and their right last."""
    session, user_id = current_user()["token_hash"], current_user_id()
    find_open, sharing = services().accounts.find_open_sessions, services().sharing
    return lambda: sharing.heard(filename, user_id) if find_open({session}) else None


def has_sound(row: AudioFile) -> bool:
    """Whether there is anything to hear of a piece that is not being made."""
    store, filename = services().store, row["filename"]
    return store.size(filename) is not None or store.part_size(filename) > 0


def download(row: AudioFile, name: str, *, artist: str = "") -> Response:
    """The finished sound as a file to keep, with its tag in front; raises NothingToHear."""
    store, filename = services().store, row["filename"]
    if row["status"] in UNFINISHED:
        raise NothingToHear(_("This piece is still being generated. Download it when it is ready."))
    tag = services().studio.exports.tag(row, artist)
    mark = hashlib.sha256(tag + (row["sha256"] or "").encode()).hexdigest()
    try:
        file = Tagged(tag, store.open(filename))
    except NoSuchAudio:
        raise _nothing_to_hear(row) from None
    return named(_seekable(file, mark if row["sha256"] else None), name, ".mp3")


def short_sound(content: bytes) -> Response:
    """A few seconds of sound that are in memory, whole or in ranges."""
    return _seekable(io.BytesIO(content), hashlib.sha256(content).hexdigest())


def export(export: Export, name: str, chosen: Format) -> Response:
    """A download in another format as a file to keep; raises NoSuchAudio."""
    stored = export["name"]
    file = services().studio.exports.files.open(stored)
    etag = hashlib.sha256(stored.encode()).hexdigest()
    whole = _seekable(file, etag, chosen.media_type, path=f"exports/{stored}")
    return named(whole, name, chosen.suffix)


def named(response: Response, name: str, ending: str, *, kind: str = "attachment") -> Response:
    """Let an answer be kept under a name; "inline" is shown all the same."""
    response.headers["Content-Disposition"] = content_disposition(name, ending, kind=kind)
    return response


class Tagged(io.RawIOBase):
    """A file with some bytes in front, for servers that send a file by themselves."""

    def __init__(self, tag: bytes, file: BinaryIO) -> None:
        self._tag = tag
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place counted from the start of the tag; returns it."""
        if whence == io.SEEK_CUR:
            offset += self._position
        elif whence == io.SEEK_END:
            offset += len(self._tag) + self._file.seek(0, io.SEEK_END)
        self._position = max(0, offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, fewer only at the end; all that is left when it is negative."""
        start, piece = self._position, b""
        if start < len(self._tag):
            piece = self._tag[start:] if size < 0 else self._tag[start : start + size]
        if size < 0 or len(piece) < size:
            self._file.seek(max(0, start - len(self._tag)))
            piece += self._file.read(size - len(piece) if size >= 0 else -1)
        self._position = start + len(piece)
        return piece

    def close(self) -> None:
        self._file.close()
        super().close()


def _nothing_to_hear(row: AudioFile) -> NothingToHear:
    if row["status"] == "ready":
        return NothingToHear(_("The audio of this piece is missing on the server."), 404)
    if row["status"] == "cancelled" or not row["error"]:
        return NothingToHear(_("This piece was cancelled before anything was generated."))
    return NothingToHear(row["error"])


def _seekable(
    file: BinaryIO | Tagged, etag: str | None, media_type: str = AUDIO_TYPE, *, path: str = ""
) -> Response:
    """The answer with a file, whole or a range of it; the file is closed when that is sent.

    A proxy may send one that has a `path` in the data folder.
    """
    size = file.seek(0, io.SEEK_END)
    headers = dict(KEPT_BY_THE_BROWSER)
    if etag:
        headers["ETag"] = f'"{etag}"'
    with ExitStack() as unless_sent:
        unless_sent.callback(file.close)
        if etag and request.if_none_match.contains(etag):
            return Response(status=304, headers=headers)
        try:
            part = byte_ranges.parse(_range_header(etag), size)
        except byte_ranges.Unsatisfiable:
            headers = {"Content-Range": f"bytes */{size}"}
            return Response(status=416, headers=headers, content_type="text/plain; charset=utf-8")
        headers["Content-Type"] = media_type
        has_part = part is not None
        if path and etag and (place := accel_redirect.location(file, path, takes_range=has_part)):
            headers[accel_redirect.HEADER] = place
            return Response(headers=headers)
        start, length = part or (0, size)
        headers |= {"Content-Length": str(length), "Accept-Ranges": "bytes"}
        if part:
            headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
        response = Response(status=206 if part else 200, headers=headers)
        if request.method != "HEAD":
            file.seek(start)
            _fill(response, file, length)
            unless_sent.pop_all()
        return response


def _range_header(etag: str | None) -> str | None:
    if request.method != "GET":  # a range of what HEAD would answer has no meaning
        return None
    condition = request.headers.get("If-Range")
    if condition is not None and (not etag or condition.strip() != f'"{etag}"'):
        return None
    return request.headers.get("Range")


def _fill(response: Response, file: BinaryIO | Tagged, length: int) -> None:
    """Let the server send so many bytes of a file by itself, without holding a thread."""
    sent: BinaryIO | Tagged = file
    if length <= READ_AT_ONCE:
        with file:
            sent = io.BytesIO(file.read(length))
    response.response = wrap_file(request.environ, cast("IO[bytes]", sent), READ_AT_ONCE)
    response.direct_passthrough = True


def _live(row: AudioFile, from_s: float, latest: Latest) -> Response:
    response = Response(content_type=AUDIO_TYPE)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Accel-Buffering"] = "no"
    if request.method == "HEAD":
        return response
    places = services().live_listeners
    if not places.acquire():
        raise TooManyListeners
    response.call_on_close(_once(places.release))
    stopping = services().stopping

    def is_done() -> bool:
        if stopping.is_set():
            return True
        now = latest()
        return now is None or now["status"] not in UNFINISHED

    response.response = services().store.follow(
        row["filename"], is_done, lambda file: place_of(file, from_s) if from_s else 0
    )
    return response


def _once(release: Callable[[], None]) -> Callable[[], None]:
    pending = [release]

    def call() -> None:
        if pending:
            pending.pop()()

    return call


def table(name: str, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> Response:
    """Rows as a CSV file to keep, made while it is sent."""
    response = Response(_csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    return named(response, f"voiceverse-{name}", ".csv")


def _csv_lines(columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
        if buffer.tell() > TABLE_PIECE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Any) -> Any:
    # Spreadsheets run what begins like a formula, and a name may begin like anything.
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value
