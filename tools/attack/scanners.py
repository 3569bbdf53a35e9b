"""What other people's tools find: sqlmap on each parameter, part of a path and header, wapiti.

Both are run where they are installed, against programs of five people in which every request is
undone when it is answered, so that each finds what the one before it found. Whatever they make the
program fail at counts as found.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tools.attack.matrix import Matrix
from tools.attack.scene import Scene
from tools.attack.served import bare, listening, plain, served, stay_here
from tools.attack.tally import Tally
from tools.attack.tried import PARAMETER, Target, made_ready, targets

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

# What needs lists from elsewhere (nikto, wapp) or tries long ones of names that are not ours
# (buster, brute_login_form) is left out; so is permanentxss, which looks for what was sent before,
# and here nothing is kept: a corpus of its own stands in the pages of a real browser.
GROUPS = (
    "cookieflags,csp,http_headers,methods,csrf,htaccess,shellshock,backup,crlf,redirect",
    *("xss", "exec", "file", "sql", "blindsql", "ssrf", "xxe"),
)
EXPLAINED = {
    "Secure flag is not set in the cookie": "it is, under HTTPS; a home network has none",
    "X-Frame-Options is not set": "frame-ancestors of the policy says it",
    "X-XSS-Protection is not set": "no browser heeds it any more",
    "Strict-Transport-Security is not set": "it is sent under HTTPS alone",
}
# It fetches lists at its start, whatever it is asked for: only this machine is within its reach.
NOWHERE = "http://127.0.0.1:9"
NEAR = {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "no_proxy": "127.0.0.1"}
FOUND = re.compile(r"Wapiti found (\d+ URLs and forms)")
CUT = "Max attack time was reached"
CRAWLING = 0.2  # of the time
PATIENCE_S = 20.0  # to start, to look at its clock, and to write its report


@dataclass(slots=True)
class Share:
    """What one of the programs went through: how much was tried, and what was found."""

    tried: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
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
    return _together(tally, found)


def _together(tally: Tally, shares: list[Share]) -> Tally:
    """What all of them found."""
    for share in shares:
        for kind, count in share.tried.items():
            tally.cases += count
            tally.by_kind[kind] = tally.by_kind.get(kind, 0) + count
        tally.failures += share.failures
        tally.notes += share.notes
    statuses = sum((share.statuses for share in shares), Counter())
    answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
    tally.notes.append(f"{statuses.total():,} requests: {answers}")
    return tally


def _share(folder: Path, number: int, of: int, end: float, only: tuple[str, ...]) -> Share:
    """Every so many'th target, against a program of its own; tells how it goes on."""
    stay_here()
    mine, share = Path(tempfile.mkdtemp(dir=folder)), Share()
    with served(mine, bare) as program:
        made_ready(program.scene)
        every = [each for each in targets(program.scene) if not only or str(each.route) in only]
        every.sort(key=lambda each: len(each.names))  # so that shares are of one size
        for count, target in enumerate(every[number::of]):
            begun, asked = time.monotonic(), program.requests
            left = min(ONE_S, end - begun)
            found = ["not reached in time"]
            if left > 0:
                found = try_out(target, program.address, mine / str(count), left)
            share.tried.update({target.kind: len(target.names)})
            share.failures += [f"{target}: {each}" for each in (*found, *program.taken())]
            spent, asked = time.monotonic() - begun, program.requests - asked
            told = "; ".join(found) or "nothing"
            print(f"sqlmap {count * of + number + 1}/{len(every)} {target}: {told}, "
                  f"{asked} requests, {spent:.0f} s", flush=True)  # fmt: skip
        share.statuses.update(program.statuses)
    return share


def try_out(target: Target, address: str, folder: Path, seconds: float) -> list[str]:
    """Why a target does not pass; empty when all was tried and nothing found."""
    folder.mkdir()
    request = folder / "request"
    request.write_text(target.written(address))
    command = [*SQLMAP, "-r", str(request), "--output-dir", str(folder)]
    if target.kind == PARAMETER:
        command += ["-p", ",".join(target.names)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=seconds, cwd=folder
        )
    except subprocess.TimeoutExpired:
        return [f"not done after {seconds:.0f} s"]
    return told_by_sqlmap(done.stdout)


def told_by_sqlmap(said: str) -> list[str]:
    """What its output says was found, or that nothing was tried; empty when all is well."""
    if found := [*INJECTABLE.findall(said), *SUSPECTED.findall(said)]:
        return found
    return [] if TESTED in said else [f"not tried: {said.strip()[-SHOWN:]}"]


# wapiti


def wapiti(
    folder: Path,
    seconds: float = 600.0,
    groups: Sequence[str] = GROUPS,
    people: Sequence[str] = ("owner", "admin"),
) -> Tally:
    """All modules that can find something here, as an owner and as an admin at the same time.

    When the pages are known, what is left of the time is shared out among groups of modules; which
    of them were cut short is told.
    """
    tally = Tally()
    if not _is_there("wapiti", tally):
        return tally
    with ProcessPoolExecutor(len(people), get_context("spawn")) as pool:
        visits = [pool.submit(_visit, folder, seconds, tuple(groups), who) for who in people]
        return _together(tally, [visit.result() for visit in visits])


