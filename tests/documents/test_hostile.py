"""Hostile and damaged documents end in a document or in one clear sentence, within bounds."""

import itertools
import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from documents.errors import Broken, DocumentError, Interrupted, TookTooLong, TooLargeInside
from documents.limits import Limits
from documents.read import read
from documents.types import compose
from tests.documents import hostile, hostile_texts, making
from tests.documents.damage import mutated, samples

LONGEST_S = 25
LIMITS = Limits(wall_s=20, cpu_s=2)
TOO_LARGE = (
    "book_that_unpacks_to_hundreds_of_times_its_size",
    "word_that_unpacks_to_hundreds_of_times_its_size",
    "book_of_too_many_entries",
)
FORMATS = samples()


def outcome(folder, filename, content, limits=LIMITS):
    """The text or the error that a file ends in; nothing but the file may be there after it."""
    started = time.monotonic()
    path = making.write(folder, filename, content)
    try:
        document = read(path, filename, limits=limits)
        ended = "\n\n".join(compose(chapter) for chapter in document.chapters)
    except DocumentError as error:
        ended = error
    assert isinstance(ended, str) or (ended.message.endswith(".") and 400 <= ended.status < 500)
    assert time.monotonic() - started < LONGEST_S
    assert list(folder.iterdir()) == [path]
    path.unlink()
    return ended


@pytest.mark.parametrize("name", hostile.CASES)
def test_a_hostile_document_ends_in_a_sentence_or_in_its_own_text(name, tmp_path):
    ended = outcome(tmp_path, *hostile.CASES[name]())
    assert isinstance(ended, DocumentError) or "root:" not in ended
    if name in TOO_LARGE:
        assert isinstance(ended, TooLargeInside)


@pytest.mark.parametrize("name", hostile_texts.CASES)
def test_a_sign_without_an_end_is_read_in_time(name, tmp_path):
    limits = Limits(wall_s=20, cpu_s=5)
    assert isinstance(outcome(tmp_path, *hostile_texts.CASES[name](), limits), str)


def fuzz(name, folder, count, first=0):
    for seed in range(first, first + count):
        filename, content = FORMATS[name][seed % len(FORMATS[name])]
        outcome(folder, filename, mutated(content, random.Random(seed)))


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_end_in_a_document_or_a_sentence(name, tmp_path, caplog):
    fuzz(name, tmp_path, 10)
    assert not caplog.messages


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_a_hundred_damaged_files_end_in_a_document_or_a_sentence(name, tmp_path, caplog):
    fuzz(name, tmp_path, 100, first=1000)
    assert not caplog.messages


@pytest.mark.parametrize(
    "limits", [Limits(wall_s=0), Limits(cpu_s=1, wall_s=20)], ids=["wall", "processor"]
)
def test_what_runs_too_long_is_stopped(limits, tmp_path):
    ended = outcome(tmp_path, "deep.md", b"*a_ " * 400_000, limits)
    assert isinstance(ended, TookTooLong)


def kill_the_reader():
    """End the reader of this process as soon as it runs, as a system does that is out of memory."""
    for folder in itertools.chain.from_iterable(
        Path("/proc").glob("[0-9]*") for _ in range(10_000)
    ):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes()
            if parent == os.getpid() and b"documents/reader_process.py" in command:
                os.kill(int(folder.name), signal.SIGKILL)
                return


def test_a_reader_that_the_system_killed_is_no_fault_of_the_document(tmp_path):
    killer = threading.Thread(target=kill_the_reader)
    killer.start()
    path = tmp_path / "deep.md"
    path.write_bytes(b"*a_ " * 400_000)
    with pytest.raises(Interrupted):
        read(path, path.name, limits=Limits(wall_s=20))
    killer.join()


def test_what_needs_too_much_memory_is_stopped(tmp_path):
    ended = outcome(tmp_path, "line.txt", b"a-" * 20_000_000, Limits(memory_mb=150))
    assert isinstance(ended, TooLargeInside)


def test_what_answers_too_much_is_stopped(tmp_path):
    ended = outcome(tmp_path, "line.txt", b"abc " * 1_000_000, Limits(result_mb=1))
    assert isinstance(ended, TooLargeInside)


def test_a_file_above_the_limit_is_not_even_opened(tmp_path):
    ended = outcome(tmp_path, "line.txt", b"abc " * 1_000_000, Limits(file_mb=1))
    assert ended.message == "This document is too large. You can import up to 1 MB."


def test_a_reader_that_crashes_is_a_damaged_document(tmp_path):
    ended = outcome(tmp_path, "x.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 50)
    assert isinstance(ended, Broken)
