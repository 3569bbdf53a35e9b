"""`kill -9` during a backup and a restore leaves the data whole, and no half backup."""

import pytest

from tests.backups import killing
from tests.support import processes


def sweep(folder, what, every):
    return processes.told(killing.__file__, folder, what, every)


@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_kill_leaves_the_old_or_the_new(tmp_path, what):
    found = sweep(tmp_path, what, 41)
    assert found["wrong"] == []
    assert found["kills"] >= 4
    assert found["old"]


@pytest.mark.slow
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_kill_at_each_step_leaves_the_old_or_the_new(tmp_path, what):
    found = sweep(tmp_path, what, 1)
    print(found)
    assert found["wrong"] == []
    assert found["old"] > 50
    assert found["new"] > 0
