"""What the doctor says of the natural voice."""

import platform
import re
import sys

import pytest
from packaging.markers import Marker

from server import doctor
from server.doctor import voices
from speech.engines import natural_speed, natural_voices
from tests.backups.places import Place
from tests.support.serving import ROOT


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    place.close()


def told(place):
    findings = doctor.examine(place.config, thorough=False)
    return [finding for finding in findings if "natural voice" in finding.what]


def measured(place, **speed):
    natural_speed.write_speed(place.config.voices_dir, natural_speed.Speed(**speed))
    return told(place)


def test_a_natural_voice_that_is_fast_enough_is_told_with_its_time(place):
    (finding,) = measured(place, ms=49)
    assert (finding.level, finding.what) == (
        doctor.GOOD,
        "The natural voice takes 49 ms for twelve words.",
    )


def test_a_natural_voice_that_is_too_slow_here_says_who_speaks_in_its_place(place):
    (finding,) = measured(place, ms=natural_speed.LONGEST_MS + 1)
    assert finding.level == doctor.WARN
    assert "espeak-ng is used instead" in finding.what
    (finding,) = measured(place, ms=natural_speed.LONGEST_MS)
    assert finding.level == doctor.GOOD


def test_why_a_natural_voice_cannot_be_used_is_told(place):
    (finding,) = measured(place, reason="onnxruntime cannot be loaded: Illegal instruction.")
    assert finding.level == doctor.WARN
    assert "onnxruntime cannot be loaded" in finding.what


def test_a_natural_voice_that_never_spoke_is_told_as_installed(place):
    (finding,) = told(place)
    assert finding.level == doctor.GOOD
    assert finding.what.startswith("The natural voice is installed.")


def test_a_natural_voice_that_is_not_installed_is_told_with_what_to_install(place, monkeypatch):
    monkeypatch.setattr(natural_voices, "is_installed", lambda: False)
    (finding,) = measured(place, ms=49)
    assert (finding.level, finding.what) == (doctor.WARN, "The natural voice is not installed.")
    assert "requirements/neural.lock" in finding.remedy


@pytest.mark.parametrize(
    ("system", "machine", "version", "is_offered"),
    [
        ("darwin", "x86_64", (3, 13), False),
        ("darwin", "arm64", (3, 13), True),
        ("linux", "x86_64", (3, 14), True),
        ("linux", "x86_64", (3, 15), False),
    ],
)
def test_a_machine_that_the_natural_voice_is_not_made_for_has_no_problem(
    place, monkeypatch, system, machine, version, is_offered
):
    monkeypatch.setattr(natural_voices, "is_installed", lambda: False)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(sys, "version_info", version)
    (finding,) = list(voices.natural(place.config))
    assert (finding.level == doctor.WARN) == is_offered
    lock = (ROOT / "requirements" / "neural.lock").read_text("utf-8")
    (marker,) = re.findall(r"^hibari-tts==\S+ ; (.+?) \\$", lock, re.M)
    here = {"sys_platform": system, "platform_machine": machine}
    here["python_full_version"] = ".".join(map(str, (*version, 0)))
    assert Marker(marker).evaluate(here) == is_offered


def test_a_model_of_another_size_is_told_as_damaged(place, monkeypatch):
    monkeypatch.setattr(natural_voices, "present_voices", lambda _folder: [])
    (finding,) = measured(place, ms=49)
    assert finding.level == doctor.WARN
    assert "missing or damaged" in finding.what
