"""What the documents say is so."""

import re
from dataclasses import fields

import pytest

from attack.run import ATTACKS
from blueprints import keeping
from blueprints.ops import blueprint, users
from blueprints.providers import commands as providers
from blueprints.voices import commands as voices
from config import Config
from tests.serving import ROOT

README = (ROOT / "README.md").read_text()
SECURITY = (ROOT / "docs" / "security.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


@pytest.mark.parametrize(
    "field",
    [field for field in fields(Config) if field.name != "unrecognised"],
    ids=lambda field: field.name,
)
def test_every_setting_stands_in_the_example_with_its_default(field):
    name = (
        "OPENAI_API_KEY" if field.name == "openai_api_key" else f"VOICEVERSE_{field.name.upper()}"
    )
    written = re.search(rf"^#{name}=(.*)$", EXAMPLE, re.M).group(1)
    default = {None: "", (): ""}.get(field.default, field.default)
    assert written == (f"{default:g}" if isinstance(default, float) else str(default))


def test_the_example_names_no_setting_that_does_not_exist():
    names = set(re.findall(r"^#?(VOICEVERSE_\w+)=", EXAMPLE, re.M))
    assert names <= {f"VOICEVERSE_{field.name.upper()}" for field in fields(Config)}


COMMANDS = [
    *(*users.commands, *voices.commands, *blueprint.cli.commands),
    *keeping.blueprint.cli.commands,
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert re.search(rf"`flask (user |voices )?{command}\b", README), command


@pytest.mark.parametrize("command", providers.commands)
def test_every_command_about_providers_is_documented(command):
    assert re.search(rf"`flask providers {command}\b", README), command


NAMED = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", SECURITY)
FILES = [*(ROOT / "tests").rglob("test_*.py")]


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_every_test_that_shows_a_promise_exists(file, test):
    texts = [path.read_text("utf-8") for path in FILES if path.name == file]
    assert any(f"def {test}(" in text if test else text for text in texts)


def test_every_attack_that_is_named_exists():
    named = set(re.findall(r"`make attack (\w+)`", SECURITY))
    assert named >= {"kills", "faults", "sqlmap"}
    assert named <= set(ATTACKS)


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:`|^)make ([\w-]+)", README, re.M)) <= targets
