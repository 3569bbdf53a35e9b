"""Neural voices of this machine: installed, stopped, removed, and looked up in the catalogue."""

import errno
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from common.errors import AppError, Message
from config import Config
from services.voice_catalogue import (
    LARGEST_LIST,
    LARGEST_MODEL,
    NATURAL,
    Catalogue,
    Offer,
    bundled_catalogue,
    natural_offers,
    read_list,
)
from services.voice_choice import SPOKEN, best_offer, is_the_best, language_of
from services.voice_downloads import (
    Limits,
    NoRoom,
    NotFetched,
    VoiceError,
    Wanted,
    fetch,
    fetch_whole,
)
from services.voice_folders import InstalledVoice, NaturalFolder, PiperFolder, natural_voice_of
from services.voice_progress import FAILED, STOPPED, Progress, Report, write_whole
from services.voice_work import LIST, Busy, WorkFolder
from speech.engines import natural_voices
from speech.engines.piper import PiperEngine
from speech.engines.piper_models import CARD, CONFIG, IDENTIFIER, MODEL, NotPiperModel, read_config
from speech.errors import SpeechError
from speech.registry import Registry
from storage.file_locks import FileLock

WORK = ".work"
INCOMING = "incoming"
LIST_S = 24 * 3600
LIST_LOCK = ".list"  # no voice can be called that
LARGEST_SAMPLE = 4_000_000
MP3_STARTS = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")
FULL = (errno.ENOSPC, errno.EDQUOT)
# What is in the folder of voices beside Piper's, which none of them may take the place of.
TAKEN = frozenset((natural_voices.FOLDER, INCOMING, *natural_voices.VOICES))


class NoSuchVoice(VoiceError):
    """A name that is neither in the catalogue nor installed."""

    status = 404


class AlreadyInstalled(VoiceError):
    """The voice is here."""

    status = 409


class Halted(VoiceError):
    """An admin stopped the download."""

    status = 409


