"""Facts about the current request: its values, its sender, the form of answer it wants."""

import ipaddress

from flask import g, request

from accounts.passkeys import Site
from accounts.types import Visitor
from web.device_names import device_name
from web.services import services

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def request_value(name: str) -> str:
    """A value of the form that was sent; without one, of the address."""
    sent = request.args if request.method in SAFE_METHODS else request.form
    return sent.get(name, "")


def is_insecure() -> bool:
    """Whether others on the way could read along: no https, and not on this very machine."""
    return not request.is_secure and not services().hosts.is_this_machine(request.host)


def wants_json() -> bool:
    """Whether the client would rather have JSON than a page."""
    accept = request.accept_mimetypes
    return accept["application/json"] > accept["text/html"]


def visitor() -> Visitor:
    """The address, browser and number of the current request."""
    return Visitor(request.remote_addr or "", device_name(), g.request_id)


def passkey_site() -> Site | None:
    """The site that passkeys would belong to here; None where browsers have none.

    They want HTTPS, or this very machine, and a name in place of a bare address.
    """
    host = request.host.lower()
    name = host.rpartition(":")[0] if ":" in host else host
    is_here = name == "localhost" or name.endswith(".localhost")
    if not (request.is_secure or is_here) or _is_address(name):
        return None
    return Site(name, f"{request.scheme}://{host}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
