"""Requests for parts of sounds and downloads, held against a model of RFC 9110, section 14."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.attack.scene import Scene
from tools.attack.tally import Tally

# ranges-specifier = range-unit "=" range-set; the list may hold empty members.
SPECIFIER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(.*)", re.DOTALL)
MEMBER = re.compile(r"(\d+)-(\d*)|-(\d+)", re.ASCII)
ODD = (
    *("", "bytes", "bytes=", "bytes=-", "bytes=x-1", "bytes=1-x", "bytes=1", "bytes 0-1", "0-1"),
    *("bytes=0-1-2", "bytes=--1", "bytes=1--2", "items=0-1", "none", "bytes=0 -1", "bytes= 0-1"),
    *("bytes=,0-1", "bytes=0-1,", "bytes=, ,0-1 ,", "bytes=0x1-0x2", "bytes=+1-2", "bytes=1.0-2"),
    *("bytes=٠-١", "bytes=0-1;q=1", "bytes=0-0,-1", "bytes=0-1,4-5,9-", "BYTES=0-1", "Bytes=-5"),
    *(f"bytes=0-{10**30}", f"bytes={10**30}-", f"bytes=-{10**30}", "bytes=00000000000000000007-9"),
    *("bytes=1-0", f"bytes={10**30}-{10**29}", "bytes=-0", "bytes=-00"),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must be: status, the first byte and how many of them."""

    status: int
    start: int
    length: int


def model(header: str | None, size: int, *, method: str = "GET", is_current: bool = True):
    """What RFC 9110 says of a whole of `size` bytes; several ranges are answered by the whole."""
    whole = Expected(200, 0, size)
    match = SPECIFIER.fullmatch(header.strip(" \t")) if header is not None else None
    if method != "GET" or not is_current or match is None or match[1].lower() != "bytes":
        return whole
    members = [part.strip(" \t") for part in match[2].split(",")]
    members = [part for part in members if part]
    specs = [MEMBER.fullmatch(part) for part in members]
    if len(specs) != 1 or specs[0] is None:
        return whole
    first, last, suffix = specs[0].groups()
    if suffix is not None:
        length = min(int(suffix), size)
        return Expected(206, size - length, length) if length else Expected(416, 0, 0)
    if last and int(last) < int(first):
        return whole
    if int(first) >= size:
        return Expected(416, 0, 0)
    end = min(int(last), size - 1) if last else size - 1
    return Expected(206, int(first), end - int(first) + 1)


def run(scene: Scene, cases: int = 2000, seed: int = 9110) -> Tally:
    """So many requests on a sound, its download and an export: exact bytes and status."""
    tally, chance = Tally(), random.Random(seed)
    name, export = scene.owned["filename"], scene.owned["export_id"]
    paths = (f"/audio/{name}", f"/download/{name}", f"/files/{name}/exports/{export}/file")
    wholes = {path: scene.people["owner"].send("GET", path) for path in paths}
    for header in _headers(chance, [len(answer.data) for answer in wholes.values()], cases):
        path = chance.choice(paths)
        whole = wholes[path]
        method = chance.choice(("GET",) * 9 + ("HEAD",))
        condition = chance.choice((None,) * 6 + ("current", "stale"))
        sent = {"Range": header}
        if condition:
            sent["If_Range"] = whole.headers["ETag"] if condition == "current" else '"stale"'
        expected = model(header, len(whole.data), method=method, is_current=condition != "stale")
        answer = scene.people["owner"].send(method, path, **sent)
        tally.count(str(expected.status))
        said = f"{method} {path} {header!r} {condition or ''}: {answer.status_code}"
        tally.expect(_is(answer, expected, whole.data, method), f"{said}, expected {expected}")
    return tally


def _headers(chance: random.Random, sizes: list[int], cases: int) -> Iterator[str]:
    for number in range(cases):
        size = chance.choice(sizes)
        first, last = (_place(chance, size) for _ in range(2))
        kinds = (
            *(f"bytes={first}-{last}", f"bytes={min(first, last)}-{max(first, last)}"),
            *(f"bytes={first}-", f"bytes=-{last}", f"bytes={first}-{first}"),
        )
        yield chance.choice(ODD if number % 4 == 0 else kinds)


def _place(chance: random.Random, size: int) -> int:
    edges = (0, 1, size - 1, size, size + 1, 2**31, 2**63)
    return chance.choice(edges) if chance.random() < 0.3 else chance.randrange(size)


def _is(answer, expected: Expected, whole: bytes, method: str) -> bool:
    start, end = expected.start, expected.start + expected.length
    if answer.status_code != expected.status:
        return False
    if expected.status == 416:
        return answer.headers["Content-Range"] == f"bytes */{len(whole)}" and not answer.data
    body = b"" if method == "HEAD" else whole[start:end]
    is_length = answer.headers["Content-Length"] == str(expected.length)
    told = f"bytes {start}-{end - 1}/{len(whole)}" if expected.status == 206 else None
    return answer.data == body and is_length and answer.headers.get("Content-Range") == told
