"""Cases of Markdown."""

from tests.documents.cases import Case

NOTES = """Some text[^long] here and there.^[An inline *note*.]

[^long]: The first paragraph.

    The second one,
    which goes on.

The text goes on.
"""
EXTRAS = """# Heading {#top .wide}

==Marked== and ~~struck~~ and H~2~O and ++put in++, :thumbs_up: at 10:30:15.

::: tip Watch out
Inside the box.
:::

!!! danger "Hot"
    Do not touch.

    Really.

??? note
    Folded.

> [!warning] Mind the gap
> It is wide.

> [!NOTE]
> Plain note.

[TOC]

See [[Page One|the page]] and [[Other#Part]] and ![[scan.png]].

Term
: What it means
: and more

Line one@@
Line two\\
Line three

{{< youtube abc >}}

*[HTML]: Hyper Text
"""
PRICES = (
    "# Prices\n\nIt costs $5 and $6, US$7 or 8$ and $2 million, $10-$20. Backslash \\, stays.\n"
)
MATH = (
    "# Laws\n\nThe law $E = mc^2$ holds, and $5$ too.\n\n$$\n\\sum_{k=1}^{n}\n  k^2\n$$\n\n"
    "```math\na < b\n```\n\nEnd \\(x_1\\) of \\[it\\]."
)


def deep(name: str, made: str, *holds: str) -> Case:
    """A case of blocks in so many others that a parser gives up on them."""
    text = f"# Depth\n\nFirst.\n\n{made}\n\nThe text goes on.\n"
    return Case(
        "Markdown", name, "deep.md", lambda: text, holds=("First.", *holds, "The text goes on.")
    )


DEEP = [
    deep(
        "list nested by indents",
        "".join(f"{'  ' * n}- item {n} of it\n" for n in range(1500)),
        *(f"item {n} of it" for n in (0, 8, 9, 20, 700, 1499)),
    ),
    deep(
        "numbered list nested by indents",
        "".join(f"{'   ' * n}{n % 9 + 1}. item {n} of it\n" for n in range(300)),
        "item 12 of it",
        "item 299 of it",
    ),
    deep("list nested in one line", "- " * 20_000 + "deep **down**", "deep down"),
    deep(
        "quotes in each other",
        "\n\n".join(f"{'>' * n} word {n} of it" for n in range(1, 1000)),
        "word 19 of it",
        "word 999 of it",
    ),
    deep("quote of many signs", "> " * 20_000 + "deep", "deep"),
    deep("quotes and lists in turn", "> - " * 5000 + "deep", "deep"),
    deep("brackets", "[" * 20_000 + "deep" + "]" * 20_000, "deep"),
    deep("emphasis", "**a " * 5000 + "deep" + "**" * 5000, "deep"),
    deep("tags", "<div>" * 5000 + "deep" + "</div>" * 5000, "deep"),
]
CASES = [
    *DEEP,
    Case(
        "Markdown",
        "task lists",
        "tasks.md",
        lambda: "# To do\n\n- [ ] buy milk\n- [x] call Bob\n",
        spoken="To do\n\nbuy milk\n\ncall Bob",
    ),
    Case(
        "Markdown",
        "numbered and nested tasks",
        "tasks.md",
        lambda: "1. [X] eins\n2. zwei\n   * [ ] drei\n\n[x] stays\n",
        holds=("1. eins", "2. zwei", "drei", "[x] stays"),
        lacks=("[X]", "[ ]"),
    ),
    Case(
        "Markdown",
        "notes of several paragraphs",
        "notes.md",
        lambda: NOTES,
        spoken="Some text here and there.\n\nThe text goes on.",
        shown=(
            ("note", "The first paragraph."),
            ("note", "The second one, which goes on."),
            ("note", "An inline *note*."),
        ),
    ),
    Case(
        "Markdown",
        "formulas",
        "math.md",
        lambda: MATH,
        holds=("The law E = mc² holds, and 5 too.", "a < b", "End x 1 of [it]."),
        lacks=("$", "\\"),
        shown=(("formula", "E = mc^2"), ("formula", "\\sum_{k=1}^{n} k^2")),
    ),
    Case(
        "Markdown",
        "prices are no formulas",
        "prices.md",
        lambda: PRICES,
        holds=("$5 and $6, US$7 or 8$ and $2 million, $10-$20. Backslash , stays.",),
    ),
    Case(
        "Markdown",
        "signs of many writers",
        "signs.md",
        lambda: EXTRAS.replace("@@", "  "),
        holds=(
            "Heading\n\nMarked and struck and H",
            "O and put in, thumbs up at 10:30:15.",
            "Watch out\n\nInside the box.",
            "Hot\n\nDo not touch.\n\nReally.\n\nNote\n\nFolded.",
            "Mind the gap\n\nIt is wide.",
            "Note\n\nPlain note.",
            "See the page and Other and",
            "Term\n\nWhat it means\n\nand more",
            "Line one\nLine two\nLine three",
        ),
        lacks=("{", ":::", "!!!", "???", "[!", "==", "~", "[[", "TOC", "youtube", "HTML", "++"),
        chapters=("Heading",),
    ),
    Case(
        "Markdown",
        "front matter",
        "front.md",
        lambda: (
            "---\ntitle: Untitled\nauthors:\n  - Ann Example\n  - Bob\nlang: de\n---\n\nHallo.\n"
        ),
        spoken="Hallo.",
        title="front",
        shown=(("front_matter", "Ann Example"),),
    ),
    Case(
        "Markdown",
        "two rulers are no front matter",
        "rulers.md",
        lambda: "---\nAll of this is text.\n\n---\n\nMore.\n",
        holds=("All of this is text.", "More."),
    ),
    Case(
        "Markdown",
        "what only looks like HTML",
        "names.md",
        lambda: "Open the file <name> and press <kbd>Enter</kbd>.\n",
        spoken="Open the file <name> and press Enter.",
    ),
    Case(
        "Markdown",
        "a box without anything in it",
        "box.md",
        lambda: "Text.\n\n!!! note",
        spoken="Text.\n\nNote",
    ),
    Case(
        "Markdown",
        "citations of papers",
        "cited.md",
        lambda: "It is so [@smith2004, p. 3]. Write to [ann](mailto:ann@example.com).\n",
        holds=("It is so. Write to ann.",),
        shown=(("reference", "smith2004"),),
    ),
    Case(
        "Markdown",
        "in a text that does not say so",
        "letter.txt",
        lambda: "# A letter\n\nThis is **very** good.\n\n1. one\n2. `two`\n",
        spoken="A letter\n\nThis is very good.\n\n1. one\n\n2. two",
    ),
    Case(
        "Markdown",
        "not in a text with a few stars",
        "stars.txt",
        lambda: "He was *not* amused.\n\n* one\n\n# 5 of the list\n\nIt cost 2 * 3 * 4 euros.\n",
        holds=("He was *not* amused.", "# 5 of the list"),
    ),
]
