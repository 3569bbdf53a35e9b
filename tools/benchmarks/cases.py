"""Kinds of documents and texts that people reported, and how many of each come out right."""

from collections import defaultdict
from pathlib import Path

from tests.documents.cases import all_cases, faults
from tests.speech import said
from tools.benchmarks.report import Report, table


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Read every case and print the kinds with what is wrong in them."""
    folder = scratch / "cases"
    folder.mkdir()
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for case in all_cases():
        found[case.kind][case.name] = faults(case, folder)
    for row in said.all_said():
        found[f"{row.language}: {row.kind}"][row.text] = said.faults(row)
    rows = [_row(kind, names) for kind, names in sorted(found.items())]
    table("Cases by kind", ("kind", "cases", "right", "wrong"), rows)
    every = [wrong for names in found.values() for wrong in names.values()]
    report.at_least("cases that come out right", every.count([]) / len(every) * 100, 100, "%")


def _row(kind: str, names: dict[str, list[str]]) -> tuple[str, int, int, str]:
    wrong = [name for name, faults_found in names.items() if faults_found]
    return (kind, len(names), len(names) - len(wrong), ", ".join(wrong))
