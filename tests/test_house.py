"""What stands at the root, so that a listing of it tells what the program is."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAM = {"app.py", "config.py", "database.py", "migrate_to_sqlite.py"}
ROOMS = {
    *("accounts", "backups", "blueprints", "common", "documents", "exports", "legacy", "queries"),
    *("server", "services", "speech", "storage", "web"),
}


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for path in listed.stdout.splitlines() if (ROOT / path).exists()]


def test_the_root_holds_the_entry_points_and_no_other_module():
    assert {path for path in tracked() if path.endswith(".py") and "/" not in path} == PROGRAM


def test_each_room_is_known_by_its_name():
    rooms = {path.partition("/")[0] for path in tracked() if path.endswith("/__init__.py")}
    assert rooms - {"tests", "tools"} == ROOMS


def test_every_room_says_what_it_holds():
    for room in ROOMS:
        first = (ROOT / room / "__init__.py").read_text().splitlines()[0]
        assert first.startswith('"""'), room
        assert first.endswith('."""'), room


def test_tests_stand_in_folders_named_as_the_rooms():
    others = {"browser", "database", "support", "tools"}
    folders = {path.split("/")[1] for path in tracked() if re.match(r"tests/\w+/.*\.py$", path)}
    assert folders <= ROOMS | others
    assert folders >= ROOMS - {"queries"} | others
