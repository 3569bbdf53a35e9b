"""Cases of Word files: lists, headings and tables."""

from tests.documents.cases import Case
from tests.documents.making_office import item, level, lists, p, r, style, table, word

KIND = "DOCX"
LEGAL = (
    level(0, "upperRoman", "Article %1"),
    level(1, "decimalZero", "%1.%2", "<w:isLgl/>"),
    level(2, "lowerLetter", "(%3)"),
)
PLAIN = (level(0, "decimal", "%1."), level(1, "lowerLetter", "%2)"), level(2, "lowerRoman", "%3."))
RESTART = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
NOT_AGAIN = level(1, "decimal", "%2.", '<w:lvlRestart w:val="0"/>')
BY_STYLE = level(1, "lowerLetter", "%2)", '<w:pStyle w:val="Item"/>')
OF_HEADING = level(0, "decimal", "%1", '<w:pStyle w:val="H1"/>')
BOLD = '<w:b/><w:sz w:val="36"/>'
CENTRED = '<w:jc w:val="center"/>'


def numbered_headings(first: str, second: str) -> str:
    """Styles of two headings that are levels of the first list."""
    own = '<w:pPr><w:numPr>{}<w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="{}"/></w:pPr>'
    return style(first, "heading 1", own.format("", 0)) + style(
        second, "heading 2", own.format('<w:ilvl w:val="1"/>', 1)
    )


