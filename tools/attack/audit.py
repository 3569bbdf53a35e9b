"""What `make audit` looks for: Ruff's security rules, Bandit, secrets in tree and history."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.attack.tally import Tally
from tools.supply import secrets
from tools.supply.locks import ROOT

RUFF = ("-m", "ruff", "check", "--output-format", "json", ".")
BANDIT = (
    *("-m", "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive"),
    *("--format", "json", "."),
)


def run(folder: Path, *, with_history: bool = True) -> Tally:
    """Every file and, with the history, every text that led to the present ones: 0 unexplained."""
    tally = Tally()
    for told in _told(RUFF):
        place = f"{told['filename']}:{told['location']['row']}"
        tally.failures.append(f"ruff: {place} {told['code']}")
    for told in _told(BANDIT)["results"]:
        tally.failures.append(f"bandit: {told['filename']}:{told['line_number']} {told['test_id']}")
    found = []
    for text, place in secrets.texts() if with_history else secrets.tree():
        tally.count("text searched")
        found += secrets.find(text, place)
    unexplained = secrets.unexplained(found)
    tally.failures += [f"{each.place}: {each.kind} ({each.mark})" for each in unexplained]
    tally.notes.append(f"{len(found)} like secrets, {len(found) - len(unexplained)} explained")
    return tally


def _told(arguments: tuple[str, ...]) -> Any:
    """What a tool says of the tree as JSON."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout)
