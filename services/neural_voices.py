"""Neural voices of this machine: installed, stopped, removed, and looked up in the catalogue."""

import hashlib
import json
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from common.errors import Message
from config import Config
from services.voice_catalogue import (
    LARGEST_LIST,
    LARGEST_MODEL,
    LIST,
    Catalogue,
    Offer,
    bundled_catalogue,
    read_list,
)
from services.voice_downloads import (
    Limits,
    NoRoom,
    NotFetched,
    VoiceError,
    Wanted,
    fetch,
    fetch_whole,
)
from services.voice_progress import FAILED, RUNNING, STOPPED, Progress, Report, write_whole
from speech.engines.piper import PiperEngine
from speech.engines.piper_models import (
    CARD,
    CONFIG,
    IDENTIFIER,
    MANIFEST,
    MODEL,
    Model,
    NotPiperModel,
    read_config,
    read_model,
    read_models,
)
from speech.errors import SpeechError
from speech.registry import Registry
from storage.file_locks import FileLock

WORK = ".work"
INCOMING = "incoming"
LIST_S = 24 * 3600
LARGEST_SAMPLE = 4_000_000
MP3_STARTS = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")
LICENCE = re.compile(r"^\W*licen[cs]e\W*:\s*(\S.{0,199})", re.IGNORECASE | re.MULTILINE)


class NoSuchVoice(VoiceError):
    """A name that is neither in the catalogue nor installed."""

    status = 404


class Busy(VoiceError):
    """The voice is being installed already."""

    status = 409


class Halted(VoiceError):
    """An admin stopped the download."""

    status = 409


