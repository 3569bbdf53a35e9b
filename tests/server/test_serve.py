import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.database.earlier_files import make
from tests.support.listening import hear
from tests.support.making import prose
from tests.support.sending import CONTENT_TYPE, multipart
from tests.support.serving import PASSWORD, ROOT, App, Client, wait_until


@pytest.fixture
def app(tmp_path):
    with App(tmp_path) as app:
        yield app


def test_the_first_start_prints_and_keeps_a_link_that_works_once(app):
    assert f"/setup?token={app.setup_token()}" in app.log_path.read_text()
    assert oct((app.data / "setup_link").stat().st_mode)[-3:] == "600"
    assert oct((app.data / "secret_key").stat().st_mode)[-3:] == "600"
    assert oct(app.data.stat().st_mode)[-3:] == "700"
    page, token = f"/setup?token={app.setup_token()}", app.setup_token()
    Client(app).set_up()
    assert not (app.data / "setup_link").exists()
    assert Client(app).request("GET", page)[0] == 403
    stranger = Client(app)
    status, _, _ = stranger.post(
        "/setup", form="/login", token=token, username="second", password=PASSWORD
    )
    assert status == 403


@pytest.mark.slow
def test_a_long_text_is_heard_while_it_is_made_and_found_again_when_it_is_whole(app):
    client = Client(app).set_up()
    filename = client.generate(prose(60_000))["filename"]
    connection, answer = client.open("GET", f"/audio/{filename}")
    heard = answer.read(16_000)
    assert hear(heard).loudness() > 0.03
    assert client.state(filename)["status"] == "speaking"
    connection.close()
    state = client.until_ready(filename)
    sound = client.request("GET", f"/audio/{filename}")[2]
    assert hear(sound).duration_s == pytest.approx(state["duration"], abs=0.001)
    assert sound[1000:16_000] == heard[1000:16_000]
    assert filename in client.request("GET", "/library")[2].decode()


def test_two_listeners_of_one_growing_file_hear_the_same_to_its_end(app):
    client = Client(app).set_up()
    filename = client.generate(prose(20_000))["filename"]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: client.request("GET", f"/audio/{filename}")[2], range(2))
    whole = client.request("GET", f"/audio/{filename}")[2]
    assert first[300:] == second[300:] == whole[300:]  # the head says the length at the end


def test_a_killed_worker_is_replaced_and_its_file_ends_ready(app):
    client = Client(app).set_up()
    filename = client.generate(prose(30_000))["filename"]
    for _ in range(3):
        pid = wait_until(app.worker_pid, "a worker")
        wait_until(lambda: client.state(filename)["status"] != "queued", "the claim")
        if client.state(filename)["status"] == "ready":
            break
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: app.worker_pid() not in (None, pid), "a new worker")
    client.until_ready(filename)
    assert "starting another one" in app.log_path.read_text()


def test_a_stopped_app_ends_its_worker_and_parks_the_work(tmp_path):
    app = App(tmp_path).start()
    client = Client(app).set_up()
    filename = client.generate(prose(200_000))["filename"]
    wait_until(lambda: client.state(filename)["status"] == "speaking", "speaking")
    worker = app.worker_pid()
    assert app.stop() == 0
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the end of the worker")
    with sqlite3.connect(app.data / "voiceverse.db") as db:
        assert db.execute("SELECT status FROM audio_files").fetchone() == ("queued",)
    db.close()


def test_a_stopped_app_hangs_up_on_its_listeners_without_a_complaint(tmp_path):
    app = App(tmp_path).start()
    client = Client(app).set_up()
    filename = client.generate(prose(400_000))["filename"]
    wait_until(lambda: client.state(filename)["status"] == "speaking", "speaking")
    slow = [client.open("GET", f"/audio/{filename}") for _ in range(3)]
    assert all(answer.read(16_000) for _, answer in slow)
    assert app.stop() == 0
    log = app.log_path.read_text()
    assert "Traceback" not in log
    assert "still running" not in log
    for connection, _ in slow:
        connection.close()


