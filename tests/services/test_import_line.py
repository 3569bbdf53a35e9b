"""What cannot be read at once waits in line, is read by the worker, and is lost by nothing."""

import json
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from documents.errors import Scanned, Stalled
from queries.leases import IMPORTS
from services import document_imports, import_worker
from services.document_errors import ImportsBusy, ReadingStopped
from services.document_imports import DocumentImports
from storage.errors import LeaseLost, NotFound
from tests.documents.scans import chapters, needs_tesseract, scanned
from tests.support.making import Home
from tests.support.sending import MARKDOWN

NOW = 1_000_000.0


@pytest.fixture
def make_home(tmp_path, monkeypatch):
    monkeypatch.setattr(document_imports, "READER_WAIT_S", 0.0)
    homes = []

    def make(**settings):
        homes.append(home := Home(tmp_path / "home", web_processes=1, **settings))
        home.imports = DocumentImports(home.config, home.db, home.studio.store)
        return home

    yield make
    for home in homes:
        home.close()


@pytest.fixture
def home(make_home):
    return make_home()


@pytest.fixture
def imports(home):
    return home.imports


@pytest.fixture
def busy(monkeypatch):
    """Nothing is read at once: it is left to the worker."""
    monkeypatch.setattr(document_imports, "AT_ONCE_MB", 0)


@pytest.fixture
def all_readers(home):
    """Takes all readers, as others do that import; returns what lets go of them."""
    with ExitStack() as taken:
        while taken.enter_context(home.imports.readers.hold()):
            pass
        yield taken


@pytest.fixture
def line(home, imports):
    """The worker that reads what waits."""
    home.worker.importing.imports = imports
    return home.worker.importing


def add(home, content=MARKDOWN, name="lamp.md", user_id=None):
    with home.imports.open_upload() as upload:
        upload.write(content if isinstance(content, bytes) else content.encode())
        upload.flush()
        return home.imports.import_file(user_id or home.user_id, Path(upload.name), name)


def files(home):
    return sorted(path.name for path in home.config.imports_dir.iterdir())


def test_where_all_readers_are_busy_an_import_waits_and_is_read_later(
    home, line, all_readers, monkeypatch
):
    monkeypatch.setattr(import_worker, "READER_WAIT_S", 0.0)
    waiting = add(home).waiting
    assert (waiting["status"], waiting["name"]) == ("queued", "lamp.md")
    assert files(home) == [waiting["upload"]]
    assert line.run_pending() == 0
    row = home.db.get_import(waiting["id"], home.user_id)
    assert (row["status"], row["attempts"]) == ("queued", 0)
    all_readers.close()
    assert line.run_pending() == 1
    (row,) = home.db.list_documents(home.user_id)
    assert (row["title"], row["origin"]) == ("The lamp and the harbour", "lamp.md")
    assert home.db.get_import(waiting["id"], home.user_id)["document_id"] == row["id"]
    assert home.db.list_imports(home.user_id) == []
    assert files(home) == []


@pytest.mark.usefixtures("busy")
def test_people_take_turns_and_each_is_told_the_place(home, imports):
    other = home.db.create_user("other", "hash")
    rows = [add(home).waiting for _ in range(3)] + [add(home, user_id=other["id"]).waiting]
    assert [imports.place(row) for row in rows] == [1, 3, 4, 2]
    order = [home.db.claim_import(f"w{turn}", now=NOW, lease_s=30)["id"] for turn in range(4)]
    assert order == [rows[0]["id"], rows[3]["id"], rows[1]["id"], rows[2]["id"]]


def test_what_stalls_on_a_busy_machine_is_left_to_the_worker(home, line, monkeypatch):
    read = document_imports.read

    def stalls(*order, limits, **options):
        if limits.wall_s == document_imports.AT_ONCE_S:
            raise Stalled(seconds=limits.wall_s)
        return read(*order, limits=limits, **options)

    monkeypatch.setattr(document_imports, "read", stalls)
    assert add(home).waiting
    line.run_pending()
    assert len(home.db.list_documents(home.user_id)) == 1


@pytest.mark.usefixtures("busy")
def test_a_large_file_is_left_to_the_worker(home):
    assert add(home).waiting


