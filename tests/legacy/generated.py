"""Random legacy folders with anomalies of every kind, from a seed."""

import json
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.legacy.installs import mp3, older_hash, playback, write_json

NAMES = [
    "ali", "Ali", "ali.admin", "AliGym19", "x", "y" * 40, "z" * 200, " spaced ", "o\u0301na",
    "", "legacy", "o'; DROP TABLE users;--", "<b>bold</b>", "日本語", "line\nbreak", "bob",
]  # fmt: skip
TEXTS = [
    "Chapter",
    "",
    "n" * 300,
    "emoji 🎧",
    "tab\tname",
    "a/b",
    "<script>",
    "null\0byte",
    "\ud800x",
]
NUMBERS = [0, 1, 17, 4096, 12.0, 3.5, -1, True, None, "12", math.nan, math.inf, 1e300, 10**400]
COSTS = [0, 0.1, 0.00048, 1.5e-7, -0.5, None, "free", math.nan, math.inf, 10**30]
BAD_FILENAMES = ["../up.mp3", "", ".hidden.mp3", "a/b.mp3", "x" * 300, "nul\0.mp3", "end.part"]
BAD_VALUES = [None, 7, "text", [], [1, 2], True, {}, {"deep": {"deeper": []}}]
START = datetime(2024, 1, 5, 10, 0, 0)  # noqa: DTZ001 (the older app's times are local and naive)


