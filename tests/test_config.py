import dataclasses
import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import config as module
from config import (
    Config,
    ConfigError,
    load_secret_key,
    prepare_data_dir,
    provider_environment,
    write_private,
)

KEY = "k" * 32
SETTINGS = {
    "DATA_DIR": ("/srv/voice", Path("/srv/voice")),
    "HOST": ("0.0.0.0", "0.0.0.0"),  # noqa: S104
    "PORT": ("8080", 8080),
    "WEB_PROCESSES": ("3", 3),
    "THREADS": ("100", 100),
    "TRUSTED_PROXIES": ("127.0.0.1, 10.0.0.0/8", ("127.0.0.1", "10.0.0.0/8")),
    "X_ACCEL_REDIRECT": ("on", "on"),
    "TRUSTED_HOSTS": ("voice.example.org, .example.net", ("voice.example.org", ".example.net")),
    "STORAGE_MB_PER_USER": ("500", 500),
    "DAILY_CHARACTERS_PER_USER": ("100000", 100_000),
    "REQUESTS_PER_MINUTE": ("100", 100),
    "CHANGES_PER_MINUTE": ("0", 0),
    "STRANGERS_PER_MINUTE": ("10", 10),
    "LIVE_LISTENERS": ("12", 12),
    "REGISTRATION": ("open", "open"),
    "MAX_CHARACTERS": ("1000", 1000),
    "MAX_UPLOAD_MB": ("5", 5),
    "WEB_IMPORT": ("off", "off"),
    "TESSERACT": ("/opt/bin/tesseract", "/opt/bin/tesseract"),
    "MIN_FREE_MB": ("0", 0),
    "KEPT_SEGMENTS_MB": ("0", 0),
    "EXPORTS_MB": ("9", 9),
    "JOBS": ("2", 2),
    "JOBS_PER_USER": ("1", 1),
    "DEFAULT_VOICE": ("espeak:gmw/en", "espeak:gmw/en"),
    "SECRET_KEY": (KEY, KEY),
    "LOG_LEVEL": ("debug", "DEBUG"),
    "REQUEST_LOG": ("off", "off"),
    "SECURITY_LOG_DAYS": ("0", 0),
    "METRICS_TOKEN": ("t" * 16, "t" * 16),
    "BACKUP_HOUR": ("off", "off"),
    "VOICES_URL": ("http://127.0.0.1/voices", "http://127.0.0.1/voices"),
    "NATURAL_VOICES_URL": ("http://127.0.0.1/natural", "http://127.0.0.1/natural"),
    "NEURAL_MEMORY_MB": ("700", 700),
    "OPENAI_API_KEY": ("sk-1", "sk-1"),
    "OPENAI_BASE_URL": ("http://127.0.0.1:8880/v1", "http://127.0.0.1:8880/v1"),
    "OPENAI_MODEL": ("kokoro", "kokoro"),
    "OPENAI_VOICES": (" a, b ,,c ", ("a", "b", "c")),
    "OPENAI_PRICE": ("1.5", 1.5),
    "OPENAI_PARALLEL": ("3", 3),
    "OPENAI_TIMEOUT_S": ("0.5", 0.5),
    "BIN_DAYS": ("5", 5),
    "BACKUP_DAYS": ("3", 3),
    "SESSION_IDLE_DAYS": ("1", 1),
    "SESSION_ABSOLUTE_DAYS": ("2", 2),
}


def test_nothing_set_gives_the_defaults():
    assert Config.from_env({}) == Config()


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_read_from_its_variable(name):
    text, value = SETTINGS[name]
    config = Config.from_env({f"VOICEVERSE_{name}": f" {text} "})
    assert getattr(config, name.lower()) == value
    assert config.unrecognised == ()


def test_every_setting_is_looked_at_here():
    names = {field.name.upper() for field in dataclasses.fields(Config)} - {"UNRECOGNISED"}
    assert names == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_blank_setting_means_the_default(name):
    assert Config.from_env({f"VOICEVERSE_{name}": "  "}) == Config()


@pytest.mark.parametrize(
    "name", ["VOICEVERSE_PROT", "VOICEVERSE_port", "VOICEVERSE_UNRECOGNISED", "VOICEVERSE_"]
)
def test_an_unrecognised_name_is_reported(name):
    config = Config.from_env({name: "1", "PORT": "2", "voiceverse_port": "3"})
    assert config.unrecognised == (name,)
    assert config.port == 5000


