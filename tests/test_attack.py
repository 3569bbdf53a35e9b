"""The attacks in a short form; `make attack` runs them in full and says how long things took."""

import pytest

from attack import brute, byte_ranges, scripts, ssrf, traversal
from attack.byte_ranges import Expected, model
from attack.scene import Scene
from tests.browser.driving import CHROMIUM

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


def test_the_web_import_asks_nothing_of_this_machine(scene):
    tally = ssrf.run(scene)
    assert tally.failures == []
    assert tally.cases >= 40


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
    tally = scripts.run(tmp_path, 8)
    assert tally.failures == []
