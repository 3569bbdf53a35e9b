"""Cases of PDF: order, turned pages, columns, watermarks, initials."""

from collections.abc import Callable

from fpdf import FPDF

from tests.documents.cases import Case
from tests.documents.making import sentences

A4 = (595.0, 842.0)
LINES = [f"Line {number} of the page is written here with words." for number in range(1, 15)]
# No sentence ends where a column does.
PROSE = sentences(40, 7).replace(".", ",")


def sheet(width: float = A4[0], height: float = A4[1]) -> FPDF:
    """An empty page, measured in points."""
    made = FPDF(format=(width, height), unit="pt")
    made.set_auto_page_break(False)
    made.set_margin(0)
    made.add_page()
    made.set_font("Times", size=11)
    return made


def wrapped(text: str, width: float, size: float = 9) -> list[str]:
    """A text in lines of that width in points."""
    made = sheet()
    made.set_font("Times", size=size)
    return made.multi_cell(width, size, text, dry_run=True, output="LINES", align="L")


def written(draw: Callable[[FPDF], None], **options: float) -> Callable[[], bytes]:
    """The bytes of a document that is drawn on a first page."""

    def content() -> bytes:
        made = sheet(**options)
        draw(made)
        return bytes(made.output())

    return content


def column(made: FPDF, lines: list[str], x: float, y: float, step: float = 12) -> None:
    """Lines one below the other."""
    for number, line in enumerate(lines):
        made.text(x, y + step * number, line)


def turned(quarters: int, *, says_so: bool) -> Callable[[], bytes]:
    """Lines that are drawn sideways; the page says so with /Rotate, or does not."""

    def content() -> bytes:
        made = sheet(842, 595) if quarters % 2 else sheet()
        with made.rotation(90 * quarters, made.w / 2, made.h / 2):
            left = (made.w - made.h) / 2 if quarters % 2 else 0
            top = (made.h - made.w) / 2 if quarters % 2 else 0
            column(made, LINES, left + 72, top + 90, 14)
        found = bytes(made.output())
        mark = f"/Type /Page\n/Rotate {90 * quarters}".encode()
        return found.replace(b"/Type /Page\n", mark + b"\n") if says_so else found

    return content


def backwards(made: FPDF) -> None:
    """Lines drawn from the last to the first."""
    for number in reversed(range(14)):
        made.text(72, 80 + 14 * number, LINES[number])


def words_in_disorder(made: FPDF) -> None:
    """The even words of each line first, then the odd ones."""
    for parity in (0, 1):
        for number, line in enumerate(LINES):
            x = 72.0
            for index, word in enumerate(line.split()):
                if index % 2 == parity:
                    made.text(x, 80 + 14 * number, word)
                x += made.get_string_width(f"{word} ")


def struck_twice(made: FPDF) -> None:
    """A heading whose letters are drawn twice, a little apart; text whose lines are."""
    x = 72.0
    made.set_font("Times", size=18)
    for letter in "The Lighthouse Keeper":
        made.text(x, 60, letter)
        made.text(x + 0.4, 60, letter)
        x += made.get_string_width(letter)
    made.set_font("Times", size=11)
    for number, line in enumerate(LINES):
        made.text(72, 90 + 14 * number, line)
        made.text(72.3, 90 + 14 * number, line)


