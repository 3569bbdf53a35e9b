"""Numbers and times as people read them, in their language; registered as template filters."""

import math
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_currency, format_decimal
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _

MINUTE_S = 60
HOUR_S = 3600
HALF_A_YEAR_AND_MORE = timedelta(days=300)
DATES = {"en": "en_GB"}  # day before month, as in "22 November"
DAYS_OF_THIS_YEAR = {
    "en": "EEEE d MMMM",
    "de": "EEEE, d. MMMM",
    "es": "EEEE, d 'de' MMMM",
    "fr": "EEEE d MMMM",
}

EVENTS = {
    "login": lazy_gettext("Logged in"),
    "login_failed": lazy_gettext("Wrong name or password"),
    "login_failed_known_device": lazy_gettext("Wrong password in a known browser"),
    "login_throttled": lazy_gettext("Too many login attempts"),
    "logout": lazy_gettext("Logged out"),
    "setup": lazy_gettext("First account created"),
    "setup_failed": lazy_gettext("Invalid set-up link"),
    "register": lazy_gettext("Account created"),
    "register_failed": lazy_gettext("Account not created"),
    "user_added": lazy_gettext("Account created on the command line"),
    "user_deleted": lazy_gettext("Account deleted"),
    "password_set": lazy_gettext("Password set on the command line"),
    "password_changed": lazy_gettext("Password changed"),
    "password_reset": lazy_gettext("Password reset by a link"),
    "reset_created": lazy_gettext("Password link created"),
    "reset_failed": lazy_gettext("Invalid password link"),
    "session_revoked": lazy_gettext("Session ended"),
    "sessions_revoked": lazy_gettext("Other sessions ended"),
    "invite_created": lazy_gettext("Invitation created"),
    "invite_revoked": lazy_gettext("Invitation revoked"),
    "user_enabled": lazy_gettext("Account enabled"),
    "user_disabled": lazy_gettext("Account disabled"),
    "role_changed": lazy_gettext("Role changed"),
    "limits_changed": lazy_gettext("Limits changed"),
    "rule_changed": lazy_gettext("Rule changed"),
    "backup_asked": lazy_gettext("Backup requested"),
    "backup_downloaded": lazy_gettext("Backup downloaded"),
    "backup_deleted": lazy_gettext("Backup deleted"),
    "restore_asked": lazy_gettext("Restore requested"),
    "backup_restored": lazy_gettext("Backup restored"),
    "users_merged": lazy_gettext("Accounts merged"),
    "data_exported": lazy_gettext("Data exported"),
    "history_cleared": lazy_gettext("History cleared"),
    "log_exported": lazy_gettext("Security log exported"),
    "provider_added": lazy_gettext("Provider added"),
    "provider_changed": lazy_gettext("Provider changed"),
    "provider_removed": lazy_gettext("Provider removed"),
    "provider_key_set": lazy_gettext("Provider key added"),
    "provider_key_removed": lazy_gettext("Provider key removed"),
    "own_key_set": lazy_gettext("Own key added"),
    "own_key_removed": lazy_gettext("Own key removed"),
    "second_factor_started": lazy_gettext("Two-factor set-up started"),
    "second_factor_on": lazy_gettext("Two-factor authentication turned on"),
    "second_factor_off": lazy_gettext("Two-factor authentication turned off"),
    "second_factor_reset": lazy_gettext("Two-factor authentication and passkeys removed"),
    "second_factor_rule": lazy_gettext("Two-factor authentication made required"),
    "shared": lazy_gettext("Shared"),
    "share_withdrawn": lazy_gettext("Sharing stopped"),
    "link_created": lazy_gettext("Link created"),
    "link_revoked": lazy_gettext("Link withdrawn"),
    "links_rule": lazy_gettext("Rule for links changed"),
    "bought_sound_rule": lazy_gettext("Sharing of paid audio changed"),
    "second_factor_failed": lazy_gettext("Wrong two-factor code"),
    "second_factor_failed_known_device": lazy_gettext("Wrong code in a known browser"),
    "recovery_code_used": lazy_gettext("Recovery code used"),
    "recovery_codes_renewed": lazy_gettext("New recovery codes"),
    "passkey_added": lazy_gettext("Passkey added"),
    "passkey_removed": lazy_gettext("Passkey removed"),
    "passkey_refused": lazy_gettext("Passkey not added"),
    "passkey_failed": lazy_gettext("Passkey refused"),
    "passkey_copied": lazy_gettext("Passkey with an old counter refused"),
    "device_accepted": lazy_gettext("New login confirmed"),
    "device_refused": lazy_gettext("New login logged out"),
    "limit_reached": lazy_gettext("Limit reached"),
    "address_refused": lazy_gettext("Address blocked"),
    "admin_refused": lazy_gettext("Admin page refused"),
    "csrf_refused": lazy_gettext("Form from another page blocked"),
    "request_too_large": lazy_gettext("Request too large"),
}

