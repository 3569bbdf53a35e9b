import itertools
import json
import re
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.audio.captions import LINE, LINES, cues, srt, webvtt
from speech.audio.word_timing import Timing

TEXT = (
    "The rain had stopped. A boat came in with the tide, slowly & <quietly>; nobody was on board."
)


def segment(start, end, start_ms, end_ms, words=()):
    return {
        "text_start": start, "text_end": end, "start_ms": start_ms, "end_ms": end_ms,
        "words": json.dumps(words) if words else "",
    }  # fmt: skip


def parsed(text, arrow=" --> ", point="."):
    """The cues of a file: start and end in ms, and lines; fails where it breaks the format."""
    found = []
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        if lines[0].isdigit():
            lines = lines[1:]
        times = lines[0].split(arrow)
        pattern = rf"(\d\d):([0-5]\d):([0-5]\d){re.escape(point)}(\d\d\d)"
        hms = [list(map(int, re.fullmatch(pattern, time).groups())) for time in times]
        start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in hms)
        assert lines[1:]
        assert "-->" not in "".join(lines[1:])
        found.append((start, end, lines[1:]))
    return found


def webvtt_cues(text):
    head, _, rest = text.partition("\n\n")
    assert head == "WEBVTT"
    return parsed(rest)


def test_a_short_segment_is_one_cue():
    assert webvtt_cues(webvtt(TEXT, [segment(0, 22, 0, 1500)])) == [
        (0, 1500, ["The rain had stopped."])
    ]


def test_a_long_segment_is_split_at_a_clause_by_the_times_of_its_words():
    words = [
        [match.start(), len(match[0]), 100 * i] for i, match in enumerate(re.finditer(r"\S+", TEXT))
    ]
    found = list(cues(TEXT, [segment(0, len(TEXT), 0, 3000, words)]))
    assert found[0].lines[-1].endswith("tide,")
    number = TEXT.split().index(found[1].lines[0].split()[0])
    assert found[1].start_ms == found[0].end_ms == 100 * number


def test_without_times_of_words_a_segment_is_divided_evenly():
    found = list(cues(TEXT, [segment(0, len(TEXT), 1000, 1000 + 10 * len(TEXT))]))
    place = TEXT.index(found[1].lines[0].split()[0])
    assert found[1].start_ms == pytest.approx(1000 + 10 * place, abs=10)


def test_signs_of_the_format_are_escaped_in_webvtt_and_kept_in_srt():
    whole = [segment(0, len(TEXT), 0, 5000)]
    assert "slowly &amp; &lt;quietly&gt;" in " ".join(webvtt(TEXT, whole).split())
    assert "slowly & <quietly>" in " ".join(srt(TEXT, whole).split())
    assert parsed(srt("a --> b", [segment(0, 7, 0, 10)]), point=",") == [(0, 10, ["a → b"])]


def test_srt_is_numbered_from_one():
    found = srt(TEXT, [segment(0, 22, 0, 900), segment(22, len(TEXT), 900, 5000)])
    assert re.findall(r"^\d+$", found, re.M) == ["1", "2"]


@pytest.mark.parametrize("text", ["[pause 1.5s]", " \n ", ""])
def test_what_nobody_says_has_no_cue(text):
    assert list(cues(text + "x", [segment(0, len(text), 0, 1500)])) == []


def test_a_paragraph_begins_a_new_cue():
    found = list(cues("One.\n\nTwo.", [segment(0, 10, 0, 1000)]))
    assert [cue.lines for cue in found] == [("One.",), ("Two.",)]


def test_a_script_without_spaces_is_broken_into_lines():
    text = "雨が止んだ。" * 30
    found = list(cues(text, [segment(0, len(text), 0, 60_000)]))
    assert "".join(line for cue in found for line in cue.lines) == text


WIDE_TEXTS = {
    "zh": (
        "早上下了雪，孩子们都到院子里去了。"
        "没有人知道会发生什么，可是大家都很高兴，因为很久没有下雪了。"
    ),
    "ja": (
        "朝、雪が降って、子供たちは庭に出ました。"
        "誰も何が起こるか知りませんでしたが、みんな喜んでいました。"
    ),
    "ko": (
        "그는 아침에 일찍 일어나서 물을 마시고 밖으로 나갔다. "
        "눈이 많이 내려서 모두 마당에서 놀고 있었다."
    ),
    "th": "เรือออกเวลาเจ็ดโมงครึ่ง และใครที่มาสายจะต้องรอจนถึงวันรุ่งขึ้นเพราะไม่มีเรืออีกแล้วในวันนี้",
}


