"""Imports point one way, Flask stays in the web layer, SQL in the database package."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WEB = {
    "app",
    "access",
    "answers",
    "attachments",
    "compression",
    "delivery",
    "headers",
    "languages",
    "shown",
    "blueprints",
    "serve",
    "tracing",
    "uploads",
}
ABOVE_STORE = {
    *(*WEB, "accounts", "books", "buyer", "buying", "exporting", "generation", "jobs"),
    *("speaking", "purchases", "providers", "voices", "voice_catalogue", "voice_downloads"),
    *("kept_sound", "earlier_sound"),
    *("keeping", "nightly", "health", "metrics", "doctor", "allowances"),
    *("second_factors", "passkeys", "devices", "guesses", "waiting", "session_watch"),
}
BELOW = {
    *("database", "audio_store", "export_store", "config", "ranges", "shown", "forms"),
    *("causes", "paths"),
    *(
        "sealing",
        "stored_json",
        "trusted_clock",
        "provider_settings",
        "hosts",
        "intake",
        "outcomes",
        "ip_address",
        "server_interface",
        "account_types",
        "admission",
        "body_quota",
        "request_queue",
        "plain_files",
        "proxies",
        "rates",
        "reserve",
        "proofs",
    ),
}
ENVIRONMENT_READERS = {"config.py"}
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM"
    r"|CREATE\s+(TABLE|INDEX)|PRAGMA\s+\w+)\b",
    re.DOTALL,
)


def sources():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    found = listed or [str(path.relative_to(ROOT)) for path in ROOT.glob("[!.]*/**/*.py")]
    skipped = ("tests/", "tools/benchmarks/", "tools/attack/")
    return sorted(path for path in found if not path.startswith(skipped) and (ROOT / path).exists())


def tree(path):
    return ast.parse((ROOT / path).read_text())


def imported(path):
    """The top-level names of every module that a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module.partition(".")[0]


def layer(path):
    return path.partition("/")[0].removesuffix(".py")


@pytest.mark.parametrize("path", sources())
def test_flask_is_known_to_the_web_layer_alone(path):
    if layer(path) not in WEB:
        assert "flask" not in imported(path)


@pytest.mark.parametrize("path", sources())
def test_lower_layers_import_nothing_from_above(path):
    names = set(imported(path))
    if layer(path) in ("speech", "documents", "formats"):
        assert not names & {*ABOVE_STORE, "database", "audio_store", "config", "sqlite3"}
    elif layer(path) in BELOW:
        assert not names & ABOVE_STORE
    elif layer(path) in {*ABOVE_STORE, "passwords"} - {*WEB, "jobs"}:
        assert not names & WEB


@pytest.mark.parametrize("path", sources())
def test_sql_stands_in_the_database_package_alone(path):
    if layer(path) == "database":
        return
    assert layer(path) == "migration" or "sqlite3" not in imported(path)
    texts = [
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in texts if SQL.search(text)] == []


@pytest.mark.parametrize("path", sources())
def test_the_environment_is_read_in_one_place(path):
    if path in ENVIRONMENT_READERS:
        return
    reads = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
        if isinstance(node.value, ast.Name) and node.value.id == "os"
    ]
    assert reads == []


# Each of these is told of in docs/security.md, under "Where it connects to".
REACH_OUT = {
    "documents/fetch.py",
    "services/voice_downloads.py",
    *(
        f"speech/engines/{name}.py"
        for name in (
            *("addresses", "openai_engine", "openai_faults", "openai_speech", "realtime_line"),
            "server_lists",
        )
    ),
}
NAME_OF_THE_MACHINE = {"web/trusted_hosts.py", "server/worker.py"}
CONNECTIONS_MADE_BY_OTHERS = {"server/connection_limits.py"}


def test_few_files_reach_out():
    ways = {"http", "httpcore2", "httpx2", "openai", "socket", "websockets"}
    found = {path for path in sources() if ways & set(imported(path))}
    assert found == REACH_OUT | NAME_OF_THE_MACHINE | CONNECTIONS_MADE_BY_OTHERS


def is_broad(handler):
    caught = handler.type
    return caught is None or getattr(caught, "id", "") in ("Exception", "BaseException")


def passes_on(handler):
    """Whether the error is raised again, or handed to the thread that waits for it."""
    for node in ast.walk(handler):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "put":
            return any(getattr(argument, "id", "") == handler.name for argument in node.args)
    return False


# The worker, the server's own loops and threads, and where plug-ins come in.
SERVING_EVERYBODY = {
    *("server/worker.py", "server/housekeeping.py", "services/exports.py", "speech/plugins.py"),
    *("server/body_admission.py", "server/connection_limits.py", "web/session_watch.py"),
}


@pytest.mark.parametrize("path", sources())
def test_only_loops_that_serve_everybody_catch_whatever_happens(path):
    handlers = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]
    swallowing = [node.lineno for node in handlers if is_broad(node) and not passes_on(node)]
    assert swallowing == [] or path in SERVING_EVERYBODY


@pytest.mark.parametrize("path", sources())
def test_a_file_is_read_in_one_sitting(path):
    assert len((ROOT / path).read_text().splitlines()) <= 620
