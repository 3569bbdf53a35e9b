"""A local stand-in for the OpenAI Realtime protocol over real WebSockets, faults included.

In tests: `with StandIn() as server: ... server.base_url`. It says what it is given, as a tone.
"""

import base64
import http
import json
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.support.standin_openai import SAMPLE_RATE, STATUS_FAULTS, tone

# Met at the handshake, as HTTP statuses.
HANDSHAKE_FAULTS = {f"handshake_{name}": fault for name, fault in STATUS_FAULTS.items()}
# Told by an error event: type, code, message.
EVENT_FAULTS = {
    "unauthorized": ("invalid_request_error", "invalid_api_key", STATUS_FAULTS["unauthorized"][3]),
    "ended_model": ("invalid_request_error", "model_not_found", "The model does not exist."),
    "bad_request": ("invalid_request_error", "invalid_value", "The input is too long."),
    "expired": ("invalid_request_error", "session_expired", "Your session hit its maximum."),
    "error_500": ("server_error", None, "The server had an error."),
}
# Told by the end of a response: status, reason, error type, error code.
RESPONSE_FAULTS = {
    "busy": ("failed", None, "rate_limit_error", "rate_limit_exceeded"),
    "quota": ("failed", None, "insufficient_quota", "insufficient_quota"),
    "failed": ("failed", None, "server_error", None),
    "filtered": ("incomplete", "content_filter", None, None),
    "out_of_tokens": ("incomplete", "max_output_tokens", None, None),
}
OTHER_FAULTS = (
    "cut", "goodbye", "stall", "silent", "slow", "empty", "short", "odd", "wrong", "no_usage",
    "garbage", "not_base64",
)  # fmt: skip
FAULTS = ("", *HANDSHAKE_FAULTS, *EVENT_FAULTS, *RESPONSE_FAULTS, *OTHER_FAULTS)
DELTA_BYTES = 12_000


@dataclass(frozen=True)
class Call:
    """One response that was asked for, as it arrived."""

    text: str
    voice: str
    speed: float
    model: str
    key: str
    response: dict
    session: dict
    connection: int


class StandIn:
    """The server; `fault` is one of FAULTS and hits the next `fault_times` requests (None: all)."""

    def __init__(self, *, fault: str = "", fault_times: int | None = None) -> None:
        self.fault, self.fault_times = fault, fault_times
        self.delay_s = 0.0
        self.seconds_per_character = 1 / 15
        self.retry_after: str | None = None
        self.transcripts: dict[str, str] = {}  # what is said of a text; else the text
        self.connections = 0
        self.open: set[ServerConnection] = set()
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        quiet = logging.getLogger("standin_realtime")
        quiet.disabled = True
        self._server = serve(
            self._talk, "127.0.0.1", 0, process_request=self._admit, logger=quiet, close_timeout=0.2
        )
        self.base_url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}/v1"

    def __enter__(self) -> "StandIn":
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.hang_up()
        self._server.shutdown()
        self._thread.join()

    @property
    def calls(self) -> list[Call]:
        """The responses asked for so far, in the order of arrival."""
        with self._lock:
            return list(self._calls)

    def hang_up(self) -> None:
        """End every open session, as a server does that is started anew."""
        for connection in list(self.open):
            connection.close(1001)

    def _met(self, among: object) -> str:
        """The fault that this request meets, if it is of that kind."""
        with self._lock:
            if self.fault not in among or self.fault_times == 0:
                return ""
            if self.fault_times:
                self.fault_times -= 1
            return self.fault

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if urlsplit(request.path).path != "/v1/realtime":
            return connection.respond(http.HTTPStatus.NOT_FOUND, "Not found.\n")
        fault = self._met(HANDSHAKE_FAULTS)
        if not fault:
            return None
        status, kind, code, message = HANDSHAKE_FAULTS[fault]
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        error = {"message": message.format(key=key, masked=key[-4:]), "type": kind, "code": code}
        body = json.dumps({"error": error}).encode()
        headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
        if status == 429 and self.retry_after is not None:
            headers["Retry-After"] = self.retry_after
        return Response(status, "Refused", headers, body)

    def _talk(self, connection: ServerConnection) -> None:
        with self._lock:
            self.connections += 1
            number = self.connections
        self.open.add(connection)
        try:
            _Session(self, connection, number).run()
        except ConnectionClosed:
            pass
        finally:
            self.open.discard(connection)


