"""The traffic light: what the machine is asked for, and what helps where that is too much."""

from collections import namedtuple

import pytest
from flask import render_template_string

from common.shared_counts import ProcessLock
from common.shared_times import SharedTimes
from server import capacity
from server.capacity import LEAST, MOST_MS, MOST_WAIT_S, NEAR_MS, NEAR_WAIT_S
from server.doctor.findings import BAD, GOOD, WARN
from web.response_kinds import KINDS, PAGE, POSITION, REFUSED, SOUND

NOON = 1_790_000_100.0  # the beginning of five minutes
Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def light(app, services, monkeypatch):
    """A function that examines a machine that has plenty of everything but what a test takes."""
    times = SharedTimes(ProcessLock(), KINDS, lambda: NOON)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Disk(100, 50, 50))
    monkeypatch.setattr("common.memory.left_bytes", lambda: 8_000_000_000)
    monkeypatch.setattr("os.getloadavg", lambda: (0.1, 0.1, 0.1))

    def examine():
        with app.test_request_context():
            return capacity.examine(services.config, services.db, times)

    examine.times = times
    return examine


def told(findings, word):
    (finding,) = [finding for finding in findings if word in finding.what]
    return finding


def test_an_idle_machine_has_plenty_of_room(light):
    assert {finding.level for finding in light()} == {GOOD}
    assert not any(finding.remedy for finding in light())


@pytest.mark.parametrize(
    ("kind", "word"), [(PAGE, "pages"), (POSITION, "listening pos"), (SOUND, "requests")]
)
@pytest.mark.parametrize(
    ("taken_ms", "level"), [(NEAR_MS, GOOD), (MOST_MS, WARN), (MOST_MS + 1, BAD), (90_000, BAD)]
)
def test_the_slowest_five_minutes_of_a_kind_decide(light, kind, word, taken_ms, level):
    for _ in range(LEAST):
        light.times.note(kind, taken_ms)
    finding = told(light(), f"95 of 100 {word}")
    assert finding.level == level
    assert bool(finding.remedy) == (level != GOOD)
    assert light()[0].level == level


def test_five_in_a_hundred_may_take_long(light):
    for number in range(100):
        light.times.note(PAGE, 5000 if number < 5 else 5)
    assert told(light(), "95 of 100 pages").level == GOOD


def test_a_few_slow_answers_tell_nothing(light):
    for _ in range(LEAST - 1):
        light.times.note(PAGE, 5000)
    assert told(light(), "Too few pages").level == GOOD


def test_what_was_refused_for_lack_of_room_is_told(light):
    for _ in range(3):
        light.times.note(REFUSED, 1)
    finding = told(light(), "3 were refused")
    assert finding.level == BAD
    assert "more memory" in finding.remedy


@pytest.mark.parametrize(
    ("waited_s", "level"), [(NEAR_WAIT_S, GOOD), (NEAR_WAIT_S + 1, WARN), (MOST_WAIT_S + 1, BAD)]
)
def test_somebody_who_waits_for_a_first_piece_is_told_of(light, monkeypatch, waited_s, level):
    monkeypatch.setattr("database.Database.get_longest_wait", lambda _: waited_s)
    assert told(light(), f"for a piece for {waited_s} seconds").level == level


def test_who_waits_is_somebody_of_whom_nothing_is_spoken(services, light):
    db = services.db
    first, second = (db.create_user(name, "!")["id"] for name in ("first", "second"))
    for number in range(2):
        db.create_audio_file(first, f"{number}.mp3", "n", voice="v", text="t", status="queued")
    assert db.get_longest_wait() == 0
    db.claim_job("worker", now=0, lease_s=30)
    assert db.get_longest_wait() is None
    assert told(light(), "Nobody is waiting").level == GOOD
    row = db.create_audio_file(second, "x.mp3", "n", voice="v", text="t", status="queued")
    assert db.get_longest_wait() == 0
    db.claim_job("other", now=0, lease_s=30)
    db.wait_job(row["id"], "other", "provider", until=1e12)
    assert db.get_longest_wait() is None


def test_a_busy_processor_matters_only_where_something_is_slow(light, monkeypatch):
    monkeypatch.setattr("os.getloadavg", lambda: (0.1, 64.0, 0.1))
    assert told(light(), "64.0 cores").level == GOOD
    for _ in range(LEAST):
        light.times.note(PAGE, 5000)
    assert told(light(), "64.0 cores").level == WARN


@pytest.mark.parametrize(
    ("left", "level"), [(600_000_000, GOOD), (400_000_000, WARN), (100_000_000, BAD)]
)
def test_memory_that_runs_short_is_told(light, monkeypatch, left, level):
    monkeypatch.setattr("common.memory.left_bytes", lambda: left)
    assert told(light(), "of memory").level == level
    monkeypatch.setattr("common.memory.left_bytes", lambda: None)
    assert not any("of memory" in finding.what for finding in light())


@pytest.mark.parametrize(("free", "level"), [(10, GOOD), (9, WARN), (2, BAD)])
def test_a_disk_that_fills_up_is_told(light, monkeypatch, free, level):
    monkeypatch.setattr("shutil.disk_usage", lambda _: Disk(100, 100 - free, free))
    assert told(light(), f"{free} % of the disk").level == level


def test_admins_see_it_and_what_was_asked_for_counts(owner, services, monkeypatch):
    monkeypatch.setattr(services, "times", SharedTimes(ProcessLock(), KINDS, lambda: NOON))
    owner.get("/library")  # compiled, where no test came before
    services.times = SharedTimes(ProcessLock(), KINDS, lambda: NOON)
    for _ in range(LEAST):
        assert owner.get("/library").status_code == 200
        owner.get("/static/css/admin.css")
        owner.get("/library", headers={"Accept": "application/json"})
        owner.get("/files/none.mp3")
    page = owner.get("/admin/health").text
    assert "How busy the server is" in page
    assert "95 of 100 pages loaded within" in page
    (period,) = services.times.last_day(PAGE)
    assert period.total in (LEAST, LEAST + 1)  # the page of health may be compiled


def test_a_page_whose_template_is_compiled_for_it_does_not_count(owner, app, services, monkeypatch):
    monkeypatch.setattr(services, "times", SharedTimes(ProcessLock(), KINDS, lambda: NOON))
    app.view_functions["library.overview"] = lambda: render_template_string("anew")
    assert owner.get("/library").status_code == 200
    assert services.times.last_day(PAGE) == []
    app.view_functions["library.overview"] = lambda: "as before"
    assert owner.get("/library").status_code == 200
    assert [period.total for period in services.times.last_day(PAGE)] == [1]


def test_a_refusal_for_lack_of_room_counts_and_bad_health_does_not(
    owner, app, services, monkeypatch
):
    monkeypatch.setattr(services, "times", SharedTimes(ProcessLock(), KINDS, lambda: NOON))

    def full():
        return "full", 503

    app.view_functions["library.overview"] = lambda: (render_template_string("full"), 503)
    assert owner.get("/library").status_code == 503
    app.view_functions["monitoring.health"] = full
    assert owner.get("/health").status_code == 503
    assert [period.total for period in services.times.last_day(REFUSED)] == [1]
