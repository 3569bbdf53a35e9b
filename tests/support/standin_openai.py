"""A local stand-in for a provider of POST /v1/audio/speech and GET /v1/models, faults included.

In tests: `with StandIn() as server: ... server.base_url`. From a shell:
`python tests/support/standin_openai.py --port 8900 --delay 0.5`.
"""

import argparse
import array
import json
import math
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SAMPLE_RATE = 24_000
FREQUENCY = 240  # Hz: a period of exactly 100 samples
LOUDNESS = 8000
PERIOD = [round(LOUDNESS * math.sin(2 * math.pi * i / 100)) for i in range(100)]
TONE = array.array("h", PERIOD * (30 * FREQUENCY)).tobytes()  # 30 s
if sys.byteorder == "big":
    raise SystemExit("The stand-in needs a little-endian machine.")

# As OpenAI says it.
WRONG_KEY = "Incorrect API key provided: "
ADVICE = ". You can find your API key at https://platform.openai.com/account/api-keys."
STATUS_FAULTS = {
    "bad_request": (400, "invalid_request_error", None, "The input is too long."),
    "unauthorized": (401, "invalid_request_error", "invalid_api_key", WRONG_KEY + "{key}" + ADVICE),
    "masked": (401, "invalid_request_error", "invalid_api_key", WRONG_KEY + "{masked}" + ADVICE),
    "forbidden": (403, "invalid_request_error", None, "Your country is not supported."),
    "no_model": (404, "invalid_request_error", "model_not_found", "The model does not exist."),
    "busy": (429, "requests", "rate_limit_exceeded", "Rate limit reached."),
    "quota": (429, "insufficient_quota", "insufficient_quota", "You exceeded your quota."),
    "error_500": (500, "server_error", None, "The server had an error."),
    "error_503": (503, "server_error", None, "Overloaded."),
}
BODY_FAULTS = ("cut", "incomplete", "stall", "slow", "odd", "short", "empty")
ANSWERS = {
    "json": ("application/json", b'{"status": "queued", "id": "abc"}'),
    "hidden_json": ("audio/pcm", b'{"status": "queued", "id": "abc"}'),
    "html": ("text/html", b"<!doctype html><html><body>Sign in to the network</body></html>"),
    "hidden_html": ("", b"<!doctype html><html><body>Sign in to the network</body></html>"),
    "mp3": ("audio/mpeg", b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 500),
    "bare_mp3": ("audio/mpeg", b"\xff\xfb\x90\x00" * 500),
    "wav": ("audio/wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 500),
}
FAULTS = ("", *STATUS_FAULTS, *BODY_FAULTS, *ANSWERS)


@dataclass(frozen=True)
class Call:
    """One request for speech, as it arrived."""

    text: str
    voice: str
    model: str
    speed: float
    response_format: str
    key: str


def tone(duration_s: float) -> bytes:
    """That many seconds of a 240 Hz tone: mono, 24 kHz, signed 16-bit little-endian."""
    size = 2 * round(duration_s * SAMPLE_RATE)
    return (TONE * (size // len(TONE) + 1))[:size]


class StandIn:
    """The server; its settings may change at any time and hold for the requests that follow.

    `fault` is one of FAULTS and hits the next `fault_times` requests (None: all of them).
    """

    def __init__(self, port: int = 0, *, fault: str = "", fault_times: int | None = None) -> None:
        self.fault = fault
        self.fault_times = fault_times
        self.delay_s = 0.0
        self.seconds_per_character = 1 / 15
        self.retry_after: str | None = None
        self.times_real_time: float | None = None  # None: as fast as the socket takes it
        self.shutdown_dates: dict[str, str] = {}
        self.has_models = True
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stand_in = self
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "StandIn":
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve_forever(self) -> None:
        """Serve in this thread until it is interrupted."""
        self._server.serve_forever()

    @property
    def calls(self) -> list[Call]:
        """The requests for speech so far, in the order of arrival."""
        with self._lock:
            return list(self._calls)

    def bought(self) -> Counter:
        """How often each text was asked for."""
        return Counter(call.text for call in self.calls)

    def note(self, call: Call) -> str:
        """Record a request; the fault that it meets, or ""."""
        with self._lock:
            self._calls.append(call)
            if self.fault_times is not None:
                if self.fault_times <= 0:
                    return ""
                self.fault_times -= 1
            return self.fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    stand_in: StandIn

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Tests read what was asked from `calls`."""

    def do_GET(self) -> None:
        stand_in = self.server.stand_in
        if self.path != "/v1/models" or not stand_in.has_models:
            self._refuse(404, "invalid_request_error", None, "Not found.")
            return
        names = {"tts-1", "tts-1-hd", "gpt-4o-mini-tts", *stand_in.shutdown_dates}
        models = [
            {"id": name, "object": "model", "created": 1, "owned_by": "stand-in"}
            | {"shutdown_date": stand_in.shutdown_dates.get(name)}
            for name in sorted(names)
        ]
        self._answer(200, "application/json", json.dumps({"object": "list", "data": models}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path != "/v1/audio/speech":
            self._refuse(404, "invalid_request_error", None, "Not found.")
            return
        stand_in = self.server.stand_in
        key = self.headers.get("authorization", "").removeprefix("Bearer ")
        call = Call(
            body["input"],
            body["voice"],
            body["model"],
            body.get("speed", 1.0),
            body.get("response_format", "mp3"),
            key,
        )
        fault = stand_in.note(call)
        stand_in.stopping.wait(stand_in.delay_s)
        if fault in STATUS_FAULTS:
            status, kind, code, message = STATUS_FAULTS[fault]
            masked = f"{key[:7]}{'*' * 20}{key[-4:]}"
            self._refuse(status, kind, code, message.format(key=key, masked=masked))
        elif fault in ANSWERS:
            content_type, content = ANSWERS[fault]
            self._answer(200, content_type, content)
        else:
            self._speak(call, fault)

    def _speak(self, call: Call, fault: str) -> None:
        stand_in = self.server.stand_in
        duration_s = len(call.text) * stand_in.seconds_per_character / call.speed
        sound = tone(duration_s)
        self.send_response(200)
        self.send_header("Content-Type", "audio/pcm")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        for piece in _pieces(sound, fault, stand_in.times_real_time):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            sent += len(piece)
            self._keep_pace(fault, len(piece))
        if fault in ("cut", "incomplete", "stall"):
            self._break_off(fault)
            return
        self.wfile.write(b"0\r\n\r\n")

    def _keep_pace(self, fault: str, size: int) -> None:
        stand_in = self.server.stand_in
        pace = stand_in.times_real_time
        if pace:
            stand_in.stopping.wait(size / 2 / SAMPLE_RATE / pace)
        elif fault == "slow":
            stand_in.stopping.wait(0.02)

    def _break_off(self, fault: str) -> None:
        self.close_connection = True
        if fault == "stall":
            self.server.stand_in.stopping.wait(60)
        if fault == "cut":
            # Closing with a zero linger time resets the connection instead of ending it.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def _refuse(self, status: int, kind: str, code: str | None, message: str) -> None:
        error = {"message": message, "type": kind, "param": None, "code": code}
        self._answer(status, "application/json", json.dumps({"error": error}))

    def _answer(self, status: int, content_type: str, content: str | bytes) -> None:
        encoded = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(encoded)))
        if status == 429 and self.server.stand_in.retry_after is not None:
            self.send_header("Retry-After", self.server.stand_in.retry_after)
        self.end_headers()
        self.wfile.write(encoded)


def _pieces(sound: bytes, fault: str, pace: float | None) -> Iterator[bytes]:
    size = 64 * 1024
    if fault == "empty":
        sound = b""
    elif fault == "short":
        sound = sound[: len(sound) // 20 & ~1]
    elif fault in ("cut", "incomplete", "stall"):
        sound = sound[: len(sound) // 2 & ~1]
    if fault in ("slow", "cut", "incomplete", "stall"):
        size = max(2, len(sound) // 4 & ~1)
    elif fault == "odd":
        size = 1001
    elif pace:
        size = 4800
    for place in range(0, len(sound), size):
        yield sound[place : place + size]


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before the first byte")
    parser.add_argument("--pace", type=float, help="times real time (default: at once)")
    parser.add_argument("--seconds-per-character", type=float, default=1 / 15)
    parser.add_argument("--fault", choices=FAULTS, default="")
    parser.add_argument("--fault-times", type=int)
    options = parser.parse_args()
    server = StandIn(options.port, fault=options.fault, fault_times=options.fault_times)
    server.delay_s = options.delay
    server.times_real_time = options.pace
    server.seconds_per_character = options.seconds_per_character
    print(server.base_url, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
