"""Cases of citation marks that are plain text, as in pages that were saved without their links."""

from tests.documents.cases import Case

HEAD = '<!doctype html><html lang="en"><title>Lamp</title><body><h1>Lamp</h1>'
ENGLISH = (
    "The lamp is old.[2] It was built in 1850[3][4] and rebuilt.[12]–[14] It shone[citation needed]"
    " at night,[a] and was known.[5]: 23 In Rome[note 1] too, [sic] as [the] keeper said [1990]."
)
SAID = (
    "The lamp is old. It was built in 1850 and rebuilt. It shone at night, and was known. In Rome"
    " too, [sic] as [the] keeper said [1990]."
)
GERMAN = "Die Lampe ist alt.[1] Sie brannte[Anm. 1] lange.[2][3] Heute nicht mehr.[Beleg?]"
RAISED = (
    "<p>It is old.<sup>[12]</sup>–<sup>[14]</sup> It shone<sup>[<i>citation needed</i>]</sup> on."
    "<h2>Early <span>[</span>edit<span>]</span></h2><p>Oil.<sup><a href='#c'>[2]</a></sup></p>"
)
SCIENCE = (
    "<p>As shown in [2], lamps burn. See [3, 4]. Others [5]–[7] agree [8].</p>"
    "<pre>x[2] = y[3]</pre><p>Write x[2] here.</p>"
    "<h2>References</h2><p>[1] A. Smith. Lamps.</p><p>[2] B. Jones. Oil.</p>"
)
NONE = "Chapter [2] is next. The interval [0] and [1, 2]. Option [a] or f(x)[3], argv[1] or x[2]."


def case(name: str, filename: str, made: str, said: str, *shown: tuple[str, str]) -> Case:
    """A case of marks; `said` is spoken in one piece."""
    return Case("Citations", name, filename, lambda: made, holds=(said,), shown=shown)


CASES = [
    case("in a page", "a.html", f"{HEAD}<p>{ENGLISH}</p>", SAID, ("reference", "[12]–[14]")),
    case("in a text", "a.txt", f"{ENGLISH}\n", SAID, ("reference", "[citation needed]")),
    case("in Markdown", "a.md", f"# Lamp\n\n{ENGLISH}\n", SAID, ("reference", "[5]: 23")),
    case(
        "in German",
        "a.html",
        f"{HEAD}<p>{GERMAN}</p>",
        "Die Lampe ist alt. Sie brannte lange. Heute nicht mehr.",
        ("reference", "[Anm. 1]"),
    ),
    Case(
        "Citations",
        "raised, with what stands between them",
        "a.html",
        lambda: HEAD + RAISED,
        spoken="Lamp\n\nIt is old. It shone on.\n\nEarly\n\nOil.",
        shown=(("reference", "[12]"), ("navigation", "[edit]")),
    ),
    *(
        Case(
            "Citations",
            f"beside the heading: {edit}",
            "a.html",
            lambda edit=edit: (
                f"{HEAD}<h2>Rise[{edit}]</h2><p>One.</p><h2>Fall [{edit}]</h2><p>Two."
            ),
            spoken="Lamp\n\nRise\n\nOne.\n\nFall\n\nTwo.",
            chapters=("Lamp", "Rise", "Fall"),
            shown=(("navigation", edit),),
        )
        for edit in (
            "edit",
            "edit | edit source",
            "Bearbeiten",
            "Bearbeiten | Quelltext bearbeiten",
            "modifier | modifier le code",
            "editar",
        )
    ),
    case(
        "in a sentence that needs them",
        "a.html",
        HEAD + SCIENCE,
        "As shown in 2, lamps burn. See 3, 4. Others agree.",
        ("reference", "[2]"),
        ("reference", "[5]–[7]"),
        ("code", "x[2] = y[3]"),
    ),
    case("in a list of sources", "a.html", HEAD + SCIENCE, "1. A. Smith. Lamps.\n\n2. B. Jones."),
    case("not in a name", "a.html", HEAD + SCIENCE, "Write x[2] here."),
    case("brackets that are none", "a.html", f"{HEAD}<p>{NONE}</p>", NONE),
    case("brackets in a text that are none", "a.txt", f"{NONE}\n", NONE),
]
