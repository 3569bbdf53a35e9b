"""Forms and addresses, read and checked."""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _

from common.errors import AppError
from speech.text.directives import ReadingOptions
from speech.text.markup import AUTO, LITERAL
from speech.text.script import PARAGRAPH_PAUSE_MS


class BadForm(AppError):
    """A field that cannot be used; `field` names it, `message` says what to do."""

    status = 400

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class ChangedMeanwhile(AppError):
    """The state that a form was made from has changed; `found` tells programs what is there now.

    `field` names the input that holds another value now; "" is the form as a whole.
    """

    status = 409

    def __init__(self, sentence: str = "", *, field: str = "", **found: Any) -> None:
        self.field = field
        super().__init__(
            sentence
            or _(
                "This has changed since you opened it, perhaps in another tab, so your "
                "version was not saved. Save again to replace the other one, or use the "
                "other one instead."
            )
        )
        self.found = found


def version_of(*values: Any) -> str:
    """The version of something that is edited: different for each state."""
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:16]


def check_version(form: Mapping[str, str], *values: Any) -> None:
    """Raise ChangedMeanwhile where a form says that it was made from another state."""
    version, sent = version_of(*values), form.get("version")
    if sent and sent != version:
        raise ChangedMeanwhile(version=version)


class Order(NamedTuple):
    """A text to be spoken, as it was sent; a `speed` of None was left open.

    What a page showed by itself, and nobody changed, is not chosen.
    """

    text: str
    voice: str
    speed: float | None
    name: str
    category: str
    engine: str
    reading: ReadingOptions
    is_voice_chosen: bool
    is_pace_chosen: bool

    def wanted(self) -> dict[str, Any]:
        """What is wanted of voice and pace; what was not chosen is left to the language."""
        reading = self.reading.copy()
        speed = self.speed
        if not self.is_voice_chosen and not self.is_pace_chosen:
            reading.pop("paragraph_pause_ms", None)
            speed = None
        voice = self.voice if self.is_voice_chosen else ""
        return {"voice": voice, "speed": speed, "engine": self.engine, "reading": reading}


def order(form: Mapping[str, str]) -> Order:
    """The text and its settings from the studio's form; raises BadForm for a speed like "fast"."""
    text = form.get("text", "")
    # Browsers send every line end as CRLF; the text that was typed has plain ones.
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    voice, speed, found = (
        form.get("voice", "").strip(),
        _speed(form.get("speed", "")),
        reading(form),
    )
    sent_pace = pace(speed, found.get("paragraph_pause_ms"))
    return Order(
        text,
        voice,
        speed,
        form.get("name", "").strip(),
        form.get("category", "").strip(),
        form.get("engine", "").strip(),
        found,
        is_voice_chosen=bool(voice) and voice != form.get("voice_shown"),
        is_pace_chosen=sent_pace not in (pace(None, None), form.get("pace_shown")),
    )


def pace(speed: float | None, pause_ms: int | None) -> str:
    """Speed and pause between paragraphs, as a page notes which ones it showed by itself."""
    written = "" if speed is None else f"{speed:g}"
    return f"{written} {PARAGRAPH_PAUSE_MS if pause_ms is None else pause_ms}"


def reading(form: Mapping[str, str]) -> ReadingOptions:
    """The reading options of a text: `cast`, names with voices, `paragraph_pause_ms`, `markup`.

    Speakers come as pairs of `speaker` and `speaker_voice`, or in `cast`, a line for each, such
    as "Anna = gmw/de"; without a voice they are read as they stand. Raises BadForm.
    """
    found: ReadingOptions = {}
    cast = {name: voice for name, voice in (*_pairs(form), *_lines(form)) if name and voice}
    if cast:
        found["cast"] = cast
    if written := form.get("paragraph_pause", "").strip():
        found["paragraph_pause_ms"] = _pause_ms(written)
    if markup := form.get("markup", "").strip():
        if markup not in (AUTO, LITERAL):
            raise BadForm("markup", _("Markup must be “auto” or “literal”."))
        found["markup"] = markup
    return found


def _pairs(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    lists: Callable[[str], list[str]] = getattr(form, "getlist", lambda name: [])
    for name, voice in zip(lists("speaker"), lists("speaker_voice"), strict=False):
        yield name.strip(), voice.strip()


def _lines(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for line in form.get("cast", "").splitlines():
        name, sign, voice = line.partition("=")
        if line.strip() and not sign:
            raise BadForm("cast", _("Write speakers like “Anna = voice”, one per line."))
        yield name.strip(), voice.strip()


def _pause_ms(text: str) -> int:
    try:
        seconds = float(text.replace(",", "."))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 3:
        raise BadForm(
            "paragraph_pause", _("The pause between paragraphs must be between 0 and 3 seconds.")
        )
    return round(seconds * 1000)


def _speed(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise BadForm(
            "speed", _("“%(text)s” is not a valid speed. Use a number such as 1.2.", text=text[:20])
        ) from None


def seconds(text: str) -> float:
    """A place in a sound, in seconds; raises BadForm."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < 1e9:
        raise BadForm("position_s", _("A position must be a number of seconds, 0 or more."))
    return value


def number(text: str, field: str = "id") -> int:
    """A row's number; raises BadForm."""
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise BadForm(field, _("There is nothing with that number here."))
    return int(text)


def day_start(text: str | None, days_later: int = 0, *, field: str = "day") -> str | None:
    """The UTC text of when a day, written 2026-11-22, begins on this machine; raises BadForm."""
    if not text:
        return None
    try:
        when = date.fromisoformat(text) + timedelta(days=days_later)
        start = datetime.combine(when, time()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadForm(field, _("Write dates like 2026-11-22.")) from None
    return f"{start:%Y-%m-%d %H:%M:%S}"


def month(text: str | None) -> tuple[int, int]:
    """A year and a month, written 2026-11; this machine's present ones for ""; raises BadForm."""
    if not text:
        now = datetime.now().astimezone()
        return now.year, now.month
    match = re.fullmatch(r"(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])", text, re.ASCII)
    if match is None:
        raise BadForm("month", _("Write months like 2026-11."))
    return int(match[1]), int(match[2])


def cursor(text: str | None) -> tuple[str, int] | None:
    """The place in a list where the next page starts, from its address; None for the start."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d{1,18})", text or "", re.ASCII)
    return (match.group(1), int(match.group(2))) if match else None


def next_cursor(rows: Sequence[Mapping[str, Any]], limit: int, column: str) -> str | None:
    """The cursor after a full page of rows; None after the last page."""
    return f"{rows[limit - 1][column]}.{rows[limit - 1]['id']}" if len(rows) > limit else None
