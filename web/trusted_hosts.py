"""Trusted hosts: the names under which VoiceVerse answers. Any other may be a trick.

A page of another site may have its own name lead to this machine (DNS rebinding) and would then
be taken by the browser for ours. It cannot do so with an address, nor with a name of this network.
"""

import re
import socket

from common.errors import AppError, Message
from common.ip_address import address

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Endings that nobody can register: the names of a home network.
HOME = (".local", ".lan", ".localdomain", ".home.arpa", ".internal")
HOST = re.compile(r"(?:([a-z0-9_.-]+)|\[([0-9a-f:.]+)\])(?::\d{1,5})?", re.ASCII)


class UntrustedHost(AppError):
    """The request was made under a name that is not known to be ours."""

    status = 400


class Hosts:
    """The names that are trusted: those listed, else what can only lead to this machine."""

    def __init__(self, listed: tuple[str, ...], bound: str) -> None:
        own = socket.gethostname().lower()
        short = own.partition(".")[0]
        self._is_listed = bool(listed)
        self._suffixes = tuple(name.lower() for name in listed if name.startswith("."))
        self._names = {*LOOPBACK, *(_bare(name) for name in listed if not name.startswith("."))}
        if not listed:
            self._names |= {_bare(bound), own, short, *(short + ending for ending in HOME)}
        self._names.discard("")

    def check(self, host: str) -> None:
        """Raise UntrustedHost unless a request's host, with or without a port, is one of ours."""
        name = _bare(host)
        if name and (name in self._names or name.endswith(self._suffixes or ("\0",))):
            return
        if name and not self._is_listed and address(name) is not None:
            return
        raise UntrustedHost(
            Message(
                "VoiceVerse does not answer to the name “{host}”, because other sites "
                "could pass for it. If it is yours, add it to VOICEVERSE_TRUSTED_HOSTS, "
                "or use the IP address of the machine.",
                host=name[:100],
            )
        )

    def is_this_machine(self, host: str) -> bool:
        """Whether a host, of a request or to listen on, means the machine that asks for it."""
        name = _bare(host)
        where = address(name)
        is_loopback = where is not None and where.is_loopback
        return is_loopback or name in LOOPBACK or name.endswith(".localhost")


def _bare(host: str) -> str:
    """A host without its port and brackets, in small letters; "" when it is none."""
    text = host.strip().lower()
    if match := HOST.fullmatch(text):
        return (match[1] or match[2]).removesuffix(".")
    return text if address(text) else ""  # an address of IPv6 as settings hold it
