"""The security log."""

from collections.abc import Iterator
from typing import TypedDict, Unpack

from common import usernames
from queries.base import Row, Statements
from storage import log_chain

BATCH = 1000
LOGIN, LOGIN_FAILED = "login", "login_failed"


class SecurityEvent(TypedDict):
    """An event of the security log, chained to the one before it by `hash`."""

    id: int
    event_type: str
    user_id: int | None
    username: str | None
    ip_address: str | None
    details: str | None
    success: int
    timestamp: str
    request_id: str | None
    account: int | None
    hash: str
    name_key: str


class EventFilters(TypedDict, total=False):
    """Filters of events; see `get_security_logs`."""

    user_id: int | None
    event_type: str | None
    success: bool | None
    since: str | None
    until: str | None


class LoginFailures(TypedDict):
    """Numbers of failed logins since one succeeded, and in all; times are None without any."""

    attempts: int
    latest: str | None
    total: int
    latest_of_all: str | None


class SecurityLogQueries(Statements):
    """Events of accounts and sessions: what happened, and from where."""

    def log_security_event(
        self,
        event_type: str,
        *,
        user_id: int | None = None,
        username: str | None = None,
        ip_address: str | None = None,
        details: str | None = None,
        success: bool = True,
        request_id: str | None = None,
    ) -> int:
        """Add an event to the chain; returns its id. `details` never holds a secret.

        It is kept without its `user_id` when that account was removed in the meantime.
        """
        with self.transaction():
            at = self.one(
                Row,
                """SELECT coalesce(last_id, 0) AS id, coalesce(last_hash, ?) AS hash,
                          CURRENT_TIMESTAMP AS now,
                          (SELECT id FROM users WHERE id = ?) AS account
                   FROM (SELECT 1) LEFT JOIN security_chain ON true""",
                log_chain.START, user_id,
            )  # fmt: skip
            event: Row = {
                "id": at["id"] + 1, "event_type": event_type, "account": at["account"],
                "username": username, "ip_address": ip_address, "details": details,
                "success": int(success), "timestamp": at["now"], "request_id": request_id,
            }  # fmt: skip
            event["hash"] = log_chain.link(at["hash"], event)
            self._append(event)
        return event["id"]

    def _append(self, event: Row) -> None:
        self.write(
            f"""INSERT INTO security_logs (user_id, hash, name_key, {", ".join(log_chain.COLUMNS)})
                VALUES (?, ?, ?{", ?" * len(log_chain.COLUMNS)})""",
            event["account"], event["hash"], usernames.look(event["username"] or ""),
            *(event[name] for name in log_chain.COLUMNS),
        )  # fmt: skip
        self.write(
            """INSERT INTO security_chain (id, pruned_id, pruned_hash, last_id, last_hash)
               VALUES (1, 0, ?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET last_id = excluded.last_id,
                   last_hash = excluded.last_hash""",
            log_chain.START, event["id"], event["hash"],
        )  # fmt: skip

    def prune_security_logs(self, before: str, until: str = "9999") -> int:
        """Remove the oldest events, up to the first of `before` (UTC text) or later.

        One of after `until` was written while the clock was ahead, and holds up no older one.

        What remains can still be checked: the hash of the last one removed is kept.
        """
        with self.transaction():
            last = self.row(
                """SELECT id, hash FROM security_logs WHERE id < coalesce(
                       (SELECT min(id) FROM security_logs INDEXED BY idx_security_timestamp
                        WHERE timestamp >= ? AND timestamp < ?),
                       (SELECT max(id) + 1 FROM security_logs))
                   ORDER BY id DESC LIMIT 1""",
                before, until,
            )  # fmt: skip
            if last is None:
                return 0
            self.write(
                "UPDATE security_chain SET pruned_id = ?, pruned_hash = ?", last["id"], last["hash"]
            )
            return self.write("DELETE FROM security_logs WHERE id <= ?", last["id"]).rowcount

    def get_security_logs(
        self,
        *,
        user_id: int | None = None,
        event_type: str | None = None,
        success: bool | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 100,
        before_id: int | None = None,
    ) -> list[SecurityEvent]:
        """Events, newest first; of one person, or of all when `user_id` is None.

        `since` is the first time wanted (UTC text), `until` the first not wanted any more;
        `before_id` the last event seen.
        """
        conditions = {
            "user_id = ?": user_id,
            "event_type = ?": event_type,
            "success = ?": None if success is None else int(success),
            "timestamp >= ?": since,
            "timestamp < ?": until,
        }
        wanted = {sql: value for sql, value in conditions.items() if value is not None}
        parts, values = list(wanted), list(wanted.values())
        if before_id is not None:
            # When something happened to others is nobody else's business.
            seen = self.value(
                """SELECT timestamp FROM security_logs
                   WHERE id = ? AND (? IS NULL OR user_id = ?)""",
                before_id, user_id, user_id,
            )  # fmt: skip
            parts.append("(timestamp, id) < (?, ?)")
            values += [seen or "", before_id]
        where = f"WHERE {' AND '.join(parts)}" if parts else ""
        return self.list_of(
            SecurityEvent,
            f"SELECT * FROM security_logs {where} ORDER BY timestamp DESC, id DESC LIMIT ?",
            *values, limit,
        )  # fmt: skip

    def iterate_security_logs(self, **filters: Unpack[EventFilters]) -> Iterator[SecurityEvent]:
        """All events that `get_security_logs` finds with these filters, however many."""
        before_id = None
        while rows := self.get_security_logs(**filters, before_id=before_id, limit=BATCH):
            yield from rows
            before_id = rows[-1]["id"]

    def get_failed_login_attempts(
        self,
        *,
        username: str | None = None,
        ip_address: str | None = None,
        since: str,
        until: str = "9999",
    ) -> LoginFailures:
        """Failures since `since` (UTC text) and since the last success: attempts, latest.

        Whatever succeeded in between: total, latest_of_all.

        Counted for one account name, however it is spelled, or for one address; not those from
        `until` on, which a clock wrote down that was ahead.
        """
        value: str | None
        if username is not None:
            index = "idx_security_login_name"
            column, value = "name_key", usernames.look(username)
        else:
            column, value, index = "ip_address", ip_address, "idx_security_login_address"
        events = f"""FROM security_logs INDEXED BY {index}
                     WHERE event_type IN ('{LOGIN}', '{LOGIN_FAILED}') AND {column} = ?
                       AND timestamp >= ? AND timestamp < ? AND event_type ="""
        return self.one(
            LoginFailures,
            f"""WITH last AS (SELECT coalesce(max(id), 0) AS success {events} '{LOGIN}')
                SELECT count(*) FILTER (WHERE id > (SELECT success FROM last)) AS attempts,
                       max(timestamp) FILTER (WHERE id > (SELECT success FROM last)) AS latest,
                       count(*) AS total, max(timestamp) AS latest_of_all
                {events} '{LOGIN_FAILED}'""",
            value, since, until, value, since, until,
        )  # fmt: skip
