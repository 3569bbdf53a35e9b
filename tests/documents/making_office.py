"""Makes office documents from what they hold: Word files, OpenDocument texts and RTF."""

from tests.documents.making import zipped

OOXML = "http://schemas.openxmlformats.org"
WORD_SPACES = (
    f'xmlns:w="{OOXML}/wordprocessingml/2006/main" '
    f'xmlns:m="{OOXML}/officeDocument/2006/math" '
    f'xmlns:r="{OOXML}/officeDocument/2006/relationships" '
    f'xmlns:mc="{OOXML}/markup-compatibility/2006" '
    f'xmlns:wp="{OOXML}/drawingml/2006/wordprocessingDrawing" '
    f'xmlns:a="{OOXML}/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
RELATIONS = f"{OOXML}/officeDocument/2006/relationships"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def relations(targets: dict[str, tuple[str, str]]) -> str:
    """The relations of a part: id, then the end of the type and the target."""
    lines = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    space = f"{OOXML}/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{lines}</Relationships>'


def word(
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    notes: str = "",
    main: str = "word/document.xml",
    main_type: str = MAIN_TYPE,
    targets: dict[str, tuple[str, str]] | None = None,
    extra: dict[str, str | bytes] | None = None,
) -> bytes:
    """A Word file of what its parts hold, without the elements around that."""
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{OOXML}/package/2006/content-types">'
            f'<Override PartName="/{main}" ContentType="{main_type}"/></Types>'
        ),
        "_rels/.rels": relations({"rId1": ("officeDocument", main)}),
        main: part("document", f"<w:body>{body}</w:body>"),
    }
    folder = main.rpartition("/")[0]
    for name, root, content in (
        ("styles", "styles", styles),
        ("numbering", "numbering", numbering),
        ("footnotes", "footnotes", notes),
    ):
        if content:
            files[f"{folder}/{name}.xml"] = part(root, content)
    if targets:
        file = main.rpartition("/")[2]
        files[f"{folder}/_rels/{file}.rels"] = relations(targets)
    return zipped(files | (extra or {}))


def part(root: str, content: str) -> str:
    """A part of a Word file."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {WORD_SPACES}>{content}</w:{root}>'


def p(text: str = "", properties: str = "", look: str = "") -> str:
    """A paragraph of one run; text that begins with a tag is taken as it is."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{text if text[:1] == '<' else r(text, look)}</w:p>"


def r(text: str, look: str = "") -> str:
    """A run; text that begins with a tag is taken as it is."""
    told = text if text[:1] == "<" else f'<w:t xml:space="preserve">{text}</w:t>'
    return f"<w:r><w:rPr>{look}</w:rPr>{told}</w:r>"


def item(text: str, number: int = 1, level: int = 0) -> str:
    """A paragraph of a list."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def level(depth: int, shape: str, pattern: str, more: str = "", start: int = 1) -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{shape}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def lists(*levels: str, overrides: str = "") -> str:
    """Two lists of the same levels; `overrides` change the second one."""
    return (
        f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{overrides}</w:num>'
    )


def field(instruction: str, result: str) -> str:
    """A field that asks for something, and shows a result."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def table(*rows: tuple[str, ...]) -> str:
    """A table; each cell is what it holds."""
    made = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in made)}</w:tbl>"


def style(name: str, shown: str, content: str = "", kind: str = "paragraph") -> str:
    """A style."""
    return (
        f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{shown}"/>{content}</w:style>'
    )


OPEN = "urn:oasis:names:tc:opendocument:xmlns"
OPEN_SPACES = (
    f'xmlns:office="{OPEN}:office:1.0" xmlns:style="{OPEN}:style:1.0" xmlns:text="{OPEN}:text:1.0" '
    f'xmlns:table="{OPEN}:table:1.0" xmlns:draw="{OPEN}:drawing:1.0" '
    f'xmlns:fo="{OPEN}:xsl-fo-compatible:1.0" xmlns:svg="{OPEN}:svg-compatible:1.0" '
    f'xmlns:meta="{OPEN}:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:math="http://www.w3.org/1998/Math/MathML"'
)
OPEN_TEXT = "application/vnd.oasis.opendocument.text"


def _open_parts(body: str, automatic: str) -> str:
    return (
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body>"
    )


def odt(
    body: str,
    *,
    automatic: str = "",
    styles: str = "",
    meta: str = "",
    mimetype: str = OPEN_TEXT,
    extra: dict[str, str | bytes] | None = None,
) -> bytes:
    """An OpenDocument text in its archive."""
    content = f"<office:document-content {OPEN_SPACES}>{_open_parts(body, automatic)}"
    files: dict[str, str | bytes] = {
        "mimetype": mimetype,
        "content.xml": f"{content}</office:document-content>",
        "styles.xml": (
            f"<office:document-styles {OPEN_SPACES}><office:styles>{styles}</office:styles>"
            "</office:document-styles>"
        ),
        "meta.xml": (
            f"<office:document-meta {OPEN_SPACES}><office:meta>{meta}</office:meta>"
            "</office:document-meta>"
        ),
    }
    return zipped(files | (extra or {}), "mimetype")


def fodt(body: str, *, automatic: str = "", styles: str = "", meta: str = "") -> str:
    """An OpenDocument text that is one file of XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {OPEN_SPACES} '
        f'office:version="1.3" office:mimetype="{OPEN_TEXT}">'
        f"<office:meta>{meta}</office:meta><office:styles>{styles}</office:styles>"
        f"{_open_parts(body, automatic)}</office:document>"
    )


def rtf(body: str, head: str = "") -> bytes:
    """An RTF file with a western and a Russian font, two styles, and more in its head."""
    return (
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times New Roman;}"
        r"{\f1\fswiss\fcharset204{\*\fname Arial;}Arial CYR;}{\f2\fnil\fcharset128 MS Mincho;}"
        r"{\f3\ftech\fcharset2 Symbol;}{\f4\fswiss\fcharset161 Arial Greek;}}"
        r"{\stylesheet{\ql Normal;}{\s1\outlinelevel0\b heading 1;}{\s2\sbasedon0\b heading 2;}"
        rf"{{\s15 caption;}}{{\*\cs10 Default Paragraph Font;}}}}{head}{body}}}"
    ).encode("latin-1")
