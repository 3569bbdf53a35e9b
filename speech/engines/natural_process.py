"""The child process of the natural voices: text to phonemes to sound, with the time of each word.

It uses the package hibari-tts for phonemes and signal processing, and runs the models itself: from
files that it has checked, on one thread, never with a network. A request names model, sha256,
is_british, speed, text and phonemes: rows of start, end and what is said there.
"""

import hashlib
import json
import math
import re
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

from speech.engines import child_process, child_sound

SAMPLE_RATE = 24_000
SAMPLES_A_STEP = 600  # of the durations that the model tells
EARLY_STEPS = 3  # by which sounds come before the phonemes' own time: measured at fricatives
EARLY_STEPS_AFTER_PAUSE = 1  # where nothing sounds until the word does
MOST_MODELS = 3  # loaded at once
LONGEST_PHONEMES = 300  # spoken in one go: more take long, and a breath is due
MOST_WORDS = 400  # aligned word by word
TARGET_RMS = 0.1  # of what is heard of a sentence, so that one is as loud as the other
DURATIONS = b"/Clip_output_0"
WORD = re.compile(r"\S+")
EDGE_SIGNS = re.compile(r"^\W+|\W+$")
SENTENCE_SIGNS = (".", "!", "?")
CLAUSE_SIGNS = (",", ";", ":", "—", "…")
TRIAL = "One two three four five six seven eight nine ten eleven twelve"
TRIALS = 3


class ModelChanged(ValueError):
    """A model's file is not the one that it should be."""


class Token(NamedTuple):
    """Phonemes of a word or sign, and where it stands in the text of the request."""

    phonemes: str
    start: int
    length: int
    is_word: bool


