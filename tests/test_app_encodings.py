"""The encoding of an imported text that was guessed: shown, confirmed, or another one chosen."""

import pytest

from documents.types import Document
from services import document_imports
from tests.test_app_documents import send

# Too few letters to be sure of: as Windows-1251 or KOI8-R they make other words.
DOUBTFUL = "Abc: \u0451\u0436\u0438!".encode("cp1251")


def take(browser, content=DOUBTFUL, name="note.txt"):
    return send(browser, (name, content)).json["documents"][0]


@pytest.fixture
def note(owner):
    return take(owner)


def known(browser, note):
    return browser.get(note["url"], json=True).json


def choose(browser, note, json=True, **fields):
    token = browser.csrf_token()
    return browser.client.post(
        f"{note['url']}/encoding",
        data={"csrf_token": token, **fields},
        headers={"Accept": "application/json" if json else "text/html"},
    )


def spoken(browser, note):
    parts = browser.get(f"{note['url']}/chapters/0", json=True).json["parts"]
    return "".join(part["text"] for part in parts)


def test_a_guess_that_is_not_sure_is_shown_with_others(owner, note):
    found = known(owner, note)
    assert found["encoding"]
    assert {"windows-1251", "koi8-r", found["encoding"]} <= set(found["encodings"])
    page = owner.get(note["url"]).text
    assert "Read as" in page
    assert "Cyrillic (KOI8-R)" in page


def test_another_encoding_is_read_and_the_choices_stay(owner, note):
    assert choose(owner, note, encoding="koi8-r").json["encoding"] == "koi8-r"
    first = spoken(owner, note)
    send(owner, path=note["url"], title="Mine", has_chapters="1")
    answer = choose(owner, note, encoding="cp1251")
    assert (answer.status_code, answer.json["encoding"]) == (200, "windows-1251")
    assert spoken(owner, note) == "Abc: \u0451\u0436\u0438!" != first
    found = known(owner, note)
    assert (found["title"], found["plan"]["chosen"]) == ("Mine", 0)


def test_a_form_without_script_leads_back_to_the_review(owner, note):
    answer = choose(owner, note, json=False, encoding="windows-1251")
    assert (answer.status_code, answer.headers["Location"]) == (303, note["url"])


def test_what_is_right_is_asked_no_more_and_its_file_is_forgotten(owner, note):
    choose(owner, note, encoding="windows-1251")
    assert choose(owner, note, right="1").json["encodings"] == []
    assert "Read as" not in owner.get(note["url"]).text
    assert spoken(owner, note) == "Abc: \u0451\u0436\u0438!"
    assert owner.services.db.get_document_original(note["id"]) is None
    refused = choose(owner, note, encoding="koi8-r")
    assert refused.status_code == 400
    assert "Import it again" in refused.json["error"]


def test_an_encoding_that_nobody_knows_changes_nothing(owner, note):
    before = spoken(owner, note)
    for label in ("klingon", "", "punycode"):
        assert choose(owner, note, encoding=label).status_code == 400
    assert choose(owner, note, json=False, encoding="klingon").status_code == 400
    assert spoken(owner, note) == before


def test_a_sure_text_has_no_line_and_no_file(owner):
    made = take(owner, ("Утром выпал снег, и дети вышли во двор. " * 9).encode("cp1251"))
    found = known(owner, made)
    assert (found["encoding"], found["encodings"]) == ("", [])
    assert "Read as" not in owner.get(made["url"]).text


def test_the_file_goes_with_its_document(owner, note):
    owner.services.documents.delete(owner.services.db.get_document(note["id"], 1))
    assert owner.services.db.rows("SELECT 1 FROM document_originals") == []


def test_a_large_file_is_not_kept_but_its_encoding_is_told(owner, monkeypatch):
    monkeypatch.setattr(document_imports, "MOST_KEPT_BYTES", 5)
    made = take(owner)
    assert known(owner, made)["encodings"] == []
    assert "save it as UTF-8" in owner.get(made["url"]).text


def test_a_copy_of_the_database_holds_the_file(owner, note, tmp_path):
    from contextlib import closing

    from database import Database

    owner.services.db.backup(tmp_path / "copy.db")
    with closing(Database(tmp_path / "copy.db")) as copy:
        assert copy.get_document_original(note["id"])["content"] == DOUBTFUL


def test_documents_remember_what_they_were_read_in():
    assert Document("T", (), "txt", encoding="koi8-r").to_dict()["encoding"] == "koi8-r"
