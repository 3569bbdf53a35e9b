"""The pages' part of voices by language: what is shown, said, remembered, and by whom."""

import io
import json
import re
import zipfile

import pytest

from tests.conftest import Browser

GERMAN = (
    "Es war spät, und die Lampe brannte schon. Der alte Leuchtturm stand auf dem Felsen, und das "
    "Meer war in der Nacht nicht zu sehen, aber es war zu hören."
)
ENGLISH = (
    "It was late, and the lamp was already lit. The old lighthouse stood on the rock, and the sea "
    "was not to be seen in the night, but it could be heard from the house."
)


def quote(browser, text, **fields):
    return browser.post("/quote", {"text": text, **fields}, json=True).json


def settings(browser):
    return {row["language"]: row for row in browser.get("/account", json=True).json["voices"]}


def shown(browser):
    """The voice, speed, pause and what the page notes of them, in the studio."""
    page = browser.get("/").text
    select = re.search(r'<select id="voice".*?</select>', page, re.DOTALL)[0]
    return {
        "voice": re.search(r'value="([^"]*)" selected', select)[1],
        "speed": re.search(r'<select name="speed".*?value="([^"]*)" selected', page, re.DOTALL)[1],
        "pause": re.search(
            r'<select name="paragraph_pause".*?value="([^"]*)" selected', page, re.DOTALL
        )[1],
        "voice_shown": re.search(r'name="voice_shown" value="([^"]*)"', page)[1],
        "pace_shown": re.search(r'name="pace_shown" value="([^"]*)"', page)[1],
    }


def test_a_quote_names_the_voice_of_the_language_and_says_so(owner):
    known = quote(owner, GERMAN, voice="espeak:gmw/en", voice_shown="espeak:gmw/en")
    assert (known["language"], known["voice_key"], known["is_automatic"]) == (
        "de", "espeak:gmw/de", True,
    )  # fmt: skip
    assert known["voice_note"].startswith("German text, read by ")
    again = quote(owner, GERMAN, voice="espeak:gmw/de", voice_shown="espeak:gmw/de")
    assert (again["voice_key"], again["voice_note"]) == ("espeak:gmw/de", None)


def test_a_voice_that_was_chosen_stays_and_the_other_is_offered(owner):
    known = quote(owner, GERMAN, voice="espeak:gmw/en", voice_shown="")
    assert (known["voice_key"], known["is_automatic"]) == ("espeak:gmw/en", False)
    assert known["voice_note"].startswith("This text looks German; ")
    assert known["other_voice"]["key"] == "espeak:gmw/de"
    assert quote(owner, ENGLISH, voice="espeak:gmw/en")["voice_note"] is None


def test_the_pages_say_it_in_german_to_germans(owner):
    headers = {"Accept-Language": "de", "Accept": "application/json"}
    data = {"text": GERMAN, "voice": "gmw/en", "csrf_token": owner.csrf_token()}
    known = owner.client.post("/quote", data=data, headers=headers).json
    assert "Deutsch" in known["voice_note"]


def test_programs_without_a_voice_get_that_of_the_language(owner):
    answer = owner.post("/generate", {"text": GERMAN}, json=True)
    assert (answer.json["voice"], answer.json["speed"], answer.json["language"]) == (
        "gmw/de", 1.0, "de",
    )  # fmt: skip
    owner.post("/generate", {"text": GERMAN, "voice": "gmw/de", "speed": "1.5"}, json=True)
    assert owner.post("/generate", {"text": GERMAN}, json=True).json["speed"] == 1.5
    assert owner.post("/generate", {"text": GERMAN, "voice": "gmw/de"}, json=True).json[
        "speed"
    ] == (1.0)
    known = owner.post("/generate", {"text": GERMAN, "voice": "gmw/en"}, json=True).json
    assert (known["voice"], known["is_automatic"]) == ("gmw/en", False)
    assert known["voice_note"].startswith("This text looks German; ")


def test_without_script_the_voice_follows_the_language_and_the_page_says_which(owner):
    form = shown(owner)
    fields = {"text": GERMAN, "voice": form["voice"], "voice_shown": form["voice_shown"]}
    fields |= {"speed": form["speed"], "pace_shown": form["pace_shown"], "paragraph_pause": "0.35"}
    answer = owner.post("/generate", fields)
    assert "German text, read by " in owner.get(answer.location).text
    (file,) = owner.get("/library", json=True).json["files"]
    assert file["voice"] == "gmw/de"


def test_without_script_another_voice_that_is_picked_is_kept_with_a_note(owner):
    fields = {"text": GERMAN, "voice": "espeak:gmq/sv", "voice_shown": "espeak:gmw/en"}
    answer = owner.post("/generate", fields)
    assert "This text looks German; " in owner.get(answer.location).text
    (file,) = owner.get("/library", json=True).json["files"]
    assert file["voice"] == "gmq/sv"


def test_a_quote_without_script_shows_the_voice_that_it_counted_with(owner):
    fields = {"text": GERMAN, "voice": "espeak:gmw/en", "voice_shown": "espeak:gmw/en"}
    page = owner.post("/quote", fields).text
    assert re.search(r'value="espeak:gmw/de" selected', page)
    assert 'name="voice_shown" value="espeak:gmw/de"' in page
    assert "German text, read by " in page


def test_voice_speed_and_pause_are_there_on_the_next_device(owner, app):
    owner.post(
        "/generate",
        {"text": ENGLISH, "voice": "gmw/en-US", "speed": "1.3", "paragraph_pause": "0.75"},
    )
    other = Browser(app, owner.user)
    assert shown(other) == {
        "voice": "espeak:gmw/en-US", "speed": "1.3", "pause": "0.75",
        "voice_shown": "espeak:gmw/en-US", "pace_shown": "1.3 750",
    }  # fmt: skip


