"""A local stand-in for the servers of voices, faults included: `with StandIn() as server`."""

import hashlib
import json
import threading
from collections.abc import Generator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from speech.audio import mp3
from speech.engine import Engine
from speech.engines.natural_voices import DEFAULT, VOICES, NaturalVoice
from speech.errors import EngineCrashed
from speech.prices import FREE, Price
from speech.types import AudioChunk, SpeechRequest, Voice
from tests.support import tiny_voice

VOICE = "en_US-tiny-low"
FOLDER = "en/en_US/tiny/low"
SAMPLE = mp3.info_frame(22_050, 64_000) * 20
FAULTS = (
    "", "404", "403", "503", "html", "hidden_html", "wrong", "longer", "cut", "cut_once", "hang",
    "trickle", "loop", "no_range", "other_range", "416",
)  # fmt: skip


UTOPIA = {"code": "en_US", "name_english": "English", "country_english": "Utopia"}
GERMAN = {"code": "de_DE", "name_english": "German", "country_english": "Germany"}
EMMA = b"a model that makes sound" * 1000
MUTE = b"a model that makes none." * 1000


class NaturalStandIn(Engine):
    """An engine of the name `natural`, whose models are none: one of them makes no sound."""

    name, label, default_voice = "natural", "Natural voices", DEFAULT
    speed_range = (0.5, 2.0)
    is_natural = True
    sample_rate = 24_000
    segment_characters = first_segment_characters = 1
    segment_bytes = 1200

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.is_usable = True

    def voices(self) -> Sequence[Voice]:
        return [VOICES[DEFAULT].voice(self.name)] if self.is_usable else []

    def price(self) -> Price:
        return FREE

    def _speak(self, request: SpeechRequest) -> Generator[AudioChunk]:
        yield AudioChunk(bytes(len(request.text)), self.sample_rate)

    def try_model(self, path: Path, voice: NaturalVoice) -> None:
        self.tried.append(voice.name)
        if path.read_bytes() == MUTE:
            raise EngineCrashed("The voice produced no audio for the text.")


def natural_voice(name: str, model: bytes) -> NaturalVoice:
    """A voice of the natural family whose model is this one instead."""
    return replace(VOICES[name], size=len(model), sha256=hashlib.sha256(model).hexdigest())


def listed(
    files: dict[str, bytes],
    name: str = "tiny",
    speakers: int = 1,
    language: dict[str, str] = UTOPIA,
) -> dict:
    """A voice as the server's list describes it."""
    return {
        "name": name,
        "language": language,
        "quality": "low",
        "num_speakers": speakers,
        "files": {
            path: {"size_bytes": len(body), "md5_digest": hashlib.md5(body).hexdigest()}  # noqa: S324
            for path, body in files.items()
        },
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_) -> None:
        """Whoever hangs up is what some tests are about."""


class StandIn:
    """The server; `fault` is one of FAULTS and hits what ends with `faulty`, while it is set."""

    def __init__(self, scratch: Path) -> None:
        model = tiny_voice.make_files(scratch / "served", VOICE)
        self.files = {
            f"{FOLDER}/{VOICE}.onnx": model.read_bytes(),
            f"{FOLDER}/{VOICE}.onnx.json": model.with_name(f"{model.name}.json").read_bytes(),
            f"{FOLDER}/samples/speaker_0.mp3": SAMPLE,
            f"{FOLDER}/MODEL_CARD": model.with_name("MODEL_CARD").read_bytes(),
        }
        model_files = {path: body for path, body in self.files.items() if "samples" not in path}
        self.voices: dict = {VOICE: listed(model_files)}
        self.fault, self.faulty = "", ".onnx"
        self.asked: list[tuple[str, str]] = []  # paths and ranges
        self.let_go = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))

    def add_german(self, scratch: Path, name: str = "thorsten") -> str:
        """Offer a German voice, too; returns its name."""
        identifier = f"de_DE-{name}-medium"
        model = tiny_voice.make_files(scratch / "german", identifier, language="de_DE")
        config = model.with_name(f"{model.name}.json")
        files = {f"de/{path.name}": path.read_bytes() for path in (model, config)}
        self.files |= files
        self.voices[identifier] = listed(files, name, language=GERMAN) | {"quality": "medium"}
        return identifier

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/voices"

    def __enter__(self) -> "StandIn":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def body(self, path: str) -> bytes | None:
        if path == "voices.json":
            return json.dumps(self.voices).encode()
        return self.files.get(path)


def _handler(server: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/voices/")
            wanted = self.headers.get("Range", "")
            server.asked.append((path, wanted))
            fault = server.fault if path.endswith(server.faulty) else ""
            body = server.body(path.removeprefix("elsewhere/"))
            if fault.isdigit() and (fault != "416" or wanted):
                self._answer(int(fault), b"no")
            elif body is None:
                self._answer(404, b"no")
            elif fault == "loop":
                self._answer(302, b"", {"Location": self.path})
            elif fault in ("html", "hidden_html"):
                kind = "text/html; charset=utf-8" if fault == "html" else "application/binary"
                self._answer(200, b"<!doctype html>Sign in", {"Content-Type": kind})
            else:
                self._send(path, body, wanted, fault)

        def _send(self, path: str, body: bytes, wanted: str, fault: str) -> None:
            if not path.startswith("elsewhere/") and path.endswith(".onnx"):
                self._answer(302, b"", {"Location": f"/voices/elsewhere/{path}"})
                return
            if fault in ("wrong", "longer"):
                body = body[::-1] if fault == "wrong" else body * 2
            start = int(wanted[6:-1]) if wanted and fault != "no_range" else 0
            headers = {}
            if start:
                place = start + (5 if fault == "other_range" else 0)
                headers["Content-Range"] = f"bytes {place}-{len(body) - 1}/{len(body)}"
            self._answer(206 if start else 200, body[start:], headers, fault)

        def _answer(
            self, status: int, body: bytes, headers: dict | None = None, fault: str = ""
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            if fault == "cut_once":
                server.fault = ""
            if fault.startswith("cut") or fault in ("hang", "trickle"):
                half = len(body) // 2
                self.wfile.write(body[:half])
                self.wfile.flush()
                if fault == "trickle":
                    self._trickle(body[half:])
                elif fault == "hang":
                    server.let_go.wait(20)
                self.close_connection = True
                self.connection.shutdown(2)
                return
            self.wfile.write(body)

        def _trickle(self, body: bytes) -> None:
            for place in range(len(body)):
                if server.let_go.wait(0.01):
                    return
                try:
                    self.wfile.write(body[place : place + 1])
                except OSError:
                    return

        def log_message(self, *_) -> None:
            return

    return Handler
