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


FOREIGN = (
    ("a.sbv", "SBV", "0:00:01.000,0:00:02.000\nHello there.\n\n0:00:03.000,0:00:04.000\nTwo.\n"),
    ("b.txt", "SBV", "0:00:01.000,0:00:02.000\nHello there.\n"),
    ("c.lrc", "LRC", "[ti:Song]\n[ar:Ann]\n[00:12.00]First line\n[00:15.30]Second line\n"),
    ("d.txt", "LRC", "[00:12.00]First\n[00:15.30]Second\n[00:17.30]Third\n"),
    ("e.ttml", "TTML", '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>'),
    ("f.smi", "SAMI", "<SAMI><BODY><SYNC Start=1000><P Class=ENCC>Hello.</BODY></SAMI>"),
    ("g.sub", "SUB", "{0}{25}Hello|there.\n{30}{60}Two.\n"),
    ("h.txt", "MicroDVD", "{0}{25}Hello|there.\n{30}{60}{y:i}Two.\n"),
    ("i.txt", "MPL2", "[0][25]Hello|there.\n[30][60]/Two.\n"),
    ("j.txt", "SubViewer", "[INFORMATION]\n[TITLE]x\n00:00:01.00,00:00:02.00\nHello.\n"),
    ("k.scc", "SCC", "Scenarist_SCC V1.0\n\n00:00:00:22\t9425 9425\n"),
)


CASES = [
    *(
        Case(
            "Captions",
            f"the format {kind} of {name}",
            name,
            lambda content=content: content,
            refused=f"captions in the format {kind}",
        )
        for name, kind, content in FOREIGN
    ),
    Case(
        "Captions",
        "who speaks, with marks and directions",
        "who.srt",
        lambda: srt(
            ">> BEN: Hi.", ">> So.", "MAN (on TV): Late.", "Zoë [leise] : Komm.", ">>> News."
        ),
        spoken="BEN: Hi. So.\nMAN: Late.\nZoë: Komm. News.",
        shown=(("sound", "(on TV)"), ("sound", "[leise]")),
    ),
    Case(
        "Captions",
        "sounds that begin with a capital letter",
        "capital.srt",
        lambda: srt(
            "(Donner grollt) Was war das?", "(He sighs.) No.", "(Yes, he had said so to me.) No."
        ),
        spoken="Was war das? No. (Yes, he had said so to me.) No.",
    ),
    Case(
        "Captions",
        "times below zero, of wide signs, and backwards",
        "times.srt",
        lambda: (
            "By X\n\n1\n-00:00:01,000 --> 00:00:02,000\nOne.\n\n"
            "２\n00：00：03，000 --> 00：00：04，000\n"
            "Two.\n\n3\n100:00:09,000 --> 00:00:08,000\nThree.\n"
        ),
        lacks=("00",),
        holds=("One. Two.", "Three."),
    ),
    Case(
        "Captions",
        "two marks of byte order",
        "marks.srt",
        lambda: f"\ufeff\ufeff{srt('One.', '<ruby>漢<rt>kan</rt></ruby>')}",
        spoken="One. 漢",
    ),
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