class Noise:
    """Random numbers of normal distribution, the same each time, so that equal texts sound alike.

    They are what a new generator of numpy with the seed 0 gives, kept: to draw them anew for each
    sentence takes a twelfth of its time.
    """

    def __init__(self, numpy: Any) -> None:
        self._numpy = numpy
        self._numbers: Any = None

    def standard_normal(self, shape: tuple[int, ...], dtype: Any) -> Any:
        """An array of that shape; whoever asks may change it."""
        count = math.prod(shape)
        if self._numbers is None or len(self._numbers) < count:
            self._numbers = self._numpy.random.default_rng(0).standard_normal(count, dtype=dtype)
        return self._numbers[:count].reshape(shape).copy()


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded model: its session, and the file that it came from."""

    session: Any
    stamp: tuple[int, int]


class NaturalWorker:
    """The loaded models and lexicons, and how a text is spoken with them."""

    def __init__(self, model: str, sha256: str) -> None:
        import numpy
        import onnxruntime
        from hibari import dsp
        from hibari.g2p import G2P
        from hibari.g2p.normalize import normalize
        from hibari.g2p.token import Tok
        from onnxruntime.capi import onnxruntime_pybind11_state as faults

        self._numpy, self._runtime, self._synth = numpy, onnxruntime, dsp.synth
        self._make_g2p, self._normalize, self._token = G2P, normalize, Tok
        self.failures: tuple[type[Exception], ...] = (
            *(OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError, ImportError),
            MemoryError,
            *(faults.Fail, faults.InvalidGraph, faults.InvalidProtobuf, faults.NoSuchFile),
            *(faults.InvalidArgument, faults.NotImplemented, faults.RuntimeException),
        )
        self._noise = Noise(numpy)
        self._models: OrderedDict[str, Model] = OrderedDict()
        self._readers: dict[bool, Any] = {}
        assets = Path(dsp.__file__).parent / "assets"
        self._ids: dict[str, int] = json.loads((assets / "vocab.json").read_bytes())
        self._trial = {
            "model": model, "sha256": sha256, "is_british": False, "speed": 1.0, "text": TRIAL,
            "phonemes": [],
        }  # fmt: skip

    def greeting(self) -> bytes:
        """Speak twelve words some times; tells as JSON how many ms of a core the quickest took."""
        took_ms = []
        for _ in range(TRIALS):
            began = time.process_time()
            list(self._sentences(self._trial))
            took_ms.append((time.process_time() - began) * 1000)
        return json.dumps({"ms": round(min(took_ms))}).encode()

    def speak(self, sound: child_process.Sound, request: dict[str, Any]) -> bytes:
        """Send the sound of the text, part by part, with the marks of its words."""
        samples = 0
        for pcm, marks in self._sentences(request):
            sound.send(pcm, [(start, size, samples + at) for start, size, at in marks])
            samples += len(pcm) // 2
        return json.dumps(list(self._models)).encode()

    def forget(self, request: dict[str, Any]) -> None:
        """Drop the model of a request that failed."""
        self._models.pop(request["model"], None)

    def _sentences(
        self, request: dict[str, Any]
    ) -> Iterator[tuple[bytes, list[tuple[int, int, int]]]]:
        """16-bit samples of a part, and its words: start, length, sample."""
        session = self._load(request["model"], request["sha256"]).session
        for tokens in self._parts(request):
            spoken, steps = self._sound(session, tokens, request["speed"])
            yield self._polished(spoken, steps, tokens, request["speed"])

    def _load(self, path: str, sha256: str) -> Model:
        file = Path(path)
        stat = file.stat()
        known = self._models.get(path)
        if known and known.stamp == (stat.st_mtime_ns, stat.st_ino):
            self._models.move_to_end(path)
            return known
        self._models.pop(path, None)  # another file has taken its place on the disk
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ModelChanged("the file of the voice was changed or cut")
        while len(self._models) >= MOST_MODELS:
            self._models.popitem(last=False)
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        session = self._runtime.InferenceSession(
            content + durations_output(), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._models[path] = Model(session, (stat.st_mtime_ns, stat.st_ino))
        return self._models[path]

    def _parts(self, request: dict[str, Any]) -> Iterator[list[Token]]:
        """The tokens of a text, in parts that are spoken in one go; none without any phoneme."""
        for tokens in sentences(self._tokens(request)):
            for part in shortened(tokens):
                if any(sign.isalpha() and sign in self._ids for sign in _joined(part)):
                    yield part

    def _tokens(self, request: dict[str, Any]) -> list[Token]:
        """The tokens of a whole text; what stands between phonemes is read by itself."""
        text, reader = request["text"], self._reader(request["is_british"])
        toks: list[Any] = []
        places: list[tuple[int, int]] = []
        at = 0
        for start, end, said in [*request["phonemes"], (len(text), len(text), "")]:
            read = self._normalize(text[at:start])
            if toks and text[at:start][:1].isspace():
                toks[-1].whitespace = " "
            new = reader.tokenize(read)
            if new and text[at:start][-1:].isspace():
                new[-1].whitespace = " "
            places += _aligned(new, read, text[at:start], at)
            toks += new
            if said:
                toks.append(self._token(text[start:end], "NN", "", phonemes=said, rating=5))
                places.append((start, end))
            at = end
        return _with_places(reader.phonemize_tokens(toks), toks, places, text)

    def _reader(self, is_british: bool) -> Any:
        if is_british not in self._readers:
            self._readers[is_british] = self._make_g2p(british=is_british)
            self._readers[is_british].oov("loaded")  # or the first strange word would wait
        return self._readers[is_british]

    def _sound(self, session: Any, tokens: list[Token], speed: float) -> tuple[Any, list[float]]:
        """The sound of tokens, and the sample at which each of them begins."""
        numpy = self._numpy
        ids, firsts = [0], []
        for token in tokens:
            firsts.append(len(ids))
            ids += [self._ids[sign] for sign in token.phonemes if sign in self._ids]
        ids.append(0)
        *spectrum, durations = session.run(
            None,
            {
                "ids": numpy.asarray([ids], numpy.int64),
                "speed": numpy.asarray([speed], numpy.float32),
            },
        )
        sound = self._synth(*(part[0] for part in spectrum), self._noise)
        steps = durations.reshape(-1)
        begins = numpy.concatenate([[0.0], numpy.cumsum(steps)])
        # Of a space half belongs to the word after it: nobody is silent between words.
        spaces = [
            steps[first - 1] / 2 if ids[first - 1] == self._ids[" "] else 0 for first in firsts
        ]
        early = [EARLY_STEPS_AFTER_PAUSE if _pauses(each) else EARLY_STEPS for each in tokens]
        early = [EARLY_STEPS, *early[:-1]]
        return sound, [
            float(begins[first] - space - steps_early) * SAMPLES_A_STEP
            for first, space, steps_early in zip(firsts, spaces, early, strict=True)
        ]

    def _polished(
        self, spoken: Any, begins: Sequence[float], tokens: list[Token], speed: float
    ) -> tuple[bytes, list[tuple[int, int, int]]]:
        """A part at an even level, without silence at its ends, and its marks moved along."""
        numpy = self._numpy
        level = child_sound.levelled(numpy, spoken)
        kept = child_sound.heard(numpy, level, SAMPLE_RATE)
        level = self._evened(level[kept])
        if not len(level):
            return b"", []
        marks: list[tuple[int, int, int]] = []
        for token, begin in zip(tokens, begins, strict=True):
            if token.is_word and token.length and (not marks or token.start > marks[-1][0]):
                # The first word begins where anything is heard.
                at = round(begin) - kept.start if marks else round(child_sound.LEAD_S * SAMPLE_RATE)
                marks.append((token.start, token.length, min(max(0, at), len(level) - 1)))
        pcm = child_sound.samples(numpy, child_sound.faded(numpy, level, SAMPLE_RATE))
        sign = child_sound.last_sign(list(_joined(tokens)))
        return pcm + child_sound.pause(sign, speed, SAMPLE_RATE), marks

    def _evened(self, sound: Any) -> Any:
        """Sound of which what is heard has the same power in every sentence."""
        loud = sound[self._numpy.abs(sound) > child_sound.QUIET]
        if not len(loud):
            return sound
        rms = float(self._numpy.sqrt(self._numpy.mean(loud * loud)))
        return sound * min(1.0, TARGET_RMS / rms)


def durations_output() -> bytes:
    """What makes a model tell how long each phoneme lasts, appended to its file.

    Messages of Protocol Buffers that follow one another are merged: this one is a graph with one
    further output, of 32-bit floats.
    """
    tensor = _field(1, bytes((1 << 3, 1)))
    return _field(7, _field(12, _field(1, DURATIONS) + _field(2, tensor)))


def _field(number: int, content: bytes) -> bytes:
    return bytes((number << 3 | 2, len(content))) + content


def sentences(tokens: list[Token]) -> Iterator[list[Token]]:
    """Tokens in sentences: each ends with a sign that ends one, and what closes after it."""
    sentence: list[Token] = []
    has_ended = False
    for token in tokens:
        if has_ended and token.is_word:
            yield sentence
            sentence, has_ended = [], False
        sentence.append(token)
        has_ended |= not token.is_word and token.phonemes.strip()[-1:] in SENTENCE_SIGNS
    if sentence:
        yield sentence


def shortened(tokens: list[Token]) -> Iterator[list[Token]]:
    """A sentence's tokens, in parts that end at a clause or between words where it is long."""
    while sum(len(token.phonemes) for token in tokens) > LONGEST_PHONEMES:
        size, ends = 0, {}
        for number, token in enumerate(tokens, 1):
            size += len(token.phonemes)
            if size > LONGEST_PHONEMES:
                break
            if size > LONGEST_PHONEMES // 3 and token.phonemes.strip()[-1:] in CLAUSE_SIGNS:
                ends["clause"] = number
            if token.phonemes.endswith(" "):
                ends["word"] = number
        end = ends.get("clause") or ends.get("word") or max(1, number - 1)
        yield tokens[:end]
        tokens = tokens[end:]
        if not tokens:
            return
    yield tokens


