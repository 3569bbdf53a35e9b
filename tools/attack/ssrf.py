"""Addresses that would have the web import, or a provider, ask this machine or its network."""

from functools import partial

from documents.fetch import FetchLimits, fetch
from tools.attack import provider_urls
from tools.attack.listeners import listening
from tools.attack.scene import JSON, Scene
from tools.attack.tally import Tally

# With the listener's port allowed, nothing but the address can keep it from being asked.
HOSTS = (
    "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "127.127.127.127",
    "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "169.254.169.254",
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "224.0.0.1", "１２７.0.0.1",
    "127。0。0。1", "127.0.0.1%00.example.org", "example.org@127.0.0.1", "127.0.0.1#@example.org",
)  # fmt: skip
OTHERS = (
    "file:///etc/passwd", "gopher://127.0.0.1:{port}/_GET", "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/", "http:///127.0.0.1:{port}/", "//127.0.0.1:{port}/",
    "javascript:fetch('/')",
    "http://127.0.0.1:{port}\\@example.org/", " http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/%0d%0aHost:%20x",
)  # fmt: skip


def corpus(port: int) -> list[str]:
    """Every address, of a listener on a port of this machine."""
    return [f"http://{host}:{port}/page" for host in HOSTS] + [
        text.format(port=port) for text in OTHERS
    ]


def run(scene: Scene) -> Tally:
    """No listener of this machine may be asked anything that is not allowed by design."""
    tally = Tally()
    _web_import(scene, tally)
    provider_urls.run(scene, tally)
    return tally


def _web_import(scene: Scene, tally: Tally) -> None:
    owner, documents = scene.people["owner"], scene.services.documents
    kept = documents.imports.fetch
    with listening() as (port, hits):
        limits = FetchLimits(ports=frozenset((80, 443, port)), total_s=5.0, connect_s=2.0)
        documents.imports.fetch = partial(fetch, limits=limits)
        try:
            for url in corpus(port):
                tally.count("web import")
                with scene.nothing_kept():
                    answer = owner.send("POST", "/documents", {"url": url}, Accept=JSON)
                tally.expect(400 <= answer.status_code < 600, f"{url}: {answer.status_code}")
                tally.expect(not (answer.json or {}).get("documents"), f"{url}: was read")
                tally.expect(not hits, f"{url}: asked {hits}")
                hits.clear()
        finally:
            documents.imports.fetch = kept
