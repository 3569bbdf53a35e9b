"""One thing is broken in a real data folder: doctor names it once, with what to do about it."""

import contextlib
import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from config import load_secret_key
from server import doctor
from server.doctor import mending
from services.documents import Documents
from tests.database.earlier_files import make
from tests.legacy.checking import run as move
from tests.legacy.installs import make_typical_install
from tests.support.making import Home
from tests.support.sending import MARKDOWN
from tests.support.serving import App

ROWS = """
    INSERT INTO drafts (user_id, text) VALUES (1, 'draft');
    INSERT INTO providers (name, label, protocol, base_url, model)
        VALUES ('lan', 'LAN', 'speech', 'http://127.0.0.1:9/v1', 'm');
    INSERT INTO passkeys (user_id, credential_id, user_handle, rp_id, public_key, sign_count, name)
        VALUES (1, 'c', 'h', 'localhost', x'00', 0, 'key');
    INSERT INTO exports (file_id, owner_id, format, options, fingerprint, name, status,
                         created_epoch, last_used_epoch)
        SELECT id, owner_id, 'opus', '{"lufs": null}', 'f', 'n.opus', 'ready', 1, 1
        FROM audio_files LIMIT 1;
    INSERT INTO migrations (plan_hash, source, report) VALUES ('p', 's', '{}');
    INSERT INTO invites (token_hash, created_by, expires_epoch) VALUES ('t', 1, 1000);
    INSERT INTO sessions (token_hash, user_id, created_epoch, last_seen_epoch)
        VALUES ('t', 1, 1000, 1000);
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A folder with a spoken piece that was changed, a document, and a row of everything."""
    folder = tmp_path_factory.mktemp("template")
    with contextlib.closing(Home(folder)) as home:
        load_secret_key(home.config, database_exists=False)
        row = home.speak("The harbour lay quiet. Nobody was on board.\n\nThe bell rang twice.  \n")
        first = home.db.get_segments(row["id"])[0]
        home.studio.retakes.ask(row, 0, first["text_end"], "The harbour was loud.")
        home.worker.run_pending()
        home.speak("A second piece. It has an unfinished end")
        documents = Documents(home.db, home.studio, home.config)
        with documents.imports.open_upload() as upload:
            upload.write(MARKDOWN if isinstance(MARKDOWN, bytes) else MARKDOWN.encode())
            upload.flush()
            documents.imports.import_file(home.user_id, Path(upload.name), "lamp.md")
        home.db.log_security_event("login", user_id=1)
    with contextlib.closing(sqlite3.connect(folder / "data/voiceverse.db")) as connection:
        connection.executescript(ROWS)
    return home.config


@pytest.fixture
def config(template, tmp_path):
    shutil.copytree(template.data_dir, tmp_path / "data")
    return replace(template, data_dir=tmp_path / "data")


def bad(config, **options):
    found = doctor.examine(config, **options)
    return [finding for finding in found if finding.level == doctor.BAD]


def run(sql):
    def change(config):
        with contextlib.closing(sqlite3.connect(config.database_path)) as connection:
            connection.execute("PRAGMA ignore_check_constraints=ON")
            connection.executescript(sql)

    return change


def emptied(config):
    config.database_path.write_bytes(b"")


def without_tables(config):
    config.database_path.unlink()
    with contextlib.closing(sqlite3.connect(config.database_path)) as connection:
        connection.execute("PRAGMA user_version=0")
        connection.execute("VACUUM")
    config.database_path.chmod(0o600)


def another_programs(config):
    config.database_path.unlink()
    with contextlib.closing(sqlite3.connect(config.database_path)) as connection:
        connection.execute("CREATE TABLE songs (id)")
    config.database_path.chmod(0o600)


def folder_in_place_of(name):
    def change(config):
        (config.data_dir / name).unlink()
        (config.data_dir / name).mkdir(mode=0o700)

    return change


def swap_words(config):
    """The index says of each of two pieces what the other one holds."""
    run(
        """UPDATE audio_search_docsize SET id = 1 WHERE id = 1;
           INSERT INTO audio_search (audio_search) VALUES ('delete-all');
           INSERT INTO audio_search (rowid, owner, name, text)
           SELECT 3 - id, 'u' || owner_id, display_name, text FROM audio_files"""
    )(config)


def file_in_place_of(name):
    def change(config):
        shutil.rmtree(config.data_dir / name, ignore_errors=True)
        (config.data_dir / name).write_bytes(b"x")

    return change


def recorded(**content):
    def change(config):
        folder = config.data_dir / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "state.json").write_text(json.dumps(content))

    return change


