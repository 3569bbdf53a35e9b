"""Check of the files beside the database: whether rows and disk agree."""

from backups.files import digest_of
from common.errors import Message
from config import Config
from server.doctor.findings import BAD, GOOD, WARN, Finding, Findings, named
from storage import snapshots
from storage.audio_store import AudioStore
from storage.import_store import ImportStore
from storage.segment_store import SegmentStore
from storage.snapshots import StoredSound

FROM_BACKUP = "Copy them from the folder audio of a backup, or generate them again."


def sounds(config: Config) -> Findings:
    """Check that rows and disk agree about audio files."""
    if config.audio_dir.exists() and not config.audio_dir.is_dir():  # told of by itself
        return
    store = AudioStore(config.audio_dir)
    rows, names = snapshots.list_sounds(config.database_path), set(store.names())
    ready = {name: row for name, row in rows.items() if row["status"] == "ready"}
    missing = sorted(set(ready) - names)
    changed = [name for name in ready if name in names and _has_other_size(store, name, ready)]
    stray = sorted(names - set(rows))
    yield from named(missing, "Missing audio files ({count}): {names}.", BAD, FROM_BACKUP)
    yield from named(
        changed,
        "Audio files with the wrong size ({count}): {names}.",
        BAD,
        FROM_BACKUP,
    )
    yield from named(
        stray, "Audio files that belong to nothing ({count}): {names}.", WARN,
        Message("Move them out of {folder} if nobody needs them.", folder=str(store.folder)),
    )  # fmt: skip
    if not missing and not changed:
        yield Finding(GOOD, Message("All audio files are there ({count}).", count=len(ready)))


def _has_other_size(store: AudioStore, name: str, rows: dict[str, StoredSound]) -> bool:
    size = rows[name]["size"]
    return isinstance(size, int) and size > 0 and store.size(name) != size


def segments(config: Config) -> Findings:
    """Check that rows and disk agree about bought segments."""
    if config.segments_dir.exists() and not config.segments_dir.is_dir():  # told of by itself
        return
    yield from _differences(
        snapshots.list_kept(config.database_path),
        {digest for digest, _ in SegmentStore(config.segments_dir).files()},
        ("Missing bought segments ({count}): {names}.",
         "Nothing. They are bought again when needed."),
        ("Bought segments that are not counted ({count}): {names}.",
         "Nothing. They are counted when they are used."),
    )  # fmt: skip


def uploads(config: Config) -> Findings:
    """Check that rows and disk agree about imports that wait to be read."""
    if config.imports_dir.exists() and not config.imports_dir.is_dir():  # told of by itself
        return
    yield from _differences(
        snapshots.list_uploads(config.database_path),
        set(ImportStore(config.imports_dir).names()),
        ("Missing files of waiting imports ({count}): {names}.",
         "Nothing. The people who imported them are asked to import them again."),
        ("Files of imports that no longer exist ({count}): {names}.",
         "Start VoiceVerse again, which removes them."),
    )  # fmt: skip


def _differences(
    known: set[str], there: set[str], missing: tuple[str, str], stray: tuple[str, str]
) -> Findings:
    """What only the rows or only the disk know; each way with what is told and its remedy."""
    for names, (told, remedy) in ((known - there, missing), (there - known, stray)):
        yield from named(sorted(names), told, WARN, remedy)


def scrub(config: Config) -> Findings:
    """Read every sound file and compare it with the hash that was taken when it was made."""
    store, damaged, count = AudioStore(config.audio_dir), [], 0
    for name, row in snapshots.list_sounds(config.database_path).items():
        if row["status"] != "ready" or not row["sha256"] or store.size(name) is None:
            continue
        count += 1
        if digest_of(store.path(name)) != row["sha256"]:
            damaged.append(name)
    yield from named(damaged, "Damaged audio files ({count}): {names}.", BAD, FROM_BACKUP)
    if not damaged:
        yield Finding(
            GOOD,
            Message("All audio files were read and are intact ({count}).", count=count),
        )
