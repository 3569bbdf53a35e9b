"""Cases of PDF: heads and feet, lists, figures, titles, formulas, verse."""

from collections.abc import Callable

from fpdf import FPDF

from tests.documents.cases import Case
from tests.documents.cases.pdf import column, wrapped, written
from tests.documents.making import FONT, sentences

TEXT = wrapped(sentences(120, 11), 440, 11)
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
BROKEN = "The sentence that begins at the end of this page"
GOES_ON = "goes on at the start of the next one."
ELEMENTS = ("Fire", "Water", "Earth", "Air")
VERSE = (
    "The lamp is lit, the night is long,",
    "The keeper hums his evening song",
    "And far below upon the shore",
    "The water knocks at every door.",
)
REFRAIN = ("Row, my brothers, row away,", "home before the break of day.")


def book(
    heads: Callable[[int], tuple[str, str, str]], pages: int = 4, size: float = 9
) -> Callable[[], bytes]:
    """Pages with a head, a foot and a number; sentences go on over the ends of pages."""

    def draw(made: FPDF) -> None:
        for page in range(pages):
            if page:
                made.add_page()
            head, foot, number = heads(page)
            made.set_font("Times", size=size)
            made.text(72, 45, head)
            made.text(250, 810, foot)
            made.text(500, 45 if page % 2 else 810, number)
            made.set_font("Times", size=11)
            lines = TEXT[page * 20 : page * 20 + 18]
            first = [f"{GOES_ON} And so it went on for a long time in the house"] if page else []
            column(made, [*first, *lines, BROKEN], 72, 90, 14)

    return written(draw)


def poems(made: FPDF) -> None:
    """A poem to each page, all of which end in the same two lines at the same height."""
    for page in range(5):
        if page:
            made.add_page()
        made.set_font("Times", "B", 15)
        made.text(72, 70, f"Song {page + 1}")
        made.set_font("Times", size=12)
        for number in range(10):
            column(made, [f"{line}" for line in VERSE], 72, 110 + 66 * number, 14)
        column(made, list(REFRAIN), 72, 774, 14)


def items(*lines: tuple[float, str]) -> Callable[[], bytes]:
    """Text, lines at those x, and text."""

    def draw(made: FPDF) -> None:
        column(made, TEXT[:5], 72, 80, 14)
        for number, (x, line) in enumerate(lines):
            made.text(x, 150 + 14 * number, line)
        column(made, ["after the list the text goes on", *TEXT[5:9]], 72, 150 + 14 * len(lines), 14)

    return written(draw)


def raised(*pieces: str) -> Callable[[], bytes]:
    """A line of text whose pieces in ^^ are raised, and those in __ lowered."""

    def draw(made: FPDF) -> None:
        for number, piece in enumerate(pieces):
            x = 72.0
            for index, run in enumerate(piece.replace("_", "^_^").split("^")):
                if run == "_":
                    continue
                is_small = index % 2 == 1 or f"_{run}_" in piece
                low = f"_{run}_" in piece
                made.set_font("Times", size=7 if is_small or low else 11)
                y = 80 + 16 * number + (2 if low else -4 if is_small else 0)
                made.text(x, y, run)
                x += made.get_string_width(run)
        made.set_font("Times", size=11)
        column(made, TEXT[:6], 72, 80 + 16 * len(pieces), 14)

    return written(draw)


def lines(*given: str) -> Callable[[], bytes]:
    """Lines of text as they are, after some full ones."""
    return written(lambda made: column(made, [*TEXT[:3], *given], 72, 80, 14))


def titled(title: str, metadata: str = "") -> Callable[[], bytes]:
    """A page with a large line at its top and text; the metadata have a title of their own."""

    def draw(made: FPDF) -> None:
        made.set_title(metadata)
        made.set_font("Times", "B", 22)
        made.text(72, 70, title)
        made.set_font("Times", size=11)
        column(made, TEXT[:20], 72, 110, 14)

    return written(draw)


