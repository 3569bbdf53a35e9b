"""Commands that speak into a file: where it cannot be written is said before anything is paid."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def run(make_app, provider):
    """Run a command of an app that has voices which cost something."""
    app = make_app(openai_base_url=provider.base_url, openai_api_key="sk-test")
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=arguments)


@pytest.fixture
def speak(run):
    return lambda output: run(
        "speak", "It was late.", "--voice", "openai:nova", "--output", str(output)
    )


def refused(result):
    """The one sentence of a command that was not done."""
    assert (result.exit_code, result.stdout) == (1, "")
    (sentence,) = result.stderr.splitlines()
    return sentence


def test_a_file_is_written_whole_and_nothing_else_is_left(speak, provider, tmp_path):
    result = speak(tmp_path / "fox.mp3")
    assert result.exit_code == 0, result.output
    assert provider.calls
    assert (tmp_path / "fox.mp3").read_bytes().startswith(b"ID3")
    assert not (tmp_path / "fox.mp3.part").exists()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing/fox.mp3", "There is no folder {}/missing. Make it first"),
        ("file/fox.mp3", "There is no folder {}/file. Make it first"),
        ("folder.mp3", "{}/folder.mp3 is a folder. Name a file in it"),
        ("x" * 300 + ".mp3", "cannot be written (File name too long)"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_bought(speak, provider, tmp_path, path, said):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.mp3").mkdir()
    before = sorted(tmp_path.rglob("*.mp3*"))
    assert said.format(tmp_path) in refused(speak(tmp_path / path))
    assert provider.calls == []
    assert sorted(tmp_path.rglob("*.mp3*")) == before


def test_a_trial_of_a_provider_is_held_to_the_same(run, provider, tmp_path):
    assert run("providers", "add", "paid", provider.base_url).exit_code == 0
    nowhere = run("providers", "test", "paid", "--output", str(tmp_path / "missing" / "x.mp3"))
    assert refused(nowhere).startswith("There is no folder")
    assert provider.calls == []
    assert run("providers", "test", "paid", "--output", str(tmp_path / "x.mp3")).exit_code == 0
    assert (tmp_path / "x.mp3").stat().st_size > 1000
    assert run("providers", "test", "paid").exit_code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_disk_that_is_full_is_one_sentence_and_leaves_nothing(speak, tmp_path):
    (tmp_path / "fox.mp3.part").symlink_to("/dev/full")
    assert "cannot be written (No space left on device)" in refused(speak(tmp_path / "fox.mp3"))
    assert list(tmp_path.glob("fox*")) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_named(speak, provider, tmp_path):
    tmp_path.joinpath("locked").mkdir(mode=0o500)
    assert "may not write to" in refused(speak(tmp_path / "locked" / "fox.mp3"))
    assert provider.calls == []


def test_a_file_that_was_there_stays_when_speaking_fails(speak, provider, tmp_path):
    (tmp_path / "fox.mp3").write_bytes(b"of before")
    provider.fault, provider.fault_times = "unauthorized", None
    refused(speak(tmp_path / "fox.mp3"))
    assert (tmp_path / "fox.mp3").read_bytes() == b"of before"
    assert not (tmp_path / "fox.mp3.part").exists()
