"""What the documents say is so."""

import ast
import itertools
import re
import subprocess
import tomllib
from dataclasses import fields

import pytest

from accounts.passwords import MAX_CHARACTERS, MIN_CHARACTERS
from blueprints import backups
from blueprints.cli import blueprint, users
from blueprints.documents import MOST_FILES
from blueprints.providers import commands as providers
from blueprints.voices import commands as voices
from config import Config
from documents.fetch import LONGEST_URL, FetchLimits
from documents.limits import Limits
from documents.safe_zip import MOST_ENTRIES
from server.connection import LONGEST_BODY_S, SLOWEST_LARGE_BYTES_A_SECOND
from server.request_parser import LARGE_BYTES
from server.request_queue import LONGEST_WAIT_S, WAITING, WAITING_OF_ONE
from services.document_imports import MOST_WAITING as MOST_IMPORTS
from services.documents import COVER_BYTES
from services.exports import MOST_WAITING
from services.file_names import GROUP_LENGTH, NAME_LENGTH
from services.pronunciations import TABLE_BYTES
from services.retakes import LONGEST as LONGEST_RETAKE
from speech.text.pronunciation import MOST as MOST_ENTRIES_OF_ONE
from tests.support.serving import ROOT
from tools.attack.run import ATTACKS
from tools.benchmarks.run import TOPICS
from web.uploads import FORM_BYTES, STRANGERS_BYTES

README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
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


