"""Does one thing over and over while the disk fails it each time somewhere else, and looks.

A program of its own, with one thread: it forks. `python failing.py FOLDER KIND COUNT SEED` prints
how often the thing was done all the same, how often a sentence told why not, and what was wrong.

A fault is an error of one call that changes a folder, opens a file for writing or makes it durable
(input/output error or disk full), or a limit on how long a file may become, by which writes end
half way, those of SQLite too; it is lifted after a second, as if somebody had made room.
"""

import contextlib
import errno
import io
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import migrate_to_sqlite  # noqa: E402
from common.errors import AppError  # noqa: E402
from server.worker import Worker, build_studio  # noqa: E402
from services.documents import Documents  # noqa: E402
from tests.backups import killing as keeping_kills  # noqa: E402
from tests.legacy import killing as migration_kills  # noqa: E402
from tests.legacy.earlier import make_both  # noqa: E402
from tests.support.making import prose  # noqa: E402
from tools.attack import deeds, kills  # noqa: E402
from tools.attack.tally import Tally  # noqa: E402

LIFTED_AFTER_S = 1.0
LARGEST = 400_000  # bytes; hardly any file here becomes longer
SHOWN = 300


class Failing(migration_kills.Steps):
    """Counts steps like those at which others are killed; fails number `last` once."""

    def __init__(self, last: int | None, code: int) -> None:
        super().__init__(last)
        self._code = code

    def step(self) -> None:
        self.count += 1
        if self.count == self.last:
            raise OSError(self._code, os.strerror(self._code))

    def on_event(self, event: str, arguments: tuple) -> None:
        """SQLite has errors of its own for what it cannot open."""
        try:
            super().on_event(event, arguments)
        except OSError as error:
            if event != "sqlite3.connect":
                raise
            named = sqlite3.OperationalError("unable to open database file")
            named.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise named from error

    def install(self) -> None:
        """From now on; what SQLite itself writes is reached by a limit alone."""
        sys.addaudithook(self.on_event)
        fsync = os.fsync

        def failing_fsync(descriptor: int) -> None:
            self.step()
            fsync(descriptor)

        os.fsync = failing_fsync


