"""Cases of Word files: fields, controls, formulas, and the parts of their packages."""

from tests.documents.cases import Case
from tests.documents.making_office import MAIN_TYPE, field, p, part, r, style, word

KIND = "DOCX"


def control(properties: str, content: str) -> str:
    """A content control."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def maths(*children: str) -> str:
    """A formula in a paragraph."""
    return f"<m:oMath>{''.join(children)}</m:oMath>"


def m(name: str, *parts: tuple[str, str]) -> str:
    """A piece of a formula: its name, then pairs of part and letters."""
    made = "".join(f"<m:{part}><m:r><m:t>{text}</m:t></m:r></m:{part}>" for part, text in parts)
    return f"<m:{name}>{made}</m:{name}>"


def letters(text: str) -> str:
    """Letters of a formula."""
    return f"<m:r><m:t>{text}</m:t></m:r>"


TITLED = (
    '<c:cp xmlns:c="x" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title></c:cp>'
)


def titled(title: str) -> bytes:
    """A Word file with a title in its properties."""
    return word(p("It was late."), extra={"docProps/core.xml": TITLED.format(title)})


def asked(instruction: str) -> str:
    """A field that shows no result of its own."""
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"{begin}<w:r><w:instrText>{instruction}</w:instrText></w:r>{end}"


FIELDS = [
    Case(
        KIND,
        "fields give what they show, not what they ask for",
        "fields.docx",
        lambda: word(
            p(field(' HYPERLINK "http://example.org/NO" ', r("a link")) + r(", "))
            + p(field(' REF a "x" \\* MERGEFORMAT ', r("Table 3")))
            + p(f'<w:fldSimple w:instr=" DATE ">{r("May 1")}</w:fldSimple>')
        ),
        spoken="a link,\n\nTable 3\n\nMay 1",
    ),
    Case(
        KIND,
        "fields in what a field asks for",
        "fields.docx",
        lambda: word(p(field(f" IF {field('PAGE', r('NO'))} = 1 ", r("Yes.")))),
        spoken="Yes.",
    ),
    Case(
        KIND,
        "numbers of pages are shown only",
        "fields.docx",
        lambda: word(p(r("Page ") + field(" PAGE ", r("12")) + r(" of the book."))),
        spoken="Page of the book.",
        shown=(("page_number", "12"),),
    ),
    Case(
        KIND,
        "a table of contents made by a field",
        "contents.docx",
        lambda: word(
            f"<w:p>{field('TOC', r('One 1') + '</w:p>' + p('Two 3') + '<w:p>')}</w:p>"
            + p("It was late.")
        ),
        spoken="It was late.",
        shown=(("contents", "One 1\nTwo 3"),),
    ),
    Case(
        KIND,
        "a field that never ends loses nothing",
        "fields.docx",
        lambda: word(p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + r("It was late."))),
        spoken="It was late.",
    ),
    Case(
        KIND,
        "a line chosen in a form",
        "form.docx",
        lambda: word(
            p(
                r("Colour: ") + '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList>'
                '<w:result w:val="1"/><w:listEntry w:val="red"/><w:listEntry w:val="blue"/>'
                "</w:ddList></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMDROPDOWN"
                '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
            )
        ),
        spoken="Colour: blue",
    ),
    Case(
        KIND,
        "content controls",
        "controls.docx",
        lambda: word(
            control("<w:date/>", p("1 May 2020"))
            + p(r("Choice: ") + control("<w:dropDownList/>", r("Blue")))
            + p(control("<w14:checkbox/>", r("☒")) + r(" Milk"))
            + p(r("Name: ") + control("<w:showingPlcHdr/>", r("Click here.")))
            + control("<w:showingPlcHdr/>", p("Enter text."))
        ),
        spoken="1 May 2020\n\nChoice: Blue\n\nMilk\n\nName:",
        shown=(("bullet", "☒"), ("navigation", "Click here."), ("navigation", "Enter text.")),
    ),
    Case(
        KIND,
        "signs that fields draw",
        "signs.docx",
        lambda: word(
            p(
                asked(" SYMBOL 169 ")
                + r(" 2020 ")
                + asked(' SYMBOL 97 \\f "Symbol" ')
                + asked(" XE x ")
            )
        ),
        spoken="© 2020 α",
    ),
    Case(
        KIND,
        "a comment",
        "comment.docx",
        lambda: word(
            p(r("It was late") + '<w:r><w:commentReference w:id="0"/></w:r>' + r(".")),
            extra={
                "word/comments.xml": part(
                    "comments", f'<w:comment w:id="0">{p("Really?")}</w:comment>'
                )
            },
        ),
        spoken="It was late.",
        shown=(("comment", "Really?"),),
    ),
    Case(
        KIND,
        "a caption by the style below its own",
        "caption.docx",
        lambda: word(
            p("It was late.") + p("A lamp", '<w:pStyle w:val="Pic"/>'),
            styles=style("C", "caption") + style("Pic", "Image text", '<w:basedOn w:val="C"/>'),
        ),
        spoken="It was late.",
        shown=(("caption", "A lamp"),),
    ),
]

FORMULAS = [
    Case(
        KIND,
        "formulas that a line can hold",
        "formula.docx",
        lambda: word(
            p(r("We know ") + maths(m("sSup", ("e", "x"), ("sup", "2")), letters("+1=y")) + r("."))
            + p(maths(m("f", ("num", "a+b"), ("den", "c"))))
            + p(maths(m("rad", ("deg", ""), ("e", "a"))))
        ),
        spoken="We know x²+1=y.\n\n(a+b)/c\n\n√(a)",
        shown=(("formula", "x²+1=y"),),
    ),
    Case(
        KIND,
        "a matrix is shown only",
        "formula.docx",
        lambda: word(p(r("Let ") + maths(f"<m:m><m:mr><m:e>{letters('ab')}</m:e></m:mr></m:m>"))),
        spoken="Let",
        shown=(("formula", "ab"),),
    ),
]

PACKAGES = [
    Case(
        KIND,
        "the text in another folder, with macros",
        "other.docm",
        lambda: word(
            p("It was late."),
            main="text/main.xml",
            main_type="application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
        spoken="It was late.",
    ),
    Case(
        KIND,
        "a template",
        "template.dotx",
        lambda: word(p("It was late."), main_type=MAIN_TYPE.replace("document.m", "template.m")),
        spoken="It was late.",
    ),
    Case(
        KIND,
        "parts in UTF-16",
        "wide.docx",
        lambda: word(
            "",
            extra={
                "word/document.xml": part("document", f"<w:body>{p('Żółw.')}</w:body>")
                .replace("UTF-8", "UTF-16")
                .encode("utf-16")
            },
        ),
        spoken="Żółw.",
    ),
    Case(
        KIND,
        "the strict variant",
        "strict.docx",
        lambda: word(
            "",
            extra={
                "word/document.xml": part(
                    "document", f"<w:body>{p('It was late.')}</w:body>"
                ).replace(
                    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                    "http://purl.oclc.org/ooxml/wordprocessingml/main",
                )
            },
        ),
        spoken="It was late.",
    ),
    Case(
        KIND,
        "damaged styles",
        "styles.docx",
        lambda: word(p("It was late."), extra={"word/styles.xml": b"\x00\x01"}),
        spoken="It was late.",
    ),
    Case(
        KIND,
        "a page of HTML inside",
        "chunk.docx",
        lambda: word(
            p("Before.") + '<w:altChunk r:id="rId9"/>' + p("After."),
            targets={"rId9": ("aFChunk", "afchunk.html")},
            extra={"word/afchunk.html": "<html><body><p>In a page.</p></body></html>"},
        ),
        spoken="Before.\n\nIn a page.\n\nAfter.",
    ),
    Case(
        KIND,
        "a part in another format",
        "chunk.docx",
        lambda: word(
            p("Before.") + '<w:altChunk r:id="rId9"/>',
            targets={"rId9": ("aFChunk", "afchunk.mht")},
            extra={"word/afchunk.mht": "MIME-Version: 1.0"},
        ),
        spoken="Before.",
        notes=("in another format was left out",),
    ),
    *(
        Case(
            KIND,
            f"no title: {title}",
            "my lamp.docx",
            lambda title=title: titled(title),
            title="my lamp",
        )
        for title in ("Document1", "Microsoft Word - lamp", "Normal", "lamp_v2.docx", "Dokument 3")
    ),
    Case(KIND, "a title", "x.docx", lambda: titled("Documents of Time"), title="Documents of Time"),
]

CASES = [*FIELDS, *FORMULAS, *PACKAGES]