class Folder:
    """Makes one folder; `dice` decides how odd it is."""

    def __init__(self, path: Path, seed: int):
        self.path = path
        self.dice = random.Random(seed)
        self.oddity = self.dice.choice([0, 0.02, 0.1, 0.3])
        path.mkdir(parents=True)

    def odd(self) -> bool:
        return self.dice.random() < self.oddity

    def moment(self) -> datetime:
        return START + timedelta(seconds=self.dice.randrange(60_000_000))

    def make(self) -> None:
        users = {name: self.user() for name in self.some(NAMES if self.oddity else ["ali"], 3)}
        files = self.files([*users, *self.some(NAMES, 2)])
        contents = {
            "users.json": users,
            "metadata.json": files,
            "usage_stats.json": self.usage(files),
            "playback_history.json": self.playbacks(list(files)),
        }
        for name, content in contents.items():
            if self.dice.random() < 0.9:
                write_json(self.path, name, content)
        if self.dice.random() < 0.4 and self.oddity:
            self.harm(self.dice.choice(list(contents)))

    def some(self, values: list, most: int) -> list:
        return self.dice.sample(values, self.dice.randint(0, min(most, len(values))))

    def user(self) -> object:
        if self.odd():
            return self.dice.choice(BAD_VALUES)
        password = older_hash()
        if self.odd():
            password = self.dice.choice([None, "plain text", "md5$a$b", 5, "", "\ud800"])
        return {"password": password, "created": self.stamp("%Y-%m-%d %H:%M:%S")}

    def stamp(self, pattern: str) -> object:
        if self.odd():
            return self.dice.choice(
                ["soon", "", None, 7, "2024-13-45 99:99:99", "0001-01-01 00:00:00"]
            )
        return self.moment().strftime(pattern)

    def files(self, owners: list[str]) -> dict:
        files = {}
        for number in range(self.dice.randint(0, 8)):
            name = f"f{number}_{self.dice.choice(['a', 'ü', 'B b'])}.mp3"
            if self.odd():
                name = self.dice.choice(BAD_FILENAMES)
            files[name] = self.entry(name, number, owners)
            self.sound(name)
        if self.dice.random() < 0.3:
            (self.path / "orphan.mp3").write_bytes(mp3(2))
        return files

    def sound(self, name: str) -> None:
        if "/" in name or "\0" in name or not name or len(name) > 200 or self.dice.random() < 0.15:
            return
        content = mp3(self.dice.randint(1, 4))
        if self.odd():
            content = self.dice.choice([b"", b"no sound", content[: len(content) // 2]])
        (self.path / name).write_bytes(content)

    def entry(self, name: str, number: int, owners: list[str]) -> object:
        if self.odd():
            return self.dice.choice(BAD_VALUES)
        entry = {
            "name": f"File {number}",
            "group": self.dice.choice(["Books", "", "Uncategorized"]),
            "created": self.stamp("%Y%m%d_%H%M%S"),
            "voice": "nova",
            "characters": self.dice.randint(0, 5000),
            "cost": self.dice.randint(0, 5000) * 15e-6,
            "owner": self.dice.choice(owners or ["nobody"]),
        }
        for key, values in (
            ("name", TEXTS), ("group", TEXTS), ("voice", TEXTS), ("characters", NUMBERS),
            ("cost", COSTS), ("owner", [*BAD_VALUES, ""]),
        ):  # fmt: skip
            if self.odd():
                entry[key] = self.dice.choice(values)
        for key in ("owner", "group", "name"):
            if self.dice.random() < 0.1:
                del entry[key]
        return entry

    def usage(self, files: dict) -> object:
        months = {}
        for _ in range(self.dice.randint(0, 4)):
            months[self.moment().strftime("%Y-%m")] = {
                "cost": self.dice.randint(0, 9999) * 15e-6,
                "files": self.dice.randint(0, 12),
                "characters": self.dice.randint(0, 9999),
            }
        for entry in files.values():
            if isinstance(entry, dict) and isinstance(entry.get("created"), str):
                key = f"{entry['created'][:4]}-{entry['created'][4:6]}"
                if self.dice.random() < 0.8:
                    months.setdefault(key, {"cost": 0.25, "files": 3, "characters": 9000})
        if self.odd():
            months[self.dice.choice(["2024", "2024-13", "x", ""])] = self.dice.choice(BAD_VALUES)
        for month in months.values():
            if isinstance(month, dict) and self.odd():
                month[self.dice.choice(["cost", "files", "characters"])] = self.dice.choice(NUMBERS)
        return {
            "total_characters": self.dice.choice([8505, 0, *(NUMBERS if self.odd() else [])]),
            "total_cost": self.dice.random(),
            "files_generated": self.dice.randint(0, 30),
            "monthly": self.dice.choice(BAD_VALUES) if self.odd() else months,
        }

    def playbacks(self, names: list[str]) -> list:
        entries = []
        for _ in range(self.dice.randint(0, 12)):
            name = self.dice.choice([*names, "gone.mp3", "gone2.mp3"])
            entry = playback(name, self.dice.choice(["Name", *TEXTS]), self.moment())
            for key in ("timestamp", "datetime_sort", "filename", "name"):
                if self.odd():
                    entry[key] = self.dice.choice([*BAD_VALUES, "nonsense"])
            entries.append(self.dice.choice(BAD_VALUES) if self.odd() else entry)
            if self.dice.random() < 0.2:
                entries.append(entries[-1])
        return entries

    def harm(self, name: str) -> None:
        """Damage a whole file, or write it in another encoding."""
        path = self.path / name
        if not path.exists():
            return
        content = path.read_bytes()
        text = content.decode()
        path.write_bytes(
            self.dice.choice(
                [
                    b"",
                    content[: self.dice.randrange(len(content))],
                    b"\xef\xbb\xbf" + content,
                    text.encode("utf-16"),
                    text.encode("utf-16-be"),
                    content + b"}",
                    content + b"\xff\xfe\x80",
                    b"[" * 10_000 + b"]" * 10_000,
                    b'{"a": ' * 10_000 + b"1" + b"}" * 10_000,
                    json.dumps(self.dice.choice(BAD_VALUES)).encode(),
                    text.replace('"cost"', '"characters"').encode(),
                    b'{"twice": {"password": "x"}, "twice": {"password": "y"}}',
                ]
            )
        )


def make_folder(path: Path, seed: int) -> None:
    Folder(path, seed).make()
