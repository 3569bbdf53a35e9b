"""`flask backup` and `flask restore` as they are typed."""

import pytest

from backups import create
from config import Config
from tests.backups.places import Place
from tests.support.serving import App, Client


@pytest.fixture
def app(tmp_path):
    return App(tmp_path)


@pytest.fixture
def filled(tmp_path, app):
    place = Place(tmp_path).fill()
    place.close()
    return place


def test_a_backup_is_made_and_restored_from_the_command_line(filled, app):
    done = app.flask("backup", "--keys")
    assert done.returncode == 0, done.stderr
    assert "restored and compared" in done.stdout
    then = filled.contents()
    filled.config.database_path.write_bytes(b"gone")
    damaged = app.flask("user", "list")
    assert damaged.returncode == 1
    assert damaged.stderr.strip().endswith("restore it from a backup.")
    restored = app.flask("restore", "latest")
    assert restored.returncode == 0, restored.stderr
    assert "Delete it when you are sure" in restored.stdout
    assert filled.contents() == then


def test_a_running_program_is_backed_up_and_not_restored_over(tmp_path):
    with App(tmp_path) as app:
        Client(app).set_up()
        create.make(Config(data_dir=app.data, min_free_mb=0))
        done = app.flask("restore", "latest")
        assert done.returncode == 1
        assert "is running" in done.stderr
        assert done.stderr.count("\n") == 1
