"""Usage and history."""

import csv
import io
import time

import pytest

OCTOBER, NOVEMBER = "2026-10-05 12:00:00", "2026-11-05 12:00:00"


def entries(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.fixture
def spent(owner):
    """Three rows of the ledger in two months, by two engines."""
    db, user_id = owner.services.db, owner.user["id"]
    reading = {"category": "Reading", "voice": "gmw/en-GB", "engine": "espeak"}
    db.record_usage(user_id, 1000, 0.0, timestamp=OCTOBER, **reading)
    db.record_usage(user_id, 3000, 0.0, timestamp=NOVEMBER, **reading)
    db.record_usage(user_id, 500, 0.0075, timestamp=NOVEMBER, engine="openai", voice="nova")


def test_usage_counts_what_was_spoken(owner):
    owner.speak("It was late. The lamp was lit.")
    numbers = owner.get("/usage", json=True).json
    assert numbers["month"]["characters_used"] == 30
    assert numbers["month"]["requests"] == 1
    assert numbers["by_day"][0]["characters_used"] == 30
    assert "<b>30</b>" in owner.get("/usage").text


def test_a_month_is_shown_against_the_one_before(owner, spent):
    page = " ".join(owner.get("/usage?month=2026-11").text.split())
    assert "<b>3,500</b>" in page
    assert "2,500 more than in October" in page
    assert "$0.0075 more than in October" in page
    assert "1,000 less" not in page
    assert "as in September" not in page


def test_a_month_is_split_by_day_voice_and_group(owner, spent):
    numbers = owner.get("/usage?month=2026-11", json=True).json
    assert [row["day"] for row in numbers["by_day"]] == [5]
    by_voice = {row["voice"]: row["characters_used"] for row in numbers["by_voice"]}
    assert by_voice == {"gmw/en-GB": 3000, "nova": 500}
    by_group = {row["category"]: row["cost"] for row in numbers["by_group"]}
    assert by_group == {"Reading": 0.0, "": 0.0075}
    assert numbers["previous"]["characters_used"] == 1000


def test_what_local_voices_saved_is_counted_at_a_named_price(owner, spent):
    numbers = owner.get("/usage?month=2026-11", json=True).json
    assert numbers["saved"] == {"characters": 3000, "usd": pytest.approx(0.045)}
    assert numbers["saved_ever"]["usd"] == pytest.approx(0.06)
    page = owner.get("/usage?month=2026-11").text
    assert "$0.045" in page
    assert "$15.00 per million characters, the price of tts-1 as of 2026-11" in page


def test_nobody_sees_the_numbers_of_another(guest, spent):
    assert guest.get("/usage", json=True).json["months"] == []
    assert "Nothing generated yet" in guest.get("/usage").text
    assert entries(guest.get("/usage.csv")) == []


def test_the_ledger_is_taken_along_as_a_table(owner, spent):
    everything = entries(owner.get("/usage.csv"))
    assert [row["characters_used"] for row in everything] == ["1000", "3000", "500"]
    november = owner.get("/usage.csv?month=2026-11")
    assert [row["voice"] for row in entries(november)] == ["gmw/en-GB", "nova"]
    assert "voiceverse-usage-2026-11.csv" in november.headers["Content-Disposition"]


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "soon", "0000-01", "2026-11-01"])
def test_a_month_that_is_none_is_refused(owner, month):
    assert owner.get(f"/usage?month={month}").status_code == 400
    assert owner.get(f"/usage.csv?month={month}").status_code == 400


@pytest.mark.parametrize("month", ["1970-01", "9999-12"])
def test_the_first_and_the_last_month_have_pages(owner, spent, month):
    assert owner.get(f"/usage?month={month}").status_code == 200


@pytest.fixture
def far_east(monkeypatch):
    """The machine's clock, where the new year comes fourteen hours before London's."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_this_month_is_the_machines_own(owner, far_east):
    db = owner.services.db
    db.record_usage(owner.user["id"], 70, 0.0, engine="espeak")
    numbers = owner.get("/usage", json=True).json
    here = time.localtime()
    assert (numbers["month"]["year"], numbers["month"]["month"]) == (here.tm_year, here.tm_mon)
    assert numbers["month"]["characters_used"] == 70
    assert numbers["by_day"][0]["day"] == here.tm_mday


@pytest.fixture
def heard(owner):
    """Two pieces that were listened to, one of them on two days; their filenames."""
    db, user_id = owner.services.db, owner.user["id"]
    evening, morning = owner.speak(name="Evening"), owner.speak(name="Morning")
    numbers = {name: db.get_audio_file(name, user_id)["id"] for name in (evening, morning)}
    db.record_playback(user_id, numbers[evening], "Firefox on Linux#1234", played_at=OCTOBER)
    db.record_playback(user_id, numbers[evening], played_at=NOVEMBER)
    db.record_playback(user_id, numbers[morning], played_at=NOVEMBER)
    return evening, morning


def names(answer):
    return [row["name"] for row in answer.json["listenings"]]


def test_history_is_searched_by_name_and_by_day(owner, heard):
    assert names(owner.get("/history/plays", json=True)) == ["Morning", "Evening", "Evening"]
    assert names(owner.get("/history/plays?q=even", json=True)) == ["Evening", "Evening"]
    assert names(owner.get("/history/plays?day=2026-11-05", json=True)) == ["Morning", "Evening"]
    assert names(owner.get("/history/plays?day=2026-10-05&q=morn", json=True)) == []
    assert "Nothing in your history matches" in owner.get("/history/plays?q=nothing").text
    assert owner.get("/history/plays?day=soon").status_code == 400


def test_the_device_is_named_without_its_mark(owner, heard):
    page = owner.get("/history/plays").text
    assert "Firefox on Linux" in page
    assert "#1234" not in page


def test_one_listening_is_forgotten(owner, guest, heard):
    first = owner.get("/history/plays", json=True).json["listenings"][0]
    assert guest.post("/history/forget", {"id": str(first["id"])}).status_code == 404
    answer = owner.post("/history/forget", {"id": str(first["id"]), "next": "/history/plays?q=e"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/history/plays?q=e")
    assert names(owner.get("/history/plays", json=True)) == ["Evening", "Evening"]
    assert owner.post("/history/forget", {"id": "x"}).status_code == 400


def test_the_history_is_cleared_and_nobody_elses(owner, guest, heard):
    filename = guest.speak(name="Otto's")
    guest.post(f"/playback/{filename}")
    assert owner.post("/history/clear", json=True).json == {"forgotten": 3}
    assert names(owner.get("/history/plays", json=True)) == []
    assert names(guest.get("/history/plays", json=True)) == ["Otto's"]
    assert owner.events()[0] == "history_cleared"


def test_history_names_deleted_pieces_without_a_link(owner, heard):
    evening, _ = heard
    owner.post(f"/files/{evening}/delete")
    page = owner.get("/history/plays").text
    assert "Evening" in page
    assert "deleted since" in page
    assert f"/files/{evening}" not in page
