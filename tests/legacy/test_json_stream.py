"""A JSON file read entry by entry gives what json gives, in any encoding and piece by piece."""

import json
import re

import pytest

from legacy import json_stream
from legacy.errors import FileDamaged
from legacy.json_stream import JsonFile, Repeated
from legacy.read import PLAYBACK

NEVER = re.compile(r"(?!)")


def elements(path, shape=NEVER) -> list:
    with JsonFile(path) as file:
        return list(file.elements(shape))


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(json_stream, "PIECE", 7)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_any_encoding_of_json_is_read(tmp_path, small_pieces, encoding):
    content = [{"name": "Grüße 🎧", "n": -12.5e3}, [], 'x\\"', 1234567890, None, {"a": [1, [2]]}]
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps(content, ensure_ascii=False, indent=1).encode(encoding))
    assert elements(path) == content


def test_members_come_with_each_repetition_and_the_digest_is_of_the_bytes(tmp_path, small_pieces):
    path = tmp_path / "a.json"
    path.write_text('{"a": 1, "b": {"x": 1, "x": 2}, "a": 3}')
    with JsonFile(path) as file:
        found = list(file.members())
    assert found == [("a", 1), ("b", {"x": 2}), ("a", 3)]
    assert isinstance(found[1][1], Repeated)
    assert (len(file.digest), file.size) == (64, path.stat().st_size)


@pytest.mark.parametrize("content", ["[]", " [ ] ", "{}", "\n{ }\n"])
def test_an_empty_list_or_object_has_nothing_in_it(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(content)
    with JsonFile(path) as file:
        assert list(file.elements(NEVER) if "[" in content else file.members()) == []


@pytest.mark.parametrize(
    "content", ["[1 2]", "[1,]", "[1", "[", "[1] 2", '["a', "[nul]", "[1}", "[,1]", "", "[01]"]
)
def test_what_json_refuses_is_refused(tmp_path, small_pieces, content):
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(FileDamaged, match=r"a\.json cannot be read"):
        elements(path)


def test_damage_is_named_by_line_and_column(tmp_path, small_pieces):
    path = tmp_path / "a.json"
    path.write_text('[\n  {"a": 1},\n  {"b": oops}\n]')
    with pytest.raises(FileDamaged, match="line 3, column 9"):
        elements(path)


def test_deep_nesting_is_no_crash(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[" * 200_000 + "]" * 200_000)
    with pytest.raises(FileDamaged, match="nested too deeply"):
        elements(path)


def test_huge_numbers_become_infinite(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[" + "9" * 5000 + ", 1e999]")
    assert elements(path) == [float("inf"), float("inf")]


PLAYS = [
    '{"filename": "a.mp3", "name": "A", "timestamp": "WHEN", "datetime_sort": "s"}',
    '{"filename":"a.mp3","name":"A","timestamp":"WHEN","datetime_sort":"s"}',
    '{"filename": "a\\u00e9", "name": "A", "timestamp": "WHEN", "datetime_sort": "s"}',
    '{"name": "A", "filename": "a.mp3", "timestamp": "WHEN", "datetime_sort": "s"}',
    '{"filename": "a", "name": "A", "timestamp": "WHEN", "datetime_sort": "s", "filename": "b"}',
    '{"filename": "}, {", "name": ",", "timestamp": "[", "datetime_sort": "]"}',
    '{"filename": 5}',
    '"filename"',
]
PLAYS = [play.replace("WHEN", "2025-10-03 09:00:00") for play in PLAYS]


@pytest.mark.parametrize("separator", [", ", ",", ",\n  ", " ,\t"])
def test_the_short_way_for_playbacks_reads_what_json_reads(tmp_path, monkeypatch, separator):
    monkeypatch.setattr(json_stream, "PIECE", 600)
    path = tmp_path / "a.json"
    path.write_text("[" + separator.join(PLAYS * 3) + "]")
    found = elements(path, PLAYBACK)
    keys = ("filename", "name", "timestamp", "datetime_sort")

    def values(match: re.Match) -> tuple:
        _, filename, name, day, time, order = match.groups()
        return filename, name, day + time, order

    assert any(isinstance(e, re.Match) for e in found)
    as_objects = [
        dict(zip(keys, values(e), strict=True)) if isinstance(e, re.Match) else e for e in found
    ]
    assert as_objects == json.loads(path.read_text())


def test_the_short_way_takes_no_blank_that_json_refuses(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(f"[{PLAYS[0]},\u00a0{PLAYS[0]}]")
    with pytest.raises(FileDamaged):
        elements(path, PLAYBACK)
