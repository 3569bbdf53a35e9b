"""Refusals in the security log; those that may come in floods are noted once in a while."""

from contextlib import suppress

from flask import g, request

from common.errors import AppError
from documents.errors import FetchRefused
from speech.engines.pinned_http import ForbiddenAddress
from storage.errors import DatabaseError
from web.rate_limits import neighbourhood
from web.services import services


def neighbours() -> str:
    """The key under which limits count everybody at the address of this request."""
    return neighbourhood(request.remote_addr or "")


def log_event(event_type: str, details: str) -> None:
    """Note a refusal in the security log, with the person and address that it met."""
    user = g.get("user") or {}
    services().db.log_security_event(
        event_type,
        user_id=user.get("user_id"),
        username=user.get("username"),
        ip_address=request.remote_addr,
        details=details[:200],
        success=False,
        request_id=g.get("request_id"),
    )


def log_limit(event_type: str, limit: str) -> None:
    """Note a refusal that may come in floods: the first of ten minutes, by person or address."""
    user = g.get("user")
    who = ("person", user["user_id"]) if user else neighbours()
    if services().rates.is_first_refusal(who, limit):
        # Where the log cannot be written, the refusal stands all the same.
        with suppress(DatabaseError):
            log_event(event_type, f"{limit}: {request.method} {request.path}")


def log_refusal(error: AppError) -> None:
    """Write into the security log what was refused, where that is a limit or an address."""
    if limit := getattr(error, "limit", ""):
        log_limit("limit_reached", limit)
    elif isinstance(error, FetchRefused | ForbiddenAddress):
        log_limit("address_refused", "addresses")
