"""Cases of Word files."""

from tests.documents.cases import Case
from tests.documents.making_office import p, r, style, table, word

KIND = "DOCX"
CHAPTERS = style("Heading1", "heading 1", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>')
HIDDEN = style("Secret", "Secret", "<w:rPr><w:vanish/></w:rPr>", "character")
BASED = style("Still", "Still", '<w:basedOn w:val="Secret"/>', "character")
DELETED = "<w:rPr><w:del/></w:rPr>"


def box(*paragraphs: str) -> str:
    """A text box as Word writes it: in a new form and in an old one."""
    held = f"<w:txbxContent>{''.join(map(p, paragraphs))}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor>'
        f'<wp:docPr id="1" name="Box"/><a:graphic><wps:txbx>{held}</wps:txbx></a:graphic>'
        f"</wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{held}</v:textbox>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def raised(text: str) -> str:
    """A raised run."""
    return r(text, '<w:vertAlign w:val="superscript"/>')


def lowered(text: str) -> str:
    """A lowered run."""
    return r(text, '<w:vertAlign w:val="subscript"/>')


BOXES = [
    Case(
        KIND,
        "a text box has paragraphs of its own, said once",
        "box.docx",
        lambda: word(p(box("One in the box", "Two in the box") + r("By the anchor."))),
        spoken="One in the box\n\nTwo in the box\n\nBy the anchor.",
    ),
    Case(
        KIND,
        "a text box in the middle comes after its paragraph",
        "box.docx",
        lambda: word(p(r("It was ") + box("Aside.") + r("late."))),
        spoken="It was late.\n\nAside.",
    ),
    Case(
        KIND,
        "a text box of the old kind alone",
        "box.docx",
        lambda: word(
            p(
                "<w:r><w:pict><v:shape><v:textbox><w:txbxContent>"
                f"{p('Old box')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
                + r("By the anchor.")
            )
        ),
        spoken="Old box\n\nBy the anchor.",
    ),
    Case(
        KIND,
        "a text box within a text box",
        "box.docx",
        lambda: word(
            p(f"<w:r><w:txbxContent>{p(box('Inner') + r('Outer'))}</w:txbxContent></w:r>")
        ),
        spoken="Inner\n\nOuter",
    ),
]

HIDING = [
    Case(
        KIND,
        "hidden text, by itself, by a style and by one below it",
        "hidden.docx",
        lambda: word(
            p(
                r("NO ", "<w:vanish/>")
                + r("NO ", '<w:rStyle w:val="Secret"/>')
                + r("NO ", '<w:rStyle w:val="Still"/>')
                + r("Seen ", '<w:rStyle w:val="Secret"/><w:vanish w:val="0"/>')
                + r("text.")
            ),
            styles=HIDDEN + BASED,
        ),
        spoken="Seen text.",
    ),
    Case(
        KIND,
        "paragraphs of a hidden style",
        "hidden.docx",
        lambda: word(
            p("NO", '<w:pStyle w:val="Gone"/>') + p("Seen."),
            styles=style("Gone", "Gone", "<w:rPr><w:vanish/></w:rPr>"),
        ),
        spoken="Seen.",
    ),
    Case(
        KIND,
        "a deleted paragraph mark joins two paragraphs",
        "marks.docx",
        lambda: word(p("It was late, and so ", DELETED) + p("we went home.")),
        spoken="It was late, and so we went home.",
    ),
    Case(
        KIND,
        "deleted paragraph marks, one after another, and at the end",
        "marks.docx",
        lambda: word(p("A ", DELETED) + p("b ", DELETED) + p("c.") + p("The end.", DELETED)),
        spoken="A b c.\n\nThe end.",
    ),
    Case(
        KIND,
        "accepted insertions and moves",
        "moved.docx",
        lambda: word(
            f"<w:ins>{p('Put in.')}</w:ins>"
            + p(f"<w:moveFrom>{r('Moved.')}</w:moveFrom>")
            + p(f"<w:moveTo>{r('Moved.')}</w:moveTo>")
            + p("<w:del><w:r><w:delText>Gone.</w:delText></w:r></w:del>")
        ),
        spoken="Put in.\n\nMoved.",
    ),
    Case(
        KIND,
        "rows that were deleted",
        "rows.docx",
        lambda: word(
            p("Before.")
            + table((p("a"), p("b"))).replace(
                "</w:tbl>", f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('NO')}</w:tc></w:tr></w:tbl>"
            )
        ),
        spoken="Before.",
        shown=(("table", "a, b\n"),),
    ),
]

SIGNS = [
    Case(
        KIND,
        "base of ruby alone",
        "ruby.docx",
        lambda: word(
            p(
                f"<w:r><w:ruby><w:rubyPr/><w:rt>{r('とうきょう')}</w:rt><w:rubyBase>{r('東京')}"
                f"</w:rubyBase></w:ruby></w:r>{r('です。')}"
            )
        ),
        spoken="東京です。",
    ),
    Case(
        KIND,
        "a drop cap is a letter of its word",
        "drop.docx",
        lambda: word(
            p("O", '<w:framePr w:dropCap="drop" w:lines="3"/>') + p("nce there was a lamp.")
        ),
        spoken="Once there was a lamp.",
    ),
    Case(
        KIND,
        "powers, ordinals and chemistry",
        "raised.docx",
        lambda: word(
            p(
                r("10")
                + raised("6")
                + r(", 10")
                + raised("-")
                + raised("3")
                + r(", 5 m")
                + raised("2")
                + r(", the 1")
                + raised("st")
                + r(", H")
                + lowered("2")
                + r("O.")
            )
        ),
        spoken="10⁶, 10⁻³, 5 m², the 1st, H₂O.",
    ),
    Case(
        KIND,
        "a bare raised number after a word is the mark of a note",
        "raised.docx",
        lambda: word(p(r("as was shown.") + raised("12") + r(" Then in 1999") + raised("3"))),
        spoken="as was shown. Then in 1999",
        shown=(("note_mark", "12"), ("note_mark", "3")),
    ),
    Case(
        KIND,
        "signs of fonts of pictures",
        "signs.docx",
        lambda: word(
            p(
                '<w:r><w:sym w:font="Wingdings" w:char="F0A7"/></w:r>'
                + r("An angle ")
                + '<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>'
                + r(".")
            )
        ),
        spoken="An angle α.",
        shown=(("bullet", "•"),),
    ),
    Case(
        KIND,
        "hyphens, tabs and breaks",
        "signs.docx",
        lambda: word(
            p(
                "<w:r><w:t>twenty</w:t><w:noBreakHyphen/><w:t>one</w:t><w:tab/><w:t>lamp</w:t>"
                '<w:softHyphen/><w:t>light</w:t><w:br w:type="page"/><w:t>more</w:t><w:br/>'
                "<w:t>line</w:t></w:r>"
            )
        ),
        spoken="twenty-one lamplight more\nline",
    ),
    Case(
        KIND,
        "a line of stars between scenes",
        "scene.docx",
        lambda: word(p("It was late.") + p("* * *") + p("❦") + p("#") + p("It was early.")),
        spoken="It was late.\n\nIt was early.",
        shown=(("bullet", "* * *"), ("bullet", "❦"), ("bullet", "#")),
    ),
]

CASES = [*BOXES, *HIDING, *SIGNS]
