import pytest

from speech.text.directives import Cast
from speech.text.speakers import MOST_NAMES, find_speakers
from tests.support.pacing import takes_below


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna: Hello.\nTom: Hello.", ["Anna", "Tom"]),
        ("Anna: Hello.\n\nAnna: Again.", ["Anna"]),
        ("Anna: Hello.\nANNA: Again.", ["Anna"]),
        ("Dr. Smith: Well.\n  Old Man : “Yes.”", ["Dr. Smith", "Old Man"]),
        ("Élodie: Oui.\nJörg-Uwe: Ja.", ["Élodie", "Jörg-Uwe"]),
        ("老师: 好。\n学生: 好。", ["老师", "学生"]),
        ("Anna: Only once.", []),
        ("note: one\nnote: two", []),
        ("At 10:30 it was late.\nAt 11:30 it was later.", []),
        ("Https://example.org\nHttps://example.com", []),
        ("She said to him: no. He said to her: yes.", []),
        ("BEN (laughing): No.\nANNA: Yes.\nBEN (quietly) : So.", ["BEN", "ANNA"]),
        ("安娜：你好。\n汤姆：你好。", ["安娜", "汤姆"]),
        ("Ingredients:\n- 1 egg\nMethod: Stir.\nServes: 4", []),
        ("To: Ann\nFrom: Bob\nSubject: Tea\nDate: Monday", []),
        ("Time: 10 am\nPlace: the hall\nTime: 11 am", []),
        ("He said: no.\nShe said: yes.\nOld Tom replied: well.", []),
        ("Then: it rained.\nThen: it stopped.", []),
        ("Zutaten: Mehl\nZubereitung: Rühren.", []),
        ("Note: late.\nAnna: Hello.\nThen: rain.\nTom: Hi.", ["Anna", "Tom"]),
        ("", []),
    ],
)
def test_names_are_found_where_lines_begin_with_them(text, names):
    assert find_speakers(text) == names


def test_what_is_found_can_be_cast():
    text = "Dr. Smith: Well.\nOld Man (sadly): Yes.\nO'Neill: So.\nDr. Smith: Good.\n安娜：你好。"
    cast = Cast(dict.fromkeys(find_speakers(text), "voice"))
    found = [match["name"] for match in cast.any_directive.finditer(text)]
    assert found == ["Dr. Smith", "Old Man", "O'Neill", "Dr. Smith", "安娜"]


def test_only_those_that_speak_most_are_offered():
    lines = [
        f"Name{'abcdefghijklmnopqrstuvwxyz'[number % 26]}{number}: Hi." for number in range(60)
    ]
    names = find_speakers("\n".join([*lines, *["Anna: Hi."] * 3]))
    assert len(names) == MOST_NAMES
    assert "Anna" in names


@pytest.mark.parametrize(
    "hostile", ["A" * 1_000_000, "Aa " * 330_000, "A:\n" * 330_000, " " * 1_000_000, "A'" * 500_000]
)
def test_no_text_takes_long(hostile):
    assert takes_below(2.0, lambda: find_speakers(hostile))