def _visit(folder: Path, seconds: float, groups: tuple[str, ...], who: str) -> Share:
    """Look for pages, then send the modules to them, a few groups at once."""
    stay_here()
    mine, share, end = Path(tempfile.mkdtemp(dir=folder)), Share(), time.monotonic() + seconds
    with served(mine, plain) as program, _listening() as (endpoint, heard):
        made_ready(program.scene)
        program.scene.db.write("DELETE FROM login_alerts")  # each page would be full of them
        starts = [f"http://{program.address}{path}" for path in _starts(program.scene, who)]
        command = [
            *("wapiti", "-u", f"http://{program.address}/", "--scope", "domain", "-v", "0"),
            *("-H", f"Cookie: {program.scene.people[who].cookie}", "--skip", "csrf_token"),
            *("--store-config", str(mine)),
            *("--endpoint", endpoint, "--no-bugreport", "-f", "json"),
        ]
        crawl = seconds * CRAWLING
        known = [argument for start in starts for argument in ("-s", start)]
        known += ["--max-scan-time", str(crawl), "-m", "", "-o", str(mine / "pages.json")]
        known += ["--store-session", str(mine)]
        said = _stopped([*command, *known], crawl)
        pages = FOUND.search(said)
        share.notes.append(f"wapiti as {who}: {pages[1] if pages else 'nothing'} found")
        if not pages or pages[1].startswith("0 "):
            share.failures.append(f"{who}: no pages: {said.strip()[-SHOWN:]}")
        allowed = max(1.0, end - time.monotonic()) / -(-len(groups) // AT_ONCE)
        tell = partial(_send_modules, command, mine, allowed, who)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for found, note in threads.map(tell, groups):
                share.tried[who] += 1
                share.notes.append(note)
                share.failures += [each for each in found if each not in share.failures]
        share.failures += [f"{who}: {each}" for each in program.taken()]
        share.failures += [f"{who}: the program asked for {path}" for path in heard]
        share.statuses.update(program.statuses)
    return share


def _send_modules(
    command: list[str], known: Path, allowed: float, who: str, modules: str
) -> tuple[list[str], str]:
    """What some modules find on the pages that are known, and how long they took."""
    mine, begun = Path(tempfile.mkdtemp(dir=known)), time.monotonic()
    for pages in known.glob("127.0.0.1_*"):
        shutil.copy(pages, mine)
    report = mine / "report.json"
    again = [*command, "--store-session", str(mine), "--skip-crawl", "-o", str(report), "-m"]
    said = _stopped([*again, modules, "--max-attack-time", str(allowed)], allowed)
    if not report.exists():  # it was stopped; what it found stands in its session
        said += _stopped([*again, ""], PATIENCE_S)
    found = [f"{who}: {each}" for each in told_by_wapiti(report, said)]
    cut = "cut short" if CUT in said else "to its end"
    note = f"wapiti as {who}: {modules}: {time.monotonic() - begun:.0f} s, {cut}"
    print(note, *found, sep="\n", flush=True)
    return found, note


def _starts(scene: Scene, who: str) -> list[str]:
    """The pages that a person may open, with the parameters that they take."""
    theirs = {"user", "public"} if who == "owner" else {"admin"}
    mine = scene.admins if who == "admin" else scene.owned
    open_paths = [
        route.path(mine)
        for route in Matrix(scene).routes()
        if route.method == "GET" and route.audience in theirs
    ]
    asked = [
        target.path
        for target in targets(scene)
        if target.route.method == "GET" and target.route.audience in theirs
    ]
    return sorted({path for path in (*open_paths, *asked) if "*" not in path})


def _stopped(command: list[str], seconds: float) -> str:
    """What a program says until it is done, or out of time.

    wapiti looks at its clock between pages alone, and a form may take minutes.
    """
    try:
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            stdin=subprocess.DEVNULL, env=os.environ | NEAR, timeout=seconds + PATIENCE_S,
        ).stdout  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return f"{(late.stdout or b'').decode('utf-8', 'replace')}\n{CUT}"


def told_by_wapiti(report: Path, said: str) -> list[str]:
    """What a report holds that is not explained; a report that is missing is a finding."""
    if not report.exists():
        return [f"ended without a report: {said.strip()[-SHOWN:]}"]
    told = json.loads(report.read_text("utf-8"))
    return [
        f"{name}: {each['method']} {each['path']} {each['info']}"
        for kind in ("vulnerabilities", "anomalies")
        for name, found in told[kind].items()
        for each in found
        if not any(words in each["info"] for words in EXPLAINED)
    ]


@contextmanager
def _listening() -> Iterator[tuple[str, list[str]]]:
    """Where programs should never be led to: its address, and which paths were asked for.

    wapiti itself asks there what was asked for, and is told that nothing was.
    """
    heard: list[str] = []

    def answer(environ, start_response):
        if not environ["PATH_INFO"].startswith("/get_"):
            heard.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    with listening(answer) as address:
        yield f"http://{address}/", heard


def _is_there(tool: str, tally: Tally) -> bool:
    if shutil.which(tool) is None:
        tally.unrun = REMEDY.format(tool=tool)
    return not tally.unrun
