"""Settings: read once from the environment into a frozen object that is passed in."""

import os
import re
import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import load_dotenv

from common import path_errors
from common.cores import usable_cores
from common.errors import AppError
from common.ip_address import address, networks
from common.program_start import module_arguments

PREFIX = "VOICEVERSE_"
REGISTRATION_MODES = ("invite", "open", "closed")
SWITCH = ("on", "off")
AUTO_SWITCH = ("auto", *SWITCH)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
HOURS = ("off", *map(str, range(24)))
SHORTEST_KEY_BYTES = 32
SHORTEST_TOKEN = 16
MOST_WEB_PROCESSES, MOST_UNASKED = 32, 8
HOST_NAME = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
ABOVE_ZERO = (
    "threads", "live_listeners", "max_characters", "max_upload_mb", "exports_mb", "jobs",
    "jobs_per_user", "neural_memory_mb", "openai_parallel", "openai_timeout_s",
    "session_idle_days", "session_absolute_days", "bin_days", "backup_days",
)  # fmt: skip

# What a process needs that only asks a provider: proxies, certificates, the account's own names.
PROVIDER_VARIABLES = (
    "PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID",
)  # fmt: skip


class ConfigError(AppError):
    """A setting that cannot be used; `message` names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting of VoiceVerse; each is `VOICEVERSE_<NAME>` in the environment."""

    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 5000
    web_processes: int = 0  # that serve pages; 0: one for each core, up to eight
    threads: int = 32  # of them all together; each live listener brings one of its own
    live_listeners: int = 48  # listening to files still being made, at once
    registration: str = "invite"
    max_characters: int = 5_000_000
    max_upload_mb: int = 100  # of each imported file
    web_import: str = "on"  # whether people may import web addresses
    tesseract: str = "auto"  # path of the program that reads scanned pages; auto: looked for; off
    min_free_mb: int = 64  # new work is refused below this much free disk
    kept_segments_mb: int = 2048  # bought sound kept for resumes and repeats
    exports_mb: int = 4096  # downloads in other formats, kept until others need the room
    jobs: int = 16  # files spoken at once
    jobs_per_user: int = 4
    default_voice: str = ""
    secret_key: str = field(default="", repr=False)
    log_level: str = "INFO"
    request_log: str = "auto"  # a line for each request on standard error; auto: unless a terminal
    security_log_days: int = 90  # that admins may choose at most; 0 keeps it for ever
    bin_days: int = 90  # at most, likewise
    metrics_token: str = field(default="", repr=False)
    backup_hour: str = "3"  # of the day, in local time; or off
    backup_days: int = 31  # of which a backup stays, at most
    voices_url: str = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
    natural_voices_url: str = "https://huggingface.co/maureesewilliams/hibari/resolve/main/voices"
    neural_memory_mb: int = 2048  # for the models of neural voices
    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = ""
    openai_model: str = "tts-1"
    openai_voices: tuple[str, ...] = ()
    openai_price: float | None = None  # USD per million characters, for servers without a known one
    openai_parallel: int = 8
    openai_timeout_s: float = 60.0
    session_idle_days: int = 14
    session_absolute_days: int = 30
    trusted_proxies: tuple[str, ...] = ()  # addresses and networks whose X-Forwarded-* count
    x_accel_redirect: str = "off"  # whether those proxies send stored files themselves
    trusted_hosts: tuple[str, ...] = ()  # names it answers to; a leading dot: all below that one
    storage_mb_per_user: int = 0  # sound and texts that one person keeps, the bin's too; 0: any
    daily_characters_per_user: int = 0  # 0: any number
    requests_per_minute: int = 6000  # of one person; 0: any number, as for the two below
    changes_per_minute: int = 600  # of one person
    strangers_per_minute: int = 600  # of everybody at one address who is not logged in
    unrecognised: tuple[str, ...] = ()

    @property
    def web_process_count(self) -> int:
        """Number of processes that serve pages."""
        return self.web_processes or min(usable_cores(), MOST_UNASKED)

    @property
    def database_path(self) -> Path:
        return self.data_dir / "voiceverse.db"

    @property
    def audio_dir(self) -> Path:
        return self.data_dir / "audio"

    @property
    def exports_dir(self) -> Path:
        return self.data_dir / "exports"

    @property
    def segments_dir(self) -> Path:
        return self.data_dir / "segments"

    @property
    def voices_dir(self) -> Path:
        return self.data_dir / "voices"

    @property
    def imports_dir(self) -> Path:
        return self.data_dir / "imports"

    @property
    def setup_link_path(self) -> Path:
        return self.data_dir / "setup_link"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read `VOICEVERSE_*` (and `OPENAI_API_KEY`) from `environ`; raises ConfigError."""
        values: dict[str, Any] = {}
        unrecognised = []
        known = {PREFIX + entry.name.upper(): entry for entry in fields(cls)}
        del known[PREFIX + "UNRECOGNISED"]
        for variable, text in environ.items():
            if not variable.startswith(PREFIX):
                continue
            entry = known.get(variable)
            if entry is None:
                unrecognised.append(variable)
            elif text.strip():
                values[entry.name] = _parse(variable, text.strip(), entry.default)
        for name in ("openai_api_key", "openai_base_url"):
            values.setdefault(name, environ.get(name.upper(), "").strip())
        values["log_level"] = values.get("log_level", cls().log_level).upper()
        config = cls(unrecognised=tuple(sorted(unrecognised)), **values)
        config._check()
        return config

    @classmethod
    def load(cls) -> "Config":
        """The settings of this process: a `.env` file beside the program, then the environment."""
        path = env_file()
        try:
            load_dotenv(path)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} cannot be read ({error}); write it as UTF-8.") from error
        return cls.from_env()

    def _check(self) -> None:
        _check_choice("REGISTRATION", self.registration, REGISTRATION_MODES)
        _check_choice("WEB_IMPORT", self.web_import, SWITCH)
        _check_choice("LOG_LEVEL", self.log_level, LOG_LEVELS)
        _check_choice("REQUEST_LOG", self.request_log, AUTO_SWITCH)
        _check_choice("BACKUP_HOUR", self.backup_hour, HOURS)
        _check_choice("X_ACCEL_REDIRECT", self.x_accel_redirect, SWITCH)
        for name in ABOVE_ZERO:
            if getattr(self, name) <= 0:
                raise ConfigError(f"{PREFIX}{name.upper()} is 0; use a number above 0.")
        if self.port > 65535:
            raise ConfigError(f"VOICEVERSE_PORT is {self.port}; use a number from 1 to 65535.")
        _check_proxies(self.trusted_proxies)
        _check_hosts(self.trusted_hosts)
        if any(character.isspace() or character == "/" for character in self.host):
            raise ConfigError(
                f"VOICEVERSE_HOST is '{self.host}'; use an address or a name of this machine "
                "alone, such as 0.0.0.0."
            )
        if self.web_processes > MOST_WEB_PROCESSES:
            raise ConfigError(
                f"VOICEVERSE_WEB_PROCESSES is {self.web_processes}; use a number up to "
                f"{MOST_WEB_PROCESSES}, or 0 for one for each core."
            )
        if self.openai_base_url and not _is_web_address(self.openai_base_url):
            raise ConfigError(
                f"The base URL of the OpenAI engine is '{self.openai_base_url}'; it must look like "
                "https://host/v1."
            )
        for name in ("voices_url", "natural_voices_url"):
            if not _is_web_address(getattr(self, name)):
                raise ConfigError(
                    f"{PREFIX}{name.upper()} is '{getattr(self, name)}'; it must look like "
                    "https://host/voices."
                )
        if not all("!" <= character <= "~" for character in self.openai_api_key):
            raise ConfigError(
                "The OpenAI API key holds spaces or characters that no key has. Copy it again."
            )
        if self.metrics_token and len(self.metrics_token) < SHORTEST_TOKEN:
            raise ConfigError(
                f"VOICEVERSE_METRICS_TOKEN is shorter than {SHORTEST_TOKEN} characters; make a "
                "longer one."
            )
        if self.secret_key:
            _check_key_length(
                "VOICEVERSE_SECRET_KEY", self.secret_key.encode(), "make a longer one"
            )


def env_file() -> Path:
    """Where settings may stand beside the program."""
    return Path(__file__).with_name(".env")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{PREFIX}{name} is '{value}'; use one of {', '.join(choices)}.")


def _check_proxies(texts: tuple[str, ...]) -> None:
    for text in texts:
        try:
            networks([text])
        except ValueError:
            raise ConfigError(
                f"VOICEVERSE_TRUSTED_PROXIES holds '{text}'; use addresses and networks, such as "
                "127.0.0.1 or 10.0.0.0/8."
            ) from None


def _check_hosts(names: tuple[str, ...]) -> None:
    for name in names:
        if not HOST_NAME.fullmatch(name) and address(name) is None:
            raise ConfigError(
                f"VOICEVERSE_TRUSTED_HOSTS holds '{name}'; use names without port, such as "
                "voice.example.org, or .example.org for all below it."
            )


def _check_key_length(name: str | Path, key: bytes, remedy: str) -> None:
    if len(key) < SHORTEST_KEY_BYTES:
        raise ConfigError(f"{name} is shorter than {SHORTEST_KEY_BYTES} bytes; {remedy}.")


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _parse(variable: str, text: str, default: object) -> object:
    """Read `text` as the type of the setting's default."""
    if any(ord(character) < 0x20 or 0xD800 <= ord(character) < 0xE000 for character in text):
        raise ConfigError(f"{variable} holds a control character or is not UTF-8; write it again.")
    if isinstance(default, Path):
        try:
            return Path(text).expanduser()
        except RuntimeError:
            raise ConfigError(f"{variable} is '{text}'; there is no such person here.") from None
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, str):
        return text
    kind = "whole number" if isinstance(default, int) else "number"
    try:
        value = int(text) if isinstance(default, int) else float(text)
    except ValueError:
        raise ConfigError(f"{variable} is '{text}'; it must be a {kind}.") from None
    if not 0 <= value < 1e12:
        raise ConfigError(f"{variable} is {text}; it must be a {kind} from 0 up.")
    return value


