"""Guesses at passwords by the thousand, while the owner logs in: from one place, from places that
are made up, from many through a proxy. An hour passes while they come."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from accounts.passwords import Passwords
from app import create_app
from config import Config
from tests.conftest import PASSWORD, Browser
from tools.attack.tally import Tally
from web.cookies import DEVICE_COOKIE

HOUR_S = 3600
MOST_TRIED = 160
MOST_S = 5.0
LOGINS = 20
NAMES = ("vera", "otto", "anna", "bert", "carl")


def run(folder: Path, cases: int = 10_000) -> Tally:
    """Each profile with so many guesses within one hour, as the security log sees it."""
    tally = Tally()
    for name, (settings, source, names) in PROFILES.items():
        _profile(folder / name.replace(" ", "_"), settings, source, names, cases, tally, name)
    return tally


def _one_place(number: int) -> dict[str, str]:
    return {}


def _made_up(number: int) -> dict[str, str]:
    return {
        "X-Forwarded-For": f"198.51.{number // 250 % 250}.{number % 250}",
        "X-Real-Ip": f"203.0.113.{number % 250}",
        "Forwarded": f"for=192.0.2.{number % 250}",
    }


def _many_places(number: int) -> dict[str, str]:
    return {
        "X-Forwarded-For": f"10.9.8.7, 203.{number // 62500}.{number // 250 % 250}.{number % 250}"
    }


PROFILES: dict[str, tuple[dict, Callable[[int], dict[str, str]], tuple[str, ...]]] = {
    "one account, forged addresses": ({}, _made_up, NAMES[:1]),
    "many accounts, one address": ({}, _one_place, NAMES),
    "one account, many addresses": ({"trusted_proxies": ("127.0.0.1",)}, _many_places, NAMES[:1]),
}


def _profile(
    folder: Path,
    settings: dict,
    source: Callable[[int], dict[str, str]],
    names: tuple[str, ...],
    cases: int,
    tally: Tally,
    profile: str,
) -> None:
    app = create_app(Config(data_dir=folder, min_free_mb=0, **settings))
    services = app.extensions["voiceverse"]
    password_hash = Passwords().hash(PASSWORD)
    for name in NAMES:
        services.db.create_user(name, password_hash)
    owner, attacker, tried = Browser(app), Browser(app), Counter()
    form = {"username": NAMES[0], "password": PASSWORD}
    assert owner.post("/login", form).status_code == 303
    token, aged_s = attacker.csrf_token(), 0
    for number in range(cases):
        guess = {"username": names[number % len(names)], "password": f"guess {number}"}
        answer = attacker.client.post(
            "/login", data={**guess, "csrf_token": token}, headers=source(number)
        )
        tally.count(profile)
        tried[guess["username"]] += answer.status_code == 401
        tally.expect(answer.status_code in (401, 429), f"{profile}: {answer.status_code}")
        now_s = number * HOUR_S // cases
        if now_s > aged_s:
            _age(services.db, now_s - aged_s)
            aged_s = now_s
        if number % max(1, cases // LOGINS) == cases // LOGINS // 2:
            _log_in_again(owner, form, tally, profile)
    most = max(tried.values())
    tally.expect(most <= MOST_TRIED, f"{profile}: {most} guesses tried")
    tally.expect(most > 0, f"{profile}: no guess was tried at all")
    tally.notes.append(f"{profile}: {most} of {cases} tried at one account within the hour")
    services.registry.close()
    services.db.close()


def _age(db, seconds: int) -> None:
    """Let time pass: what is in the log happened so much earlier."""
    db.write("UPDATE security_logs SET timestamp = datetime(timestamp, ?)", f"-{seconds} seconds")


def _log_in_again(owner: Browser, form: dict, tally: Tally, profile: str) -> None:
    """The owner starts the browser anew: it has been signed in before, and has no session now."""
    browser = Browser(owner.client.application)
    browser.client.set_cookie(DEVICE_COOKIE, owner.client.get_cookie(DEVICE_COOKIE).value)
    begun = time.monotonic()
    status = browser.post("/login", form).status_code
    tally.slowest_s = max(tally.slowest_s, time.monotonic() - begun)
    tally.count("owner logs in")
    tally.expect(status == 303, f"{profile}: the owner is kept out, {status}")
