"""Who gets at what: every route, method and person, by path, query, body, batches of ids and tags.

The routes are those of the app. What a new one takes must be told here: a path or a parameter that
is not known stops the matrix.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.routing import Rule

from tools.attack.scene import (
    JSON,
    LOGGED,
    MISSING_FILE,
    MISSING_NUMBER,
    PNG,
    SECRET,
    Asked,
    Scene,
)
from tools.attack.seen import Seen
from tools.attack.tally import Tally
from web.access import audience_of
from web.security_headers import STATIC

# What the parts of paths stand for: which of a person's belongings, or a fixed word.
BELONGINGS = (
    *("filename", "document_id", "export_id", "entry_id", "user_id", "file_id", "number"),
    *("passkey_id", "import_id", "bookmark_id", "share_id", "link_id"),
)
FIXED = {
    "action": "pause",
    "name": "site.css",
    "identifier": "nothing",
    "provider_id": "1",  # providers are everybody's: what is entered for one is by person
    "mark": "0" * 64,
}
NOT_THERE = {"identifier", "provider_id", "mark"}  # nobody's, and none of them is there
# Parameters that name something of a person's: by route where one name means two things.
IDS: dict[str, str] = {
    "again": "filename",
    "alert_id": "alert",
    "file": "filename",
    "filename": "filename",
    "group": "group",
    "id": "playback",
    "person": "user_id",
    "q": "word",
    "session_id": "session",
}
IDS_OF = {
    ("library.restore", "filename"): "binned",
    ("library.purge", "filename"): "binned",
    ("account.security", "before"): "event",
    ("account.security_csv", "before"): "event",
    ("documents.add", "file"): None,
    ("admin.revoke_invite", "id"): None,
}
BATCHES = ("file", "filename")
FILES = {
    "documents.set_cover": {"cover": (PNG, "cover.png")},
    "pronunciations.import_table": {"table": (b"pattern,replacement\ntide,low\n", "table.csv")},
}
# All other parameters, with something that makes sense in them.
PLAIN: dict[str, Any] = {
    "answer": "known", "characters": "9", "code": "", "step": "",
    "act": "quote", "action": "delete", "after": "", "as": "one", "at": "0", "author": "Somebody",
    "before": "", "cast": "", "category": "elsewhere", "chapter": "0", "cover": "",
    "csrf_token": "", "current": "x", "day": "", "edit": "1", "encoding": "koi8-r", "engine": "",
    "event": "", "form": "", "form_page": "", "format": "wav", "from": "0", "go": "0",
    "has_chapters": "1",
    "has_rules": "1",
    "invite": "", "kept": "", "is_draft": "", "language": "de", "leave_password": "x", "loose": "",
    "loudness": "as-spoken", "match_case": "0", "month": "", "name": "Renamed", "next": "",
    "original": "", "outcome": "", "paragraph_pause": "", "part": "0", "password": "x",
    "pattern": "tide", "phonemes": "0", "play": "", "position_s": "1", "remove": "1",
    "replacement": "low", "right": "1", "rule": "", "sentence": "A tide.", "since": "", "sort": "",
    "speaker": "",
    "speaker_voice": "", "speed": "1", "spoken": "0", "start": "0", "end": "1", "state": "",
    "table": "", "text": "Some text.", "theme": "dark", "title": "Another title", "token": "",
    "until": "", "url": "", "username": "somebody", "v": "", "voice": "", "whole_word": "1",
    "allows_own_keys": "", "base_url": "http://127.0.0.1:9/v1", "heard": "", "key": "",
    "label": "Provider", "longest_text": "", "model": "m", "models": "", "monthly_limit": "",
    "own_key": "", "parallel": "1", "price": "", "protocol": "speech", "timeout_s": "1",
    "voices": "", "known": "", "version": "", "whose": "", "with": "1", "with_files": "",
    "words": "0", "reading": "", "author_was": "", "base": "", "name_was": "", "only": "",
    "backup_days": "5", "bin_days": "5", "confirm": "nobody", "into": "nobody",
    "daily_characters": "", "storage_mb": "", "registration": "invite", "second_factor": "nobody",
    "security_log_days": "90",
    "listener": "nobody", "everybody": "", "days": "1", "markup": "", "seen": "", "title_was": "",
    "voice_shown": "", "pace_shown": "", "note": "A note.", "place": "0",
    "contrast": "usual", "follows_voice": "1", "line_height": "usual", "line_width": "usual",
    "text_size": "usual", "typeface": "serif",
}  # fmt: skip
# What is left out of a form unless a route asks for nothing else: it would change what is done.
UNSAID = {
    *("remove", "original", "part", "cover", "table", "form", "form_page", "reading", "v"),
    "csrf_token",
    *("author_was", "base", "known", "name_was", "only", "seen", "title_was", "version"),
    *("voice_shown", "pace_shown", "right"),
}
# They are there for whoever has the token of a link.
BY_TOKEN = {"share_links.listen", "share_links.sound", "share_links.state"}
# What somebody may do with a file that is shared with them.
LISTENER_MAY = {
    *("files.show_file", "files.text", "files.captions", "files.subtitles", "web.audio"),
    *("web.note_position", "playback.show", "read_along.segments", "files.part"),
    *("covers.show", "covers.artwork", "bookmarks.listed", "bookmarks.add", "bookmarks.find_text"),
    *("playback.finish", "playback.forget", "sentences.sentence"),
}
# Listeners have bookmarks of their own in the file: the owner's are not there, the file is.
LISTENER_MISSES = {"bookmarks.change", "bookmarks.remove"}
# They ask for the password before they look for anything.
ASK_FIRST = {"passkeys.remove"}
# They are there for admins and for programs with a token.
NOT_FOR_USERS = {"/metrics"}
# Admins read everybody's security log, and may ask for one person's.
ADMINS_MAY = {"account.security", "account.security_csv"}
LONGEST_PLAIN_NUMBER = 3  # shorter ones stand in pages for many reasons
OUTSIDERS = ("anonymous", "disabled", "other", "admin")
MAY_BE_REFUSED = {400, 403, 404, 409, 413, 415, 416, 429}


class UnknownPart(Exception):
    """A route takes something that the matrix was not told about."""


@dataclass(frozen=True, slots=True)
class Route:
    """A rule of the app with one of its methods."""

    rule: Rule
    method: str
    audience: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def arguments(self) -> list[str]:
        """The parts of the path that can be filled in."""
        return sorted(self.rule.arguments)

    def path(self, belongings: dict[str, Any]) -> str:
        """The path with somebody's belongings in it."""
        values = {name: FIXED.get(name) or belongings[name] for name in self.arguments}
        return self.rule.build(values, append_unknown=False)[1]


