import array
import itertools
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from speech.engines import process_pool
from speech.engines.espeak import EspeakEngine, find_library, language_tag
from speech.engines.espeak_pool import Child, Library
from speech.engines.espeak_text import SpokenText
from speech.engines.process_pool import Pool
from speech.errors import EngineCrashed, EngineHeldUp, EngineMissing
from speech.types import SpeechRequest

TEXT = "Hello brave new world, it costs $3.50. Dr. Smith's well-known naïve e-mail — 日本 😀 ended."


@pytest.fixture
def engine():
    engine = EspeakEngine()
    yield engine
    engine.close()


@pytest.fixture
def the_child(engine):
    """The number of the engine's one process; others of this process's children are not its."""
    strangers = set(children_of(os.getpid()))

    def find():
        (child,) = set(children_of(os.getpid())) - strangers
        return child

    return find


def duration_s(engine, text, voice="gmw/en"):
    return sum(chunk.duration_s for chunk in engine.speak(SpeechRequest(text, voice)))


def marks(engine, text):
    chunks = engine.speak(SpeechRequest(text, "gmw/en"))
    return [mark for chunk in chunks for mark in chunk.marks]


def wait_until(condition, deadline_s=30.0):
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "the awaited condition did not come true"
        time.sleep(0.005)


def test_every_listed_voice_speaks_a_sentence(engine):
    voices = engine.voices()
    assert len(voices) > 100
    silent = [
        voice.identifier
        for voice in voices
        if duration_s(engine, "Hello 123, this is a test.", voice.identifier) < 0.6
    ]
    assert silent == []


def test_voices_have_readable_names_in_order_and_no_comments(engine):
    names = [voice.name for voice in engine.voices()]
    assert names == sorted(names)
    assert "English (Great Britain)" in names
    assert not any("//" in name for name in names)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en-gb", "en-GB"),
        ("en-gb-x-rp", "en-GB-x-rp"),
        ("fa-latn", "fa-Latn"),
        ("es-419", "es-419"),
        ("vi-vn-x-south", "vi-VN-x-south"),
        ("chr-US-Qaaa-x-west", "chr-US-Qaaa-x-west"),
        ("de", "de"),
    ],
)
def test_languages_are_written_as_bcp_47(written, tag):
    assert language_tag(written) == tag


def test_listing_voices_starts_no_process(engine):
    engine.voices()
    assert engine._pool.alive == 0


def test_marks_point_at_the_words_of_the_original_text(engine):
    words = [TEXT[mark.start : mark.start + mark.length] for mark in marks(engine, TEXT)]
    assert words[:4] == ["Hello", "brave", "new", "world"]
    assert {"3.50", "Smith's", "well-known", "naïve", "日本", "😀", "ended"} <= set(words)


def test_marks_keep_to_the_original_where_long_words_are_parted(engine):
    text = "b" * 200 + " then " + "word " * 200 + "end"
    found = {text[mark.start : mark.start + mark.length] for mark in marks(engine, text)}
    assert found == {"b" * 200, "then", "word", "end"}


def test_marks_rise_in_place_and_time(engine):
    found = marks(engine, TEXT)
    assert all(a.start + a.length <= b.start for a, b in itertools.pairwise(found))
    assert all(a.sample <= b.sample for a, b in itertools.pairwise(found))


def test_a_mark_stands_where_its_word_begins_to_sound(engine):
    chunks = list(engine.speak(SpeechRequest("One. Two. Three.", "gmw/en")))
    samples = array.array("h", b"".join(chunk.pcm for chunk in chunks))
    starts = [mark.sample for chunk in chunks for mark in chunk.marks]
    assert len(starts) == 3
    for start in starts[1:]:
        before = max(map(abs, samples[start - 1100 : start]))
        after = max(map(abs, samples[start : start + 4400]))
        assert after > 10 * max(before, 30)


@pytest.mark.parametrize("unit", ["b", "7", "日", "ba", "1234567 ", "я", "ก", "word ", "xkcd "])
def test_no_length_of_text_is_cut_short(engine, unit):
    # Two hundred against forty characters: a limit inside the library would show as a shorter end.
    count = 40 // len(unit)
    assert duration_s(engine, unit * count * 5) > 4 * duration_s(engine, unit * count)


