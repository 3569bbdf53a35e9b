"""Looks for keys and passwords in every file of the tree and of the history; exit code 1 for any.

What is found and meant to be there is listed in allowed_secrets.txt, each with its reason.
"""

import hashlib
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.supply.locks import ROOT

ALLOWED = Path(__file__).with_name("allowed_secrets.txt")
# Forms that are a secret wherever they stand.
FORMS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "OpenAI key": r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20,}",
    "Anthropic key": r"\bsk-ant-[A-Za-z0-9_-]{20,}",
    "AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})",
    "Google key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "Slack token": r"\bxox[abprs]-[0-9A-Za-z-]{10,}",
    "Stripe key": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "PyPI token": r"\bpypi-[A-Za-z0-9_-]{50,}",
    "signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"{}<>$]+:[^\s/:@'\"{}<>$]+@[\w.-]+",
}
# And what is given a name that says so, when it looks drawn by lot.
NAMED = re.compile(
    r"""(?:password|passwd|secret|token|api_?key|access_?key|private_?key)\w*["']?\s*[:=]\s*"""
    r"""["']?([A-Za-z0-9+/_=-]{20,200})""",
    re.IGNORECASE,
)
FOUND = {name: re.compile(form) for name, form in FORMS.items()}
LEAST_BITS = 3.7  # a character; words lie below, random letters and digits above
LONGEST_BLOB = 5_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that looks like a secret; `mark` stands for it where it must not be repeated."""

    kind: str
    place: str
    mark: str


def find(text: str, place: str) -> Iterator[Finding]:
    """What looks like a secret in a text."""
    for kind, form in FOUND.items():
        for match in form.finditer(text):
            yield Finding(kind, place, _mark(match[0]))
    for match in NAMED.finditer(text):
        if _bits(match[1]) >= LEAST_BITS and re.search(r"\d", match[1]):
            yield Finding("named secret", place, _mark(match[1]))


def allowed() -> set[str]:
    """The marks of what may stay."""
    lines = ALLOWED.read_text("utf-8").splitlines()
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def texts() -> Iterator[tuple[str, str]]:
    """Every file of the tree, and every text that led to the present commit: text, place."""
    yield from tree()
    yield from _history()


def tree() -> Iterator[tuple[str, str]]:
    """Every file of the tree: text, place."""
    listed = _git("ls-files", "--cached", "--others", "--exclude-standard", "-z").split(b"\0")
    for name in sorted({name.decode() for name in listed if name}):
        path = ROOT / name
        if path.is_file() and path.stat().st_size <= LONGEST_BLOB:
            yield path.read_bytes().decode("utf-8", "replace"), name


def _history() -> Iterator[tuple[str, str]]:
    names = {}
    for line in _git("rev-list", "--objects", "HEAD").decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition(" ")
        names[digest] = name
    asked = "\n".join(names).encode()
    form = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
    for line in _git("cat-file", form, given=asked).decode().splitlines():
        digest, kind, size = line.split()
        if kind != "tree" and int(size) <= LONGEST_BLOB:
            content = _git("cat-file", kind, digest)
            yield content.decode("utf-8", "replace"), f"{digest[:12]} {names[digest] or kind}"


def _git(*arguments: str, given: bytes | None = None) -> bytes:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, check=True).stdout


def _mark(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def _bits(text: str) -> float:
    counted = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counted)


def unexplained(found: Iterable[Finding]) -> list[Finding]:
    """The findings that allowed_secrets.txt does not list, each mark once."""
    known = allowed()
    fresh = {finding.mark: finding for finding in found if finding.mark not in known}
    return list(fresh.values())


def main() -> int:
    """Search everything; 1 when something is found that is not explained."""
    number, found = 0, []
    for text, place in texts():
        number += 1
        found += find(text, place)
    for finding in (bad := unexplained(found)):
        print(f"{finding.place}: {finding.kind} ({finding.mark})")
    print(f"{number} texts searched, {len(found)} findings, {len(bad)} unexplained")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
