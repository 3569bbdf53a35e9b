"""One thing that is edited in two tabs: the second is told, and nothing that was typed is lost."""

import json
import re
from html import unescape

import pytest

from server.worker import Worker
from services.provider_settings import Settings
from tests.support.sending import MARKDOWN
from tests.test_app_documents import plan, take

FIRST, SECOND = "What the first tab wrote.", "What the second tab wrote."


@pytest.fixture
def book(owner):
    return take(owner, MARKDOWN)


@pytest.fixture
def chapter(book):
    return f"{book['url']}/chapters/2"


def hidden(page):
    """The hidden fields of a page, by name."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def form_of(browser, path):
    page = browser.get(path)
    assert page.status_code == 200
    return hidden(page.text)


# Chapters


def test_the_second_of_two_tabs_that_save_one_chapter_is_told(owner, book, chapter):
    tabs = [form_of(owner, f"{chapter}?edit=1") for _ in range(2)]
    first, second = ({"title": "Keeper", "text": text} for text in (FIRST, SECOND))
    assert owner.post(chapter, tabs[0] | first).status_code == 303
    answer = owner.post(chapter, tabs[1] | second)
    assert answer.status_code == 409
    assert f"{SECOND}</textarea>" in answer.text  # what was typed
    assert FIRST in answer.text  # what stands there
    assert "Use the other version" in answer.text
    assert FIRST in owner.get(chapter).text
    again = {"version": hidden(answer.text)["version"]}
    assert owner.post(chapter, again | second).status_code == 303
    assert SECOND in owner.get(chapter).text


def test_a_program_is_told_as_well_if_it_says_what_it_knows(owner, chapter):
    version = owner.get(chapter, json=True).json["version"]
    saved = owner.post(chapter, {"text": FIRST, "version": version}, json=True).json
    answer = owner.post(chapter, {"text": SECOND, "version": version}, json=True)
    assert (answer.status_code, answer.json["version"]) == (409, saved["version"])
    known = answer.json["version"]
    assert owner.post(chapter, {"text": SECOND, "version": known}, json=True).status_code == 200
    assert owner.post(chapter, {"text": FIRST}, json=True).status_code == 200


def test_going_back_to_the_original_spares_a_text_that_was_not_seen(owner, chapter):
    tab = form_of(owner, f"{chapter}?edit=1")
    owner.post(chapter, {"text": FIRST})
    assert owner.post(chapter, tab | {"original": "1", "text": ""}).status_code == 409
    assert FIRST in owner.get(chapter).text


def test_a_part_of_a_chapter_that_was_rewritten_meanwhile_is_not_turned(owner, chapter):
    owner.post(chapter, {"text": FIRST})
    answer = owner.post(chapter, {"part": "0", "spoken": "0"}, json=True)
    assert answer.status_code == 409
    assert "has been edited" in answer.json["error"]


# A document


def review(browser, book):
    """The fields of a document's form as a browser sends them."""
    found = browser.get(book["url"]).text
    numbers = [str(each["number"]) for each in plan(browser, book)["chapters"]]
    fields = hidden(found) | {"title": book["title"], "author": book["author"]}
    return {**fields, "has_chapters": "1", "chapter": numbers, "speed": "1.0", "as": "one"}


def test_two_tabs_change_different_things_of_a_document_and_both_stay(owner, book):
    tabs = [review(owner, book), review(owner, book)]
    first = tabs[0] | {"title": "The light", "chapter": ["0", "1", "2"]}
    assert owner.post(book["url"], first, json=True).status_code == 200
    second = tabs[1] | {"author": "Ada", "chapter": ["1", "2", "3"], "speed": "1.5"}
    answer = owner.post(book["url"], second, json=True).json
    assert (answer["title"], answer["author"]) == ("The light", "Ada")
    chosen = [each["number"] for each in answer["plan"]["chapters"] if each["is_chosen"]]
    assert chosen == [1, 2]
    # The second tab goes on from what it sent: it still takes nothing of the first one back.
    again = owner.post(book["url"], second | answer["base"] | {"speed": "1.2"}, json=True).json
    assert again["title"] == "The light"
    assert [each["is_chosen"] for each in again["plan"]["chapters"]] == [False, True, True, False]


@pytest.mark.parametrize("path", ["", "/speak"])
def test_a_title_that_was_changed_meanwhile_is_not_replaced_silently(owner, book, path):
    tabs = [review(owner, book), review(owner, book)]
    owner.post(book["url"], tabs[0] | {"title": "The light"}, json=True)
    second = tabs[1] | {"title": "The tower", "speed": "1.5"}
    page = owner.post(book["url"] + path, second)
    assert page.status_code == 409
    assert "“The light” was added in another tab" in page.text
    assert ">The tower</textarea>" in page.text
    answer = owner.post(book["url"] + path, second, json=True)
    assert answer.status_code == 409
    row = owner.services.db.get_document(book["id"], owner.user["id"])
    assert (row["title"], json.loads(row["choices"])["speed"]) == ("The light", 1.5)
    saved = owner.post(book["url"], second | answer.json["base"], json=True).json
    assert saved["title"] == "The tower"


