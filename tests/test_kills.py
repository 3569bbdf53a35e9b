"""Kills at random instants: long, so most of them run with `make test-slow`."""

import os
import random
import signal
import sqlite3
import time

import pytest

from tests.listening import hear
from tests.making import prose
from tests.serving import App, Client, wait_until


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


def test_a_job_survives_kills_of_worker_and_app(tmp_path):
    survive(tmp_path, characters=20_000, kills=5, seed=11)


@pytest.mark.slow
def test_a_long_job_survives_fifty_kills_at_random_instants(tmp_path):
    survive(tmp_path, characters=100_000, kills=50, seed=12)
