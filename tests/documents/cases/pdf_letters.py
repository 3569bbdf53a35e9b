"""Cases of PDF: letters that no font names, as in fonts of TeX, and accents over letters."""

from collections.abc import Callable

from tests.documents.cases import Case
from tests.documents.hostile import pdf, stream

PLAIN = "The keeper of the light was asked to come and tell what he had seen in the storm."


def drawn(*lines: str, first: int = 0, shift: int = 0) -> Callable[[], bytes]:
    """Lines in a font of pictures of letters, whose names are their codes, as TeX makes them."""

    def content() -> bytes:
        codes = range(first, 256)
        names = b" ".join(b"/a%d" % code for code in codes)
        written = b"BT /F 10 Tf 14 TL 72 700 Td "
        for line in lines:
            shown = b"".join(b"%02x" % (ord(sign) - shift) for sign in line)
            written += b"<%s> Tj T* " % shown
        procedures = b"".join(b"/a%d 6 0 R" % code for code in codes)
        return pdf(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
                b"/Resources<</Font<</F 5 0 R>>>>>>",
                stream(written + b"ET"),
                b"<</Type/Font/Subtype/Type3/FontBBox[0 0 500 700]/FontMatrix[.001 0 0 .001 0 0]"
                b"/FirstChar %d/LastChar 255/Widths[%s]/Encoding<</Type/Encoding/Differences"
                b"[%d %s]>>/CharProcs<<%s>>/Resources<<>>>>"
                % (first, b"500 " * len(codes), first, names, procedures),
                stream(b"500 0 0 0 500 700 d1 0 0 500 700 re f"),
            ]
        )

    return content


def accented(*pieces: str) -> Callable[[], bytes]:
    """Lines in which what follows a "_" is drawn over the character before it."""
    written = b"BT /F 10 Tf "
    for number, piece in enumerate(pieces):
        place = 0
        for run in piece.split("_"):
            written += b"1 0 0 1 %d %d Tm " % (72 + 6 * place, 700 - 14 * number)
            written += b"<%s> Tj " % run.encode("latin-1").hex().encode()
            place += len(run) - 1
    return lambda: pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>>>",
            stream(written + b"ET"),
            b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>",
        ]
    )


CASES = [
    Case(
        "PDF letters of TeX",
        "older codes",
        "a.pdf",
        drawn(PLAIN, 'The o\x0ece was \x0cne, the \rower a\x0ficted: \\so it is|on" 1901{3.'),
        spoken=f"{PLAIN}\n\nThe office was fine, the flower afflicted: “so it is—on” 1901–3.",
    ),
    Case(
        "PDF letters of TeX",
        "newer codes",
        "a.pdf",
        drawn(
            PLAIN, "The o\x1ece was \x1cne, a\x1fict, \x10so\x11. Vom Bären \x15 tu\xb9ek, ru\xb9e."
        ),
        spoken=f"{PLAIN}\n\nThe office was fine, afflict, “so”. Vom Bären – tuźek, ruźe.",
    ),
    Case(
        "PDF letters of TeX",
        "another letter for each",
        "a.pdf",
        drawn(PLAIN.replace(" ", "~"), PLAIN.replace(" ", "~"), shift=29),
        refused="text recognition",
    ),
    Case(
        "PDF accents",
        "over the letter and under it",
        "a.pdf",
        accented("M\xa8_uller and the garc_\xb8on", "of the caf\xb4_e"),
        spoken="Müller and the garçon of the café",
    ),
]
