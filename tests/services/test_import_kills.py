"""Imports in line beside kills, other workers, full disks and people who leave."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from queries.leases import LEASE_S
from services import document_imports
from services.document_imports import DocumentImports
from services.library import Library
from services.quotas import StorageUsedUp
from storage.audio_errors import NoSpace
from storage.errors import DiskFull
from tests.support.disks import filled, small
from tests.support.making import Home
from tests.support.sending import MARKDOWN
from tests.support.serving import ROOT

BOOK = MARKDOWN.encode()
WORKER = """
import os, signal, sys
from pathlib import Path
from config import Config
from documents import read
from documents.types import Chapter, Document, TextRun
from server.worker import Worker, build_studio
from services import document_imports

def kill(*order, **options):
    os.kill(os.getpid(), signal.SIGKILL)

def read_at_once(path, filename, **options):
    return Document("Lamp", (Chapter("Lamp", 1, (TextRun("Lamp."),)),), "txt")

studio = build_studio(Config(data_dir=Path(sys.argv[1]), min_free_mb=0))
line = Worker(studio).importing
imports = line.imports
match sys.argv[2]:
    case "before it is read":
        document_imports.read = kill
    case "while it is read":
        read._Watchdog = kill
    case "before it is entered":
        imports.db.finish_import = kill
    case "after it is entered":
        imports.waiting.drop = kill
    case "quickly":
        document_imports.read = read_at_once
print(line.run_pending())
"""


@pytest.fixture
def make_home(tmp_path, monkeypatch):
    monkeypatch.setattr(document_imports, "AT_ONCE_MB", 0)  # everything waits in line
    homes = []

    def make(folder=tmp_path / "home", **settings):
        homes.append(home := Home(folder, **settings))
        home.imports = DocumentImports(home.config, home.db, home.studio.store)
        home.line = home.worker.importing
        return home

    yield make
    for home in homes:
        home.close()


@pytest.fixture
def home(make_home):
    return make_home()


def add(home, content=BOOK, user_id=None, name="lamp.md"):
    with home.imports.open_upload() as upload:
        upload.write(content)
        upload.flush()
        return home.imports.import_file(user_id or home.user_id, Path(upload.name), name).waiting


def files(home):
    return sorted(path.name for path in home.config.imports_dir.iterdir())


def start_worker(home, moment):
    command = [sys.executable, "-c", WORKER, str(home.config.data_dir), moment]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)


@pytest.mark.parametrize(
    "moment",
    ["before it is read", "while it is read", "before it is entered", "after it is entered"],
)
def test_a_kill_leaves_one_document_and_no_file_after_the_next_start(home, moment):
    waiting = add(home)
    killed = start_worker(home, moment)
    assert killed.communicate()[0] == ""
    assert killed.returncode == -9
    assert files(home) != []
    home.imports.sweep()
    home.worker.tidy()
    home.line.run_pending()
    assert home.db.get_import(waiting["id"], home.user_id)["status"] == "ready"
    assert len(home.db.list_documents(home.user_id)) == 1
    assert files(home) == []


def test_what_kills_its_worker_each_time_fails_with_a_sentence_and_keeps_no_file(home):
    waiting = add(home)
    for turn in range(home.line.most_attempts):
        home.db.claim_import(f"{home.worker.host}{turn}", now=1.0, lease_s=LEASE_S)
        home.worker.tidy()
    home.line.run_pending()
    row = home.db.get_import(waiting["id"], home.user_id)
    assert (row["status"], files(home)) == ("failed", [])
    assert "interrupted several times" in row["error"]


def test_two_workers_read_each_import_once(home):
    for _ in range(document_imports.MOST_WAITING):
        add(home)
    with start_worker(home, "quickly") as one, start_worker(home, "quickly") as other:
        counts = [int(worker.communicate()[0]) for worker in (one, other)]
    assert sum(counts) == document_imports.MOST_WAITING
    assert len(home.db.list_documents(home.user_id)) == document_imports.MOST_WAITING
    assert files(home) == []


def test_one_whose_lease_ran_out_leaves_the_import_to_the_other(home, monkeypatch):
    waiting, read = add(home), document_imports.read

    def read_slowly(*order, **options):
        later = time.time() + 2 * LEASE_S
        assert home.db.claim_import("other", now=later, lease_s=LEASE_S)["id"] == waiting["id"]
        return read(*order, **options)

    monkeypatch.setattr(document_imports, "read", read_slowly)
    home.line.run_pending()
    row = home.db.get_import(waiting["id"], home.user_id)
    assert (row["status"], row["lease_owner"]) == ("working", "other")
    assert home.db.list_documents(home.user_id) == []
    assert files(home) == [waiting["upload"]]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, which is there until its homes are closed."""
    with small(tmp_path / "small", "30m") as folder:
        if folder is None:
            pytest.skip("no small disk can be mounted here")
        yield folder


