"""The natural voice through the server that ships: without a choice, killed, and let go."""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from speech.engines.natural_speed import read_speed
from tests.support.listening import hear
from tests.support.making import prose
from tests.support.serving import App, Client, wait_until

pytest.importorskip("hibari", reason="hibari-tts is not installed")

NATURAL = {"VOICEVERSE_DEFAULT_VOICE": ""}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with App(tmp_path_factory.mktemp("house"), **NATURAL) as app:
        yield app


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    return Client(app).set_up()


def children_of(pid: int | None) -> list[int]:
    """Processes of the natural voice that a process started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            command = stat.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"natural_process" in command:
            found.append(int(stat.parent.name))
    return found


def test_a_first_text_is_heard_in_the_natural_voice_with_no_choice_made(app, client):
    state = client.until_ready(client.generate("The lamp was lit. Nobody came.")["filename"])
    assert (state["engine"], state["voice"]) == ("natural", "heart")
    sound = hear(client.request("GET", f"/audio/{state['filename']}")[2])
    assert sound.sample_rate == 24_000
    assert sound.duration_s == pytest.approx(state["duration"], abs=0.001)
    assert sound.onsets_ms()[0] < 60
    assert 0.3 < sound.peak < 1.0


def test_how_fast_the_voice_is_was_measured_at_the_start(app, client):
    measured = wait_until(lambda: read_speed(app.data / "voices"), "the measure")
    assert measured.is_enough
    mode = (app.data / "voices" / "natural").stat().st_mode
    assert mode & 0o077 == 0


def test_words_are_followed_in_their_time(client):
    text = "Ten. Two. Bill came by. Tom did not."
    state = client.until_ready(client.generate(text)["filename"])
    sound = hear(client.request("GET", f"/audio/{state['filename']}")[2])
    told = client.json(f"/files/{state['filename']}/segments?words=0")["words"]
    words = [at_ms for segment in told for _, _, at_ms in segment]
    assert len(words) == 8
    for onset in sound.onsets_ms(quiet_ms=150):
        assert min(abs(word - onset) for word in words) <= 60


@pytest.mark.parametrize("seed", range(3))
def test_a_piece_is_spoken_whole_though_its_processes_are_killed(app, client, seed):
    chance, text = random.Random(seed), prose(3000, seed)
    whole = client.until_ready(client.generate(text)["filename"])["duration"]
    filename = client.generate(text)["filename"]
    for _ in range(2):
        wait_until(
            lambda: children_of(app.worker_pid()) or client.state(filename)["status"] == "ready",
            "a process that speaks",
        )
        for pid in children_of(app.worker_pid()):
            os.kill(pid, chance.choice((signal.SIGKILL, signal.SIGTERM)))
    state = client.until_ready(filename, 120)
    sound = hear(client.request("GET", f"/audio/{filename}")[2])
    assert sound.duration_s == pytest.approx(state["duration"], abs=0.001)
    assert state["duration"] == pytest.approx(whole, rel=0.02)


def test_whoever_opens_the_studio_has_the_voice_loaded_again(app, client):
    for pid in children_of(app.worker_pid()):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not children_of(app.worker_pid()), "the end of the voice")
    client.request("GET", "/")
    client.post("/quote", text="Hello.")
    client.until_ready(client.generate("It speaks again.")["filename"])
    assert children_of(app.worker_pid())