def limit(size: int) -> None:
    """Let no file become longer, for a second."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    signal.signal(
        signal.SIGALRM, lambda *_: resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    signal.setitimer(signal.ITIMER_REAL, LIFTED_AFTER_S)


def in_fork(deed: Callable[[], str]) -> str:
    """What a deed returns in a process of its own; what it raises, in a word."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            said = deed()
        except AppError as error:
            said = f"told {error.message}"
        except OSError as error:
            # Any but a full disk is answered by the page for what nobody expects, and logged.
            said = "told by the general page" if error.errno != errno.ENOSPC else untold(error)
        except BaseException as error:  # noqa: BLE001
            said = untold(error)
        os.write(writing, said.encode()[:4000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        said = file.read()
    os.waitpid(child, 0)
    return said


def untold(error: BaseException) -> str:
    """What is wrong: an error that has no sentence, and where it came from."""
    where = traceback.extract_tb(error.__traceback__)[-4:]
    return f"untold {error!r} in {' < '.join(f'{at.name}:{at.lineno}' for at in where)}"


class AtWork:
    """Generating, importing or deleting, as the program does it."""

    def __init__(self, template: Path, kind: str) -> None:
        self.kind = kind
        in_fork(lambda: self._make(template))

    def run(self, folder: Path) -> str:
        """What was acknowledged."""
        studio = build_studio(deeds.config_of(folder))
        user_id = studio.db.get_user(deeds.NAME)["id"]
        if self.kind == "generate":
            row = studio.generation.submit(user_id, prose(300))
            Worker(studio).run_pending()
            row = studio.db.get_audio_file(row["filename"], user_id)
            told = row["error"] or row["waits_for"]  # what waits is spoken by the next start
            return f"generated {row['filename']}" + (f"\ntold {told}" if told else "")
        if self.kind == "import":
            path = studio.config.imports_dir / "book.md"
            documents = Documents(studio.db, studio, studio.config)
            added = documents.imports.import_file(user_id, path, path.name)
            return f"imported {added.document['id'] if added.document else 'later'}"
        (name,) = studio.store.names()
        studio.bin.delete_for_good(name, user_id)
        return f"deleted {name}"

    def look(self, folder: Path, said: str) -> str:
        """Start again, and compare rows, files and what was acknowledged; "" when all is well."""
        tally = Tally()
        kills.look_at_work(folder, said.splitlines(), tally, self.kind)
        is_there = any((folder / "data" / "audio").iterdir())
        if self.kind != "delete" or is_there:
            self.run(folder)
        return "; ".join(tally.failures)

    def _make(self, template: Path) -> str:
        template.mkdir()
        studio = build_studio(deeds.config_of(template))
        user_id = studio.db.create_user(deeds.NAME, "!")["id"]
        (studio.config.imports_dir / "book.md").write_text(prose(20_000))
        studio.generation.submit(user_id, prose(100))
        Worker(studio).run_pending()
        kills.end(studio)
        return "made"


class Keeping:
    """A backup or a restore, looked at as after a kill."""

    def __init__(self, template: Path, kind: str) -> None:
        keeping_kills.make_template(template)
        self._work = {"backup": keeping_kills.Backups, "restore": keeping_kills.Restores}[kind](
            template
        )

    def run(self, folder: Path) -> str:
        self._work.run(folder)
        return "done"

    def look(self, folder: Path, said: str) -> str:
        kind = self._work.look(folder)
        is_new = kind == "new" or not said.startswith("done")
        return "" if kind != "wrong" and is_new else f"{kind} is left"


class Migration:
    """The older app's data carried over."""

    def __init__(self, template: Path, kind: str) -> None:
        template.mkdir()
        make_both(template)
        self._old = migration_kills.state(template)

    def run(self, folder: Path) -> str:
        os.chdir(folder)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = migrate_to_sqlite.main([*migration_kills.PLACE, "--json"])
        return "done" if code == 0 else f"told {json.loads(out.getvalue())['error']}"

    def look(self, folder: Path, said: str) -> str:
        left = migration_kills.state(folder)
        is_done = said.startswith("done")
        if not is_done and left != self._old and self.run(folder) != "done":
            return "neither the old nor the new is left"
        if is_done and left == self._old:
            return "said to be done, and is not"
        return "" if self.run(folder) == "done" else "cannot be done afterwards"


KINDS = {
    **dict.fromkeys(kills.AT_WORK, AtWork),
    "backup": Keeping, "restore": Keeping, "migrate": Migration,
}  # fmt: skip


def fail(scratch: Path, kind: str, times: int, chance: random.Random) -> dict:
    """So many faults, each in a folder of its own."""
    scratch.mkdir()
    template, folder = scratch / "template", scratch / "failing"
    work = KINDS[kind](template, kind)
    total = _count_steps(work, template, folder)
    found = {"steps": total, "cases": 0, "done": 0, "told": 0, "wrong": []}
    for number in range(times):
        shutil.copytree(template, folder, symlinks=True)
        step, size = chance.randint(1, total), int(LARGEST ** chance.uniform(0.3, 1))
        code = (errno.EIO, errno.ENOSPC)[number // 2 % 2]
        fault = f"{errno.errorcode[code]} at {step}" if number % 2 else f"limit of {size} bytes"

        def deed(number=number, step=step, size=size, code=code) -> str:
            if number % 2:
                Failing(step, code).install()
            else:
                limit(size)
            return work.run(folder)

        said = in_fork(deed)
        looked = in_fork(lambda said=said: work.look(folder, said))
        found["cases"] += 1
        found["told" if "told " in said else "done"] += 1
        if said.startswith("untold") or not said or looked:
            found["wrong"].append(f"{fault}: {said[:SHOWN]}: {looked[:SHOWN]}")
        shutil.rmtree(folder)
    return found


def _count_steps(work, template: Path, folder: Path) -> int:
    shutil.copytree(template, folder, symlinks=True)

    def deed() -> str:
        steps = Failing(None, errno.EIO)
        steps.install()
        work.run(folder)
        return str(steps.count)

    total = int(in_fork(deed))
    shutil.rmtree(folder)
    return total


if __name__ == "__main__":
    chance = random.Random(int(sys.argv[4]))
    print(json.dumps(fail(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), chance)))
