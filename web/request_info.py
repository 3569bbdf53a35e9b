"""Facts about the current request: its values, its sender, the form of answer it wants."""

from flask import g, request

from accounts.types import Visitor
from web.device_names import device_name
from web.services import services

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def sent_value(name: str) -> str:
    """What the form that was sent says; without one, what the address says."""
    sent = request.args if request.method in SAFE_METHODS else request.form
    return sent.get(name, "")


def is_overheard() -> bool:
    """Whether others on the way could read along: no https, and not on this very machine."""
    return not request.is_secure and not services().hosts.is_this_machine(request.host)


def wants_json() -> bool:
    """Whether the client would rather have JSON than a page."""
    accept = request.accept_mimetypes
    return accept["application/json"] > accept["text/html"]


def visitor() -> Visitor:
    """Where the current request comes from."""
    return Visitor(request.remote_addr or "", device_name(), g.request_id)
