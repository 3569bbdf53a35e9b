"""The address that was checked is the one connected to, whatever a name leads to a moment later."""

import datetime
import ipaddress
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from speech.engines import pinned_http
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import OpenAISpeech
from speech.engines.pinned_http import (
    ForbiddenAddress,
    is_forbidden,
    open_socket,
    refuse_forbidden,
)
from speech.engines.voice_discovery import read_models
from speech.errors import ProviderUnreachable, SpeechError
from speech.types import SpeechRequest
from tests.support.standin_lists import listening
from tests.support.standin_openai import StandIn
from tests.support.standin_realtime import StandIn as Realtime

NAME = "speech.example"
HERE, METADATA = "127.0.0.1", "169.254.169.254"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def server():
    with listening() as listener:
        listener.answers["/v1/models"] = {"data": [{"id": "m"}]}
        yield listener


class Resolver:
    """Answers for NAME what a test says, one answer after another, the last one for ever."""

    def __init__(self, real):
        self._real, self.answers, self.asked = real, [[HERE]], 0

    def __call__(self, host, port, *args, **options):
        if host != NAME:
            return self._real(host, port, *args, **options)
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            (socket.AF_INET6 if ":" in text else socket.AF_INET, socket.SOCK_STREAM, 6, "", place)
            for text in found
            for place in [(text, port, 0, 0) if ":" in text else (text, port)]
        ]


@pytest.fixture
def resolver(monkeypatch):
    made = Resolver(socket.getaddrinfo)
    monkeypatch.setattr(pinned_http.socket, "getaddrinfo", made)
    return made


def named(url):
    return url.replace(HERE, NAME)


def test_a_name_is_looked_up_once_for_each_connection(server, resolver):
    resolver.answers = [[HERE], [METADATA]]
    assert read_models(named(server.url), "", 5.0) == ["m"]
    assert resolver.asked == 1
    assert [asked.headers["host"] for asked in server.asked] == [
        named(server.url).partition("://")[2].partition("/")[0]
    ]


def test_a_name_that_leads_elsewhere_at_the_next_connection_is_refused_then(server, resolver):
    resolver.answers = [[HERE], [METADATA]]
    read_models(named(server.url), "", 5.0)
    with pytest.raises(ForbiddenAddress, match="never contacted"):
        read_models(named(server.url), "", 5.0)
    assert len(server.asked) == 1


def test_one_forbidden_address_among_others_is_enough(server, resolver):
    for found in ([HERE, METADATA], [METADATA, HERE], [HERE, "fe80::1"]):
        resolver.answers = [found]
        with pytest.raises(ForbiddenAddress):
            read_models(named(server.url), "", 5.0)
    assert server.asked == []


@pytest.mark.parametrize(("kind", "engine"), [(StandIn, OpenAISpeech), (Realtime, OpenAIRealtime)])
def test_an_engine_connects_to_what_was_checked(resolver, kind, engine):
    request = SpeechRequest("The lamp was lit.", "marin")
    settings = {"model": "m", "voices": ["marin"], "timeout_s": 5.0, "sleep": lambda _: None}
    with kind() as provider:
        resolver.answers = [[HERE], [METADATA]]
        speaker = engine("sk-test", named(provider.base_url), **settings)
        assert list(speaker.speak(request))
        assert (resolver.asked, len(provider.calls)) == (1, 1)
        speaker.close()
        speaker = engine("sk-test", named(provider.base_url), **settings)
        with pytest.raises(ForbiddenAddress):
            list(speaker.speak(request))
        speaker.close()
        assert (resolver.asked, len(provider.calls)) == (2, 1)


def test_an_address_that_does_not_answer_leaves_the_next_one(server, resolver):
    resolver.answers = [["::1", HERE]]
    assert read_models(named(server.url), "", 5.0) == ["m"]
    port = int(server.url.rpartition(":")[2].partition("/")[0])
    with open_socket(f"ws://{NAME}:{port}", 5.0) as made:
        assert made.getpeername() == (HERE, port)
    resolver.answers = [["::1", "::1"]]
    with pytest.raises(ProviderUnreachable):
        read_models(named(server.url), "", 5.0)


def test_a_name_that_is_none_is_a_sentence():
    for host in ("a..b", "x" * 70):
        with pytest.raises(SpeechError, match="could not be reached"):
            read_models(f"http://{host}/v1", "", 5.0)
        refuse_forbidden(f"http://{host}/v1")


@pytest.mark.parametrize(
    ("setting", "url", "is_direct"),
    [
        ("https_proxy", "https://speech.example/v1", False),
        ("http_proxy", "http://speech.example/v1", False),
        ("http_proxy", "https://speech.example/v1", True),
        ("no_proxy", "https://speech.example/v1", True),
    ],
)
def test_where_a_proxy_stands_it_looks_names_up(monkeypatch, resolver, setting, url, is_direct):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv(setting, "speech.example" if setting == "no_proxy" else "http://[::1]:9")
    if setting == "no_proxy":
        monkeypatch.setenv("https_proxy", "http://[::1]:9")
    resolver.answers = [[METADATA]]
    if is_direct:
        with pytest.raises(ForbiddenAddress):
            open_socket(url, 5.0)
    else:
        assert open_socket(url, 5.0) is None
    assert resolver.asked == is_direct


@pytest.mark.parametrize(
    "address", ["168.63.129.16", "192.0.0.192", "fd20:ce::254", "::ffff:168.63.129.16"]
)
def test_keepers_of_machines_are_forbidden(address):
    assert is_forbidden(ipaddress.ip_address(address))


# Certificates


def certificate(folder, name):
    """A certificate for a name, which is its own authority; the paths of it and of its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    usage = x509.BasicConstraints(ca=True, path_length=0)
    made = (
        x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private


@contextmanager
def secured(public, private):
    """A server behind a certificate, and the paths that it was asked for."""
    asked = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"data": [{"id": "m"}]}')

        def log_message(self, *_):
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            """A client that does not like the certificate is no news here."""

    server = Server((HERE, 0), Page)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("holder", [NAME, "other.example"])
def test_certificates_are_compared_with_the_name(tmp_path, monkeypatch, resolver, holder):
    public, private = certificate(tmp_path, holder)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with secured(public, private) as (port, asked):
        url = f"https://{NAME}:{port}/v1"
        if holder == NAME:
            assert read_models(url, "", 5.0) == ["m"]
        realtime = OpenAIRealtime("sk-test", url, "m", timeout_s=5.0, sleep=lambda _: None)
        speech = OpenAISpeech("sk-test", url, timeout_s=5.0, sleep=lambda _: None)
        for engine, voice in ((realtime, "marin"), (speech, "nova")):
            with pytest.raises(SpeechError):
                list(engine.speak(SpeechRequest("Secret text.", voice)))
            engine.close()
        if holder != NAME:
            with pytest.raises(ProviderUnreachable):
                read_models(url, "", 5.0)
    assert set(asked) == ({"/v1/models", "/v1/realtime?model=m"} if holder == NAME else set())
