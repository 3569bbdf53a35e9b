"""Static files: addresses that change with their content, scripts and style sheets joined.

The source keeps one behaviour per script, but a phone would wait for each of fifty on its own. So
each page gets what it needs in one, put together when the app starts. What two pages need stands
apart and is imported by both, so that it runs once.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import current_app
from markupsafe import Markup

from web.js_bundle import Module, join, run_order
from web.security_headers import csp_nonce

PRELOAD = '<link rel="modulepreload" href="{}" nonce="{}" fetchpriority="{}">'
RUN = '<script type="module" src="{}" nonce="{}" fetchpriority="{}"></script>'
JOINED = "joined/"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SHARED = f"{JOINED}shared.js"
SCRIPTS = {
    f"{JOINED}site.js": "js/site/site.js",
    f"{JOINED}studio.js": "js/studio/studio_desk.js",
    f"{JOINED}library.js": "js/library/library.js",
    f"{JOINED}file.js": "js/files/file.js",
    f"{JOINED}retake.js": "js/files/retake.js",
    f"{JOINED}documents.js": "js/documents/documents_shelf.js",
    f"{JOINED}document.js": "js/documents/document_desk.js",
    f"{JOINED}pronunciations.js": "js/pronunciations/pronunciation_desk.js",
    f"{JOINED}usage.js": "js/usage/day_chart.js",
    f"{JOINED}passkeys.js": "js/passkeys/passkeys.js",
    f"{JOINED}voice_installation.js": "js/voices/voice_installation.js",
    f"{JOINED}password_eye.js": "js/site/password_eye.js",
    f"{JOINED}account_deleted.js": "js/site/account_deleted.js",
    f"{JOINED}admin.js": "js/admin/admin.js",
    f"{JOINED}share.js": "js/sharing/share.js",
    f"{JOINED}listen.js": "js/sharing/linked_sound.js",
}


def _css(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"css/{folder}/{name}.css" for name in names)


# In the order of the cascade: of two rules that weigh the same, the later one wins.
SHEETS = {
    f"{JOINED}site.css": (
        "css/tokens.css",
        *_css("base", "elements", "fields", "layout"),
        *_css("components", "sheets", "choices", "rows", "parts", "queue", "continue", "sharing"),
        *_css("player", "dock", "whole"),
    ),
    f"{JOINED}file.css": ("css/files.css", *_css("files", "head", "reading", "looks", "marks")),
    f"{JOINED}documents.css": _css(
        "documents", "shelf", "book", "chapters", "till", "made", "narrow"
    ),
    f"{JOINED}studio.css": ("css/studio.css", *_css("studio", "sources", "foot")),
    f"{JOINED}library.css": _css("library", "groups", "found", "acts", "narrow"),
    # Those of several nouns' pages, at an address from which the tokens' pictures are found.
    f"{JOINED}records.css": _css("components", "records"),
    f"{JOINED}voice_choice.css": _css("components", "voice_choice"),
}


@dataclass(frozen=True)
class Assets:
    """The static files: addresses by name, the texts of joined ones, the scripts that some need."""

    addresses: dict[str, str]
    joined: dict[str, str]
    needs: dict[str, list[str]]

    @cached_property
    def version(self) -> str:
        """A digest that changes whenever a file does."""
        return _digest("".join(self.addresses.values()).encode())

    def shell(self, kinds: tuple[str, ...]) -> list[str]:
        """The addresses of what pages load themselves, of some kinds of files."""
        only_joined = ("js/", *(name for sheets in SHEETS.values() for name in sheets))
        wanted = (name for name in self.addresses if not name.startswith(only_joined))
        return [self.addresses[name] for name in wanted if name.endswith(kinds)]


def gather(folder: Path, root: str) -> Assets:
    """Collect a folder's files, and those that are joined from them, under the folder's address."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    addresses = {
        name: _versioned(root, name, (folder / name).read_bytes()) for name in sorted(names)
    }
    joined: dict[str, str] = {}
    needs: dict[str, list[str]] = {}
    known: dict[str, Module] = {}
    modules = {name: run_order(folder, entry, known) for name, entry in SCRIPTS.items()}
    shared = _shared(modules.values())
    joined[SHARED] = join(shared, addresses, exports=True)
    addresses[SHARED] = _versioned(root, SHARED, joined[SHARED].encode())
    for name, all_of_it in modules.items():
        own = [module for module in all_of_it if module not in shared]
        borrowed = [module for module in all_of_it if module in shared]
        joined[name] = join(own, addresses, borrowed, addresses[SHARED])
        vendored = [addresses[target] for module in own for _, target in module.vendored]
        needs[name] = [*vendored, *([addresses[SHARED]] if borrowed else [])]
    for name, sheets in SHEETS.items():
        joined[name] = _joined_css((folder / sheet).read_text("utf-8") for sheet in sheets)
    versions = {name: _versioned(root, name, text.encode()) for name, text in joined.items()}
    return Assets(addresses | versions, joined, needs)


def _joined_css(sheets: Iterable[str]) -> str:
    """Style sheets in one, without comments and indentation, which a phone need not load."""
    lines = (line for sheet in sheets for line in COMMENT.sub("", sheet).splitlines())
    return "\n".join(line.lstrip() for line in lines if line.strip())


def _versioned(root: str, name: str, content: bytes) -> str:
    return f"{root}/{name}?v={_digest(content)}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]


def _shared(groups: Iterable[list[Module]]) -> list[Module]:
    """The modules that more than one group has, in the order of the groups."""
    counted: dict[Module, int] = {}
    for module in (module for group in groups for module in group):
        counted[module] = counted.get(module, 0) + 1
    return [module for module, number in counted.items() if number > 1]


def assets() -> Assets:
    """The static files of the running app."""
    return current_app.extensions["voiceverse_assets"]


def asset(name: str) -> str:
    """The address of a static file, its version included."""
    return assets().addresses[name]


def script(name: str, priority: str = "auto") -> Markup:
    """The tags of a joined script, and of the scripts that it needs."""
    known = assets()
    tags = [PRELOAD.format(need, csp_nonce(), priority) for need in known.needs[name]]
    tags.append(RUN.format(known.addresses[name], csp_nonce(), priority))
    return Markup("".join(tags))  # noqa: S704 -- of names of files and letters that need no escape