def _pauses(token: Token) -> bool:
    return token.phonemes.strip()[-1:] in (*SENTENCE_SIGNS, *CLAUSE_SIGNS)


def _joined(tokens: Sequence[Token]) -> str:
    return "".join(token.phonemes for token in tokens)


def _aligned(tokens: list[Any], read: str, text: str, offset: int) -> list[tuple[int, int]]:
    """Where each token of the normalised text stands in the text itself, a word at a time.

    Words that the normalisation changed get the place of those that stand there instead.
    """
    written = [found.span() for found in WORD.finditer(text)]
    spoken = [found.span() for found in WORD.finditer(read)]
    if not written:
        return [(offset, offset)] * len(tokens)
    place = _word_places([text[a:b] for a, b in written], [read[a:b] for a, b in spoken])
    places, at, number = [], 0, 0
    for token in tokens:
        at = max(at, read.find(token.text, at))
        while number + 1 < len(spoken) and at >= spoken[number + 1][0]:
            number += 1
        word = place[min(number, len(place) - 1)]
        start, end = written[word]
        same = text[start:end] == read[slice(*spoken[number])]
        inside = start + at - spoken[number][0] if same else start
        places.append(
            (offset + inside, offset + (min(end, inside + len(token.text)) if same else end))
        )
        at += len(token.text)
    return places


def _word_places(written: list[str], spoken: list[str]) -> list[int]:
    """For each spoken word the number of the written one that it reads."""
    if written == spoken or max(len(written), len(spoken)) > MOST_WORDS:
        return [min(number, len(written) - 1) for number in range(len(spoken))]
    bare = [[EDGE_SIGNS.sub("", word) for word in words] for words in (written, spoken)]
    found = [0] * len(spoken)
    for kind, low, high, first, last in SequenceMatcher(
        None, bare[0], bare[1], False
    ).get_opcodes():
        for number in range(first, last):
            share = (number - first) if kind == "equal" else (number - first) * (high - low)
            step = share if kind == "equal" else share // max(1, last - first)
            found[number] = min(low + step, len(written) - 1)
    return found


def _with_places(
    spoken: list[Any], toks: list[Any], places: list[tuple[int, int]], text: str
) -> list[Token]:
    """The tokens as they are spoken, each with its place; they may be cut otherwise than `toks`."""
    owners = [number for number, tok in enumerate(toks) for sign in tok.text if sign.strip()]
    tokens, at = [], 0
    for each in spoken:
        size = sum(1 for sign in each.text if sign.strip())
        own = [places[number] for number in owners[at : at + size]] or [(len(text), len(text))]
        start, end = own[0][0], max(place[1] for place in own)
        at += size
        while start < end and not text[start].isalnum():
            start += 1
        while end > start and not text[end - 1].isalnum():
            end -= 1
        phonemes = (each.phonemes or "") + (" " if each.whitespace else "")
        is_word = end > start and any(map(str.isalpha, phonemes))
        tokens.append(Token(phonemes, start, end - start, is_word))
    return tokens


if __name__ == "__main__":
    import sys

    child_process.serve(lambda: NaturalWorker(*sys.argv[1:3]), "The natural voice")
