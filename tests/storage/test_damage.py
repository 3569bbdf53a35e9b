"""A database that is lost or damaged is never replaced by an empty one, nor written to."""

import pytest

from config import Config, ConfigError, refuse_lost_database
from server.worker import build_studio
from storage.disk_reserve import Reserve
from storage.errors import DatabaseDamaged
from tests.conftest import Browser


@pytest.fixture
def lost(tmp_path):
    """The settings of a data folder with sound in it, whose database is gone."""
    config = Config(data_dir=tmp_path / "data", min_free_mb=0)
    config.audio_dir.mkdir(parents=True)
    (config.audio_dir / "20260101-0123456789abcdef.mp3").write_bytes(b"sound")
    return config


@pytest.mark.parametrize("is_empty", [False, True])
def test_a_lost_database_beside_sound_is_not_made_anew(lost, make_app, is_empty):
    if is_empty:
        lost.database_path.touch()
    for start in (lambda: make_app(data_dir=lost.data_dir), lambda: build_studio(lost)):
        with pytest.raises(ConfigError, match="Restore the database from a backup") as caught:
            start()
        assert caught.value.message.count("\n") == 0
    assert lost.database_path.exists() == is_empty
    assert not is_empty or lost.database_path.stat().st_size == 0


def test_a_first_start_is_no_loss(tmp_path):
    refuse_lost_database(Config(data_dir=tmp_path), is_empty=True)


@pytest.fixture
def damaged(app, owner):
    """A browser whose app's database lost the inside of a table while it runs."""
    owner.speak(name="Kept")
    db = owner.services.db
    db.write("CREATE TABLE torn (a TEXT)")
    db.write_many("INSERT INTO torn VALUES (?)", [("x" * 3000,)] * 50)
    db._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    root = db.value("SELECT rootpage FROM sqlite_schema WHERE name = 'torn'")
    size = db.value("PRAGMA page_size")
    db.close()
    with db.path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(DatabaseDamaged):
        db.rows("SELECT count(*) FROM torn WHERE a != ''")
    return owner


def test_a_damaged_database_is_read_and_not_written(damaged):
    before = damaged.services.db.path.read_bytes()
    assert "Kept" in damaged.get("/library").text
    token = damaged.csrf_token()
    answer = damaged.post("/generate", {"text": "Hello there."}, csrf=token, json=True)
    assert answer.status_code == 500
    assert "only reads it" in answer.json["error"]
    assert "restore a backup" in answer.json["error"]
    assert damaged.services.db.path.read_bytes() == before


def test_who_is_signed_in_stays_so_while_the_database_is_only_read(damaged):
    services = damaged.services
    later = services.accounts.now() + 3600
    services.accounts._clock = lambda: later
    assert damaged.get("/library").status_code == 200


def test_sound_plays_and_is_downloaded_while_the_database_is_only_read(damaged):
    filename = damaged.get("/library", json=True).json["files"][0]["filename"]
    assert damaged.get(f"/audio/{filename}").status_code == 200
    assert damaged.get(f"/download/{filename}").status_code == 200


def test_an_app_does_not_start_on_what_is_no_database(tmp_path, make_app):
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret_key").write_text("k" * 64)
    (data / "voiceverse.db").write_bytes(b"\0" * 40_960)
    with pytest.raises(DatabaseDamaged, match="restore it from a backup"):
        make_app()
    assert (data / "voiceverse.db").read_bytes() == b"\0" * 40_960


def test_no_room_is_taken_up_where_none_is_asked_to_be_left(tmp_path):
    reserve = Reserve(tmp_path / "reserve", 0)
    reserve.look()
    assert list(tmp_path.iterdir()) == []


def test_a_login_page_needs_no_write(damaged):
    assert Browser(damaged.client.application).get("/login").status_code == 200