class Voices:
    """The folder of neural voices; keeps nothing in memory, so any process may ask."""

    def __init__(self, config: Config, registry: Registry, limits: Limits | None = None) -> None:
        self._config, self._limits = config, limits
        self._folder = config.voices_dir
        self._work = WorkFolder(self._folder / WORK)
        self._piper = PiperFolder(self._folder, self._work.path, registry)
        self._natural = NaturalFolder(self._folder, registry)

    # What there is

    def installed(self) -> tuple[InstalledVoice, ...]:
        """The installed voices, the natural family first, then by language and name."""
        return (*self._natural.installed(), *self._piper.installed())

    def has(self, identifier: str) -> bool:
        """Whether a voice is installed."""
        return self._folder_of(identifier).has(identifier)

    def missing(self) -> frozenset[str]:
        """The engines whose voices cannot be installed here: they do not run on this machine."""
        found = set()
        for name, folder in ((NATURAL, self._natural), (PiperEngine.name, self._piper)):
            try:
                folder.engine()
            except SpeechError:
                found.add(name)
        return frozenset(found)

    def offers(self) -> tuple[Offer, ...]:
        """The voices that could speak on this machine, installed or not, natural ones first."""
        missing = self.missing()
        every = (*natural_offers(), *self.catalogue().offers)
        return tuple(offer for offer in every if offer.engine not in missing)

    def catalogue(self) -> Catalogue:
        """Piper's catalogue: the server's list as it was fetched last, else the one here."""
        path = self._work.path / LIST
        try:
            return _read(path, path.stat().st_mtime)
        except (OSError, VoiceError):
            return bundled_catalogue()

    def best(self, language: str) -> Offer | None:
        """The best of Piper's voices of a language, as far as the list here can tell."""
        catalogue = self.catalogue()
        offer = best_offer(catalogue.offers, language)
        is_sure = catalogue is not bundled_catalogue() or (offer and is_the_best(offer))
        return offer if is_sure else None

    def may_have(self, language: str) -> bool:
        """Whether Piper has a voice of a language, here or on the list that is still to come."""
        is_fetched = self.catalogue() is not bundled_catalogue()
        is_known = not is_fetched and language_of(language) in SPOKEN
        return is_known or self.best(language) is not None

    def refresh(self) -> Catalogue:
        """Fetch the server's list; raises VoiceError, Busy while somebody does."""
        try:
            lock = self._work.lock(LIST_LOCK, 0.0)
        except Busy as error:
            raise Busy("The list is being fetched right now. Wait a moment.") from error
        with self._work.held(lock), _as_voice_errors():
            content = fetch_whole(self._address(LIST), LARGEST_LIST, self._limits)
            read_list(content)
            write_whole(self._work.path / LIST, content)
        return self.catalogue()

    def sample(self, identifier: str) -> bytes:
        """The server's recording of one of Piper's voices, an MP3. Raises VoiceError."""
        offer = self.catalogue().find(identifier)
        if offer is None:
            raise _not_listed(identifier)
        sound = fetch_whole(self._address(offer.sample), LARGEST_SAMPLE, self._limits)
        if not sound.startswith(MP3_STARTS):
            raise NotFetched(
                Message("The server has no recording of {name}.", name=offer.identifier)
            )
        return sound

    def under_way(self) -> list[Progress]:
        """The downloads that run, failed or were stopped; one that was killed counts as stopped."""
        return self._work.under_way()

    # Installing

    def start(self, identifier: str) -> None:
        """Install a voice in the background; `under_way` tells how it goes. Raises VoiceError."""
        offer = self._offer(identifier)
        self._folder_of(identifier).engine()
        lock = self._work.lock(identifier, 0.0)
        if self.has(identifier):
            with self._work.held(lock):
                self._work.clear(identifier)
            raise AlreadyInstalled(Message("{name} is already installed.", name=offer.label))
        try:
            with _as_voice_errors():
                self._work.stop_path(identifier).unlink(missing_ok=True)
                self._work.tell(Progress(identifier, 0, offer.size))
        except VoiceError:
            lock.close()
            raise
        arguments = (identifier, None, lock)
        threading.Thread(target=self._quietly, args=arguments, daemon=True).start()

    def start_best(self, language: str) -> Offer:
        """Install the best voice of a language in the background, by Piper's list; returns it.

        Fetches the list where the one here has none. Raises VoiceError.
        """
        self._piper.engine()
        offer = self.best(language) or best_offer(self.refresh().offers, language)
        if offer is None:
            raise NoSuchVoice("The list has no voice for this language.")
        with suppress(Busy, AlreadyInstalled):  # it is what was asked for
            self.start(offer.identifier)
        return offer

    def install(
        self, identifier: str, tell: Callable[[Progress], None] | None = None
    ) -> InstalledVoice:
        """Download a voice and keep it; a broken download is resumed. Raises VoiceError."""
        self._folder_of(identifier).engine()
        self._fresh_offer(identifier)
        lock = self._work.lock(identifier)
        self._work.stop_path(identifier).unlink(missing_ok=True)
        return self._install(identifier, tell, lock)

    def install_from(self, path: Path) -> list[InstalledVoice]:
        """Keep the voice of a file here, or every voice of a folder. Raises SpeechError."""
        with _as_voice_errors(path.name):
            models = sorted(path.rglob("*.onnx")) if path.is_dir() else [path]
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
        with _as_voice_errors():
            self._work.stop_path(identifier).touch()

    def forget(self, identifier: str) -> None:
        """Drop what came of a download that does not run. Raises NoSuchVoice, Busy."""
        self._known(identifier)
        with self._work.held(self._work.lock(identifier)):
            self._work.clear(identifier)

    def remove(self, identifier: str) -> None:
        """Remove an installed voice. Raises NoSuchVoice, Busy."""
        if not self.has(identifier):
            raise NoSuchVoice(
                Message('No voice named "{name}" is installed.', name=identifier[:80])
            )
        with self._work.held(self._work.lock(identifier)), _as_voice_errors():
            self._folder_of(identifier).remove(identifier)

    # How it is done

    def _folder_of(self, identifier: str) -> PiperFolder | NaturalFolder:
        return self._natural if identifier in natural_voices.VOICES else self._piper

    def _offer(self, identifier: str) -> Offer:
        every = (*natural_offers(), *self.catalogue().offers)
        for offer in every:
            if offer.identifier == identifier:
                return offer
        raise _not_listed(identifier)

    def _fresh_offer(self, identifier: str) -> Offer:
        """The offer by a list that is at most a day old, if the server has a list."""
        path = self._work.path / LIST
        is_listed = identifier not in natural_voices.VOICES
        if is_listed and not (path.exists() and time.time() - path.stat().st_mtime <= LIST_S):
            with suppress(NotFetched, Busy):
                self.refresh()
        return self._offer(identifier)

    def _quietly(self, identifier: str, tell: None, lock: FileLock) -> None:
        with suppress(AppError):  # it stands in the state, which is what people see
            self._install(identifier, tell, lock)

    def _install(
        self, identifier: str, tell: Callable[[Progress], None] | None, lock: FileLock
    ) -> InstalledVoice:
        with self._work.held(lock):
            report = Report(self._work.tell, tell, identifier)
            try:
                with _as_voice_errors():
                    offer = self._fresh_offer(identifier)
                    report.total = offer.size
                    self._check_room(offer.size)
                    self._download(offer, report)
                    room = self._work.room(identifier)
                    source = self._address("")
                    installed = self._folder_of(identifier).accept(identifier, room, source)
            except SpeechError as error:
                status = STOPPED if isinstance(error, Halted) else FAILED
                with suppress(OSError):  # a full disk takes no note either
                    report.end(status, error.message)
                raise
            self._work.clear(identifier)
            return installed

    def _download(self, offer: Offer, report: Report) -> None:
        stop = self._work.stop_path(offer.identifier)
        room = self._work.room(offer.identifier)
        room.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = 0
        for file in offer.files:
            into = room / file.name
            address = self._address(file.path, offer.identifier)
            wanted = Wanted(address, file.size, file.md5, file.sha256)

            def tick(came: int, before: int = before) -> None:
                report.at(before + came)
                if stop.exists():
                    raise Halted("The download was stopped. What has arrived is kept.")

            if not into.exists():
                fetch(wanted, into, tick=tick, limits=self._limits)
            before += file.size
        report.at(before, is_whole=True)

    def _install_file(self, model: Path) -> InstalledVoice:
        natural = natural_voice_of(model)
        identifier = natural.name if natural else model.stem
        self._folder_of(identifier).engine()
        beside = model.with_name(f"{model.name}.json")
        if not natural:
            _check_piper_file(model, beside)
        self._check_room(model.stat().st_size)
        with self._work.held(self._work.lock(identifier)):
            self._work.clear(identifier)
            room = self._work.room(identifier)
            room.mkdir(mode=0o700, parents=True)
            try:
                shutil.copyfile(model, room / MODEL)
                for path, name in ((beside, CONFIG), (model.with_name(CARD), CARD)):
                    if not natural and path.is_file():
                        shutil.copyfile(path, room / name)
                return self._folder_of(identifier).accept(identifier, room, model.name)
            finally:
                self._work.clear(identifier)

    def _check_room(self, size: int) -> None:
        self._work.make()
        free = shutil.disk_usage(self._folder).free - self._config.min_free_mb * 1024 * 1024
        if free < size:
            raise NoRoom

    def _address(self, path: str, identifier: str = "") -> str:
        is_natural = identifier in natural_voices.VOICES
        url = self._config.natural_voices_url if is_natural else self._config.voices_url
        return f"{url.rstrip('/')}/{path}"

    def _known(self, identifier: str) -> None:
        if identifier not in {progress.identifier for progress in self.under_way()}:
            raise NoSuchVoice("That download no longer exists.")


