"""For reading along: where each sentence and word of a piece stands in its text and its sound."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

import forms
from access import owned_file, services, user_only

WORDS_OF = 40  # segments whose words are told at once

blueprint = Blueprint("reading", __name__)


@blueprint.get("/files/<filename>/segments")
@user_only
def segments(filename: str) -> Response:
    """What is spoken so far: [text_start, text_end, start_ms, end_ms], code points of the text.

    With `words=N`, the words of the segments from number N on: [text_start, length, start_ms].
    """
    row = owned_file(filename)
    found = services().db.get_segments(row["id"])
    first = request.args.get("words")
    if first is not None:
        number = forms.number(first, "words")
        return jsonify(words=[_words(segment) for segment in found[number : number + WORDS_OF]])
    columns = ("text_start", "text_end", "start_ms", "end_ms")
    spans = [[segment[name] for name in columns] for segment in found]
    return jsonify(status=row["status"], segments=spans)


def _words(segment: dict[str, Any]) -> list[list[int]]:
    start, start_ms = segment["text_start"], segment["start_ms"]
    words = json.loads(segment["words"]) if segment["words"] else []
    return [[start + place, length, start_ms + ms] for place, length, ms in words]
