"""Cases of Markdown."""

from tests.documents.cases import Case

CASES = [
    Case(
        "Markdown",
        "task lists",
        "tasks.md",
        lambda: "# To do\n\n- [ ] buy milk\n- [x] call Bob\n",
        spoken="To do\n\nbuy milk\n\ncall Bob",
    ),
]
