"""What many tests need: a studio over a temporary data folder, its people and its texts."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config import Config
from server.worker import Worker, build_studio
from services.studio import Studio
from tests.support.listening import Heard, hear

PHRASES = """
    the old lighthouse keeper walked along a quiet shore and listened while distant waves carried
    voices from another time nobody remembered why evening light turned every window into gold
    children asked questions about ships storms birds maps and letters
"""
WORDS = PHRASES.split()
EMBEDDED = "espeak:gmw/en"  # starts at once: what most tests speak with
SENTENCES = "The rain had stopped. A boat came in with the tide. Nobody was on board."


def prose(characters: int, seed: int = 1) -> str:
    """Sentences in paragraphs, exactly that long, the same for the same seed."""
    chance, parts, length = random.Random(seed), [], 0
    while length < characters:
        sentence = " ".join(chance.choices(WORDS, k=chance.randint(6, 16))).capitalize()
        parts.append(sentence + chance.choice((". ", ". ", "? ", ".\n\n")))
        length += len(parts[-1])
    text = "".join(parts)[:characters]
    return text[:-1] + "." if characters else ""


def with_embedded(settings: Mapping[str, Any], name: str = "default_voice") -> dict[str, Any]:
    """Settings by which the embedded voice speaks, where they name no provider."""
    is_provided = any("openai" in setting.lower() for setting in settings)
    return dict(settings) if is_provided else {name: EMBEDDED, **settings}


class Home:
    """A data folder with one person in it and a worker that runs in the test's own thread."""

    def __init__(self, folder: Path, *, environ: Mapping[str, str] | None = None, **settings):
        settings = with_embedded({"min_free_mb": 0, "backup_hour": "off", **settings})
        self.config = Config(data_dir=folder / "data", **settings)
        self.studio: Studio = build_studio(self.config, environ)
        self.db, self.store = self.studio.db, self.studio.store
        self.worker = Worker(self.studio)
        self.user_id = self.db.create_user("anna", "!")["id"]

    def submit(self, text: str = SENTENCES, **options) -> dict:
        return self.studio.generation.submit(self.user_id, text, **options)

    def row(self, filename: str) -> dict:
        return self.db.get_audio_file(filename, self.user_id)

    def speak(self, text: str = SENTENCES, **options) -> dict:
        """Submit and speak to the end; the row as it is then."""
        filename = self.submit(text, **options)["filename"]
        self.worker.run_pending()
        return self.row(filename)

    def sound(self, filename: str) -> bytes:
        with self.store.open(filename) as file:
            return file.read()

    def heard(self, filename: str) -> Heard:
        return hear(self.sound(filename))

    def files(self) -> list[str]:
        return sorted(path.name for path in self.config.audio_dir.iterdir())

    def close(self) -> None:
        self.studio.registry.close()
        self.db.close()
