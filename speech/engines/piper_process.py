"""The child process that holds Piper, started with ROOM as its argument.

ROOM is how many bytes of models may be loaded at once; the least recently used leave. A request
names model, config, speaker, speed, text and sample_rate. At its end the child tells the models
that are loaded, as JSON.
"""

import json
import sys
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from speech.engines import child_process, child_sound

LONGEST_PHONEMES = 500  # spoken in one go; memory grows with them
PLACES_TO_PART = frozenset(" ,;:")


class PiperWorker:
    """The loaded models, and how a text is spoken with one of them."""

    def __init__(self, room: int) -> None:
        import numpy
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as faults
        from piper import config, voice

        self._numpy, self._runtime, self._piper, self._config = numpy, onnxruntime, voice, config
        self.failures: tuple[type[Exception], ...] = (
            *(OSError, ValueError, KeyError, TypeError, IndexError, RuntimeError, ImportError),
            MemoryError,
            *(faults.Fail, faults.InvalidGraph, faults.InvalidProtobuf, faults.NoSuchFile),
            *(faults.InvalidArgument, faults.NotImplemented, faults.RuntimeException),
        )
        self._room = room
        self._models: OrderedDict[str, tuple[Any, int, int]] = OrderedDict()

    def greeting(self) -> bytes:
        """Nothing needs to be told."""
        return b""

    def speak(self, sound: child_process.Sound, request: dict[str, Any]) -> bytes:
        """Send the sound of the text sentence by sentence; returns the loaded models as JSON."""
        voice = self._load(request["model"], request["config"])
        for pcm in self._sentences(sound, voice, request):
            sound.send(pcm)
        return json.dumps(list(self._models)).encode()

    def forget(self, request: dict[str, Any]) -> None:
        """Drop the model of a request that failed."""
        self._models.pop(request["model"], None)

    def _load(self, model: str, config: str) -> Any:
        file = Path(model).stat()
        if model in self._models and self._models[model][2] == file.st_mtime_ns:
            self._models.move_to_end(model)
            return self._models[model][0]
        self._models.pop(model, None)  # another model has taken its place on the disk
        while self._models and self._size + file.st_size > self._room:
            self._models.popitem(last=False)
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        session = self._runtime.InferenceSession(
            model, sess_options=options, providers=["CPUExecutionProvider"]
        )
        settings = self._config.PiperConfig.from_dict(json.loads(Path(config).read_bytes()))
        # espeak-ng holds only short paths, hence the one within the working directory.
        voice = self._piper.PiperVoice(
            session=session, config=settings, espeak_data_dir=Path("espeak-ng-data")
        )
        self._models[model] = (voice, file.st_size, file.st_mtime_ns)
        return voice

    @property
    def _size(self) -> int:
        return sum(size for _, size, _ in self._models.values())

    def _sentences(
        self, sound: child_process.Sound, voice: Any, request: dict[str, Any]
    ) -> Iterator[bytes]:
        """16-bit samples a sentence, each with the pause that belongs after it."""
        speed, sample_rate = request["speed"], request["sample_rate"]
        settings = self._config.SynthesisConfig(
            speaker_id=request["speaker"], length_scale=voice.config.length_scale / speed
        )
        for phonemes in voice.phonemize(request["text"]):
            for part in parts(phonemes):
                ids = voice.phonemes_to_ids(part)
                sound.watch()
                spoken = voice.phoneme_ids_to_audio(ids, settings).reshape(-1)
                pcm = self._polished(spoken, voice.config.sample_rate, sample_rate)
                if pcm:
                    sign = child_sound.last_sign(part)
                    yield pcm + child_sound.pause(sign, speed, sample_rate)

    def _polished(self, spoken: Any, rate: int, wanted: int) -> bytes:
        """A sentence at an even level, without silence at its ends."""
        numpy = self._numpy
        level = child_sound.levelled(numpy, spoken)
        trimmed = level[child_sound.heard(numpy, level, rate)]
        if not len(trimmed):
            return b""
        faded = child_sound.faded(numpy, trimmed, rate)
        return child_sound.samples(numpy, child_sound.resampled(numpy, faded, rate, wanted))


def parts(phonemes: list[str]) -> Iterator[list[str]]:
    """A sentence's phonemes, in parts that end between words where it is very long."""
    while len(phonemes) > LONGEST_PHONEMES:
        place = LONGEST_PHONEMES
        while place > LONGEST_PHONEMES // 2 and phonemes[place - 1] not in PLACES_TO_PART:
            place -= 1
        if phonemes[place - 1] not in PLACES_TO_PART:
            place = LONGEST_PHONEMES
        yield phonemes[:place]
        phonemes = phonemes[place:]
    if any(map(str.strip, phonemes)):
        yield phonemes


if __name__ == "__main__":
    child_process.serve(lambda: PiperWorker(int(sys.argv[1])), "Piper")
