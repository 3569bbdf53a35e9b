"""What became of the backups, for whoever looks: a small file in the folder of backups."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from config import Config
from keeping import files
from sentences import Sentence

FOLDER = "backups"
NAME = "state.json"
MOST_ENDS = 30


@dataclass(frozen=True, slots=True)
class Record:
    """Times are UTC, 'YYYY-MM-DD HH:MM:SS'; empty for never."""

    since: str = ""  # when backups were first thought of
    made_at: str = ""
    folder: str = ""
    size: int = 0  # bytes
    proven_at: str = ""  # the last backup that was restored and compared
    nightly_at: str = ""  # the last nightly one
    restored_at: str = ""
    restored_from: str = ""  # when the backup that was restored was made
    unsound: int = 0  # files whose sound was missing or damaged
    ends: tuple = ()  # of the security log's chain, as backups saw it: [made_at, id, hash]
    failed_at: str = ""
    failure: str = ""  # the sentence, in English
    failure_template: str = ""
    failure_values: dict | None = None

    @property
    def why(self) -> str:
        """Why the last attempt failed, as a sentence that can be told anew."""
        if self.failure_template:
            return Sentence(self.failure_template, **(self.failure_values or {}))
        return self.failure


def backups_folder(config: Config) -> Path:
    return config.data_dir / FOLDER


def read(config: Config) -> Record:
    """What is known; an empty record where nothing can be read."""
    try:
        content = json.loads((backups_folder(config) / NAME).read_text("utf-8"))
        return Record(**content)
    except (OSError, ValueError, TypeError):
        return Record()


def note(config: Config, **changes) -> Record:
    """Change what is known; returns it."""
    record = replace(read(config), **changes)
    files.make_folder(backups_folder(config))
    content = json.dumps(asdict(record), indent=1) + "\n"
    files.write_whole(backups_folder(config) / NAME, content.encode())
    return record


def note_end(config: Config, made_at: str, end: list | None) -> None:
    """Remember where the chain of the security log ended when a backup was made."""
    if end:
        earlier = tuple(read(config).ends)[-MOST_ENDS + 1 :]
        note(config, ends=(*earlier, [made_at, *end]))


def note_failure(config: Config, sentence: str, at: str) -> Record:
    """Keep why the last attempt failed."""
    template, values = getattr(sentence, "template", ""), getattr(sentence, "values", None)
    return note(
        config, failed_at=at, failure=str(sentence), failure_template=template,
        failure_values=values,
    )  # fmt: skip
