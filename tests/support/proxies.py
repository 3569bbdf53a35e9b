"""nginx and Caddy in front of a real VoiceVerse, with the files of deploy/."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.serving import ROOT, wait_until

DEPLOY = ROOT / "deploy"
IS_ROOT = os.geteuid() == 0
# As the packages do it: another account, here in the group that the data belongs to.
NOBODY = {"user": "nobody", "group": os.getegid(), "extra_groups": []} if IS_ROOT else {}


class Proxy:
    """A proxy that listens at a port of its own; `log_path` holds what it wrote down."""

    def __init__(self, port: int, log_path: Path) -> None:
        self.port, self.log_path = port, log_path


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder whose group may pass through, as others of a system do; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="voiceverse-proxy-"))
    folder.chmod(0o710)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def nginx(app_port: int, data: Path, folder: Path) -> Iterator[Proxy]:
    """nginx with its file, which believes that it speaks TLS."""
    port, site = free_port(), (DEPLOY / "nginx.conf").read_text()
    site = site[site.rindex("\nserver {") :]
    kept = [line for line in site.splitlines() if "ssl_" not in line and "[::]" not in line]
    site = (DEPLOY / "nginx.conf").read_text().partition("\nserver {")[0] + "\n".join(kept)
    for shipped, here in (
        ("listen 443 ssl http2", f"listen 127.0.0.1:{port}"),
        ("X-Forwarded-Proto $scheme", "X-Forwarded-Proto https"),
        ("127.0.0.1:5000", f"127.0.0.1:{app_port}"),
        ("/var/lib/voiceverse/", f"{data}/"),
        ("/var/log/nginx", str(folder)),
    ):
        assert shipped in site
        site = site.replace(shipped, here)
    group = Path("/etc/group").read_text().partition(f":{os.getegid()}:")[0].splitlines()[-1]
    user = f"user nobody {group.partition(':')[0]};" if IS_ROOT else ""
    config = folder / "whole.conf"
    config.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ {_scratch(folder)} keepalive_requests 1000000; {site} }}\n"
    )
    with _running(["nginx", "-e", folder / "error.log", "-c", config], port):
        yield Proxy(port, folder / "voiceverse.log")


@contextmanager
def caddy(app_port: int, data: Path, folder: Path) -> Iterator[Proxy]:
    """Caddy with its file, over plain HTTP."""
    port, log = free_port(), folder / "caddy.log"
    environ = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "DATA_DIR": str(data)}
    environ["SITE_NAME"] = f"http://127.0.0.1:{port}"
    environ["APP_ADDRESS"] = f"127.0.0.1:{app_port}"
    command = ["caddy", "adapt", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    adapted = subprocess.run(command, capture_output=True, check=True, env=environ)
    config = folder / "caddy.json"
    config.write_text(json.dumps(json.loads(adapted.stdout) | {"admin": {"disabled": True}}))
    config.chmod(0o640)
    with (
        log.open("wb") as output,
        _running(["caddy", "run", "--config", config], port, output, environ, **NOBODY),
    ):
        yield Proxy(port, log)


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _scratch(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


@contextmanager
def _running(command: list, port: int, output=None, environ=None, **account) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdout=output, stderr=subprocess.STDOUT if output else None, env=environ, **account
    )

    def listens() -> bool:
        assert process.poll() is None, f"{command} ended with code {process.returncode}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_until(listens, f"the start of {command[0]}")
        yield
    finally:
        process.terminate()
        process.wait()
