"""Forms that another site sends in somebody's name: every route that changes something."""

from collections.abc import Iterator

from tools.attack.matrix import Matrix, Route
from tools.attack.scene import Person, Scene
from tools.attack.tally import Tally

ELSEWHERE = "https://evil.example"
# What a browser adds to what a page of another site sends; the token is the right one.
CROSS_ORIGIN = {
    "another origin": {"Origin": ELSEWHERE},
    "a hidden origin": {"Origin": "null"},
    "another port": {"Origin": "http://localhost:8080"},
    "another site": {"Sec_Fetch_Site": "cross-site", "Origin": "http://localhost"},
    "a sister site": {"Sec_Fetch_Site": "same-site"},
}


def run(scene: Scene) -> Tally:
    """Each unsafe route with each wrong token and from each wrong place: all refused."""
    tally, matrix = Tally(), Matrix(scene)
    stale = {name: _ended_token(scene, name) for name in ("owner", "admin")}
    for route in matrix.routes():
        if route.method not in ("GET", "HEAD"):
            for who, kind, token, headers in _attempts(scene, route, stale):
                tally.count(kind)
                _try(scene, route, who, (token, headers), tally, kind)
    return tally


def _attempts(
    scene: Scene, route: Route, stale: dict[str, str]
) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Who sends what: person, kind, token, headers."""
    who = {"public": "anonymous", "user": "owner", "admin": "admin"}[route.audience]
    people = scene.people
    yield who, "none", "", {}
    yield who, "foreign", people["other"].csrf, {}
    yield who, "stale", stale.get(who, "0" * 64), {}
    for headers in CROSS_ORIGIN.values():
        yield who, "cross origin", people[who].csrf, headers


def _try(
    scene: Scene,
    route: Route,
    who: str,
    sent: tuple[str, dict[str, str]],
    tally: Tally,
    kind: str,
) -> None:
    token, headers = sent
    before = _unlogged(scene)
    with scene.nothing_kept():
        path = route.path(scene.owned)
        answer = scene.people[who].send("POST", path, {"csrf_token": token}, **headers)
        said = f"{route} as {who} with {kind} {headers or ''}: {answer.status_code}"
        tally.expect(answer.status_code == 403, said)
        tally.expect(_unlogged(scene) == before, f"{said}, changed something")


def _unlogged(scene: Scene) -> list[tuple]:
    """What is the owner's but for the log, in which each refusal is noted."""
    return [row for row in scene.state() if row[0] != "security_logs"]


def _ended_token(scene: Scene, name: str) -> str:
    """The token of a session of the person's that has ended."""
    person = Person(scene.app, scene.people[name].user)
    latest = max(scene.db.list_sessions(person.user["id"]), key=lambda row: row["id"])
    scene.db.delete_session(person.user["id"], latest["id"])
    return person.csrf
