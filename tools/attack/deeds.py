"""Works on a data folder for ever, as the program does, and says what was acknowledged.

A program of its own, to be killed: `python deeds.py FOLDER WHO`. As "backups" it makes one backup
after another; as anybody else it generates, imports and deletes at the same time.
"""

import itertools
import random
import sys
import threading
import time
from pathlib import Path

VOICE = "espeak:gmw/en"  # starts at once
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from backups import create  # noqa: E402
from config import Config  # noqa: E402
from server.worker import Worker, build_studio  # noqa: E402
from services.documents import Documents  # noqa: E402
from services.studio import Studio  # noqa: E402
from tests.support.making import prose  # noqa: E402

NAME = "anna"
MOST_WAITING = 3
MOST_READY = 6
PAUSE_S = 0.01
WAITING = "SELECT count(*) AS n FROM audio_files WHERE status != 'ready'"


def config_of(folder: Path) -> Config:
    settings = {"min_free_mb": 0, "backup_hour": "off", "default_voice": VOICE, "jobs": 1}
    return Config(data_dir=folder / "data", **settings)


def say(*words: object) -> None:
    print(*words, flush=True)


def back_up(config: Config) -> None:
    """One backup after another."""
    while True:
        say("begin backup")
        say("backup", create.make(config).folder.name)


def generate(studio: Studio, user_id: int) -> None:
    """Submit texts, no faster than they are spoken."""
    for number in itertools.count():
        while studio.db.value(WAITING) >= MOST_WAITING:
            time.sleep(PAUSE_S)
        say("begin generate")
        say("generated", studio.generation.submit(user_id, prose(60, number))["filename"])


def take_in(documents: Documents, user_id: int, label: str) -> None:
    """Import documents."""
    path = documents.config.imports_dir / f"{label}.md"
    for number in itertools.count():
        path.write_text(f"# Book {number}\n\n{prose(2000, number)}\n")
        say("begin import")
        if added := documents.imports.import_file(user_id, path, path.name).document:
            say("imported", added["id"])
        time.sleep(PAUSE_S)


def delete(studio: Studio, user_id: int) -> None:
    """Delete files for good, while others are made."""
    chance = random.Random()
    while True:
        names = studio.store.names()
        if len(names) < MOST_READY:
            time.sleep(PAUSE_S)
            continue
        name = chance.choice(names)
        say("begin delete")
        say("deleting", name)
        studio.bin.delete_for_good(name, user_id)
        say("deleted", name)


def speak(worker: Worker) -> None:
    """Speak what waits."""
    while True:
        worker.run_pending()
        time.sleep(PAUSE_S)


def main(folder: Path, who: str) -> None:
    config = config_of(folder)
    if who == "backups":
        back_up(config)
    studio = build_studio(config)
    worker, documents = Worker(studio), Documents(studio.db, studio, config)
    worker.tidy()
    documents.imports.sweep()
    user_id = studio.db.get_user(NAME)["id"]
    for deed, arguments in (
        (generate, (studio, user_id)),
        (take_in, (documents, user_id, who)),
        (delete, (studio, user_id)),
        (speak, (worker,)),
    ):
        threading.Thread(target=deed, args=arguments).start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
