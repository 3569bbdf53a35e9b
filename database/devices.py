"""Log-ins from browsers that were not known."""

from database.connection import Connection

SHOWN = 5


class Devices(Connection):
    """What a person is told about log-ins, until they answer."""

    def note_new_device(self, user_id: int, *, device: str, ip_address: str, now: float) -> int:
        """The number of the alert; one of the same browser and address is counted up."""
        return self._write_row(
            """INSERT INTO login_alerts (user_id, device, ip_address, latest_epoch)
               VALUES (?, ?, ?, ?)
               ON CONFLICT (user_id, device, ip_address) DO UPDATE
                   SET times = times + 1, latest_epoch = excluded.latest_epoch
               RETURNING id""",
            user_id, device, ip_address, now,
        )["id"]  # fmt: skip

    def list_alerts(self, user_id: int, *, but: int | None = None) -> list[dict]:
        """The latest alerts of the account that wait for an answer, without one of them."""
        return self._rows(
            """SELECT * FROM login_alerts WHERE user_id = ? AND id IS NOT ?
               ORDER BY latest_epoch DESC, id DESC LIMIT ?""",
            user_id, but, SHOWN,
        )  # fmt: skip

    def close_alert(self, user_id: int, alert_id: int) -> bool:
        """Forget an alert that was answered; False when the account has no such."""
        return bool(
            self._write(
                "DELETE FROM login_alerts WHERE id = ? AND user_id = ?", alert_id, user_id
            ).rowcount
        )

    def end_alerted_sessions(self, user_id: int, alert_id: int) -> int:
        """End the sessions that an alert is about; returns how many."""
        return self._write(
            "DELETE FROM sessions WHERE user_id = ? AND alert_id = ?", user_id, alert_id
        ).rowcount

    def forget_devices(self, user_id: int) -> None:
        """Make every browser of the account one that was not seen before."""
        self._write(
            "UPDATE users SET devices_forgotten = devices_forgotten + 1 WHERE id = ?", user_id
        )
