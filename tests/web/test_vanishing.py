"""Files that are deleted between the look at them and their opening are missing, nothing worse."""

import io
import zipfile

import pytest

from server.worker import Worker
from tests.support.making import SENTENCES

MISSING = "missing on the disk."


@pytest.fixture
def piece(owner):
    return owner.speak(SENTENCES, name="Harbour")


@pytest.fixture
def vanish(monkeypatch):
    """A function: once something was asked for, files are gone."""

    def after(what, name, *paths):
        ask = getattr(what, name)

        def and_remove(*values, **options):
            answer = ask(*values, **options)
            for path in paths:
                path.unlink(missing_ok=True)
            return answer

        monkeypatch.setattr(what, name, and_remove)

    return after


def stopped(services, filename):
    """Let a piece be one that was cancelled half way; where its sound lies."""
    whole, part = services.store.path(filename), services.store.growing_path(filename)
    whole.rename(part)
    services.db.write("UPDATE audio_files SET status = 'cancelled', sha256 = NULL")
    return part


def test_what_was_spoken_of_a_stopped_piece_is_gone_with_it(owner, services, piece, vanish):
    part = stopped(services, piece)
    assert owner.get(f"/audio/{piece}").status_code == 200
    vanish(services.db, "get_heard_file", part)
    answer = owner.get(f"/audio/{piece}", json=True)
    assert answer.status_code == 409
    assert "cancelled" in answer.json["error"]


@pytest.mark.parametrize("place", ["audio", "download"])
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=10-900"}])
def test_a_finished_piece_that_is_deleted_meanwhile_is_a_404(
    owner, services, piece, vanish, place, headers
):
    for lookup in ("get_audio_file", "get_heard_file"):
        vanish(services.db, lookup, services.store.path(piece))
    answer = owner.get(f"/{place}/{piece}", headers=headers, json=True)
    assert answer.status_code == 404
    assert answer.json["error"] == "The audio of this piece is missing on the server."


def test_an_export_that_makes_room_meanwhile_is_a_404(owner, services, piece, vanish):
    url = owner.post(f"/files/{piece}/exports", {"format": "epub"}, json=True).json["url"]
    Worker(services.studio).exporting.run_pending()
    file_url = owner.get(url, json=True).json["file_url"]
    files = services.studio.exports.files
    vanish(services.db, "get_export", files.folder / services.db.list_exports(1)[0]["name"])
    answer = owner.get(file_url, json=True)
    assert answer.status_code == 404
    assert answer.json["error"] == "This download no longer exists. Create it again."


def test_a_take_that_is_gone_is_a_404_and_is_not_put_back(owner, services, piece):
    (start, end, *_), *_ = owner.get(f"/files/{piece}/segments").json["segments"]
    order = {"start": str(start), "end": str(end), "text": "A storm was coming."}
    owner.post(f"/files/{piece}/retake", order, json=True)
    Worker(services.studio).run_pending()
    assert owner.get(f"/files/{piece}/takes/1.mp3").status_code == 200
    sound = owner.get(f"/audio/{piece}").data
    for _, path in list(services.studio.retakes.takes.files()):
        path.unlink()
    answer = owner.get(f"/files/{piece}/takes/1.mp3", json=True)
    assert answer.status_code == 404
    assert answer.json["error"].endswith(MISSING)
    owner.post(f"/files/{piece}/takes/1", json=True)
    Worker(services.studio).run_pending()
    assert owner.get(f"/files/{piece}/retake", json=True).json["error"].endswith(MISSING)
    assert owner.get(f"/audio/{piece}").data == sound


def test_an_archive_leaves_out_what_is_deleted_meanwhile(owner, services, piece, vanish):
    other = owner.speak("Something else.", name="Other")
    vanish(services.studio.exports, "tag", services.store.path(other))
    answer = owner.post("/library/zip", {"filename": [other, piece]})
    assert answer.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(answer.data)).namelist() == ["Harbour.mp3"]


def test_a_preview_that_made_room_is_spoken_again(owner, services):
    form = {"voice": "gmw/en-US", "text": "Good evening."}
    first = owner.post("/preview", form)
    assert first.status_code == 200, first.text
    for _, path in list(services.studio.previews.store.files()):
        path.unlink()
    assert owner.post("/preview", form).status_code == 200
