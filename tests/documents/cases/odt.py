"""Cases of OpenDocument texts."""

from tests.documents.cases import Case
from tests.documents.making_office import OPEN, fodt, odt

KIND = "ODT"
LIST = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" '
    'style:num-format="a" style:num-suffix=")" text:start-value="2"/>'
    '<text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="." '
    'text:display-levels="2"/></text:list-style>'
    '<text:list-style style:name="Dots"><text:list-level-style-bullet text:level="1" '
    'text:bullet-char="•"/></text:list-style>'
)
OUTLINE = (
    '<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" '
    'style:num-format="1" style:num-suffix="."/><text:outline-level-style text:level="2" '
    'style:num-format="1" text:display-levels="2"/></text:outline-style>'
)
HIDDEN = (
    '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/>'
    '</style:style><style:style style:name="T2" style:family="text"><style:text-properties '
    'style:text-position="super 58%"/></style:style><style:style style:name="T3" '
    'style:family="text"><style:text-properties style:text-position="-33% 58%"/></style:style>'
    '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="P0"/>'
    '<style:style style:name="P0" style:family="paragraph"><style:text-properties '
    'text:display="none"/></style:style>'
)
CAPTION = (
    '<style:style style:name="Figure" style:family="paragraph" style:parent-style-name="Caption"/>'
    '<style:style style:name="Caption" style:family="paragraph"/>'
)


def p(text: str, style: str = "") -> str:
    """A paragraph."""
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def h(text: str, level: int = 1) -> str:
    """A heading."""
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def span(text: str, style: str) -> str:
    """Text in a style."""
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def items(*texts: str, more: str = "") -> str:
    """A list of items."""
    made = "".join(f"<text:list-item>{p(text)}</text:list-item>" for text in texts)
    return f'<text:list text:style-name="L1" {more}>{made}</text:list>'


def frame(content: str) -> str:
    """A frame."""
    return f"<draw:frame>{content}</draw:frame>"


def cells(*cells: str) -> str:
    """A row of a table."""
    made = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
    return f"<table:table-row>{made}</table:table-row>"


POWER = "<math:msup><math:mi>x</math:mi><math:mn>2</math:mn></math:msup>"
MATRIX = (
    "<draw:object><math:math><math:mtable><math:mtr><math:mtd><math:mi>a</math:mi></math:mtd>"
    "</math:mtr></math:mtable></math:math></draw:object>"
)
OBJECT = '<draw:object xlink:href="./Object 1"/>'
NOTE = (
    "<text:note><text:note-citation>1</text:note-citation><text:note-body>{}</text:note-body>"
    "</text:note>"
)
DELETION = f"<text:changed-region><text:deletion>{p('NO')}</text:deletion></text:changed-region>"
CONTENTS = (
    "<text:table-of-content><text:table-of-content-source><text:index-title-template>NO"
    "</text:index-title-template></text:table-of-content-source><text:index-body><text:index-title>"
    f"{p('Contents')}</text:index-title>{p('One<text:tab/>3')}</text:index-body>"
    "</text:table-of-content>"
)
LOCKED = (
    f'<m:manifest xmlns:m="{OPEN}:manifest:1.0"><m:file-entry m:full-path="content.xml">'
    "<m:encryption-data/></m:file-entry></m:manifest>"
)
LISTED = (
    f'<m:manifest xmlns:m="{OPEN}:manifest:1.0"><m:file-entry m:full-path="/" '
    'm:media-type="application/vnd.oasis.opendocument.text"/></m:manifest>'
)

