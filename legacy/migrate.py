"""Migration from the first reading to the report, as a dry run or in earnest."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from config import Config, load_secret_key
from legacy import audio, backup, report, rollback
from legacy.audio import Intake, Listing
from legacy.errors import MigrationError, NotVerified, Refused
from legacy.existing import Playbacks, agree
from legacy.fields import is_filename, shown
from legacy.job import Job, Options
from legacy.locks import exclusive_lock, folder_made
from legacy.plan import make_plan
from legacy.read import read
from legacy.records import Plan, Report
from legacy.verify import Proof, Verifier, digest_old_rows, verify_sounds
from legacy.writer import Writer, open_copy, workshop
from queries.legacy_import import MigrationFile, settle
from storage.audio_errors import AudioError
from storage.errors import DatabaseError
from storage.plain_files import sync

KEY = "secret_key"
ROOM = 3  # times the need must be free
DATABASE_PER_JSON = 2  # how much larger the database is at most, measured
Progress = Callable[[str, int, int], None]


def migrate(options: Options, progress: Progress) -> Report:
    """Migrate, or try it on a throwaway database; returns the report. Raises MigrationError."""
    progress("Reading", 0, 0)
    plan = _plan(options, progress)
    listing = audio.list_sounds(options.source, [file.filename for file in plan.files])
    with contextlib.ExitStack() as stack:
        if not options.is_dry:
            check_room(options, plan, listing)
            stack.enter_context(folder_made(options.database.parent))
        stack.enter_context(exclusive_lock(options.database, is_dry=options.is_dry))
        if not options.is_dry:
            rollback.settle_backups(options.database)
        bench = stack.enter_context(_bench(options))
        return _migrate_into(options, plan, listing, bench, progress)


def _plan(options: Options, progress: Progress) -> Plan:
    legacy = read(options.source, progress)
    progress("Planning", 0, 0)
    return make_plan(legacy, options.owner)


def check_room(options: Options, plan: Plan, listing: Listing) -> None:
    """Raise Refused when less than three times the space that is needed is free."""
    database = options.database
    held = database.stat().st_size if database.exists() else 0
    need = plan.json_bytes * (1 + DATABASE_PER_JSON) + 2 * held
    if not options.link:
        need += sum(listing.present.values())
    folder = database.parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < ROOM * need:
        raise Refused(
            f"{ROOM * need / 1e6:,.1f} MB must be free in {folder} (three times the need), "
            f"{free / 1e6:,.1f} MB are. Nothing was changed."
        )


@contextlib.contextmanager
def _bench(options: Options) -> Iterator[Path]:
    if not options.is_dry:
        with workshop(options.database.parent) as path:
            yield path
        return
    with tempfile.TemporaryDirectory(prefix="voiceverse-dry-run-") as folder:
        with workshop(Path(folder)) as path:
            yield path


def _migrate_into(
    options: Options, plan: Plan, listing: Listing, bench: Path, progress: Progress
) -> Report:
    progress("Looking at the target", 0, 0)
    file, existing = open_copy(options.database, bench)
    try:
        for made in existing.migrations:
            if made["source"] == plan.source_digest:
                return report.already(made, options)
        job = Job(options, plan, existing, agree(plan, existing), listing, {}, Proof())
        with _undone_on_failure(job) as intake:
            if not options.is_dry:
                _back_up(job, progress)
            _fill(job, file, intake, progress)
            _verify(job, bench, progress)
            if not options.is_dry:
                _make_key(job)
                settle(options.database)
                (bench / options.database.name).replace(options.database)
        if job.backup:
            job.backup = backup.finish(job.backup)
    except DatabaseError as error:
        raise MigrationError(error.message) from error
    finally:
        file.close()
    if options.is_dry:
        return report.report(job)
    sync(options.database.parent)
    return report.save(report.report(job), options.database.parent)


@contextlib.contextmanager
def _undone_on_failure(job: Job) -> Iterator[Intake]:
    """Put back the sound, and drop the backup, of a migration that does not come to its end."""
    options = job.options
    with contextlib.ExitStack() as stack:
        if not options.is_dry:
            stack.enter_context(folder_made(job.store.folder))
            stack.enter_context(folder_made(options.database.parent / backup.BACKUPS))
        intake = Intake(options.source, job.store, is_dry=options.is_dry, link=options.link)
        try:
            yield intake
        except BaseException:
            intake.put_back()
            if job.new_key:
                job.new_key.unlink(missing_ok=True)
            if job.backup:
                shutil.rmtree(job.backup, ignore_errors=True)
            raise


def _back_up(job: Job, progress: Progress) -> None:
    progress("Backing up", 0, 0)
    options = job.options
    folder = options.database.parent / backup.BACKUPS
    job.backup, manifest = backup.make(folder, options.source, options.database)
    saved = {entry.name: entry.sha256 for entry in manifest.of("source")}
    if saved != job.plan.digests:
        raise NotVerified(
            "The JSON files changed while they were read; stop the older app and try again. "
            "Nothing was changed."
        )


def _make_key(job: Job) -> None:
    """The key that the app wants beside a database, where this one is the app's first."""
    folder = job.options.database.parent
    if job.existing.is_first and not (folder / KEY).exists():
        job.new_key = folder / KEY
        load_secret_key(Config(data_dir=folder), database_exists=False)


def _fill(job: Job, file: MigrationFile, intake: Intake, progress: Progress) -> None:
    """Take in the sound and write every record."""
    plan, existing, changes = job.plan, job.existing, job.changes
    names = [new.filename for new in changes.files]
    if existing.is_earlier_release:
        names += _known_sounds(job)
    try:
        job.sounds = intake.take_in(job.listing, names, progress)
    except AudioError as error:
        raise MigrationError(error.message) from error
    progress("Writing records", 0, 0)
    old_digests = digest_old_rows(file, existing)
    playbacks = Playbacks(plan, existing)
    changes.notes += playbacks.note()
    Writer(file, plan, existing, changes).write(job.sounds, playbacks, report.mark(job))
    file.close()
    job.old_digests = old_digests


def _known_sounds(job: Job) -> list[str]:
    """Files of the earlier release's rows whose sound lies in the source."""
    known = [name for name in job.existing.files if is_filename(name)]
    present = audio.list_sounds(job.options.source, known).present
    job.listing.present |= present
    names = set(map(shown, present))
    job.listing.orphaned = [name for name in job.listing.orphaned if name not in names]
    return [name for name in known if name in present or job.store.size(name) is not None]


def _verify(job: Job, bench: Path, progress: Progress) -> None:
    """Read the JSON and the new file again and compare them; raises NotVerified."""
    options = job.options
    progress("Reading again", 0, 0)
    again = _plan(options, progress)
    if again.plan_hash != job.plan.plan_hash:
        raise NotVerified(
            "The JSON files changed during the migration; stop the older app and try again. "
            "Nothing was changed."
        )
    changes = agree(again, job.existing)
    verifier = Verifier(bench / options.database.name, again, job.existing, changes)
    job.proof = verifier.verify(job.sounds, job.old_digests, progress)
    if not options.is_dry:
        job.proof.sounds = verify_sounds(job.store, job.sounds, progress)
