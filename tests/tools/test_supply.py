"""What is installed is pinned, hashed, licensed; nothing secret is found, and what is would be."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution

import pytest
from packaging.markers import Marker

from tests.support.serving import ROOT
from tools.supply import licences, locks, sbom, secrets

LOCK_OF = {
    "requirements.txt": "requirements/base.lock",
    "requirements/formats.txt": "requirements/formats.lock",
    "requirements/neural.txt": "requirements/neural.lock",
    "requirements/dev.txt": "requirements/dev.lock",
    "requirements/hearing.txt": "requirements/hearing.lock",
}
WANTED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;]+)", re.M)
# What may be installed with a program under the MIT license, by the ways in which it is used.
FITTING = re.compile(
    r"MIT(-0)?|BSD-[23]-Clause|Apache-2\.0|PSF-2\.0|ZPL-2\.1|ISC|0BSD|Zlib|CC0-1\.0|L?GPL-[23]\.[01]-(only|or-later)"
    r"|MPL-[12]\.[01]|CNRI-Python|LicenseRef-Public-Domain"
)
MADE_UP = {
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "OpenAI key": "sk-" + "proj-abcdefghij0123456789",
    "AWS key": "AKIA" + "IOSFODNN7EXAMPLE",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "password in an address": "postgres" + "://ann:horse@db.example/x",
    "named secret": "secret_key = '" + "9f8e7d6c5b4a39281706f5e4d3c2b1a0'",
}


def names(text):
    return {name.lower().replace("_", "-"): version for name, version in WANTED.findall(text)}


@pytest.mark.parametrize("name", LOCK_OF)
def test_every_requirement_is_locked_in_its_version(name):
    wanted = names((ROOT / name).read_text("utf-8"))
    locked = {(package.name, package.version) for package in locks.packages(LOCK_OF[name])}
    assert wanted
    missing = {pair for pair in wanted.items() if pair not in locked}
    if name == "requirements/formats.txt":  # one package, in a version for each Python
        missing = {pair for pair in missing if pair[0] not in {found for found, _ in locked}}
    assert missing == set(), "run `make lock`"


def test_what_tests_need_is_locked_in_the_versions_that_are_served():
    served, tests = (
        {(package.name, package.version, package.hashes) for package in locks.packages(*names)}
        for names in (locks.LOCKS, ["requirements/dev.lock"])
    )
    assert served <= tests, "run `make lock`"


@pytest.mark.parametrize("lock", ["requirements/neural.lock", "requirements/dev.lock"])
def test_the_natural_voice_is_the_one_file_that_was_examined(lock):
    (found,) = [package for package in locks.packages(lock) if package.name == "hibari-tts"]
    assert found.version == "0.2.1"
    assert found.hashes == ("49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3",)


@pytest.mark.parametrize(
    ("system", "machine", "version", "is_installed"),
    [
        ("linux", "x86_64", "3.11", True),
        ("linux", "aarch64", "3.14", True),
        ("darwin", "arm64", "3.13", True),
        ("darwin", "x86_64", "3.13", False),
        ("linux", "x86_64", "3.15", False),
    ],
)
def test_natural_voices_are_installed_whole_or_not_at_all(system, machine, version, is_installed):
    here = {"sys_platform": system, "platform_machine": machine}
    here["python_full_version"] = f"{version}.0"
    listed = locks.packages("requirements/neural.lock")
    installed = {package.name for package in listed if Marker(package.marker).evaluate(here)}
    assert installed == ({package.name for package in listed} if is_installed else set())


def test_a_package_that_two_locks_list_stands_once_with_where_the_first_has_it():
    listed = locks.packages(*locks.LOCKS)
    names = [(package.name, package.version) for package in listed]
    assert len(names) == len(set(names))
    assert set(locks.packages("requirements/base.lock")) <= set(listed)


def test_a_line_without_hashes_is_no_lock():
    with pytest.raises(ValueError, match="flask==1"):
        list(locks._read("flask==1\n    # via app"))


def test_the_page_of_licences_lists_what_is_locked():
    assert licences.TARGET.read_text("utf-8") == licences.page(), "run `make licences`"


def test_every_licence_is_known_and_fits():
    told = {package.name: licences.licence_of(package) for package in locks.packages(*locks.LOCKS)}
    odd = {
        name: text
        for name, text in told.items()
        if not all(FITTING.fullmatch(one) for one in re.split(r" OR | AND ", text))
    }
    assert odd == {}


def test_a_package_of_unknown_licence_is_named():
    with pytest.raises(ValueError, match="nobodys-package"):
        licences.licence_of(locks.Package("nobodys-package", "1", "", ("0" * 64,)))


def test_parts_under_the_gpl_are_told_in_the_notice():
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for package in locks.packages(*locks.LOCKS):
        if "GPL" in licences.licence_of(package):
            assert package.name in notice, package.name


def test_the_works_that_the_natural_voice_was_made_of_are_named_in_the_notice():
    told = (ROOT / "NOTICE").read_text("utf-8")
    of_package = distribution("hibari-tts").read_text("licenses/NOTICE")
    for work in re.findall(r"^(\S+) \(https://", of_package, re.M):
        assert work in told, work


def test_the_bill_of_materials_names_every_package_with_hash_and_licence():
    bill = sbom.bill()
    assert bill == sbom.bill()
    parts = {part["bom-ref"]: part for part in bill["components"]}
    for package in locks.packages(*locks.LOCKS):
        part = parts[f"pkg:pypi/{package.name}@{package.version}"]
        (reference,) = part["externalReferences"]
        assert {found["content"] for found in reference["hashes"]} == set(package.hashes)
        assert part["licenses"]
    assert {"vendored-Turbo", "inside-espeak-ng"} <= set(parts)
    assert parts["vendored-Turbo"]["version"]
    assert bill["metadata"]["component"]["version"] == project()["version"]
    json.dumps(bill)


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize("kind", MADE_UP)
def test_a_secret_is_found_and_not_repeated(kind):
    found = list(secrets.find(f"before {MADE_UP[kind]} after", "a.py"))
    assert kind in {finding.kind for finding in found}
    assert all(MADE_UP[kind] not in repr(finding) for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "password = ask_password()",
        "token_hash TEXT NOT NULL UNIQUE",
        'PASSWORD = "linden copper harbour moth"',
        "https://example.org/a:b@c",
        "sk-test",
    ],
)
def test_what_is_no_secret_is_left_alone(text):
    assert list(secrets.find(text, "a.py")) == []


def test_every_exception_has_a_reason():
    for line in secrets.ALLOWED.read_text("utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[0-9a-f]{16} \S.{20,}", line), line


@pytest.mark.slow
def test_nothing_unexplained_is_found_in_code_tree_and_history():
    bandit = ["bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", "."]
    for tool in (["ruff", "check", "."], bandit, ["tools.supply.secrets"]):
        command = [sys.executable, "-m", *tool]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