def columns(count: int, *, by_row: bool, headline: bool) -> Callable[[], bytes]:
    """So many columns of prose, perhaps under a headline over all of them."""
    width = (595 - 80 - 14 * (count - 1)) / count
    lines = wrapped(PROSE, width, 8)
    each = -(-len(lines) // count)

    def draw(made: FPDF) -> None:
        if headline:
            made.set_font("Times", "B", 24)
            made.text(40, 70, "Storm over the Northern Harbour")
        made.set_font("Times", size=8)
        places = [
            (40 + (width + 14) * (n // each), 100 + 10 * (n % each), line)
            for n, line in enumerate(lines)
        ]
        for x, y, line in sorted(places, key=lambda place: place[1]) if by_row else places:
            made.text(x, y, line)

    return written(draw)


def unequal_columns(made: FPDF) -> None:
    """A narrow column beside a wide one, whose lines are not at the same heights."""
    made.set_font("Times", size=9)
    column(made, wrapped("NARROW " + sentences(8, 3), 130), 40, 80)
    column(made, wrapped("WIDE " + sentences(30, 4), 340), 200, 85, 13)


def sidebar(made: FPDF) -> None:
    """A box of six lines in the midst of a wide text that goes round it."""
    made.set_font("Times", size=10)
    text = wrapped(PROSE, 320, 10)[:24]
    for number, line in enumerate(text):
        made.text(60, 90 + 13 * number, line)
        if 8 <= number < 14:
            made.text(
                420,
                90 + 13 * number,
                ["ASIDE goes the box here", "with more of its own"][number % 2],
            )


def gazette(made: FPDF) -> None:
    """Two pages in three columns under a head; the first has a figure over two of them."""
    lines = wrapped(sentences(110, 5), 160, 8)
    for page in (0, 1):
        if page:
            made.add_page()
        made.set_font("Times", size=8)
        made.text(40, 40, f"{5102 + page}  Federal Paper / Vol. 66, No. 21 / Rules and Regulations")
        for number in range(3):
            top = 300 if page == 0 and number > 0 else 80
            begin = page * 120 + number * 40
            column(made, lines[begin : begin + 40], 40 + 175 * number, top, 10)


def drop_cap(
    letter: str, rest: str, size: float = 40, *, last: bool = False
) -> Callable[[], bytes]:
    """An initial over two or three lines, drawn first or last."""
    high = 3 if size > 30 else 2
    bottom = 84 + 14.0 * (high - 1)

    def draw(made: FPDF) -> None:
        made.set_font("Times", size=size)
        wide = made.get_string_width(letter) + 3
        if not last:
            made.text(72, bottom, letter)
        made.set_font("Times", size=11)
        lines = wrapped(f"{rest} {sentences(12, 9)}", 320, 11)
        for number, line in enumerate(lines):
            made.text(72 + (wide if number < high else 0), 84 + 14 * number, line)
        if last:
            made.set_font("Times", size=size)
            made.text(72, bottom, letter)

    return written(draw)


def spaced_heading(made: FPDF) -> None:
    """A heading whose letters are set wide apart, and text."""
    made.set_font("Times", "B", 16)
    made.set_char_spacing(7)
    made.text(72, 60, "THE LONG WAY")
    made.set_char_spacing(0)
    made.set_font("Times", size=11)
    column(made, wrapped(PROSE, 400, 11)[:12], 72, 100, 14)


def stamped(text: str, *, size: float = 90, slant: float = 45, pages: int = 2, first: bool = True):
    """Pages with a stamp over them, drawn before or after the text."""

    def stamp(made: FPDF) -> None:
        made.set_font("Helvetica", "B", size)
        made.set_text_color(215)
        with made.rotation(slant, 300, 420):
            made.text(300 - made.get_string_width(text) / 2, 420, text)
        made.set_text_color(0)

    def draw(made: FPDF) -> None:
        lines = wrapped(PROSE, 440, 11)
        for page in range(pages):
            if page:
                made.add_page()
            if first:
                stamp(made)
            made.set_font("Times", size=11)
            column(made, lines[page * 12 : page * 12 + 12] * 4, 72, 90, 14)
            if not first:
                stamp(made)

    return written(draw)


def downloaded(made: FPDF) -> None:
    """A line of who took the copy, at the foot of one page."""
    column(made, wrapped(PROSE, 440, 11)[:30], 72, 90, 14)
    made.set_font("Helvetica", size=7)
    made.text(72, 815, "Downloaded by Ada Holm on 12 March 2021. Not for distribution.")


def side_words(made: FPDF) -> None:
    """Words up the side of a page, one of them in the height of the text."""
    column(made, wrapped(PROSE, 400, 11)[:30], 90, 90, 14)
    with made.rotation(90, 40, 500):
        made.text(40, 500, "arXiv:2101.01234v2 [cs.CL] 4 Jan 2021")
    with made.rotation(90, 540, 400):
        made.text(540, 400, "Photograph by A. Holm")


JOINED = " ".join(LINES)
CASES = [
    *(
        Case(
            "PDF page turned",
            f"{90 * quarters} degrees, {'said' if says_so else 'not said'}",
            "turned.pdf",
            turned(quarters, says_so=says_so),
            spoken=JOINED,
        )
        for quarters in (1, 2, 3)
        for says_so in (True, False)
    ),
    Case("PDF order", "lines backwards", "a.pdf", written(backwards), spoken=JOINED),
    Case("PDF order", "words in disorder", "a.pdf", written(words_in_disorder), spoken=JOINED),
    Case(
        "PDF order",
        "struck twice",
        "a.pdf",
        written(struck_twice),
        chapters=("The Lighthouse Keeper",),
        spoken=f"The Lighthouse Keeper\n\n{JOINED}",
    ),
    *(
        Case(
            "PDF columns",
            f"{count}, {'by row' if by_row else 'one by one'}{', headline' if headline else ''}",
            "a.pdf",
            columns(count, by_row=by_row, headline=headline),
            spoken=f"Storm over the Northern Harbour\n\n{PROSE}" if headline else PROSE,
        )
        for count in (2, 3, 4)
        for by_row in (True, False)
        for headline in (True, False)
    ),
    Case(
        "PDF columns",
        "of unequal width",
        "a.pdf",
        written(unequal_columns),
        spoken=f"NARROW {sentences(8, 3)}\n\nWIDE {sentences(30, 4)}",
    ),
    Case(
        "PDF columns",
        "a box beside the text",
        "a.pdf",
        written(sidebar),
        holds=(" ".join(wrapped(PROSE, 320, 10)[:24]), "ASIDE goes the box here with more of its"),
    ),
    Case(
        "PDF columns",
        "gazette",
        "a.pdf",
        written(gazette),
        spoken=" ".join(wrapped(sentences(110, 5), 160, 8)[:240]),
        shown=(("running_head", "Federal Paper"),),
    ),
    Case(
        "PDF initial",
        "T",
        "a.pdf",
        drop_cap("T", "he keeper"),
        spoken=f"The keeper {sentences(12, 9)}",
    ),
    Case(
        "PDF initial",
        "drawn last",
        "a.pdf",
        drop_cap("W", "hen the keeper", last=True),
        holds=("When the keeper The doctor",),
    ),
    Case(
        "PDF initial",
        "a word of its own",
        "a.pdf",
        drop_cap("A", "table stood there."),
        spoken=f"A table stood there. {sentences(12, 9)}",
    ),
    Case(
        "PDF initial",
        "of two lines",
        "a.pdf",
        drop_cap("I", "t was late.", 27),
        spoken=f"It was late. {sentences(12, 9)}",
    ),
    Case(
        "PDF heading",
        "letters wide apart",
        "a.pdf",
        written(spaced_heading),
        chapters=("THE LONG WAY",),
    ),
    *(
        Case(
            "PDF watermark",
            f"{text}, slant {slant}, {'below' if first else 'above'} the text, {pages} pages",
            "a.pdf",
            stamped(text, slant=slant, first=first, pages=pages, size=size),
            lacks=(text,),
            shown=(("watermark", text),),
            chapters=("a",),
        )
        for text, slant, first, pages, size in (
            ("DRAFT", 45, True, 2, 90),
            ("CONFIDENTIAL", 55, False, 1, 70),
            ("ENTWURF", 0, True, 1, 80),
            ("For Ada Holm only", 0, False, 3, 48),
            ("Uncorrected", 30, True, 1, 60),
            ("SAMPLE", 90, True, 2, 60),
        )
    ),
    Case(
        "PDF watermark",
        "who took the copy",
        "a.pdf",
        written(downloaded),
        lacks=("Downloaded",),
        shown=(("watermark", "Downloaded by Ada Holm"),),
    ),
    Case(
        "PDF watermark",
        "words up the side",
        "a.pdf",
        written(side_words),
        spoken=" ".join(wrapped(PROSE, 400, 11)[:30]),
        shown=(("watermark", "arXiv:2101"), ("caption", "Photograph by A. Holm")),
    ),
]
