"""Alerts about logins from browsers that were not known."""

from typing import TypedDict

from queries.base import Row, Statements

SHOWN = 5


class LoginAlert(TypedDict):
    """An alert about logins from one unknown browser, which its person has not answered."""

    id: int
    user_id: int
    device: str
    ip_address: str
    times: int
    latest_epoch: float


class NewDeviceQueries(Statements):
    """Alerts, each of which stays until its person answers it."""

    def note_new_device(
        self, user_id: int, session_id: int, *, device: str, ip_address: str, now: float
    ) -> int:
        """Add a session to the alert for its browser and address; returns the alert's number."""
        with self.transaction():
            alert_id: int = self.write_one(
                Row,
                """INSERT INTO login_alerts (user_id, device, ip_address, latest_epoch)
                   VALUES (?, ?, ?, ?)
                   ON CONFLICT (user_id, device, ip_address) DO UPDATE
                       SET times = times + 1, latest_epoch = excluded.latest_epoch
                   RETURNING id""",
                user_id, device, ip_address, now,
            )["id"]  # fmt: skip
            self.write(
                "INSERT INTO alerted_sessions (session_id, alert_id) VALUES (?, ?)",
                session_id, alert_id,
            )  # fmt: skip
            return alert_id

    def list_alerts(self, user_id: int, *, but: int | None = None) -> list[LoginAlert]:
        """The latest alerts of the account that wait for an answer, without the one of `but`."""
        return self.list_of(
            LoginAlert,
            """SELECT * FROM login_alerts WHERE user_id = ? AND id IS NOT ?
               ORDER BY latest_epoch DESC, id DESC LIMIT ?""",
            user_id, but, SHOWN,
        )  # fmt: skip

    def close_alert(self, user_id: int, alert_id: int) -> bool:
        """Forget an alert that was answered; False when the account has no such."""
        return bool(
            self.write(
                "DELETE FROM login_alerts WHERE id = ? AND user_id = ?", alert_id, user_id
            ).rowcount
        )

    def end_alerted_sessions(self, user_id: int, alert_id: int) -> int:
        """End the sessions that an alert is about; returns how many."""
        return self.write(
            """DELETE FROM sessions WHERE user_id = ? AND id IN
                   (SELECT session_id FROM alerted_sessions WHERE alert_id = ?)""",
            user_id, alert_id,
        ).rowcount  # fmt: skip

    def forget_devices(self, user_id: int) -> None:
        """Make every browser of the account one that was not seen before."""
        self.write(
            """INSERT INTO forgotten_devices (user_id, times) VALUES (?, 1)
               ON CONFLICT (user_id) DO UPDATE SET times = times + 1""",
            user_id,
        )

    def count_forgotten(self, user_id: int) -> int:
        """Number of times that `forget_devices` was called for the account."""
        return self.value("SELECT times FROM forgotten_devices WHERE user_id = ?", user_id) or 0