RESTORE = "run flask restore"
MEND = "run flask doctor --mend"
KEY = "Restore it from a backup"
STARTS = {
    "no key": (lambda c: (c.data_dir / "secret_key").unlink(), "is missing beside", KEY),
    "an empty key": (lambda c: (c.data_dir / "secret_key").write_bytes(b""), "is empty or", KEY),
    "a key that is a folder": (folder_in_place_of("secret_key"), "is a folder", "Move it away"),
    "no database": (lambda c: c.database_path.unlink(), "missing or empty, but there is", RESTORE),
    "an empty database": (emptied, "missing or empty, but there is audio", RESTORE),
    "a database without tables": (without_tables, "missing or empty, but there is", RESTORE),
    "a database that is a folder": (folder_in_place_of("voiceverse.db"), "a folder", RESTORE),
    "another program's database": (another_programs, "of another program", "VOICEVERSE_DATA_DIR"),
    "a newer database": (run("PRAGMA user_version=99"), "by a newer", "Install that release"),
    "no database at all": (
        lambda c: c.database_path.write_bytes(b"x" * 9000), "damaged or not a database", RESTORE,
    ),
    "a table less": (run("DROP TABLE providers"), "are missing", RESTORE),
}  # fmt: skip
ROWS_BROKEN = {
    "an index less": (run("DROP INDEX idx_audio_owner"), "are missing", RESTORE),
    "a trigger less": (run("DROP TRIGGER audio_file_added"), "are missing", RESTORE),
    "search emptied": (
        run("INSERT INTO audio_search (audio_search) VALUES ('delete-all')"), "search index", MEND,
    ),
    "search without its data": (run("DELETE FROM audio_search_data"), "search index", MEND),
    "search without a piece": (
        run("DELETE FROM audio_search_docsize WHERE id = 1"), "search index", MEND,
    ),
    "words of other pieces": (swap_words, "search index", MEND),
    "a segment less": (run("DELETE FROM segments WHERE position = 1"), "have gaps", "again"),
    "the last segment less": (
        run(
            """DELETE FROM segments
               WHERE file_id = 1 AND position = (SELECT max(position) FROM segments)"""
        ),
        "have gaps", "again",
    ),
    "no segments": (run("DELETE FROM segments WHERE file_id = 1"), "without any", "again"),
    "a segment outside": (
        run("UPDATE segments SET text_end = 9999 WHERE position = 2 AND file_id = 1"),
        "outside their text", "again",
    ),
    "sound outside": (
        run("UPDATE audio_files SET size = 0 WHERE id = 1"), "outside their text", "again",
    ),
}  # fmt: skip
BESIDE = {
    "imports in a file": (file_in_place_of("imports"), "is a file where", "Move it away"),
    "audio in a file": (file_in_place_of("audio"), "audio is a file where", "from a backup"),
    "a key that others may enter": (
        lambda c: (folder_in_place_of("secret_key")(c), (c.data_dir / "secret_key").chmod(0o755)),
        "is a folder", "Move it away",
    ),
    "a record of no time": (recorded(made_at="garbage"), "known about the backups", "flask backup"),
    "a record of no ends": (recorded(ends=5), "known about the backups", "flask backup"),
    "a record of short ends": (recorded(ends=[[1]]), "known about the backups", "flask backup"),
    "a record with words lost": (
        recorded(failure_template="{a}", failure_values={}), "about the backups", "flask backup",
    ),
    "a text of bytes": (
        run("UPDATE audio_files SET text = x'00' WHERE id = 1"), "audio_files.text", RESTORE,
    ),
    "a length of letters": (
        run("UPDATE audio_files SET duration = 'abc' WHERE id = 1"), "audio_files.duration", MEND,
    ),
    "a length without end": (
        run("UPDATE audio_files SET duration = 9e999 WHERE id = 1"), "audio_files.duration", MEND,
    ),
    "a size of letters": (
        run("UPDATE audio_files SET size = 'x' WHERE id = 1"), "audio_files.size", MEND,
    ),
}  # fmt: skip
JSON = {
    ("audio_files", "reading"): ("no", "[]", '{"cast": 5}', '{"paragraph_pause_ms": "x"}'),
    ("drafts", "reading"): ("", '{"cast": {"A": 1}}'),
    ("documents", "choices"): ("{", "[1]"),
    ("documents", "content"): ("", "{}", "[]", '{"title": 5}'),
    ("segments", "words"): ("x", "[[1]]", '{"a": 1}'),
    ("takes", "segments"): ("[]", "{}", '[{"frame_end": "x"}]'),
    ("providers", "voices"): ("5", "[5]", '[["one"]]'),
    ("passkeys", "transports"): ("5", "[5]"),
    ("exports", "options"): ("{}", "no"),
    ("migrations", "report"): ("no", "[]"),
}
TIMES = [
    ("audio_files.created_at", "yesterday"), ("audio_files.updated_at", "2026-02-31 10:00:00"),
    ("audio_files.created_at", "9999-01-01 00:00:00"), ("documents.created_at", ""),
    ("takes.made_at", "1767225600"), ("invites.expires_epoch", -1),
    ("sessions.last_seen_epoch", "x"),
    ("sessions.created_epoch", 1e300), ("usage_stats.day", 31), ("users.last_login", "2026"),
]  # fmt: skip


@pytest.mark.parametrize("name", [*STARTS, *ROWS_BROKEN, *BESIDE])
def test_what_is_broken_is_found_once_with_its_remedy(config, name):
    change, what, remedy = {**STARTS, **ROWS_BROKEN, **BESIDE}[name]
    change(config)
    (finding,) = bad(config)
    assert what in finding.what
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    ("column", "content"), [(column, each) for column, all_ in JSON.items() for each in all_]
)
def test_json_that_is_none_is_found_once(config, column, content):
    table, name = column
    run(f"UPDATE {table} SET {name} = '{content}'")(config)
    (finding,) = bad(config)
    assert finding.what.startswith(f"{table}.{name} holds JSON that cannot be read")
    assert finding.remedy


