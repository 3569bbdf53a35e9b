"""Cases of PDF: titles, the credits below them, and pages that hold nothing else."""

from collections.abc import Callable, Sequence

from fpdf import FPDF

from tests.documents.cases import Case
from tests.documents.cases.pdf import column, wrapped, written
from tests.documents.making import sentences

TEXT = wrapped(sentences(120, 21), 440, 11)
NARROW = wrapped(sentences(120, 22), 215, 10)
Row = tuple[float, str, tuple[str, ...]]  # size, style, texts side by side


def centred(made: FPDF, rows: Sequence[Row], top: float) -> float:
    """Rows of texts in the middle of the sheet, or in the middles of as many columns."""
    for size, style, texts in rows:
        made.set_font("Times", style, size)
        top += 1.4 * size
        wide = made.w - 120
        for number, text in enumerate(texts):
            middle = 60 + wide * (number + 0.5) / len(texts)
            made.text(middle - made.get_string_width(text) / 2, top, text)
    return top


def sections(made: FPDF, top: float, *, columns: bool) -> None:
    """Two sections with numbered headings, in one column or two."""
    for number, name in ((1, "Introduction"), (2, "Methods")):
        x = 320 if columns and number == 2 else 72
        y = top if columns or number == 1 else top + 250
        made.set_font("Times", "B", 14)
        made.text(x, y + 30, f"{number} {name}")
        made.set_font("Times", size=10 if columns else 11)
        lines = NARROW if columns else TEXT
        column(made, lines[14 * number : 14 * number + 14], x, y + 50, 13)


def article(*rows: Row, columns: bool = False) -> Callable[[], bytes]:
    """A title over an article, with those rows below it."""

    def draw(made: FPDF) -> None:
        top = centred(made, [(20, "B", ("On Lighthouses",)), *rows], 50)
        sections(made, top + 10, columns=columns)
        made.add_page()
        made.set_font("Times", "B", 12)
        made.text(72, 70, "2.1 Lamps")
        made.set_font("Times", size=11)
        column(made, TEXT[60:80], 72, 100, 14)

    return written(draw)


def at_the_left(*rows: tuple[float, str, str]) -> Callable[[], bytes]:
    """A title and credits that begin where the text does, as text processors set them."""

    def draw(made: FPDF) -> None:
        y = 60.0
        for size, style, text in ((26, "", "On Lighthouses"), *rows):
            made.set_font("Helvetica", style, size)
            y += 1.5 * size
            made.text(72, y, text)
        made.set_font("Helvetica", "B", 16)
        made.text(72, y + 40, "Beginnings")
        made.set_font("Times", size=11)
        column(made, TEXT[:14], 72, y + 64, 14)
        made.set_font("Helvetica", "B", 16)
        made.text(72, y + 300, "Endings")
        made.set_font("Times", size=11)
        column(made, TEXT[14:24], 72, y + 324, 14)

    return written(draw)


def alone(*rows: Row, label: str = "Chapter {}") -> Callable[[], bytes]:
    """A page of its own for a title; chapters with titles as large, or larger."""

    def draw(made: FPDF) -> None:
        y = 80.0
        for row in rows:
            y = centred(made, [row], y) + 40
        for number, name in ((1, "Beginnings"), (2, "Endings")):
            made.add_page()
            made.set_font("Times", "B", 20)
            made.text(72, 150, label.format(number))
            made.set_font("Times", "B", 24)
            made.text(72, 200, name)
            made.set_font("Times", size=11)
            column(made, TEXT[20 * number : 20 * number + 20], 72, 250, 14)

    return written(draw)


def small(made: FPDF) -> None:
    """A title in bold capitals of the size of the text, and numbered sections in the middle."""
    centred(made, [(11, "B", ("ON THE MOVEMENT OF LAMPS",)), (9, "", ("ADA HOLM",))], 60)
    for number, name in ((1, "Beginnings"), (2, "Endings")):
        y = 130 + 280 * (number - 1)
        centred(made, [(11, "", (f"{number}. {name}",))], y)
        made.set_font("Times", size=11)
        column(made, TEXT[14 * number : 14 * number + 14], 72, y + 40, 14)


def poem(made: FPDF) -> None:
    """A title, the name of a poet, and a poem at the left."""
    made.set_font("Times", "B", 20)
    made.text(72, 70, "The Lamp")
    made.set_font("Times", "I", 12)
    made.text(72, 95, "by Ada Holm")
    made.set_font("Times", size=12)
    for number in range(3):
        lines = [
            "so long the night and no",
            "one at the door to tell,",
            "the lamp is low and so",
            "is he as well",
        ]
        column(made, lines, 72, 130 + 80 * number, 15)


