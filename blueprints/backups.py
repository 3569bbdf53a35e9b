"""Backups: pages for admins, and commands that work on damaged data."""

import sys
from pathlib import Path
from typing import Any

import click
from flask import Blueprint, Response, current_app, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backups import create, planned_restore, retention, status, tasks
from backups import restore as restoring
from common.errors import AppError
from server import doctor
from server.doctor import mending
from web import backup_desk
from web.access import admin_only
from web.commands import CONFIG, config, one_sentence
from web.current_user import current_user
from web.request_info import visitor, wants_json
from web.responses import page, render_form_error
from web.services import services

FOLDER = click.Path(path_type=Path)

blueprint = Blueprint("backups", __name__, cli_group=None)


@blueprint.record_once
def _know_config(state: Any) -> None:
    known = state.app.extensions
    if "voiceverse" in known:
        known[CONFIG] = known["voiceverse"].config


@blueprint.get("/admin/backups")
@admin_only
def overview() -> Response:
    """The backups that there are, and what is being done about them."""
    if wants_json():
        return jsonify(backup_desk.as_json())
    return page("backups/backups.html", **backup_desk.overview())


@blueprint.post("/admin/backups")
@admin_only
def make() -> ResponseReturnValue:
    """Make a backup in the background."""
    tasks.ask(services().config, tasks.MAKE, current_user()["username"])
    _log("backup_asked", "")
    services().wake_worker()
    return redirect(url_for("backups.overview"), 303)


@blueprint.post("/admin/backups/keep")
@admin_only
def keep() -> ResponseReturnValue:
    """Choose of how many days a backup stays."""
    try:
        days = request.form.get("backup_days", "")
        changed = services().accounts.rules.save({"backup_days": days})
    except AppError as error:
        return render_form_error("backups/backups.html", error, **backup_desk.overview())
    for name, value in changed.items():
        _log("rule_changed", f"{name}: {value}")
    flash(_("Saved."))
    return redirect(url_for("backups.overview"), 303)


@blueprint.get("/admin/backups/<name>")
@admin_only
def show(name: str) -> Response:
    """One backup: what it holds, and what restoring it would change."""
    return page("backups/backup.html", **backup_desk.one(name))


@blueprint.post("/admin/backups/<name>/check")
@admin_only
def check(name: str) -> ResponseReturnValue:
    """Restore a backup into a scratch folder and compare it, in the background."""
    create.find(services().config, name)
    tasks.ask(services().config, tasks.CHECK, current_user()["username"], name)
    services().wake_worker()
    return redirect(url_for("backups.show", name=name), 303)


@blueprint.post("/admin/backups/<name>/download")
@admin_only
def allow_download(name: str) -> ResponseReturnValue:
    """Ask for the password, then lead to the file, which can be fetched for an hour."""
    create.find(services().config, name)
    try:
        token = services().accounts.grant(
            current_user(), request.form.get("password", ""), f"backup {name}", visitor()
        )
    except AppError as error:
        return render_form_error(
            "backups/backup.html", error, failed="download", **backup_desk.one(name)
        )
    _log("backup_downloaded", name)
    return redirect(url_for("backups.download", name=name, token=token), 303)


@blueprint.get("/admin/backups/<name>/backup.tar")
@admin_only
def download(name: str) -> ResponseReturnValue:
    """A backup as a tar file, whole or in part."""
    folder = create.find(services().config, name)
    token = request.args.get("token", "")
    if not services().accounts.is_granted(current_user(), token, f"backup {name}"):
        flash(_("Enter your password again to download this backup."))
        return redirect(url_for("backups.show", name=name), 303)
    return backup_desk.tar(folder)


@blueprint.post("/admin/backups/<name>/delete")
@admin_only
def delete(name: str) -> ResponseReturnValue:
    """Delete a backup for good."""
    create.remove(services().config, name)
    _log("backup_deleted", name)
    flash(_("The backup was deleted."))
    return redirect(url_for("backups.overview"), 303)


@blueprint.post("/admin/backups/<name>/restore")
@admin_only
def ask_for_restore(name: str) -> ResponseReturnValue:
    """Ask for the password; then the program stops, restores, and starts again."""
    restart = services().restart
    if restart is None:
        raise backup_desk.NoRestart
    try:
        services().accounts.confirm_password(
            current_user(), request.form.get("password", ""), visitor(), "restore"
        )
    except AppError as error:
        return render_form_error(
            "backups/backup.html", error, failed="restore", **backup_desk.one(name)
        )
    planned_restore.ask(services().config, name, current_user()["username"])
    _log("restore_asked", name)
    answer = page("backups/restoring.html", 202, backup=retention.describe(name))
    answer.call_on_close(restart)
    return answer


def _log(event: str, details: str) -> None:
    services().accounts.log(event, current_user(), visitor(), details)


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
