"""People of a school or a house: their accounts and pieces, what they listen to and look at."""

import random
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path
from typing import NamedTuple

from flask import Flask, session

from accounts.types import Visitor
from app import create_app
from config import Config
from queries.rows import User
from storage.audio_store import AudioStore
from tools.benchmarks import load, pages
from tools.benchmarks.arrivals import Arrival
from tools.benchmarks.browser import PASSWORD
from web.cookies import SESSION_COOKIE
from web.csrf import csrf_token

PIECES_EACH = 100
RANGE_EACH_S, POSITION_EACH_S = 10.0, 15.0
PAGES = ("/", "/library", "/history")


class Crowd(NamedTuple):
    """So many people, and how many of them do what at once; pages are told by the second."""

    people: int
    listeners: int
    visitors: int
    pages_at_bell: float
    pages_else: float
    jobs: int

    @classmethod
    def of(cls, people: int) -> "Crowd":
        """A fifth listens, three tenths look around, sixteen in a thousand have texts spoken."""
        listeners, visitors, jobs = (ceil(people * share) for share in (0.2, 0.3, 0.016))
        return cls(people, listeners, visitors, people / 20, people / 200, jobs)


class Person(NamedTuple):
    """Somebody who is signed in, and a piece of theirs that they began to listen to."""

    cookie: str
    csrf_token: str
    filename: str
    playback: int


def fill(folder: Path, crowd: Crowd) -> list[Person]:
    """Accounts with 100 pieces each; those who listen have sound."""
    app = create_app(Config(data_dir=folder))
    services = app.extensions["voiceverse"]
    db, sound = services.db, folder.parent / "sound"
    sound.write_bytes(random.Random(2).randbytes(pages.SOUND_BYTES))
    people: list[Person] = []
    awake = crowd.listeners + crowd.visitors
    try:
        first = services.accounts.add_user("person0", PASSWORD)
        for number in range(max(crowd.people, awake)):
            name, password_hash = f"person{number}", first["password_hash"]
            with db.transaction():
                user = db.create_user(name, password_hash) if number else first
                rows = [pages.add_piece(db, user["id"], n) for n in range(PIECES_EACH)]
                if number < awake:
                    playback = db.record_playback(user["id"], rows[0]["id"], "Benchmark")
                    people.append(_signed_in(app, user, rows[0]["filename"], playback))
            if number < crowd.listeners:
                AudioStore(folder / "audio").adopt(sound, rows[0]["filename"], link=True)
    finally:
        db.close()
    return people


def _signed_in(app: Flask, user: User, filename: str, playback: int) -> Person:
    """What a browser gets by a login, without the second that a password takes."""
    accounts = app.extensions["voiceverse"].accounts
    with app.test_request_context():
        session["login"] = accounts.open_session(user, Visitor("127.0.0.1", "Benchmark")).token
        token = csrf_token()
        signed = app.session_interface.get_signing_serializer(app).dumps(dict(session))
    return Person(f"{SESSION_COOKIE}={signed}", token, filename, playback)


def listening(people: Sequence[Person], crowd: Crowd, seconds: float) -> Iterator[Arrival]:
    """A range each ten seconds and a position each fifteen, of listeners who began by chance."""
    chance = random.Random(3)
    for person in people[: crowd.listeners]:
        ranges = pages.range_requests(f"/audio/{person.filename}", person.cookie)
        for number, due_s in enumerate(_each(RANGE_EACH_S, chance, seconds)):
            yield Arrival(due_s, "range", ranges[number % len(ranges)])
        for due_s in _each(POSITION_EACH_S, chance, seconds):
            sent = load.form(
                f"/playback/{person.filename}",
                person.cookie,
                id=person.playback,
                position_s=f"{due_s:.1f}",
                csrf_token=person.csrf_token,
            )
            yield Arrival(due_s, "position", sent)


def visits(people: Sequence[Person], crowd: Crowd, seconds: float) -> Iterator[Arrival]:
    """Pages now and then, and ten times as many in the third in the middle, when it rings."""
    chance = random.Random(4)
    due_s = 0.0
    while due_s < seconds:
        page, visitor = chance.choice(PAGES), chance.choice(people[crowd.listeners :])
        yield Arrival(due_s, f"page {page}", load.request(page, visitor.cookie))
        rings = seconds / 3 <= due_s < 2 * seconds / 3
        due_s += chance.expovariate(crowd.pages_at_bell if rings else crowd.pages_else)


def _each(period_s: float, chance: random.Random, seconds: float) -> Iterator[float]:
    due_s = chance.uniform(0, period_s)
    while due_s < seconds:
        yield due_s
        due_s += period_s
