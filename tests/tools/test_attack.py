"""The attacks in a short form; `make attack` runs them in full and says how long things took."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest

from tests.browser.driving import CHROMIUM
from tools.attack import (
    audit,
    brute,
    byte_ranges,
    faults,
    flips,
    kills,
    scanners,
    scripts,
    slow,
    ssrf,
    traversal,
    writers,
)
from tools.attack.byte_ranges import Expected, model
from tools.attack.scene import Scene
from tools.attack.served import listening
from tools.attack.tally import Tally
from tools.attack.tried import Target

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    made = Scene(tmp_path_factory.mktemp("scene") / "data")
    yield made
    made.close()


def test_parts_of_sounds_are_answered_as_the_standard_says(scene):
    tally = byte_ranges.run(scene, 400, seed=1)
    assert tally.failures == []
    assert set(tally.by_kind) == {"200", "206", "416"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", Expected(206, 0, 1)),
        ("bytes=-1", Expected(206, 99, 1)),
        ("bytes=100-", Expected(416, 0, 0)),
        ("bytes=5-4", Expected(200, 0, 100)),
        ("bytes=0-0,2-2", Expected(200, 0, 100)),
        ("items=0-0", Expected(200, 0, 100)),
        (None, Expected(200, 0, 100)),
    ],
)
def test_the_model_says_what_the_standard_says(header, expected):
    assert model(header, 100) == expected
    assert model(header, 100, method="HEAD") == Expected(200, 0, 100)
    assert model(header, 100, is_current=False) == Expected(200, 0, 100)


def test_neither_web_import_nor_providers_ask_what_they_should_not(scene):
    tally = ssrf.run(scene)
    assert tally.failures == []
    assert tally.by_kind["web import"] >= 40
    assert tally.cases - tally.by_kind["web import"] >= 100


def test_no_path_leads_out_of_where_files_are_had(tmp_path):
    tally = traversal.run(tmp_path, 100)
    assert tally.failures == []


def test_guesses_are_slowed_and_the_owner_gets_in(tmp_path):
    tally = brute.run(tmp_path, 120)
    assert tally.failures == []
    assert tally.by_kind["owner logs in"] >= 3 * brute.LOGINS


def test_no_planted_script_runs(tmp_path):
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    assert len(scripts.corpus(200)) == 200
    # A thread of its own, for Playwright starts once in each, and other tests may have started it.
    with ThreadPoolExecutor(1) as thread:
        tally = thread.submit(scripts.run, tmp_path, 8).result()
    assert tally.failures == []


def test_eight_writers_lose_no_step(tmp_path):
    tally = writers.run(tmp_path, 320)
    assert tally.failures == []
    assert tally.cases == 320


def test_kills_lose_nothing_that_was_acknowledged(tmp_path):
    tally = kills.run(tmp_path, 12)
    assert tally.failures == []
    assert tally.by_kind == dict.fromkeys(kills.KINDS, 2)


def test_failing_writes_are_told_and_leave_all_whole(tmp_path):
    tally = faults.run(tmp_path, 24)
    assert tally.failures == []
    assert tally.by_kind == dict.fromkeys(kills.KINDS, 4)


def test_single_bits_are_found_in_backups_and_sound(tmp_path):
    tally = flips.run(tmp_path, 30)
    assert tally.failures == []
    assert tally.by_kind == {"backup": 10, "audio": 10, "database": 10}


def test_nothing_stands_in_the_code_that_should_not(tmp_path):
    tally = audit.run(tmp_path, with_history=False)
    assert tally.failures == []
    assert tally.cases > 300


@pytest.mark.parametrize("scan", [scanners.sqlmap, scanners.wapiti])
def test_a_tool_that_is_not_installed_passes_nothing(tmp_path, monkeypatch, scan):
    monkeypatch.setattr(scanners.shutil, "which", lambda tool: None)
    tally = scan(tmp_path)
    assert (tally.cases, tally.verdict) == (0, "not run")
    assert "apt-get install" in tally.unrun


def test_sqlmap_finds_nothing_in_some_routes(tmp_path):
    tally = scanners.sqlmap(tmp_path, only=("GET /documents", "POST /files/<filename>/move"))
    if tally.unrun:
        pytest.skip(tally.unrun)
    assert tally.failures == []
    assert tally.by_kind == {"parameter": 3, "part of a path": 1}


def test_sqlmap_finds_what_is_there(tmp_path):
    """Told the same as of the program, of one that puts texts into its SQL."""
    if shutil.which("sqlmap") is None:
        pytest.skip(scanners.REMEDY.format(tool="sqlmap"))
    with listening(leaky) as address:
        asked = SimpleNamespace(method="GET"), SimpleNamespace(cookie="voiceverse=x")
        target = Target(*asked, "/?name=a", {}, ("name",))
        (found,) = scanners.try_out(target, address, tmp_path / "found", 60.0)
    assert found.startswith("Parameter: name")


def leaky(environ, start_response):
    name = parse_qs(environ["QUERY_STRING"]).get("name", [""])[0]
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript("CREATE TABLE notes (name TEXT); INSERT INTO notes VALUES ('a'), ('b');")
        try:
            rows = db.execute(f"SELECT name FROM notes WHERE name = '{name}'").fetchall()
        except sqlite3.Error:
            rows = []
    start_response("200 OK", [("Content-Type", "text/html")])
    return [f"<main>{rows}</main>".encode()]


def test_wapiti_finds_nothing_with_one_module(tmp_path):
    tally = scanners.wapiti(tmp_path, 20.0, ["csrf"], ["owner"])
    if tally.unrun:
        pytest.skip(tally.unrun)
    assert tally.failures == []
    assert tally.cases == 1


def test_slow_clients_and_listeners_keep_nobody_from_the_studio(tmp_path):
    tally = slow.run(tmp_path / "data", 5.0, clients=20, names=("one", "two"))
    assert tally.failures == []
    assert tally.cases == 20
    assert tally.measured_ms > 0


def test_what_tried_nothing_has_not_passed():
    assert Tally().verdict == "FAILED"
    assert Tally(cases=1).verdict == "pass"
    assert Tally(cases=1, failures=["x"]).verdict == "FAILED"
