"""Cases of plain text."""

from tests.documents.cases import Case

CASES = [
    Case(
        "Plain text",
        "chapters in words",
        "words.txt",
        lambda: "CHAPTER FOURTEEN\n\nIt rained.\n\nCHAPTER THIRTY-TWO\n\nIt snowed.\n",
        chapters=("CHAPTER FOURTEEN", "CHAPTER THIRTY-TWO"),
    ),
    Case(
        "Plain text",
        "parts and chapters in Spanish",
        "libro.txt",
        lambda: (
            "Libro primero\n\nCapítulo uno\nLa casa\n\nEra tarde.\n\nCapítulo vigésimo segundo\n\n"
            "Llovía.\n"
        ),
        chapters=("Libro primero", "Capítulo uno La casa", "Capítulo vigésimo segundo"),
    ),
    Case(
        "Plain text",
        "chapters without blank lines",
        "dicht.txt",
        lambda: "Erstes Kapitel\nEs war dunkel.\nZweites Kapitel\nEs war hell.\n",
        chapters=("Erstes Kapitel", "Zweites Kapitel"),
    ),
    Case(
        "Plain text",
        "no chapters in running text",
        "running.txt",
        lambda: "Chapter one of the book was long.\n\nPart of me left.\n\nSection 8 was full.\n",
        title="running",
        chapters=("running",),
    ),
    Case(
        "Plain text",
        "chapters in Chinese",
        "zh.txt",
        lambda: "第一章 开始\n\n天黑了。\n\n第二十一章\n\n天亮了。\n",
        chapters=("第一章 开始", "第二十一章"),
    ),
    Case(
        "Plain text",
        "scene breaks of one sign",
        "scenes.txt",
        lambda: "He slept.\n\n❦\n\nShe rose.\n\n#\n\nThey ate.\n\noOo\n\nAll left.\n*\nThe end.\n",
        spoken="He slept.\n\nShe rose.\n\nThey ate.\n\nAll left.\n\nThe end.",
        shown=tuple(("bullet", sign) for sign in ("❦", "#", "oOo", "*")),
    ),
    Case(
        "Plain text",
        "verses keep their lines",
        "verses.txt",
        lambda: "I saw the sea\nand she saw me.\n\nThe end came soon.\n",
        spoken="I saw the sea\nand she saw me.\n\nThe end came soon.",
    ),
    Case(
        "Plain text",
        "lines of signs that say something",
        "signs.txt",
        lambda: "He wrote:\n\n😂😂😂\n\n?!?\n\n€€€\n\nShe laughed.\n",
        spoken="He wrote:\n\n😂😂😂\n\n?!?\n\n€€€\n\nShe laughed.",
    ),
    Case(
        "Plain text",
        "scene breaks of a web page",
        "scenes.html",
        lambda: "<h1>Home</h1><p>He slept.</p><p>* * *</p><p>She rose.</p><p>❦</p><p>All left.</p>",
        spoken="Home\n\nHe slept.\n\nShe rose.\n\nAll left.",
        shown=(("bullet", "* * *"), ("bullet", "❦")),
    ),
]
