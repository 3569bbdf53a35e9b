"""Scripts joined into one, without a tool: every module becomes a function of its own.

They stand in the order in which the browser would run them. Only plain named imports at the
beginning of a line and exports of functions, classes and constants can be joined.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

VENDOR = "vendor/"
IMPORT = re.compile(
    r'import (?:(?P<name>\w+) from |\{ (?P<names>[\w, ]+) \} from )?"(?P<path>\.\.?/[\w./-]+\.js)";'
)
EXPORT = re.compile(r"export (?P<rest>(?:async function|function|class|const) (?P<name>\w+)\b.*)")
OWN_LINE = re.compile(r"(?:import|export)\b")
NEVER = re.compile(r"\bimport\s*\(|\bimport\.meta\b")


class BadScript(Exception):
    """A script uses a form of import or export that cannot be joined."""


@dataclass(frozen=True)
class Module:
    """One script: its imports, and its text with the exports as plain declarations.

    Of somebody else's script it knows the beginning of the import and the name of the file.
    """

    path: str
    imports: tuple[str, ...]
    vendored: tuple[tuple[str, str], ...]
    text: str

    @property
    def variable(self) -> str:
        """The names of its exports in a joined script."""
        return variable_of(self.path)


def run_order(folder: Path, entry: str, known: dict[str, Module] | None = None) -> list[Module]:
    """A script and all it imports, each once, in the order in which the browser runs them.

    `known` holds scripts that were read before, and gets those that are read now.
    """
    known = {} if known is None else known
    found: dict[str, Module] = {}

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise BadScript(f"{' → '.join((*above, path))}: scripts import each other in a circle.")
        if path in found:
            return
        if path not in known:
            known[path] = read(path, (folder / path).read_text("utf-8"))
        module = known[path]
        for imported in module.imports:
            visit(imported, (*above, path))
        found[path] = module

    visit(entry, ())
    return list(found.values())


def read(path: str, source: str) -> Module:
    """A script taken apart; raises BadScript for anything but plain named imports and exports."""
    imports, vendor, lines, exported = [], [], [], []
    for number, line in enumerate(source.splitlines(), 1):
        if NEVER.search(line):
            raise BadScript(f"{path}:{number} imports while it runs; name it at the top instead.")
        if line.lstrip().startswith("//"):
            continue  # comments are read in the sources; a phone need not load them
        if not OWN_LINE.match(line):
            lines.append(line)
        elif found := EXPORT.fullmatch(line):
            lines.append(found["rest"])
            exported.append(found["name"])
        elif not (found := IMPORT.fullmatch(line)):
            raise BadScript(f"{path}:{number} cannot be joined: {line.strip()}")
        elif (target := _resolved(path, found["path"])).startswith(VENDOR):
            vendor.append((line.partition('"')[0], target))
        else:
            imports.append(target)
            lines += _taken(path, number, found, target)
    if exported:
        lines.append(f"return {{ {', '.join(exported)} }};")
    return Module(path, tuple(imports), tuple(vendor), "\n".join(lines).strip())


def join(
    modules: list[Module],
    files: Mapping[str, str],
    borrowed: Sequence[Module] = (),
    lender: str = "",
    *,
    exports: bool = False,
) -> str:
    """Join scripts into one, each in a function; what it borrows comes from the lender's."""
    head = [
        f"{beginning}{json.dumps(files[target])};"
        for module in modules
        for beginning, target in module.vendored
    ]
    if borrowed:
        names = ", ".join(module.variable for module in borrowed)
        head.append(f"import {{ {names} }} from {json.dumps(lender)};")
    keyword = "export const" if exports else "const"
    body = [f"{keyword} {m.variable} = (() => {{\n{m.text}\n}})();" for m in modules]
    return "\n".join((*head, *body, ""))


def variable_of(path: str) -> str:
    """The name of a script among others."""
    return re.sub(r"\W", "_", path.removesuffix(".js"))


def _taken(path: str, number: int, found: re.Match[str], target: str) -> Iterator[str]:
    """The declaration of what a script takes from another one of ours."""
    if found["name"]:
        raise BadScript(f"{path}:{number} takes a default, but our scripts export names.")
    if found["names"]:
        names = re.sub(r"(\w+) as (\w+)", r"\1: \2", found["names"])
        yield f"const {{ {names} }} = {variable_of(target)};"


def _resolved(path: str, imported: str) -> str:
    parts: list[str] = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(imported).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
