"""IP addresses and networks, as they are written by people, sockets and proxies."""

import ipaddress
import re
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PORTED = re.compile(r"\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Parse networks, a single address being one of its own; raises ValueError."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def address(text: str) -> Address | None:
    """Parse an address, with or without a port; None for anything else."""
    match = PORTED.fullmatch(text)
    try:
        found = ipaddress.ip_address(match[1] or match[2] if match else text)
    except ValueError:
        return None
    # A socket for both kinds shows IPv4 peers this way.
    return getattr(found, "ipv4_mapped", None) or found
