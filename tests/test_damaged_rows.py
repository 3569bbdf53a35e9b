"""A damaged row spoils no page: each opens with a default or says one sentence."""

from pathlib import Path

import pytest

from services.documents import Documents
from tests.support.sending import MARKDOWN

PAGES = ("/", "/library", "/files/{name}", "/history", "/usage", "/documents", "/library/bin")


@pytest.fixture
def filename(owner):
    return owner.speak()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audio_files SET created_at = 'yesterday', updated_at = ''",
        "UPDATE audio_files SET created_at = '9999-12-31 23:59:59'",
        "UPDATE audio_files SET created_at = '0001-01-01 00:00:00'",
        "UPDATE audio_files SET reading = '['",
        "UPDATE audio_files SET reading = '{\"cast\": 5}'",
        "UPDATE segments SET words = '[[1]]'",
        "DELETE FROM segments",
        "UPDATE segments SET text_end = 99999, byte_end = 99999999",
        "UPDATE usage_stats SET month = 2, day = 31, timestamp = 'x'",
        "INSERT INTO audio_search (audio_search) VALUES ('delete-all')",
        "UPDATE playback_history SET played_at = 'x'",
        "UPDATE playback_history SET position = 'x'",
        *(
            f"UPDATE audio_files SET {column} = {value}"
            for column in ("duration", "size", "cost", "speed", "character_count", "track")
            for value in ("'abc'", "x'00'", *["9e999"] * (column in ("duration", "cost", "speed")))
        ),
    ],
)
def test_pages_of_a_piece_open_over_a_damaged_row(owner, services, filename, change):
    services.db.record_playback(owner.user["id"], 1)
    services.db.write("PRAGMA ignore_check_constraints=ON")
    services.db.write(change)
    services.db.write("PRAGMA ignore_check_constraints=OFF")
    for page in (*PAGES, "/files/{name}/segments?words=0", "/captions/{name}.vtt"):
        answer = owner.get(page.format(name=filename))
        assert answer.status_code in (200, 404), (page, answer.text)
    assert owner.get(f"/?again={filename}").status_code == 200


@pytest.mark.parametrize("deleted_at", ["x", "9999-12-31 23:59:59", ""])
def test_the_bin_opens_over_a_time_that_no_clock_shows(owner, services, filename, deleted_at):
    services.db.write("UPDATE audio_files SET deleted_at = ?", deleted_at)
    assert owner.get("/library/bin").status_code == 200


def test_a_draft_that_cannot_be_read_leaves_the_studio_open(owner, services):
    services.db.save_draft(owner.user["id"], "A draft.")
    services.db.write("UPDATE drafts SET reading = '5'")
    page = owner.get("/")
    assert page.status_code == 200
    assert "A draft." in page.text


@pytest.fixture
def document(owner, services):
    documents = services.documents
    assert isinstance(documents, Documents)
    with documents.imports.open_upload() as upload:
        upload.write(MARKDOWN if isinstance(MARKDOWN, bytes) else MARKDOWN.encode())
        upload.flush()
        path = Path(upload.name)
        return documents.imports.import_file(owner.user["id"], path, "lamp.md").document["id"]


@pytest.mark.parametrize("content", ["", "{}", "[5]", '{"title": 5, "chapters": []}'])
def test_a_document_that_cannot_be_read_says_so(owner, services, document, content):
    services.db.write("UPDATE documents SET content = ?", content)
    answer = owner.get(f"/documents/{document}")
    assert answer.status_code == 500
    assert "stored text of this document is damaged" in answer.text
    assert "import the document again" in answer.text
    assert owner.get("/documents").status_code == 200
    assert owner.get("/account/export").status_code == 200


def test_a_document_whose_choices_cannot_be_read_opens_with_the_defaults(owner, services, document):
    services.db.write("UPDATE documents SET choices = '[', created_at = 'x'")
    assert owner.get(f"/documents/{document}").status_code == 200


def test_a_take_that_cannot_be_read_says_so_and_the_page_opens(owner, services, filename):
    services.db.write(
        """INSERT INTO takes (id, file_id, text_start, text_end, text, content_hash, segments,
                              made_at) VALUES (1, 1, 0, 4, 'text', 'ab', 'no', '2026-02-31')"""
    )
    assert owner.get(f"/files/{filename}/retake").status_code == 200
    answer = owner.post(f"/files/{filename}/retake", {"take": "1"}, json=True)
    assert answer.status_code in (400, 404, 405)


def test_a_provider_whose_voices_cannot_be_read_keeps_nothing_from_starting(make_app):
    app = make_app()
    app.extensions["voiceverse"].db.write(
        """INSERT INTO providers (name, label, protocol, base_url, model, voices)
           VALUES ('lan', 'LAN', 'speech', 'http://127.0.0.1:9/v1', 'm', 'no')"""
    )
    app.extensions["voiceverse"].db.write(
        "INSERT INTO model_notices (engine, model, shutdown_date) VALUES ('lan', 'm', 'soon')"
    )
    assert make_app().test_client().get("/login").status_code in (200, 302, 303)
