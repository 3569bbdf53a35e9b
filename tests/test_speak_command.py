"""`flask speak`: a file that cannot be written is said in one sentence, before anything is paid."""

import os

import pytest


@pytest.fixture
def speak(make_app, provider):
    """Run the command with a voice that costs something."""
    app = make_app(openai_base_url=provider.base_url, openai_api_key="sk-test")
    runner = app.test_cli_runner()
    return lambda output: runner.invoke(
        args=["speak", "It was late.", "--voice", "openai:nova", "--output", str(output)]
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
