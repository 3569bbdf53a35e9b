"""What `make run` installs with: pip underneath, its progress told, its failures shown."""

import base64
import hashlib
import os
import subprocess
import sys
import zipfile

import pytest

from tests.support.serving import ROOT
from tests.support.terminals import Terminal
from tools.supply import install

PROGRAM = ROOT / "tools" / "supply" / "install.py"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder with a wheel, where pip finds packages without a network; a lock file beside it."""
    folder = tmp_path_factory.mktemp("shelf")
    info = "tiny_sound-1.0.dist-info"
    files = {
        "tiny_sound.py": "HUM = 440\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-sound\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{name},sha256={digest(text)},{len(text)}" for name, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    wheel = folder / "tiny_sound-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    write_lock(folder / "good.lock", hashlib.sha256(wheel.read_bytes()).hexdigest())
    write_lock(folder / "changed.lock", "0" * 64)
    return folder


def digest(text):
    found = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()


def write_lock(path, sha256):
    elsewhere = f"no-such-thing==9 ; sys_platform == 'none' \\\n    --hash=sha256:{'1' * 64}\n"
    path.write_text(f"tiny-sound==1.0 \\\n    --hash=sha256:{sha256}\n{elsewhere}")


def environ(shelf):
    own = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    return own | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf), "PIP_CONFIG_FILE": os.devnull}


def run(shelf, folder, lock):
    """Run it without a terminal, over what is there already."""
    command = [sys.executable, PROGRAM, folder, shelf / lock]
    again = environ(shelf) | {"PIP_FORCE_REINSTALL": "1"}
    return subprocess.run(command, env=again, capture_output=True, text=True)


@pytest.fixture(scope="module")
def installed(shelf, tmp_path_factory):
    """An environment that was made before a terminal; the folder, and the terminal."""
    folder = tmp_path_factory.mktemp("environment") / ".venv"
    command = [sys.executable, str(PROGRAM), str(folder), str(shelf / "good.lock")]
    terminal = Terminal(command, shelf, environ(shelf))
    assert terminal.wait() == 0, terminal.screen
    return folder, terminal


def test_what_is_locked_can_be_used_and_is_compiled_when_it_is(installed):
    python = installed[0] / "bin" / "python"
    assert not list(installed[0].rglob("tiny_sound*.pyc"))
    command = [python, "-c", "import tiny_sound; print(tiny_sound.HUM)"]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "440\n"


def test_a_terminal_tells_what_is_at_work_and_keeps_two_lines(installed):
    folder, terminal = installed
    for step in ("Creating the environment (0 s)", "1 of 1: tiny", "Unpacking 1 package"):
        assert step in terminal.screen
    first, last = terminal.lines
    assert first == f"Installing VoiceVerse into {folder}: a minute or two the first time."
    assert last.startswith("Installed in ")


def test_a_changed_file_is_refused_in_pips_own_words(shelf, installed):
    done = run(shelf, installed[0], "changed.lock")
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert "Installed" not in done.stdout


def test_what_cannot_be_found_ends_with_what_to_do(shelf, installed, tmp_path):
    lock = tmp_path / "far.lock"
    lock.write_text(f"far-away==1 \\\n    --hash=sha256:{'1' * 64}\n")
    done = run(shelf, installed[0], lock)
    assert done.returncode == 1
    assert "far-away" in done.stderr
    assert done.stderr.endswith("then run the same command again.\n")
    assert "\r" not in done.stdout


def test_ctrl_c_ends_it_without_a_trace(shelf, tmp_path):
    command = [sys.executable, str(PROGRAM), str(tmp_path / ".venv"), str(shelf / "good.lock")]
    terminal = Terminal(command, shelf, environ(shelf))
    terminal.read_until(lambda: "Creating" in terminal.screen, "the first step")
    terminal.press(b"\x03")
    assert terminal.wait() == 130
    assert "Traceback" not in terminal.screen


def test_a_python_that_is_too_old_is_named(monkeypatch, capsys):
    monkeypatch.setattr(install, "OLDEST", (99, 1))
    assert install.main(".venv", "requirements/base.lock") == 1
    assert "needs Python 99.1 or later; this is 3." in capsys.readouterr().err