def test_a_full_disk_keeps_nothing_of_a_new_import_and_delays_one_in_line(small_disk, make_home):
    home = make_home(small_disk)
    waiting = add(home)
    with home.imports.open_upload() as upload:
        upload.write(BOOK)
        upload.flush()
        with filled(small_disk), pytest.raises((NoSpace, DiskFull)) as refused:
            home.imports.import_file(home.user_id, Path(upload.name), "tide.md")
    assert refused.value.status == 507
    assert files(home) == [waiting["upload"]]
    with filled(small_disk):
        home.line.run_pending()
    row = home.db.get_import(waiting["id"], home.user_id)
    assert (row["status"], row["attempts"]) == ("queued", 0)
    home.line.run_pending()
    assert len(home.db.list_documents(home.user_id)) == 1


def test_who_leaves_takes_what_waits_along(home, monkeypatch):
    waiting, read = [add(home), add(home)], document_imports.read

    def read_slowly(*order, **options):
        document = read(*order, **options)
        Library(home.studio).delete_user(home.user_id)
        return document

    assert files(home) == sorted(each["upload"] for each in waiting)
    monkeypatch.setattr(document_imports, "read", read_slowly)
    assert home.line.run_pending() == 1
    assert files(home) == []
    assert home.db.rows("SELECT 1 FROM documents") == []


def test_accounts_that_are_merged_keep_what_waits(home):
    waiting, bert = add(home), home.db.create_user("bert", "!")["id"]
    home.db.merge_users(home.user_id, bert)
    home.line.run_pending()
    assert home.db.get_import(waiting["id"], bert)["status"] == "ready"
    assert len(home.db.list_documents(bert)) == 1


def test_a_person_over_the_limit_of_storage_imports_nothing(make_home):
    home = make_home(storage_mb_per_user=1)
    waiting = add(home, b"The lamp. " * 60_000, name="lamp.txt")
    with pytest.raises(StorageUsedUp):
        add(home, b"The tide. " * 60_000, name="tide.txt")
    assert files(home) == [waiting["upload"]]
    home.db.create_audio_file(home.user_id, "a.mp3", "a", voice="v", text="t" * 500_000)
    home.line.run_pending()
    row = home.db.get_import(waiting["id"], home.user_id)
    assert "storage is full" in row["error"]
    assert (home.db.list_documents(home.user_id), files(home)) == ([], [])


def test_an_import_in_line_takes_no_room_twice_when_it_becomes_a_document(make_home):
    home = make_home(storage_mb_per_user=1)
    add(home, b"The lamp. " * 60_000, name="lamp.txt")
    home.line.run_pending()
    assert len(home.db.list_documents(home.user_id)) == 1


def test_the_first_import_of_one_is_read_before_the_second_of_fifty(home):
    bert = home.db.create_user("bert", "!")["id"]
    owners = [home.user_id] * document_imports.MOST_WAITING + [bert]
    for number, owner in enumerate(owners):
        home.db.create_import(
            owner, name="n", origin="", content_type="", upload=f"u{number}", is_long=False, now=1.0
        )
    taken = [home.db.claim_import("w", now=1.0, lease_s=LEASE_S) for _ in range(2)]
    assert Counter(row["owner_id"] for row in taken) == {home.user_id: 1, bert: 1}
