"""What keeps a text from being generated is told before the button is pressed."""

from tests.conftest import Browser
from tests.support.making import prose

TEXT = "It was late. The lamp was lit."


def limited(make_app, password_hash, **settings):
    app = make_app(**settings)
    return Browser(app, app.extensions["voiceverse"].db.create_user("vera", password_hash))


def test_nothing_keeps_a_short_text(owner):
    assert owner.post("/quote", {"text": TEXT}, json=True).json["obstacle"] == ""


def test_a_quota_that_is_used_up_is_told_with_the_quote(make_app, password_hash):
    browser = limited(make_app, password_hash, daily_characters_per_user=20)
    answer = browser.post("/quote", {"text": TEXT}, json=True)
    assert answer.status_code == 200
    assert "20 characters" in answer.json["obstacle"]
    page = browser.post("/quote", {"text": TEXT}).text
    assert '<p class="why-not bad" id="why-not"' in page
    assert 'aria-describedby="why-not"' in page


def test_the_beginning_of_a_long_text_is_held_to_the_quota_of_all_of_it(make_app, password_hash):
    browser = limited(make_app, password_hash, daily_characters_per_user=5000)
    sent = {"text": prose(1000), "characters": "1000"}
    assert browser.post("/quote", sent, json=True).json["obstacle"] == ""
    sent["characters"] = "6000"
    assert "5,000 characters" in browser.post("/quote", sent, json=True).json["obstacle"]
    sent["characters"] = "many"
    assert browser.post("/quote", sent, json=True).status_code == 400


def test_a_price_stands_on_the_button_and_none_where_it_is_free(make_app, password_hash):
    browser = limited(make_app, password_hash, openai_api_key="sk-test-none", openai_model="tts-1")
    assert "data-price> · $0.0" in browser.post("/quote", {"text": TEXT}).text
    free = {"text": TEXT, "voice": "espeak:gmw/en"}
    assert "data-price></span>" in browser.post("/quote", free).text


def test_an_empty_page_says_what_to_do_first(owner):
    assert "Write or paste a text first, or import one." in owner.get("/").text
    owner.post("/draft", {"text": TEXT})
    assert "data-obstacle></p>" in owner.get("/").text


def test_an_address_is_taken_without_its_scheme(owner):
    fetched = []
    imports = owner.services.documents.imports
    original = imports.fetch

    def fetch(url, path):
        fetched.append(url)
        return original(url, path)

    imports.fetch = fetch
    for typed in ("127.0.0.1/a", "http://127.0.0.1/a", "file:/etc/passwd"):
        answer = owner.post("/documents", {"url": typed}, json=True)
        assert answer.status_code >= 400
    assert fetched == ["https://127.0.0.1/a", "http://127.0.0.1/a", "https://file:/etc/passwd"]