DEFAULTS, FETCH, READ = Config(), FetchLimits(), Limits()
LIMITS = {
    "a password": (MIN_CHARACTERS, MAX_CHARACTERS),
    "a text to be spoken": (DEFAULTS.max_characters,),
    "name of a piece, of a group": (NAME_LENGTH, GROUP_LENGTH),
    "change of a passage": (LONGEST_RETAKE,),
    "documents": (
        *(DEFAULTS.max_upload_mb, MOST_FILES, READ.inflated_mb, MOST_ENTRIES),
        *(READ.cpu_s, int(READ.cpu_s_per_mb), READ.memory_mb, MOST_IMPORTS),
    ),
    "a web address": (*FETCH.ports, LONGEST_URL, FETCH.file_mb, int(FETCH.total_s)),
    "a cover": (COVER_BYTES // 1_000_000,),
    "pronunciations": (MOST_ENTRIES_OF_ONE, TABLE_BYTES // 1_000_000),
    "any other form": (FORM_BYTES >> 20, STRANGERS_BYTES >> 10),
    "what is on its way at once": (
        *(LARGE_BYTES >> 10, int(SLOWEST_LARGE_BYTES_A_SECOND) >> 10),
        *(int(LONGEST_BODY_S * SLOWEST_LARGE_BYTES_A_SECOND / 1e6), int(LONGEST_BODY_S) // 60),
        *(WAITING_OF_ONE, WAITING, int(LONGEST_WAIT_S)),
    ),
    "work": (MOST_WAITING,),
}
COMMANDS = [
    *(*users.commands, *voices.commands, *blueprint.cli.commands),
    *backups.blueprint.cli.commands,
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert re.search(rf"`flask (user |voices )?{command}\b", OPERATIONS), command


@pytest.mark.parametrize("command", providers.commands)
def test_every_command_about_providers_is_documented(command):
    assert re.search(rf"`flask providers {command}\b", OPERATIONS), command


NAMED = re.findall(r"`((?:\w+/)?test_\w+\.py)(?:::(test_\w+))?`", SECURITY)


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_every_test_that_shows_a_promise_exists(file, test):
    text = (ROOT / "tests" / file).read_text("utf-8")
    assert f"def {test}(" in text if test else text


def test_no_test_is_named_in_another_way():
    assert SECURITY.count("test_") == sum(1 + bool(test) for _, test in NAMED)


def test_every_attack_that_is_named_exists():
    named = set(re.findall(r"`make attack (\w+)`", SECURITY))
    assert named >= {"kills", "faults", "sqlmap"}
    assert named <= set(ATTACKS)


def test_every_target_that_is_named_exists():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([\w-]+)", SECURITY)) <= targets


# How many requirements each section of ASVS 5.0.0 has, and which of them are of level 3 alone.
SECTIONS = {
    1: (2, 10, 12, 3, 3), 2: (3, 3, 5, 2), 3: (1, 3, 5, 8, 8, 1, 5), 4: (5, 5, 2, 4),
    5: (1, 6, 3, 3), 6: (3, 12, 8, 6, 8, 4, 2, 4), 7: (3, 4, 2, 5, 3, 2), 8: (4, 4, 3, 2),
    11: (4, 5, 5, 4, 2, 2, 2), 12: (5, 2, 5), 13: (4, 6, 4, 7), 14: (2, 8, 3), 15: (5, 5, 7, 4),
    16: (1, 5, 4, 3, 4),
}  # fmt: skip
LEVEL_3 = set(
    """
    1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1 3.7.3
    3.7.4 3.7.5 4.1.4 4.1.5 4.2.2 4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5 6.3.6 6.3.7 6.3.8
    6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4 6.7.1 6.7.2 7.5.3 8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2 11.1.3
    11.1.4 11.2.4 11.2.5 11.3.4 11.3.5 11.5.2 11.6.2 11.7.1 11.7.2 12.1.4 12.1.5 12.3.5 13.1.2
    13.1.3 13.1.4 13.2.6 13.3.3 13.3.4 13.4.6 13.4.7 14.2.5 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5
    15.2.4 15.2.5 15.4.1 15.4.2 15.4.3 15.4.4 16.5.4
    """.split()  # noqa: SIM905 (read more easily as words)
)
REQUIREMENTS = {
    f"{chapter}.{section}.{number}"
    for chapter, counts in SECTIONS.items()
    for section, count in enumerate(counts, 1)
    for number in range(1, count + 1)
}
NUMBER = r"(\d+\.\d+)\.(\d+)"


def requirements(text):
    """The numbers in a text, ranges such as 6.5.2–6.5.4 as every number in them."""
    for section, first, other, last in re.findall(rf"{NUMBER}(?:–{NUMBER})?", text):
        assert other in ("", section), f"{section}.{first}–{other}.{last}"
        for number in range(int(first), int(last or first) + 1):
            yield f"{section}.{number}"


ASKED = SECURITY.replace("ASVS 5.0.0", "").replace("127.0.0.1", "")


def test_every_requirement_of_levels_1_and_2_is_spoken_of_and_no_other():
    assert LEVEL_3 <= REQUIREMENTS
    told = set(requirements(ASKED))
    assert told - REQUIREMENTS == set()
    assert REQUIREMENTS - LEVEL_3 - told == set()


def test_what_is_of_level_3_says_so():
    rows = re.findall(r"^\| (\d+\.\d+\.\d+[^|]*) \|", SECURITY, re.M)
    assert len(rows) > 90
    for row in rows:
        is_higher = set(requirements(row)) <= LEVEL_3
        assert ("(level 3)" in row) == is_higher, row


def test_each_promise_names_what_shows_it():
    rows = re.findall(r"^\| \d+\.\d+\.\d+[^|]* \|.*\|.*\|(.*)\|$", SECURITY, re.M)
    assert len(rows) > 90
    for shown in rows:
        assert re.search(r"`(\w+/)?test_\w+\.py::test_\w+`|`make attack \w+`", shown), shown


def test_an_exception_names_its_requirement():
    exceptions = SECURITY.partition("## Deliberate exceptions")[2]
    items = re.split(r"^- ", exceptions, flags=re.M)[1:]
    assert len(items) > 10
    assert all(set(requirements(item)) <= REQUIREMENTS for item in items)
    met = SECURITY.partition("## Deliberate exceptions")[0]
    for row in re.findall(r"^\| (\d+\.\d+\.\d+[^|]*) \|.*see the exceptions", met, re.M):
        assert set(requirements(row)) & set(requirements(exceptions)), row


def test_the_limits_that_are_told_are_those_of_the_code():
    taken_in = SECURITY.partition("### What is taken in")[2].partition("### Who may")[0]
    rows = dict(re.findall(r"^\| ([^|]+) \| (.*) \|$", taken_in, re.M))
    for what, values in LIMITS.items():
        numbers = re.findall(r"\d+(?:,\d{3})*", rows[what])
        assert [value for value in map("{:,}".format, values) if value not in numbers] == [], what


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_make_target_of_the_readme_exists(text):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"(?:`|^)make ([\w-]+)", text, re.M))
    assert named
    assert named <= targets


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
DATA = (ROOT / "docs" / "data.md").read_text()
ENDINGS = "py|sql|js|po|example"
NAMED_PATHS = sorted(
    {
        *re.findall(rf"(?<![\w(/])((?:[\w.]+/)*[\w.]+\.(?:{ENDINGS}))(?![\w.])", ARCHITECTURE),
        *re.findall(r"`((?:\w+/)+)`", ARCHITECTURE),
    }
)
NAMED_PLACES = sorted(set(re.findall(r"[\w/]+\.py:[\w.]+", ARCHITECTURE)))
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([\w-]+))?\)")
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def definitions(path):
    """What a module defines, and what its classes do, as "Class.method"."""
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    yield f"{node.name}.{part.name}"
                elif isinstance(part, ast.AnnAssign):
                    yield f"{node.name}.{ast.unparse(part.target)}"


@pytest.mark.parametrize("path", NAMED_PATHS)
def test_every_path_of_the_architecture_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("place", NAMED_PLACES)
def test_every_function_of_the_architecture_exists(place):
    path, _, name = place.partition(":")
    assert name in set(definitions(path))


