"""What sqlmap tries: each parameter, each part of a path that is a text, and headers.

A request that is refused for its first parameter says nothing of the others, so that each of them
holds something that is accepted, and what is sent for one purpose is sent for the others as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from argon2 import PasswordHasher

from accounts.types import Visitor
from services.provider_settings import Settings
from tools.attack.matrix import FIXED, IDS, PLAIN, Matrix, Route
from tools.attack.scene import HTML, Asked, Person, Scene

# Files are no texts; the token, which stays the same while the session does, lets the others in.
UNTRIED = {"csrf_token", "file", "table", "cover"}
PART, HEADER, PARAMETER = "part of a path", "header", "parameter"
# With them a route does something else; where that is worth trying, it is a turn of its own.
SWITCHES = {
    ("documents.change_chapter", "original"),
    ("documents.change_chapter", "part"),
    ("providers.show", "models"),
    ("web.generate", "reading"),
    ("web.quote", "reading"),
}
PASSWORD = "a quiet harbour at seven"
NOWHERE = "http://127.0.0.1:9/v1"
ASKED_AGAIN = 3  # given what it asked for, a route may ask for more
ACCEPTED: dict[str, Any] = {
    "after": '["a", 1]', "before": "2099-01-01 00:00:00.9", "code": "000000",
    "current": PASSWORD, "leave_password": PASSWORD, "password": PASSWORD, "username": "owner",
    "base_url": NOWHERE, "protocol": "speech", "own_key": "x", "action": "", "day": "2026-11-22",
    "event": "login", "kept": "1", "language": "de", "month": "2026-11", "next": "/library",
    "outcome": "success", "reading": "{}", "since": "2020-01-01", "sort": "name",
    "speaker": "Anna", "state": "ready", "until": "2099-01-01", "url": "http://127.0.0.1:9/a",
}  # fmt: skip
ACCEPTED_OF: dict[tuple[str, str], Any] = {
    ("admin.ask_for_second_step", "rule"): "nobody",
    ("admin.change_person", "action"): "let_in",
    ("admin.revoke_invite", "id"): "1",
    ("admin.share_bought_sound", "rule"): "apart",
    ("documents.save", "rule"): "heading",
    ("documents.speak", "rule"): "heading",
    ("providers.add", "name"): "another",
    ("account.security", "before"): "888888",
    ("voice_fallback.choose_rule", "rule"): "ask",
    ("web.register", "username"): "newcomer",
    ("voices.answer_offer", "action"): "decline",
    ("voices.change", "action"): "install",
    ("voices.change", "voice"): "nothing",
}
# Where one parameter says what is done with the others: what else is tried of such a route.
TURNS: dict[str, tuple[dict[str, str], ...]] = {
    "admin.change_job": ({"action": "retry"},),
    "admin.change_person": tuple(
        {"action": action} for action in ("keep_out", "admin", "user", "reset", "no_second_step")
    ),
    "new_devices.answer": ({"whose": "mine"},),
    "documents.change_chapter": ({"original": "1"}, {"part": "0", "spoken": "0"}),
    "providers.do": tuple(
        {"action": action} for action in ("on", "off", "up", "down", "remove", "drop_key")
    ),
    "providers.own_key": ({"action": "remove"},),
    "voices.answer_offer": ({"action": "use"},),
    "voices.change": tuple({"action": action} for action in ("stop", "forget", "remove")),
    "files.bulk": ({"action": "move"},),
    "web.quote": ({"reading": "{}"},),
}
HEADERS = {
    "Accept-Language": "de", "If-None-Match": '"x"', "Referer": "http://localhost/",
    "User-Agent": "Mozilla/5.0", "X-Forwarded-For": "192.0.2.1", "X-Request-Id": "a",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A request as somebody sends it, and what of it is tried: parameters, or what is marked."""

    route: Route
    person: Person
    path: str
    form: dict[str, Any]
    names: tuple[str, ...]
    kind: str = PARAMETER
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.route} {', '.join(self.names)}"

    def written(self, address: str) -> str:
        """The request as it goes over the wire, for a file."""
        lines = [
            f"{self.route.method} {self.path} HTTP/1.1", f"Host: {address}", f"Accept: {HTML}",
            f"Cookie: {self.person.cookie}", *map(": ".join, self.headers),
        ]  # fmt: skip
        if self.route.method == "POST":
            lines.append("Content-Type: application/x-www-form-urlencoded")
        return "\r\n".join((*lines, "", urlencode(self.form) if self.form else ""))


