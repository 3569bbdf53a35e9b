"""Style sheets keep to their pages. The rule:

What every page loads, in `joined/site.css`, lies in css/base, css/components and css/player. Any
other sheet holds one block, `:where(.<name>-page) { … }` in the sheet of a noun or in each sheet of
its folder and `:where(.<name>) { … }` in a component, and the pages that load it carry that class
at their `main`.
So a class that a page calls `.back` never moves a button of the player, and nothing is left of a
page's sheet on the pages that follow, for Turbo keeps sheets. `:where` weighs nothing: which rule
wins is decided as if it were not there.
"""

import re
from pathlib import Path

import pytest

from web.assets import SHEETS, gather

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"
PAGES = {path: path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")}
SITE = SHEETS["joined/site.css"]
ALL = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.glob("css/**/*.css"))
SCOPED = [sheet for sheet in ALL if sheet not in SITE]
COMPONENTS = "css/components/"


def root_of(sheet: str) -> str:
    """The class under which everything in a sheet stands."""
    if sheet.startswith(COMPONENTS):
        return Path(sheet).stem.replace("_", "-")
    noun = Path(sheet).parts[1].removesuffix(".css")
    return f"{noun.replace('_', '-')}-page"


def outermost(css: str) -> list[str]:
    """What stands before each outermost block, or ends in a semicolon outside of any."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r'"[^"]*"', '""', css)
    found, depth, begins = [], 0, 0
    for place, sign in enumerate(css):
        if sign in "{;" and depth == 0:
            found.append(css[begins:place].strip())
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign in "};" and depth == 0:
            begins = place + 1
    assert depth == 0, "a block is not closed"
    return found


@pytest.mark.parametrize("sheet", SCOPED)
def test_a_sheet_of_some_pages_stands_under_their_class(sheet):
    assert outermost((STATIC / sheet).read_text("utf-8")) == [f":where(.{root_of(sheet)})"]


@pytest.mark.parametrize(
    "leak",
    [
        ".back { margin: 0 }",
        "@media print { .back { margin: 0 } }",
        "@import url(other.css);",
        ":where(.a-page), .back { margin: 0 }",
    ],
)
def test_what_stands_outside_is_noticed(leak):
    inside = ':where(.a-page) { .b::after { content: "}" } @media print { .row { margin: 0 } } }'
    assert outermost(inside) == [":where(.a-page)"]
    assert outermost(inside + "\n/* } */\n" + leak) != [":where(.a-page)"]


@pytest.mark.parametrize("sheet", SCOPED)
def test_pages_that_load_a_sheet_carry_its_class(sheet):
    names = [name for name, sheets in SHEETS.items() if sheet in sheets] or [sheet]
    loading = {
        path: text
        for path, text in PAGES.items()
        if any(f"asset('{name}')" in text for name in names)
    }
    assert loading, f"no page loads {sheet}"
    for path, text in loading.items():
        found = re.search(r"{% block page %}(.*?){% endblock %}", text)
        assert found, path
        assert root_of(sheet) in found[1].split(), path


def test_components_are_served_where_pictures_are_found():
    """An address in a token counts from the sheet that uses it: one folder below static."""
    for name in re.findall(r"asset\('([^']+\.css)'\)", "".join(PAGES.values())):
        assert name.count("/") == 1, name
        assert name in gather(STATIC, "/static").addresses, name