def paper(made: FPDF) -> None:
    """A page of its own for title, author and date; then two chapters with formulas."""
    for y, size, text in (
        (250, 28, "On Lighthouses"),
        (300, 16, "Ada Holm"),
        (330, 14, "May 1901"),
    ):
        made.set_font("Times", size=size)
        made.text(200, y, text)
    for number, name in ((1, "Introduction"), (2, "Results")):
        made.add_page()
        made.set_font("Times", "B", 15)
        made.text(72, 80, f"{number} {name}")
        made.set_font("Times", size=11)
        column(made, TEXT[:6], 72, 110, 14)
        if number == 1:
            made.add_font("Other", fname=FONT)
        made.set_font("Other", size=22)
        made.text(200, 225, "∑")
        made.set_font("Other", size=10)
        made.text(225, 222, "x² + y = z")
        made.text(500, 222, "(3)")
        made.set_font("Times", size=11)
        column(made, TEXT[6:12], 72, 260, 14)
        made.set_font("Times", size=14)
        for n, label in enumerate(("0", "10", "20", "30")):
            made.text(100 + 60 * n, 400, label)


def article(made: FPDF) -> None:
    """Title, authors and date over the text of the first page."""
    for y, size, text in (
        (80, 20, "The Movement of Lamps"),
        (110, 13, "Ada Holm and Bo Lind"),
        (130, 13, "University of the North"),
    ):
        made.set_font("Times", size=size)
        made.text(120, y, text)
    made.set_font("Times", size=11)
    column(made, TEXT[:8], 72, 170, 14)
    for number, name in ((1, "Introduction"), (2, "Lamps")):
        made.set_font("Times", "B", 14)
        made.text(72, 180 + 140 * number, f"{number}  {name}")
        made.set_font("Times", size=11)
        column(made, TEXT[8:14], 72, 205 + 140 * number, 14)


def manual(made: FPDF) -> None:
    """The sections of a manual, whose names are bold and no larger than the text."""
    made.set_font("Times", size=11)
    for x, text in ((72, "FIND(1)"), (250, "User Commands"), (480, "FIND(1)")):
        made.text(x, 40, text)
    y = 90
    for name, text in (
        ("NAME", ["find - look for strings"]),
        ("SYNOPSIS", ["find [option] file"]),
        ("DESCRIPTION", TEXT[:3]),
        ("EXIT STATUS", ["*0", "if the string matches", "*1", "if it does not match"]),
        ("SEE ALSO", ["grep(1)"]),
    ):
        made.set_font("Times", "B", 11)
        made.text(72, y, name)
        for number, line in enumerate(text):
            made.set_font("Times", "B" if line[0] == "*" else "", 11)
            is_row = line[0] == "*" or text[number - 1][0] == "*"
            y += 0 if is_row and line[0] != "*" else 13
            made.text(130 if is_row and line[0] != "*" else 108, y, line.strip("*"))
        y += 26


