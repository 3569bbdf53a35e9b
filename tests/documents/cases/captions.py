"""Cases of captions."""

from tests.documents.cases import Case

VTT = "WEBVTT\n\nNOTE who made it\nand when\n\nSTYLE\n::cue { color: red }\n\n"
SOUNDS = (
    "[DOOR CREAKS]",
    "♪ We will go ♪",
    "(sighs) That was it.",
    "*coughs*",
    "He left (he said so) at ten.",
    "WOMAN: [LAUGHING] Not now.",
    "[wind howling\nin the trees]",
    "- (knocking)",
)


def srt(*texts: str, arrow: str = "-->", gap: str = "\n") -> str:
    """Make subtitles of texts, one cue for each."""
    return gap.join(
        f"{number}\n00:00:{number:02},000 {arrow} 00:00:{number:02},900\n{text}\n"
        for number, text in enumerate(texts, 1)
    )


CASES = [
    Case(
        "Captions",
        "blank lines in a cue",
        "a.srt",
        lambda: srt("One.\n\nStill one.\n\n\nAnd more.", "Two."),
        spoken="One. Still one. And more. Two.",
    ),
    Case(
        "Captions",
        "styles that are never closed",
        "open.srt",
        lambda: srt("{\\" * 150_000, "<v a" * 100_000, "{\\an8}{\\i1}One.{\\i0}"),
        holds=("One.",),
        lacks=("{\\an8}", "i1}"),
    ),
    Case(
        "Captions",
        "cues without blank lines between",
        "b.srt",
        lambda: srt("One.", "Two,\nthen", "three.", gap=""),
        spoken="One. Two, then three.",
    ),
    Case(
        "Captions",
        "times of all spellings",
        "c.srt",
        lambda: (
            "1\n00:00:01.000 --> 00:00:02.000\nDots.\n\n00:03,5 -> 00:04\nShort.\n\n"
            "3\n0:0:5:100—>0:0:6:10\nOdd.\n\n 4 \n 00:00:07 , 1 --> 00:00:08 , 2 \nSpaces.\n"
        ),
        spoken="Dots. Short. Odd. Spaces.",
    ),
    Case(
        "Captions",
        "cues without numbers",
        "d.srt",
        lambda: "00:00:01,000 --> 00:00:02,000\nOne.\n\n00:00:02,000 --> 00:00:03,000\nTwo.\n",
        spoken="One. Two.",
    ),
    Case(
        "Captions",
        "numbers that are said",
        "e.srt",
        lambda: srt("How many?\n42", "Right."),
        spoken="How many? 42 Right.",
    ),
    Case(
        "Captions",
        "notes and styles between cues",
        "f.vtt",
        lambda: VTT + "intro\n00:01.000 --> 00:02.000 align:start\nOne.\n\nStill one.\n\nNOTE hm\n",
        spoken="One. Still one.",
        shown=(("mark", "NOTE who made it\nand when"), ("mark", "STYLE"), ("mark", "NOTE hm")),
    ),
    Case(
        "Captions",
        "descriptions of sounds",
        "g.srt",
        lambda: srt(*SOUNDS),
        spoken="That was it. He left (he said so) at ten.\nWOMAN: Not now.",
        shown=(
            ("sound", "[DOOR CREAKS]"),
            ("sound", "♪ We will go ♪"),
            ("sound", "(sighs)"),
            ("sound", "*coughs*"),
            ("sound", "[LAUGHING]"),
            ("sound", "[wind howling in the trees]"),
            ("sound", "(knocking)"),
        ),
    ),
    Case(
        "Captions",
        "tags, entities and places",
        "h.srt",
        lambda: srt("{\\an8}<i>One</i> &amp; <font color='#fff'>two</font>"),
        spoken="One & two",
    ),
]
