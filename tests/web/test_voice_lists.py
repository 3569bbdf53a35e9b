import json
import re
from urllib.parse import quote

import pytest
from babel import Locale

from speech.engines.natural_voices import VOICES, model_path
from speech.types import Voice
from tests.conftest import Browser
from web.voice_lists import voice_options
from web.voice_words import OWN_NAMES, plain_words, search_words

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,fr;q=0.5"}
NO_ENGLISH = {"Accept-Language": "sv-SE,fr;q=0.5"}
LANGUAGE = re.compile(r'<section data-language="(\w+)"')
GROUP = re.compile(r'<optgroup label="([^"]+)">')


@pytest.fixture
def four(make_app, tmp_path):
    """An app whose folder of voices holds files as large as the natural voices' models."""
    for name in ("emma", "fenrir", "fable"):
        path = model_path(VOICES[name], tmp_path / "data" / "voices")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(VOICES[name].size)
    return make_app(default_voice="")


def listed(browser, **headers):
    return browser.get("/voices", json=True, headers=headers).json["voices"]


def found(voices, search):
    """The keys of the voices that the picker shows for a search."""
    words = plain_words(search)
    return [
        voice["key"]
        for voice in voices
        if all(f" {word}" in f" {voice['words']}" for word in words)
    ]


def test_natural_voices_come_first_in_their_language(owner):
    voices = listed(owner)
    assert voices[0] == {
        "key": "natural:heart",
        "name": "Heart",
        "language": "en-US",
        "gender": "female",
        "description": "American English, female",
        "engine": "Natural voices",
        "is_natural": True,
        "price": "free",
        "words": voices[0]["words"],
    }
    assert voices[1]["key"].startswith("espeak:gmw/en")


def test_the_languages_of_whoever_asks_come_first(owner):
    german = LANGUAGE.findall(owner.get("/voices", headers=GERMAN).text)
    assert german[:3] == ["de", "fr", "en"], "the interface's, the browser's, then natural voices"
    swedish = LANGUAGE.findall(owner.get("/voices", headers=NO_ENGLISH).text)
    assert swedish[:4] == ["fr", "sv", "en", "af"], "French is the first that pages have"
    assert len(german) == len(set(german)) == len(swedish)


def test_the_plain_list_has_the_same_order(owner):
    page = owner.get("/", headers=GERMAN).text
    assert len(GROUP.findall(page)) == 4
    listed = owner.get("/voices", headers=GERMAN).text
    keys = re.findall(r'data-voice="([^"]+)"', listed)
    options = page.partition('name="voice"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="([^"]+)"', options) == keys
    assert options.count(" selected") == 1


def test_an_option_says_everything_and_its_name_is_kept_apart(owner):
    page = owner.get("/").text
    option = '<option value="natural:heart" data-name="Heart">'
    assert f"{option}Heart · American English, female · natural</option>" in page
    assert '<option value="espeak:gmq/sv">Swedish</option>' in page
    assert "<span data-voice-name>Heart</span>" in owner.get("/?voice=natural:heart").text


def test_a_search_without_script_finds_what_the_picker_finds(owner):
    voices = listed(owner)
    for search in ("Heart", "ENGLISH female natural", "deutsch", "vrouw nederlands", "é", "nobody"):
        wanted = set(found(voices, search))
        asked = f"/voices?q={quote(search)}"
        assert {voice["key"] for voice in owner.get(asked, json=True).json["voices"]} == wanted
        page = owner.get(asked).text
        assert set(re.findall(r'data-voice="([^"]+)"', page)) == wanted
        assert f'value="{search}"' in page
        assert ("No voice matches." in page) == (not wanted)
    assert "<script>" not in owner.get("/voices?q=%3Cscript%3E").text.partition("<main")[2]


def test_a_hostile_wish_for_a_language_or_voice_harms_nothing(owner):
    many = ",".join(f"x{n:02}" for n in range(90))
    for wish in (many, "de;q=0", '"><script>', "é", "en-" + "a" * 2000):
        answer = owner.get("/voices", headers={"Accept-Language": wish})
        assert answer.status_code == 200
        assert "<script>" not in answer.text.partition("data-voice-list")[2].partition("</form>")[0]
    with owner.client.application.test_request_context():
        plain = voice_options("")
        for wanted in ('" selected', "x" * 5000, "natural:", ":", "\x00", "<b>"):
            assert voice_options(wanted) == plain


@pytest.mark.parametrize(
    ("search", "there", "not_there"),
    [
        ("british", "espeak:gmw/en", "natural:heart"),
        ("female", "natural:heart", "espeak:gmw/en"),
        ("american female", "natural:heart", "espeak:gmw/en-US"),
        ("deutsch", "espeak:gmw/de", "natural:heart"),
        ("german", "espeak:gmw/de", "espeak:gmq/da"),
        ("germany", "espeak:gmw/de", "natural:heart"),
        ("brazil", "espeak:roa/pt-BR", "espeak:roa/pt"),
        ("scottish", "espeak:cel/gd", "espeak:gmw/en"),
        ("BOKMAL", "espeak:gmq/nb", "espeak:gmq/sv"),
        ("francais (belgique)", "espeak:roa/fr-BE", "espeak:roa/fr-CH"),
        ("natural", "natural:heart", "espeak:gmw/en-US"),
        ("hindi हिन्दी", "espeak:inc/hi", "espeak:inc/ne"),
        ("中文", "espeak:sit/cmn", "espeak:jpx/ja"),
    ],
)
def test_voices_are_found_by_language_accent_and_gender(owner, search, there, not_there):
    keys = found(listed(owner), search)
    assert there in keys
    assert not_there not in keys


@pytest.mark.parametrize(
    ("search", "key"),
    [
        ("weiblich", "natural:heart"),
        ("american", "natural:heart"),
        ("amerikanisch", "natural:heart"),
        ("britisch", "espeak:gmw/en"),
        ("Norwegisch", "espeak:gmq/nb"),
        ("brasilien", "espeak:roa/pt-BR"),
        ("österreich", None),
        ("klingonisch", "espeak:art/piqd"),
    ],
)
def test_a_german_finds_them_in_german_and_in_english(owner, search, key):
    keys = found(listed(owner, **GERMAN), search)
    assert key in keys if key else keys == []


def test_men_are_not_among_women(app, owner):
    def words(gender):
        voice = Voice("x", "Somebody", "en-US", "piper", gender)
        return {"key": gender, "words": search_words(voice, (), "en", is_natural=True)}

    both = [words("female"), words("male")]
    assert found(both, "male") == ["male"]
    assert found(both, "american female natural") == ["female"]


def test_other_voices_of_the_family_are_told_apart(four, password_hash):
    owner = Browser(four, four.extensions["voiceverse"].db.create_user("vera", password_hash))
    voices = listed(owner)
    assert found(voices, "british female") == ["natural:emma"]
    assert found(voices, "british male natural") == ["natural:fable"]
    assert found(voices, "american male") == ["natural:fenrir"]
    described = {voice["key"]: voice["description"] for voice in voices}
    assert described["natural:fable"] == "British English, male"
    assert [voice["is_natural"] for voice in voices[:5]] == [True] * 4 + [False]


def test_names_of_languages_in_themselves_are_those_of_babel():
    for tag, name in json.loads(OWN_NAMES.read_text(encoding="utf-8")).items():
        code, _, country = tag.partition("-")
        own = Locale(code)
        assert name == (own.territories[country] if country else own.languages[code]), tag