WRONG = [
    ("PORT", "80a", "must be a whole number"),
    ("PORT", "1e3", "must be a whole number"),
    ("PORT", "-1", "from 0 up"),
    ("PORT", "65536", "from 1 to 65535"),
    ("JOBS", "1.5", "must be a whole number"),
    ("JOBS", "9" * 30, "from 0 up"),
    ("OPENAI_PRICE", "nan", "from 0 up"),
    ("OPENAI_PRICE", "inf", "from 0 up"),
    ("OPENAI_PRICE", "-0.1", "from 0 up"),
    ("OPENAI_PRICE", "free", "must be a number"),
    ("THREADS", "0", "above 0"),
    ("LIVE_LISTENERS", "0", "above 0"),
    ("MAX_CHARACTERS", "0", "above 0"),
    ("JOBS", "0", "above 0"),
    ("JOBS_PER_USER", "0", "above 0"),
    ("OPENAI_PARALLEL", "0", "above 0"),
    ("OPENAI_TIMEOUT_S", "0", "above 0"),
    ("SESSION_IDLE_DAYS", "0", "above 0"),
    ("SESSION_ABSOLUTE_DAYS", "0", "above 0"),
    ("WEB_PROCESSES", "33", "use a number up to 32, or 0 for one for each core"),
    ("REGISTRATION", "maybe", "use one of invite, open, closed"),
    ("WEB_IMPORT", "yes", "use one of on, off"),
    ("X_ACCEL_REDIRECT", "yes", "use one of on, off"),
    ("LOG_LEVEL", "LOUD", "use one of DEBUG, INFO"),
    ("BACKUP_HOUR", "24", "use one of off, 0, 1"),
    ("REQUEST_LOG", "maybe", "use one of auto, on, off"),
    ("METRICS_TOKEN", "short", "shorter than 16 characters"),
    ("HOST", "http://localhost", "an address or a name"),
    ("HOST", "local host", "an address or a name"),
    ("TRUSTED_PROXIES", "127.0.0.1, proxy", "use addresses and networks"),
    ("TRUSTED_PROXIES", "*", "use addresses and networks"),
    ("TRUSTED_HOSTS", "https://voice.example.org", "names without port"),
    ("TRUSTED_HOSTS", "voice.example.org:80", "names without port"),
    ("TRUSTED_HOSTS", "*", "names without port"),
    ("DATA_DIR", "~nobody-of-that-name/x", "no such person"),
    ("DATA_DIR", "/srv/a\nb", "control character"),
    ("DEFAULT_VOICE", "\udcff", "not UTF-8"),
    ("OPENAI_BASE_URL", "localhost:8880", "https://host/v1"),
    ("OPENAI_BASE_URL", "ftp://host/v1", "https://host/v1"),
    ("OPENAI_BASE_URL", "https:///v1", "https://host/v1"),
    ("OPENAI_BASE_URL", "http://host:99999/", "https://host/v1"),
    ("OPENAI_BASE_URL", "http://[::1/v1", "https://host/v1"),
    ("OPENAI_API_KEY", "sk-1 sk-2", "Copy it again"),
    ("OPENAI_API_KEY", "sk-é", "Copy it again"),
    ("SECRET_KEY", "changeme", "shorter than 32 bytes"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), WRONG)
def test_a_wrong_setting_is_refused_by_name_with_a_remedy(name, text, sentence):
    with pytest.raises(ConfigError) as caught:
        Config.from_env({f"VOICEVERSE_{name}": text})
    assert sentence in caught.value.message
    assert caught.value.message.endswith(".")
    assert f"VOICEVERSE_{name}" in caught.value.message or "OpenAI" in caught.value.message


@pytest.mark.parametrize("name", ["SECRET_KEY", "OPENAI_API_KEY"])
def test_a_refused_secret_is_not_repeated(name):
    with pytest.raises(ConfigError) as caught:
        Config.from_env({f"VOICEVERSE_{name}": "hush hush"})
    assert "hush" not in caught.value.message


def test_secrets_stay_out_of_logs():
    config = Config.from_env({"VOICEVERSE_SECRET_KEY": KEY, "OPENAI_API_KEY": "sk-secret"})
    assert KEY not in repr(config)
    assert "sk-secret" not in repr(config)