@pytest.mark.parametrize(("column", "content"), TIMES)
def test_a_time_that_no_clock_shows_is_found_once(config, column, content):
    table, name = column.split(".")
    month = ", month = 2" if name == "day" else ""
    run(f"UPDATE {table} SET {name} = {content!r}{month}")(config)
    (finding,) = bad(config)
    assert finding.what.startswith(f"{column} holds impossible times")
    assert MEND in finding.remedy


def test_a_healthy_folder_is_well(config):
    assert bad(config, scrub=True) == []
    shown = " ".join(finding.what for finding in doctor.examine(config))
    assert "The whole database can be read" in shown


def test_imports_in_line_and_their_files_are_compared(config):
    run(
        """INSERT INTO imports (owner_id, name, upload, created_epoch) VALUES
           (1, 'lamp.md', 'import-there', 1), (1, 'tide.md', 'import-gone', 1)"""
    )(config)
    for name in ("import-there", "import-stray"):
        (config.imports_dir / name).write_bytes(b"The lamp.")
    found = [finding.what for finding in doctor.examine(config) if "imports" in finding.what]
    assert found == [
        "Missing files of waiting imports (1): import-gone.",
        "Files of imports that no longer exist (1): import-stray.",
    ]


def test_folders_that_are_new_upgraded_or_moved_are_well(template, tmp_path):
    empty = replace(template, data_dir=tmp_path / "empty")
    assert bad(empty) == []
    empty.data_dir.mkdir(mode=0o700)
    assert bad(empty) == []
    make(empty.database_path)
    empty.database_path.chmod(0o600)
    assert bad(empty) == []
    with contextlib.closing(Home(tmp_path / "fresh")) as home:
        load_secret_key(home.config, database_exists=False)
    assert bad(home.config) == []


def test_an_install_moved_from_json_is_well(template, tmp_path):
    make_typical_install(tmp_path / "saved_audio")
    data = tmp_path / "data"
    code, _, error = move("--source", tmp_path / "saved_audio", "--db", data / "voiceverse.db")
    assert code == 0, error
    assert bad(replace(template, data_dir=data)) == []


def test_a_path_too_long_is_told_once_with_the_remedy_of_a_start(template, tmp_path):
    parts = ["x" * 100] * 6
    (finding,) = doctor.examine(replace(template, data_dir=tmp_path.joinpath(*parts)))
    assert "too long" in finding.what
    assert "Set VOICEVERSE_DATA_DIR to a folder with a path of up to" in finding.remedy


@pytest.mark.parametrize("error", [ValueError, TypeError])
def test_a_look_that_breaks_off_is_a_finding_among_the_others(config, monkeypatch, error):
    def log(_config):
        raise error("no sense")

    monkeypatch.setattr(doctor, "QUICK", (log, doctor.data.presence))
    monkeypatch.setattr(doctor, "THOROUGH", (log, *doctor.THOROUGH))
    (finding,) = bad(config)
    assert "log failed: no sense" in finding.what


MENDED = [
    *(ROWS_BROKEN[name][0] for name in ROWS_BROKEN if name.startswith(("search", "words"))),
    run("UPDATE audio_files SET reading = '[', created_at = 'x'; UPDATE segments SET words = '5'"),
    run("UPDATE audio_files SET duration = 'abc', speed = x'00'"),
    run("UPDATE usage_stats SET month = 2, day = 31; UPDATE invites SET expires_epoch = 'x'"),
]


@pytest.mark.parametrize("change", MENDED)
def test_mending_leaves_a_healthy_folder_and_a_copy_of_what_was(config, change):
    change(config)
    assert bad(config)
    done = mending.mend(config)
    assert "The previous database is in" in done[-1]
    assert bad(config) == []
    (kept,) = config.data_dir.glob("voiceverse.before-mending-*.db")
    assert bad(replace(config, data_dir=config.data_dir)) == []
    assert kept.stat().st_mode & 0o77 == 0
    assert mending.mend(config) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", STARTS)
def test_the_command_says_it_where_the_app_does_not_start(config, tmp_path, name):
    STARTS[name][0](config)
    done = App(tmp_path).flask("doctor")
    assert done.returncode == 1
    assert done.stdout.count("bad   ") == 1
    assert "Traceback" not in done.stderr
    assert STARTS[name][1] in done.stdout


@pytest.mark.slow
def test_the_command_mends_and_says_so(config, tmp_path):
    run("INSERT INTO audio_search (audio_search) VALUES ('delete-all')")(config)
    done = App(tmp_path).flask("doctor", "--mend")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The search index was rebuilt." in done.stdout
    with App(tmp_path) as app:
        refused = app.flask("doctor", "--mend")
    assert "Stop it first; nothing was changed." in refused.stderr
    assert refused.returncode == 1
