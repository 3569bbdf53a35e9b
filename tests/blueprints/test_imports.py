"""The line of imports as its people see it: place, progress, errors, and the way out of it."""

import threading

import pytest

from queries.leases import IMPORTS
from services import document_imports
from services.backoff import Notice, States
from services.import_worker import ImportWorker
from tests.support.sending import CONTENT_TYPE, MARKDOWN, multipart

BOOK = MARKDOWN.encode()


@pytest.fixture
def line(services, monkeypatch):
    """Nothing is read at once; returns the worker that reads what waits."""
    monkeypatch.setattr(document_imports, "AT_ONCE_MB", 0)
    stop = threading.Event()
    states = States(Notice(services.config.data_dir), stop)
    return ImportWorker(services.documents.imports, "w", stop, states)


def send(browser, content=BOOK, name="lamp.md", *, json=True):
    return browser.client.post(
        "/documents",
        data=multipart([(name, content)], "file", csrf_token=browser.csrf_token()),
        content_type=CONTENT_TYPE,
        headers={"Accept": "application/json" if json else "text/html"},
        buffered=True,
    )


def test_a_program_is_told_where_its_import_waits_and_what_became_of_it(owner, line):
    answer = send(owner)
    assert answer.status_code == 202
    (waiting,) = answer.json["imports"]
    assert (answer.json["documents"], answer.json["errors"]) == ([], [])
    assert answer.headers["Location"] == waiting["url"]
    assert (waiting["status"], waiting["place"], waiting["state"]) == ("queued", 1, "Next in line.")
    send(owner, name="other.md")
    second = owner.get("/documents/imports", json=True).json["imports"][1]
    assert second["state"] == "Waiting: number 2 in line."
    line.run_pending()
    ended = owner.get(waiting["url"], json=True).json
    assert (ended["status"], ended["place"], ended["error"]) == ("ready", 0, None)
    assert owner.get(ended["document_url"]).status_code == 200
    assert owner.get(waiting["url"]).headers["Location"] == ended["document_url"]


def test_the_shelf_shows_the_line_and_what_could_not_be_read(owner, line):
    assert send(owner, json=False).headers["Location"] == "/documents"
    send(owner, b"\x00\x01\x02", "secret.bin")
    page = owner.get("/documents").text
    assert page.index("lamp.md") < page.index("Next in line.") < page.index("secret.bin")
    line.run_pending()
    page = owner.get("/documents").text
    assert "Next in line." not in page
    assert "VoiceVerse cannot import this file" in page
    assert "Dismiss" in page


def test_one_is_taken_out_of_the_line(owner, line):
    (waiting,) = send(owner).json["imports"]
    assert owner.post(waiting["url"] + "/delete", {}).status_code == 303
    assert owner.get(waiting["url"], json=True).status_code == 404
    assert owner.post(waiting["url"] + "/delete", {}).status_code == 404
    assert line.run_pending() == 0


def test_a_page_is_told_while_it_is_recognised(owner, line, services):
    (waiting,) = send(owner).json["imports"]
    services.db.claim_import("w2", now=1e9, lease_s=30)
    assert owner.get(waiting["url"], json=True).json["state"] == "Reading…"
    services.db.advance_import(waiting["id"], "w2", 0, 120, now=1e9, lease_s=30)
    assert owner.get(waiting["url"], json=True).json["state"] == "Reading…"
    services.db.advance_import(waiting["id"], "w2", 3, 120, now=1e9, lease_s=30)
    assert "page 3 of 120" in owner.get(waiting["url"], json=True).json["state"]


@pytest.mark.parametrize("error", [None, "", "{", "[]", '{"text": "{x}", "values": {}}'])
def test_a_damaged_error_is_a_sentence_all_the_same(error, owner, line, services):
    (waiting,) = send(owner).json["imports"]
    services.db.claim_import("w2", now=1e9, lease_s=30)
    services.db.fail_work(IMPORTS, waiting["id"], "w2", error)
    answer = owner.get(waiting["url"], json=True).json
    assert answer["error"] == "This document could not be read. Import it again."
