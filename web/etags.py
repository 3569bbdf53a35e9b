"""ETags of lists: a client that has a list is told so, without rows, while nobody changed it.

A tag is made of the answer. Each process remembers which tag was that of which state: of everything
that the answer depends on, but for what stays the same while the process runs.
"""

import hashlib
import threading
from collections import OrderedDict

from flask import Flask, Response, current_app, request
from werkzeug.http import quote_etag

from web.audio_responses import KEPT_BY_THE_BROWSER
from web.current_user import current_user_id
from web.i18n import language
from web.services import services

TAGS = "voiceverse_etags"
MOST_REMEMBERED = 4096
VARY = "Accept, Accept-Encoding, Accept-Language, Cookie"


class Tags:
    """Tags by state; forgets those that were asked for least lately."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tags: OrderedDict[bytes, str] = OrderedDict()

    def get(self, state: bytes) -> str | None:
        """The tag of the answer in a state; None where none is remembered."""
        with self._lock:
            if state in self._tags:
                self._tags.move_to_end(state)
            return self._tags.get(state)

    def remember(self, state: bytes, tag: str) -> None:
        """Keep the tag of an answer that is the same whenever the state is."""
        with self._lock:
            self._tags[state] = tag
            if len(self._tags) > MOST_REMEMBERED:
                self._tags.popitem(last=False)


def prepare(app: Flask) -> None:
    """Give the app its memory of tags."""
    app.extensions[TAGS] = Tags()


def library_state() -> bytes:
    """A hash of what a list of this person's library depends on, but for the time.

    To be asked for before the rows: a change in between then makes the tag old, never the list.
    """
    user_id = current_user_id()
    state = (
        *(user_id, services().db.get_library_version(user_id), language()),
        *(request.script_root, request.path, request.query_string),
    )
    return hashlib.sha256(repr(state).encode()).digest()


def unchanged(state: bytes) -> Response | None:
    """The answer to a client that has the list in this state; None where it must be made."""
    tag = _tags().get(state)
    if tag and request.if_none_match.contains_weak(tag):
        return Response(status=304, headers=_headers(tag))
    return None


def tag(answer: Response, state: bytes) -> Response:
    """The answer with its tag; 304 for a client that has just this.

    For answers that depend on nothing but the state.
    """
    content = f"{current_user_id()} ".encode() + answer.get_data()
    tag = hashlib.sha256(content).hexdigest()[:32]
    _tags().remember(state, tag)
    answer.headers.update(_headers(tag))
    answer.make_conditional(request)
    return answer


def _tags() -> Tags:
    return current_app.extensions[TAGS]


def _headers(tag: str) -> dict[str, str]:
    # Weak: compressed and not, the answer is the same.
    return {"ETag": quote_etag(tag, weak=True), "Vary": VARY, **KEPT_BY_THE_BROWSER}
