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
        ("BEN [off]: No.\nANNA [to BEN]: Yes.\nBEN: (sits) So.", ["BEN", "ANNA"]),
        ("BEN *(laughing)*: No.\nANNA: _(to Ben)_ Yes.", ["BEN", "ANNA"]),
        ("**BEN:** No.\n**ANNA**: Yes.\n*TOM:* So.", ["BEN", "ANNA", "TOM"]),
        ("BEN to ANNA: No.\nFAUST zu MEPHISTO: Ja.", ["BEN", "FAUST"]),
        (
            "FIRST WITCH: When?\n1ST CLERK: Here.\nSoldat 2: Da.",
            ["FIRST WITCH", "1ST CLERK", "Soldat 2"],
        ),
        ("Herr Müller (leise): Na.\nFrau Groß-Vogel: Was?", ["Herr Müller", "Frau Groß-Vogel"]),
        (
            "MRS. HALE (off): Yes.\nO’NEILL: No.\nD'Artagnan: Si.",
            ["MRS. HALE", "O’NEILL", "D'Artagnan"],
        ),
        ("ANNA & BEN: No!\nANNA/BEN: So.\nANNA, BEN: Oh.", ["ANNA & BEN", "ANNA/BEN", "ANNA, BEN"]),
        ("ВАНЯ: Да.\nСоня (плачет): Нет.", ["ВАНЯ", "Соня"]),
        (
            "Mme. Dupont : Oui.\nM. Durand\u00a0: Non.\nE\u0301lise\u202f: Si.",
            ["Mme. Dupont", "M. Durand", "E\u0301lise"],
        ),
        ("अन्ना: नमस्ते।\nराम: हाँ।", ["अन्ना", "राम"]),
        ("أحمد: نعم.\nفاطمة: لا.", ["أحمد", "فاطمة"]),
        ("安娜（笑）：你好。\n汤姆：（点头）你好。", ["安娜", "汤姆"]),
        ("[12.03.24, 10:15:30] Anna: Hi\n12/03/24, 10:15 PM - Tom: Hi", ["Anna", "Tom"]),
        ("00:01:23 Anna Smith: Hi\n(00:01:29) Tom: Hi", ["Anna Smith", "Tom"]),
        ("Q: Why?\nA: Because.", ["Q", "A"]),
        (
            "Zweiter Bürger: Ja.\nDie alte Frau: Oh.\nDie alte Frau: Ah.",
            ["Zweiter Bürger", "Die alte Frau"],
        ),
        ("Warning: one\nQuestion 3: two\n10:30: three\nhttp://example.org", []),
        ("The problem is: he left.\nOne thing is clear: he stays.", []),
        ("1. Introduction: We begin.\n2. Results: We found.", []),
        ("Monday: rain\nMontag: Regen\nDay 1: walk\nCUT TO:\nFADE IN:", []),
    ],
)
def test_names_are_found_where_lines_begin_with_them(text, names):
    assert find_speakers(text) == names


def test_what_is_found_can_be_cast():
    text = "Dr. Smith: Well.\nOld Man (sadly): Yes.\nO'Neill: So.\nDr. Smith: Good.\n安娜：你好。"
    cast = Cast(dict.fromkeys(find_speakers(text), "voice"))
    found = [match["name"] for match in cast.any_directive.finditer(text)]
    assert found == ["Dr. Smith", "Old Man", "O'Neill", "Dr. Smith", "安娜"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("BEN (laughing): No.\nANNA: Yes.", ["No.", "Yes."]),
        ("BEN: (laughing) No.\nANNA: [sighs] Yes.", ["No.", "Yes."]),
        ("BEN: (That was in 1990.) No.\nANNA: Yes.", ["(That was in 1990.) No.", "Yes."]),
        (
            "BEN to ANNA: No.\nBEN: Letter to Anna: no.\nANNA: [1] Yes.",
            ["No.", "Letter to Anna: no.", "[1] Yes."],
        ),
        ("BEN: (so) is he.\nBEN: [pause 1s] No.", ["is he.", "[pause 1s] No."]),
        ("安娜：（笑）你好。\n汤姆：你好。", ["你好。", "你好。"]),
        (
            "BEN: (laughing)\nANNA: [the page](https://example.org)",
            ["(laughing)", "[the page](https://example.org)"],
        ),
        ("10:15:30 BEN: No.\n[10:16] ANNA: Yes.", ["No.", "Yes."]),
    ],
)
def test_a_direction_beside_a_name_is_not_said(text, said):
    cast = Cast(dict.fromkeys(find_speakers(text), "voice"))
    assert [line.strip() for line in cast.speaker.sub("", text).split("\n")] == said


def test_only_those_that_speak_most_are_offered():
    lines = [
        f"Name{'abcdefghijklmnopqrstuvwxyz'[number % 26]}{number}: Hi." for number in range(60)
    ]
    names = find_speakers("\n".join([*lines, *["Anna: Hi."] * 3]))
    assert len(names) == MOST_NAMES
    assert "Anna" in names


@pytest.mark.parametrize(
    "hostile",
    [
        "A" * 1_000_000,
        "Aa " * 330_000,
        "A:\n" * 330_000,
        " " * 1_000_000,
        "A'" * 500_000,
        "[1:" * 330_000,
        "A (" * 330_000,
        "1:1:1" * 200_000,
        "\nA & A & A & A" * 70_000,
    ],
)
def test_no_text_takes_long(hostile):
    assert takes_below(2.0, lambda: find_speakers(hostile))
