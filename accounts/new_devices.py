"""Alerts about logins from new browsers, and the answers that people give."""

from accounts.accounts import Accounts
from accounts.types import Visitor
from database import Database
from queries.new_devices import LoginAlert
from queries.rows import Session


class NewDeviceAlerts:
    """Rules about alerts; a session is never asked about itself."""

    def __init__(self, db: Database, accounts: Accounts) -> None:
        self._db = db
        self._accounts = accounts

    def alerts(self, user: Session) -> list[LoginAlert]:
        """List the logins that this session's person has not answered for, the latest first."""
        return self._db.list_alerts(user["id"], but=user["alert_id"])

    def accept(self, user: Session, alert_id: int, visitor: Visitor) -> bool:
        """Note that a log-in was the person's own; False when they are not asked about it."""
        if alert_id == user["alert_id"]:
            return False
        was_asked = self._db.close_alert(user["id"], alert_id)
        if was_asked:
            self._accounts.log("device_accepted", user, visitor)
        return was_asked

    def refuse(self, user: Session, alert_id: int, visitor: Visitor) -> str | None:
        """Sign out a browser that is not the person's; return a new token for this one, or None.

        Every other browser is taken for an unknown one from now on, that one among them.
        """
        user_id = user["id"]
        if alert_id == user["alert_id"]:
            return None
        with self._db.transaction():
            self._db.end_alerted_sessions(user_id, alert_id)
            if not self._db.close_alert(user_id, alert_id):
                return None
            self._accounts.log("device_refused", user, visitor)
            return self._accounts.device_tokens.forget(user_id)
