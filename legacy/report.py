"""Report of a migration: a dictionary for machines, text for the screen, a page for people."""

import json
import os
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from legacy.backup import finished
from legacy.job import Job, Options
from legacy.records import Report
from queries.legacy_import import Migration

REPORT = "migration_report"
SHOWN = 12  # entries of a list on the screen; the files have them all
DONE, DRY, ALREADY = "done", "dry run", "already done"
KINDS = {
    "unreadable": "Could not be read, and stays in the JSON",
    "changed": "Changed to fit",
    "owner": "Accounts and owners",
    "usage": "Usage",
    "target": "In the database already",
}


def mark(job: Job) -> Report:
    """Make the record of a migration that is stored in the database."""
    plan, options = job.plan, job.options
    return {
        "plan_hash": plan.plan_hash,
        "made_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "source": str(options.source),
        "database": str(options.database),
        "backup": str(finished(job.backup)) if job.backup else None,
        "found": {
            name: {"entries": plan.entries[name], "sha256": digest}
            for name, digest in plan.digests.items()
        },
        "placeholders": sorted(a.name for a in job.changes.accounts if a.is_placeholder),
        "audio": {
            "taken_in": sum(sound.sha256 is not None for sound in job.sounds.values()),
            "bytes": sum(sound.size for sound in job.sounds.values()),
            "seconds": round(sum(sound.duration_s for sound in job.sounds.values()), 3),
            "missing": job.listing.missing,
            "not_mp3": job.listing.broken,
            "orphaned": job.listing.orphaned,
        },
        "notes": [asdict(note) for note in (*plan.notes, *job.changes.notes)],
    }


def report(job: Job) -> Report:
    """Make the whole report of a verified migration."""
    kept = mark(job)
    return {
        "result": DRY if job.options.is_dry else DONE,
        **kept,
        "accounts": [
            {"name": name, "is_placeholder": name in kept["placeholders"], **sums}
            for name, sums in sorted(job.proof.accounts.items())
        ],
        "months": job.proof.months,
        "verified": {
            "records": job.proof.records,
            "sounds": job.proof.sounds,
            "integrity_check": "ok",
            "foreign_key_check": "ok",
        },
    }


def already(made: Migration, options: Options) -> Report:
    """Make the report for a target that holds this migration already; nothing is done."""
    return {
        "result": ALREADY,
        "source": str(options.source),
        "database": str(options.database),
        "plan_hash": made["plan_hash"],
        "made_at": made["applied_at"],
        "backup": json.loads(made["report"]).get("backup"),
    }


def save(made: Report, folder: Path) -> Report:
    """Write the JSON report and the page beside the database; returns the report with their names.

    The migration is done by now: a report that cannot be written is only said to be missing.
    """
    paths = [folder / f"{REPORT}.json", folder / f"{REPORT}.html"]
    made = {**made, "files": [str(path) for path in paths]}
    try:
        _write(paths[0], json.dumps(made, indent=2) + "\n")
        _write(paths[1], as_page(made))
    except OSError as error:
        made["files"] = []
        made["files_error"] = f"The report could not be written: {error.strerror}."
    return made


def _write(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def as_page(made: Report) -> str:
    """Render the report as one self-contained HTML page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(made=made, kinds=KINDS)


def as_text(made: Report) -> str:
    """Render the report for the screen."""
    if made["result"] == ALREADY:
        return (
            f"{made['database']} already holds this migration, made at {made['made_at']} UTC.\n"
            "Nothing was changed."
        )
    parts = [
        _heading(made), _found(made), _accounts(made), _months(made), _audio(made),
        *_notes(made), _verified(made), _ending(made),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _heading(made: Report) -> str:
    title = "Dry run: nothing was changed" if made["result"] == DRY else "Moved into the database"
    return "\n".join(
        [
            title,
            f"  from       {made['source']}",
            f"  into       {made['database']}",
            f"  plan hash  {made['plan_hash']}",
        ]
    )


def _found(made: Report) -> str:
    lines = [f"  {name:<24}{of['entries']:>9,}" for name, of in made["found"].items()]
    return "\n".join(["Read", *lines])


def _accounts(made: Report) -> str:
    lines = [f"  {'':<24}{'files':>9}{'requests':>10}{'characters':>13}{'USD':>14}{'plays':>9}"]
    for account in made["accounts"]:
        name = account["name"] + (" (placeholder)" if account["is_placeholder"] else "")
        lines.append(
            f"  {name:<24}{account['files']:>9,}{account['requests']:>10,}"
            f"{account['characters']:>13,}{account['cost']:>14.6f}{account['playbacks']:>9,}"
        )
    return "\n".join(["Accounts", *lines])


def _months(made: Report) -> str:
    if not made["months"]:
        return ""
    lines = [
        f"  {month['month']:<24}{'':>9}{month['requests']:>10,}{month['characters']:>13,}"
        f"{month['cost']:>14.6f}"
        for month in made["months"]
    ]
    title = "Months"
    if all(
        month[key] == month["older_app"][key]
        for month in made["months"]
        for key in ("requests", "characters")
    ):
        title = "Months, equal to the older app's"
    return "\n".join([title, *lines])


def _audio(made: Report) -> str:
    of = made["audio"]
    verb = "would be taken in" if made["result"] == DRY else "taken in"
    lines = [f"  {of['taken_in']:,} files {verb}, {of['bytes'] / 1e6:,.1f} MB, "
             f"{of['seconds']:,.1f} s"]  # fmt: skip
    for key, words in (
        ("missing", "have an entry but no file"),
        ("not_mp3", "are no whole MP3; copied as they are, not playable"),
        ("orphaned", "have no entry; they stay where they are"),
    ):
        if of[key]:
            lines += [f"  {len(of[key]):,} {words}:", *_few([f"    {name}" for name in of[key]])]
    return "\n".join(["Sound", *lines])


def _notes(made: Report) -> list[str]:
    counts = Counter(note["kind"] for note in made["notes"])
    parts = []
    for kind, words in KINDS.items():
        lines = [_line(note) for note in made["notes"] if note["kind"] == kind]
        if lines:
            parts.append("\n".join([f"{words} ({counts[kind]:,})", *_few(lines)]))
    return parts


def _line(note: dict[str, str]) -> str:
    place = f"{note['file']}, {note['key']}" if note["key"] else note["file"]
    return f"  {place}: {note['reason']}"


def _few(lines: list[str]) -> list[str]:
    if len(lines) <= SHOWN:
        return lines
    return [*lines[:SHOWN], f"  … and {len(lines) - SHOWN:,} more (all with --json)"]


def _verified(made: Report) -> str:
    of = made["verified"]
    records = sum(table["count"] for table in of["records"].values())
    sounds = f", {of['sounds']:,} sound files hashed again" if made["result"] == DONE else ""
    return (
        f"Verified: {records:,} records read back and equal, months equal, database sound{sounds}."
    )


def _ending(made: Report) -> str:
    if made["result"] == DRY:
        return "Run it again without --dry-run to move everything."
    lines = [f"Backup: {made['backup']}"]
    lines += [f"Report: {path}" for path in made["files"]]
    lines += [made["files_error"]] if "files_error" in made else []
    lines.append(
        f"To undo: python migrate_to_sqlite.py --rollback --backup-dir {Path(made['backup']).name}"
    )
    return "\n".join(lines)
