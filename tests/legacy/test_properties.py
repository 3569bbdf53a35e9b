"""Any folder migrates with verified equality, or is refused with nothing changed."""

import json
import math
import shutil
from pathlib import Path

import pytest

from tests.legacy.checking import dump, rows, run, snapshot
from tests.legacy.generated import make_folder

CHANGING = ("result", "made_at", "backup", "files", "database", "verified")


def entries(folder: Path, name: str, kind: type) -> list:
    """The entries of a legacy file as json itself reads them."""
    path = folder / name
    if not path.exists():
        return []
    content = json.loads(path.read_bytes())
    assert isinstance(content, kind)
    return list(content.items()) if kind is dict else content


def is_number(value: object) -> bool:
    is_plain = isinstance(value, int | float) and not isinstance(value, bool)
    return is_plain and 0 <= value <= 10**12


def check_against_json(source: Path, database: Path, report: dict) -> None:
    """Compare with the JSON by means of its own: nothing of the migration's code is used."""
    unreadable = {
        (note["file"], note["key"])
        for note in report["notes"]
        if note["kind"] == "unreadable" and "stands again" not in note["reason"]
    }
    lost = {name: sum(file == name for file, _ in unreadable) for name in report["found"]}
    users = entries(source, "users.json", dict)
    files = entries(source, "metadata.json", dict)
    plays = entries(source, "playback_history.json", list)
    real_users = rows(database, "SELECT count(*) FROM users WHERE password_hash != '!'")[0][0]
    assert real_users <= len(users)
    kept = rows(database, "SELECT count(*) FROM audio_files")[0][0]
    assert kept == len(files) - lost.get("metadata.json", 0)
    assert rows(database, "SELECT count(*) FROM playback_history")[0][0] == len(plays) - lost.get(
        "playback_history.json", 0
    )
    for filename, entry in files:
        found = rows(
            database, "SELECT character_count, cost, voice FROM audio_files WHERE filename = ?",
            filename.encode("utf-8", "replace").decode(),
        )  # fmt: skip
        if not found:
            continue
        characters, cost, voice = found[0]
        if is_number(entry.get("characters")) and entry["characters"] == int(entry["characters"]):
            assert characters == entry["characters"]
        if is_number(entry.get("cost")):
            assert cost == entry["cost"]
        if entry.get("voice") == "nova":
            assert voice == "nova"
    check_months(source, database, {key for file, key in unreadable if file == "usage_stats.json"})


def check_months(source: Path, database: Path, unreadable: set[str]) -> None:
    path = source / "usage_stats.json"
    months = json.loads(path.read_bytes()).get("monthly", {}) if path.exists() else {}
    if not isinstance(months, dict):
        return
    for key, month in months.items():
        if key in unreadable or (key == "" and unreadable):
            continue
        year, number = map(int, key.split("-"))
        found = rows(
            database,
            "SELECT count(*), coalesce(sum(characters_used), 0) FROM usage_stats "
            "WHERE year = ? AND month = ?", year, number,
        )[0]  # fmt: skip
        costs = rows(
            database, "SELECT cost FROM usage_stats WHERE year = ? AND month = ?", year, number
        )
        is_odd = not month["files"] and (month["characters"] or month["cost"])
        assert found == (1 if is_odd else month["files"], month["characters"])
        assert math.isclose(
            math.fsum(cost for (cost,) in costs), month["cost"], rel_tol=1e-12, abs_tol=1e-12
        )


def check_folder(folder: Path, seed: int) -> str:
    """One generated folder through dry run, run, second run and rollback; returns what happened."""
    source, data = folder / "saved_audio", folder / "data"
    make_folder(source, seed)
    before = snapshot(folder)
    times = {path: path.stat().st_mtime_ns for path in [folder, source]}
    database = data / "voiceverse.db"
    place = ("--source", source, "--db", database)
    dry_code, dry, dry_error = run(*place, "--dry-run")
    assert snapshot(folder) == before
    assert {path: path.stat().st_mtime_ns for path in times} == times
    code, report, error = run(*place)
    assert code == dry_code
    assert "Traceback" not in error + dry_error
    if code:
        assert code == 1
        assert report["error"].endswith(".")
        assert report == dry
        assert snapshot(folder) == before
        return "refused"
    strip = {key: value for key, value in report.items() if key not in CHANGING}
    assert strip == {key: value for key, value in dry.items() if key not in CHANGING}
    assert report["verified"]["records"] == dry["verified"]["records"]
    check_against_json(source, database, report)
    after = dump(database)
    code, again, _ = run(*place)
    assert (code, again["result"], dump(database)) == (0, "already done", after)
    code, back, _ = run("--db", database, "--rollback", "--backup-dir", Path(report["backup"]).name)
    assert (code, back["result"]) == (0, "rolled back")
    assert not database.exists()
    assert snapshot(folder).items() >= before.items()
    assert dump(Path(back["set_aside"]) / "voiceverse.db") == after
    shutil.rmtree(folder)
    return "migrated"


@pytest.mark.parametrize("part", range(6))
def test_a_generated_folder_migrates_verified_and_back_or_is_refused_unchanged(tmp_path, part):
    outcomes = [
        check_folder(tmp_path / str(seed), seed) for seed in range(part * 10, part * 10 + 10)
    ]
    assert "migrated" in outcomes


@pytest.mark.slow
@pytest.mark.parametrize("part", range(50))
def test_500_generated_folders_migrate_verified_and_back_or_are_refused_unchanged(tmp_path, part):
    seeds = range(1000 + part * 10, 1010 + part * 10)
    outcomes = [check_folder(tmp_path / str(seed), seed) for seed in seeds]
    assert "migrated" in outcomes
