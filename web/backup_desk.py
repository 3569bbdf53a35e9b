"""The pages of backups: what each holds, what is being done, and one as a file to download."""

import shlex
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from backups import create, manifest, retention, status, tasks
from backups.archive import TarArchive
from backups.errors import BackupError, DataInUse
from backups.manifest import DATABASE, Manifest
from storage import snapshots
from web import byte_ranges
from web.content_disposition import content_disposition
from web.i18n import translate
from web.services import services


class NoRestart(DataInUse):
    """This server cannot stop and start itself."""

    def __init__(self) -> None:
        super().__init__(
            "This server cannot restart by itself. Stop it, then run the command on the page of "
            "the backup."
        )


def overview() -> dict[str, Any]:
    """What the list of backups shows."""
    config = services().config
    return {
        "backup": status.read(config),
        "backups": [_listed(each) for each in create.list_all(config)],
        "task": tasks.read(config),
        "is_off": config.backup_hour == "off",
        "hour": config.backup_hour,
        "rules": services().accounts.rules,
    }


def as_json() -> dict[str, Any]:
    """The same for programs, and for pages that look again and again."""
    shown = overview()
    task = shown["task"]
    backups = [
        {key: each[key] for key in ("name", "made_at", "why", "size", "is_readable")}
        for each in shown["backups"]
    ]
    told = {"kind": task.kind, "state": task.state, "backup": task.backup}
    return {"backups": backups, "task": told | {"error": translate(task.why) or None}}


def one(name: str) -> dict[str, Any]:
    """What the page of one backup shows; raises NoBackup."""
    config, db = services().config, services().db
    folder = create.find(config, name)
    task = tasks.read(config)
    known = _manifest(folder)
    return {
        "backup": _listed(retention.describe(name)),
        "known": known,
        "held": _held(known) if known else None,
        "newest": _newest(folder) if known else "",
        "task": task,
        "is_checked": (task.kind, task.state, task.backup) == (tasks.CHECK, tasks.DONE, name),
        "present": {"people": db.count_people(), "files": db.count_all_files()},
        "added": db.count_added_since(known.made_at) if known else None,
        "can_restart": services().restart is not None,
        "command": f"flask restore {shlex.quote(name)}",
        "is_only": len(create.list_all(config)) == 1,
    }


def tar(folder: Path) -> Response:
    """A backup as a tar file; a part of it where one is asked for, 416 where there is none."""
    archive = TarArchive(folder, manifest.read(folder))
    etag = f'"{archive.mark}"'
    asked = request.headers.get("Range")
    if request.headers.get("If-Range", etag) != etag:
        asked = None
    headers = {"ETag": etag, "Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    try:
        span = byte_ranges.parse(asked, archive.size)
    except byte_ranges.Unsatisfiable:
        return Response(status=416, headers={**headers, "Content-Range": f"bytes */{archive.size}"})
    start, length = span or (0, archive.size)
    headers["Content-Length"] = str(length)
    headers["Content-Disposition"] = content_disposition(f"voiceverse-{folder.name}", ".tar")
    if span:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{archive.size}"
    body = archive.pieces(start, length) if request.method != "HEAD" else []
    return Response(body, 206 if span else 200, headers=headers, content_type="application/x-tar")


def _listed(described: dict[str, str]) -> dict[str, Any]:
    known = _manifest(status.backups_folder(services().config) / described["name"])
    reasons = {"nightly": _("nightly"), "asked": _("requested"), "upgrade": _("before an upgrade")}
    return {
        **described,
        "reason": reasons[described["why"]],
        "size": known.size if known else 0,
        "is_readable": known is not None,
    }


def _held(known: Manifest) -> dict[str, int]:
    rows = {name: known.tables.get(name, {}).get("rows", 0) for name in ("users", "audio_files")}
    return {"people": rows["users"], "files": rows["audio_files"]}


def _manifest(folder: Path) -> Manifest | None:
    """The manifest of a backup, read once as long as it stays as it is; None where damaged."""
    try:
        changed_ns = (folder / manifest.NAME).stat().st_mtime_ns
        return _read(folder, changed_ns)
    except (OSError, BackupError):
        return None


@lru_cache(maxsize=64)
def _read(folder: Path, _changed_ns: int) -> Manifest:
    return manifest.read(folder)


def _newest(folder: Path) -> str:
    return snapshots.newest_piece(folder / DATABASE)
