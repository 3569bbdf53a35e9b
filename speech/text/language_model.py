"""The model of py3langid: read from its package when it is first asked, let go when nobody asks."""

import array
import io
import logging
import lzma
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

IDLE_S = 300.0
NO_LANGUAGE = "zxx"  # what the model says to numbers, markup and names of files

_log = logging.getLogger(__name__)


class LanguageModel:
    """The model, some 75 MB while it is in use; any number of threads may ask at once."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._identifier: LanguageIdentifier | None = None
        self._asked_at = 0.0
        self._timer: threading.Timer | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._identifier is not None

    def warm(self) -> None:
        """Read the model in the background, ahead of the first question."""
        if not self.is_loaded:
            with suppress(RuntimeError):  # the system gives no thread; the first question waits
                threading.Thread(target=self.rank, args=("warm",), daemon=True).start()

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Every language's share of the likelihood; nothing is certain where numpy cannot run."""
        identifier = self._ready()
        return identifier.rank(text) if identifier else [(NO_LANGUAGE, 1.0), ("", 0.0)]

    def languages(self) -> list[str]:
        """The languages that are weighed; none where numpy cannot run."""
        identifier = self._ready()
        return list(identifier.nb_classes) if identifier else []

    def let_go(self) -> None:
        """Free the memory; the next question reads the model again."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._identifier = self._timer = None

    def _ready(self) -> "LanguageIdentifier | None":
        with self._lock:
            self._identifier = self._identifier or _read()
            self._asked_at = time.monotonic()
            self._plan_to_let_go()
            return self._identifier

    def _plan_to_let_go(self) -> None:
        if self._identifier is None or self._timer is not None:
            return
        wait_s = max(0.0, self._asked_at + self._idle_s - time.monotonic())
        timer = threading.Timer(wait_s, self._let_go_if_idle)
        timer.daemon = True
        with suppress(RuntimeError):  # the system gives no thread; the next question plans it
            timer.start()
            self._timer = timer

    def _let_go_if_idle(self) -> None:
        with self._lock:
            self._timer = None
            if time.monotonic() - self._asked_at >= self._idle_s:
                self._identifier = None
            self._plan_to_let_go()


def _read() -> "LanguageIdentifier | None":
    """Read the model that lies in the package; None where numpy does not run on this processor."""
    try:
        return _identifier()
    except (ImportError, RuntimeError, OSError, MemoryError, ValueError, KeyError) as error:
        _log.warning("Languages of texts are not recognised: %s", error)
        return None


def _identifier() -> "LanguageIdentifier":
    """Make the identifier as its package does, but without a file of 70 MB: a disk may be full."""
    import numpy
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    unpacked = io.BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes()))
    with numpy.load(unpacked, allow_pickle=False) as model:
        return LanguageIdentifier(
            model["ptc"],
            model["pc"],
            model["classes"].tolist(),
            _numbers(model["nextmove"]),
            model["out_feat"].tolist(),
            norm_probs=True,
            tk_row=_numbers(model["nextmove_row"]),
        )


def _numbers(values: Any) -> "array.array[int]":
    return array.array({2: "H", 4: "I", 8: "L"}[values.dtype.itemsize], values.tobytes())


MODEL = LanguageModel()
