import json
from datetime import date

import pytest

from tests.conftest import Browser
from tests.support.pacing import takes_below

TEXT = "It was late. The lamp was lit."


def multipart(browser, **fields):
    """Send a form as browsers send the studio's; the test client would leave a file open."""
    parts = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return browser.client.post(
        "/generate",
        data=f"{parts}--edge--\r\n".encode(),
        content_type="multipart/form-data; boundary=edge",
        headers={"Accept": "application/json"},
    )


def rows(browser):
    return browser.get("/library", json=True).json["files"]


def test_a_submitted_text_leads_to_its_page(owner):
    answer = owner.post("/generate", {"text": TEXT, "name": "Evening", "category": "Novel"})
    assert answer.status_code == 303
    (file,) = rows(owner)
    assert answer.headers["Location"] == file["url"]
    assert (file["name"], file["category"], file["status"]) == ("Evening", "Novel", "queued")
    assert TEXT in owner.get(file["url"]).text


def test_programs_get_202_with_addresses(owner):
    answer = owner.post("/generate", {"text": TEXT}, json=True)
    assert answer.status_code == 202
    assert {"id", "filename", "status", "url", "audio_url"} <= answer.json.keys()
    assert answer.headers["Location"] == answer.json["url"]
    state = owner.get(answer.json["url"], json=True).json
    assert (state["status"], state["progress"], state["characters"]) == ("queued", 0, len(TEXT))


def test_the_worker_is_told_about_new_work(owner):
    woken = []
    owner.services.wake_worker = lambda: woken.append(1)
    owner.post("/generate", {"text": TEXT})
    assert woken == [1]


def test_line_ends_of_browsers_become_plain_ones(owner):
    answer = owner.post("/generate", {"text": "One.\r\n\r\nTwo."}, json=True)
    assert owner.get(f"/files/{answer.json['filename']}/text").text == "One.\n\nTwo."


def test_a_voice_is_named_with_or_without_its_engine(owner):
    for voice in ("espeak:gmq/sv", "gmq/sv"):
        answer = owner.post("/generate", {"text": TEXT, "voice": voice}, json=True)
        assert (answer.json["engine"], answer.json["voice"]) == ("espeak", "gmq/sv")


BAD = [
    ({"text": ""}, 400, "no text"),
    ({"text": " \n\t  "}, 400, "no text"),
    ({"text": "\x00\x01\x02"}, 400, "no text"),
    ({"text": TEXT, "voice": "espeak:klingon"}, 400, "klingon"),
    ({"text": TEXT, "voice": "klingon"}, 400, "klingon"),
    ({"text": TEXT, "engine": "gramophone"}, 400, "gramophone"),
    ({"text": TEXT, "speed": "9"}, 400, "between 0.5 and 2.5"),
    ({"text": TEXT, "speed": "nan"}, 400, "speed"),
    ({"text": TEXT, "speed": "fast"}, 400, "fast"),
    ({"text": TEXT, "name": "x" * 201}, 400, "201 characters"),
    ({"text": TEXT, "category": "x" * 101}, 400, "101 characters"),
    ({"text": "x" * 1001}, 413, "1,001 characters"),
]


@pytest.fixture
def small(make_app, password_hash):
    """A browser of an app that takes texts of up to 1,000 characters."""
    app = make_app(max_characters=1000)
    db = app.extensions["voiceverse"].db
    return Browser(app, db.create_user("vera", password_hash, is_admin=True))


@pytest.mark.parametrize(("fields", "status", "words"), BAD)
@pytest.mark.parametrize("path", ["/generate", "/quote"])
def test_what_cannot_be_spoken_gets_one_sentence_and_stores_nothing(
    small, fields, status, words, path
):
    if path == "/quote" and ({"name", "category"} & fields.keys()):
        pytest.skip("a quote has no name")
    answer = small.post(path, fields, json=True)
    assert answer.status_code == status
    assert answer.json.keys() - {"field"} == {"error"}
    assert words in answer.json["error"]
    page = small.post(path, fields)
    assert page.status_code == status
    assert words in page.text
    assert rows(small) == []


def test_the_typed_text_is_still_there_beside_the_sentence(owner):
    answer = owner.post("/generate", {"text": TEXT, "speed": "9", "name": "My <b>name"})
    assert f">\n{TEXT}</textarea>" in answer.text
    assert "My &lt;b&gt;name" in answer.text


def test_a_body_far_too_large_is_refused_and_logged(small):
    answer = multipart(small, text="x" * 2_000_000)
    assert answer.status_code == 413
    assert "1,000 characters" in answer.json["error"]
    assert small.events()[0] == "request_too_large"
    assert rows(small) == []


def test_the_openai_voices_without_a_key_name_the_remedy(owner):
    answer = owner.post("/generate", {"text": TEXT, "voice": "openai:nova"}, json=True)
    assert answer.status_code == 503
    assert "OPENAI_API_KEY" in answer.json["error"]


