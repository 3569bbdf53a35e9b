"""Hash chain of the security log: each event carries a hash over itself and the one before it.

A changed, removed or inserted event shows, and so does a gap; `security_chain` holds both ends:
the last event that was removed after its time, and the last one that was written.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

START = "0" * 64
COLUMNS = (
    "id", "event_type", "account", "username", "ip_address", "details", "success", "timestamp",
    "request_id",
)  # fmt: skip
MOST_FAULTS = 20


def link(before: str, event: Mapping[str, object]) -> str:
    """Hash an event that follows the one with the hash `before`."""
    content = [before, *(event[name] for name in COLUMNS)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def begin(connection: sqlite3.Connection) -> None:
    """Chain the events that an older release left, from the known start on."""
    connection.execute("UPDATE security_logs SET account = user_id")
    last_id, last_hash, links = 0, START, []
    for event in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM security_logs ORDER BY id"):
        last_id, last_hash = event["id"], link(last_hash, event)
        links.append((last_hash, last_id))
    connection.executemany("UPDATE security_logs SET hash = ? WHERE id = ?", links)
    connection.execute(
        """INSERT OR REPLACE INTO security_chain (id, pruned_id, pruned_hash, last_id, last_hash)
           VALUES (1, 0, ?, ?, ?)""",
        (START, last_id, last_hash),
    )


def find_faults(connection: sqlite3.Connection, seen: Iterable[tuple[int, str]] = ()) -> list[str]:
    """Find where the chain does not hold, in words; empty when it does.

    `seen` are ends of the chain that were written down elsewhere, such as in backups.
    """
    ends = connection.execute("SELECT * FROM security_chain").fetchone()
    if ends is None:
        some = connection.execute("SELECT 1 FROM security_logs LIMIT 1").fetchone()
        return ["the ends of the chain are missing"] if some or seen else []
    known = {number: digest for number, digest in seen if number > ends["pruned_id"]}
    found = []
    for fault in _follow(connection, ends, known):
        found.append(fault)
        if len(found) >= MOST_FAULTS:
            break
    return found


def _follow(
    connection: sqlite3.Connection, ends: Mapping[str, Any], known: dict[int, str]
) -> Iterator[str]:
    number, digest = ends["pruned_id"], ends["pruned_hash"]
    events = connection.execute(
        f"""SELECT {", ".join(COLUMNS)}, hash, user_id IS NOT account AND (
                user_id IS NOT NULL AND account IS NULL OR EXISTS (
                    SELECT 1 FROM users WHERE users.id = account)) AS is_moved
            FROM security_logs ORDER BY id"""
    )
    for event in events:
        number = event["id"]
        if event["hash"] != link(digest, event):
            yield f"event {number} was changed, or does not follow the one before it"
        elif event["is_moved"]:
            yield f"event {number} was given to another account"
        digest = event["hash"]
        if known.pop(number, digest) != digest:
            yield f"event {number} is not the one that a backup knows"
    if (number, digest) != (ends["last_id"], ends["last_hash"]):
        yield f"the events after {number} are missing"
    for number in sorted(known):
        yield f"event {number}, which a backup knows, is missing"
