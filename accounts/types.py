"""Types of the account rules: the sender of a request, and the result of a login."""

from dataclasses import dataclass

from queries.rows import User


@dataclass(frozen=True, slots=True)
class Visitor:
    """Sender of a request, for sessions and the security log."""

    ip: str = ""
    device: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class LoginResult:
    """A new session: the token for the cookie, the account, and the token of a known browser.

    While a second step is still to be taken there is only `pending`, the proof of the first.
    """

    token: str
    user: User
    device_token: str
    pending: str = ""