def test_a_path_in_a_name_is_only_a_name(owner):
    filename = owner.speak(name="../../etc/passwd")
    assert owner.get(f"/files/{filename}", json=True).json["name"] == "../../etc/passwd"
    answer = owner.get(f"/download/{filename}")
    assert answer.headers["Content-Disposition"] == "attachment; filename=etc-passwd.mp3"


@pytest.mark.parametrize(
    "name", ["../voiceverse.db", "..%2fvoiceverse.db", "%00.mp3", "a.mp3.part"]
)
def test_a_path_as_a_filename_finds_nothing(owner, name):
    for place in ("files", "audio", "download"):
        assert owner.get(f"/{place}/{name}").status_code == 404


def test_a_quote_tells_characters_segments_duration_and_price(owner):
    text = "It was late in the year already. The lamp was lit at four in the afternoon."
    answer = owner.post("/quote", {"text": text}, json=True)
    assert answer.status_code == 200
    quote = answer.json
    assert (quote["characters"], quote["segments"], quote["cost_usd"]) == (len(text), 2, 0)
    assert quote["duration_s"] == pytest.approx(len(text) / 13.4)
    assert rows(owner) == []


def test_without_script_a_quote_is_shown_beside_the_text(owner):
    page = owner.post("/quote", {"text": TEXT, "speed": "1.5"}).text
    assert "30 characters · about 1 s · free" in page
    assert f">\n{TEXT}</textarea>" in page
    assert '<option value="1.5" selected>' in page


def test_a_price_is_shown_with_its_date_and_source(make_app, password_hash):
    app = make_app(openai_api_key="sk-test-none", openai_model="tts-1")
    owner = Browser(app, app.extensions["voiceverse"].db.create_user("vera", password_hash))
    quote = owner.post("/quote", {"text": TEXT}, json=True).json
    assert quote["engine"] == "openai"
    assert quote["cost_usd"] == pytest.approx(30 * 15 / 1e6)
    assert "2026-11" in quote["price_note"]
    page = owner.post("/quote", {"text": TEXT}).text
    assert "$0.0005" in page or "$0.0004" in page
    assert "openai.com" in page


def test_the_end_of_a_model_is_shown_to_those_who_use_it(make_app, password_hash):
    app = make_app(openai_api_key="sk-test-none", openai_model="tts-1")
    db = app.extensions["voiceverse"].db
    owner = Browser(app, db.create_user("vera", password_hash))
    db.save_model_notices("openai", {"tts-1": "2027-01-06", "tts-1-hd": "2027-01-06"})
    app.extensions["voiceverse"].registry.today = lambda: date(2026, 11, 22)
    page = owner.get("/").text
    assert (
        "The model tts-1 (OpenAI speech) will be discontinued in 45 days, on 6 January 2027" in page
    )
    assert ">Coral (OpenAI Realtime)</a>" in page
    assert "tts-1-hd" not in page


def test_the_voices_of_the_default_language_come_first(owner):
    page = owner.get("/").text
    first = page.partition("<option")[2]
    assert "English" in first[:120]
    assert page.index("English (Great Britain)") < page.index("Afrikaans")
    assert page.count(" selected") == 3, "one voice, one speed, one pause"


def test_a_million_characters_are_taken_quickly(owner):
    text = "The tide came in, and the boats rose with it. " * 21740
    token = owner.csrf_token()

    def submit():
        answer = multipart(owner, text=text, csrf_token=token)
        assert answer.status_code == 202
        assert answer.json["characters"] == len(text)

    assert takes_below(2.0, submit)


DRAFT = {"text": TEXT, "name": "Evening", "voice": "espeak:gmq/sv", "speed": "1.5", "category": "A"}


def test_a_draft_fills_the_studio_until_it_is_emptied(owner, guest):
    assert owner.post("/draft", DRAFT).status_code == 204
    page = owner.get("/").text
    assert f">\n{TEXT}</textarea>" in page
    assert 'value="Evening"' in page
    assert '<option value="espeak:gmq/sv" selected>' in page
    assert '<option value="1.5" selected>' in page
    assert TEXT not in guest.get("/").text
    owner.post("/draft", {"text": "", "name": ""})
    assert TEXT not in owner.get("/").text


def test_speaking_from_the_studio_ends_the_draft_and_a_program_leaves_it(owner):
    owner.post("/draft", DRAFT)
    owner.post("/generate", {"text": "Something else."}, json=True)
    assert TEXT in owner.get("/").text
    owner.post("/generate", {"text": TEXT, "is_draft": "1"})
    assert f"{TEXT}</textarea>" not in owner.get("/").text


def test_a_draft_whose_voice_is_gone_opens_with_the_default_one(owner):
    owner.post("/draft", DRAFT | {"voice": "openai:nova"})
    assert '<option value="natural:heart" selected ' in owner.get("/").text


