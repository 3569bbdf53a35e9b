"""Kills at random instants: long, so most of them run with `make test-slow`."""

import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.listening import hear
from tests.support.making import Home, prose
from tests.support.serving import App, Client, wait_until
from tests.support.standin_openai import StandIn


def kill_somebody(app: App, chance: random.Random) -> str:
    """`kill -9` of the worker alone, or of the whole app, which is started again."""
    if chance.random() < 0.5:
        app.kill()
        app.start()
        return "app"
    if pid := app.worker_pid():
        os.kill(pid, signal.SIGKILL)
    return "worker"


def survive(tmp_path, characters: int, kills: int, seed: int) -> None:
    chance, text = random.Random(seed), prose(characters)
    with App(tmp_path) as app:
        client = Client(app).set_up()
        undisturbed = client.generate(text)["filename"]
        duration = client.until_ready(undisturbed, 300)["duration"]
        filename, done = client.generate(text)["filename"], 0
        filenames = [filename]
        while done < kills:
            instant = time.monotonic() + chance.uniform(0.0, 1.5)
            wait_until(lambda instant=instant: time.monotonic() >= instant, "the instant")
            kill_somebody(app, chance)
            done += 1
            if client.state(filename)["status"] == "ready" and done < kills:
                filename = client.generate(text)["filename"]
                filenames.append(filename)
        for name in filenames:
            state = client.until_ready(name, 300)
            sound = client.request("GET", f"/audio/{name}")[2]
            assert hear(sound).duration_s == pytest.approx(state["duration"], abs=0.001)
            assert state["duration"] == pytest.approx(duration, rel=0.01)
    on_disk = {path.name for path in (app.data / "audio").iterdir()}
    assert on_disk == {undisturbed, *filenames}
    db = sqlite3.connect(app.data / "voiceverse.db")
    used = db.execute("SELECT sum(characters_used), count(*) FROM usage_stats").fetchone()
    assert used == (characters * len(on_disk), len(on_disk))
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("SELECT count(*) FROM audio_files WHERE status != 'ready'").fetchone() == (0,)
    db.close()


@pytest.mark.slow
def test_a_job_survives_kills_of_worker_and_app(tmp_path):
    survive(tmp_path, characters=20_000, kills=5, seed=11)


@pytest.mark.slow
def test_a_long_job_survives_fifty_kills_at_random_instants(tmp_path):
    survive(tmp_path, characters=100_000, kills=50, seed=12)


# What was paid for

PRICE = 15.0  # USD per million characters
CHAPTERS = 20


class Book:
    """Chapters in a studio of their own, each a file of a document, spoken through a provider."""

    def __init__(self, folder: Path, characters: int, provider: StandIn):
        self.home = Home(folder, openai_base_url=provider.base_url, openai_price=PRICE)
        self.characters, self.provider = characters, provider
        self.filenames: list[str] = []
        for _ in range(CHAPTERS):
            self.add_chapter()

    def add_chapter(self) -> None:
        track = len(self.filenames) + 1
        text = f"Chapter {track}.\n\n{prose(self.characters, seed=track)}"
        row = self.home.submit(text, name=f"Chapter {track}", track=track)
        self.filenames.append(row["filename"])

    def rows(self) -> list[dict]:
        return [self.home.row(filename) for filename in self.filenames]

    def is_ready(self) -> bool:
        rows = self.rows()
        assert [row["error"] for row in rows if row["status"] == "failed"] == []
        return {row["status"] for row in rows} == {"ready"}

    def kept(self) -> list[Path]:
        return [path for path in self.home.config.segments_dir.glob("*/*") if path.is_file()]

    def requests_under_way(self) -> int:
        whole = sum(path.suffix == ".pcm" for path in self.kept())
        return len(self.provider.calls) - whole

    def check_nothing_lost_or_left(self) -> None:
        """Every chapter heard whole, every text asked for once, everything paid for once."""
        rows, bought, db = self.rows(), self.provider.bought(), self.home.db
        for row in rows:
            assert self.home.heard(row["filename"]).duration_s == row["duration"]
        assert {text: times for text, times in bought.items() if times != 1} == {}
        assert sum(map(len, bought)) == sum(row["character_count"] for row in rows)
        assert sorted(self.home.files()) == sorted(self.filenames)
        assert [path.suffix for path in self.kept()] == [".pcm"] * len(bought)
        assert len(db.list_cached_segments()) == len(bought)
        whole = sum(row["character_count"] for row in rows)
        used = db.get_all_time_usage(self.home.user_id)
        assert used["characters_used"] == whole
        assert used["requests"] == len(rows)
        assert used["cost"] == pytest.approx(whole * PRICE / 1e6, abs=1e-9)
        assert sum(row["cost"] for row in rows) == pytest.approx(used["cost"], abs=1e-9)


def kill_one(app: App, chance: random.Random) -> None:
    """`kill -9` of the worker, or of the app, alone; the app is started again."""
    if chance.random() < 0.5:
        app.kill_alone()
        app.start()
    elif pid := app.worker_pid():
        os.kill(pid, signal.SIGKILL)


def buy_once(tmp_path, characters: int, kills: int, parallel: int, seed: int) -> None:
    chance, hits = random.Random(seed), 0
    with StandIn() as provider:
        provider.seconds_per_character, provider.delay_s = 0.02, 0.8
        settings = {
            "VOICEVERSE_OPENAI_BASE_URL": provider.base_url,
            "VOICEVERSE_OPENAI_PRICE": str(PRICE),
            "VOICEVERSE_OPENAI_PARALLEL": str(parallel),
            "VOICEVERSE_SECRET_KEY": "k" * 32,
        }
        book = Book(tmp_path, characters, provider)
        with closing(book.home), App(tmp_path, **settings) as app:
            for _ in range(kills):
                if book.is_ready():
                    book.add_chapter()
                if chance.random() < 0.7:  # else while the worker starts, or whenever it is
                    wait_until(lambda: book.requests_under_way() or book.is_ready(), "a request")
                instant = time.monotonic() + chance.uniform(0.0, 1.0)
                wait_until(lambda instant=instant: time.monotonic() >= instant, "the instant")
                hits += book.requests_under_way() > 0
                kill_one(app, chance)
            wait_until(book.is_ready, "the whole book", 300)
            book.check_nothing_lost_or_left()
            durations = [row["duration"] for row in book.rows()]
    assert hits >= kills / 3
    with StandIn() as provider:
        provider.seconds_per_character = 0.02
        calm = Book(tmp_path / "calm", characters, provider)
        with closing(calm.home):
            while len(calm.filenames) < len(durations):
                calm.add_chapter()
            calm.home.worker.run_pending()
            undisturbed = [row["duration"] for row in calm.rows()]
    assert durations == pytest.approx(undisturbed, rel=0.01)


@pytest.mark.slow
def test_what_a_book_buys_is_bought_once_when_worker_or_app_is_killed(tmp_path):
    buy_once(tmp_path, characters=800, kills=3, parallel=2, seed=21)


@pytest.mark.slow
def test_a_book_of_twenty_chapters_is_bought_once_over_fifty_kills(tmp_path):
    buy_once(tmp_path, characters=6000, kills=50, parallel=2, seed=22)
