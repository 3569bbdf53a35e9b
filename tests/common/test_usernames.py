"""Names of accounts: one name however it is spelled, and none that passes for another."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from accounts.errors import BadUsername, LoginRefused, TooManyAttempts
from accounts.passwords import BadPassword
from accounts.types import Visitor
from common import usernames
from database import Database
from server.doctor import examine
from storage import snapshots, sqlite_file
from storage.errors import UsernameTaken
from tests.conftest import PASSWORD
from tests.database import earlier_files

VISITOR = Visitor("192.0.2.7")
SPELLINGS = [
    ("änne", "ÄNNE"),
    ("straße", "STRASSE"),
    ("ﬁna", "fina"),
    ("ann", "ａｎｎ"),
    ("änne", "a\u0308nne"),
    ("σοφίας", "ΣΟΦΊΑΣ"),
]
LOOKS = [
    ("paypaӏ", "paypal"),
    ("раураӏ", "paypal"),
    ("ВОВ", "bob"),
    ("ΜΑΡΙΑ", "mapia"),
    ("օսս", "ouu"),
    ("admın", "admin"),
    ("bᴏb", "bob"),
]
MIXED = ["аnn", "раураl", "αlex", "عليann", "anna٣", "サくㅋ", "annא", "田中анна"]
SINGLE = [
    "anna3",
    "анна3",
    "αλεξ",
    "علي",
    "田中さくら",
    "タナカanna",
    "김철수",
    "金철수",
    "ㄅㄆ王",
    "ハーバー",
    "々木田",
]
UNSEEN = [
    "ann\u200b",
    "a\u200dnn",
    "an\u202en",
    "ann\ufeff",
    "ann\u00ad",
    "ann\u3164",
    "an\u0000n",
    "a\u115fnn",
]


@pytest.fixture
def db(services):
    return services.db


@pytest.fixture(autouse=True)
def quick_hashes(accounts, monkeypatch, password_hash):
    monkeypatch.setattr(accounts, "hash_password", lambda password: password_hash)


@pytest.mark.parametrize(("there", "new"), SPELLINGS + [pair[::-1] for pair in SPELLINGS])
def test_another_spelling_of_a_name_is_taken(accounts, there, new):
    accounts.add_user(there, PASSWORD)
    with pytest.raises(UsernameTaken, match="is taken"):
        accounts.add_user(new, PASSWORD)


@pytest.mark.parametrize(("new", "there"), LOOKS)
def test_a_name_that_passes_for_another_is_refused(db, new, there):
    db.create_user(there, "h")
    with pytest.raises(UsernameTaken, match=f"looks like {there}"):
        db.create_user(new, "h")


@pytest.mark.parametrize("name", MIXED)
def test_a_name_of_letters_of_several_scripts_is_refused(accounts, name):
    with pytest.raises(BadUsername, match="mixes letters"):
        accounts.add_user(name, PASSWORD)


@pytest.mark.parametrize("name", SINGLE)
def test_a_name_in_any_one_script_is_taken_in(accounts, name):
    assert accounts.add_user(name, PASSWORD)["username"] == name


@pytest.mark.parametrize("name", UNSEEN)
def test_characters_that_nobody_sees_are_refused(accounts, name):
    with pytest.raises(BadUsername, match="Use 3 to 32"):
        accounts.add_user(name, PASSWORD)


def test_every_way_to_an_account_asks_the_same_of_its_name(accounts, owner):
    admin = owner.user
    invite = accounts.create_invite(admin, VISITOR)
    for name, refusal in (("VERA", UsernameTaken), ("vеra", BadUsername)):
        with pytest.raises(refusal):
            accounts.register(invite, name, PASSWORD, VISITOR)
    answer = owner.client.get(f"/register?invite={invite}")
    assert answer.status_code == 200


@pytest.mark.parametrize(("there", "typed"), SPELLINGS)
def test_a_login_finds_the_account_by_any_spelling(accounts, there, typed):
    user = accounts.add_user(there, PASSWORD)
    assert accounts.login(typed, PASSWORD, VISITOR).user["id"] == user["id"]


def written_before(db, *names, stored="h"):
    """Accounts as releases made them that knew nothing of spellings."""
    with closing(sqlite3.connect(db.path)) as connection, connection:
        for name in names:
            connection.execute(
                "INSERT INTO users (username, password_hash, name_key) VALUES (?, ?, ?)",
                (name, stored, usernames.look(name)),
            )


def test_accounts_of_before_keep_their_names_and_log_in_with_just_them(accounts, db, password_hash):
    names = ["änne", "a\u0308nne", "ÄNNE", "аnn", "ann", " outer ", "ann\u200b"]
    written_before(db, *names, stored=password_hash)
    for name in names:
        assert accounts.login(name, PASSWORD, VISITOR).user["username"] == name
    with pytest.raises(LoginRefused):
        accounts.login("Änne", PASSWORD, VISITOR)  # it could be any of three


def test_failures_under_all_spellings_of_a_name_count_together(accounts, db):
    user = accounts.add_user("straße", PASSWORD)
    for name in ("straße", "STRASSE", "strasse", "ｓｔｒａｓｓｅ", "STRAẞE"):
        with pytest.raises(LoginRefused):
            accounts.login(name, "wrong in every way", VISITOR)
    with pytest.raises(TooManyAttempts):
        accounts.login("ＳＴＲＡＳＳＥ", PASSWORD, Visitor("192.0.2.8"))
    throttled = db.get_security_logs(event_type="login_throttled")
    with pytest.raises(TooManyAttempts):
        accounts.login("Strasse", PASSWORD, Visitor("192.0.2.9"))
    assert len(db.get_security_logs(event_type="login_throttled")) == len(throttled) == 1
    assert db.get_user("STRASSE")["id"] == user["id"]


@pytest.mark.parametrize("name", ["strasseberlin", "ＳＴＲＡＳＳＥＢＥＲＬＩＮ"])
def test_a_password_that_is_the_name_in_another_spelling_is_refused(accounts, name):
    with pytest.raises(BadPassword, match="too easy to guess"):
        accounts.add_user(name, "Straßeberlin123")


def of_schema_2(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(earlier_files.__file__).with_name("schema_2.sql").read_text())
        connection.execute(f"PRAGMA application_id={sqlite_file.APPLICATION_ID}")
        connection.execute("PRAGMA user_version=2")


@pytest.mark.parametrize("make", [of_schema_2, earlier_files.make])
def test_an_upgrade_knows_the_names_that_are_there(tmp_path, make):
    path = tmp_path / "voiceverse.db"
    make(path)
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("INSERT INTO users (username, password_hash) VALUES ('Straße', 'h')")
    with closing(Database(path)) as db:
        assert db.get_user("STRASSE")["username"] == "Straße"
        with pytest.raises(UsernameTaken):
            db.create_user("strasse", "h")


def test_names_that_are_unclear_today_are_all_listed_by_doctor(db, services):
    written_before(db, "änne", "ÄNNE", "paypal", "раураӏ", "αlex", "otto")
    alike, mixed = snapshots.find_unclear_names(db.path)
    shown = "\n".join(finding.what for finding in examine(services.config))
    assert "'änne', 'ÄNNE'" in shown
    assert "mix scripts to look like others: αlex" in shown
    assert alike == [["änne", "ÄNNE"], ["paypal", "раураӏ"]]
    assert mixed == ["αlex"]
