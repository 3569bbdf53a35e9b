"""Cases of plain text: what its lines, blanks and odd signs mean."""

from tests.documents.cases import Case

LONG = "It was so late that nobody in the whole of the house heard the man at the door say"
WRAPPED = f"{LONG}\nthat he had come."


def spoken(name: str, content: str | bytes, said: str) -> Case:
    """A text, and all that is spoken of it."""
    return Case("Plain lines", name, f"{name.replace(' ', '-')}.txt", lambda: content, spoken=said)


CASES = [
    spoken(
        "indented paragraphs",
        f"    {WRAPPED}\n    {WRAPPED}\n",
        f"{LONG} that he had come.\n\n{LONG} that he had come.",
    ),
    spoken(
        "paragraphs told by short lines",
        f"{WRAPPED}\n{WRAPPED}\nCHAPTER TWO\n{WRAPPED}\n",
        "\n\n".join(
            (*[f"{LONG} that he had come."] * 2, "CHAPTER TWO", f"{LONG} that he had come.")
        ),
    ),
    spoken("a line for each paragraph", f"{LONG} {LONG}.\n“No.”\n", f"{LONG} {LONG}.\n\n“No.”"),
    spoken(
        "an empty line after each line",
        "It was late, and there was nobody\n\nin the house, so that he went\n\nagain without "
        "his hat and without\n\nhis coat.\n\n\n\nThere was rain all night, and when\n\nhe came "
        "home he was wet from head\n\nto foot and very much out of his\n\nusual temper.\n",
        "It was late, and there was nobody\nin the house, so that he went\nagain without his hat "
        "and without\nhis coat.\n\nThere was rain all night, and when\nhe came home he was wet "
        "from head\nto foot and very much out of his\nusual temper.",
    ),
    spoken("two returns", "One.\r\r\nTwo.\r\r\n\r\r\nThree.", "One.\nTwo.\n\nThree."),
    spoken(
        "mixed line ends",
        "One.\rTwo.\r\nThree.\n\r\nFour.\u2029Five.",
        "One.\nTwo.\nThree.\n\nFour.\n\nFive.",
    ),
    spoken(
        "ends of pages",
        "He went\n\x0chome. It was late.\n\x0cShe slept.",
        "He went\nhome. It was late.\n\nShe slept.",
    ),
    spoken("struck over", "N\bNA\bAM\bME\bE and _\bone\n\x1b[1mbold\x1b[0m", "NAME and one\nbold"),
    spoken(
        "bullets",
        "Needed:\n\n• a boat\n• a lamp\n\n* rope\n* oil\n",
        "Needed:\n\na boat\na lamp\n\nrope\noil",
    ),
    spoken("soft hyphens at line ends", "Ein Wert\u00ad\npapier.", "Ein Wertpapier."),
    spoken(
        "quoted lines",
        "> It was late.\n> So late.\n\nIndeed.\n",
        "It was late.\nSo late.\n\nIndeed.",
    ),
    spoken(
        "sources",
        "It is big.[1][2] So it is.[citation needed] a[1] is left.",
        "It is big. So it is. a[1] is left.",
    ),
    spoken(
        "names with underscores",
        "Call my_own_name or __init__ _now_.",
        "Call my_own_name or __init__ now.",
    ),
    Case(
        "Plain lines",
        "an answer to a mail",
        "answer.txt",
        lambda: "Yes.\n\nOn 3 May 2024, Bob wrote:\n> Shall we\n> meet?\n\nAt noon.\n\n-- \nAnn\n",
        spoken="Yes.\n\nAt noon.",
        shown=(("navigation", "> Shall we\n> meet?"),),
    ),
]
