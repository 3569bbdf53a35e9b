"""Cases of PDF: forms, fonts that do not tell their letters, recognised text."""

import zlib
from collections.abc import Callable

from tests.documents.cases import Case
from tests.documents.cases.pdf import column, sheet, wrapped
from tests.documents.hostile import pdf, stream
from tests.documents.making import FONT, sentences

TEXT = wrapped(sentences(30, 11), 440, 11)


def form() -> bytes:
    """A form of a text field, a list to choose from, two boxes to tick, and a free text."""

    def field(kind: str, more: str, box: str) -> bytes:
        return f"<</Type/Annot/Subtype/Widget/FT/{kind}/F 4/Rect[{box}]{more}>>".encode()

    text = b"BT /F 11 Tf 72 700 Td (Name of the applicant:) Tj 0 -40 Td (Country:) Tj "
    text += b"30 -40 Td (I agree) Tj 0 -40 Td (Send me letters) Tj ET"
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 7 0 R 8 0 R 9 0 R]>>>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>/Annots[6 0 R 7 0 R 8 0 R 9 0 R 10 0 R 11 0 R]>>",
            stream(text),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            field("Tx", "/T(name)/V(Ann Example)", "190 695 400 713"),
            field("Ch", "/Ff 131072/T(land)/Opt[(Norway)(Peru)]/V(Peru)", "190 655 400 673"),
            field("Btn", "/T(yes)/V/On/AS/On/AP<</N<</On 4 0 R/Off 4 0 R>>>>", "72 617 84 629"),
            field("Btn", "/T(no)/V/Off/AS/Off/AP<</N<</On 4 0 R/Off 4 0 R>>>>", "72 577 84 589"),
            b"<</Type/Annot/Subtype/FreeText/Rect[72 500 300 520]/Contents(Written onto the page)"
            b"/DA(/F 11 Tf)>>",
            b"<</Type/Annot/Subtype/Text/Rect[500 500 520 520]/Contents(A secret remark)>>",
        ]
    )


def without_letters(pages: int) -> Callable[[], bytes]:
    """Text in a font that does not tell its letters, on a page of its own at the end."""

    def content() -> bytes:
        made = sheet()
        made.add_font("Other", fname=FONT)
        for _ in range(pages):
            made.set_font("Times", size=11)
            column(made, TEXT[:10], 72, 80, 14)
            made.add_page()
        made.set_font("Other", size=11)
        column(made, TEXT[:10], 72, 80, 14)
        return bytes(made.output()).replace(b"/ToUnicode", b"/ToUnicodX")

    return content


def in_cipher() -> bytes:
    """Text each of whose letters stands for another."""
    made = sheet()
    shifted = ["".join(chr(ord(c) - 29) if c > "=" else " " for c in line) for line in TEXT[:10]]
    column(made, shifted, 72, 80, 14)
    return bytes(made.output())


def invisible() -> bytes:
    """Recognised text that is not drawn, over a picture."""
    text = (
        b"q 600 0 0 800 0 0 cm /I Do Q BT 3 Tr /F 11 Tf 72 700 Td (The keeper lit the lamp.) Tj ET"
    )
    grey = zlib.compress(b"\x80")
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>>>>>",
            stream(text),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace"
            b"/DeviceGray/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(grey), grey),
        ]
    )


CASES = [
    Case(
        "PDF form",
        "fields and a free text",
        "a.pdf",
        form,
        spoken="Name of the applicant: Ann Example\n\nCountry: Peru\n\n☑ I agree\n\n"
        "☐ Send me letters\n\nWritten onto the page",
    ),
    Case("PDF fonts", "no letters", "a.pdf", without_letters(0), refused="text recognition"),
    Case("PDF fonts", "one page", "a.pdf", without_letters(1), notes=("on 1 of 2 pages",)),
    Case("PDF fonts", "cipher", "a.pdf", in_cipher, refused="text recognition"),
    Case("PDF fonts", "recognised text", "a.pdf", invisible, spoken="The keeper lit the lamp."),
]