@needs_tesseract
def test_scanned_pages_are_recognised_by_the_worker_and_the_page_is_told(home, line):
    waiting = add(home, scanned(chapters()), "scan.pdf").waiting
    assert waiting["is_long"]
    assert line.run_pending(has_time=False) == 0
    pages = []
    advance = home.db.advance_import
    line.imports.db.advance_import = lambda *order, **options: (
        pages.append(order[2:]),
        advance(*order, **options),
    )
    assert line.run_pending() == 1
    assert pages == [(1, 2), (2, 2)]
    (row,) = home.db.list_documents(home.user_id)
    assert row["source"] == "pdf"


def test_without_tesseract_a_scan_is_refused_at_once(make_home):
    home = make_home(tesseract="off")
    with pytest.raises(Scanned) as refused:
        add(home, scanned(chapters(1)), "scan.pdf")
    assert "Run text recognition" in refused.value.message


@pytest.mark.usefixtures("busy")
def test_what_cannot_be_read_fails_with_its_sentence_and_can_be_dismissed(home, line, imports):
    waiting = add(home, b"\x00\x01\x02", "secret.bin").waiting
    line.run_pending()
    (row,) = home.db.list_imports(home.user_id)
    assert row["status"] == "failed"
    assert "cannot import this file" in json.loads(row["error"])["text"]
    imports.forget(waiting["id"], home.user_id)
    assert (home.db.list_imports(home.user_id), files(home)) == ([], [])
    with pytest.raises(NotFound):
        imports.forget(waiting["id"], home.user_id)


@pytest.mark.usefixtures("busy")
def test_an_import_whose_file_is_gone_says_so(home, line):
    waiting = add(home).waiting
    (home.config.imports_dir / waiting["upload"]).unlink()
    line.run_pending()
    (row,) = home.db.list_imports(home.user_id)
    assert "no longer exists" in row["error"]


@pytest.mark.usefixtures("busy")
def test_one_that_is_taken_out_of_the_line_while_it_is_read_makes_no_document(home, imports):
    waiting = add(home).waiting
    claimed = home.db.claim_import("w", now=NOW, lease_s=30)
    imports.forget(waiting["id"], home.user_id)
    with pytest.raises((LeaseLost, document_imports.ImportGone)):
        imports.read_waiting(claimed, "w", is_stopping=lambda: False)
    assert home.db.list_documents(home.user_id) == []


@pytest.mark.usefixtures("busy")
def test_a_worker_that_was_killed_leaves_it_to_the_next(home, line):
    waiting = add(home).waiting
    home.db.claim_import(f"{home.worker.host}dead", now=NOW, lease_s=1e12)
    assert line.run_pending() == 0
    line.tidy(home.worker.host)
    assert line.run_pending() == 1
    assert home.db.get_import(waiting["id"], home.user_id)["status"] == "ready"


@needs_tesseract
def test_a_worker_that_is_told_to_stop_gives_it_back(home, line, imports):
    waiting = add(home, scanned(chapters(1)), "scan.pdf").waiting
    claimed = home.db.claim_import("w", now=NOW, lease_s=30)
    stopping = threading.Event()
    stopping.set()
    with pytest.raises(ReadingStopped):
        imports.read_waiting(claimed, "w", is_stopping=stopping.is_set)
    home.db.park_work(IMPORTS, waiting["id"], "w")
    assert line.run_pending() == 1


@pytest.mark.usefixtures("busy")
def test_nobody_fills_the_line(home, monkeypatch):
    monkeypatch.setattr(document_imports, "MOST_WAITING", 2)
    assert all(add(home).waiting for _ in range(2))
    with pytest.raises(ImportsBusy) as refused:
        add(home)
    assert refused.value.status == 429
    assert len(files(home)) == 2


@pytest.mark.usefixtures("busy")
def test_files_that_nobody_waits_for_are_removed(home, imports):
    waiting = add(home).waiting
    (home.config.imports_dir / "import-0123").write_bytes(b"left")
    (home.config.imports_dir / "mine.txt").write_bytes(b"somebody's own")
    imports.reconcile()
    assert files(home) == sorted(["mine.txt", waiting["upload"]])
