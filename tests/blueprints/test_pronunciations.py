"""The page of pronunciations and its addresses: for their owner, and for nobody else."""

import csv
import io
import json
import zipfile

import pytest

from tests.support.sending import CONTENT_TYPE, multipart

GIF = {"pattern": "GIF", "replacement": "jif"}


@pytest.fixture
def gif(owner):
    """The JSON of an entry of the owner."""
    answer = owner.post("/pronunciations", GIF, json=True)
    assert answer.status_code == 201
    return answer.json


def entries(browser):
    return browser.get("/pronunciations", json=True).json["pronunciations"]


def send_table(browser, content, name="words.csv", *, json=True, csrf=None):
    token = browser.csrf_token() if csrf is None else csrf
    return browser.client.post(
        "/pronunciations/import",
        data=multipart([(name, content)], "table", csrf_token=token),
        content_type=CONTENT_TYPE,
        headers={"Accept": "application/json" if json else "text/html"},
        buffered=True,
    )


def test_an_entry_is_added_shown_changed_and_removed(owner):
    answer = owner.post("/pronunciations", {**GIF, "whole_word": "1", "language": "en"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/pronunciations")
    page = owner.get("/pronunciations").text
    assert "Added “GIF” to your dictionary." in page
    (entry,) = entries(owner)
    assert f'href="{entry["url"]}"' in page
    assert "English" in page
    assert owner.get(entry["url"]).text.count('value="GIF"') == 1
    answer = owner.post(entry["url"], {"pattern": "GIFs", "replacement": ""})
    assert answer.status_code == 303
    (entry,) = entries(owner)
    assert (entry["pattern"], entry["replacement"], entry["language"]) == ("GIFs", "", "")
    assert owner.post(f"{entry['url']}/delete").status_code == 303
    assert entries(owner) == []
    assert "“GIFs” is read as written again." in owner.get("/pronunciations").text


def test_programs_get_json(owner, gif):
    assert gif == {
        "id": gif["id"], "url": f"/pronunciations/{gif['id']}", **GIF, "whole_word": True,
        "match_case": False, "language": "", "phonemes": False,
    }  # fmt: skip
    assert owner.get(gif["url"], json=True).json == gif
    options = {"whole_word": "0", "match_case": "1", "language": "de-AT"}
    changed = owner.post(gif["url"], {**GIF, **options}, json=True).json
    assert changed == gif | {"whole_word": False, "match_case": True, "language": "de-AT"}
    assert owner.post(f"{gif['url']}/delete", json=True).status_code == 204
    assert owner.get(gif["url"], json=True).status_code == 404


def test_boxes_that_are_not_ticked_are_not_taken_for_ticked(owner):
    token = owner.csrf_token()
    for sent, kept in ((["0"], False), (["0", "1"], True)):
        fields = {"csrf_token": token, "pattern": f"w{kept}", "whole_word": sent}
        headers = {"Accept": "application/json"}
        made = owner.client.post("/pronunciations", data=fields, headers=headers).json
        assert made["whole_word"] is kept


BAD = [
    ({"pattern": ""}, 400, "Enter the word or phrase"),
    ({"pattern": "x" * 101}, 400, "up to 100 characters"),
    ({"pattern": "GIF", "replacement": "x" * 101}, 400, "up to 100 characters"),
    ({"pattern": "G\x00IF"}, 400, "control characters"),
    ({"pattern": "G\nIF"}, 400, "control characters"),
    ({"pattern": "G", "replacement": "a\u2028b"}, 400, "control characters"),
    ({"pattern": "G", "replacement": "[[a]]", "phonemes": "1"}, 400, "without spaces and brackets"),
    ({"pattern": "G", "language": "en_US"}, 400, "such as en or de-AT"),
    ({"pattern": "G", "language": "x" * 36}, 400, "such as en or de-AT"),
    ({"pattern": "gif"}, 409, "already in your dictionary"),
]


@pytest.mark.parametrize(("fields", "status", "words"), BAD)
def test_what_cannot_be_kept_is_refused_beside_what_was_typed(owner, gif, fields, status, words):
    refused = owner.post("/pronunciations", fields, json=True)
    assert (refused.status_code, words in refused.json["error"]) == (status, True)
    page = owner.post("/pronunciations", {"replacement": "said <b>", **fields})
    assert page.status_code == status
    assert words in page.text
    assert "<b>" not in page.text
    assert entries(owner) == [gif]


def test_a_change_that_cannot_be_leaves_the_entry(owner, gif):
    page = owner.post(gif["url"], {"pattern": " "})
    assert page.status_code == 400
    assert "Enter the word or phrase" in page.text
    assert entries(owner) == [gif]


HOSTILE = ["<script>alert(1)</script>", "'; DROP TABLE pronunciations; --", "\u202egif", "{{7*7}}"]


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_words_are_only_words(owner, word):
    entry = owner.post("/pronunciations", {"pattern": word, "replacement": word}, json=True).json
    assert entry["pattern"] == word
    for path in ("/pronunciations", entry["url"], f"{entry['url']}/changes"):
        page = owner.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    assert owner.get(f"{entry['url']}/changes", json=True).json == {"files": [], "next": None}


PATHS = [
    ("GET", "", 200),
    ("POST", "", 303),
    ("GET", "/changes", 200),
    ("POST", "/delete", 303),
]


@pytest.mark.parametrize(("method", "path", "status"), PATHS)
def test_only_its_owner_gets_at_an_entry(owner, guest, stranger, gif, method, path, status):
    url = gif["url"] + path

    def ask(browser):
        if method == "GET":
            return browser.get(url).status_code
        return browser.post(url, {"pattern": "GIF", "replacement": "other"}).status_code

    assert ask(guest) == 404
    assert ask(stranger) == (303 if method == "GET" else 401)
    assert entries(owner) == [gif]
    assert ask(owner) == status


def test_an_admin_gets_at_no_entry_of_others(owner, guest):
    entry = guest.post("/pronunciations", GIF, json=True).json
    assert owner.get(entry["url"]).status_code == 404
    assert owner.post(f"{entry['url']}/delete").status_code == 404
    assert entries(owner) == []
    assert entries(guest) == [entry]


@pytest.mark.parametrize("path", ["/pronunciations", "/pronunciations.csv"])
def test_strangers_are_asked_to_log_in(stranger, path):
    answer = stranger.get(path)
    assert (answer.status_code, "/login" in answer.headers["Location"]) == (303, True)
    for path in ("/pronunciations", "/pronunciations/try", "/pronunciations/import"):
        assert stranger.post(path, GIF).status_code == 401


def test_forms_of_other_pages_are_refused(owner, gif):
    paths = ("/pronunciations", "/pronunciations/try", gif["url"], f"{gif['url']}/delete")
    for path in paths:
        assert owner.post(path, {"pattern": "evil"}, csrf="none").status_code == 403
    assert send_table(owner, b"evil,word", csrf="none").status_code == 403
    assert entries(owner) == [gif]


@pytest.mark.parametrize("number", ["0", "999", "9223372036854775807", "9223372036854775808", "x"])
def test_numbers_of_no_entry_lead_nowhere(owner, number):
    assert owner.get(f"/pronunciations/{number}").status_code == 404
    assert owner.post(f"/pronunciations/{number}/delete").status_code == 404


# Trying


def test_a_sentence_is_heard_with_an_entry_that_is_not_kept_yet(owner):
    tried = {"pattern": "Nguyen", "replacement": "a very much longer name than that"}
    sounds = [
        owner.post("/pronunciations/try", {**tried, "sentence": "Nguyen came.", "with": is_with})
        for is_with in ("1", "0")
    ]
    assert {sound.content_type for sound in sounds} == {"audio/mpeg"}
    assert len(sounds[0].data) > 1.5 * len(sounds[1].data)
    assert entries(owner) == []


def test_what_is_said_and_what_it_costs_is_told_first(owner, gif):
    fields = {"sentence": "A GIF, no gifs.", "act": "quote"}
    told = owner.post("/pronunciations/try", fields, json=True).json
    assert (told["said"], told["cost_usd"]) == ("A jif, no gifs.", 0)
    page = owner.post("/pronunciations/try", fields).text
    assert "Heard: “A jif, no gifs.”" in page


BAD_TRIALS = [
    ({"sentence": ""}, 400, "no text"),
    ({"sentence": "x" * 301}, 413, "301 characters"),
    ({"sentence": "…"}, 400, "cannot read anything in this sentence"),
    ({"sentence": "Hi.", "voice": "espeak:klingon"}, 400, "klingon"),
    ({"sentence": "Hi.", "pattern": "x" * 101}, 400, "up to 100"),
]


@pytest.mark.parametrize(("fields", "status", "words"), BAD_TRIALS)
def test_what_cannot_be_tried_gets_its_sentence(owner, fields, status, words):
    for act in ({}, {"act": "quote"}):
        refused = owner.post("/pronunciations/try", fields | act, json=True)
        assert (refused.status_code, words in refused.json["error"]) == (status, True)


# What would change


def test_pieces_that_hold_the_word_are_listed_with_the_way_to_their_place(owner, guest, gif):
    filename = owner.speak("It was late, and nobody had come. Then a GIF came.", name="Pictures")
    guest.speak("A GIF of somebody else.")
    page = owner.get(f"{gif['url']}/changes").text
    assert (
        f'href="/files/{filename}?play=1&amp;at=' in page or f"/files/{filename}?play=1&at=" in page
    )
    assert "<mark>GIF</mark>" in page
    (file,) = owner.get(f"{gif['url']}/changes", json=True).json["files"]
    assert (file["filename"], file["places"]) == (filename, 1)
    assert file["start_ms"] > 0


# Tables


def test_a_dictionary_goes_out_and_comes_in_again(owner, guest, gif):
    fields = {"pattern": "=SUM(1)", "replacement": "-", "match_case": "1", "language": "de"}
    owner.post("/pronunciations", {**fields, "whole_word": "0"})
    answer = owner.get("/pronunciations.csv")
    assert "voiceverse-pronunciations.csv" in answer.headers["Content-Disposition"]
    assert "'=SUM(1),'-,0,1,de,0" in answer.text
    sent = send_table(guest, answer.data)
    assert (sent.status_code, sent.json) == (200, {"taken_in": 2})

    def without_places(rows):
        return [{key: row[key] for key in row if key not in ("id", "url")} for row in rows]

    assert without_places(entries(guest)) == without_places(entries(owner))


def test_a_bad_table_is_refused_beside_its_form(owner, gif):
    page = send_table(owner, b"a,b\n,c", json=False)
    assert page.status_code == 400
    assert "line 2 cannot be used:" in page.text
    assert send_table(owner, b"", "").status_code == 400
    assert send_table(owner, b"\x00" * 5000).status_code == 400
    assert send_table(owner, b"a,b\n" * 300_000).status_code == 400
    assert entries(owner) == [gif]


def test_a_bad_line_is_told_in_german(owner):
    owner.client.get("/", headers={"Accept-Language": "de"})
    token = owner.csrf_token()
    answer = owner.client.post(
        "/pronunciations/import",
        data=multipart([("w.csv", b"a,b\n,c")], "table", csrf_token=token),
        content_type=CONTENT_TYPE,
        headers={"Accept": "application/json", "Accept-Language": "de"},
    )
    assert "Zeile 2" in answer.json["error"]
    assert "Write" not in answer.json["error"]


# With the account


def test_the_dictionary_is_in_the_export_and_leaves_with_the_account(owner, guest, gif):
    entry = guest.post("/pronunciations", GIF, json=True).json
    archive = zipfile.ZipFile(io.BytesIO(guest.get("/account/export").data))
    (row,) = csv.DictReader(io.StringIO(archive.read("pronunciations.csv").decode()))
    assert (row["pattern"], row["replacement"]) == ("GIF", "jif")
    listed = json.loads(archive.read("manifest.json"))["files"]
    assert "pronunciations.csv" in [file["path"] for file in listed]
    guest.services.library.delete_user(guest.user["id"])
    assert guest.services.db.get_pronunciation(guest.user["id"], entry["id"]) is None
    assert entries(owner) == [gif]


def test_the_account_and_the_studio_lead_to_the_dictionary(owner):
    for path in ("/account", "/"):
        assert 'href="/pronunciations"' in owner.get(path).text