@lru_cache(maxsize=2)
def _read(path: Path, changed_at: float) -> Catalogue:
    day = time.strftime("%Y-%m-%d", time.gmtime(changed_at))
    return Catalogue(read_list(path.read_bytes()), day)


def _not_listed(identifier: str) -> NoSuchVoice:
    return NoSuchVoice(
        Message(
            'The list has no voice named "{name}". Refresh the list, then try again.',
            name=identifier[:80],
        )
    )


def _check_piper_file(model: Path, config: Path) -> None:
    if not IDENTIFIER.fullmatch(model.stem) or model.stem in TAKEN:
        raise NotPiperModel(
            Message(
                '"{name}" is not a valid voice name. Use letters, digits, dots, hyphens '
                "and underscores, such as en_US-amy-medium.onnx.",
                name=model.name[:80],
            )
        )
    if model.stat().st_size > LARGEST_MODEL:
        raise NotPiperModel(Message("{name} is too large for a voice.", name=model.name))
    read_config(config)


@contextmanager
def _as_voice_errors(name: str = "") -> Iterator[None]:
    """Turn what the disk refuses into a VoiceError."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoRoom from error
        reason = error.strerror or ""
        told = Message("The voice cannot be stored ({reason}).", reason=reason)
        if name:
            told = Message("{name} cannot be read or stored ({reason}).", name=name, reason=reason)
        raise VoiceError(told) from error
