"""Settings: read once from the environment into a frozen object that is passed in."""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from dotenv import load_dotenv

PREFIX = "VOICEVERSE_"
REGISTRATION_MODES = ("invite", "open", "closed")


class ConfigError(Exception):
    """A setting that cannot be used; `sentence` names it and the remedy."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting of VoiceVerse; each is `VOICEVERSE_<NAME>` in the environment."""

    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 5000
    threads: int = 64  # of the web server; each live listener holds one
    live_listeners: int = 48  # listening to files still being made, at once
    registration: str = "invite"
    max_characters: int = 5_000_000
    min_free_mb: int = 64  # new work is refused below this much free disk
    kept_segments_mb: int = 2048  # bought sound kept for resumes and repeats
    jobs: int = 16  # files spoken at once
    jobs_per_user: int = 4
    default_voice: str = ""
    secret_key: str = ""
    log_level: str = "INFO"
    openai_api_key: str = ""
    openai_base_url: str = ""
    openai_model: str = "tts-1"
    openai_voices: tuple[str, ...] = ()
    openai_price: float | None = None  # USD per million characters, for servers without a known one
    openai_parallel: int = 8
    openai_timeout_s: float = 60.0
    session_idle_days: int = 14
    session_absolute_days: int = 30
    unrecognised: tuple[str, ...] = ()

    @property
    def database_path(self) -> Path:
        return self.data_dir / "voiceverse.db"

    @property
    def audio_dir(self) -> Path:
        return self.data_dir / "audio"

    @property
    def segments_dir(self) -> Path:
        return self.data_dir / "segments"

    @property
    def setup_link_path(self) -> Path:
        return self.data_dir / "setup_link"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read `VOICEVERSE_*` (and `OPENAI_API_KEY`) from `environ`; raises ConfigError."""
        values: dict = {}
        unrecognised = []
        known = {field.name: field for field in fields(cls) if field.name != "unrecognised"}
        for variable, text in environ.items():
            if not variable.startswith(PREFIX):
                continue
            field = known.get(variable.removeprefix(PREFIX).lower())
            if field is None:
                unrecognised.append(variable)
            elif text.strip():
                values[field.name] = _parse(variable, text.strip(), field.default)
        values.setdefault("openai_api_key", environ.get("OPENAI_API_KEY", "").strip())
        values.setdefault("openai_base_url", environ.get("OPENAI_BASE_URL", "").strip())
        config = cls(unrecognised=tuple(sorted(unrecognised)), **values)
        config._check()
        return config

    @classmethod
    def load(cls) -> "Config":
        """The settings of this process: a `.env` file beside the program, then the environment."""
        load_dotenv(Path(__file__).with_name(".env"))
        return cls.from_env()

    def _check(self) -> None:
        if self.registration not in REGISTRATION_MODES:
            raise ConfigError(
                f"VOICEVERSE_REGISTRATION is '{self.registration}'; "
                f"use one of {', '.join(REGISTRATION_MODES)}."
            )
        if not 0 <= self.port <= 65535:
            raise ConfigError(f"VOICEVERSE_PORT is {self.port}; use a number from 1 to 65535.")
        if self.live_listeners > self.threads - 4:
            raise ConfigError(
                f"VOICEVERSE_LIVE_LISTENERS ({self.live_listeners}) must leave at least 4 of "
                f"VOICEVERSE_THREADS ({self.threads}) for everything else."
            )


def _parse(variable: str, text: str, default):
    """Read `text` as the type of the setting's default."""
    if isinstance(default, Path):
        return Path(text).expanduser()
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, str):
        return text
    number = int if isinstance(default, int) else float
    try:
        value = number(text)
    except ValueError:
        raise ConfigError(f"{variable} is '{text}'; it must be a number.") from None
    if not 0 <= value < 1e12:
        raise ConfigError(f"{variable} is {text}; it must be a number from 0 up.")
    return value


def prepare_data_dir(config: Config) -> None:
    """Make the data folder and its rooms, readable by this account alone."""
    for folder in (config.data_dir, config.audio_dir, config.segments_dir):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"The data folder {folder} cannot be made ({error.strerror}); "
                "set VOICEVERSE_DATA_DIR to a folder that you may write to."
            ) from error


def load_secret_key(config: Config, *, database_exists: bool) -> bytes:
    """The key that signs cookies: from the environment, or its file, made on first start.

    A key missing beside an existing database is an accident, so it stops the program:
    a new key would sign everybody out and hide that the folder was only half restored.
    """
    if config.secret_key:
        return config.secret_key.encode()
    path = config.data_dir / "secret_key"
    if path.exists():
        key = path.read_bytes().strip()
        if len(key) < 32:
            raise ConfigError(f"{path} is shorter than 32 bytes; restore it from a backup.")
        return key
    if database_exists:
        raise ConfigError(
            f"{path} is missing beside an existing database. Restore it from a backup, or make "
            f"a new one, which signs everybody out: {_remake_command(path)}"
        )
    return write_private(path, secrets.token_hex(32).encode())


def _remake_command(path: Path) -> str:
    python = Path(sys.executable).name
    return f'(umask 077; {python} -c "import secrets; print(secrets.token_hex(32))" > {path})'


def write_private(path: Path, content: bytes) -> bytes:
    """Write a new file of mode 0600; an existing one is kept and returned instead."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return content