TEXTS = [
    Case(
        KIND,
        "headings and paragraphs",
        "a.odt",
        lambda: odt(h("One") + p("It was late.") + h("Two") + p("It was dark.")),
        chapters=("One", "Two"),
        spoken="One\n\nIt was late.\n\nTwo\n\nIt was dark.",
    ),
    Case(
        KIND,
        "headings with numbers",
        "a.odt",
        lambda: odt(h("One") + p("A.") + h("Two", 2) + p("B.") + h("Three"), styles=OUTLINE),
        chapters=("1. One", "1.1 Two", "2. Three"),
    ),
    Case(
        KIND,
        "one file of XML",
        "a.fodt",
        lambda: fodt(h("One") + p("It was late.")),
        spoken="One\n\nIt was late.",
    ),
    Case(
        KIND,
        "a template, and a list of contents in place of the type",
        "a.ott",
        lambda: odt(p("It was late."), mimetype="", extra={"META-INF/manifest.xml": LISTED}),
        spoken="It was late.",
    ),
    Case(
        KIND,
        "spaces, tabs and line breaks",
        "a.odt",
        lambda: odt(p('It<text:s text:c="3"/>was\n   late<text:tab/>and<text:line-break/>dark.')),
        spoken="It was late and\ndark.",
    ),
    Case(
        KIND,
        "lists as they are shown",
        "a.odt",
        lambda: odt(
            items("one", "two")
            + p("Between.")
            + items("three", more='text:continue-numbering="true"')
            + items("four"),
            automatic=LIST,
        ),
        spoken="b) one\n\nc) two\n\nBetween.\n\nd) three\n\nb) four",
    ),
    Case(
        KIND,
        "lists in lists, with a start of their own and headers",
        "a.odt",
        lambda: odt(
            f'<text:list text:style-name="L1"><text:list-header>{p("Things")}</text:list-header>'
            f'<text:list-item text:start-value="7">{p("one")}{p("more of it")}<text:list>'
            f"<text:list-item>{p('inner')}</text:list-item></text:list></text:list-item>"
            f"<text:list-item>{p('two')}</text:list-item></text:list>",
            automatic=LIST,
        ),
        spoken="Things\n\ng) one\n\nmore of it\n\ng.1. inner\n\nh) two",
    ),
    Case(
        KIND,
        "a list of dots",
        "a.odt",
        lambda: odt(items("one").replace("L1", "Dots"), automatic=LIST),
        spoken="one",
    ),
    Case(
        KIND,
        "hidden text, paragraphs and sections",
        "a.odt",
        lambda: odt(
            p(f"It was {span('NO', 'T1')}late.")
            + p("NO", "P1")
            + f'<text:section text:display="none">{p("NO")}</text:section>'
            + f"<text:section>{p('Seen.')}</text:section>"
            + p("<text:hidden-text>NO</text:hidden-text>End.")
            + p('<text:hidden-paragraph text:is-hidden="true"/>NO'),
            automatic=HIDDEN,
        ),
        spoken="It was late.\n\nSeen.\n\nEnd.",
    ),
    Case(
        KIND,
        "deleted text and comments",
        "a.odt",
        lambda: odt(
            f"<text:tracked-changes>{DELETION}</text:tracked-changes>"
            + p(f"It was <office:annotation>{p('NO')}</office:annotation>late.")
        ),
        spoken="It was late.",
    ),
    Case(
        KIND,
        "base of ruby alone",
        "a.odt",
        lambda: odt(
            p(
                "<text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう"
                "</text:ruby-text></text:ruby>です。"
            )
        ),
        spoken="東京です。",
    ),
    Case(
        KIND,
        "powers and chemistry",
        "a.odt",
        lambda: odt(p(f"10{span('6', 'T2')} and H{span('2', 'T3')}O"), automatic=HIDDEN),
        spoken="10⁶ and H₂O",
    ),
    Case(
        KIND,
        "links, fields and numbers of pages",
        "a.odt",
        lambda: odt(
            p(
                '<text:a xlink:href="http://example.org/NO">A link</text:a> to '
                "<text:bookmark-ref>Table 1</text:bookmark-ref>, page "
                "<text:page-number>12</text:page-number>."
            )
        ),
        spoken="A link to Table 1, page.",
        shown=(("page_number", "12"),),
    ),
    Case(
        KIND,
        "a table of contents",
        "a.odt",
        lambda: odt(CONTENTS + h("One") + p("It was late.")),
        spoken="One\n\nIt was late.",
        shown=(("contents", "Contents\nOne 3"),),
    ),
]

BESIDE = [
    Case(
        KIND,
        "notes",
        "a.odt",
        lambda: odt(p(f"It was late{NOTE.format(p('Of no') + p('weight.'))}, and dark.")),
        spoken="It was late, and dark.",
        shown=(("note_mark", "1"), ("note", "Of no\nweight.")),
    ),
    Case(
        KIND,
        "tables, with notes and merged cells",
        "a.odt",
        lambda: odt(
            p("Before.")
            + "<table:table><table:table-header-rows>"
            + cells(p("Height") + p("and width"), p(f"12{NOTE.format(p('About.'))}"))
            + "</table:table-header-rows><table:table-row><table:covered-table-cell/>"
            + f"<table:table-cell>{p('13')}</table:table-cell></table:table-row></table:table>"
        ),
        spoken="Before.",
        shown=(("table", "Height and width, 12\n13"), ("note", "About.")),
    ),
    Case(
        KIND,
        "a table of one column is text",
        "a.odt",
        lambda: odt(f"<table:table>{cells(p('It was late.'))}{cells(p('Dark.'))}</table:table>"),
        spoken="It was late.\n\nDark.",
    ),
    Case(
        KIND,
        "text boxes and pictures",
        "a.odt",
        lambda: odt(
            p(
                frame(f"<draw:text-box>{p('One')}{p('Two')}</draw:text-box>")
                + "Anchor."
                + frame("<draw:image/><svg:title>T</svg:title><svg:desc>A lamp.</svg:desc>")
            )
        ),
        spoken="One\n\nTwo\n\nAnchor.",
        shown=(("caption", "A lamp."),),
    ),
    Case(
        KIND,
        "shapes with text, and captions",
        "a.odt",
        lambda: odt(
            f"<draw:custom-shape>{p('In a shape')}</draw:custom-shape>" + p("Figure 1", "Figure"),
            styles=CAPTION,
        ),
        spoken="In a shape",
        shown=(("caption", "Figure 1"),),
    ),
    Case(
        KIND,
        "formulas",
        "a.odt",
        lambda: odt(
            p(f"Let {frame(OBJECT)} be."),
            extra={
                "Object 1/content.xml": '<math:math xmlns:math="http://www.w3.org/1998/Math/MathML">'
                f"<math:semantics>{POWER}<math:annotation>NO</math:annotation></math:semantics>"
                "</math:math>"
            },
        ),
        spoken="Let x² be.",
        shown=(("formula", "x²"),),
    ),
    Case(
        KIND,
        "a formula in a flat file, too much for a line",
        "a.fodt",
        lambda: fodt(p(f"Let {frame(MATRIX)} be.")),
        spoken="Let be.",
        shown=(("formula", "a"),),
    ),
    Case(
        KIND,
        "a title, but no name of a template",
        "my lamp.odt",
        lambda: odt(p("It was late."), meta="<dc:title>Untitled 1</dc:title>"),
        title="my lamp",
    ),
    Case(
        KIND,
        "locked",
        "a.odt",
        lambda: odt(p("NO"), extra={"META-INF/manifest.xml": LOCKED}),
        refused="protected",
    ),
    *(
        Case(
            KIND,
            f"no text: {name}",
            f"a.{name}",
            lambda name=name: odt("", mimetype=f"application/vnd.oasis.opendocument.{name}"),
            refused="not spreadsheets or presentations",
        )
        for name in ("spreadsheet", "presentation")
    ),
]

CASES = [*TEXTS, *BESIDE]
