"""Move the JSON files of the older app, and their sound, into the database; or back again."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from config import Config, ConfigError
from legacy import backup, migrate, report, rollback
from legacy.errors import MigrationError, Refused, WrongUse
from legacy.job import Options
from legacy.locks import exclusive_lock
from legacy.progress import Progress
from legacy.records import FILES, Report

BESIDE = Path(__file__).resolve().parent / "saved_audio"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 for done, 1 for refused or failed with nothing changed, 2 for wrong usage."""
    parser = _parser()
    given = parser.parse_args(arguments)
    progress = Progress()
    try:
        made, as_text = _run(given, progress)
    except (MigrationError, ConfigError) as error:
        progress.end()
        if given.json:
            print(json.dumps({"result": "failed", "error": error.message}))
        print(error.message, file=sys.stderr)
        return getattr(error, "exit_code", 1)
    except KeyboardInterrupt:
        progress.end()
        print("Stopped. Nothing was changed.", file=sys.stderr)
        return 1
    progress.end()
    print(json.dumps(made, indent=2) if given.json else as_text(made))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="migrate_to_sqlite.py", description=__doc__)
    parser.add_argument("--source", type=Path, metavar="DIR", help="folder of the JSON files")
    parser.add_argument("--db", type=Path, metavar="FILE", help="database to move into")
    parser.add_argument("--owner", metavar="NAME", help="account for what names no owner")
    parser.add_argument("--link", action="store_true", help="hard-link sound instead of copying")
    parser.add_argument("--dry-run", action="store_true", help="report only, change nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--rollback", action="store_true", help="restore a backup")
    parser.add_argument("--backup-dir", type=Path, metavar="DIR", help="the backup to restore")
    return parser


def _run(given: argparse.Namespace, progress: Progress) -> tuple[Report, Callable[[Report], str]]:
    database = (given.db or Config.load().database_path).resolve()
    if given.rollback:
        if given.backup_dir is None or given.dry_run or given.owner or given.link:
            raise WrongUse("--rollback goes with --backup-dir, and with --source and --db alone.")
        source = given.source.resolve() if given.source else None
        if backup.list_unfinished(database.parent / backup.BACKUPS):
            with exclusive_lock(database, is_dry=False):
                rollback.settle_backups(database)
        folder = _backup_folder(given.backup_dir, database)
        return rollback.roll_back(
            rollback.Options(folder, source, database), progress
        ), rollback.as_text
    if given.backup_dir is not None:
        raise WrongUse("--backup-dir goes with --rollback.")
    options = Options(_source(given.source), database, given.owner, given.dry_run, given.link)
    return migrate.migrate(options, progress), report.as_text


def _source(given: Path | None) -> Path:
    """The folder with the JSON files: the one given, saved_audio/ in or beside it, or here."""
    if given is not None and not given.is_dir():
        raise WrongUse(f"--source {given} is not a folder.")
    here = given or Path.cwd()
    candidates = [here, here / "saved_audio"] if given else [BESIDE, here / "saved_audio", here]
    for folder in candidates:
        if any((folder / name).exists() for name in FILES):
            return folder.resolve()
    raise Refused(
        f"There is none of {', '.join(FILES)} in {' or '.join(map(str, candidates))}; name the "
        "folder that holds them with --source."
    )


def _backup_folder(given: Path, database: Path) -> Path:
    """The backup itself, or its name below the data folder's backups."""
    named = database.parent / backup.BACKUPS / given
    folder = given if given.is_dir() or given.is_absolute() else named
    if not folder.is_dir():
        raise Refused(f"There is no backup {given}, nor {named}. Nothing was changed.")
    return folder.resolve()


if __name__ == "__main__":
    sys.exit(main())