NOTES = {
    "login_failed": lazy_gettext(
        "Somebody tried a wrong password for this name. If it was not you and it happens often, "
        "choose a longer password."
    ),
    "login_failed_known_device": lazy_gettext(
        "The password was wrong in a browser that had logged in before. If it was not "
        "you, somebody is using one of your devices."
    ),
    "second_factor_failed": lazy_gettext(
        "Somebody entered the right password and a wrong code. If it was not you, "
        "somebody else knows your password: choose a new one."
    ),
    "passkey_copied": lazy_gettext(
        "The counter of a passkey did not increase, as if there were a copy of it. Remove "
        "it and add it again."
    ),
    "login_throttled": lazy_gettext(
        "After several wrong passwords, each further try had to wait. Nobody got in."
    ),
    "csrf_refused": lazy_gettext(
        "A form expired, or another site tried to submit it. Nothing was changed."
    ),
}

Dated = TypeVar("Dated", bound=Mapping[str, Any])  # a row with a time


def event_note(event_type: str) -> str:
    """Explain a kind of event and what to do about it; empty where the name says it all."""
    return str(NOTES.get(event_type, ""))


def event_name(event_type: str) -> str:
    """A kind of security event in words."""
    known = EVENTS.get(event_type)
    return str(known) if known else event_type.replace("_", " ").capitalize()


def stored_number(value: Any, default: float = 0) -> float:
    """A number that was stored; the default for anything else, which only a damaged row holds."""
    return value if isinstance(value, int | float) and math.isfinite(value) else default


def whole_seconds(seconds: float) -> int:
    """Seconds to the nearest whole one, a half up; static/js/lib/format.js counts alike."""
    return max(0, math.floor(stored_number(seconds) + 0.5))


def clock(seconds: float) -> str:
    """A place in a sound as a player shows it: 0:58, 1:02:03."""
    whole = whole_seconds(seconds)
    hours, rest = divmod(whole, HOUR_S)
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


def running_time(seconds: float) -> str:
    """The length of a sound as a player shows it; whatever can be heard has a second at least."""
    return clock(max(1, seconds) if stored_number(seconds) > 0 else 0)


def spoken_length(seconds: float) -> str:
    """A length in words: 45 s, 1 min 25 s, 2 h 5 min."""
    whole = whole_seconds(max(1, seconds) if stored_number(seconds) > 0 else 0)
    if whole < MINUTE_S:
        return _("%(s)s s", s=whole)
    minutes, rest = divmod(whole, MINUTE_S)
    if rest and minutes < 10:
        return _("%(min)s min %(s)s s", min=minutes, s=rest)
    hours, minutes = divmod(whole_seconds(whole / MINUTE_S), 60)
    if not hours:
        return _("%(min)s min", min=minutes)
    shown = count(hours)
    return _("%(h)s h %(min)s min", h=shown, min=minutes) if minutes else _("%(h)s h", h=shown)


def money(usd: float | None) -> str:
    """A cost in USD: free, $0.0153, $12.40."""
    if usd is None:
        return _("price unknown")
    usd = stored_number(usd)
    if usd <= 0:
        return _("free")
    if usd < 0.0001:
        return _("under %(amount)s", amount=_amount(0.0001, 4, _code()))
    return _amount(usd, 2 if usd >= 1 else 4, _code())


def count(number: int) -> str:
    """A count with separators: 1,204."""
    return _decimal(stored_number(number), "#,##0", _code())


def decimal(number: float) -> str:
    """A small number with up to two digits behind the point: 0.35."""
    return _decimal(number, "#,##0.##", _code())


def size(number: int) -> str:
    """Bytes in the unit that fits: 640 KB, 12.3 MB, 1.2 GB."""
    size_bytes = stored_number(number)
    if size_bytes < 1_000_000:
        return f"{count(max(1, round(size_bytes / 1000)) if size_bytes else 0)} KB"
    if size_bytes < 1_000_000_000:
        return f"{_decimal(round(size_bytes / 1_000_000, 1), '#,##0.0', _code())} MB"
    return f"{_decimal(round(size_bytes / 1_000_000_000, 1), '#,##0.0', _code())} GB"


