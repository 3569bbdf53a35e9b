"""What is done at a sentence, bookmarks, the search in a text: what they take, tell and refuse."""

import csv
import io
import zipfile

import pytest

from server.worker import Worker
from tests.support.serving import App, Client

TEXT = (
    "The harbour lay quiet in the morning light. Nobody had seen the ferry arrive there. Ünder it."
)


@pytest.fixture
def piece(owner):
    return owner.speak(TEXT)


def span(owner, piece, number=0):
    start, end, *_ = owner.get(f"/files/{piece}/segments").json["segments"][number]
    return {"start": str(start), "end": str(end)}


def work(browser):
    Worker(browser.services.studio).run_pending()


def sentence(owner, piece, at=0):
    return owner.get(f"/files/{piece}/sentence?at={at}", json=True).json


# The sentence


def test_a_sentence_tells_its_span_its_price_and_that_nothing_is_off(owner, piece):
    told = sentence(owner, piece, 50)
    assert told["words"] == "Nobody had seen the ferry arrive there."
    assert told["off"] == {}
    assert told["again"]["price"] == "free"
    page = owner.get(f"/files/{piece}/sentence?at=50").text
    assert "Nobody had seen the ferry arrive there." in page


def test_a_piece_in_the_making_says_why_nothing_can_be_changed(owner):
    piece = owner.post("/generate", {"text": TEXT}, json=True).json["filename"]
    told = sentence(owner, piece, 3)
    reason = "You can do this once the piece has been generated."
    assert told["off"] == dict.fromkeys(("change", "leave_out", "again"), reason)
    assert reason in owner.get(f"/files/{piece}/sentence?at=3").text


def test_a_sentence_says_that_another_change_is_made(owner, piece):
    owner.post(f"/files/{piece}/again", span(owner, piece))
    assert "Another change" in sentence(owner, piece)["off"]["leave_out"]


@pytest.mark.parametrize("at", ["", "x", "-1", "99999", "9" * 30])
def test_a_place_outside_of_the_text_is_refused(owner, piece, at):
    assert owner.get(f"/files/{piece}/sentence?at={at}", json=True).status_code in (400, 404)


@pytest.mark.parametrize("act", ["leave-out", "again"])
def test_a_sentence_is_left_out_or_spoken_again(owner, piece, act):
    order = span(owner, piece)
    assert owner.post(f"/files/{piece}/{act}", order, json=True).status_code == 202
    assert owner.post(f"/files/{piece}/{act}", order, json=True).status_code == 409
    work(owner)
    text = owner.get(f"/files/{piece}/text").text
    assert text == (TEXT if act == "again" else TEXT[44:])
    answer = owner.post(f"/files/{piece}/{act}", span(owner, piece))
    assert (answer.status_code, answer.location) == (303, f"/files/{piece}")


def test_what_was_left_out_is_listed_and_put_back(owner, piece):
    owner.post(f"/files/{piece}/leave-out", span(owner, piece, 1))
    work(owner)
    page = owner.get(f"/files/{piece}").text
    assert "1 sentence left out" in page
    assert owner.post(f"/files/{piece}/takes/1", json=True).status_code == 202
    work(owner)
    assert owner.get(f"/files/{piece}/text").text == TEXT
    assert "left out" not in owner.get(f"/files/{piece}").text


@pytest.mark.parametrize("form", [{}, {"start": "0", "end": "nine"}, {"start": "1", "end": "9"}])
@pytest.mark.parametrize("act", ["leave-out", "again"])
def test_a_form_that_names_no_sentence_is_refused(owner, piece, act, form):
    answer = owner.post(f"/files/{piece}/{act}", form, json=True)
    assert (answer.status_code, bool(answer.json["error"])) == (400, True)


