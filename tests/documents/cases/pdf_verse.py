"""Cases of PDF: verse in small letters and of even lines, and prose that is none."""

from collections.abc import Callable, Sequence

from fpdf import FPDF

from tests.documents.cases import Case
from tests.documents.cases.pdf import column, wrapped, written
from tests.documents.making import FONT, sentences

SMALL = (
    "when all the lamps are low and the long",
    "water of evening carries no song",
    "the keeper goes up to his room in the sky",
    "and hears how the birds of the passage go by",
)
EVEN = (
    ("the harbour sleeps and all is still", "the moon goes up behind the hill"),
    ("a boat comes home on quiet oars", "and no one waits there on the shores"),
    ("so lay the nets out on the sand", "and take the lantern in your hand"),
    ("the morning comes for you and me", "across the grey and open sea"),
)
GERMAN = (
    "und wieder geht das licht im hafen aus,",
    "die alte frau schließt leise zu ihr haus,",
    "ein hund bellt fern,",
    "der leuchtturm dreht sich rundherum;",
)
RUSSIAN = (
    "и снова гаснет свет в порту",
    "и чайка прячется в листву,",
    "а сторож входит в старый дом",
    "и ставит лампу за окном.",
)
HYMN = (
    "Lord of the harbour and the deep and of the lands where we",
    "shall sleep, be with us when the nights are long and",
    "lead us home with light and song.",
)
PROSE = sentences(14, 33)


def stanzas(
    *blocks: Sequence[str], size: float = 12, x: float = 72, font: bool = False
) -> Callable[[], bytes]:
    """Stanzas with a gap after each, two pages of them."""

    def draw(made: FPDF) -> None:
        if font:
            made.add_font("Other", fname=FONT)
        for page in (0, 1):
            if page:
                made.add_page()
            y = 100.0
            made.set_font("Other" if font else "Times", size=size)
            for block in blocks:
                column(made, list(block), x, y, size + 3)
                y += (size + 3) * len(block) + 14

    return written(draw)


def prose(width: float, size: float, justified: str) -> Callable[[], bytes]:
    """Paragraphs that are wrapped to a narrow column of the sheet."""

    def draw(made: FPDF) -> None:
        made.set_font("Times", size=size)
        made.set_xy(72, 90)
        for seed in (34, 35, 36):
            made.set_x(72)
            made.multi_cell(width, 1.3 * size, sentences(9, seed), align=justified)
            made.set_y(made.get_y() + 1.3 * size)

    return written(draw)


def abstract(made: FPDF) -> None:
    """A paragraph that is indented at both sides, between others."""
    made.set_font("Times", size=11)
    column(made, wrapped(PROSE, 440, 11)[:5], 72, 80, 14)
    made.set_xy(110, 160)
    made.multi_cell(360, 14, sentences(5, 37), align="J")
    column(made, wrapped(PROSE, 440, 11)[:8], 72, 280, 14)


def said(*blocks: Sequence[str]) -> str:
    """Stanzas as they are spoken on two pages: a sentence may go on over the end of the first."""
    page = "\n\n".join("\n".join(block) for block in blocks)
    return f"{page}{chr(10) if page[-1].isalpha() else 2 * chr(10)}{page}"


CASES = [
    Case(
        "PDF verse",
        "small letters",
        "a.pdf",
        stanzas(SMALL, SMALL[:3]),
        spoken=said(SMALL, SMALL[:3]),
    ),
    Case("PDF verse", "couplets", "a.pdf", stanzas(*EVEN), spoken=said(*EVEN)),
    Case(
        "PDF verse",
        "one block",
        "a.pdf",
        stanzas([line for pair in EVEN for line in pair]),
        spoken=said([line for pair in EVEN for line in pair]),
    ),
    Case("PDF verse", "German", "a.pdf", stanzas(GERMAN, font=True), spoken=said(GERMAN)),
    Case(
        "PDF verse",
        "Russian",
        "a.pdf",
        stanzas(RUSSIAN, RUSSIAN, font=True),
        spoken=said(RUSSIAN, RUSSIAN),
    ),
    Case("PDF verse", "hymn of uneven lines", "a.pdf", stanzas(HYMN, x=120), spoken=said(HYMN)),
    *(
        Case(
            "PDF prose",
            f"in a column of {width:.0f} points, {'justified' if how == 'J' else 'ragged'}",
            "a.pdf",
            prose(width, size, how),
            spoken="\n\n".join(sentences(9, seed) for seed in (34, 35, 36)),
        )
        for width, size in ((200, 11), (260, 12), (330, 11), (440, 10))
        for how in ("J", "L")
    ),
    Case(
        "PDF prose",
        "indented at both sides",
        "a.pdf",
        written(abstract),
        holds=(f"\n\n{sentences(5, 37)}\n\n",),
    ),
]
