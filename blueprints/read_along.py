"""Reading along: where each sentence and word of a piece stands in its text and its sound."""

import re
from typing import Any, NamedTuple, Self

from flask import Blueprint, Response, jsonify, request

from common.stored_json import read_or_default
from queries.base import chosen
from queries.rows import AudioFile, SegmentWords
from queries.segments import EVERYTHING
from web import forms
from web.access import heard_file, user_only
from web.services import services

PAGE_SEGMENTS = 500
WORDS_OF = 40  # segments whose words are told at once
COLUMNS = ("text_start", "text_end", "start_ms", "end_ms")

blueprint = Blueprint("read_along", __name__)


class Known(NamedTuple):
    """The state that a client knows: segments up to a position, the last ending at `end_ms`.

    `takes` counts the passages that had been replaced by then.
    """

    position: int
    end_ms: int
    takes: int

    def __str__(self) -> str:
        return ".".join(map(str, self))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """From the address; None where nothing is known."""
        match = re.fullmatch(r"(\d{1,18})\.(\d{1,18})\.(\d{1,18})", text, re.ASCII)
        return cls(*map(int, match.groups())) if match else None


@blueprint.get("/files/<filename>/segments")
@user_only
def segments(filename: str) -> Response:
    """The segments spoken so far: [text_start, text_end, start_ms, end_ms], places in code points.

    `from` and `until` narrow it to a part of the text. A page has 500; `after` takes the `next` of
    the page before, or of the last look, and brings only what is new. Where the segments that
    were told hold no longer, `is_anew` is true and the answer begins at the beginning.
    With `words=N`, the words of the segments from position N on: [text_start, length, start_ms].
    """
    row, args = heard_file(filename), request.args
    if "words" in args:
        return jsonify(words=_words(row, forms.number(args["words"], "words")))
    start = forms.number(args.get("from", "0"), "from")
    until = forms.number(args.get("until") or str(EVERYTHING), "until")
    known = Known.read(args.get("after", ""))
    return jsonify(status=row["status"], **_spans(row, known, start, until))


def _spans(row: AudioFile, known: Known | None, start: int, until: int) -> dict[str, Any]:
    db, file_id = services().db, row["id"]
    takes = db.count_takes(file_id)  # first: one that comes in between is told at the next look
    if known is not None and (known.takes != takes or not _holds(file_id, known)):
        known = None
    is_anew = known is None
    position = db.find_segment(file_id, start) if known is None else known.position
    found = db.list_spans(file_id, position, until, PAGE_SEGMENTS + 1)
    page = found[:PAGE_SEGMENTS]
    end_ms = page[-1]["end_ms"] if page else 0 if known is None else known.end_ms
    last = page[-1]["position"] + 1 if page else position
    return {
        "first": position,
        "segments": [list(chosen(segment, COLUMNS).values()) for segment in page],
        "is_anew": is_anew,
        "takes": takes,
        "next": str(Known(last, end_ms, takes)) if page or not is_anew else "",
        "more": len(found) > PAGE_SEGMENTS,
    }


def _holds(file_id: int, known: Known) -> bool:
    """Whether what was told last still stands: after a crash some is spoken again."""
    return services().db.get_segment_end(file_id, known.position - 1) == known.end_ms


def _words(row: AudioFile, position: int) -> list[list[list[int]]]:
    found = services().db.list_words(row["id"], position, WORDS_OF)
    return [_words_of(segment) for segment in found]


def _words_of(segment: SegmentWords) -> list[list[int]]:
    start, start_ms = segment["text_start"], segment["start_ms"]
    words = read_or_default("words", segment["words"]) if segment["words"] else []
    return [[start + place, length, start_ms + ms] for place, length, ms in words]