def local(stored: str | float) -> datetime | None:
    """A stored UTC time, or seconds since 1970, in the time zone of this machine.

    None for what no clock has shown, which only a damaged row holds.
    """
    try:
        if isinstance(stored, str):
            return datetime.fromisoformat(stored).replace(tzinfo=UTC).astimezone()
        return datetime.fromtimestamp(stored, UTC).astimezone()
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def hour(stored: str | float) -> str:
    """The time of day of a stored UTC time, or of seconds since 1970: 14:05."""
    when = local(stored)
    return f"{when.hour:02}:{when.minute:02}" if when else "–"


def day(when: date) -> str:
    """A day as a heading: Today, Yesterday, Sunday 22 November, 22 November 2025."""
    today = datetime.now().astimezone().date()
    if when == today:
        return _("Today")
    if when == today - timedelta(days=1):
        return _("Yesterday")
    return _day(when, today - HALF_A_YEAR_AND_MORE < when < today, _code())


def short_day(row: Mapping[str, Any]) -> str:
    """The day of a row with `year`, `month` and `day`: 22 Nov."""
    last = monthrange(row["year"], row["month"])[1]
    when = date(row["year"], row["month"], min(row["day"], last))
    return _skeleton(when, "MMMd", _code())


def moment(text: str | float | None) -> str:
    """A stored UTC time, or seconds since 1970, in full: Today 14:05."""
    if text is None or text == "":
        return _("never")
    when = local(text)
    return f"{day(when.date())} {when:%H:%M}" if when else _("at an unknown time")


def ago(text: str | float | None) -> str:
    """How long ago a stored UTC time, or seconds since 1970, was: 3 days ago; just now."""
    if text is None or text == "":
        return _("never")
    when = local(text)
    if when is None:
        return _("at an unknown time")
    passed = datetime.now().astimezone() - when
    if passed < timedelta(minutes=1):
        return _("just now")
    locale = DATES.get(_code(), _code())
    return format_timedelta(-passed, add_direction=True, locale=locale)


def month(row: Mapping[str, Any]) -> str:
    """The month of a row with `year` and `month`: November 2026."""
    return _skeleton(date(row["year"], row["month"], 1), "yMMMM", _code())


def month_name(row: Mapping[str, Any]) -> str:
    """The month of a row without its year: November."""
    return _month_name(row["month"], _code())


def month_key(row: Mapping[str, Any]) -> str:
    """The month of a row as addresses write it: 2026-11."""
    return f"{row['year']}-{row['month']:02}"


def iso_day(text: str) -> str:
    """A day written 2027-01-06, as people read it; what is no day stays as it is."""
    try:
        return _day(date.fromisoformat(text), False, _code())
    except ValueError:
        return text


def by_day(rows: Iterable[Dated], column: str) -> Iterator[tuple[str, list[Dated]]]:
    """Rows, newest first, under the headings of their local days."""
    for when, of_day in groupby(rows, lambda row: _date_of(local(row[column]))):
        yield day(when) if when else _("Unknown time"), list(of_day)


def _date_of(when: datetime | None) -> date | None:
    return when and when.date()


def _code() -> str:
    locale = get_locale()
    return locale.language if locale else "en"


# Formatting takes Babel ten microseconds and more; a page shows hundreds of numbers.


@lru_cache(maxsize=4096)
def _decimal(number: float, pattern: str, code: str) -> str:
    return format_decimal(number, pattern, locale=code)


@lru_cache(maxsize=4096)
def _amount(usd: float, digits: int, code: str) -> str:
    rounded = round(Decimal(str(usd)), digits)
    return format_currency(
        rounded.normalize(), "USD", locale=code, currency_digits=False, decimal_quantization=False
    )


@lru_cache(maxsize=1024)
def _day(when: date, is_near: bool, code: str) -> str:
    if not is_near:
        return format_date(when, "long", locale=DATES.get(code, code))
    pattern = DAYS_OF_THIS_YEAR.get(code)
    if pattern:
        return format_date(when, pattern, locale=code)
    return format_skeleton("MMMMEEEEd", when, locale=code)


@lru_cache(maxsize=64)
def _month_name(number: int, code: str) -> str:
    return format_date(date(2000, number, 1), "LLLL", locale=code)


@lru_cache(maxsize=1024)
def _skeleton(when: date, skeleton: str, code: str) -> str:
    return format_skeleton(skeleton, when, locale=Locale.parse(DATES.get(code, code)))


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": clock,
    "running_time": running_time,
    "stored_number": stored_number,
    "spoken_length": spoken_length,
    "money": money,
    "count": count,
    "size": size,
    "decimal": decimal,
    "hour": hour,
    "moment": moment,
    "ago": ago,
    "month": month,
    "month_name": month_name,
    "month_key": month_key,
    "short_day": short_day,
    "iso_day": iso_day,
    "by_day": by_day,
    "event_name": event_name,
    "event_note": event_note,
}