@pytest.mark.parametrize("language", WIDE_TEXTS)
def test_lines_of_wide_scripts_are_short_and_their_cues_too(language):
    text = WIDE_TEXTS[language]
    found = list(cues(text, [segment(0, len(text), 0, 250 * len(text))]))
    lines = [line for cue in found for line in cue.lines]
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(sum(not category(sign).startswith("M") for sign in line) <= 26 for line in lines)
    assert language == "th" or all(len(line) <= 20 for line in lines)
    assert all(len(cue.lines) <= LINES and cue.end_ms - cue.start_ms <= 7000 for cue in found)


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_lines_without_spaces_do_not_begin_with_punctuation_and_end_with_clauses(language):
    text = WIDE_TEXTS[language]
    found = list(cues(text, [segment(0, len(text), 0, 200 * len(text))]))
    assert not any(line[0] in "、。，ー々っ" for cue in found for line in cue.lines)
    assert all(line[-1] in "、。，" for cue in found for line in cue.lines)


def test_words_of_latin_and_clusters_stay_whole_among_wide_signs():
    text = "我们用Wikipedia查了一下がが゙゙゙，" * 8
    found = list(cues(text, [segment(0, len(text), 0, 20_000)]))
    lines = [line for cue in found for line in cue.lines]
    assert "".join(lines) == text
    assert sum("Wikipedia" in line for line in lines) >= 1
    assert all(line.count("Wikipedia") * 9 == sum(map(str.isascii, line)) for line in lines)
    assert not any(category(line[0]).startswith("M") for line in lines)


@given(st.text(st.characters(blacklist_categories=("Cc",)), max_size=400), st.integers(1, 9000))
def test_cues_hold_every_word_once_in_order_without_overlap(text, duration):
    found = list(cues(text, [segment(0, len(text), 0, duration)]))
    assert all(len(cue.lines) <= LINES for cue in found)
    assert all(len(line) <= LINE for cue in found for line in cue.lines)
    assert all(a.end_ms <= b.start_ms for a, b in itertools.pairwise(found))
    if duration > len(text) and text.strip()[:6].lower() != "[pause":
        shown = "".join(line for cue in found for line in cue.lines)
        assert "".join(shown.split()) == "".join(text.split())


@given(st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 9), st.integers(-5, 2000))))
def test_times_rise_with_the_place_whatever_an_engine_says(words):
    timing = Timing(segment(10, 60, 500, 1500, words))
    times = [timing.at(offset) for offset in range(51)]
    assert times == sorted(times)
    assert times[0] >= 500
    assert times[-1] == 1500


@pytest.mark.parametrize("text", [TEXT, "Yes, no, well, he said so, and that was that."])
def test_no_cue_stands_longer_than_seven_seconds_where_words_part(text):
    found = list(cues(text, [segment(0, len(text), 0, 24_000)]))
    assert all(0 < cue.end_ms - cue.start_ms <= 7000 for cue in found)
    assert " ".join(line for cue in found for line in cue.lines).split() == text.split()


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("ມື້ນີ້ຕອນເຊົ້າຫິມະຕົກໜັກຫຼາຍເດັກນ້ອຍທຸກຄົນອອກໄປທີ່ເດີ່ນບໍ່ມີໃຜຮູ້ວ່າຈະເກີດຫຍັງ", "ເແໂໃໄ", "ະາຳຽ"),
        ("ဒီနေ့မနက်နှင်းတွေအများကြီးကျတယ်ကလေးတွေအားလုံးအပြင်ထွက်ကြတယ်ဘယ်သူမှမသိကြဘူး", "\u1039", ""),
        ("ថ្ងៃនេះពេលព្រឹកព្រិលធ្លាក់យ៉ាងខ្លាំងក្មេងៗទាំងអស់ចេញទៅទីធ្លាគ្មាននរណាដឹង", "\u17d2", ""),
    ],
)
def test_syllables_that_nothing_parts_stay_whole(text, before, after):
    lines = [line for cue in cues(text, [segment(0, len(text), 0, 9000)]) for line in cue.lines]
    assert "".join(lines) == text
    assert len(lines) > 1
    for line in lines[:-1]:
        assert line[-1] not in before
    for line in lines[1:]:
        assert line[0] not in after
        assert line[1] != "\u103a"