class Matrix:
    """The cases, run one by one over a scene."""

    def __init__(self, scene: Scene, *, short: bool = False) -> None:
        self.scene, self.short, self.tally = scene, short, Tally()
        self.outsiders = ("anonymous", "other") if short else OUTSIDERS
        self.untouched = scene.state()

    def run(self) -> Tally:
        """Every case; raises UnknownPart for a route that cannot be tried."""
        for route in list(self.routes()):
            names = self._asked_of(route)
            for who in self.outsiders:
                self._by_path(route, who)
                self._by_tag(route, who)
                if not self.short:
                    self._by_parameters(route, who, names)
            self._as_listener(route)
            if not self.short:
                self._as_owner(route)
        return self.tally

    def routes(self) -> Iterator[Route]:
        """Every rule with each of its methods that does something of its own."""
        views = self.scene.app.view_functions
        for rule in self.scene.app.url_map.iter_rules():
            if rule.endpoint in STATIC:
                continue
            for method in sorted(rule.methods - {"OPTIONS"}):
                if method == "HEAD" and self.short:
                    continue
                route = Route(rule, method, audience_of(views[rule.endpoint]))
                unknown = set(route.arguments) - {*BELONGINGS, *FIXED}
                if unknown:
                    raise UnknownPart(f"tools/attack/matrix.py does not know {unknown} of {route}")
                yield route

    # What a route asks for

    def _asked_of(self, route: Route) -> set[str]:
        """The parameters that a route looks at; raises UnknownPart for one that is not known."""
        Asked.names.clear()
        mine = self.scene.admins if route.audience == "admin" else self.scene.owned
        person = self.scene.people["admin" if route.audience == "admin" else "owner"]
        with self.scene.nothing_kept():
            path = route.path(mine)
            person.send(route.method, path, {})
            person.send(route.method, path, self._form())
        unknown = Asked.names - {*PLAIN, *IDS, *(name for _, name in IDS_OF)}
        if unknown:
            raise UnknownPart(f"tools/attack/matrix.py does not know {unknown} of {route}")
        return set(Asked.names)

    def _form(self) -> dict[str, Any]:
        return {name: value for name, value in PLAIN.items() if name not in UNSAID}

    # Paths

    def _by_path(self, route: Route, who: str) -> None:
        """Somebody else's path must look like one that is not there."""
        self.tally.count("path" if route.arguments else "plain")
        with self.scene.nothing_kept():
            foreign = self._send(route, who, route.path(self.scene.owned))
            self._check(route, who, foreign)
            if route.arguments:
                missing = self._send(route, who, route.path(self._missing()))
                self._check_alike(route, who, foreign, missing)
        mixed = [name for name in route.arguments if name in BELONGINGS]
        if len(mixed) > 1 and who in ("other", "admin") and route.audience == "user":
            self._by_mixed_path(route, who, mixed)

    def _by_mixed_path(self, route: Route, who: str, names: list[str]) -> None:
        """One's own file with something of another's."""
        own = self.scene.others if who == "other" else self.scene.admins
        for name in names:
            if name in ("filename", "document_id", "number"):
                continue
            self.tally.count("path")
            with self.scene.nothing_kept():
                foreign = self._send(route, who, route.path(own | {name: self.scene.owned[name]}))
                missing = self._send(route, who, route.path(own | {name: self._missing()[name]}))
                self._check_alike(route, who, foreign, missing)
                self._check(route, who, foreign)

    def _by_tag(self, route: Route, who: str) -> None:
        """The tag of the owner's answer tells nobody else that it is still the same."""
        if route.method == "POST":
            return
        path, people = route.path(self.scene.owned), self.scene.people
        with self.scene.nothing_kept():
            tag = people["owner"].send(route.method, path, Accept=JSON).headers.get("ETag")
            if tag is None:
                return
            self.tally.count("tag")
            known = people[who].send(route.method, path, Accept=JSON, If_None_Match=tag)
            plain = people[who].send(route.method, path, Accept=JSON)
        is_same = (known.status_code, known.data) == (plain.status_code, plain.data)
        self.tally.expect(is_same, f"{route} as {who}, with a tag: {known.status_code}")

    # Parameters

    def _by_parameters(self, route: Route, who: str, names: set[str]) -> None:
        """An id of another's in query or body must look like one that is not there."""
        for name in sorted(names):
            what = self._meaning(route, name)
            if what is None or not self._may_enter(route, who):
                continue
            places = ["body"] if route.method == "POST" else ["query"]
            places += ["batch"] if name in BATCHES else []
            for place in places:
                self.tally.count(place)
                own = self.scene.others if who == "other" else self.scene.admins
                with self.scene.nothing_kept():
                    foreign = self._place(
                        route, who, name, place, self.scene.owned[what], own, what
                    )
                    self._check(route, who, foreign, is_entered=True)
                with self.scene.nothing_kept():
                    missing = self._place(route, who, name, place, self._missing()[what], own, what)
                is_theirs = who == "admin" and route.rule.endpoint in ADMINS_MAY
                if route.audience == "user" and not is_theirs:
                    self._check_same(route, who, f"{name} by {place}", foreign, missing)

    def _place(
        self, route: Route, who: str, name: str, place: str, value: Any, own: dict, what: str
    ) -> Seen:
        values = [str(own[what]), str(value)] if place == "batch" else [str(value)]
        path, form = route.path(own), None
        if route.method == "POST":
            form = {**self._form(), name: values}
        else:
            path += "?" + urlencode([(name, each) for each in values])
        seen = self._send(route, who, path, form)
        shown = [f"{name}={quote(str(value))}"]
        if len(str(value)) > LONGEST_PLAIN_NUMBER:
            shown += [f'"{value}"', f"“{value}”"]
        return seen.without(path, *shown)

    def _meaning(self, route: Route, name: str) -> str | None:
        return IDS_OF.get((route.rule.endpoint, name), IDS.get(name))

    def _may_enter(self, route: Route, who: str) -> bool:
        return who in ("other", "admin") and (route.audience != "admin" or who == "admin")

    # Who listens

    def _as_listener(self, route: Route) -> None:
        """A file that is shared may be heard; all else about it is as if it were not there."""
        if "filename" not in route.arguments or route.audience == "admin":
            return
        self.tally.count("listener")
        with self.scene.nothing_kept():
            seen = self._send(route, "listener", route.path(self.scene.owned))
            is_untouched = self.scene.state() == self.untouched
            missing = self._send(route, "listener", route.path(self._missing()))
        self.tally.expect(is_untouched, f"{route} as a listener: changes the owner's")
        if route.rule.endpoint in LISTENER_MAY:
            self.tally.expect(seen.status < 400, f"{route} as a listener: {seen.status}")
        else:
            if route.rule.endpoint not in LISTENER_MISSES:
                self._check_alike(route, "listener", seen, missing)
            self.tally.expect(seen.status == 404, f"{route} as a listener: {seen.status}")

    # The owner

    def _as_owner(self, route: Route) -> None:
        """What is one's own is there: a matrix in which everything is refused shows nothing."""
        self.tally.count("path" if route.arguments else "plain")
        owned = self.scene.owned
        mine = {name: owned[what] for name in IDS if (what := self._meaning(route, name))}
        with self.scene.nothing_kept():
            seen = self._send(route, "owner", route.path(owned), {**self._form(), **mine})
        is_hidden = route.rule.rule in NOT_FOR_USERS or route.rule.endpoint in BY_TOKEN
        if route.audience == "admin" or is_hidden:
            self.tally.expect(seen.status == 404, f"{route} as a user: {seen.status}")
        else:
            is_missing = seen.status == 404 and not set(route.arguments) & NOT_THERE
            refused = is_missing or seen.status >= 500
            refused = refused or (seen.status == 401 and route.audience != "public")
            self.tally.expect(not refused, f"{route} as the owner: {seen.status}")

    # Judging

    def _send(self, route: Route, who: str, path: str, form: dict[str, Any] | None = None) -> Seen:
        person = self.scene.people[who]
        form = self._form() if form is None else form
        form = {**form, **FILES.get(route.rule.endpoint, {})}
        answer = person.send(route.method, path, form)
        as_json = person.send(route.method, path, form, Accept=JSON) if not self.short else None
        return Seen.of(answer, as_json, path)

    def _check(self, route: Route, who: str, seen: Seen, *, is_entered: bool = False) -> None:
        """Nothing of the owner's is seen or changed, and who may not enter is told so."""
        said = f"{route} as {who}"
        hidden = (SECRET,) if who == "admin" else (SECRET, LOGGED)
        for word in hidden:
            self.tally.expect(word.encode() not in seen.body, f"{said}: shows what is the owner's")
        self.tally.expect(seen.status < 500, f"{said}: {seen.status}")
        may_change = route.audience == "admin" and who == "admin"
        if route.method == "POST" and not may_change:
            self.tally.expect(self.scene.state() == self.untouched, f"{said}: changes the owner's")
        if route.audience != "public" and who in ("anonymous", "disabled"):
            expected = 401 if route.method == "POST" else 303
            self.tally.expect(seen.status == expected, f"{said}: {seen.status}")
        elif route.audience == "admin" and who != "admin":
            self.tally.expect(seen.status == 404, f"{said}: {seen.status}")

    def _check_alike(self, route: Route, who: str, foreign: Seen, missing: Seen) -> None:
        if route.audience == "admin" and who == "admin":
            self.tally.expect(missing.status in MAY_BE_REFUSED, f"{route}: {missing.status}")
            return
        self._check_same(route, who, "path", foreign, missing)
        is_somebodys = bool(set(route.arguments) & set(BELONGINGS))
        if route.audience == "user" and who in ("other", "admin") and is_somebodys:
            # Where a password is asked for first, the wrong one is all that is told.
            is_told = foreign.status == 404 or (
                foreign.status == 403 and route.rule.endpoint in ASK_FIRST
            )
            self.tally.expect(is_told, f"{route} as {who}: {foreign.status}")

    def _check_same(self, route: Route, who: str, how: str, foreign: Seen, missing: Seen) -> None:
        said = f"{route} as {who}, {how}: foreign {foreign.status}, missing {missing.status}"
        self.tally.expect(foreign.status == missing.status, said)
        self.tally.expect(foreign.headers == missing.headers, f"{said}, headers differ")
        self.tally.expect(foreign.body == missing.body, f"{said}, bodies differ")

    def _missing(self) -> dict[str, Any]:
        return {
            **dict.fromkeys(self.scene.owned, MISSING_NUMBER),
            "filename": MISSING_FILE,
            "binned": MISSING_FILE,
            "group": "nosuchfeathers group",
            "word": "nosuchfeathers",
            "number": 999_999,
        }