def test_a_killed_app_takes_its_worker_with_it(tmp_path):
    app = App(tmp_path).start()
    worker = wait_until(app.worker_pid, "a worker")
    os.kill(app.process.pid, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the end of the worker")
    app.kill()


def test_an_upload_that_was_cut_off_by_a_kill_is_gone_after_the_next_start(app):
    client = Client(app).set_up()
    body = multipart([("book.txt", b"word " * 400_000)], csrf_token=client.token())
    connection = http.client.HTTPConnection("127.0.0.1", app.port)
    connection.putrequest("POST", "/documents")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    for name, value in (("Cookie", cookies), ("Content-Type", CONTENT_TYPE)):
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[: len(body) // 2])
    (app.data / "imports" / "upload-of-an-earlier-life").write_bytes(b"half")
    app.kill()
    connection.close()
    app.start()
    assert list((app.data / "imports").iterdir()) == []
    assert Client(app).log_in("owner").json("/documents")["documents"] == []


def test_a_second_app_on_the_same_folder_is_refused_with_one_sentence(app):
    second = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=app.environ, capture_output=True, text=True
    )
    assert second.returncode == 1
    assert second.stderr == f"VoiceVerse already runs on {app.data}. Stop it first.\n"


def test_a_second_worker_is_refused_with_one_sentence(app, monkeypatch):
    wait_until(app.worker_pid, "a worker")
    wait_until(lambda: (app.data / "worker.lock").exists(), "the lock")
    second = subprocess.run(
        [sys.executable, "-m", "server.worker"],
        cwd=ROOT,
        env=app.environ | {"VOICEVERSE_LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        input="",
    )
    assert second.returncode == 1
    assert "Another worker already speaks" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_taken_port_is_named(app, tmp_path):
    environ = app.environ | {
        "VOICEVERSE_PORT": str(app.port),
        "VOICEVERSE_DATA_DIR": str(tmp_path / "other"),
    }
    second = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{app.port}" in second.stderr
    assert "VOICEVERSE_PORT" in second.stderr


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: (data / "secret_key").unlink(), "is missing beside an existing database"),
        (lambda data: (data / "secret_key").write_text("short"), "shorter than 32 bytes"),
        (lambda data: (data / "voiceverse.db").write_bytes(b"x" * 4096), "damaged"),
    ],
)
def test_a_damaged_data_folder_stops_the_start_with_the_remedy(tmp_path, change, sentence):
    with App(tmp_path) as app:
        pass
    change(app.data)
    before = (app.data / "voiceverse.db").read_bytes()
    second = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=app.environ, capture_output=True, text=True
    )
    assert second.returncode == 1
    assert sentence in second.stderr
    assert second.stderr.count("\n") == 1
    assert (app.data / "voiceverse.db").read_bytes() == before


def test_an_unknown_setting_is_reported_and_the_app_starts(tmp_path):
    with App(tmp_path, VOICEVERSE_PROT="5000") as app:
        assert "VOICEVERSE_PROT is not a setting" in app.log_path.read_text()


def test_a_hundred_equal_submissions_by_eight_clients_are_a_hundred_files(app):
    owner = Client(app).set_up()
    token = owner.token("/")
    gate = threading.Barrier(8)

    def submit(number):
        client = Client(app)
        client.cookies = dict(owner.cookies)
        gate.wait()
        count = 12 + (number < 4)
        return [
            client.generate("One and the same.", token=token, name="Same")["filename"]
            for _ in range(count)
        ]

    with ThreadPoolExecutor(8) as pool:
        names = [name for made in pool.map(submit, range(8)) for name in made]
    assert len(set(names)) == 100
    for name in names:
        state = owner.until_ready(name)
        sound = owner.request("GET", f"/audio/{name}")[2]
        assert hear(sound).duration_s == pytest.approx(state["duration"], abs=0.001)
    first = owner.json("/library")
    second = owner.json(f"/library?after={quote(first['next'])}")
    assert second["next"] is None
    assert {file["filename"] for file in first["files"] + second["files"]} == set(names)


def test_accounts_and_speech_are_managed_from_the_command_line(tmp_path):
    app = App(tmp_path)
    added = app.flask("user", "add", "anna", "--admin", "--password-stdin", stdin=PASSWORD + "\n")
    assert (added.returncode, added.stdout) == (0, "anna may log in now.\n")
    again = app.flask("user", "add", "Anna", "--password-stdin", stdin=PASSWORD)
    assert again.returncode == 1
    assert again.stderr == "The name anna is taken. Choose another one.\n"
    short = app.flask("user", "add", "bert", "--password-stdin", stdin="short\n")
    assert short.returncode == 1
    assert short.stderr.count("\n") == 1
    assert "anna\tadmin" in app.flask("user", "list").stdout
    assert app.flask("user", "disable", "nobody").stderr == "There is no account named nobody.\n"

    output = tmp_path / "fox.mp3"
    spoken = app.flask("speak", "The quick brown fox", "--output", str(output))
    assert spoken.returncode == 0, spoken.stderr
    heard = hear(output.read_bytes())
    assert 0.8 < heard.duration_s < 3
    assert heard.loudness() > 0.03
    for arguments, named in (
        (("speak", "Hi", "--voice", "nobody", "--output", str(output)), "nobody"),
        (("speak", "Hi", "--speed", "9", "--output", str(output)), "9"),
        (("speak", " ", "--output", str(output)), "no text"),
        (("speak", "Hi", "--output", str(tmp_path / "fox.ogg")), "fox.ogg"),
    ):
        refused = app.flask(*arguments)
        assert refused.returncode == 1
        assert named in refused.stderr
        assert refused.stderr.count("\n") == 1


def test_health_is_public_and_says_how_much_work_there_is(app):
    status, _, body = Client(app).request("GET", "/health")
    assert status == 200
    assert json.loads(body)["status"] == "ok"


def test_a_database_of_the_earlier_release_starts_without_a_key_made_by_hand(tmp_path):
    app = App(tmp_path)
    app.data.mkdir(mode=0o700)
    make(app.data / "voiceverse.db")
    with app:
        status, _, _ = Client(app).request("GET", "/login")
    assert status == 200
    assert oct((app.data / "secret_key").stat().st_mode)[-3:] == "600"
    (app.data / "secret_key").unlink()
    refused = app.flask("user", "list")
    assert refused.returncode == 1
    assert "secret_key is missing beside an existing database" in refused.stderr