def test_the_providers_own_variables_are_read_unless_ours_are_set():
    theirs = {"OPENAI_API_KEY": "sk-theirs", "OPENAI_BASE_URL": "https://theirs/v1"}
    config = Config.from_env(theirs)
    assert (config.openai_api_key, config.openai_base_url) == ("sk-theirs", "https://theirs/v1")
    ours = {"VOICEVERSE_OPENAI_API_KEY": "sk-ours"}
    assert Config.from_env(theirs | ours).openai_api_key == "sk-ours"


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().port = 1


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Pretend that the program lies in a folder of its own, with no settings around it."""
    monkeypatch.setattr(module, "__file__", str(tmp_path / "config.py"))
    for name in list(os.environ):
        if name.startswith("VOICEVERSE_"):
            monkeypatch.delenv(name)
    # Set and taken away again, so that what load_dotenv puts there is undone with the test.
    monkeypatch.setenv("VOICEVERSE_PORT", "")
    monkeypatch.delenv("VOICEVERSE_PORT")
    return tmp_path


def test_a_program_of_ours_starts_from_any_folder_though_its_own_has_a_colon(program, monkeypatch):
    house = program / "C:" / "voice verse"
    (house / "server").mkdir(parents=True)
    (house / "server" / "hello.py").write_text("import sys\nprint(__name__, sys.argv[1:])\n")
    monkeypatch.setattr(module, "__file__", str(house / "config.py"))
    command = [*module.program_command("server.hello"), "a b"]
    said = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True).stdout
    assert said == "__main__ ['a b']\n"


def test_a_file_beside_the_program_is_read(program):
    (program / ".env").write_text("VOICEVERSE_PORT=7001\n")
    assert Config.load().port == 7001


def test_the_environment_wins_over_the_file(program, monkeypatch):
    (program / ".env").write_text("VOICEVERSE_PORT=7001\n")
    monkeypatch.setenv("VOICEVERSE_PORT", "7002")
    assert Config.load().port == 7002


def test_a_file_that_is_not_text_is_named(program):
    (program / ".env").write_bytes(b"\xff\xfeV\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        Config.load()


# The data folder


def test_the_data_folder_is_made_for_this_account_alone(tmp_path):
    config = Config(data_dir=tmp_path / "new" / "data")
    for _ in range(2):
        prepare_data_dir(config)
    for folder in (config.data_dir, config.audio_dir, config.segments_dir, config.imports_dir):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in (config.database_path, config.setup_link_path):
        assert path.parent == config.data_dir


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "data").touch()
    with pytest.raises(ConfigError, match="VOICEVERSE_DATA_DIR"):
        prepare_data_dir(Config(data_dir=tmp_path / "data"))


# The secret key


@pytest.fixture
def data(tmp_path):
    return Config(data_dir=tmp_path)


def key_file(config):
    return config.data_dir / "secret_key"


def test_the_key_is_made_once_for_this_account_alone(data):
    key = load_secret_key(data, database_exists=False)
    assert len(key) == 64
    assert stat.S_IMODE(key_file(data).stat().st_mode) == 0o600
    assert load_secret_key(data, database_exists=True) == key
    assert load_secret_key(data, database_exists=False) == key
    assert list(data.data_dir.iterdir()) == [key_file(data)]


def test_two_data_folders_have_different_keys(data, tmp_path):
    (tmp_path / "other").mkdir()
    other = Config(data_dir=tmp_path / "other")
    keys = [load_secret_key(config, database_exists=False) for config in (data, other)]
    assert keys[0] != keys[1]


def test_first_starts_at_the_same_moment_agree_on_one_key(data):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_secret_key(data, database_exists=False), range(64)))
    assert len(keys) == 1
    assert len(keys.pop()) == 64


def test_a_key_missing_beside_a_database_stops_with_the_remedy(tmp_path):
    data = Config(data_dir=tmp_path / "with space")
    prepare_data_dir(data)
    with pytest.raises(ConfigError, match="Restore it from a backup") as caught:
        load_secret_key(data, database_exists=True)
    assert not key_file(data).exists()
    command = caught.value.message.split("everybody out: ")[1]
    subprocess.run(["/bin/sh", "-c", command], check=True, env={})
    assert len(load_secret_key(data, database_exists=True)) == 64
    assert stat.S_IMODE(key_file(data).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short", b" " * 64])
def test_a_key_file_that_is_too_short_is_refused(data, content):
    key_file(data).write_bytes(content)
    with pytest.raises(ConfigError, match="shorter than 32 bytes; restore it"):
        load_secret_key(data, database_exists=False)
    assert key_file(data).read_bytes() == content


def test_a_key_file_that_cannot_be_read_is_named(data):
    key_file(data).mkdir()
    with pytest.raises(ConfigError, match="is a folder where the key should be"):
        load_secret_key(data, database_exists=True)


def test_a_key_without_its_folder_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot be used"):
        load_secret_key(Config(data_dir=tmp_path / "missing"), database_exists=False)


def test_a_key_from_the_environment_is_used_and_not_written(data):
    config = dataclasses.replace(data, secret_key=KEY)
    assert load_secret_key(config, database_exists=True) == KEY.encode()
    assert not key_file(data).exists()


def test_a_short_key_from_elsewhere_is_refused(data):
    with pytest.raises(ConfigError, match="shorter than 32 bytes"):
        load_secret_key(dataclasses.replace(data, secret_key="dev"), database_exists=False)


def test_a_private_file_that_is_there_is_kept(tmp_path):
    path = tmp_path / "link"
    assert write_private(path, b"one") == b"one"
    assert write_private(path, b"two") == b"one"
    assert path.read_bytes() == b"one"


def test_a_process_that_asks_a_provider_gets_no_key_and_no_setting():
    given = {"PATH": "/bin", "HTTPS_PROXY": "http://proxy:1", "OPENAI_API_KEY": KEY}
    given |= {"VOICEVERSE_SECRET_KEY": KEY, "VOICEVERSE_OPENAI_API_KEY": KEY, "AWS_SECRET": KEY}
    assert provider_environment(given) == {"PATH": "/bin", "HTTPS_PROXY": "http://proxy:1"}