def made_ready(scene: Scene) -> None:
    """Give people passwords that are quickly checked, and make what else routes want to find."""
    db, services = scene.db, scene.services
    passwords = services.accounts._passwords
    passwords._hasher = PasswordHasher(1, 8, 1)
    passwords._nobody = passwords.hash("nobody")
    hashed = services.accounts.hash_password(PASSWORD)
    for person in scene.people.values():
        if person.user:
            db.set_password_hash(person.user["id"], hashed)
    admin, owner = (db.get_user_by_id(scene.people[name].user["id"]) for name in ("admin", "owner"))
    visitor = Visitor("127.0.0.1")
    known = {
        "invite": services.accounts.create_invite(admin, visitor),
        "token": services.accounts.create_reset(admin, owner, visitor),
    }
    services.providers.add("near", Settings("Near", NOWHERE, "m", allows_own_keys=True))
    segment = db.get_segments(scene.owned["file_ids"][0])[0]
    place = {"start": segment["text_start"], "end": segment["text_end"]}
    for belongings in (scene.owned, scene.admins):
        belongings.update(known, **place)
    scene.admins["user_id"] = scene.people["other"].user["id"]  # nobody may be their own admin


def targets(scene: Scene) -> Iterator[Target]:
    """Everything that can be tried, in the same order for each scene that was made ready."""
    matrix = Matrix(scene)
    for route in matrix.routes():
        if route.method != "HEAD":
            yield from _of_route(matrix, route)


def _of_route(matrix: Matrix, route: Route) -> Iterator[Target]:
    who = {"public": "anonymous", "user": "owner", "admin": "admin"}[route.audience]
    person, is_post = matrix.scene.people[who], route.method == "POST"
    mine = matrix.scene.admins if who == "admin" else matrix.scene.owned
    token = {"csrf_token": person.csrf} if is_post else {}
    for turn in ({}, *TURNS.get(route.rule.endpoint, ())):
        values = _values(matrix, route, person, mine, turn)
        names = tuple(name for name in values if name not in turn or name not in ACCEPTED_OF)
        path = route.path(mine)
        if values and not is_post:
            path += "?" + urlencode(values)
        if names:
            yield Target(route, person, path, {**values, **token} if is_post else {}, names)
    if parts := [name for name in route.arguments if _is_text(route, name)]:
        marked = route.path({**mine, **{name: f"{mine[name]}*" for name in parts}})
        form = {**values, **token} if is_post else {}
        yield Target(route, person, marked.replace("%2A", "*"), form, tuple(parts), PART)
    if route.rule.rule in ("/account", "/login"):
        marks = tuple((name, f"{value}*") for name, value in HEADERS.items())
        form = {**values, **token} if is_post else {}
        yield Target(route, person, route.path(mine), form, tuple(HEADERS), HEADER, marks)


def _is_text(route: Route, name: str) -> bool:
    """A part that must be a number is no route with anything else behind it."""
    return name not in FIXED and f"<{name}>" in route.rule.rule


def _values(
    matrix: Matrix, route: Route, person: Person, mine: dict[str, Any], turn: dict[str, str]
) -> dict[str, Any]:
    """The parameters that a route looks at, each with what it accepts."""
    names = matrix._asked_of(route) if not turn else set()
    aside = {name for endpoint, name in SWITCHES if endpoint == route.rule.endpoint}
    for _ in range(ASKED_AGAIN):
        names -= UNTRIED | aside
        values = {name: _value(matrix, route, name, mine) for name in sorted(names)} | turn
        Asked.names.clear()
        path = route.path(mine)
        with matrix.scene.nothing_kept():
            if route.method == "POST":
                person.send(route.method, path, values)
            else:
                person.send(route.method, f"{path}?{urlencode(values)}")
        names = names | Asked.names
    return values


def _value(matrix: Matrix, route: Route, name: str, mine: dict[str, Any]) -> str:
    """Something that makes sense."""
    own = (route.rule.endpoint, name)
    if own in ACCEPTED_OF:
        return str(ACCEPTED_OF[own])
    if name in IDS and (what := matrix._meaning(route, name)):
        return str(mine[what])
    return str(ACCEPTED.get(name, mine.get(name, PLAIN.get(name, ""))))
