"""Input/output errors and a full disk at each write: a sentence says so, and all stays whole."""

from pathlib import Path

from tests.support import processes
from tests.support.disks import in_memory
from tools.attack import failing, kills
from tools.attack.tally import Tally


def run(folder: Path, cases: int = 200, seed: int = 5) -> Tally:
    """So many faults, a sixth during each kind of work."""
    tally = Tally()
    with in_memory(folder) as scratch:
        for number, kind in enumerate(kills.KINDS):
            times = len(range(number, cases, len(kills.KINDS)))
            found = processes.told(failing.__file__, scratch / kind, kind, times, seed)
            for _ in range(found["cases"]):
                tally.count(kind)
            tally.failures += [f"{kind}: {wrong}" for wrong in found["wrong"]]
            tally.notes.append(f"{kind}: {found['told']} told why not, {found['done']} done")
    return tally
