"""Time to the first audible sound and to the finished MP3, against engine and encoder alone."""

import io
import os
import re
import time
from pathlib import Path
from statistics import median

import av
import numpy

from speech.audio.encoding import Mp3Stream
from speech.engines import espeak_process
from speech.engines.espeak import SAMPLE_RATE, WORDS_PER_MINUTE, EspeakEngine, find_library
from speech.engines.espeak_text import SpokenText
from speech.text.segments import split
from tools.benchmarks.browser import Browser
from tools.benchmarks.load import side_by_side
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, percentile, table
from tools.benchmarks.texts import text

SIZES = (100, 5_000, 100_000, 1_000_000)
TRIES = 21
PAGE_TRIES = 5
ROUNDS = 2
PIECE = 32 * 1024
VOICE = "gmw/en"
VOICES = {"natural": "heart", "espeak": VOICE}
AUDIBLE = 0.01  # of full scale: -40 dB
AUDIO = re.compile(rb'(?:src|data-src|data-audio-url)="(/audio/[^"]+)"')


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """First audible sound for every size; whole time for those that fit a short run."""
    folder = fresh(scratch / "first_sound")
    with prepared(folder, ["ada"]):
        pass
    with Program(folder, default_voice="") as program:
        browser = program.browser("ada")
        for engine, voice in VOICES.items():
            row = browser.generate(text(300), engine=engine, voice=voice)
            browser.wait_until_ready(row["filename"])
        _first_sounds(report, browser)
        _whole(report, browser, scratch, SIZES if full else SIZES[:3])


def _first_sounds(report: Report, browser: Browser) -> None:
    rows = []
    for engine, voice in VOICES.items():
        for size in SIZES:
            heard = [
                audible_ms(browser, text(size, seed), engine=engine, voice=voice)
                for seed in range(TRIES)
            ]
            first = [byte for byte, _ in heard]
            sound = [moment for _, moment in heard]
            late = percentile(sound, 0.95)
            numbers = (median(sound), late, max(sound), median(first))
            rows.append((f"{engine}, {size:,}", *map(_ms, numbers)))
            what = f"first sound, {engine}, {size:,} characters"
            report.at_most(what, median(sound), 150, "ms")
            report.at_most(f"{what}, p95", late, 250, "ms")
    heads = ("characters", "median ms", "p95 ms", "worst ms", "first byte, median ms")
    table("From POST /generate to the first sound above -40 dB at the listener", heads, rows)
    pages = [
        (f"{size:,}", _ms(median(_as_page(browser, text(size, s)) for s in range(PAGE_TRIES))))
        for size in SIZES
    ]
    heads = ("characters", "median ms")
    table("To the first byte by way of the page of an espeak-ng file", heads, pages)


def audible_ms(browser: Browser, words: str, **voice: str) -> tuple[float, float]:
    """Milliseconds from sending the text to the first byte, and to the first audible sample.

    The listener plays from the first frame of sound on as soon as it is there, so that a sample is
    heard when that frame came plus the sample's place in the sound, or when its own frame came if
    that is later.
    """
    started = time.perf_counter()
    row = browser.generate(words, **voice)
    answer = browser.stream(row["audio_url"])
    data, first_s, playing_s = b"", 0.0, 0.0
    while True:
        piece = answer.read1(PIECE)
        now_s = time.perf_counter() - started
        if not piece:
            raise RuntimeError(f"{row['filename']} ended and was never audible")
        data += piece
        first_s = first_s or now_s
        is_playing, place_s = _audible(data)
        if is_playing:
            playing_s = playing_s or now_s
        if place_s is not None:
            break
    browser.stop_listening(row["filename"])
    return 1000 * first_s, 1000 * max(now_s, playing_s + place_s)


