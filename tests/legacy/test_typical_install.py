"""The typical install of the older app, from its JSON files to one account that holds all."""

import math

import pytest

import app as web
from accounts.types import Visitor
from config import Config
from tests.legacy.checking import rows, run
from tests.legacy.installs import PASSWORD, mp3


@pytest.fixture
def moved(install):
    code, report, _ = run(*install.place)
    assert code == 0
    return report


@pytest.fixture
def app(install, moved):
    made = web.create_app(Config(data_dir=install.database.parent, min_free_mb=0))
    yield made
    made.extensions["voiceverse"].registry.close()
    made.extensions["voiceverse"].db.close()


def test_the_old_password_opens_the_old_account_which_is_an_admin(app):
    services = app.extensions["voiceverse"]
    user = services.accounts.login("AliGym19", PASSWORD, Visitor("127.0.0.1")).user
    assert user["username"] == "AliGym19"
    assert user["is_admin"] == 1


def test_an_owner_without_account_is_listed_as_placeholder_and_cannot_log_in(app, moved):
    services = app.extensions["voiceverse"]
    assert moved["placeholders"] == ["ali.admin"]
    for guess in ("!", "", PASSWORD):
        with pytest.raises(Exception, match="Wrong name or password"):
            services.accounts.login("ali.admin", guess, Visitor("127.0.0.1"))


def test_every_file_can_be_played_under_its_old_name(app, install):
    services = app.extensions["voiceverse"]
    owner = services.db.get_user("ali.admin")
    files = services.db.get_audio_files_by_owner(owner["id"], limit=100)
    assert len(files) == 26
    assert all(file["status"] == "ready" and file["duration"] > 0 for file in files)
    for file in files:
        with services.store.open(file["filename"]) as sound:
            assert sound.read() == (install.source / file["filename"]).read_bytes()


def test_durations_are_those_of_the_sound(install, moved):
    found = dict(rows(install.database, "SELECT size, duration FROM audio_files"))
    for tenths in (1, 2, 3, 4):
        assert found[len(mp3(tenths))] == pytest.approx(tenths / 10, abs=0.11)


def test_the_month_is_exactly_the_older_apps(install, moved):
    costs = rows(
        install.database,
        "SELECT characters_used, cost FROM usage_stats WHERE year = 2025 AND month = 10",
    )
    assert len(costs) == 28
    assert sum(characters for characters, _ in costs) == 8537
    assert abs(math.fsum(cost for _, cost in costs) - 0.12805500000000003) <= 1e-12
    reasons = [note["reason"] for note in moved["notes"] if note["kind"] == "usage"]
    assert any("8,505" in reason and "+32" in reason for reason in reasons)


def test_every_playback_arrives_in_its_order(install, moved):
    found = rows(install.database, "SELECT played_at FROM playback_history ORDER BY id")
    assert len(found) == 41
    assert found == sorted(found)
    gone = rows(
        install.database,
        "SELECT p.display_name, u.username FROM playback_history p "
        "JOIN users u ON u.id = p.user_id WHERE p.file_id IS NULL",
    )
    assert gone == [("Gone", "AliGym19")]


def test_a_merge_leaves_one_account_that_holds_all(app):
    services = app.extensions["voiceverse"]
    result = app.test_cli_runner().invoke(args=["user", "merge", "ali.admin", "AliGym19"])
    assert result.exit_code == 0, result.output
    users = services.db.list_users()
    assert [user["username"] for user in users] == ["AliGym19"]
    user_id = users[0]["id"]
    month = services.db.get_monthly_usage(user_id, 2025, 10)
    assert (month["characters_used"], month["requests"]) == (8537, 28)
    assert abs(month["cost"] - 0.12805500000000003) <= 1e-12
    assert len(services.db.get_audio_files_by_owner(user_id, limit=100)) == 26
    assert len(services.db.get_playback_history(user_id, limit=100)) == 41
    assert services.db.get_security_logs()[0]["event_type"] == "users_merged"


def test_a_placeholder_opens_once_it_has_a_password(app):
    services = app.extensions["voiceverse"]
    new = "seven lanterns on the pier"
    result = app.test_cli_runner().invoke(
        args=["user", "password", "ali.admin", "--password-stdin"], input=new + "\n"
    )
    assert result.exit_code == 0, result.output
    login = services.accounts.login("ali.admin", new, Visitor("127.0.0.1"))
    assert login.user["username"] == "ali.admin"
