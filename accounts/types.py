"""Where a request comes from, and what a log-in gives."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from, for sessions and the security log."""

    ip: str = ""
    device: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class LoginResult:
    """A new session: the token for the cookie, the account, and the token of a known browser.

    While a second step is still to be taken there is only `pending`, the proof of the first.
    """

    token: str
    user: dict[str, Any]
    device_token: str
    pending: str = ""