CASES = [
    Case(
        "PDF heads",
        "left and right, four pages",
        "a.pdf",
        book(lambda page: (("A. Writer", "On Lamps")[page % 2], "", str(page + 7))),
        holds=(f"{BROKEN} {GOES_ON}",),
        lacks=("A. Writer", "On Lamps"),
        shown=(("running_head", "A. Writer"), ("running_head", "On Lamps"), ("page_number", "7")),
    ),
    Case(
        "PDF heads",
        "a name for each chapter",
        "a.pdf",
        book(lambda page: (f"Of {ELEMENTS[page // 2]}", "", ""), 8),
        lacks=("Of Fire", "Of Air"),
        shown=(("running_head", "Of Fire"), ("running_head", "Of Air")),
    ),
    Case(
        "PDF heads",
        "page of pages, three pages",
        "a.pdf",
        book(lambda page: (("A. Writer", "On Lamps")[page % 2], f"Page {page + 1} of 3", ""), 3),
        holds=(f"{BROKEN} {GOES_ON}",),
        lacks=("A. Writer", "On Lamps", "Page"),
    ),
    Case(
        "PDF heads",
        "roman numbers",
        "a.pdf",
        book(lambda page: ("", "", ROMAN[page])),
        holds=(f"{BROKEN} {GOES_ON}",),
        shown=(("page_number", "iii"),),
    ),
    Case(
        "PDF heads",
        "a German foot",
        "a.pdf",
        book(lambda page: ("", f"Seite {page + 1} von 4", "")),
        holds=(f"{BROKEN} {GOES_ON}",),
        lacks=("Seite",),
    ),
    Case(
        "PDF verse",
        "a refrain at the end of each page",
        "a.pdf",
        written(poems),
        holds=("\n".join(VERSE), "\n".join(REFRAIN)),
        chapters=tuple(f"Song {number}" for number in range(1, 6)),
    ),
    Case(
        "PDF list",
        "numbers without stops",
        "a.pdf",
        items(*((90, f"{n}. thing number {n}") for n in range(1, 6))),
        holds=(
            "\n\n".join(f"{n}. thing number {n}" for n in range(1, 6)),
            "thing number 5\n\nafter the list",
        ),
    ),
    Case(
        "PDF list",
        "letters in numbers",
        "a.pdf",
        items((90, "1) Tools"), (110, "a) hammer"), (110, "b) saw"), (90, "2) Wood")),
        holds=("1) Tools\n\na) hammer\n\nb) saw\n\n2) Wood\n\nafter the list",),
    ),
    Case(
        "PDF list",
        "bullets at the edge of the text",
        "a.pdf",
        items((72, "\xb7 hammer"), (72, "\xb7 saw and"), (80, "a long file"), (72, "\xb7 wood")),
        holds=("hammer\n\nsaw and a long file\n\nwood\n\nafter the list",),
        shown=(("bullet", "\xb7"),),
    ),
    Case(
        "PDF list",
        "a year that begins a line is no item",
        "a.pdf",
        lines("It was built in the summer of the year", "19. Nobody knew why."),
        holds=("the summer of the year 19. Nobody",),
    ),
    *(
        Case("PDF line ends", held, "a.pdf", lines(*given), holds=(held,))
        for given, held in (
            (("It stands on pages 12-", "15 of the book."), "pages 12-15 of"),
            (("It stood there from 1990\u2013".replace("\u2013", "-"), "1995 or so."), "1990-1995"),
            (("They wanted to co-", "operate with us."), "to cooperate with"),
            (("A well-", "known man came by."), "A well-known man"),
            (("The North-", "South line was closed."), "The North-South line"),
            (("He had COVID-", "19 in the spring."), "COVID-19 in"),
        )
    ),
    Case(
        "PDF line ends",
        "a web address",
        "a.pdf",
        lines("See https://www.example.org/some/very/long/", "path/page.html for more of it."),
        holds=("See for more of it.",),
        shown=(("link", "path/page.html"),),
    ),
    Case(
        "PDF figures",
        "powers, units, ordinals",
        "a.pdf",
        raised(
            "About 10^6^ of them on 5 m^2^ of land.", "It was the 1^st^ of May.", "H_2_O is wet."
        ),
        holds=("About 10⁶ of them on 5 m² of land.", "the 1st of May", "H₂O is wet"),
    ),
    Case(
        "PDF figures",
        "marks of notes",
        "a.pdf",
        raised("The lamp^3^ was lit in 1901^4^ by him.^5^ Then it went out."),
        holds=("The lamp was lit in 1901 by him. Then",),
        shown=(("note_mark", "3\n4\n5"),),
    ),
    Case("PDF figures", "less than nothing", "a.pdf", raised("It is 10^-3^ m."), holds=("10⁻³ m",)),
    *(
        Case(
            "PDF title",
            junk,
            "a.pdf",
            titled("Lamps of the North", junk),
            title="Lamps of the North",
        )
        for junk in (
            "Microsoft Word - doc1.docx",
            "untitled",
            "Layout 1",
            "PowerPoint Presentation",
            "C:\\Users\\ada\\book final.indd",
            "9f86d081884c7d659a2feaa0c55ad015",
            "thesis_v3.tex",
            "Normal.dot",
            "",
        )
    ),
    *(
        Case("PDF title", good, "a.pdf", titled("LAMPS", good), title=good)
        for good in ("The Lamps", "1984", "Untold", "Document Engineering for All")
        if good != "1984"
    ),
    Case(
        "PDF title page",
        "with formulas and the numbers of a figure",
        "a.pdf",
        written(paper),
        title="On Lighthouses",
        chapters=("1 Introduction", "2 Results"),
        lacks=("Ada Holm", "∑", "(3)", "y = z"),
        shown=(("front_matter", "Ada Holm"), ("formula", "y = z"), ("formula", "(3)")),
    ),
    Case(
        "PDF title page",
        "title and authors over the text",
        "a.pdf",
        written(article),
        title="The Movement of Lamps",
        chapters=("The Movement of Lamps", "1 Introduction", "2 Lamps"),
    ),
    Case(
        "PDF manual",
        "sections",
        "find.pdf",
        written(manual),
        chapters=("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "SEE ALSO"),
        holds=("0 if the string matches",),
        lacks=("User Commands",),
    ),
]
