import array
import pkgutil
import re
import sys

import pytest

from server.worker import Worker
from speech.errors import EngineBroken
from speech.plugins import installed_engines
from speech.types import SpeechRequest
from tests.conftest import Browser
from tests.support.serving import ROOT

GUIDE = (ROOT / "docs" / "engines.md").read_text()
EXAMPLE = dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)^```", GUIDE, re.M | re.S))
MINIMAL = """
from speech.engine import Engine
from speech.prices import FREE
from speech.types import Voice

class Named(Engine):
    name, label, speed_range, default_voice = "named", "Named", (1.0, 1.0), "one"
    sample_rate, segment_characters, segment_bytes, first_segment_characters = 8000, 1, 99, 1
    def voices(self): return [Voice("one", "One", "en", "named")]
    def price(self): return FREE
    def _speak(self, request): yield from ()
"""


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\bspeech(?:\.\w+)+", GUIDE))))
def test_every_name_in_the_guide_is_there(name):
    assert pkgutil.resolve_name(name)  # raises ImportError or AttributeError


@pytest.fixture
def install(tmp_path, monkeypatch):
    """A function that installs a module with an entry point, as pip leaves it behind."""

    def install(module, source, entry):
        (tmp_path / f"{module}.py").write_text(source)
        folder = tmp_path / f"{module}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[voiceverse.engines]\n{entry}\n")
        monkeypatch.delitem(sys.modules, module, raising=False)

    (tmp_path / "data").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield install
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(path.stem, None)


def install_the_example(install):
    entry = re.search(r'^\[project.entry-points."voiceverse.engines"\]\n(.+)$', GUIDE, re.M)[1]
    install("morse_voice", EXAMPLE["morse_voice.py"], entry.replace('"', ""))


def test_the_example_of_the_guide_is_found_and_speaks(install):
    install_the_example(install)
    (engine,), broken = installed_engines({"espeak"})
    assert broken == {}
    chunks = list(engine.speak(SpeechRequest("SOS", engine.default_voice)))
    pcm = b"".join(chunk.pcm for chunk in chunks)
    # Three short, three long, three short: 27 dots with what is between, and the end of a word.
    dots = len(pcm) / 2 / round(0.06 * engine.sample_rate)
    assert dots == 3 * 2 + 1 + 3 * 4 + 1 + 3 * 2 + 1 + 4
    assert max(array.array("h", pcm)) > 7000


def test_a_piece_is_spoken_with_the_voice_of_the_example(install, make_app, password_hash):
    install_the_example(install)
    app = make_app()
    services = app.extensions["voiceverse"]
    owner = Browser(app, services.db.create_user("vera", password_hash, is_admin=True))
    assert "Morse code" in owner.get("/admin/voices").text
    filename = owner.speak("SOS. We are sinking.", voice="morse:high")
    Worker(services.studio).run_pending()
    row = owner.get(f"/files/{filename}", json=True).json
    assert (row["status"], row["cost"]) == ("ready", 0)
    assert row["duration"] > 5


def test_nothing_is_installed_where_nothing_is(install):
    assert installed_engines(set()) == ([], {})


@pytest.mark.parametrize(
    ("source", "entry", "reason"),
    [
        ("import no_such_module", "named = broken:Named", "no_such_module"),
        ("raise SystemError('has a fault')", "named = broken:Named", "has a fault"),
        ("", "named = broken:Named", "Named"),
        ("Named = dict", "named = broken:Named", "no speech.engine.Engine"),
        (MINIMAL, "other = broken:Named", "entry point"),
        (MINIMAL, "espeak = broken:Named", "espeak"),
        (MINIMAL.replace("segment_bytes", "more_bytes"), "named = broken:Named", "segment_bytes"),
        (MINIMAL.replace('"one"', '"two"', 1), "named = broken:Named", "two"),
        (MINIMAL.replace("def _speak", "def speak_not"), "named = broken:Named", "_speak"),
    ],
    ids=["import", "raise", "absent", "no-engine", "name", "taken", "lacks", "voice", "abstract"],
)
def test_a_broken_one_is_named_and_left_out(install, source, entry, reason):
    install("broken", source, entry)
    install_the_example(install)
    engines, broken = installed_engines({"espeak"})
    assert [engine.name for engine in engines] == ["morse"]
    ((name, error),) = broken.items()
    assert name == entry.partition(" ")[0]
    assert isinstance(error(), EngineBroken)
    assert name in error().message
    assert reason in error().message
