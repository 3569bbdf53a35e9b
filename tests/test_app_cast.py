"""Voices for speakers and pauses between paragraphs: in the studio and in documents."""

import json
import re

import pytest

from tests.test_app_documents import take

TEXT = "Anna: The bell rang again.\n\nTom: I did not hear it.\n\nAnna: There it is."
CAST = {"cast": "Anna = espeak:gmw/de\nTom = roa/fr"}


def generate(browser, **fields):
    answer = browser.post("/generate", {"text": TEXT, **fields}, json=True)
    assert answer.status_code == 202, answer.text
    return answer.json["filename"]


def reading(browser, filename):
    row = browser.services.db.get_audio_file(filename, browser.user["id"])
    return json.loads(row["reading"])


def chosen(page):
    """The speakers on a page with the values of their voices."""
    rows = re.findall(r'name="speaker" value="(.*?)">(.*?)</select>', page, re.DOTALL)
    return {name: re.findall(r'value="([^"]*)" selected', row) for name, row in rows}


def pause(page):
    select = page.partition('name="paragraph_pause"')[2].partition("</select>")[0]
    return re.search(r'value="([\d.]+)" selected', select)[1]


def test_a_text_names_its_speakers_in_the_quote(owner):
    assert owner.post("/quote", {"text": TEXT}, json=True).json["speakers"] == ["Anna", "Tom"]
    assert owner.post("/quote", {"text": "It was late."}, json=True).json["speakers"] == []


def test_without_script_a_quote_brings_the_choice_of_voices(owner):
    page = owner.post("/quote", {"text": TEXT}).text
    assert chosen(page) == {"Anna": [], "Tom": []}
    page = owner.post("/quote", {"text": TEXT, **CAST}).text
    assert chosen(page) == {"Anna": ["espeak:gmw/de"], "Tom": ["espeak:roa/fr"]}


def test_a_studio_without_speakers_says_how_they_are_marked(owner):
    page = owner.get("/").text
    assert chosen(page) == {}
    assert "give each name its own voice" in page


def test_speakers_are_submitted_as_pairs_or_as_lines(owner):
    token = owner.csrf_token()
    fields = {
        "csrf_token": token, "text": TEXT, "speaker": ["Anna", "Tom", "Narrator"],
        "speaker_voice": ["espeak:gmw/de", "espeak:roa/fr", ""],
    }  # fmt: skip
    headers = {"Accept": "application/json"}
    pairs = owner.client.post("/generate", data=fields, headers=headers).json["filename"]
    expected = {"cast": {"Anna": "gmw/de", "Tom": "roa/fr"}}
    assert reading(owner, pairs) == reading(owner, generate(owner, **CAST)) == expected


def test_a_piece_is_spoken_again_with_its_speakers_and_pauses(owner):
    filename = generate(owner, **CAST, paragraph_pause="1.5")
    assert reading(owner, filename)["paragraph_pause_ms"] == 1500
    page = owner.get(f"/?again={filename}").text
    assert chosen(page) == {"Anna": ["espeak:gmw/de"], "Tom": ["espeak:roa/fr"]}
    assert pause(page) == "1.5"


def test_the_draft_remembers_speakers_and_pauses(owner):
    assert pause(owner.get("/").text) == "0.5"
    owner.post("/draft", {"text": TEXT, **CAST, "paragraph_pause": "0"})
    page = owner.get("/").text
    assert chosen(page)["Anna"] == ["espeak:gmw/de"]
    assert pause(page) == "0.0"
    owner.post("/draft", {"text": TEXT, "paragraph_pause": "0.42"})
    page = owner.get("/").text
    assert chosen(page) == {"Anna": [], "Tom": []}
    assert pause(page) == "0.42"


def test_the_part_with_the_speakers_is_given_alone(owner):
    part = owner.post("/speakers", {"text": TEXT, **CAST}).text
    assert chosen(part) == {"Anna": ["espeak:gmw/de"], "Tom": ["espeak:roa/fr"]}
    assert "<html" not in part


def test_what_a_speaker_is_called_is_only_a_name(owner):
    text = "O'B: one.\nO'B: two."
    cast = {"cast": "O'B = gmw/de\n\"><script>x = gmw/de"}
    part = owner.post("/speakers", {"text": text, **cast}).text
    assert "<script>" not in part


BAD = [
    ({"cast": "Anna"}, "Anna = voice"),
    ({"cast": "Anna = klingon"}, "klingon"),
    ({"cast": "A[nna = gmw/de"}, "without colons and brackets"),
    ({"cast": "\n".join(f"N{n} = gmw/de" for n in range(51))}, "50 are possible"),
    ({"paragraph_pause": "3.1"}, "between 0 and 3 seconds"),
    ({"paragraph_pause": "-1"}, "between 0 and 3 seconds"),
    ({"paragraph_pause": "nan"}, "between 0 and 3 seconds"),
    ({"paragraph_pause": "long"}, "between 0 and 3 seconds"),
]


@pytest.mark.parametrize(("fields", "words"), BAD)
def test_what_cannot_be_read_that_way_is_refused_with_its_reason(owner, fields, words):
    for path in ("/generate", "/quote"):
        refused = owner.post(path, {"text": TEXT, **fields}, json=True)
        assert (refused.status_code, words in refused.json["error"]) == (400, True)
    page = owner.post("/generate", {"text": TEXT, **fields})
    assert (page.status_code, words in page.text) == (400, True)
    assert TEXT.splitlines()[0] in page.text
    assert owner.get("/library", json=True).json["files"] == []


def test_strangers_get_no_speakers(stranger):
    assert stranger.post("/speakers", {"text": TEXT}).status_code == 401


# Documents


@pytest.fixture
def book(owner):
    return take(owner, TEXT, "play.txt")


def test_a_document_offers_its_speakers_and_keeps_their_voices(owner, book):
    assert chosen(owner.get(book["url"]).text) == {"Anna": [], "Tom": []}
    owner.post(book["url"], {**CAST, "paragraph_pause": "1"})
    page = owner.get(book["url"]).text
    assert chosen(page) == {"Anna": ["espeak:gmw/de"], "Tom": ["espeak:roa/fr"]}
    assert pause(page) == "1.0"
    (file,) = owner.post(f"{book['url']}/speak", json=True).json["files"]
    expected = {"cast": {"Anna": "gmw/de", "Tom": "roa/fr"}, "paragraph_pause_ms": 1000}
    assert reading(owner, file["filename"]) == expected
    owner.post(book["url"], {"paragraph_pause": "0.35"})
    assert chosen(owner.get(book["url"]).text) == {"Anna": [], "Tom": []}


def test_other_changes_of_a_document_leave_its_speakers(owner, book):
    owner.post(book["url"], CAST)
    owner.post(book["url"], {"title": "A play"})
    (file,) = owner.post(f"{book['url']}/speak", json=True).json["files"]
    assert reading(owner, file["filename"]) == {"cast": {"Anna": "gmw/de", "Tom": "roa/fr"}}


def test_a_document_whose_speakers_cannot_be_says_so_and_speaks_nothing(owner, book):
    answer = owner.post(f"{book['url']}/speak", {"cast": "Anna = klingon"}, json=True)
    assert (answer.status_code, "klingon" in answer.json["error"]) == (400, True)
    assert owner.get(book["url"], json=True).json["files"] == []
