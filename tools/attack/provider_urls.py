"""Base URLs of providers that would have the program ask what it should not.

An admin may name a server of this machine or of the home: many speak there. Everything else is
tried with a listener that would count it: addresses that no speech server has, other schemes, names
that lead elsewhere a moment later, redirects, and people who are no admins.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any
from unittest import mock

from werkzeug.test import TestResponse

from tools.attack.listeners import listening
from tools.attack.scene import JSON, Scene
from tools.attack.tally import Tally

PAGE = "/admin/providers"
NAME = "speech.example"
HERE = "127.0.0.1"
NOBODY = "255.255.255.255"  # an address that nothing connects to
# The first of these lead to the listener itself, the others to where machines hand out secrets.
FORBIDDEN = (
    "http://0.0.0.0:{port}/v1", "http://0:{port}/v1", "http://0x0:{port}/v1",
    "http://[::]:{port}/v1", "http://[::ffff:0.0.0.0]:{port}/v1", "http://[64:ff9b::]:{port}/v1",
    "http://169.254.169.254/v1", "http://169.254.169.254:{port}/latest/meta-data",
    "http://[::ffff:169.254.169.254]/v1", "http://[::ffff:a9fe:a9fe]/v1", "http://2852039166/v1",
    "http://0xa9fea9fe/v1", "http://0251.0376.0251.0376/v1", "http://169.254.43518/v1",
    "http://[fd00:ec2::254]/v1", "http://[fd20:ce::254]/v1", "http://100.100.100.200/v1",
    "http://168.63.129.16/v1", "http://192.0.0.192/v1", "http://169.254.0.1:{port}/v1",
    "http://[fe80::1]:{port}/v1", "http://[2002:a9fe:a9fe::1]/v1", "http://[64:ff9b::a9fe:a9fe]/v1",
    "file:///etc/passwd", "gopher://127.0.0.1:{port}/_POST", "ftp://127.0.0.1:{port}/v1",
    "dict://127.0.0.1:{port}/", "ws://127.0.0.1:{port}/v1", "unix:///run/docker.sock",
    "//127.0.0.1:{port}/v1", "127.0.0.1:{port}/v1", "http:127.0.0.1:{port}/v1",
    "http:///127.0.0.1:{port}/v1", "http://key@127.0.0.1:{port}/v1",
    "http://127.0.0.1:{port}\\@example.org/v1", "http://127.0.0.1:{port}/v1?x=",
    "http://127.0.0.1:{port}/v1#", "http://127.0.0.1:{port}/v1\r\nHost: x/v1",
    "http://１２７.0.0.1:{port}/v1", "http://127.0.0.1:0/v1", "http://127.0.0.1:{port}0000/v1",
)  # fmt: skip
# What a name leads to after it was checked; the listener would hear of the first three.
ELSEWHERE = (
    "0.0.0.0", "::", "::ffff:0.0.0.0", "169.254.169.254", "fe80::1", "fd00:ec2::254",
    "100.100.100.200",
)  # fmt: skip
REDIRECTS = (301, 302, 303, 307, 308)
PROTOCOLS = ("speech", "realtime")
ACTIONS = ("voices", "test", "models")
NOT_ADMINS = ("anonymous", "disabled", "other", "owner")


def run(scene: Scene, tally: Tally) -> None:
    """Try each; a listener may be asked only where an admin named it."""
    with listening() as (port, hits):
        _allowed(scene, tally, port, hits)
        _forbidden(scene, tally, port, hits)
        _from_the_machine(scene, tally, port, hits)
        _by_people(scene, tally, port, hits)
        _rebound(scene, tally, port, hits)
        _redirected(scene, tally, port, hits)


def _form(url: str, protocol: str = "speech") -> dict[str, str]:
    return {
        "label": "Planted", "name": "planted", "base_url": url, "model": "m", "protocol": protocol,
        "voices": "ann", "parallel": "1", "timeout_s": "5", "allows_own_keys": "1", "key": "sk-1",
    }  # fmt: skip


def _send(scene: Scene, who: str, path: str, form: dict[str, str]) -> TestResponse:
    return scene.people[who].send("POST", path, form, Accept=JSON)


@contextmanager
def _added(scene: Scene, url: str, protocol: str = "speech") -> Iterator[dict[str, Any]]:
    """The row of a provider that an admin added, for the time being."""
    with scene.nothing_kept():
        _send(scene, "admin", PAGE, _form(url, protocol))
        yield scene.services.providers.named("planted")


def _asked(scene: Scene, row: dict[str, Any], action: str) -> int:
    """Have a provider asked as its page offers it: the status of the answer."""
    place, admin = f"{PAGE}/{row['id']}", scene.people["admin"]
    if action == "models":
        return admin.send("GET", f"{place}?models=1").status_code
    return _send(scene, "admin", f"{place}/action", {"action": action}).status_code


def _allowed(scene: Scene, tally: Tally, port: int, hits: list[str]) -> None:
    """The listener does count: a server of this machine that an admin named is asked."""
    for protocol, way in (("speech", "POST /v1/audio/speech"), ("realtime", "GET /v1/realtime")):
        tally.count("allowed")
        with _added(scene, f"http://{HERE}:{port}/v1", protocol) as row:
            _asked(scene, row, "test")
        tally.expect(any(way in hit for hit in hits), f"an admin's server: {way} was not asked")
        hits.clear()


def _forbidden(scene: Scene, tally: Tally, port: int, hits: list[str]) -> None:
    """No admin can name them, neither for a new provider nor for one that is there."""
    for url in (text.format(port=port) for text in FORBIDDEN):
        tally.count("forbidden by form")
        with scene.nothing_kept():
            answer = _send(scene, "admin", PAGE, _form(url))
            rows = scene.db.list_providers()
        tally.expect(answer.status_code == 400 and not rows, f"{url!r}: {answer.status_code}")
        with _added(scene, f"http://{HERE}:9/v1") as row:
            answer = _send(scene, "admin", f"{PAGE}/{row['id']}", _form(url))
            kept = scene.services.providers.get(row["id"])["base_url"]
        is_kept = kept != row["base_url"]
        tally.expect(answer.status_code == 400 and not is_kept, f"{url!r}: {answer.status_code}")
        tally.expect(not hits, f"{url!r}: asked {hits}")
        hits.clear()


def _from_the_machine(scene: Scene, tally: Tally, port: int, hits: list[str]) -> None:
    """Nor can `flask providers add`."""
    run_command = scene.app.test_cli_runner().invoke
    for url in (text.format(port=port) for text in FORBIDDEN):
        tally.count("forbidden by command")
        with scene.nothing_kept():
            done = run_command(args=["providers", "add", "planted", url])
            rows = scene.db.list_providers()
        tally.expect(done.exit_code == 1 and not rows, f"{url!r}: {done.output}")
        tally.expect(not hits, f"{url!r}: asked {hits}")
        hits.clear()


def _by_people(scene: Scene, tally: Tally, port: int, hits: list[str]) -> None:
    """Who is no admin names no server at all, and has none asked that an admin named."""
    form = {**_form(f"http://{HERE}:{port}/other"), "own_key": "sk-2"}
    with _added(scene, f"http://{HERE}:{port}/v1") as row:
        place, key = f"{PAGE}/{row['id']}", f"/account/keys/{row['id']}"
        tries = [("POST", path, form) for path in (PAGE, place, key)]
        tries += [("POST", f"{place}/action", {**form, "action": action}) for action in ACTIONS[:2]]
        tries += [("GET", f"{place}?models=1", None)]
        for who in NOT_ADMINS:
            for method, path, sent in tries:
                tally.count("people")
                status = scene.people[who].send(method, path, sent, Accept=JSON).status_code
                may = path == key and who in ("other", "owner")
                expected = (303,) if may else (401, 404)
                tally.expect(status in expected, f"{who}, {method} {path}: {status}")
                tally.expect(not hits, f"{who}, {method} {path}: asked {hits}")
                hits.clear()
        kept = scene.services.providers.get(row["id"])["base_url"]
        tally.expect(kept == row["base_url"], f"people changed it to {kept}")


def _rebound(scene: Scene, tally: Tally, port: int, hits: list[str]) -> None:
    """A name leads to where nobody is when it is checked, and elsewhere when it is connected to."""
    for protocol, place, action, checks in product(PROTOCOLS, ELSEWHERE, ACTIONS, (0, 1)):
        tally.count("names")
        with _leading() as led, _added(scene, f"http://{NAME}:{port}/v1", protocol) as row:
            led[:] = [NOBODY] * checks + [place]
            status = _asked(scene, row, action)
        what = f"{protocol}, {action}, {NAME} at {place} after {checks}"
        tally.expect(status >= 400, f"{what}: {status}")
        tally.expect(not hits, f"{what}: asked {hits}")
        hits.clear()


@contextmanager
def _leading() -> Iterator[list[str]]:
    """What a name leads to: one address after another, the last of them from then on."""
    places, real = [NOBODY], socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **options: Any) -> list[tuple]:
        if host == NAME:
            host = places.pop(0) if len(places) > 1 else places[0]
        return real(host, port, *args, **options)

    with mock.patch.object(socket, "getaddrinfo", look_up):
        yield places


def _redirected(scene: Scene, tally: Tally, port: int, hits: list[str]) -> None:
    """A provider that sends on to a listener: neither text nor key get there."""
    for status in REDIRECTS:
        for protocol in PROTOCOLS:
            tally.count("redirects")
            with (
                listening(status, f"http://{HERE}:{port}/v1/audio/speech") as (first, asked),
                _added(scene, f"http://{HERE}:{first}/v1", protocol) as row,
            ):
                for action in ACTIONS:
                    _asked(scene, row, action)
            tally.expect(len(asked) == len(ACTIONS), f"{status}, {protocol}: asked {asked}")
            tally.expect(not hits, f"{status}, {protocol}: asked {hits}")
            hits.clear()
