"""Throttling of guesses at passwords and codes, by the failures in the security log."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from accounts.errors import TooManyAttempts
from common import usernames
from database import Database
from queries.rows import User
from queries.security_log import SecurityEvent

if TYPE_CHECKING:
    from accounts.types import Visitor

ACCOUNT_FREE_FAILURES = 5
ADDRESS_FREE_FAILURES = 20
QUICK_FAILURES = 25  # at one account within the window, however often it was logged in to
CODES_OF_A_DAY = 10  # wrong ones, after which the long waits begin
WINDOW_S = 3600
DAY_S = 86400
LONGEST_WAIT_S = 30
LONGEST_CODE_WAIT_S = 900
MOST_COUNTED = 20
REGISTRATIONS_PER_HOUR = 10


class LoginThrottle:
    """Counts failures and raises TooManyAttempts while they ask for a wait.

    `log` writes an event about a row of `users`, or None: its kind, the visitor, the row, whether
    it succeeded, the name that was told.
    """

    def __init__(self, db: Database, clock: Callable[[], float], log: Callable[..., None]) -> None:
        self._db, self._clock, self._log = db, clock, log

    def check_password(
        self, user: User | None, name: str, visitor: "Visitor", is_known: bool
    ) -> None:
        """Throttle a login by name and by address, in a known browser by its own failures."""
        try:
            if user is not None and is_known:
                self._refuse_of(user["id"], "login_failed_known_device")
                return
            since, until = _text_time(self._clock() - WINDOW_S), self._soon()
            by_name = self._db.get_failed_login_attempts(username=name, since=since, until=until)
            attempts, latest = by_name["attempts"], by_name["latest"]
            if by_name["total"] > QUICK_FAILURES:
                # Each time the owner logs in, guessing would begin anew.
                attempts, latest = by_name["total"], by_name["latest_of_all"]
            self._refuse_while_waiting(attempts, latest, ACCOUNT_FREE_FAILURES)
            by_address = self._db.get_failed_login_attempts(
                ip_address=visitor.ip, since=since, until=until
            )
            self._refuse_while_waiting(
                by_address["attempts"], by_address["latest"], ADDRESS_FREE_FAILURES
            )
        except TooManyAttempts:
            self._log_throttled(user, user["username"] if user else name, visitor)
            raise

    def check_user(self, event_type: str, user: User, visitor: "Visitor") -> None:
        """Throttle a known user, by the failures of one kind since the last login."""
        try:
            self._refuse_of(user["id"], event_type)
        except TooManyAttempts:
            self._log_throttled(user, user["username"], visitor)
            raise

    def check_code(self, event_type: str, user: User, visitor: "Visitor") -> None:
        """Throttle six-digit codes; beyond ten failures of a day waits double up to 15 minutes.

        Whoever logs in meanwhile, the day's failures count: guessing does not begin anew.
        """
        self.check_user(event_type, user, visitor)
        since = _text_time(self._clock() - DAY_S)
        failures = self._failures(user["id"], event_type, since)
        beyond = len(failures) - CODES_OF_A_DAY
        if beyond < 0:
            return
        wait_s = min(LONGEST_CODE_WAIT_S, LONGEST_WAIT_S * 2**beyond)
        try:
            self._refuse_until(failures[0]["timestamp"], wait_s)
        except TooManyAttempts:
            self._log_throttled(user, user["username"], visitor)
            raise

    def check_registrations(self, visitor: "Visitor") -> None:
        """Throttle the making of accounts, by address."""
        rows = self._db.get_security_logs(event_type="register", until=self._soon(), limit=100)
        hour_ago = _text_time(self._clock() - WINDOW_S)
        recent = [
            row for row in rows if row["timestamp"] > hour_ago and row["ip_address"] == visitor.ip
        ]
        if len(recent) >= REGISTRATIONS_PER_HOUR:
            left_s = _epoch(recent[-1]["timestamp"]) + WINDOW_S - self._clock()
            raise TooManyAttempts(max(1, round(left_s)), "accounts of an hour")

    def _refuse_of(self, user_id: int, event_type: str) -> None:
        logins = self._db.get_security_logs(user_id=user_id, event_type="login", limit=1)
        last_login = max((row["id"] for row in logins), default=0)
        since = _text_time(self._clock() - WINDOW_S)
        recent = [
            row for row in self._failures(user_id, event_type, since) if row["id"] > last_login
        ]
        latest = recent[0]["timestamp"] if recent else None
        self._refuse_while_waiting(len(recent), latest, ACCOUNT_FREE_FAILURES)

    def _failures(self, user_id: int, event_type: str, since: str) -> list[SecurityEvent]:
        """The latest failures of a person, the latest first."""
        return self._db.get_security_logs(
            user_id=user_id,
            event_type=event_type,
            since=since,
            until=self._soon(),
            limit=MOST_COUNTED,
        )

    def _refuse_while_waiting(self, attempts: int, latest: str | None, free: int) -> None:
        beyond = attempts - free
        if beyond < 0 or not latest:
            return
        # One second more than the doubling says, because the log rounds its times down.
        self._refuse_until(latest, min(LONGEST_WAIT_S, 1 + 2 ** min(beyond, 10)))

    def _refuse_until(self, latest: str, wait_s: int) -> None:
        left_s = _epoch(latest) + wait_s - self._clock()
        if left_s > 0:
            raise TooManyAttempts(max(1, round(left_s)))

    def _log_throttled(self, user: User | None, name: str, visitor: "Visitor") -> None:
        minute_ago = _text_time(self._clock() - 60)
        latest = self._db.get_security_logs(
            event_type="login_throttled", until=self._soon(), limit=20
        )
        key = usernames.look(name)
        is_logged = any(row["timestamp"] > minute_ago and row["name_key"] == key for row in latest)
        if not is_logged:
            self._log("login_throttled", visitor, user, success=False, name=name)

    def _soon(self) -> str:
        """Time from which failures do not count: they were written while the clock was ahead."""
        return _text_time(self._clock() + 2)


def _text_time(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _epoch(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