AUTHORS = (
    (13.0, "", ("Ada Holm", "Bo Lind")),
    (12.0, "", ("University of the North", "Harbour Office")),
    (11.0, "", ("ada@north.example", "bo.lind@harbour.example")),
)
THREE = (
    (12.0, "", ("Ada Holm", "Bo Lind", "Carla Berg")),
    (12.0, "", ("Department of Light", "Department of Shade", "Institute of Fog")),
    (11.0, "", ("ada@north.example", "bo@harbour.example", "carla@fog.example")),
)
FIRST = "1 Introduction"
CHAPTERS = ("On Lighthouses", "1 Introduction", "2 Methods", "2.1 Lamps")
NAMED = "On Lighthouses\n\n"


def credited(name: str, said: str, *rows: Row, columns: bool = False) -> Case:
    """A case of an article whose title is followed by what is said, and by the first section."""
    return Case(
        "PDF credits",
        name,
        "a.pdf",
        article(*rows, columns=columns),
        holds=(f"{NAMED}{said}\n\n{FIRST}",),
        chapters=CHAPTERS,
        title="On Lighthouses",
    )


CASES = [
    credited("one author", "Ada Holm\nMay 1901", (14, "", ("Ada Holm",)), (14, "", ("May 1901",))),
    credited(
        "bold", "Ada Holm\n12. Mai 2020", (14, "B", ("Ada Holm",)), (12, "B", ("12. Mai 2020",))
    ),
    credited(
        "side by side",
        "Ada Holm\nUniversity of the North\nada@north.example\nBo Lind\nHarbour Office\n"
        "bo.lind@harbour.example\n3 May 2021",
        *AUTHORS,
        (12, "", ("3 May 2021",)),
    ),
    credited(
        "three over two columns",
        "Ada Holm\nDepartment of Light\nada@north.example\nBo Lind\nDepartment of Shade\n"
        "bo@harbour.example\nCarla Berg\nInstitute of Fog\ncarla@fog.example",
        *THREE,
        columns=True,
    ),
    credited(
        "places with marks",
        "Ada Holm, Bo Lind and Carla Berg\nUniversity of the North, Lund\nHarbour Office, Ystad",
        (12, "", ("Ada Holm, Bo Lind and Carla Berg",)),
        (10, "I", ("1University of the North, Lund",)),
        (10, "I", ("2Harbour Office, Ystad",)),
    ),
    Case(
        "PDF credits",
        "at the left",
        "a.pdf",
        at_the_left(
            (14, "", "A Report for the Harbour Office"),
            (12, "B", "Ada Holm, Lund"),
            (12, "", "3 May 2021"),
        ),
        chapters=("On Lighthouses", "Beginnings", "Endings"),
        holds=("A Report for the Harbour Office\nAda Holm, Lund\n3 May 2021\n\nBeginnings",),
    ),
    Case(
        "PDF credits",
        "a small title",
        "a.pdf",
        written(small),
        chapters=("ON THE MOVEMENT OF LAMPS", "1. Beginnings", "2. Endings"),
        title="ON THE MOVEMENT OF LAMPS",
    ),
    Case(
        "PDF credits",
        "a poem is none",
        "a.pdf",
        written(poem),
        chapters=("The Lamp",),
        holds=("by Ada Holm\n\nso long the night and no\none at the door to tell,\n",),
    ),
    *(
        Case(
            "PDF title page",
            name,
            "a.pdf",
            alone(*rows, label=label),
            chapters=(f"{label.format(1)} Beginnings", f"{label.format(2)} Endings"),
            title=title,
            lacks=("Ada Holm", title),
            shown=(("front_matter", "Ada Holm"),),
        )
        for name, title, label, rows in (
            (
                "smaller than the chapters",
                "The Lamps",
                "Chapter {}",
                ((17, "", ("The Lamps",)), (12, "", ("Ada Holm",)), (11, "", ("1901",))),
            ),
            (
                "of a thesis",
                "The Movement of Lamps",
                "Kapitel {}",
                (
                    (16, "", ("University of the North",)),
                    (13, "", ("Faculty of Light",)),
                    (25, "B", ("The Movement of Lamps",)),
                    (13, "", ("A thesis submitted for the degree of",)),
                    (13, "", ("Doctor of Philosophy",)),
                    (14, "I", ("Ada Holm",)),
                    (11, "", ("Supervised by: Prof. Bo Lind",)),
                    (12, "", ("May 1901",)),
                ),
            ),
        )
    ),
]