class _Session:
    """One connection: its settings, and the responses that are asked for on it."""

    def __init__(self, stand_in: StandIn, connection: ServerConnection, number: int) -> None:
        self.stand_in, self.connection, self.number = stand_in, connection, number
        request = connection.request
        self.model = parse_qs(urlsplit(request.path).query)["model"][0]
        self.key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.session = {"type": "realtime", "model": self.model, "output_modalities": ["audio"]}
        self.events = 0

    def run(self) -> None:
        self._send("session.created", session=self.session)
        for message in self.connection:
            event = json.loads(message)
            if event["type"] == "session.update":
                self.session = self.session | event["session"]
                self._send("session.updated", session=self.session)
            elif event["type"] == "response.create":
                self._respond(event["response"])
            else:
                self._error("invalid_request_error", "unknown_event", event["type"])

    def _respond(self, response: dict) -> None:
        call = self._note(response)
        stand_in = self.stand_in
        fault = stand_in._met(FAULTS[1:])
        stand_in.stopping.wait(stand_in.delay_s)
        if fault in EVENT_FAULTS:
            self._error(*EVENT_FAULTS[fault])
            return
        if fault == "silent":
            stand_in.stopping.wait(60)
        if fault == "garbage":
            self.connection.send("<html>Sign in to the network</html>")
            return
        self._send("response.created", response=self._whole("in_progress"))
        self._send("rate_limits.updated", rate_limits=[])
        if fault in RESPONSE_FAULTS:
            self._fail(fault)
            return
        self._say(call, fault)

    def _say(self, call: Call, fault: str) -> None:
        sound = tone(len(call.text) * self.stand_in.seconds_per_character / call.speed)
        said = self.stand_in.transcripts.get(call.text, call.text)
        if fault == "wrong":
            said = f"Sure! {said}"
        place = {
            "response_id": "resp_1",
            "item_id": "item_1",
            "output_index": 0,
            "content_index": 0,
        }
        for piece in _pieces(sound, fault):
            delta = "?" if fault == "not_base64" else base64.b64encode(piece).decode()
            self._send("response.output_audio.delta", delta=delta, **place)
            if fault == "slow":
                self.stand_in.stopping.wait(0.02)
        if fault in ("cut", "goodbye", "stall"):
            self._break_off(fault)
            return
        for word in said.split(" "):
            self._send("response.output_audio_transcript.delta", delta=f"{word} ", **place)
        self._send("response.output_audio.done", **place)
        self._send("response.output_audio_transcript.done", transcript=said, **place)
        usage = None if fault == "no_usage" else _usage(call, len(sound))
        self._send("response.done", response=self._whole("completed", usage=usage))

    def _note(self, response: dict) -> Call:
        sound = self.session["audio"]["output"]
        text = response["input"][0]["content"][0]["text"]
        call = Call(
            text, sound["voice"], sound["speed"], self.model, self.key, response, self.session,
            self.number,
        )  # fmt: skip
        with self.stand_in._lock:
            self.stand_in._calls.append(call)
        return call

    def _break_off(self, fault: str) -> None:
        if fault == "stall":
            self.stand_in.stopping.wait(60)
        if fault == "goodbye":
            self.connection.close(1001, "going away")
        else:
            self.connection.socket.shutdown(socket.SHUT_RDWR)
        raise ConnectionClosed(None, None)

    def _fail(self, fault: str) -> None:
        status, reason, kind, code = RESPONSE_FAULTS[fault]
        error = {"type": kind, "code": code, "message": f"Failed: {fault}."} if kind else None
        details = {"type": status, "reason": reason, "error": error}
        self._send("response.done", response=self._whole(status, status_details=details))

    def _whole(self, status: str, **more: object) -> dict:
        return {
            "id": "resp_1",
            "object": "realtime.response",
            "status": status,
            "output": [],
            **more,
        }

    def _error(self, kind: str, code: str | None, message: str) -> None:
        message = message.format(key=self.key)
        self._send("error", error={"type": kind, "code": code, "message": message})

    def _send(self, kind: str, **fields: object) -> None:
        self.events += 1
        self.connection.send(
            json.dumps({"type": kind, "event_id": f"event_{self.events}"} | fields)
        )


def _pieces(sound: bytes, fault: str) -> Iterator[bytes]:
    size = 1001 if fault == "odd" else DELTA_BYTES
    if fault == "empty":
        sound = b""
    elif fault == "short":
        sound = sound[: len(sound) // 20 & ~1]
    elif fault in ("cut", "goodbye", "stall"):
        sound = sound[: len(sound) // 2 & ~1]
    for place in range(0, len(sound), size):
        yield sound[place : place + size]


def _usage(call: Call, size: int) -> dict:
    """Tokens as the real counting has it: a prompt, partly cached, and one for 50 ms of sound."""
    text, sound = 60 + len(call.text) // 4, size // 2 * 20 // SAMPLE_RATE
    return {
        "input_tokens": text,
        "output_tokens": len(call.text) // 4 + sound,
        "total_tokens": text + len(call.text) // 4 + sound,
        "input_token_details": {
            "text_tokens": text,
            "audio_tokens": 0,
            "cached_tokens": 40,
            "cached_tokens_details": {"text_tokens": 40, "audio_tokens": 0},
        },
        "output_token_details": {"text_tokens": len(call.text) // 4, "audio_tokens": sound},
    }
