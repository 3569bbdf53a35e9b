"""Cases of books as plain text: chapters, contents, notes, and what stands about them."""

from tests.documents.cases import Case

PROSE = (
    "The boat had been lying on the sand since the summer, and nobody in the village\n"
    "could have said to whom it belonged, nor did anybody ask, because there was too\n"
    "much else to be done before the winter came over the hills again.\n"
)
SAID = " ".join(PROSE.split())


def book(*pieces: str) -> str:
    """A text of pieces with a wrapped paragraph after each."""
    return "".join(f"{piece}\n\n{PROSE}\n\n" for piece in pieces)


def chapters(name: str, *titles: str, found: tuple[str, ...] = ()) -> Case:
    """A book with these lines over its chapters."""
    return Case(
        "Plain books",
        name,
        f"{name.replace(' ', '-')}.txt",
        lambda: book(*titles),
        chapters=found or titles,
        holds=(SAID,),
    )


CASES = [
    chapters("underlined", "The Road\n========", "The Sea\n-----", found=("The Road", "The Sea")),
    chapters(
        "ruled above and below", "====\nRain\n====", "====\nSnow\n====", found=("Rain", "Snow")
    ),
    chapters(
        "centred with titles",
        "          CHAPTER I\n\n          THE OLD HOUSE",
        "          CHAPTER II\n\n          THE GARDEN",
        found=("CHAPTER I THE OLD HOUSE", "CHAPTER II THE GARDEN"),
    ),
    chapters(
        "adorned",
        "=== Kapitel 1 ===",
        "_Kapitel II_",
        "— Kapitel drei —",
        "C H A P T E R   I V",
        found=("Kapitel 1", "Kapitel II", "Kapitel drei", "CHAPTER IV"),
    ),
    chapters("numbers", "I", "II", "III"),
    chapters("figures", "1", "2", "3"),
    chapters("capitals", "THE OLD HOUSE", "THE GARDEN"),
    chapters(
        "numbers in parts",
        "Part One: Spring\n\n1",
        "2",
        "Part Two\n\n1",
        "2",
        found=("Part One: Spring", "1", "2", "Part Two", "1", "2"),
    ),
    chapters(
        "many kinds",
        "Prologue: 1912",
        "ACT III, SCENE 2",
        "Chap. 4",
        "Bölüm 5",
        "Luku 6",
        "Hoofdstuk VII",
        "Rozdział ósmy",
        "Chương chín",
        "APPENDIX A: SOURCES",
    ),
    chapters("Capitulo without accents", "CAPITULO PRIMERO", "CAPITULO SEGUNDO", "EPILOGO"),
    Case(
        "Plain books",
        "contents are no chapters",
        "contents.txt",
        lambda: "CONTENTS\n\nThe Road\n\nThe Sea\n\n\n" + book("The Road", "The Sea"),
        chapters=("The Road", "The Sea"),
        shown=(("contents", "CONTENTS"), ("contents", "The Sea")),
    ),
    Case(
        "Plain books",
        "contents with numbers of pages",
        "inhalt.txt",
        lambda: (
            "Inhalt\n  Der Weg ....... 3\n  Das Meer ....... 19\n\n" + book("Der Weg", "Das Meer")
        ),
        chapters=("Der Weg", "Das Meer"),
        lacks=("....", "Inhalt"),
    ),
    Case(
        "Plain books",
        "a licence, notes, pictures and pages",
        "pg.txt",
        lambda: (
            "The Project Gutenberg eBook\n\nTitle: A Tale\n       of a Boat\n\nLanguage: Dutch\n\n"
            "*** START OF THE PROJECT GUTENBERG EBOOK A TALE OF A\nBOAT ***\n\nProduced by Somebody"
            f"\n\n{book('CHAPTER I.')}It was _very_ late.[1] [Pg 4]\n\n[Illustration: A boat]\n\n"
            "[Footnote 1: So they said.\n\nAnd so it was.]\n\nThe end.\n\nTranscriber’s Notes\n\n"
            "Commas were mended.\n\nEnd of the Project Gutenberg EBook\n\n"
            "*** END OF THE PROJECT ***"
        ),
        title="A Tale of a Boat",
        spoken=f"CHAPTER I.\n\n{SAID}\n\nIt was very late.\n\nThe end.",
        shown=(
            ("front_matter", "Produced by Somebody"),
            ("front_matter", "Commas were mended."),
            ("front_matter", "END OF THE PROJECT"),
            ("note_mark", "[1]"),
            ("page_number", "[Pg 4]"),
            ("caption", "A boat"),
            ("note", "And so it was."),
        ),
    ),
    Case(
        "Plain books",
        "numbers of pages within sentences",
        "pages.txt",
        lambda: f"{PROSE[:-2]}, and\n\n17\n\nso it was. Then she went\n\n- 18 -\n\x0chome.\n",
        spoken=f"{SAID[:-1]}, and so it was. Then she went home.",
        shown=(("page_number", "17"), ("page_number", "18")),
    ),
    Case(
        "Plain books",
        "a list of numbers is no list of chapters",
        "list.txt",
        lambda: "1. Milk\n\n2. Eggs\n\n3. Bread\n",
        chapters=("list",),
    ),
    Case(
        "Plain books",
        "an exclamation in capitals is no chapter",
        "stop.txt",
        lambda: "STOP!\n\nHe ran on.\n\nNO\n\nShe cried.\n",
        chapters=("stop",),
    ),
    Case(
        "Plain books",
        "a title above the first chapter",
        "prose.txt",
        lambda: f"The Harbour\nby Ada Holm\n\n{book('Chapter 1', 'Chapter 2')}",
        title="The Harbour",
        chapters=("The Harbour", "Chapter 1", "Chapter 2"),
    ),
    Case(
        "Plain books",
        "a letter above the first chapter",
        "prose.txt",
        lambda: f"Dear Anna,\n\n{book('Chapter 1')}",
        title="prose",
    ),
]
