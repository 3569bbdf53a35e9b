"""How the words of the scanners are understood, and the programs they are set on."""

import json
import urllib.error
import urllib.request

import pytest

from tools.attack import scanners, tried
from tools.attack.served import Served, bare, plain, served

CLEAN = "[INFO] testing\n[CRITICAL] all tested parameters do not appear to be injectable. Try"
HOLE = "---\nParameter: q (GET)\n    Type: boolean-based blind\n---\n"
HINT = "[INFO] heuristic (XSS) test shows that GET parameter 'q' might be vulnerable to XSS attacks"


def test_what_sqlmap_says_is_understood():
    assert scanners.told_by_sqlmap(CLEAN) == []
    assert scanners.told_by_sqlmap(HOLE) == ["Parameter: q (GET)"]


def test_a_hint_of_sqlmap_counts_though_nothing_else_was_found():
    (hint,) = scanners.told_by_sqlmap(f"{HINT}\n{CLEAN}")
    assert hint == "GET parameter 'q' might be vulnerable to XSS attacks"
    unlikely = HINT.replace("might be", "might not be")
    assert scanners.told_by_sqlmap(f"{unlikely}\n{CLEAN}") == []


def test_what_sqlmap_gave_up_was_not_tried():
    (told,) = scanners.told_by_sqlmap("[CRITICAL] unable to connect")
    assert told == "not tried: [CRITICAL] unable to connect"


def report(folder, *infos):
    found = [{"method": "GET", "path": "/x", "info": info} for info in infos]
    path = folder / "report.json"
    path.write_text(json.dumps({"vulnerabilities": {"XSS": found}, "anomalies": {"500": []}}))
    return path


def test_what_wapiti_reports_is_told_unless_it_is_explained(tmp_path):
    path = report(tmp_path, "in the parameter q", "Strict-Transport-Security is not set")
    assert scanners.told_by_wapiti(path, "") == ["XSS: GET /x in the parameter q"]


def test_wapiti_without_a_report_has_found_nothing_out(tmp_path):
    (told,) = scanners.told_by_wapiti(tmp_path / "none.json", "KeyboardInterrupt")
    assert told == "ended without a report: KeyboardInterrupt"


def test_shares_are_put_together():
    one, other = scanners.Share(), scanners.Share(failures=["a hole"])
    for share in (one, other):
        share.tried["parameter"] += 2
        share.statuses[404] += 5
    tally = scanners._together(scanners.Tally(), [one, other])
    assert (tally.cases, tally.by_kind, tally.failures) == (4, {"parameter": 4}, ["a hole"])
    assert tally.notes == ["10 requests: 10 × 404"]


def test_pages_are_made_small_or_simple():
    page = b'<html><script src="a"></script><main><p>a<option>b</option></main></html>'
    assert bare(page) == b"<main><p>a</main>"
    assert bare(b"{}") == b"{}"
    form = b'<script src="a"><form enctype="multipart/form-data" method="post">'
    assert plain(form) == b'<form method="post">'


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), bare) as made:
        tried.made_ready(made.scene)
        yield made


def ask(program, path, person="owner", body=None):
    request = urllib.request.Request(
        f"http://{program.address}{path}", body, {"Cookie": program.scene.people[person].cookie}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.slow
def test_answers_stay_the_same(program):
    assert ask(program, "/")[1].startswith(b"<main")
    assert ask(program, "/") == ask(program, "/")


@pytest.mark.slow
def test_what_is_done_is_undone(program):
    filename, owner = program.scene.owned["filename"], program.scene.people["owner"]
    before = program.scene.state()
    deed = f"csrf_token={owner.csrf}&next=/library".encode()
    status, _ = ask(program, f"/files/{filename}/delete", body=deed)
    assert status == 200
    assert program.scene.state() == before


@pytest.mark.slow
def test_failures_are_noted_once_with_what_led_to_them(program, monkeypatch):
    def fail():
        raise ValueError("a hole")

    monkeypatch.setitem(program.scene.app.view_functions, "library.overview", fail)
    assert program.taken() == []
    assert [ask(program, f"/library?q={word}")[0] for word in ("one", "two")] == [500, 500]
    (trouble,) = program.taken()
    assert "ValueError: a hole at " in trouble
    assert trouble.endswith("by GET /library with 'q=one'")
    assert program.taken() == []


@pytest.mark.parametrize(
    ("status", "path", "counts"),
    [(500, "/", 1), (502, "/documents", 0), (503, "/", 1), (503, "/health", 0), (404, "/", 0)],
)
def test_failures_that_are_meant_do_not_count(status, path, counts):
    program = Served(scene=None)
    environ = {"PATH_INFO": path, "QUERY_STRING": "", "REQUEST_METHOD": "GET"}
    program.note(environ, b"", status, None)
    assert len(program.taken()) == counts


@pytest.mark.slow
def test_most_of_what_is_tried_is_accepted(program):
    every = list(tried.targets(program.scene))
    refused = {str(target) for target in every if is_refused(program, target)}
    assert len(every) > 120
    # Tokens, names of backups and of people that are made up are refused, as they should be.
    assert len(refused) < len(every) / 4


def is_refused(program: Served, target: tried.Target) -> bool:
    path = target.path.replace("*", "")
    with program.scene.nothing_kept():
        return target.person.send(target.route.method, path, target.form).status_code >= 400