def test_sentences_with_a_word_are_priced_and_spoken_again(owner, piece):
    entry = owner.post(
        "/pronunciations", {"pattern": "ferry", "replacement": "fairy"}, json=True
    ).json
    path = f"/files/{piece}/pronunciations/{entry['id']}"
    told = owner.post(path, {"act": "quote"}, json=True).json
    assert told["told"] == "1 sentence in this piece contains it · free"
    assert owner.post(path, json=True).status_code == 202
    work(owner)
    assert owner.get(f"/files/{piece}/segments").json["takes"] == 1
    other = owner.post("/pronunciations", {"pattern": "zebra", "replacement": "z"}, json=True).json
    path = f"/files/{piece}/pronunciations/{other['id']}"
    assert owner.post(path, {"act": "quote"}, json=True).json["sentences"] == 0
    assert "No sentence" in owner.post(path, json=True).json["error"]


# Bookmarks


def bookmarks(owner, piece):
    return owner.get(f"/files/{piece}/bookmarks", json=True).json["bookmarks"]


def test_a_bookmark_goes_to_the_start_of_its_sentence_and_is_there_once(owner, piece):
    path = f"/files/{piece}/bookmarks"
    first = owner.post(path, {"at": "50"}, json=True)
    assert first.status_code == 201
    assert (first.json["text_start"], first.json["note"]) == (44, "")
    again = owner.post(path, {"at": "60", "note": " See \n this "}, json=True).json
    assert (again["id"], again["note"]) == (first.json["id"], "See this")
    assert [each["words"][:6] for each in bookmarks(owner, piece)] == ["Nobody"]
    assert "See this" in owner.get(f"/files/{piece}").text


def test_a_note_is_changed_and_a_bookmark_deleted(owner, piece):
    path = f"/files/{piece}/bookmarks"
    number = owner.post(path, {"at": "0"}, json=True).json["id"]
    assert owner.post(f"{path}/{number}", {"note": "x"}, json=True).json["note"] == "x"
    assert owner.post(f"{path}/{number}", {"note": "y"}).location == path
    assert owner.post(f"{path}/{number}/delete", json=True).status_code == 204
    assert owner.post(f"{path}/{number}/delete", json=True).status_code == 404
    assert owner.post(f"{path}/{number}", {"note": "x"}, json=True).status_code == 404
    assert bookmarks(owner, piece) == []


@pytest.mark.parametrize(
    "form", [{}, {"at": "x"}, {"at": "99999"}, {"at": "9" * 18}, {"at": "0", "note": "n" * 501}]
)
def test_a_bookmark_that_fits_nowhere_is_refused(owner, piece, form):
    answer = owner.post(f"/files/{piece}/bookmarks", form, json=True)
    assert (answer.status_code, bool(answer.json["error"])) == (400, True)
    assert bookmarks(owner, piece) == []


def test_signs_in_a_note_are_shown_as_they_are(owner, piece):
    owner.post(f"/files/{piece}/bookmarks", {"at": "0", "note": "<b>'\"&"})
    assert "&lt;b&gt;" in owner.get(f"/files/{piece}").text
    assert bookmarks(owner, piece)[0]["note"] == "<b>'\"&"


def test_a_bookmark_stays_at_its_sentence_when_the_text_before_it_changes(owner, piece):
    owner.post(f"/files/{piece}/bookmarks", {"at": "50"})
    owner.post(f"/files/{piece}/retake", {**span(owner, piece), "text": "Short."})
    work(owner)
    (mark,) = bookmarks(owner, piece)
    assert mark["words"].startswith("Nobody had seen")
    owner.post(f"/files/{piece}/leave-out", span(owner, piece))
    work(owner)
    (mark,) = bookmarks(owner, piece)
    assert (mark["text_start"], mark["words"][:6]) == (0, "Nobody")


