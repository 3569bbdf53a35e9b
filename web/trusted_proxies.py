"""Proxies in front: whom a request comes from, and under which name and scheme it was made.

What a client says about itself is believed from nobody but the proxies that were named.
"""

from collections.abc import Callable
from typing import Any

from common.ip_address import Address, Network, address

Environ = dict[str, Any]

FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
FORWARDED_HOST = "HTTP_X_FORWARDED_HOST"
FORWARDED_PROTO = "HTTP_X_FORWARDED_PROTO"
SAID_BY_PROXIES = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP")
BY_PROXY = "voiceverse.by_proxy"  # in the environ: whether a trusted proxy hands the request on
MOST_HOPS = 20
SCHEMES = ("http", "https")


def client_behind(
    peer: Address, forwarded: str, trusted: tuple[Network, ...]
) -> tuple[Address, int]:
    """The client behind the proxies, and the number of proxies, at least one.

    It is the first address in `forwarded`, from the right, that is no trusted proxy's.
    """
    client, hops = peer, 0
    for text in reversed(_parts(forwarded)[-MOST_HOPS:]):
        found = address(text)
        if found is None or not any(client in network for network in trusted):
            break
        client, hops = found, hops + 1
    return client, max(1, hops)


def is_secure_behind(
    peer: Address, forwarded: str, schemes: str, trusted: tuple[Network, ...]
) -> bool:
    """Whether trusted proxies say that a request came to them over https."""
    if not any(peer in network for network in trusted):
        return False
    return _said(schemes, client_behind(peer, forwarded, trusted)[1]).lower() == "https"


class TrustedProxies:
    """A WSGI app behind proxies: of trusted ones their word is taken, of others it is dropped."""

    def __init__(self, app: Callable[..., Any], trusted: tuple[Network, ...]) -> None:
        self._app = app
        self._trusted = trusted

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Any:
        peer = address(environ.get("REMOTE_ADDR", ""))
        if peer is not None and self.is_trusted(peer):
            environ[BY_PROXY] = FORWARDED_FOR in environ
            self._believe(environ, peer)
        for name in [name for name in environ if name.startswith(SAID_BY_PROXIES)]:
            del environ[name]
        return self._app(environ, start_response)

    def is_trusted(self, peer: Address) -> bool:
        """Whether an address is that of a proxy that was named."""
        return any(peer in network for network in self._trusted)

    def _believe(self, environ: Environ, peer: Address) -> None:
        client, hops = client_behind(peer, environ.get(FORWARDED_FOR, ""), self._trusted)
        environ["REMOTE_ADDR"] = str(client)
        if (scheme := _said(environ.get(FORWARDED_PROTO, ""), hops).lower()) in SCHEMES:
            environ["wsgi.url_scheme"] = scheme
        if host := _said(environ.get(FORWARDED_HOST, ""), hops):
            environ["HTTP_HOST"] = host


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _said(words: str, hops: int) -> str:
    """What the outermost of the trusted proxies said, each having added its word on the right."""
    said = _parts(words)[-hops:]
    return said[0] if said else ""