class Voices:
    """The folder of neural voices; keeps nothing in memory, so any process may ask."""

    def __init__(self, config: Config, registry: Registry, limits: Limits | None = None) -> None:
        self._config, self._registry, self._limits = config, registry, limits
        self._folder = config.voices_dir
        self._work = self._folder / WORK

    # What there is

    def installed(self) -> tuple[Model, ...]:
        """The installed voices by language and name."""
        return read_models(self._folder)

    def catalogue(self) -> Catalogue:
        """The catalogue: the server's list as it was fetched last, else the one here."""
        path = self._work / LIST
        try:
            day = time.strftime("%Y-%m-%d", time.gmtime(path.stat().st_mtime))
            return Catalogue(read_list(path.read_bytes()), day)
        except (OSError, VoiceError):
            return bundled_catalogue()

    def refresh(self) -> Catalogue:
        """Fetch the server's list; raises VoiceError."""
        content = fetch_whole(self._address(LIST), LARGEST_LIST, self._limits)
        read_list(content)
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._work / LIST, content)
        return self.catalogue()

    def sample(self, identifier: str) -> bytes:
        """The server's recording of a voice that can be installed, an MP3. Raises VoiceError."""
        offer = self._offer(identifier)
        sound = fetch_whole(self._address(offer.sample), LARGEST_SAMPLE, self._limits)
        if not sound.startswith(MP3_STARTS):
            raise NotFetched(
                Message("The server has no recording of {name}.", name=offer.identifier)
            )
        return sound

    def under_way(self) -> list[Progress]:
        """The downloads that run, failed or were stopped; one that was killed counts as stopped."""
        found = []
        for path in sorted(self._work.glob("*.json")) if self._work.is_dir() else ():
            if path.name == LIST or not path.is_file():
                continue
            try:
                progress = Progress(**json.loads(path.read_bytes()))
            except (OSError, ValueError, TypeError):
                continue
            if progress.status == RUNNING and not self._is_held(progress.identifier):
                progress = Progress(progress.identifier, progress.done, progress.total, STOPPED)
            found.append(progress)
        return found

    # Installing

    def start(self, identifier: str) -> None:
        """Install a voice in the background; `under_way` tells how it goes. Raises VoiceError."""
        self._engine()
        offer = self._offer(identifier)
        lock = self._lock(identifier)
        self._tell(Progress(identifier, 0, offer.size))
        arguments = (identifier, None, lock)
        threading.Thread(target=self._quietly, args=arguments, daemon=True).start()

    def install(self, identifier: str, tell: Callable[[Progress], None] | None = None) -> Model:
        """Download a voice and keep it; a broken download is resumed. Raises SpeechError."""
        self._engine()
        self._fresh_offer(identifier)
        return self._install(identifier, tell, self._lock(identifier))

    def install_from(self, path: Path) -> list[Model]:
        """Keep the voice of a file here, or every voice of a folder. Raises SpeechError."""
        self._engine()
        try:
            models = sorted(path.rglob("*.onnx")) if path.is_dir() else [path]
        except OSError as error:
            raise VoiceError(
                Message(
                    "{name} cannot be read ({reason}).", name=path.name, reason=error.strerror or ""
                )
            ) from error
        if not models or not all(model.is_file() for model in models):
            raise NoSuchVoice(
                Message(
                    "There is no voice at {path}: no file that ends with .onnx.", path=f"{path}"
                )
            )
        return [self._install_file(model) for model in models]

    @property
    def incoming(self) -> Path:
        """The folder into which files can be put by hand, to be installed from the pages."""
        return self._folder / INCOMING

    def stop(self, identifier: str) -> None:
        """Stop a download; what came is kept. Raises NoSuchVoice."""
        self._known(identifier)
        self._stop_path(identifier).touch()

    def forget(self, identifier: str) -> None:
        """Drop what came of a download that does not run. Raises NoSuchVoice, Busy."""
        self._known(identifier)
        with self._held(self._lock(identifier)):
            self._clear(identifier)

    def remove(self, identifier: str) -> None:
        """Remove an installed voice. Raises NoSuchVoice, Busy."""
        folder = self._folder / identifier
        if not IDENTIFIER.fullmatch(identifier) or not (folder / MANIFEST).is_file():
            raise NoSuchVoice(
                Message('No voice named "{name}" is installed.', name=identifier[:80])
            )
        with self._held(self._lock(identifier)):
            self._put_away(identifier)

    # How it is done

    def _engine(self) -> PiperEngine:
        engine = self._registry.get(PiperEngine.name)
        if not isinstance(engine, PiperEngine):
            raise TypeError(f"{engine.name} is not Piper")
        return engine

    def _offer(self, identifier: str) -> Offer:
        offer = self.catalogue().find(identifier)
        if offer is None:
            raise NoSuchVoice(
                Message(
                    'The catalogue has no voice named "{name}". Fetch the list anew, or look at '
                    "flask voices list.",
                    name=identifier[:80],
                )
            )
        return offer

    def _fresh_offer(self, identifier: str) -> Offer:
        """The offer by a list that is at most a day old, if the server has a list."""
        path = self._work / LIST
        if not path.exists() or time.time() - path.stat().st_mtime > LIST_S:
            with suppress(NotFetched):
                self.refresh()
        return self._offer(identifier)

    def _quietly(self, identifier: str, tell: None, lock: FileLock) -> None:
        with suppress(SpeechError):  # it stands in the state, which is what people see
            self._install(identifier, tell, lock)

    def _install(
        self, identifier: str, tell: Callable[[Progress], None] | None, lock: FileLock
    ) -> Model:
        with self._held(lock):
            report = Report(self._tell, tell, identifier)
            try:
                offer = self._fresh_offer(identifier)
                report.total = offer.size
                self._check_room(offer.size)
                self._download(offer, report)
                model = self._accept(identifier, self._work / identifier, self._address(""))
            except SpeechError as error:
                status = STOPPED if isinstance(error, Halted) else FAILED
                report.end(status, error.message)
                raise
            self._clear(identifier)
            return model

    def _download(self, offer: Offer, report: Report) -> None:
        stop = self._stop_path(offer.identifier)
        stop.unlink(missing_ok=True)
        room = self._work / offer.identifier
        room.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = 0
        for file in offer.files:
            into = room / file.name
            wanted = Wanted(self._address(file.path), file.size, file.md5)

            def tick(came: int, before: int = before) -> None:
                report.at(before + came)
                if stop.exists():
                    raise Halted("The download was stopped. What came is kept.")

            if not into.exists():
                fetch(wanted, into, tick=tick, limits=self._limits)
            before += file.size
        report.at(before, is_whole=True)

    def _install_file(self, model: Path) -> Model:
        identifier = model.stem
        if not IDENTIFIER.fullmatch(identifier):
            raise NotPiperModel(
                Message(
                    '"{name}" is no name for a voice. Use letters, digits, dots, hyphens and '
                    "underscores, such as en_US-amy-medium.onnx.",
                    name=model.name[:80],
                )
            )
        if model.stat().st_size > LARGEST_MODEL:
            raise NotPiperModel(Message("{name} is too large for a voice.", name=model.name))
        read_config(model.with_name(f"{model.name}.json"))
        self._check_room(model.stat().st_size)
        with self._held(self._lock(identifier)):
            self._clear(identifier)
            room = self._work / identifier
            room.mkdir(mode=0o700, parents=True)
            try:
                shutil.copyfile(model, room / MODEL)
                shutil.copyfile(model.with_name(f"{model.name}.json"), room / CONFIG)
                if model.with_name(CARD).is_file():
                    shutil.copyfile(model.with_name(CARD), room / CARD)
                return self._accept(identifier, room, model.name)
            except OSError as error:
                raise VoiceError(
                    Message(
                        "{name} cannot be read ({reason}).",
                        name=model.name,
                        reason=error.strerror or "",
                    )
                ) from error
            finally:
                self._clear(identifier)

    def _accept(self, identifier: str, room: Path, source: str) -> Model:
        """Try the model, note its source and licence, and install it by one rename."""
        with (room / MODEL).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        card = room / CARD
        found = LICENCE.search(card.read_text("utf-8", "replace")) if card.is_file() else None
        manifest = {
            "sha256": digest,
            "licence": found.group(1).strip() if found else "",
            "source": source,
            "installed_at": time.time(),
        }
        write_whole(room / MANIFEST, json.dumps(manifest).encode())
        try:
            self._engine().try_model(read_model(room))
        except SpeechError as error:
            shutil.rmtree(room)  # what came is whole and wrong: going on with it would not help
            raise NotPiperModel(
                Message(
                    "{name} is not a voice that Piper can speak with: {reason} Nothing was "
                    "installed.",
                    name=identifier,
                    reason=error.message,
                )
            ) from error
        self._put_away(identifier)
        room.rename(self._folder / identifier)
        return read_model(self._folder / identifier)

    def _put_away(self, identifier: str) -> None:
        folder = self._folder / identifier
        if folder.exists():
            grave = Path(tempfile.mkdtemp(dir=self._work))
            folder.rename(grave / identifier)
            shutil.rmtree(grave)

    def _check_room(self, size: int) -> None:
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(self._folder).free - self._config.min_free_mb * 1024 * 1024
        if free < size:
            raise NoRoom

    def _address(self, path: str) -> str:
        return f"{self._config.voices_url.rstrip('/')}/{path}"

    # State and locks

    def _tell(self, progress: Progress) -> None:
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = json.dumps(asdict(progress)).encode()
        write_whole(self._work / f"{progress.identifier}.json", content)

    def _clear(self, identifier: str) -> None:
        shutil.rmtree(self._work / identifier, ignore_errors=True)
        (self._work / f"{identifier}.json").unlink(missing_ok=True)
        self._stop_path(identifier).unlink(missing_ok=True)

    def _known(self, identifier: str) -> None:
        if identifier not in {progress.identifier for progress in self.under_way()}:
            raise NoSuchVoice("That download is gone.")

    def _stop_path(self, identifier: str) -> Path:
        return self._work / f"{identifier}.stop"

    def _lock(self, identifier: str, timeout_s: float = 0.5) -> FileLock:
        """The lock of a voice, taken; raises Busy."""
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(self._work / f"{identifier}.lock")
        if not lock.acquire(timeout_s):
            lock.close()
            raise Busy(Message("{name} is being installed already.", name=identifier))
        return lock

    @contextmanager
    def _held(self, lock: FileLock) -> Iterator[None]:
        try:
            yield
        finally:
            lock.close()

    def _is_held(self, identifier: str) -> bool:
        try:
            self._lock(identifier, 0.0).close()
        except Busy:
            return True
        return False