def _audible(data: bytes) -> tuple[bool, float | None]:
    """Whether any frame of an MP3's beginning can be played, and where it is audible first, s."""
    samples, rate = 0, 1
    try:
        with av.open(io.BytesIO(data), format="mp3") as container:
            rate = container.streams.audio[0].rate
            for frame in container.decode(audio=0):
                loud = numpy.flatnonzero(numpy.abs(frame.to_ndarray()[0]) > AUDIBLE)
                if loud.size:
                    return True, (samples + int(loud[0])) / rate
                samples += frame.samples
    except (av.FFmpegError, IndexError):
        pass  # too little has come, or the last frame is not whole yet
    return samples > 0, None


def _as_page(browser: Browser, words: str) -> float:
    """Milliseconds to the first byte through what browsers get: a redirect, a page, its player."""
    started = time.perf_counter()
    fields = {"text": words, "engine": "espeak", "voice": VOICE}
    location, _ = browser.post("/generate", fields, expect=303)
    sound = AUDIO.search(browser.get(location))
    return _first_byte(browser, sound.group(1).decode(), started)


def _first_byte(browser: Browser, url: str, started: float) -> float:
    answer = browser.stream(url)
    answer.read1(1)
    taken = 1000 * (time.perf_counter() - started)
    browser.stop_listening(url.rpartition("/")[2])
    return taken


def _whole(report: Report, browser: Browser, scratch: Path, sizes: tuple[int, ...]) -> None:
    rows = []
    for size in sizes:
        words = text(size, seed=99)
        rounds = [_round(browser, words, scratch) for _ in range(ROUNDS if size < 10**6 else 1)]
        engine, encoder, taken = (min(times) for times in zip(*rounds, strict=True))
        floor = max(engine, encoder)
        rows.append((f"{size:,}", *(f"{s:.2f}" for s in (taken, engine, encoder, taken / floor))))
        if size == 100_000:
            report.at_most(f"whole time, {size:,} characters", taken / floor, 1.15, "x the floor")
    heads = ("characters", "program s", "engine alone s", "encoder alone s", "ratio to the slower")
    table("From POST /generate to the finished MP3, espeak-ng (best of rounds)", heads, rows)


def _round(browser: Browser, words: str, scratch: Path) -> tuple[float, float, float]:
    """Seconds of engine and encoder, side by side in a process each, and of the program."""
    sound = scratch / "sound.pcm"
    (_,) = side_by_side([(speak_alone_s, words, str(sound))])
    engine, encoder = side_by_side(
        [(speak_alone_s, words, os.devnull), (encode_alone_s, str(sound))]
    )
    sound.unlink()
    started = time.perf_counter()
    row = browser.generate(words, engine="espeak", voice=VOICE)
    browser.wait_until_ready(row["filename"])
    return engine, encoder, time.perf_counter() - started


def speak_alone_s(words: str, output: str) -> float:
    """Seconds that espeak-ng takes for the same sentences; its samples go to `output`."""
    library = find_library()
    os.chdir(library.data.parent)
    with Path(output).open("wb") as file:
        speaker = espeak_process.EspeakWorker(library.path, library.data.name, _Samples(file))
        started = time.perf_counter()
        for segment in split(words, limit_bytes=EspeakEngine.segment_bytes):
            speaker.speak(VOICE, WORDS_PER_MINUTE, SpokenText(segment.text, "en").text)
        return time.perf_counter() - started


class _Samples:
    """Keeps the samples of each audio frame and drops the rest."""

    def __init__(self, file) -> None:
        self._file = file
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> None:
        self._parts.append(part)

    def flush(self) -> None:
        header, *parts = self._parts
        if header[:1] == b"A":
            self._file.write(parts[-1])
        self._parts = []


def encode_alone_s(sound: str, sample_rate: int = SAMPLE_RATE) -> float:
    """Seconds that the encoder takes for the same samples."""
    stream = Mp3Stream(sample_rate)
    with Path(sound).open("rb") as file:
        started = time.perf_counter()
        while piece := file.read(PIECE):
            stream.feed(piece)
        stream.finish()
        return time.perf_counter() - started


def _ms(value: float) -> str:
    return f"{value:.1f}"
