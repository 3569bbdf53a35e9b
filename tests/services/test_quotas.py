"""What one person may keep and have spoken in a day."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from services.quotas import DayUsedUp, StorageUsedUp
from tests.conftest import Browser
from tests.support.making import SENTENCES, Home, prose


@pytest.fixture
def make_home(tmp_path):
    homes = []

    def make(**settings):
        homes.append(Home(tmp_path, **settings))
        return homes[-1]

    yield make
    for home in homes:
        home.close()


def test_without_limits_anything_goes(make_home):
    home = make_home()
    for _ in range(3):
        home.submit(prose(10_000))


def test_a_day_holds_so_many_characters_spoken_and_waiting(make_home):
    home = make_home(daily_characters_per_user=200)
    home.speak("a lamp " * 10)
    home.submit("a tide " * 10)
    with pytest.raises(DayUsedUp) as caught:
        home.submit("a lamp " * 10)
    assert caught.value.status == 429
    assert "200 characters" in caught.value.message
    assert "60 left" in caught.value.message
    assert 1 <= caught.value.retry_after_s <= 86_400
    home.submit("a lamp " * 5)


def test_waiting_work_counts_as_large_as_it_will_become(make_home):
    home = make_home(storage_mb_per_user=1)
    home.submit(prose(1000))
    with pytest.raises(StorageUsedUp):
        home.submit(prose(1000))


def test_deleting_for_good_gives_no_day_back(make_home):
    home = make_home(daily_characters_per_user=100)
    row = home.speak("a lamp " * 10)
    home.studio.bin.delete_for_good(row["filename"], home.user_id)
    with pytest.raises(DayUsedUp):
        home.submit("a lamp " * 10)


def test_tomorrow_is_another_day(make_home):
    home = make_home(daily_characters_per_user=100)
    home.speak("a lamp " * 10)
    now = datetime.now().astimezone()
    home.studio.quotas._clock = lambda: now.replace(year=now.year + 1)
    home.submit("a lamp " * 10)


def test_the_wait_ends_with_the_day_of_the_machine(make_home):
    home = make_home(daily_characters_per_user=10)
    home.studio.quotas._clock = lambda: datetime(2026, 11, 22, 23, 59, 30, tzinfo=UTC)
    with pytest.raises(DayUsedUp) as caught:
        home.submit(SENTENCES)
    assert caught.value.retry_after_s == 30


def test_one_persons_day_is_not_anothers(make_home):
    home = make_home(daily_characters_per_user=100)
    home.submit("a lamp " * 10)
    other = home.db.create_user("bert", "!")["id"]
    home.studio.generation.submit(other, "a lamp " * 10)


def test_storage_counts_the_bin_and_is_free_again_when_that_is_emptied(make_home):
    home = make_home(storage_mb_per_user=1)
    row = home.submit(prose(600))
    home.db.write("UPDATE audio_files SET size = 990000, status = 'ready'")
    home.studio.bin.delete(row["filename"], home.user_id)
    with pytest.raises(StorageUsedUp) as caught:
        home.submit(SENTENCES * 5)
    assert caught.value.status == 507
    assert "of 1 MB" in caught.value.message
    home.studio.bin.delete_for_good(row["filename"], home.user_id)
    home.submit(SENTENCES * 5)


def test_documents_count_with_the_files_that_are_kept_of_them_and_those_in_line(make_home):
    home = make_home()
    document = home.db.create_document(
        home.user_id, title="t", author="", language="ru", source="txt", origin="t.txt",
        characters=300, content="{}",
    )  # fmt: skip
    home.db.keep_document_original(
        document["id"], encoding="koi8-r", filename="t.txt", content_type="", content=bytes(4000)
    )
    (home.config.imports_dir / "import-lamp").write_bytes(bytes(50_000))
    home.db.create_import(
        home.user_id, name="lamp", origin="", content_type="", upload="import-lamp", is_long=False,
        now=1.0,
    )  # fmt: skip
    quotas = home.studio.quotas
    assert quotas.kept_bytes(home.user_id) == 54_300
    (row,) = quotas.storage_by_person()
    assert row["documents_size"] == 54_300
    home.db.forget_document_original(document["id"])
    assert quotas.kept_bytes(home.user_id) == 50_300


def test_a_change_of_a_sentence_counts_too(make_home):
    home = make_home(daily_characters_per_user=len(SENTENCES) + 5)
    row = home.speak(SENTENCES)
    first = home.db.get_segments(row["id"])[0]
    with pytest.raises(DayUsedUp):
        home.studio.retakes.ask(row, first["text_start"], first["text_end"], "Another sentence.")


def test_pages_say_it_in_one_sentence(make_app, password_hash):
    app = make_app(daily_characters_per_user=10)
    browser = Browser(app, app.extensions["voiceverse"].db.create_user("anna", password_hash))
    answer = browser.post("/generate", {"text": SENTENCES}, json=True)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "You can generate 10 characters a day" in answer.json["error"]
    assert SENTENCES in browser.post("/generate", {"text": SENTENCES}).text
    (event,) = browser.services.db.get_security_logs(event_type="limit_reached")
    assert (event["username"], event["details"]) == ("anna", "characters of a day: POST /generate")
    assert SENTENCES not in str(event)


def test_the_log_knows_of_a_book_that_is_too_much_for_a_day(make_app, password_hash):
    app = make_app(daily_characters_per_user=10)
    browser = Browser(app, app.extensions["voiceverse"].db.create_user("anna", password_hash))
    file = {"file": (BytesIO(SENTENCES.encode()), "lamp.txt")}
    taken = browser.post("/documents", file, json=True).json["documents"][0]
    assert browser.post(f"/documents/{taken['id']}/speak", {"chapter": "1"}).status_code == 429
    (event,) = browser.services.db.get_security_logs(event_type="limit_reached")
    assert event["details"] == f"characters of a day: POST /documents/{taken['id']}/speak"
