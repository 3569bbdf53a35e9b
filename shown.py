"""Numbers and times as people read them; registered as filters of the templates."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

MINUTE_S = 60
HOUR_S = 3600


EVENTS = {
    "login": "Logged in",
    "login_failed": "Wrong name or password",
    "login_failed_known_device": "Wrong password in a known browser",
    "login_throttled": "Too many attempts to log in",
    "logout": "Logged out",
    "setup": "First account made",
    "setup_failed": "Invalid set-up link",
    "register": "Account made",
    "register_failed": "Account refused",
    "user_added": "Account made on the machine",
    "password_set": "Password set on the machine",
    "password_changed": "Password changed",
    "session_revoked": "Session ended",
    "sessions_revoked": "Other sessions ended",
    "invite_created": "Invitation made",
    "invite_revoked": "Invitation revoked",
    "user_enabled": "Account let in again",
    "user_disabled": "Account kept out",
    "users_merged": "Accounts merged",
    "csrf_refused": "Form from another page refused",
    "request_too_large": "Request too large",
}


def event_name(event_type: str) -> str:
    """A kind of security event in words."""
    return EVENTS.get(event_type, event_type.replace("_", " ").capitalize())


def clock(seconds: float) -> str:
    """A length as a player shows it: 0:58, 1:02:03."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, HOUR_S)
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


def spoken_length(seconds: float) -> str:
    """A length in words: 45 s, 1 min 25 s, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < MINUTE_S:
        return f"{whole} s"
    if whole < HOUR_S:
        minutes, rest = divmod(whole, MINUTE_S)
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, rest = divmod(round(whole / MINUTE_S), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def money(usd: float | None) -> str:
    """A cost in USD: free, $0.0153, $12.40."""
    if usd is None:
        return "price not known"
    if usd <= 0:
        return "free"
    if usd < 0.0001:
        return "under $0.0001"
    if usd >= 1:
        return f"${usd:,.2f}"
    digits = f"{usd:.4f}".rstrip("0")
    return f"${digits.ljust(4, '0')}"


def count(number: int) -> str:
    """A count with separators: 1,204."""
    return f"{number:,}"


def size(number: int) -> str:
    """Bytes in the unit that fits: 640 KB, 12.3 MB, 1.2 GB."""
    if number < 1_000_000:
        return f"{max(1, round(number / 1000)) if number else 0} KB"
    if number < 1_000_000_000:
        return f"{number / 1_000_000:.1f} MB"
    return f"{number / 1_000_000_000:.1f} GB"


def local(text: str) -> datetime:
    """A stored UTC time in the time zone of this machine."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone()


def hour(text: str) -> str:
    """The time of day of a stored UTC time: 14:05."""
    return f"{local(text):%H:%M}"


def day(when: date) -> str:
    """A day as a heading: Today, Yesterday, Sunday 22 November, 22 November 2025."""
    today = datetime.now().astimezone().date()
    if when == today:
        return "Today"
    if when == today - timedelta(days=1):
        return "Yesterday"
    if today - timedelta(days=300) < when < today:
        return f"{when:%A} {when.day} {when:%B}"
    return f"{when.day} {when:%B %Y}"


def moment(text: str | float | None) -> str:
    """A stored UTC time, or seconds since 1970, in full: Today 14:05."""
    if text is None or text == "":
        return "never"
    when = local(text) if isinstance(text, str) else datetime.fromtimestamp(text).astimezone()
    return f"{day(when.date())} {when:%H:%M}"


def month(row: dict[str, Any]) -> str:
    """The month of a usage row: November 2026."""
    return f"{date(row['year'], row['month'], 1):%B %Y}"


def by_day(rows: Iterable[dict[str, Any]], column: str) -> Iterator[tuple[str, list[dict]]]:
    """Rows, newest first, under the headings of their local days."""
    for when, of_day in groupby(rows, lambda row: local(row[column]).date()):
        yield day(when), list(of_day)


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": clock,
    "spoken_length": spoken_length,
    "money": money,
    "count": count,
    "size": size,
    "hour": hour,
    "moment": moment,
    "month": month,
    "by_day": by_day,
    "event_name": event_name,
}
