"""Backups and health: a page for admins, and commands that work on damaged data."""

import sys
from pathlib import Path
from typing import Any

import click
from flask import Blueprint, Response, current_app

from backups import create, retention, status
from backups import restore as restoring
from server import capacity, doctor
from server.doctor import mending
from web.access import admin_only
from web.commands import CONFIG, config, one_sentence
from web.responses import page
from web.services import services

FOLDER = click.Path(path_type=Path)

blueprint = Blueprint("backups", __name__, cli_group=None)


@blueprint.record_once
def _know_config(state: Any) -> None:
    known = state.app.extensions
    if "voiceverse" in known:
        known[CONFIG] = known["voiceverse"].config


@blueprint.get("/admin/health")
@admin_only
def overview() -> Response:
    """The health of the data, as far as that is found quickly, and the backups that there are."""
    known = services().config
    return page(
        "backups/health.html",
        capacity=capacity.examine(known, services().db, services().times),
        findings=doctor.examine(known, thorough=False),
        backup=status.read(known),
        is_off=known.backup_hour == "off",
        hour=known.backup_hour,
        backups=create.list_all(known),
    )


@blueprint.cli.command("backup")
@click.option(
    "--keys", is_flag=True, help="Include the keys that sign cookies and encrypt secrets."
)
@click.option(
    "--to", type=FOLDER, help="Back up to this folder instead of backups/ in the data folder."
)
def backup(keys: bool, to: Path | None) -> None:
    """Back up everything that people have, now, and prove it by restoring it."""
    with one_sentence():
        made = create.make(config(), with_keys=keys, to=to)
    known = made.manifest
    rows = sum(table["rows"] for table in known.tables.values())
    click.echo(
        f"{made.folder}: {len(known.files):,} files, {known.size / 1e6:,.1f} MB, {rows:,} rows; "
        "restored and compared."
    )
    for name in known.unsound:
        click.echo(f"The audio of {name} was already missing or damaged.", err=True)


@blueprint.cli.command("restore")
@click.argument("folder", metavar="BACKUP", type=FOLDER)
def restore(folder: Path) -> None:
    """Put BACKUP in the place of the present data, which is set aside."""
    with one_sentence():
        _let_go()
        done = restoring.restore(config(), _find(folder))
    click.echo(f"Restored {folder}, made {done.manifest.made_at} UTC.")
    if done.aside:
        click.echo(f"The previous data is in {done.aside}. Delete it when you are sure.")
    if not done.manifest.has_keys and not (config().data_dir / "secret_key").exists():
        click.echo("The backup has no keys. Restore the file secret_key as well.", err=True)


@blueprint.cli.command("doctor")
@click.option("--scrub", is_flag=True, help="Also read all audio and compare it with its hashes.")
@click.option(
    "--mend", is_flag=True, help="Repair what can be repaired, after copying the database."
)
def see_doctor(scrub: bool, mend: bool) -> None:
    """Look for what is wrong, and say what to do about it."""
    with one_sentence():
        if mend:
            _let_go()
            for sentence in mending.mend(config()):
                click.echo(f"done  {sentence}")
        found = doctor.examine(config(), scrub=scrub)
    for finding in found:
        click.echo(f"{finding.level:5} {finding.what}")
        if finding.remedy:
            click.echo(f"      {finding.remedy}")
    if any(finding.level == doctor.BAD for finding in found):
        sys.exit(1)


def _find(folder: Path) -> Path:
    """The folder as it was named, or as one among the backups; "latest" is the newest of those."""
    root = status.backups_folder(config())
    if str(folder) == "latest" and (names := retention.list_backups(root)):
        return root / names[0]
    return folder if folder.exists() or not (root / folder).exists() else root / folder


def _let_go() -> None:
    """Close the database: another one takes its place."""
    if "voiceverse" in current_app.extensions:
        current_app.extensions["voiceverse"].db.close()
