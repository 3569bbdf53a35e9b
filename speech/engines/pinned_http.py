"""Pinned HTTP connections to speech servers: the address that was checked is connected to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from common.errors import Message
from speech.errors import SpeechError

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

LONGEST_URL = 500
# Nobody speaks from there: such addresses are those of a machine's own keeper, which hands out
# its secrets to whoever asks.
FORBIDDEN = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "::/128", "169.254.0.0/16", "fe80::/10", "100.100.100.200/32",
        "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128",
    )
)  # fmt: skip
MAPPED = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(SpeechError):
    """A base URL that is none, or that leads to where no speech server is."""

    status = 400
    field = "base_url"


class ForbiddenAddress(BadAddress):
    """A base URL that leads to where no speech server is ever asked."""


def checked_address(base_url: str) -> str:
    """Normalise a base URL; raises BadAddress, also for hosts that are never asked."""
    url = base_url.strip().rstrip("/")
    parts = _parts(url)
    if parts is None or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable():
        raise BadAddress("The base URL must look like https://host/v1.")
    if parts.username is not None or any(sign in url for sign in " \\?#"):
        raise BadAddress(
            "The base URL may only hold scheme, host, port and path. Enter a key in its "
            "own field, where it is stored encrypted."
        )
    refuse_forbidden(url)
    return url


def origin(url: str) -> str:
    """Origin of a checked address, which a key belongs to: scheme, host and port."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    host = parts.hostname or ""
    return f"{parts.scheme}://[{host}]:{port}" if ":" in host else f"{parts.scheme}://{host}:{port}"


def refuse_forbidden(url: str) -> None:
    """Raise ForbiddenAddress where the host is, or is the name of, one that is never asked.

    A name that cannot be looked up now passes: its server may be switched off.
    """
    parts = urlsplit(url)
    try:
        _resolved(parts.hostname or "", parts.port or 80)
    except OSError:
        return


def pin(client: httpx2.Client) -> None:
    """Make a client check each address at the moment it connects, and connect to that one.

    Names of certificates are compared with the host all the same. A proxy of the environment, where
    there is one, looks names up itself.
    """
    transport: Any = client._transport  # whose pool has no public name
    transport._pool._network_backend = _Checked()


def open_socket(url: str, timeout_s: float) -> socket.socket | None:
    """A connection to a checked address of the host; None where a proxy stands before it.

    Raises ForbiddenAddress, OSError.
    """
    parts = urlsplit(url)
    is_secure = parts.scheme in ("https", "wss")
    host, port = parts.hostname or "", parts.port or (443 if is_secure else 80)
    proxies = ("wss", "socks", "https") if is_secure else ("ws", "socks", "https", "http")
    if getproxies().keys() & proxies and not proxy_bypass(f"{host}:{port}"):
        return None
    made = _first(
        _resolved(host, port),
        lambda address: socket.create_connection((address, port), timeout_s),
        OSError,
    )
    made.settimeout(None)  # who reads from it has time-outs of its own
    return made


class _Checked:
    """Network backend of a connection pool: names are looked up once, checked, and used."""

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> Any:
        """Connect to an address that the host's name stands for and that is allowed."""
        import httpcore2

        try:
            addresses = _resolved(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        return _first(
            addresses,
            lambda address: httpcore2.SyncBackend().connect_tcp(address, port, *args, **options),
            (httpcore2.ConnectError, httpcore2.ConnectTimeout),
        )


def _resolved(host: str, port: int) -> list[str]:
    """The addresses of a host; raises ForbiddenAddress if one of them is, OSError for none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host!r} is no name") from error
    addresses = [str(place[0]) for *_, place in found]
    if any(is_forbidden(ipaddress.ip_address(text.partition("%")[0])) for text in addresses):
        raise ForbiddenAddress(
            Message(
                "{host} cannot be the address of a speech server, so it is never "
                "contacted. Enter the server's own address.",
                host=host,
            )
        )
    return addresses


def _first(addresses: list[str], connect: Callable[[str], T], failures: Any) -> T:
    """Connect to the first address that answers; raises the failure of the last."""
    for address in addresses[:-1]:
        with suppress(failures):
            return connect(address)
    return connect(addresses[-1])


def is_forbidden(address: Address) -> bool:
    """Whether an address is link-local, unspecified or a cloud machine's metadata server."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in MAPPED:
            return is_forbidden(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_forbidden(inner)
    return any(address.version == net.version and address in net for net in FORBIDDEN)


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_one else None