def provider_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The part of the environment that a process needs which only asks a provider; no keys."""
    return {name: environ[name] for name in PROVIDER_VARIABLES if name in environ}


def program_command(module: str) -> list[str]:
    """Command of a program of ours; it finds its modules whatever folder it is started in."""
    return [sys.executable, "-P", *module_arguments(module, Path(__file__).resolve().parent)]


def prepare_data_dir(config: Config) -> None:
    """Make the data folder and its rooms, readable by this account alone."""
    check_data_path(config)
    for folder in (config.data_dir, config.audio_dir, config.segments_dir, config.imports_dir):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"The data folder {path_errors.shortened(folder)} cannot be made "
                f"({error.strerror}). {path_errors.remedy(error)}"
            ) from error


def check_data_path(config: Config) -> None:
    """Raise ConfigError for a path that cannot be used, before anything below it is looked at."""
    try:
        config.data_dir.stat()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ConfigError(
            f"The data folder {path_errors.shortened(config.data_dir)} cannot be used "
            f"({error.strerror}). {path_errors.remedy(error)}"
        ) from error
    if path_errors.is_too_long(config.database_path):
        raise ConfigError(
            f"The path of the data folder {path_errors.shortened(config.data_dir)} has "
            f"{len(os.fsencode(os.path.realpath(config.data_dir)))} bytes, which is too long for "
            f"the database. Set VOICEVERSE_DATA_DIR to a folder with a path of up to "
            f"{path_errors.LONGEST - len(config.database_path.name) - 1} bytes."
        )


def holds_sound(config: Config) -> bool:
    """Whether there is sound, whole or still growing."""
    return config.audio_dir.is_dir() and any(config.audio_dir.glob("*.mp3*"))


def refuse_lost_database(config: Config, *, is_empty: bool) -> None:
    """Raise ConfigError when there is sound but no database: an empty one would hide the loss."""
    if is_empty and holds_sound(config):
        raise ConfigError(
            f"{config.database_path} is missing or empty, but {config.audio_dir} holds the sound "
            "of earlier pieces. Restore the database from a backup; run a move from the JSON "
            "version again that was cut off; or move the sound away to start anew."
        )


def load_secret_key(config: Config, *, database_exists: bool) -> bytes:
    """The key that signs cookies: from the environment, or its file, made on first start.

    A key missing beside a database of this release is an accident, so it stops the program:
    a new key would sign everybody out and hide that the folder was only half restored. The
    release before had none, so its database does not count.
    """
    if config.secret_key:
        _check_key_length("The secret key", config.secret_key.encode(), "make a longer one")
        return config.secret_key.encode()
    path = config.data_dir / "secret_key"
    if database_exists and not path.exists():
        raise ConfigError(
            f"{path} is missing beside an existing database. Restore it from a backup, or make "
            f"a new one, which signs everybody out: {remake_command(path)}"
        )
    try:
        if not path.exists():
            return write_private(path, secrets.token_hex(32).encode())
        key = path.read_bytes().strip()
    except IsADirectoryError:
        raise ConfigError(
            f"{path} is a folder where the key should be. Move it away; then restore the key from "
            f"a backup, or make a new one, which signs everybody out: {remake_command(path)}"
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be used ({error.strerror}); check who owns it and the room on the disk."
        ) from error
    _check_key_length(path, key, "restore it from a backup")
    return key


def remake_command(path: Path) -> str:
    """What makes a new key there, on the command line."""
    command = f'{shlex.quote(sys.executable)} -c "import secrets; print(secrets.token_hex(32))"'
    return f"(umask 077; {command} > {shlex.quote(str(path))})"


def write_private(path: Path, content: bytes) -> bytes:
    """Write a new file of mode 0600; an existing one is kept and returned instead.

    The file gets its name when it is whole: nobody reads half a key, and no kill leaves one.
    """
    while True:
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, path)
        except FileExistsError:
            return path.read_bytes().strip()
        except FileNotFoundError:  # a worker that starts clears away what it takes for left behind
            continue
        finally:
            part.unlink(missing_ok=True)
        return content
