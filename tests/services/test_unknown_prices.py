"""What a provider costs whose price nobody knows: never “free”, wherever a cost is shown."""

import csv
import io

import pytest

from speech.prices import CONFIGURED
from tests.conftest import Browser
from tests.support.making import SENTENCES, Home
from tests.support.standin_openai import StandIn

UNKNOWN = "price unknown"
PROVIDER = {
    "label": "Kokoro", "name": "kokoro", "model": "kokoro", "protocol": "speech",
    "voices": "af_heart | Heart | en-US", "parallel": "4", "timeout_s": "5",
}  # fmt: skip


@pytest.fixture
def server():
    with StandIn() as made:
        made.seconds_per_character = 0.02
        yield made


@pytest.fixture
def kokoro(owner, server):
    """A provider without a price, under which the admin has spoken one piece."""
    answer = owner.post("/admin/providers", PROVIDER | {"base_url": server.base_url})
    assert answer.status_code == 303
    return owner.speak(SENTENCES, voice="kokoro:af_heart")


def ask(owner: Browser, path: str, **options):
    return owner.get(path, json=True, **options).json


def test_a_piece_and_its_place_in_lists_say_that_the_price_is_not_known(owner, kokoro):
    file = ask(owner, f"/files/{kokoro}")
    assert (file["status"], file["cost"], file["cost_shown"]) == ("ready", None, UNKNOWN)
    assert ask(owner, "/library")["files"][0]["cost"] is None
    page = owner.get(f"/files/{kokoro}").text
    assert f"<dd data-cost>{UNKNOWN}</dd>" in page
    german = owner.get(f"/files/{kokoro}", headers={"Accept-Language": "de"}).text
    assert "kostenlos" not in german


def test_a_piece_that_waits_says_so_before_anything_is_spoken(owner, kokoro):
    sent = {"text": "Another one.", "voice": "kokoro:af_heart"}
    assert owner.post("/generate", sent, json=True).json["cost"] is None


def test_use_and_its_table_say_so(owner, kokoro):
    numbers = ask(owner, "/usage")
    for part in ("by_day", "by_voice", "by_group", "months"):
        assert [row["cost"] for row in numbers[part]] == [None]
    assert numbers["month"]["cost"] is numbers["all_time"]["cost"] is None
    page = owner.get("/usage").text
    assert page.count(UNKNOWN) >= 4
    assert ">free<" not in page
    assert [row["cost"] for row in csv.DictReader(io.StringIO(owner.get("/usage.csv").text))] == [
        ""
    ]
    assert UNKNOWN in owner.get("/admin/storage").text


def test_what_is_asked_before_says_so(owner, kokoro):
    sent = {"text": SENTENCES, "voice": "kokoro:af_heart"}
    assert owner.post("/quote", sent, json=True).json["cost_usd"] is None
    assert UNKNOWN in owner.post("/quote", sent).text
    assert UNKNOWN in owner.get("/voices").text
    trial = {"act": "quote", "sentence": "Hello there.", "voice": "kokoro:af_heart"}
    assert owner.post("/pronunciations/try", trial, json=True).json["cost_usd"] is None
    row = ask(owner, f"/files/{kokoro}")
    change = {"start": "0", "end": "22", "text": "The snow had stopped.", "act": "quote"}
    answer = owner.post(f"/files/{row['filename']}/retake", change, json=True)
    assert answer.json["cost_usd"] is None


def test_a_price_that_is_known_later_changes_nothing_that_was_said(owner, kokoro, services):
    provider = services.providers.named("kokoro")
    fields = PROVIDER | {"base_url": provider["base_url"], "price": "0"}
    assert owner.post(f"/admin/providers/{provider['id']}", fields).status_code == 303
    assert ask(owner, f"/files/{kokoro}")["cost_shown"] == UNKNOWN
    later = owner.speak("It is free from now on.", voice="kokoro:af_heart")
    assert ask(owner, f"/files/{later}")["cost_shown"] == "free"


def test_what_was_paid_is_told_where_a_part_is_not_known(tmp_path):
    home = Home(tmp_path)
    row = home.db.create_audio_file(
        home.user_id, "a.mp3", "A", voice="v", engine="kokoro", text="a", is_unpriced=True
    )
    assert row["cost"] is None
    job = {"id": row["id"], "owner_id": home.user_id, "engine": "kokoro"}
    home.db.record_purchase(job, "one", cost=None, size=1, now=0)
    assert home.row("a.mp3")["cost"] is None
    home.db.record_purchase(job, "two", cost=0.25, size=1, now=0)
    assert home.row("a.mp3")["cost"] == 0.25
    assert home.db.get_all_time_usage(home.user_id)["cost"] == 0.25
    home.close()


def test_a_price_that_was_entered_is_told_as_such(owner, server):
    fields = PROVIDER | {"base_url": server.base_url, "price": "2.5"}
    assert owner.post("/admin/providers", fields).status_code == 303
    sent = {"text": SENTENCES, "voice": "kokoro:af_heart"}
    note = owner.post("/quote", sent, json=True).json["price_note"]
    assert note == "Price entered here."
    assert CONFIGURED not in owner.get("/admin/voices").text
