"""A kill at any step leaves the old state or the new one, and the next run ends well."""

from pathlib import Path

import pytest

from tests.legacy import killing
from tests.legacy.earlier import make_both
from tests.legacy.installs import make_small_install
from tests.support import processes


def make_small_install_in(root: Path) -> None:
    make_small_install(root / "saved_audio")


CASES = [
    ("migrate", make_small_install_in, 25),
    ("migrate", make_both, 60),
    ("rollback", make_small_install_in, 30),
    ("rollback", make_both, 40),
]


def sweep(what: str, root: Path, make, every: int) -> dict:
    make(root)
    return processes.told(killing.__file__, root, every, what)


@pytest.mark.slow
@pytest.mark.parametrize(("what", "make", "every"), CASES)
def test_a_kill_leaves_the_old_state_or_the_new_one(tmp_path, what, make, every):
    found = sweep(what, tmp_path / "install", make, every)
    assert found["wrong"] == []
    assert found["steps"] > every


@pytest.mark.slow
@pytest.mark.parametrize(("what", "make"), [case[:2] for case in CASES])
def test_a_kill_at_each_step_leaves_the_old_state_or_the_new_one(tmp_path, what, make):
    found = sweep(what, tmp_path / "install", make, 1)
    assert found["wrong"] == []
    assert found["old"] + found["new"] == found["steps"]
    assert found["new"] > 0