def test_every_name_that_is_said_to_be_in_a_file_is_there():
    said = re.findall(r"((?:`[\w.]+`, )*`[\w.]+`) in `([\w/]+\.py)`", ARCHITECTURE)
    assert len(said) > 5
    for names, path in said:
        for name in re.findall(r"[A-Za-z_]\w*", names):
            assert re.search(rf"\b{name}\b", (ROOT / path).read_text()), f"{path}: {name}"


def tracked():
    """Every Python file of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    found = listed or [str(path.relative_to(ROOT)) for path in ROOT.glob("[!.]*/**/*.py")]
    return [path for path in found if (ROOT / path).exists()]


def imported(path):
    """The top-level names of all modules that a file imports."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.partition(".")[0]


def test_every_folder_with_python_is_named_in_the_architecture():
    rooms = {f"{path.split('/')[0]}/" for path in tracked() if "/" in path}
    assert rooms <= set(NAMED_PATHS)


def floors():
    """Which floor each file and folder at the root stands on; the upper ones have lower numbers."""
    table = ARCHITECTURE.partition("## The floors")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", table, re.M)
    return {name: at for at, row in enumerate(rows) for name in re.findall(r"`([\w.]+)/?`", row)}


def test_imports_keep_to_the_floors():
    known = floors()
    assert len(known) == 17
    for path in tracked():
        own = path.split("/")[0]
        for module in imported(path) if own in known else ():
            at = known.get(module, known.get(f"{module}.py"))
            assert at is None or at >= known[own], f"{path} imports {module}"


def test_the_floors_stand_in_the_order_of_the_contract_between_rooms():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    known = floors()
    rooms = {name: at for at, layer in enumerate(contract) for name in layer.split(" : ")}
    for upper, lower in itertools.combinations(sorted(rooms, key=rooms.get), 2):
        assert (known[upper] < known[lower]) == (rooms[upper] < rooms[lower]), (upper, lower)


WAYS = ARCHITECTURE.partition("## Three ways")[2].partition("\n## ")[0]
STEPS = re.findall(r"^( *)([\w/]+\.py):(?:\w+\.)*(\w+)(?=  |$)", WAYS, re.M)
# What Flask, a wrapper or a pipe leads to, so that the caller does not name it.
NAMED_ELSEWHERE = {"TrustedProxies", "_check_request", "_watch_over", "_buy"}


def test_no_call_in_the_three_ways_goes_up_a_floor():
    callers, known = [], floors()
    for indent, path, _ in STEPS:
        callers[len(indent) // 2 :] = [known[path.partition("/")[0]]]
        assert callers == sorted(callers), path
    assert len(STEPS) == len(re.findall(r"^ *[\w/]+\.py:", WAYS, re.M)) > 80


def test_each_call_in_the_three_ways_is_named_by_the_module_it_is_drawn_under():
    callers = []
    for indent, path, name in STEPS:
        depth = len(indent) // 2
        callers[depth:] = [path]
        if depth and name not in NAMED_ELSEWHERE:
            caller = callers[depth - 1]
            assert re.search(rf"\b{name}\b", (ROOT / caller).read_text()), f"{caller}: {name}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(guide):
    for target, heading in LINK.findall(guide.read_text()):
        if target.startswith("https:"):
            continue
        file = guide.parent / target if target else guide
        assert file.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.+)$", file.read_text(), re.M)
            anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
            assert heading in anchors


def test_every_table_is_described():
    schema = (ROOT / "database_schema.sql").read_text()
    tables = re.findall(r"^CREATE (?:VIRTUAL )?TABLE (\w+)", schema, re.M)
    assert sorted(re.findall(r"^\| `(\w+)` \|", DATA, re.M)) == sorted(tables)
    assert len(tables) > 30


TABLES = re.findall(r"^\| `(\w+)` \|[^|]+\| (.+) \|$", DATA, re.M)


@pytest.mark.parametrize(("table", "files"), TABLES, ids=[table for table, _ in TABLES])
def test_statements_about_a_table_are_where_they_are_said_to_be(table, files):
    for file in re.findall(r"`(\w+\.py)`", files):
        text = (ROOT / "queries" / file).read_text()
        assert re.search(rf"\b(FROM|INTO|UPDATE|JOIN) {table}\b", text), file


def test_each_described_table_names_its_files():
    assert len(TABLES) == len(re.findall(r"^\| `\w+` \|", DATA, re.M))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_attack_and_benchmark_of_the_guides_exists(guide):
    text = guide.read_text()
    attacks = set(re.findall(r"python -m tools\.attack (\w+)", text)) - {"NAME"}
    assert attacks <= set(ATTACKS)
    assert set(re.findall(r"python -m tools\.benchmarks (\w+)", text)) <= set(TOPICS)
