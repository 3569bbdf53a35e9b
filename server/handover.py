"""What a program hands to the one that takes its place at a reload: its lock and its sockets.

As systemd hands sockets over: LISTEN_FDS descriptors from 3 on, for the process LISTEN_PID, with
LISTEN_FDNAMES. So it may also be systemd that listens first.
"""

import os
import socket
from fcntl import F_DUPFD_CLOEXEC, fcntl
from typing import NamedTuple

FIRST = 3
LOCK, SOCKET = "lock", "socket"


class HandedOver(NamedTuple):
    """What was handed over: a descriptor that holds the app's lock, and sockets that listen."""

    lock: int | None
    sockets: list[socket.socket]


def hand_over(lock: int | None, sockets: list[socket.socket]) -> None:
    """Leave the sockets, and the lock unless it is None, to the program that is executed next."""
    locks = [] if lock is None else [lock]
    given = [*locks, *(each.fileno() for each in sockets)]
    above = FIRST + len(given)  # where none is replaced before it is copied
    copies = [fcntl(descriptor, F_DUPFD_CLOEXEC, above) for descriptor in given]
    for number, copy in enumerate(copies):
        os.dup2(copy, FIRST + number, inheritable=True)
    os.environ |= {
        "LISTEN_PID": str(os.getpid()),
        "LISTEN_FDS": str(len(given)),
        "LISTEN_FDNAMES": ":".join([LOCK] * len(locks) + [SOCKET] * len(sockets)),
    }


def take_over() -> HandedOver:
    """Take what the program before this one, or systemd, has left to it; often nothing."""
    names = os.environ.pop("LISTEN_FDNAMES", "").split(":")
    count, pid = os.environ.pop("LISTEN_FDS", "0"), os.environ.pop("LISTEN_PID", "")
    if pid != str(os.getpid()):
        return HandedOver(None, [])
    descriptors = list(range(FIRST, FIRST + int(count)))
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    lock = descriptors.pop(0) if names[0] == LOCK else None
    return HandedOver(lock, [socket.socket(fileno=descriptor) for descriptor in descriptors])
