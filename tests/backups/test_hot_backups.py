"""Backups that are made while others write, restored elsewhere and compared by content."""

import pytest

from tools.attack import hot_backups


def test_backups_under_load_are_whole(tmp_path):
    assert hot_backups.run(tmp_path, 2).failures == []


@pytest.mark.slow
def test_forty_backups_under_load_are_all_whole(tmp_path):
    assert hot_backups.run(tmp_path, 40).failures == []