LISTS = [
    Case(
        KIND,
        "levels with letters and Roman numerals",
        "list.docx",
        lambda: word(
            item("one")
            + item("two", level=1)
            + item("three", level=1)
            + item("four", level=2)
            + item("five")
            + item("six", level=1),
            numbering=lists(*PLAIN),
        ),
        spoken="1. one\n\na) two\n\nb) three\n\ni. four\n\n2. five\n\na) six",
    ),
    Case(
        KIND,
        "a list that begins at four",
        "list.docx",
        lambda: word(
            item("four") + p("Between.") + item("five"),
            numbering=lists(level(0, "decimal", "%1)", start=4)),
        ),
        spoken="4) four\n\nBetween.\n\n5) five",
    ),
    Case(
        KIND,
        "a second list that begins anew, and one that goes on",
        "list.docx",
        lambda: word(
            item("a") + item("b") + item("c", 2) + item("d", 2),
            numbering=lists(*PLAIN, overrides=RESTART),
        ),
        spoken="1. a\n\n2. b\n\n1. c\n\n2. d",
    ),
    Case(
        KIND,
        "lists that share their counts",
        "list.docx",
        lambda: word(item("a") + item("b", 2), numbering=lists(*PLAIN)),
        spoken="1. a\n\n2. b",
    ),
    Case(
        KIND,
        "numbers of laws",
        "list.docx",
        lambda: word(
            item("one")
            + item("two", level=1)
            + item("three", level=2)
            + item("four")
            + item("five", level=1),
            numbering=lists(*LEGAL),
        ),
        spoken="Article I one\n\n1.1 two\n\n(a) three\n\nArticle II four\n\n2.1 five",
    ),
    Case(
        KIND,
        "a level that never begins anew",
        "list.docx",
        lambda: word(
            item("a") + item("b", level=1) + item("c") + item("d", level=1),
            numbering=lists(level(0, "decimal", "%1."), NOT_AGAIN),
        ),
        spoken="1. a\n\n1. b\n\n2. c\n\n2. d",
    ),
    Case(
        KIND,
        "dots, ordinals, and a list switched off",
        "list.docx",
        lambda: word(
            item("dot") + item("first", level=1) + item("second", level=1) + item("off", 0),
            numbering=lists(level(0, "bullet", "\uf0b7"), level(1, "ordinal", "%2")),
        ),
        spoken="dot\n\n1st first\n\n2nd second\n\noff",
    ),
    Case(
        KIND,
        "a number by the paragraph's style",
        "list.docx",
        lambda: word(
            p("one", '<w:pStyle w:val="Item"/>') + p("two", '<w:pStyle w:val="Item"/>'),
            numbering=lists(
                level(0, "decimal", "%1."),
                level(1, "lowerLetter", "%2)", '<w:pStyle w:val="Item"/>'),
            ),
            styles=style("Item", "Item", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'),
        ),
        spoken="a) one\n\nb) two",
    ),
    Case(
        KIND,
        "headings have their numbers",
        "numbers.docx",
        lambda: word(
            p("Start", '<w:pStyle w:val="H1"/>')
            + p("Text.")
            + p("Scope", '<w:pStyle w:val="H2"/>')
            + p("Text.")
            + p("End", '<w:pStyle w:val="H1"/>')
            + p("Text."),
            styles=numbered_headings("H1", "H2"),
            numbering=lists(
                level(0, "decimal", "%1", '<w:pStyle w:val="H1"/>'), level(1, "decimal", "%1.%2")
            ),
        ),
        chapters=("1 Start", "1.1 Scope", "2 End"),
    ),
    Case(
        KIND,
        "numbers without numbering",
        "list.docx",
        lambda: word(item("a") + item("b", 7, 3)),
        spoken="a\n\nb",
    ),
]

NAMES = (
    "Rubrik 1", "Nagłówek 1", "Заголовок 1", "标题 1", "見出し 1", "Überschrift 1", "Kop 1",
    "Otsikko 1", "Título 1", "Titre 1", "Titolo 1", "Overskrift 1", "Nadpis 1", "제목 1",
)  # fmt: skip
HEADINGS = [
    *(
        Case(
            KIND,
            f"a heading called {name}",
            "names.docx",
            lambda name=name: word(
                p("One", '<w:pStyle w:val="x1"/>')
                + p("Text.")
                + p("Two", '<w:pStyle w:val="x2"/>')
                + p("Text."),
                styles=style("x1", name) + style("x2", "Mine", '<w:basedOn w:val="x1"/>'),
            ),
            chapters=("One", "Two"),
        )
        for name in NAMES
    ),
    Case(
        KIND,
        "ids of headings without any styles",
        "names.docx",
        lambda: word(
            "".join(
                p(name, f'<w:pStyle w:val="{name}"/>') + p("Text.")
                for name in ("Heading1", "berschrift1", "Nagwek1", "Ttulo1")
            )
        ),
        chapters=("Heading1", "berschrift1", "Nagwek1", "Ttulo1"),
    ),
    Case(
        KIND,
        "typed headings beside styled ones",
        "typed.docx",
        lambda: word(
            p("The Start", '<w:pStyle w:val="Heading1"/>')
            + p("Text.")
            + p("Chapter 5: typed by hand")
            + p("Text.")
            + p("Chapter Six", CENTRED, BOLD)
            + p("Text.")
            + p("Not this", "", "<w:b/>")
            + p("Text that goes on for a while.")
        ),
        chapters=("The Start", "Chapter 5: typed by hand", "Chapter Six"),
    ),
    Case(
        KIND,
        "headings by their looks alone",
        "looks.docx",
        lambda: word(
            p("How the lamp was lit", CENTRED, BOLD)
            + p("It was late, and the lamp was dark.")
            + p("How the lamp went out", CENTRED, BOLD)
            + p("It was early, and the lamp was lit.")
        ),
        chapters=("How the lamp was lit", "How the lamp went out"),
    ),
    Case(
        KIND,
        "emphasis is no heading",
        "bold.docx",
        lambda: word(
            p(r("Mind the gap", "<w:b/>") + r(" when you leave."))
            + p("It was late.")
            + p("Stop!", "", "<w:b/>")
            + p("said she, and he stopped at once.")
            + p("and then", "", "<w:b/>")
            + p("It was early, and they went on.")
            + p("This is important.", "", "<w:b/>")
            + p("It was noon, and they were still there.")
        ),
        chapters=("bold",),
    ),
    Case(
        KIND,
        "a typed table of contents",
        "typed.docx",
        lambda: word(
            p("Foreword of the editor, who was late.")
            + "".join(p(f"Chapter {number}") for number in (1, 2, 3))
            + p("Text.")
            + "".join(p(f"Chapter {number}: A") + p("Text.") for number in (1, 2, 3))
        ),
        chapters=("typed", "Chapter 1: A", "Chapter 2: A", "Chapter 3: A"),
        shown=(("contents", "Chapter 1\nChapter 2\nChapter 3"),),
    ),
]

NOTED = '<w:r><w:footnoteReference w:id="2"/></w:r>'
NOTE = f'<w:footnote w:id="2">{p("Of no weight.")}{p("And no worth.")}</w:footnote>'
HALF_SEEN = r("Seen") + r("HIDDEN", "<w:vanish/>") + f"<w:del>{r('NO')}</w:del>"
TABLES = [
    Case(
        KIND,
        "paragraphs and lines of a cell are words of their own",
        "cells.docx",
        lambda: word(
            p("Before.")
            + table((p("First") + p("Second"), p("<w:r><w:t>A</w:t><w:br/><w:t>B</w:t></w:r>")))
        ),
        spoken="Before.",
        shown=(("table", "First Second, A B"),),
    ),
    Case(
        KIND,
        "tables in tables",
        "nested.docx",
        lambda: word(p("Before.") + table((table((p("in"), p("ner"))) + p("after"), p("right")))),
        shown=(("table", "in ner after, right"),),
    ),
    Case(
        KIND,
        "merged cells count once",
        "merged.docx",
        lambda: word(
            p("Before.")
            + table(
                ('<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + p("both"), p("one")),
                ("<w:tcPr><w:vMerge/></w:tcPr>" + p("both"), p("two")),
            )
        ),
        shown=(("table", "both, one\ntwo"),),
    ),
    Case(
        KIND,
        "a table of one column is text",
        "layout.docx",
        lambda: word(table((p("It was late."),), (p("It was dark."),))),
        spoken="It was late.\n\nIt was dark.",
    ),
    Case(
        KIND,
        "a table of prose is text",
        "layout.docx",
        lambda: word(table((p("It was late. " * 30), p("It was dark. " * 30)))),
        holds=("It was late. It was late.", "It was dark. It was dark."),
    ),
    Case(
        KIND,
        "controls and notes in tables",
        "notes.docx",
        lambda: word(
            p("Before.")
            + table(
                (
                    p(r("Height") + NOTED),
                    f"<w:sdt><w:sdtPr/><w:sdtContent>{p('12 m')}</w:sdtContent></w:sdt>",
                )
            ),
            notes=NOTE,
        ),
        spoken="Before.",
        shown=(("table", "Height, 12 m"), ("note", "Of no weight.\nAnd no worth.")),
    ),
    Case(
        KIND,
        "hidden and deleted words of notes",
        "notes.docx",
        lambda: word(
            p(r("It was late.") + NOTED),
            notes=f'<w:footnote w:id="2">{p(HALF_SEEN)}</w:footnote>',
        ),
        spoken="It was late.",
        shown=(("note", "Seen\n"), ("note_mark", "2")),
    ),
]

CASES = [*LISTS, *HEADINGS, *TABLES]
