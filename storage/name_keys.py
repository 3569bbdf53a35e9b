"""Column `name_key`: a folded form of usernames, by which similar ones are found."""

import sqlite3

from common import usernames


def begin(connection: sqlite3.Connection) -> None:
    """Fill the column in rows that an older release or a migration wrote without it."""
    connection.create_function("look_of", 1, usernames.look, deterministic=True)
    connection.execute("UPDATE users SET name_key = look_of(username) WHERE name_key = ''")
    connection.execute(
        """UPDATE security_logs SET name_key = look_of(username)
           WHERE name_key = '' AND username != '' AND event_type IN ('login', 'login_failed')"""
    )


def find_unclear(connection: sqlite3.Connection) -> tuple[list[list[str]], list[str]]:
    """Find groups of usernames that look alike, and usernames that mix scripts."""
    names = connection.execute("SELECT username FROM users ORDER BY id").fetchall()
    groups: dict[str, list[str]] = {}
    for row in names:
        groups.setdefault(usernames.look(row["username"]), []).append(row["username"])
    alike = [group for group in groups.values() if len(group) > 1]
    known = {name for group in alike for name in group}
    mixed = [row["username"] for row in names if usernames.is_mixed(row["username"])]
    return alike, [name for name in mixed if name not in known]
