import io
import subprocess
import sys
import zipfile

import pytest

from exports.zip_stream import UniqueNames, ZipStream, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Notes", "Notes"),
        ('a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "Untitled"),
        ("", "Untitled"),
        (" . ", "Untitled"),
        ("line\nbreak\0", "line-break"),
        ("CON", "_CON"),
        ("lpt1.txt", "_lpt1.txt"),
        ("Console", "Console"),
        ("trailing. . ", "trailing"),
        ("\u202egnp.exe", "gnp.exe"),
        ("Grüße aus 東京", "Grüße aus 東京"),
        ("e\u0301", "é"),
        ("é" * 200, "é" * 75),
    ],
)
def test_a_name_becomes_one_that_every_system_takes(name, safe):
    assert safe_name(name) == safe


def test_each_name_is_given_once_whatever_its_case():
    names = UniqueNames()
    given = [names.give(name) for name in ("a", "A", "a (2)", "a", "b", "A")]
    assert given == ["a", "A (2)", "a (2) (2)", "a (3)", "b", "A (4)"]
    assert len({name.casefold() for name in given}) == 6


def test_many_of_one_name_stay_quick_and_different():
    names = UniqueNames()
    assert len({names.give("Same") for _ in range(20_000)}) == 20_000


def archive_of(**entries) -> bytes:
    stream = ZipStream()
    pieces = [piece for name, content in entries.items() for piece in stream.add(name, content)]
    return b"".join([*pieces, *stream.finish()])


def test_an_archive_reads_back():
    content = archive_of(one=[b"1", b"", b"23"], two=[], three=[bytes(100_000)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.read("one") == b"123"
        assert archive.read("two") == b""
        assert len(archive.read("three")) == 100_000


def test_what_was_written_is_noted():
    stream = ZipStream()
    list(stream.add("a", [b"abc"]))
    ((path, size, digest),) = stream.written
    assert (path, size) == ("a", 3)
    assert digest.startswith("ba7816bf")


def test_pieces_are_sent_as_they_come():
    sent = []

    def pieces():
        yield bytes(1000)
        assert sum(map(len, sent)) >= 1000
        yield bytes(1000)

    for piece in ZipStream().add("a", pieces()):
        sent.append(piece)


def test_other_programs_read_it_too(tmp_path):
    (tmp_path / "a.zip").write_bytes(archive_of(**{"ä.txt": [b"abc"]}))
    command = [sys.executable, "-m", "zipfile", "-e", "a.zip", "out"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (tmp_path / "out" / "ä.txt").read_bytes() == b"abc"