# Pieces, pronunciations, providers, drafts


def test_a_piece_that_was_renamed_meanwhile_is_not_renamed_silently(owner):
    filename = owner.speak(name="Evening")
    path, was = f"/files/{filename}/rename", {"name_was": "Evening"}
    assert hidden(owner.get(f"/files/{filename}").text)["name_was"] == "Evening"
    owner.post(path, was | {"name": "Night"})
    answer = owner.post(path, was | {"name": "Morning"}, json=True)
    assert answer.status_code == 409
    assert "renamed to “Night” meanwhile, so “Morning” was not saved" in answer.json["error"]
    assert owner.post(path, was | {"name": "Night"}, json=True).status_code == 200
    assert owner.post(path, {"name": "Morning"}, json=True).json["name"] == "Morning"


def test_a_sentence_that_was_changed_meanwhile_is_not_spoken_over(owner):
    filename = owner.speak("The harbour lay quiet in the light. Nobody had seen the ferry there.")
    path = f"/files/{filename}/retake"
    tabs = [form_of(owner, path) for _ in range(2)]
    assert owner.post(path, tabs[0] | {"text": FIRST}).status_code == 303
    Worker(owner.services.studio).run_pending()
    answer = owner.post(path, tabs[1] | {"text": SECOND})
    assert answer.status_code in (400, 409)
    assert f"{SECOND}</textarea>" in answer.text
    assert FIRST in answer.text
    again = {key: hidden(answer.text)[key] for key in ("start", "end", "version")}
    assert owner.post(path, again | {"text": SECOND}).status_code == 303


def test_a_pronunciation_that_was_changed_meanwhile_is_not_replaced_silently(owner):
    fields = {"pattern": "Ely", "replacement": "eely"}
    path = owner.post("/pronunciations", fields, json=True).json["url"]
    tab = form_of(owner, path)
    owner.post(path, fields | {"replacement": "ee-lee"})
    answer = owner.post(path, {"version": tab["version"], **fields, "replacement": "ell-eye"})
    assert answer.status_code == 409
    assert 'value="ell-eye"' in answer.text
    assert owner.get(path, json=True).json["replacement"] == "ee-lee"
    again = {"version": hidden(answer.text)["version"]}
    assert owner.post(path, again | fields | {"replacement": "ell-eye"}).status_code == 303


def test_settings_of_a_provider_that_were_changed_meanwhile_are_kept(owner, services):
    settings = Settings(label="P", base_url="http://127.0.0.1:9", model="m", protocol="speech")
    row = services.db.create_provider("p", settings.row())
    path = f"/admin/providers/{row['id']}"
    tab = {"version": form_of(owner, path)["version"]}
    fields = {"base_url": settings.base_url, "protocol": "speech", "parallel": "4"}
    fields |= {"timeout_s": "60", "label": "P"}
    services.providers.switch(row["id"], False)  # no setting of the form
    assert owner.post(path, tab | fields | {"model": "first"}).status_code == 303
    answer = owner.post(path, tab | fields | {"model": "second"})
    assert answer.status_code == 409
    assert 'value="second"' in answer.text
    assert services.db.get_provider(row["id"])["model"] == "first"


def draft(browser, text, version, *known):
    fields = {"text": text, "version": version, "known": list(known)}
    return browser.post("/draft", fields, json=True)


def test_a_draft_is_refused_with_a_sentence_though_the_other_is_spoken_just_then(
    owner, monkeypatch
):
    db, user_id = owner.services.db, owner.user["id"]
    save = db.save_draft

    def save_then_speak(*order, **fields):
        other = save(*order, **fields)
        db.delete_draft(user_id)
        return other

    assert draft(owner, FIRST, "a1", "").status_code == 204
    monkeypatch.setattr(db, "save_draft", save_then_speak)
    answer = draft(owner, SECOND, "b1", "")
    assert (answer.status_code, answer.json["version"]) == (409, "a1")
    monkeypatch.undo()
    assert draft(owner, SECOND, "b2", "a1").status_code == 204  # as the page does when asked to
    assert SECOND in owner.get("/").text


def test_a_draft_of_another_tab_is_not_replaced_silently(owner):
    assert hidden(owner.get("/").text)["known"] == ""
    assert draft(owner, FIRST, "a1", "").status_code == 204
    answer = draft(owner, SECOND, "b1", "")
    assert (answer.status_code, answer.json["version"]) == (409, "a1")
    assert FIRST in owner.get("/").text
    assert hidden(owner.get("/").text)["known"] == "a1"
    # Of its own it knows those on their way, too; and one may choose to replace the other.
    assert draft(owner, FIRST + " More.", "a3", "", "a1", "a2").status_code == 204
    assert draft(owner, SECOND, "b2", "a3").status_code == 204
    owner.post("/generate", {"text": "Short.", "is_draft": "1", "known": "a3"}, json=True)
    assert SECOND in owner.get("/").text
    owner.post("/generate", {"text": SECOND, "is_draft": "1", "known": "b2"}, json=True)
    assert owner.services.db.get_draft(owner.user["id"]) is None
