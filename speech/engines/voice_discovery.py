"""Discovery of a speech server's voices and models.

Each kind of server lists its voices in another shape. Kokoro-FastAPI gives {"voices": [...]} of
names, or of objects with `id` and `name`; Speaches gives objects with `voice_id`, or lists them
under their model; others give {"data": [...]} or a bare list.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from common.errors import Message
from speech.engines import openai_errors as faults
from speech.engines import pinned_http
from speech.engines.openai_models import VoiceRow
from speech.errors import ProviderUnreachable, SpeechError

PATHS = ("audio/voices", "audio/speech/voices", "voices")
LARGEST_LIST = 1_000_000  # bytes
LONGEST_LIST = 1000
LONGEST_NAME = 100
IDENTIFIERS = ("id", "voice_id", "voice", "name")
NAMES = ("name", "label", "display_name")
LANGUAGES = ("language", "locale", "lang", "language_code", "languages")
MODELS = ("model_id", "model")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029|]")
KOKORO = re.compile(r"([abefhijpz])[fm]_")  # "bf_emma": British, female
KOKORO_LANGUAGES = {
    "a": "en-US", "b": "en-GB", "e": "es", "f": "fr", "h": "hi", "i": "it", "j": "ja",
    "p": "pt-BR", "z": "cmn",
}  # fmt: skip
LEADING_LANGUAGE = re.compile(r"([a-z]{2,3})[-_]([A-Z]{2})-")  # "de-DE-KatjaNeural"


class NoList(SpeechError):
    """The server lists no voices or models, or in no shape that is known."""


def read_voices(base_url: str, key: str, model: str, timeout_s: float) -> list[VoiceRow]:
    """The voices that a server lists: identifier, name, language. Raises SpeechError."""
    for path in PATHS:
        answer = _answer(base_url, path, key, timeout_s)
        if answer is not None and (found := voices_in(answer, model)):
            return found
    for listed in _items(_answer(base_url, "models", key, timeout_s), "data"):
        is_its = isinstance(listed, dict) and listed.get("id") == model
        if is_its and (found := voices_in(listed)):
            return found
    raise NoList(
        Message(
            "{host} lists no voices. Enter their names in the form, as in its documentation.",
            host=faults.host(base_url),
        )
    )


def read_models(base_url: str, key: str, timeout_s: float) -> list[str]:
    """The names of the models that a server lists. Raises SpeechError."""
    answer = _answer(base_url, "models", key, timeout_s)
    found = [_text(item, ("id", "name")) for item in _items(answer, "data", "models")]
    names = list(dict.fromkeys(name for name in found if name))[:LONGEST_LIST]
    if not names:
        raise NoList(
            Message(
                "{host} lists no models. Enter the name of the model in the form.",
                host=faults.host(base_url),
            )
        )
    return names


def voices_in(answer: Any, model: str = "") -> list[VoiceRow]:
    """The voices in an answer of any known shape, without what cannot be a voice.

    Where voices say which model is theirs, and some are the model's, the others are left out.
    """
    rows: dict[str, tuple[VoiceRow, str]] = {}
    for item in _items(answer, "voices", "data"):
        identifier = _text(item, IDENTIFIERS)
        if identifier and identifier not in rows:
            fields = item if isinstance(item, dict) else {}
            name = _text(fields, NAMES)
            shown = "" if name == identifier else name
            row = (identifier, shown, _language(fields, identifier))
            rows[identifier] = (row, _text(fields, MODELS))
    found = list(rows.values())
    if any(of == model for _, of in found):
        found = [each for each in found if each[1] == model]
    return [row for row, _ in found[:LONGEST_LIST]]


def fit_name(text: Any) -> str:
    """A name as it can be kept on a line of its own; "" for what is none."""
    if not isinstance(text, str) or len(text) > LONGEST_NAME or UNFIT.search(text):
        return ""
    return " ".join(text.split())


def fit_language(text: Any) -> str:
    """A language tag such as "en-GB"; "" for what is none."""
    tag = text.strip().replace("_", "-") if isinstance(text, str) else ""
    return tag if LANGUAGE.fullmatch(tag) else ""


def _items(answer: Any, *names: str) -> Iterable[Any]:
    if isinstance(answer, dict):
        answer = next((answer[name] for name in names if answer.get(name)), ())
    if isinstance(answer, dict):
        return [
            {"id": key, **value} if isinstance(value, dict) else key
            for key, value in answer.items()
        ]
    return answer if isinstance(answer, list) else ()


def _text(item: Any, names: Iterable[str]) -> str:
    """The first of an object's fields that holds a name; the object itself if it is one."""
    if isinstance(item, dict):
        return next((found for name in names if (found := fit_name(item.get(name)))), "")
    return fit_name(item)


def _language(fields: dict[str, Any], identifier: str) -> str:
    """The language that a voice is said to speak, else the one that its name tells."""
    for name in LANGUAGES:
        said = fields.get(name)
        if found := fit_language(said[0] if isinstance(said, list) and said else said):
            return found
    if match := KOKORO.match(identifier):
        return KOKORO_LANGUAGES[match[1]]
    if match := LEADING_LANGUAGE.match(identifier):
        return f"{match[1]}-{match[2]}"
    return ""


def _answer(base_url: str, path: str, key: str, timeout_s: float) -> Any:
    """Get a path of the server as JSON; None where it has no such path."""
    import httpx2

    deadline = time.monotonic() + timeout_s
    host = faults.host(base_url)
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    try:
        with httpx2.Client(follow_redirects=False, timeout=timeout_s) as client:
            pinned_http.pin(client)
            with client.stream("GET", f"{base_url}/{path}", headers=headers) as response:
                body = b"".join(_limited(response.iter_bytes(), host, deadline))
    except httpx2.TimeoutException as error:
        raise ProviderUnreachable(Message("{host} did not answer in time.", host=host)) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeEncodeError) as error:
        raise ProviderUnreachable(Message("{host} could not be reached.", host=host)) from error
    if response.status_code in (404, 405, 501):
        return None
    return _read(response.status_code, body, host, key)


def _limited(pieces: Iterable[bytes], host: str, deadline: float) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST_LIST:
            raise NoList(Message("{host} answered with too much for a list.", host=host))
        if time.monotonic() > deadline:
            raise ProviderUnreachable(Message("{host} did not answer in time.", host=host))
        yield piece


def _read(status: int, body: bytes, host: str, key: str) -> Any:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if status == 200 and answer is not None:
        return answer
    if status == 200:
        raise NoList(Message("{host} answered with something that is not a list.", host=host))
    error = answer.get("error") if isinstance(answer, dict) else None
    error = error if isinstance(error, dict) else {}
    raise faults.refusal(status, str(error.get("code") or ""), faults.message_of(answer), key)
