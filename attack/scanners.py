"""What other people's tools find: sqlmap on each parameter, part of a path and header, wapiti.

Both are run where they are installed, against programs of five people in which every request is
undone when it is answered, so that each finds what the one before it found. Whatever they make the
program fail at counts as found.
"""

import re
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from attack.served import served
from attack.tally import Tally
from attack.tried import PARAMETER, Target, made_ready, targets

AT_ONCE = 3  # a tool waits for its program, and the other way round: one more than two cores
ONE_S = 900.0
REMEDY = "not installed: apt-get install {tool}"
INJECTABLE = re.compile(r"^Parameter: .*$", re.M)
SUSPECTED = re.compile(r"heuristic \(.*\) test shows that (.* might be .*)$", re.M)
SHOWN = 300
TESTED = "all tested parameters do not appear to be injectable"
# Statuses with which the program refuses what is tried; none of them ends a trial.
REFUSALS = "400,401,403,404,405,409,413,415,429,503,507"
# The database is SQLite, and what only other systems understand is left out; redirects lead to
# pages that forgot what was sent.
SQLMAP = (
    *("sqlmap", "--batch", "--ignore-stdin", "--disable-coloring", "-v", "1"),
    *("--level", "3", "--dbms", "sqlite", "--ignore-code", REFUSALS),
    *("--ignore-redirects", "--drop-set-cookie", "--skip-waf"),
)


@dataclass(slots=True)
class Share:
    """What one of the programs went through: how much was tried, and what was found."""

    tried: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def sqlmap(folder: Path, seconds: float = 3600.0, only: Collection[str] = ()) -> Tally:
    """Level 3 on all that is tried; nothing may be injectable, nothing may fail.

    As the database is SQLite, sqlmap is told so. What was not reached in `seconds` is a failure.
    `only` names routes, such as "GET /history", where fewer will do.
    """
    tally = Tally()
    if not _is_there("sqlmap", tally):
        return tally
    at_once = 1 if only else AT_ONCE
    end = time.monotonic() + seconds
    with ProcessPoolExecutor(at_once, get_context("spawn")) as pool:
        shares = [
            pool.submit(_share, folder, number, at_once, end, tuple(only))
            for number in range(at_once)
        ]
        found = [share.result() for share in as_completed(shares)]
    for share in found:
        for kind, count in share.tried.items():
            tally.cases += count
            tally.by_kind[kind] = tally.by_kind.get(kind, 0) + count
        tally.failures += share.failures
    statuses = sum((share.statuses for share in found), Counter())
    answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
    tally.notes.append(f"{statuses.total():,} requests: {answers}")
    return tally


def _share(folder: Path, number: int, of: int, end: float, only: tuple[str, ...]) -> Share:
    """Every so many'th target, against a program of its own; tells how it goes on."""
    mine, share = Path(tempfile.mkdtemp(dir=folder)), Share()
    with served(mine, is_bare=True) as program:
        made_ready(program.scene)
        every = [each for each in targets(program.scene) if not only or str(each.route) in only]
        every.sort(key=lambda each: len(each.names))  # so that shares are of one size
        for count, target in enumerate(every[number::of]):
            begun, asked = time.monotonic(), program.requests
            found = _try(target, program.address, mine / str(count), end)
            share.tried.update({target.kind: len(target.names)})
            share.failures += [f"{target}: {each}" for each in (*found, *program.taken())]
            spent, asked = time.monotonic() - begun, program.requests - asked
            told = "; ".join(found) or "nothing"
            print(f"sqlmap {count * of + number + 1}/{len(every)} {target}: {told}, "
                  f"{asked} requests, {spent:.0f} s", flush=True)  # fmt: skip
        share.statuses.update(program.statuses)
    return share


def _try(target: Target, address: str, folder: Path, end: float) -> list[str]:
    """Why a target does not pass; empty when all was tried and nothing found."""
    left = min(ONE_S, end - time.monotonic())
    if left <= 0:
        return ["not reached in time"]
    folder.mkdir()
    request = folder / "request"
    request.write_text(target.written(address))
    command = [*SQLMAP, "-r", str(request), "--output-dir", str(folder)]
    if target.kind == PARAMETER:
        command += ["-p", ",".join(target.names)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=left, cwd=folder
        )
    except subprocess.TimeoutExpired:
        return [f"not done after {left:.0f} s"]
    return told_by_sqlmap(done.stdout)


def told_by_sqlmap(said: str) -> list[str]:
    """What its output says was found, or that nothing was tried; empty when all is well."""
    if found := [*INJECTABLE.findall(said), *SUSPECTED.findall(said)]:
        return found
    return [] if TESTED in said else [f"not tried: {said.strip()[-SHOWN:]}"]


def _is_there(tool: str, tally: Tally) -> bool:
    if shutil.which(tool) is None:
        tally.unrun = REMEDY.format(tool=tool)
    return not tally.unrun
