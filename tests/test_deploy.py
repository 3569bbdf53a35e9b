"""The files in deploy/: what they promise stands in them, and the tools that read them agree."""

import configparser
import re
import shutil
import subprocess
import sys
from dataclasses import fields

import pytest

from config import Config
from tests.support.serving import ROOT, App

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "voiceverse.service"
FENCES = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "MemoryDenyWriteExecute": "yes",
    "RestrictNamespaces": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
}


def read(name):
    return (DEPLOY / name).read_text("utf-8")


def service():
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(UNIT.read_text("utf-8"))
    return parser["Service"]


def test_the_unit_fences_the_app_in_and_lets_it_stop_in_peace():
    unit = service()
    assert {name: unit[name] for name in FENCES} == FENCES
    assert unit["User"] != "root"
    assert unit["StateDirectory"] == "voiceverse"
    assert "VOICEVERSE_DATA_DIR=/var/lib/voiceverse" in unit["Environment"]
    assert int(unit["TimeoutStopSec"]) > 10


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_finds_the_unit_well_formed_and_little_exposed(tmp_path):
    copy = tmp_path / UNIT.name
    copy.write_text(
        re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT.read_text(), flags=re.M)
    )
    verified = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    assert str(copy) not in verified.stderr, verified.stderr
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", copy],
        capture_output=True,
        text=True,
    )
    assert exposed.returncode == 0, exposed.stdout


@pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed")
def test_caddy_reads_its_file(tmp_path):
    command = ["caddy", "adapt", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    assert '"dial":"127.0.0.1:5000"' in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed"
)
def test_nginx_reads_its_file(tmp_path):
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    site = read("nginx.conf").replace("/etc/letsencrypt/live/voice.example.org", str(tmp_path))
    (tmp_path / "site.conf").write_text(site.replace("/var/log/nginx", str(tmp_path)))
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
        f"http {{ include {tmp_path}/site.conf; }}\n"
    )
    done = subprocess.run(["nginx", "-t", "-c", whole], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_hold_nothing_back_and_log_no_secrets(name):
    text = read(name)
    assert "127.0.0.1:5000" in text
    assert "proxy_buffering off" in text or "flush_interval -1" in text
    assert "$request_uri" not in text.partition("server {")[0]


def test_the_container_runs_without_rights_from_the_lock_file():
    text = read("Dockerfile")
    assert "--require-hashes" in text
    assert text.index("USER 10001") < text.index("\nCMD")
    assert "HEALTHCHECK" in text
    assert "tests" in read("Dockerfile.dockerignore").split()


def test_the_composition_is_read_only_and_drops_what_it_can():
    app = read("compose.yaml").partition("\n  caddy:")[0]
    for line in ("read_only: true", "no-new-privileges:true", "cap_drop:", "- ALL", "/tmp:"):
        assert line in app, line
    assert "ports:" not in app


def test_the_port_of_the_files_is_the_apps_own():
    default = next(field.default for field in fields(Config) if field.name == "port")
    for name in ("nginx.conf", "Caddyfile", "Dockerfile", "compose.yaml"):
        assert re.search(rf"\b{default}\b", read(name)), name


def test_the_health_check_tells_a_running_app_from_none(tmp_path):
    with App(tmp_path) as app:
        app.environ["VOICEVERSE_PORT"] = str(app.port)
        command = [sys.executable, DEPLOY / "healthy.py"]
        assert subprocess.run(command, env=app.environ, cwd=tmp_path).returncode == 0
    gone = subprocess.run(command, env=app.environ, cwd=tmp_path, capture_output=True, text=True)
    assert gone.returncode == 1
    assert "does not answer" in gone.stderr