def test_bookmarks_leave_with_their_person_and_follow_a_merged_account(owner, guest, piece):
    owner.post(f"/files/{piece}/bookmarks", {"at": "0", "note": "Here"})
    services, user = owner.services, owner.user["id"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(services.library.export(user))))
    (row,) = csv.DictReader(io.StringIO(archive.read("bookmarks.csv").decode("utf-8-sig")))
    assert (row["filename"], row["note"]) == (piece, "Here")
    file = services.db.get_audio_file(piece, user)
    services.db.merge_users(user, guest.user["id"])
    (mark,) = services.db.list_bookmarks(guest.user["id"], file["id"])
    assert mark["note"] == "Here"


def test_removing_a_file_looks_its_marks_up_by_index(owner):
    db = owner.services.db
    for table in ("bookmarks", "retake_spans"):
        for key in db.rows(f"PRAGMA foreign_key_list({table})"):
            query = f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {key['from']} = 1"
            (step,) = db.rows(query)
            assert step["detail"].startswith(f"SEARCH {table}")


# Finding


def found(owner, piece, query):
    return owner.get(f"/files/{piece}/find?q={query}", json=True).json


def test_words_are_found_with_what_stands_around_them(owner, piece):
    told = found(owner, piece, "FERRY")
    (match,) = told["matches"]
    assert (told["count"], told["next"], match["match"]) == (1, None, "ferry")
    assert TEXT[match["text_start"] :].startswith("ferry")
    assert match["before"].endswith("seen the ")
    assert match["url"] == f"/files/{piece}?place={match['text_start']}#at-{match['text_start']}"
    assert "<mark>ferry</mark>" in owner.get(f"/files/{piece}/find?q=ferry").text


@pytest.mark.parametrize("query", ["under", "%C3%BCnder", "UNDER%20%20IT"])
def test_accents_capitals_and_spaces_do_not_matter(owner, piece, query):
    assert found(owner, piece, query)["count"] == 1


@pytest.mark.parametrize(
    "query", ["", "%20", ".*", "%5B", "(", "%5C", "%00", "%F0%9F%98%80", "a" * 5000]
)
def test_nothing_is_found_by_signs_or_by_nothing(owner, piece, query):
    assert found(owner, piece, query)["count"] == 0
    assert owner.get(f"/files/{piece}/find?q={query}").status_code == 200


def test_a_page_that_is_no_number_is_refused(owner, piece):
    assert owner.get(f"/files/{piece}/find?q=a&from=x", json=True).status_code == 400


# Whose it is

ROUTES = [
    ("GET", "sentence?at=0"),
    ("POST", "leave-out"),
    ("POST", "again"),
    ("POST", "pronunciations/1"),
    ("GET", "bookmarks"),
    ("POST", "bookmarks"),
    ("POST", "bookmarks/1"),
    ("POST", "bookmarks/1/delete"),
    ("GET", "find?q=the"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_others_find_nothing_and_nobody_must_log_in(owner, guest, stranger, piece, method, path):
    owner.post(f"/files/{piece}/bookmarks", {"at": "0"})
    form = {"start": "0", "end": "44", "at": "0", "note": "theirs"}
    for who, status in ((guest, 404), (stranger, 401)):
        address = f"/files/{piece}/{path}"
        answer = (
            who.get(address, json=True) if method == "GET" else who.post(address, form, json=True)
        )
        assert answer.status_code == status
    assert [each["note"] for each in bookmarks(owner, piece)] == [""]


def test_all_of_it_works_over_a_socket(tmp_path):
    with App(tmp_path) as app:
        client = Client(app).set_up()
        piece = client.generate(TEXT)["filename"]
        client.until_ready(piece)
        json = "application/json"
        status, _, _ = client.post(f"/files/{piece}/bookmarks", accept=json, at="50", note="é")
        assert status == 201
        assert client.json(f"/files/{piece}/bookmarks")["bookmarks"][0]["note"] == "é"
        assert client.json(f"/files/{piece}/find?q=UNDER")["count"] == 1
        told = client.json(f"/files/{piece}/sentence?at=0")
        order = {"start": str(told["text_start"]), "end": str(told["text_end"])}
        status, _, _ = client.post(f"/files/{piece}/leave-out", accept=json, **order)
        assert status == 202
