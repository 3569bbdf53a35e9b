"""JSON columns of the database: each kind is read in one way, by pages and by the doctor.

`read` refuses what was never written so; `read_or_default` lets nothing stand in its place, so
that a page opens although one of its columns was damaged.
"""

import json
from collections.abc import Callable
from typing import Any


def read(kind: str, text: str) -> Any:
    """Parse a column of that kind; raises ValueError for anything else."""
    try:
        return READERS[kind](json.loads(text))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def read_or_default(kind: str, text: str) -> Any:
    """Parse a column of that kind, or give what a new row has there."""
    try:
        return read(kind, text)
    except ValueError:
        return READERS[kind](json.loads(DEFAULTS[kind]))


def _need(is_right: bool) -> None:
    if not is_right:
        raise ValueError


def _whole(value: Any) -> int:
    _need(isinstance(value, int) and not isinstance(value, bool))
    return value


def _text(value: Any) -> str:
    _need(isinstance(value, str))
    return value


def _reading(value: Any) -> dict[str, Any]:
    """Options of reading a text, if chosen: `cast`, `paragraph_pause_ms`, `markup`."""
    _need(isinstance(value, dict))
    found: dict[str, Any] = dict(value)
    if "cast" in value:
        found["cast"] = {_text(name): _text(voice) for name, voice in value["cast"].items()}
    if "paragraph_pause_ms" in value:
        found["paragraph_pause_ms"] = _whole(value["paragraph_pause_ms"])
    if "markup" in value:
        found["markup"] = _text(value["markup"])
    return found


def _words(value: Any) -> list[tuple[int, int, int]]:
    """The words of a segment: start and length in code points, ms."""
    _need(isinstance(value, list))
    return [(_whole(start), _whole(length), _whole(ms)) for start, length, ms in value]


def _take(value: Any) -> list[dict[str, Any]]:
    """The segments of an earlier take, one at least."""
    _need(isinstance(value, list) and bool(value))
    for segment in value:
        for name in ("text_start", "text_end", "start_ms", "end_ms", "byte_end", "frame_end"):
            _whole(segment[name])
    return value


def _voices(value: Any) -> tuple[tuple[str, ...], ...]:
    """The voices of a provider: identifier, name, language."""
    _need(isinstance(value, list))
    voices = tuple(tuple(map(_text, voice)) for voice in value)
    _need(all(len(voice) == 3 for voice in voices))
    return voices


def _transports(value: Any) -> list[str]:
    """Transports of a passkey."""
    _need(isinstance(value, list))
    return [_text(name) for name in value]


def _options(value: Any) -> dict[str, Any]:
    """Options of an export: `lufs`, or None."""
    _need(isinstance(value, dict) and isinstance(value["lufs"], int | float | None))
    return value


def _object(value: Any) -> dict[str, Any]:
    _need(isinstance(value, dict))
    return value


READERS: dict[str, Callable[[Any], Any]] = {
    "reading": _reading,
    "words": _words,
    "take": _take,
    "voices": _voices,
    "transports": _transports,
    "options": _options,
    "choices": _object,
    "report": _object,
}
# A take has none, for sound without its segments fits nowhere, and neither has a report.
DEFAULTS = {
    "reading": "{}",
    "words": "[]",
    "voices": "[]",
    "transports": "[]",
    "options": '{"lufs": null}',
    "choices": "{}",
}