def test_the_first_piece_is_small_and_later_ones_are_not(engine):
    sizes = [len(chunk.pcm) for chunk in engine.speak(SpeechRequest(TEXT * 3, "gmw/en"))]
    assert sizes[0] < 8000
    assert 16_000 < max(sizes) < 64_000


def test_a_killed_process_is_named_and_the_next_request_gets_a_new_one(engine, the_child):
    sound = engine.speak(SpeechRequest(TEXT * 200, "gmw/en"))
    next(sound)
    child = the_child()
    os.kill(child, signal.SIGKILL)
    with pytest.raises(EngineCrashed):
        list(sound)
    assert duration_s(engine, "Still here.") > 0.3


def test_an_idle_process_that_died_is_replaced_unseen(engine, the_child):
    duration_s(engine, "One.")
    child = the_child()
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: not is_running(child))
    assert duration_s(engine, "Two.") > 0.2


def test_the_process_sees_no_environment_of_the_parent(engine, the_child, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    duration_s(engine, "One.")
    child = the_child()
    assert b"sk-secret" not in Path(f"/proc/{child}/environ").read_bytes()


def test_the_process_ends_when_the_parent_is_killed():
    script = (
        "from speech.engines.espeak import EspeakEngine\n"
        "from speech.types import SpeechRequest\n"
        "sound = EspeakEngine().speak(SpeechRequest('word ' * 99999, 'gmw/en'))\n"
        "next(sound); print('speaking', flush=True); input()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout.readline() == b"speaking\n"
        (child,) = children_of(parent.pid)
        parent.kill()
        wait_until(lambda: not is_running(child))


def test_a_missing_library_is_named_with_its_remedy(tmp_path):
    (tmp_path / "lang").mkdir()
    engine = EspeakEngine(library=Library(str(tmp_path / "none.so"), find_library().data))
    with pytest.raises(EngineMissing, match="espeakng-loader"):
        duration_s(engine, "One.")
    engine.close()


def test_data_that_is_gone_is_named_with_its_remedy(tmp_path):
    pool = Pool(lambda: Child(Library(find_library().path, tmp_path)))
    with pytest.raises(EngineMissing, match="espeakng-loader"):
        with pool.borrow():
            pass
    assert pool.alive == 0


def ready(library, meanwhile):
    """Wait for a child to which something happens while it starts."""
    child = Child(library)
    try:
        meanwhile(child._process.pid)
        child.get_ready()
    finally:
        child.close()


def test_only_a_missing_or_damaged_library_is_to_be_installed_again(tmp_path):
    found = find_library()
    damaged = tmp_path / "library.so"
    damaged.write_bytes(b"\x7fELF and no more")
    for path in (str(damaged), str(tmp_path / "none.so")):
        with pytest.raises(EngineMissing, match="Install the package espeakng-loader again"):
            ready(Library(path, found.data), lambda _: None)
    with pytest.raises(EngineHeldUp) as killed:
        ready(found, lambda pid: os.kill(pid, signal.SIGKILL))
    assert killed.value.waits_for == "killed"
    little = 8 * 1024 * 1024
    with pytest.raises(EngineCrashed) as short:
        ready(found, lambda pid: resource.prlimit(pid, resource.RLIMIT_AS, (little, little)))
    for error in (killed.value, short.value):
        assert "espeakng-loader" not in error.message


def test_a_lack_of_open_files_is_called_so(engine):
    engine.voices()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
    try:
        with pytest.raises(EngineHeldUp, match="Too many files are open") as refused:
            duration_s(engine, TEXT)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert refused.value.waits_for == "open_files"
    assert duration_s(engine, TEXT) > 1


def test_a_data_folder_deep_in_the_tree_works(tmp_path):
    deep = tmp_path / ("d" * 100) / ("e" * 100) / ("f" * 100)
    deep.mkdir(parents=True)
    data = deep / "espeak-ng-data"
    data.symlink_to(find_library().data)
    engine = EspeakEngine(library=Library(find_library().path, data))
    assert duration_s(engine, "One.") > 0.2
    engine.close()


def test_at_most_four_processes_live_and_one_idle_stays():
    pool = Pool(lambda: Child(find_library()), idle_s=0.05)
    borrowed = [pool.borrow() for _ in range(4)]
    for each in borrowed:
        each.__enter__()
    assert pool.alive == 4
    for each in borrowed:
        each.__exit__(None, None, None)
    wait_until(lambda: pool.alive == 1)
    pool.close()
    assert pool.alive == 0


def test_an_idle_process_ends_when_its_time_is_over_counted_from_its_last_use(monkeypatch):
    class Idle:
        is_alive = True

        def get_ready(self): ...
        def rest(self): ...
        def close(self): ...

    waits, now = [], 1000.0
    monkeypatch.setattr(process_pool.time, "monotonic", lambda: now)
    monkeypatch.setattr(threading.Timer, "start", lambda timer: waits.append(timer.interval))
    pool = Pool(Idle, idle_s=300.0, stay=0)
    with pool.borrow():
        pass
    now += 100.0
    with pool.borrow():
        pass
    now += 200.0
    pool._trim()  # the timer of the first use
    now += 100.0
    pool._trim()
    assert waits == [300.0, 100.0]
    assert pool.alive == 0


def start_no_thread(self):
    raise RuntimeError("can't start new thread")


def test_without_a_thread_to_watch_its_end_a_process_is_ended_and_its_place_is_free(monkeypatch):
    pool = Pool(lambda: Child(find_library()), limit=1)
    with pytest.raises(KeyError), pool.borrow() as child:
        next(child.speak("en", 175, "One. Two. Three. " * 100))
        monkeypatch.setattr(threading.Timer, "start", start_no_thread)
        raise KeyError
    assert pool.alive == 0
    monkeypatch.undo()
    with pool.borrow():
        assert pool.alive == 1
    pool.close()


def test_idle_processes_end_though_no_thread_was_to_be_had_once(monkeypatch):
    pool = Pool(lambda: Child(find_library()), idle_s=0.05)
    borrowed = [pool.borrow() for _ in range(3)]
    for each in borrowed:
        each.__enter__()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Timer, "start", start_no_thread)
        for each in borrowed[:2]:
            each.__exit__(None, None, None)
    assert pool.alive == 3
    borrowed[2].__exit__(None, None, None)
    wait_until(lambda: pool.alive == 1)
    pool.close()


def test_a_process_lent_out_when_the_pool_closes_ends_on_its_return():
    pool = Pool(lambda: Child(find_library()))
    with pool.borrow():
        pool.close()
        assert pool.alive == 1
    assert pool.alive == 0


def test_the_protocol_survives_a_voice_that_cannot_be_loaded():
    child = Child(find_library())
    child.get_ready()
    with pytest.raises(EngineCrashed, match="no/such"):
        list(child.speak("no/such", 175, "One."))
    *_, done = child.speak("gmw/en", 175, "One.")
    assert done.read >= 3
    assert done.samples > 4000
    child.close()


def children_of(parent):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def phonemes_s(engine, text, *places):
    request = SpeechRequest(text, "gmw/en", phonemes=places)
    return sum(chunk.duration_s for chunk in engine.speak(request))


def test_phonemes_sound_as_the_word_they_spell(engine):
    word = duration_s(engine, "Say hello now.")
    assert phonemes_s(engine, "Say h@l'oU now.", (4, 10)) == pytest.approx(word, rel=0.02)
    assert duration_s(engine, "Say h@l'oU now.") > 1.2 * word


def test_a_text_cannot_pass_itself_off_as_phonemes(engine):
    forged = "Say [[h@l'oU]] and h@l'oU."
    spelled = forged.replace("[", "(").replace("]", ")")
    place = (19, 25)
    assert phonemes_s(engine, forged, place) == pytest.approx(
        phonemes_s(engine, spelled, place), rel=0.001
    )
    assert SpokenText("[ [[a] h@l'oU ]]", "en", [(7, 13)]).text == "( ((a) [[h@l'oU]] ))"


def test_marks_keep_to_the_text_around_phonemes(engine):
    text = "Say h@l'oU now."
    request = SpeechRequest(text, "gmw/en", phonemes=((4, 10),))
    found = [mark for chunk in engine.speak(request) for mark in chunk.marks]
    assert [mark.start for mark in found] == [0, 4, 11]
    assert all(mark.length for mark in found)


def test_odd_phonemes_end_no_process(engine, the_child):
    duration_s(engine, "One.")
    child = the_child()
    for odd in ("_^_", "_^_xx", "|" * 100, "'" * 100, "_:" * 50, "@,&{}", "x" * 100):
        phonemes_s(engine, f"Say {odd} now.", (4, 4 + len(odd)))
    assert the_child() == child
