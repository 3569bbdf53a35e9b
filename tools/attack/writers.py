"""Eight processes that read and write the same rows at once: no error, and no step lost."""

import subprocess
from pathlib import Path

from database import Database
from tests.database import children
from tests.support import processes
from tools.attack.tally import Tally

PROCESSES = 8


def run(folder: Path, cases: int = 2000) -> Tally:
    """So many transactions in all, each of which reads a number and writes it plus one."""
    tally, db = Tally(), Database(folder / "voiceverse.db")
    user_id, each = db.create_user("anna", "!")["id"], cases // PROCESSES
    running = [
        processes.start(children.__file__, "count", db.path, user_id, each, stderr=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]
    for process in running:
        process.stdout.readline()
    for process in running:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in running:
        _, error = process.communicate()
        tally.expect(process.returncode == 0, f"a writer failed: {error[-300:]}")
    rows = db.rows("SELECT characters_used AS step FROM usage_stats ORDER BY step")
    tally.cases = each * PROCESSES
    is_whole = [row["step"] for row in rows] == list(range(1, tally.cases + 1))
    tally.expect(is_whole, f"of {tally.cases} steps {len({row['step'] for row in rows})} are there")
    tally.expect(not (faults := db.check()), f"the database is damaged: {faults[:1]}")
    db.close()
    return tally
