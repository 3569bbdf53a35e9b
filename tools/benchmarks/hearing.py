"""What a recogniser hears of each engine: through the whole product, and from the bare engine."""

from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from tools.benchmarks import bare_voices
from tools.benchmarks.hearing_words import errors, sentences, words
from tools.benchmarks.program import Program, fresh, prepared
from tools.benchmarks.report import Report, table

PERSON = "ada"
VOICES = {"natural": "heart", "piper": "en_US-joe-medium", "espeak": "gmw/en-US"}
MOST_ERRORS = {"natural": 4.0}  # % of all words
MOST_ADDED = 0.5  # points above the bare engine


@dataclass(frozen=True, slots=True)
class Heard:
    """Share of words heard wrong, %, the mean opinion score, and what was heard instead of what."""

    wrong: float
    quality: float
    misheard: list[tuple[str, str]]


def run(report: Report, scratch: Path, *, full: bool) -> None:
    """Speak the sentences with each engine, twice, and listen; `full` shows what was misheard."""
    from tools.benchmarks import ears

    if missing := ears.missing():
        print(f"\nhearing: left out, without {', '.join(missing)}. {ears.REMEDY}\n")
        return
    texts, listener = sentences(), ears.Ears()
    rows = []
    for engine, sounds in _spoken(texts, fresh(scratch / "hearing")).items():
        bare_sounds = bare_voices.speak(engine, texts, scratch / f"bare_{engine}")
        product, bare = _listen(listener, texts, sounds), _listen(listener, texts, bare_sounds)
        rows.append(_row(engine, product, bare))
        _hold(report, engine, product, bare)
        if full:
            table(f"{engine}: misheard", ("said", "heard"), product.misheard)
    total = sum(len(words(text)) for text in texts)
    heads = (
        "engine",
        "product, % wrong",
        "bare, % wrong",
        "points between",
        "DNSMOS",
        "bare DNSMOS",
    )
    table(f"{total} words in {len(texts)} sentences, heard by Whisper tiny.en", heads, rows)


def _spoken(texts: list[str], folder: Path) -> dict[str, list[Path]]:
    """The MP3 files of the texts by engine, each sent and downloaded as a person does."""
    from tests.support import real_voice

    with prepared(folder, [PERSON]):
        pass
    real_voice.install(folder / "voices")
    found: dict[str, list[Path]] = {}
    with Program(folder) as program:
        browser = program.browser(PERSON)
        for engine, voice in VOICES.items():
            found[engine] = []
            for number, text in enumerate(texts):
                row = browser.generate(text, engine=engine, voice=voice)
                browser.wait_until_ready(row["filename"])
                path = folder / f"{engine}-{number}.mp3"
                path.write_bytes(browser.get(f"/download/{row['filename']}"))
                found[engine].append(path)
        browser.close()
    return found


def _listen(listener, texts: list[str], sounds: list[Path]) -> Heard:
    from tools.benchmarks.ears import decoded

    wrong, said, scores, misheard = 0, 0, [], []
    for text, path in zip(texts, sounds, strict=True):
        sound = decoded(path)
        wanted, heard = words(text), words(listener.words(sound))
        scores.append(listener.quality(sound))
        said += len(wanted)
        if mistakes := errors(wanted, heard):
            wrong += mistakes
            misheard.append((" ".join(wanted), " ".join(heard)))
    return Heard(100 * wrong / said, mean(scores), misheard)


def _row(engine: str, product: Heard, bare: Heard) -> tuple[str, ...]:
    return (
        engine,
        *(f"{number:.1f}" for number in (product.wrong, bare.wrong)),
        f"{product.wrong - bare.wrong:+.1f}",
        *(f"{number:.2f}" for number in (product.quality, bare.quality)),
    )


def _hold(report: Report, engine: str, product: Heard, bare: Heard) -> None:
    if engine in MOST_ERRORS:
        report.at_most(f"hearing: {engine}, words wrong", product.wrong, MOST_ERRORS[engine], "%")
    added = product.wrong - bare.wrong
    report.at_most(f"hearing: {engine}, above the bare engine", added, MOST_ADDED, "points")