def test_what_is_chosen_for_a_draft_stays_and_the_rest_follows_its_language(owner):
    owner.post("/draft", {"text": GERMAN, "voice": "espeak:gmq/sv", "speed": "2"})
    form = shown(owner)
    assert (form["voice"], form["voice_shown"], form["speed"]) == ("espeak:gmq/sv", "", "2")
    fields = {"voice": "espeak:gmw/en", "voice_shown": "espeak:gmw/en", "speed": "1"}
    owner.post("/draft", {"text": GERMAN, **fields, "pace_shown": "1 350"})
    form = shown(owner)
    assert (form["voice"], form["voice_shown"]) == ("espeak:gmw/de", "espeak:gmw/de")


def test_a_document_starts_with_the_voice_of_its_language(owner):
    owner.post("/generate", {"text": GERMAN, "voice": "gmw/de", "speed": "1.75"})
    sent = {"file": (io.BytesIO(GERMAN.encode()), "book.txt")}
    made = owner.post("/documents", sent, json=True).json["documents"][0]
    plan = owner.get(made["url"], json=True).json["plan"]
    assert (plan["voice"], plan["speed"]) == ("espeak:gmw/de", 1.75)
    owner.post(f"{made['url']}/speak", {}, json=True)
    assert settings(owner)["de"]["speed"] == 1.75


# The account


def test_a_default_is_chosen_and_taken_back(owner):
    assert owner.post("/account/voice", {"voice": "gmw/en-US", "speed": "1.5"}).status_code == 303
    known = owner.get("/account", json=True).json
    assert known["default_voice"] == {"voice": "espeak:gmw/en-US", "speed": 1.5}
    assert shown(owner)["voice"] == "espeak:gmw/en-US"
    owner.post("/account/voice", {"voice": ""})
    assert owner.get("/account", json=True).json["default_voice"] is None


@pytest.mark.parametrize("fields", [{"voice": "nobody"}, {"voice": "gmw/de", "speed": "fast"}])
def test_a_default_that_cannot_be_is_refused(owner, fields):
    assert owner.post("/account/voice", fields, json=True).status_code == 400
    assert owner.get("/account", json=True).json["default_voice"] is None


def test_a_language_is_forgotten_with_a_press(owner, guest):
    for browser in (owner, guest):
        browser.post("/generate", {"text": GERMAN, "voice": "gmw/de", "speed": "1.5"})
    assert "German" in owner.get("/account").text
    assert owner.post("/account/voice/forget", {"language": "de"}).status_code == 303
    assert settings(owner) == {}
    assert settings(guest).keys() == {"de"}
    again = owner.post("/account/voice/forget", {"language": "de"}, json=True)
    assert again.status_code == 400


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/voice", {"voice": "gmw/de"}),
        ("/account/voice/forget", {"language": "de"}),
        ("/account/natural-voice", {"answer": "keep"}),
    ],
)
def test_strangers_and_forged_forms_change_nothing(owner, stranger, path, fields):
    owner.post("/generate", {"text": GERMAN, "voice": "gmw/de"})
    assert stranger.post(path, fields, json=True).status_code == 401
    assert owner.post(path, fields, json=True, csrf="").status_code in (400, 403)
    assert settings(owner).keys() == {"de"}
    assert owner.get("/account", json=True).json["default_voice"] is None


def test_somebody_of_old_is_asked_in_the_studio_until_the_answer(owner, guest, monkeypatch):
    monkeypatch.setattr(
        type(owner.services.registry.get("espeak")), "is_natural", True, raising=False
    )
    memory = owner.services.studio.voice_memory
    for browser in (owner, guest):
        browser.services.db.write(
            "INSERT INTO natural_voice_questions VALUES (?)", browser.user["id"]
        )
    assert "A natural English voice" not in owner.get("/").text  # espeak's is natural: no need
    offered = memory.best("en")
    monkeypatch.setattr(memory, "natural_offer", lambda id: offered if asked(owner, id) else None)
    assert "A natural English voice" in owner.get("/").text
    assert owner.post("/account/natural-voice", {"answer": "x"}, json=True).status_code == 400
    assert owner.post("/account/natural-voice", {"answer": "use"}).location == "/"
    assert "A natural English voice" not in owner.get("/").text
    assert settings(owner)["en"]["voice"] == offered.voice.identifier
    assert settings(guest) == {}
    assert "A natural English voice" in guest.get("/").text
    guest.post("/account/natural-voice", {"answer": "keep"})
    assert "A natural English voice" not in guest.get("/").text
    assert settings(guest) == {}


def asked(browser, user_id):
    return browser.services.db.has_natural_voice_question(user_id)


def test_export_and_deletion_take_the_voices_along(owner, guest):
    guest.post("/generate", {"text": GERMAN, "voice": "gmw/de"})
    guest.post("/account/voice", {"voice": "gmw/de", "speed": "1.5"})
    archive = zipfile.ZipFile(io.BytesIO(guest.get("/account/export").data))
    account = json.loads(archive.read(next(n for n in archive.namelist() if "account" in n)))
    assert account["voices"][0]["voice"] == "gmw/de"
    assert account["default_voice"] == {"voice": "espeak:gmw/de", "speed": 1.5}
    owner.services.library.delete_user(guest.user["id"])
    assert owner.services.db.rows("SELECT 1 FROM voice_settings") == []
