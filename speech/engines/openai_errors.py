"""Translation of a provider's failures into SpeechErrors, and the wait before the next try."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from common.errors import Message
from speech.errors import (
    BrokenAudio,
    KeyRefused,
    ModelEnded,
    ProviderBusy,
    ProviderQuota,
    ProviderRefused,
    ProviderUnreachable,
    SpeechError,
)
from speech.types import SpeechRequest

if TYPE_CHECKING:
    import openai

LONGEST_WAIT_S = 30.0
FIRST_WAIT_S = 0.5
TELLING_BYTES = 16
SPOKEN_TYPES = ("audio/", "application/octet-stream", "binary/")
CONTAINERS = (b"RIFF", b"ID3", b"OggS", b"fLaC")
PRINTABLE = frozenset(range(32, 127)) | frozenset(b"\t\r\n")
MESSAGE_CHARACTERS = 200
FASTEST = 60  # speakable characters per second at speed 1.0; more means that sound is missing
SHORT_TEXT = 20  # speakable characters up to which a length says nothing
SECRET = re.compile(
    r"\b(?:sk|pk|rk|key)[-_][\w*.\-]{5,}[\w*]|\bBearer\s+[\w*.~+/=\-]{6,}|[\w\-]*\*{3,}[\w*\-]*",
    re.IGNORECASE,
)
MASK = re.compile(r"\*{2,}|…|\.{3}")
OUT_OF_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
NOTHING_THERE = ("", "not found", "not found.")
DEEPEST = 4  # how many shells a message may lie in
NOT_SOUND = "The provider sent something other than the audio that was asked for."


@contextmanager
def translated(key: str, address: str) -> Iterator[None]:
    """Turn what the SDK and its transport raise inside the block into SpeechErrors."""
    import httpx2
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        raise _refusal(error, key) from error
    except openai.APITimeoutError as error:
        sentence = Message("{host} did not answer in time.", host=host(address))
        raise ProviderUnreachable(sentence) from error
    except openai.APIConnectionError as error:
        if isinstance(error.__cause__, SpeechError):
            raise error.__cause__ from error
        sentence = Message("{host} could not be reached.", host=host(address))
        raise ProviderUnreachable(sentence) from error
    except openai.APIError as error:
        raise BrokenAudio(NOT_SOUND) from error
    except (httpx2.InvalidURL, UnicodeEncodeError) as error:
        raise ProviderRefused("The speech server's address or key cannot be used.") from error
    except httpx2.TimeoutException as error:
        raise BrokenAudio("The audio from the provider stopped arriving.") from error
    except httpx2.HTTPError as error:
        raise BrokenAudio("The audio from the provider was cut off.") from error


def check_content_type(content_type: str) -> None:
    """Raise BrokenAudio for a type that is no raw sound; a missing type is looked at by bytes."""
    if content_type and not content_type.lower().startswith(SPOKEN_TYPES):
        raise BrokenAudio(NOT_SOUND)


def check_start(start: bytes, content_type: str = "") -> None:
    """Raise BrokenAudio when the first bytes are those of a document or a container."""
    # Real samples may begin with the byte of a brace or of an MP3 frame: more must agree.
    is_document = start.startswith((b"{", b"[", b"<")) and PRINTABLE.issuperset(start)
    is_mpeg = "mp" in content_type and start[:1] == b"\xff" and start[1:2] >= b"\xe0"
    if is_document or is_mpeg or start.startswith(CONTAINERS):
        raise BrokenAudio(NOT_SOUND)


def check_length(request: SpeechRequest, duration_s: float) -> None:
    """Raise BrokenAudio for less sound than anybody needs to speak the text."""
    speakable = sum(map(str.isalnum, request.text))
    if speakable > SHORT_TEXT and speakable / (FASTEST * request.speed) > duration_s:
        raise BrokenAudio(
            f"The provider sent {duration_s:.1f} s of sound for {len(request.text)} characters."
        )


def pause_s(error: SpeechError, attempt: int) -> float:
    """Seconds to wait before the next try: what the provider asked for, else growing by chance."""
    asked: Any = getattr(error.__cause__, "response", None)
    try:
        return min(LONGEST_WAIT_S, max(0.0, float(asked.headers["retry-after"])))
    except (AttributeError, KeyError, ValueError):
        return FIRST_WAIT_S * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311


def refusal(status: int, code: str, message: object, key: str) -> SpeechError:
    """Translate an error response: its HTTP status, its code and its message, if any.

    What is said about a key is never repeated: servers put the key, or a part of it, into it.
    """
    reason = cleaned(message, key)
    if code in OUT_OF_CREDIT or status == 402:
        return ProviderQuota("The provider's account has no credit left.")
    if code == "model_not_found":
        if reason:
            return ModelEnded(
                Message("The provider does not have this model. It says: {message}", message=reason)
            )
        return ModelEnded("The provider does not have this model.")
    if status == 401:
        return KeyRefused(
            "The provider did not accept the key. Check it, or get a new one from the provider."
        )
    if status == 429:
        return ProviderBusy("The provider is busy: too many requests. Try again later.", 429)
    if 300 <= status < 400:
        return ProviderRefused(
            "The server redirects to another address. Texts and keys are only sent to the "
            "address that is set; enter the other one as its base URL."
        )
    if status in (408, 409) or status >= 500:
        return ProviderBusy(
            Message("The provider has a fault (status {status}). Try again later.", status=status)
        )
    return _refused(status, reason)


def _refused(status: int, reason: str) -> SpeechError:
    """A request that will not be answered, with what the provider says of it."""
    if status == 404 and reason.lower() in NOTHING_THERE:
        return ProviderRefused(
            "The server has nothing at this address (status 404). Check the base URL, "
            "which usually ends with /v1."
        )
    kind = KeyRefused if status == 403 else ProviderRefused
    if reason:
        return kind(
            Message(
                "The provider refused the request (status {status}). It says: {message}",
                status=status,
                message=reason,
            )
        )
    return kind(Message("The provider refused the request (status {status}).", status=status))


def message_of(body: object) -> str:
    """Extract the message of an error's body, whichever server's shape it has; "" for a page."""
    for _ in range(DEEPEST):
        if isinstance(body, list):
            body = body[0] if body else ""
        elif isinstance(body, dict):
            names = ("message", "detail", "error", "msg")
            body = next((body[name] for name in names if body.get(name)), "")
    return body if isinstance(body, str) and not body.lstrip().startswith("<") else ""


def cleaned(message: object, key: str) -> str:
    """Clean a provider's message for people: one line, no secrets, not long; "" for none."""
    if not isinstance(message, str):
        return ""
    message = SECRET.sub("…", " ".join(message.split()))
    if key:
        message = re.sub(rf"(?<!\w){re.escape(key)}(?!\w)", "…", message)
        message = " ".join(_without_key(word, key) for word in message.split())
    if len(message) > MESSAGE_CHARACTERS:
        message = message[: MESSAGE_CHARACTERS - 1] + "…"
    return message


def _without_key(word: str, key: str) -> str:
    """The word, or "…" in its place when it is a part of the key, or one that was masked."""
    parts = [part for part in re.split(r"[^\w\-]+", word) if len(part) >= 3]
    is_masked = MASK.search(word) and any(key.startswith(p) or key.endswith(p) for p in parts)
    if is_masked or any(len(part) >= 8 and part in key for part in parts):
        return "…" + word[len(word.rstrip(".,;:!?")) :][:1]
    return word


def _refusal(error: openai.APIStatusError, key: str) -> SpeechError:
    return refusal(error.status_code, error.code or "", message_of(error.body), key)


def host(address: str) -> str:
    """Host and port of a URL."""
    return address.partition("://")[2].partition("/")[0].rpartition("@")[2] or address
