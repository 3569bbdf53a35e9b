"""Health and numbers: true, and told to those alone who may know them."""

import re

import pytest

from blueprints.monitoring import HEALTH
from server import health, metrics
from server.health import Health
from storage.errors import DatabaseError
from tests.support.serving import App, Client, wait_until

TOKEN = "a token of a prometheus server"
SAMPLE = re.compile(r'voiceverse_[a-z_]+(\{[a-z]+="[^"\n]*"\})? -?[0-9.e+-]+')


@pytest.fixture
def look(services):
    """A look at the health of an app that was started long ago, at a time."""

    def look_at(now, **changes):
        watch = Health(services.config, services.db, started_at=0.0)
        for name, value in changes.items():
            setattr(watch, name, value)
        return watch._look(now)

    return look_at


def test_a_worker_that_was_seen_lately_is_well(services, look):
    services.db.beat(health.WORKER, 1000.0)
    assert look(1030.0).problems == ()
    assert services.db.get_heartbeat(health.APP) == 1030.0


def test_a_worker_that_is_silent_is_missed(services, look):
    services.db.beat(health.WORKER, 1000.0)
    (problem,) = look(1100.0).problems
    assert problem.startswith("The worker has been silent for 100 seconds")
    assert look(5.0e8).problems


def test_a_worker_gets_time_to_start(services):
    watch = Health(services.config, services.db, started_at=2000.0)
    assert watch._look(2030.0).problems == ()
    assert watch._look(2100.0).problems != ()


def test_a_database_that_cannot_be_written_is_told(services, look, monkeypatch):
    def fail(*_):
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr(services.db, "beat", fail)
    state = look(1000.0)
    assert state.problems[0] == "The disk is full."
    assert state.jobs is None


def test_a_disk_that_is_nearly_full_is_told(make_app):
    app = make_app(min_free_mb=10**9)
    answer = app.test_client().get("/health")
    assert answer.status_code == 503
    assert "The disk is nearly full" in answer.json["problems"][0]
    assert answer.json["status"] == "bad"


def test_anybody_may_ask_and_however_many_do_little_is_written(app, services, monkeypatch):
    beats = []
    monkeypatch.setattr(services.db, "beat", lambda *beat: beats.append(beat))
    clock = [100.0]
    monkeypatch.setattr(health.time, "monotonic", lambda: clock[0])
    client = app.test_client()
    for _ in range(20):
        answer = client.get("/health")
        assert answer.json == {
            "status": "ok", "jobs": {"queued": 0, "speaking": 0}, "problems": []
        }  # fmt: skip
    assert len(beats) == 1
    clock[0] += 3
    client.get("/health")
    assert len(beats) == 2
    assert app.extensions[HEALTH].look().problems == ()


def test_problems_are_told_in_the_language_of_who_asks(make_app):
    app = make_app(min_free_mb=10**9)
    answer = app.test_client().get("/health", headers={"Accept-Language": "de"})
    assert "fast voll" in answer.json["problems"][0]


def test_a_running_program_has_a_worker_that_is_seen(tmp_path):
    with App(tmp_path, VOICEVERSE_METRICS_TOKEN=TOKEN) as app:
        client = Client(app)

        def seen():
            text = client.request("GET", "/metrics", Authorization=f"Bearer {TOKEN}")[2].decode()
            found = re.search(r"^voiceverse_worker_seen_seconds (\S+)$", text, re.M)
            return float(found.group(1)) < health.SILENCE_S

        wait_until(seen, "a sign of life")
        assert client.request("GET", "/health")[0] == 200


# Numbers


def test_admins_and_nobody_else_see_the_numbers(owner, guest, stranger):
    answer = owner.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == metrics.CONTENT_TYPE
    assert guest.get("/metrics").status_code == 404
    assert stranger.get("/metrics").status_code == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Bearer \xe4\xf6", 401),
        (f"Basic {TOKEN}", 401),
    ],
)
def test_a_token_opens_the_numbers_and_nothing_else(make_app, header, status):
    client = make_app(metrics_token=TOKEN).test_client()
    assert client.get("/metrics", headers={"Authorization": header}).status_code == status
    assert client.get("/admin", headers={"Authorization": header}).status_code == 303


def test_without_a_token_in_the_settings_none_opens_them(app, stranger):
    for given in ("Bearer ", "Bearer x"):
        answer = stranger.get("/metrics", headers={"Authorization": given})
        assert answer.status_code == 401


def test_the_numbers_are_what_is_there(owner, services):
    filename = owner.speak("It was late.")
    owner.post("/generate", {"text": "Later."})
    owner.get("/nowhere")
    text = owner.get("/metrics").text
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
    assert values['voiceverse_files{state="ready"}'] == "1"
    assert values["voiceverse_queue_files"] == "1"
    assert float(values["voiceverse_queue_oldest_seconds"]) >= 0
    assert values['voiceverse_characters_total{engine="espeak"}'] == "12"
    assert float(values['voiceverse_requests_total{status="4xx"}']) >= 1
    assert float(values["voiceverse_disk_free_bytes"]) > 0
    assert values["voiceverse_backup_made_timestamp_seconds"] == "0"
    assert filename not in text


def test_every_line_is_as_prometheus_wants_it(owner):
    owner.speak()
    named = set()
    for line in owner.get("/metrics").text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert (kind == "counter") == name.endswith("_total")
            assert name not in named
            named.add(name)
        elif not line.startswith("# HELP "):
            assert SAMPLE.fullmatch(line), line
            assert line.partition("{")[0].split()[0] in named


def test_labels_are_escaped():
    metric = metrics.Metric("x", "X.", {(("l", 'a"b\\c\nd'),): 1.5})
    assert metrics.render([metric]).splitlines()[2] == r'voiceverse_x{l="a\"b\\c\nd"} 1.5'


def test_what_an_engine_of_unknown_price_cost_is_not_told_as_nothing(owner, services):
    services.db.record_usage(owner.user["id"], 10, None, engine="lan")
    services.db.record_usage(owner.user["id"], 10, 0.0, engine="espeak")
    text = owner.get("/metrics").text
    assert 'voiceverse_characters_total{engine="lan"} 10' in text
    assert 'voiceverse_cost_usd_total{engine="lan"}' not in text
    assert 'voiceverse_cost_usd_total{engine="espeak"} 0' in text