def test_a_piece_fills_the_studio_to_be_spoken_again(owner):
    filename = owner.speak(TEXT, voice="gmq/sv", category="Novel")
    page = owner.get(f"/?again={filename}").text
    assert f">\n{TEXT}</textarea>" in page
    assert 'value="Novel"' in page
    assert '<option value="espeak:gmq/sv" selected>' in page


def test_every_voice_is_listed_under_its_language_with_engine_and_price(owner):
    voices = owner.get("/voices", json=True).json["voices"]
    swedish = next(voice for voice in voices if voice["key"] == "espeak:gmq/sv")
    assert (swedish["name"], swedish["price"]) == ("Swedish", "free")
    assert "espeak" in swedish["engine"]
    assert voices[0]["language"].startswith("en")
    page = owner.get("/voices").text
    assert page.count("data-voice=") == len(voices)
    assert 'href="/?voice=espeak:gmq/sv"' in page
    assert '<option value="espeak:gmq/sv" selected>' in owner.get("/?voice=espeak:gmq/sv").text


def test_prices_are_told_per_thousand_characters(make_app, password_hash):
    app = make_app(openai_api_key="sk-test-none", openai_model="tts-1")
    owner = Browser(app, app.extensions["voiceverse"].db.create_user("vera", password_hash))
    voices = owner.get("/voices", json=True).json["voices"]
    nova = next(voice for voice in voices if voice["key"] == "openai:nova")
    assert nova["price"] == "$0.015 per 1,000 characters"


def test_a_text_sent_as_the_reading_is_no_reading(owner):
    """The page is drawn again from what was sent, where a draft would hold how it is read."""
    answer = owner.post("/quote", {"text": TEXT, "reading": "{}"})
    assert answer.status_code == 200
    assert owner.post("/generate", {"text": "", "reading": "1"}).status_code == 400


def test_a_preview_is_made_once_and_kept(owner):
    first = owner.post("/preview", {"voice": "espeak:gmw/de"})
    assert (first.status_code, first.mimetype) == (200, "audio/mpeg")
    again = owner.post("/preview", {"voice": "gmw/de"})
    assert again.data == first.data
    own = owner.post("/preview", {"voice": "espeak:gmw/de", "sentence": "Guten Abend."})
    assert own.status_code == 200
    assert own.data != first.data
    kept = list((owner.services.config.data_dir / "previews").glob("*/*"))
    assert len(kept) == 1  # what a person wrote is kept for nobody
    assert rows(owner) == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"voice": "klingon"}, 400),
        ({"voice": "openai:nova"}, 503),
        ({"voice": "gmw/de", "sentence": "x" * 301}, 413),
    ],
)
def test_a_preview_that_cannot_be_made_gets_one_sentence(owner, fields, status):
    answer = owner.post("/preview", fields, json=True)
    assert answer.status_code == status
    assert answer.json.keys() - {"field"} == {"error"}


MARKED = "I said **never** do that again."


def reading(browser, answer):
    row = browser.services.db.get_audio_file(answer.json["filename"], browser.user["id"])
    return json.loads(row["reading"])


def test_a_quote_names_the_markup_of_a_text(owner):
    for text, kind in ((MARKED, "markdown"), ("<p>One.</p>", "html"), (TEXT, "")):
        assert owner.post("/quote", {"text": text}, json=True).json["markup"] == kind


def test_what_is_stored_is_what_was_pasted_and_how_it_is_read(owner):
    answer = owner.post("/generate", {"text": MARKED}, json=True)
    assert owner.get(f"/files/{answer.json['filename']}/text").text == MARKED
    assert reading(owner, answer) == {"markup": "auto"}
    answer = owner.post("/generate", {"text": MARKED, "markup": "literal"}, json=True)
    assert reading(owner, answer) == {"markup": "literal"}
    assert reading(owner, owner.post("/generate", {"text": TEXT}, json=True)) == {}


def test_a_way_to_read_signs_that_does_not_exist_is_refused(owner):
    answer = owner.post("/generate", {"text": MARKED, "markup": "aloud"}, json=True)
    assert answer.status_code == 400
    assert "“literal”" in answer.json["error"]


def test_the_page_offers_to_read_the_signs_and_keeps_the_choice(owner):
    assert "This looks like Markdown." in owner.post("/quote", {"text": MARKED}).text
    owner.post("/draft", {"text": MARKED, "markup": "literal"})
    assert 'name="markup" value="literal" checked' in owner.get("/").text
    answer = owner.post("/generate", {"text": MARKED, "markup": "literal"}, json=True)
    page = owner.get(f"/?again={answer.json['filename']}").text
    assert 'name="markup" value="literal" checked' in page
    owner.post("/draft", {"text": TEXT})
    assert 'class="markup-told" hidden' in owner.get("/").text


def test_speakers_are_found_behind_signs(owner):
    text = "**Anna:** The bell rang.\n\n**Tom:** I did not hear it."
    assert owner.post("/quote", {"text": text}, json=True).json["speakers"] == ["Anna", "Tom"]
