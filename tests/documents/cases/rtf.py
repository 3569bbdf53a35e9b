"""Cases of RTF."""

from tests.documents.cases import Case
from tests.documents.making_office import rtf

KIND = "RTF"
FORMULA = (
    r"{\mmath{\*\moMath{\msSup{\msSupPr{\mctrlPr\f0}}{\me{\mr\f0 x}}{\msup{\mr 2}}}{\mr =}"
    r"{\mf{\mnum{\mr a}}{\mden{\mr b}}}}{\mmathPict{\pict NO}}}"
)
BOX = (
    r"{\shp{\*\shpinst{\sp{\sn wzDescription}{\sv A lamp}}{\shptxt\pard One\par Two\par}}"
    r"{\shprslt{\*\do{\dptxbxtext NO\par}}}}"
)
TABLE = (
    r"\trowd\cellx1\cellx2\pard\intbl First\par Second\cell Third\cell\row"
    r"\trowd\cellx1\cellx2\pard\intbl a\cell b\cell\row\pard "
)

CASES = [
    Case(
        KIND,
        "paragraphs, breaks and looks",
        "a.rtf",
        lambda: rtf(r"Hello \b bold\b0 .\par It\line was\tab late.\page And\~dark.\par"),
        spoken="Hello bold.\n\nIt\nwas late. And\xa0dark.",
    ),
    Case(
        KIND,
        "headings by styles",
        "a.rtf",
        lambda: rtf(
            r"\pard\s1 One\par\pard A.\par\pard\s2 Deep\par\pard B.\par\pard\s1 Two\par\pard C.\par"
        ),
        chapters=("One", "Deep", "Two"),
    ),
    Case(
        KIND,
        "headings by levels",
        "a.rtf",
        lambda: rtf(
            r"\pard\outlinelevel0 One\par\pard A.\par\pard\outlinelevel0 Two\par"
            r"\pard\outlinelevel9 B.\par"
        ),
        chapters=("One", "Two"),
    ),
    Case(
        KIND,
        "typed headings",
        "a.rtf",
        lambda: rtf(r"Chapter 1\par A.\par Chapter 2: The End\par B.\par"),
        chapters=("Chapter 1", "Chapter 2: The End"),
    ),
    Case(
        KIND,
        "letters of the code page and of fonts",
        "a.rtf",
        lambda: rtf(
            r"caf\'e9 \'93so\'94 {\f1 \'cf\'f0\'e8\'e2\'e5\'f2} {\f2 \'93\'fa\'96\'7b} {\f3 ab} "
            r"{\f4 \'e1\'e2}\par"
        ),
        spoken="café “so” Привет 日本 αβ αβ",
    ),
    Case(
        KIND,
        "a code page for the whole file",
        "a.rtf",
        lambda: rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fnil Arial;}}\f0\'cc\'ee\'f0\'ee\'e7.\par}",
        spoken="Мороз.",
    ),
    Case(
        KIND,
        "a trail byte that is written as it is",
        "a.rtf",
        lambda: rb"{\rtf1\ansi\ansicpg932 \'83e\'83X\'83g\par}",
        spoken="テスト",
    ),
    Case(
        KIND,
        "letters of Unicode and what stands for them",
        "a.rtf",
        lambda: rtf(
            r"d\u228?h \u8212\'97 \u-10179?\u-8704? {\uc2 \u233\'c3\'a9}{\uc0 \u233 x}\u8217 s\par"
        ),
        spoken="däh — 😀 ééx’",
    ),
    Case(
        KIND,
        "one text in two writings",
        "a.rtf",
        lambda: rtf(r"{\upr{plain}{\*\ud{fa\u231?ade}}} end.\par"),
        spoken="façade end.",
    ),
    Case(
        KIND,
        "what is no text",
        "a.rtf",
        lambda: rtf(
            r"{\header NO\par}{\footer NO\par}{\*\unknown NO}{\pict\pngblip 89504e47}{\xe NO}"
            r"{\*\annotation NO}{\object{\*\objdata 0105}{\result Shown}}"
            "\\bin4 {}}{ text.{\\colortbl;\\red1;}\\par"
        ),
        spoken="Shown text.",
    ),
    Case(
        KIND,
        "hidden and deleted text",
        "a.rtf",
        lambda: rtf(r"It {\v NO}\v NO\v0 was{\deleted  NO\par} late.\par"),
        spoken="It was late.",
    ),
    Case(
        KIND,
        "fields give what they show",
        "a.rtf",
        lambda: rtf(
            r'{\field{\*\fldinst HYPERLINK "http://example.org/NO"}{\fldrslt a link}} on page '
            r"{\field{\*\fldinst { PAGE }}{\fldrslt 12}}.\par"
        ),
        spoken="a link on page.",
        shown=(("page_number", "12"),),
    ),
    Case(
        KIND,
        "a table of contents",
        "a.rtf",
        lambda: rtf(
            r"{\field{\*\fldinst TOC \\o}{\fldrslt One\tab 1\par Two\tab 3\par}}"
            r"\pard It was late.\par"
        ),
        spoken="It was late.",
        shown=(("contents", "One 1\nTwo 3"),),
    ),
    Case(
        KIND,
        "lists as they are shown",
        "a.rtf",
        lambda: rtf(
            r"{\listtext\pard\plain 4.\tab}four\par{\listtext b)\tab}two\par"
            r"{\pntext\f3\'b7\tab}dot\par"
        ),
        spoken="4. four\n\nb) two\n\ndot",
    ),
    Case(
        KIND,
        "tables",
        "a.rtf",
        lambda: rtf(rf"Before.\par{TABLE}After.\par"),
        spoken="Before.\n\nAfter.",
        shown=(("table", "First Second, Third\na, b"),),
    ),
    Case(
        KIND,
        "notes",
        "a.rtf",
        lambda: rtf(
            r"It was late{\super\chftn{\footnote\pard\plain{\super\chftn}"
            r" Of no {\i weight}.\par}}, so."
        ),
        spoken="It was late, so.",
        shown=(("note_mark", "1"), ("note", "Of no weight.")),
    ),
    Case(
        KIND,
        "starred notes, in a table",
        "a.rtf",
        lambda: rtf(
            r"Before.\par" + TABLE.replace("Third", r"Third{\chftn}{\*\footnote\chftn Aside.}")
        ),
        shown=(("table", "First Second, Third"), ("note", "Aside.")),
    ),
    Case(
        KIND,
        "text boxes and pictures",
        "a.rtf",
        lambda: rtf(
            BOX + r"Anchor.\par{\pict{\*\picprop{\sp{\sn wzDescription}{\sv A hat}}}00ff}\par"
        ),
        spoken="One\n\nTwo\n\nAnchor.",
        shown=(("caption", "A lamp"), ("caption", "A hat")),
    ),
    Case(
        KIND,
        "powers and chemistry",
        "a.rtf",
        lambda: rtf(r"10{\super 6}, H{\sub 2}O, 1{\super st}, word.{\super 7}\par"),
        spoken="10⁶, H₂O, 1st, word.",
        shown=(("note_mark", "7"),),
    ),
    Case(
        KIND,
        "formulas",
        "a.rtf",
        lambda: rtf(rf"So {FORMULA} holds.\par"),
        spoken="So x²=a/b holds.",
        shown=(("formula", "x²=a/b"),),
    ),
    Case(
        KIND,
        "title and language of its own",
        "a.rtf",
        lambda: rtf(r"It was late.", r"{\info{\title The L\'e4mp}{\author Ada}{\doccomm NO}}"),
        title="The Lämp",
        spoken="It was late.",
    ),
    Case(
        KIND,
        "cut off in the middle",
        "a.rtf",
        lambda: rtf(r"It was late.\par {\b And {\i dark").rstrip(b"}"),
        spoken="It was late.\n\nAnd dark",
    ),
    Case(
        KIND,
        "closed too early",
        "a.rtf",
        lambda: rtf(r"It was late.\par}} And dark.\par"),
        spoken="It was late.\n\nAnd dark.",
    ),
    Case(KIND, "nothing", "a.rtf", lambda: rtf(""), refused="no text"),
    Case(
        KIND,
        "groups without end",
        "a.rtf",
        lambda: rb"{\rtf1 Late." + b"{" * 100_000 + b" Dark." + b"}" * 50_000,
        spoken="Late. Dark.",
    ),
    Case(
        KIND,
        "notes in notes without end",
        "a.rtf",
        lambda: rb"{\rtf1 Late." + rb"{\footnote a" * 20_000,
        spoken="Late.",
    ),
    Case(
        KIND,
        "numbers too large",
        "a.rtf",
        lambda: rb"{\rtf1\ansicpg9999999999\uc9999999999 Late.\u99999999999999 ?\bin9999999999 NO}",
        holds=("Late.",),
        lacks=("NO",),
    ),
]
