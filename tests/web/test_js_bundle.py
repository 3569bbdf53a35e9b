from pathlib import Path

import pytest

from web.assets import SCRIPTS, SHARED, SHEETS, gather
from web.js_bundle import BadScript, join, read, run_order

STATIC = Path(__file__).parent.parent.parent / "static"


@pytest.fixture
def folder(tmp_path):
    """A function that writes scripts by name and says what order they run in."""

    def write(**scripts):
        for name, text in scripts.items():
            (tmp_path / f"{name}.js").write_text(text)
        return tmp_path

    return write


def test_what_is_imported_runs_first_and_once(folder):
    scripts = folder(
        main='import "./left.js";\nimport "./right.js";\n',
        left='import { one } from "./base.js";\n',
        right='import { one } from "./base.js";\n',
        base="export const one = 1;\n",
    )
    assert [m.path for m in run_order(scripts, "main.js")] == [
        *("base.js", "left.js", "right.js", "main.js")
    ]


def test_each_module_keeps_its_names_to_itself_and_hands_out_its_exports(folder):
    scripts = folder(
        main='import { add, Sum as Total } from "./base.js";\nadd(new Total());\n',
        base="const hidden = 2;\nexport async function add(a) {}\nexport class Sum {}\n",
    )
    assert join(run_order(scripts, "main.js"), {}) == (
        "const base = (() => {\nconst hidden = 2;\nasync function add(a) {}\nclass Sum {}\n"
        "return { add, Sum };\n})();\n"
        "const main = (() => {\nconst { add, Sum: Total } = base;\nadd(new Total());\n})();\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "export default class {}",
        "export let changing = 1;",
        'export * from "./other.js";',
        "export { one };",
        'import * as all from "./other.js";',
        'import one from "./other.js";',
        'import "lodash";',
        'const late = await import("./other.js");',
        "console.log(import.meta.url);",
    ],
)
def test_what_cannot_be_joined_is_refused_with_its_place(folder, line):
    scripts = folder(main=f"// First.\n{line}\n", other="export const one = 1;\n")
    with pytest.raises(BadScript, match=r"main\.js:2"):
        run_order(scripts, "main.js")


def test_a_circle_of_imports_is_refused(folder):
    scripts = folder(one='import "./two.js";\n', two='import "./one.js";\n')
    with pytest.raises(BadScript, match="circle"):
        run_order(scripts, "one.js")


def test_every_script_and_sheet_reaches_a_page():
    joined = {m.path for entry in SCRIPTS.values() for m in run_order(STATIC, entry)}
    scripts = {path.relative_to(STATIC).as_posix() for path in STATIC.glob("js/**/*.js")}
    assert scripts - joined == {"js/offline/service_worker.js"}
    assert all((STATIC / sheet).exists() for sheets in SHEETS.values() for sheet in sheets)


def test_no_module_stands_in_two_joined_scripts():
    joined = gather(STATIC, "/static").joined
    scripts = [text for name, text in joined.items() if name.endswith(".js")]
    for path in {m.path for entry in SCRIPTS.values() for m in run_order(STATIC, entry)}:
        begins = f"const {path.removesuffix('.js').replace('/', '_').replace('-', '_')} = ("
        assert sum(text.count(begins) for text in scripts) == 1, path


def test_scripts_of_others_are_imported_in_their_version():
    assets = gather(STATIC, "/static")
    turbo, plot = assets.addresses["vendor/turbo.js"], assets.addresses["vendor/uplot.js"]
    assert f'import "{turbo}";' in assets.joined["joined/site.js"]
    assert f'import uPlot from "{plot}";' in assets.joined["joined/usage.js"]
    assert assets.needs["joined/site.js"] == [turbo, assets.addresses[SHARED]]
    assert assets.needs["joined/studio.js"] == [assets.addresses[SHARED]]


def test_the_version_changes_with_any_file(tmp_path):
    for path in STATIC.rglob("*"):
        copied = tmp_path / path.relative_to(STATIC)
        copied.mkdir(parents=True) if path.is_dir() else copied.write_bytes(path.read_bytes())
    before = gather(tmp_path, "/static").version
    script = tmp_path / "js" / "player" / "queue.js"
    script.write_text(script.read_text() + "export const more = 1;\n")
    after = gather(tmp_path, "/static")
    assert after.version != before
    assert (
        after.addresses["joined/site.js"] != gather(STATIC, "/static").addresses["joined/site.js"]
    )


def test_comments_of_lines_of_their_own_stay_behind():
    module = read("js/a.js", '// Why.\nconst a = "// kept"; // beside\n  // below\nalert(a);\n')
    assert module.text == 'const a = "// kept"; // beside\nalert(a);'


def test_style_sheets_are_joined_without_comments_and_indentation():
    (text,) = {gather(STATIC, "/static").joined["joined/library.css"]}
    assert "/*" not in text
    assert not any(line.startswith(" ") or not line for line in text.splitlines())
