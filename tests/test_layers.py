"""Imports point one way (with pyproject.toml), SQL stands in queries/, few files reach out."""

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = SETTINGS["contracts"][0]["layers"]
ENTRY_POINTS = {"app", "config", "database", "migrate_to_sqlite"}
# What stands beside the rooms, and is no part of the app.
BESIDE = {"deploy", "tests", "tools", "translations"}
ENVIRONMENT_READERS = {"server/handover.py", "config.py"}
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


def sheets_and_scripts():
    static = ROOT / "static"
    found = (*static.glob("css/**/*.css"), *static.glob("js/**/*.js"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def tree(path):
    return ast.parse((ROOT / path).read_text())


def imported(path):
    """The modules that a file imports, those for type checking too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"
                yield node.module


def rooms(names):
    return {name.partition(".")[0] for name in names}


def layer(path):
    return path.partition("/")[0].removesuffix(".py")


def module(path):
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_every_module_stands_in_a_room_or_is_an_entry_point():
    found = {layer(path) for path in sources()}
    ranked = {name for line in LAYERS for name in line.split(" : ")}
    assert ranked == set(SETTINGS["root_packages"])
    assert found - BESIDE == ranked | ENTRY_POINTS


def test_no_module_imports_itself_by_a_detour():
    known = {module(path): path for path in sources()}
    graph = {name: set(imported(path)) & set(known) - {name} for name, path in known.items()}
    for package in {name for name in graph if known[name].endswith("__init__.py")}:
        graph[package] -= {name for name in graph if name.startswith(f"{package}.")}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_the_contracts_of_who_imports_whom_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout


SERVED = {f"server/{name}.py" for name in ("serve", "web_process", "web_server")}


@pytest.mark.parametrize("path", sources())
def test_flask_is_known_to_pages_alone_and_to_what_serves_them(path):
    if layer(path) not in {"app", "blueprints", "web"} and path not in SERVED:
        assert not {"flask", "flask_babel"} & rooms(imported(path))


def test_the_entry_points_import_what_stands_below_them():
    assert rooms(imported("config.py")) & set(SETTINGS["root_packages"]) == {"common"}
    below = {"common", "queries", "storage"}
    assert rooms(imported("database.py")) & {*SETTINGS["root_packages"], *ENTRY_POINTS} == below


# What opens, copies and watches over the file of the database.
DATABASE_FILES = {
    f"storage/{name}.py"
    for name in (
        *("earlier_release", "errors", "log_chain", "name_keys", "opening", "remembered_voices"),
        "snapshots",
        "sqlite_file",
    )
}


@pytest.mark.parametrize("path", sources())
def test_sql_stands_with_the_database_alone(path):
    if layer(path) in {"database", "queries"} or path in DATABASE_FILES:
        return
    assert layer(path) == "legacy" or "sqlite3" not in set(imported(path))
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
            *("openai_engine", "openai_errors", "openai_speech", "pinned_http"),
            *("realtime_session", "voice_discovery"),
        )
    ),
}
NAME_OF_THE_MACHINE = {"web/trusted_hosts.py", "server/worker.py"}
CONNECTIONS_MADE_BY_OTHERS = {"server/connection.py", "server/handover.py", *SERVED}


def test_few_files_reach_out():
    ways = {"http", "httpcore2", "httpx2", "openai", "socket", "websockets"}
    found = {path for path in sources() if ways & rooms(imported(path))}
    assert found == REACH_OUT | NAME_OF_THE_MACHINE | CONNECTIONS_MADE_BY_OTHERS


def is_broad(handler):
    caught = handler.type
    return caught is None or getattr(caught, "id", "") in ("Exception", "BaseException")


HANDING_ON = ("put", "set_exception")


def passes_on(handler):
    """Whether the error is raised again, or handed to the thread that waits for it."""
    for node in ast.walk(handler):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in HANDING_ON:
            return any(getattr(argument, "id", "") == handler.name for argument in node.args)
    return False


# The worker, the server's own loops and threads, and where plug-ins come in.
SERVING_EVERYBODY = {
    *(
        "server/worker.py",
        "server/housekeeping.py",
        "services/lease_worker.py",
        "speech/plugins.py",
    ),
    *("server/body_admission.py", "server/connection.py", "web/session_watch.py"),
    *("server/supervisor.py", "common/logs.py"),
}


@pytest.mark.parametrize("path", sources())
def test_only_loops_that_serve_everybody_catch_whatever_happens(path):
    handlers = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]
    swallowing = [node.lineno for node in handlers if is_broad(node) and not passes_on(node)]
    assert swallowing == [] or path in SERVING_EVERYBODY


@pytest.mark.parametrize("path", [*sources(), *sheets_and_scripts()])
def test_a_file_is_read_in_one_sitting(path):
    assert len((ROOT / path).read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", sources())
def test_a_function_fits_a_screen(path):
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]
    lengths = {node.name: node.end_lineno - node.lineno + 1 for node in functions}
    assert {name: lines for name, lines in lengths.items() if lines > 50} == {}
