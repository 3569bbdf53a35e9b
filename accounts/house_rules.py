"""House rules: what admins choose for everybody in the browser, below the environment's ceiling.

Each is read from the database when it is asked for, so that all processes obey a change at once.
"""

import re
from collections.abc import Mapping

from accounts.errors import RuleRefused
from common.errors import Message
from config import REGISTRATION_MODES, Config
from database import Database

REGISTRATION = "registration"
DEFAULT_DAYS = {"bin_days": 30, "backup_days": 7, "security_log_days": 90}
FOR_EVER = "security_log_days"  # 0 keeps it for ever, where the environment does, too
MOST_DAYS = 36_500
# From the most open to the least: each environment allows itself and what stands after it.
OPENNESS = ("open", "invite", "closed")
NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)


class HouseRules:
    """The rules of this installation: numbers of days, and who may make an account."""

    def __init__(self, config: Config, db: Database) -> None:
        self._config, self._db = config, db

    @property
    def bin_days(self) -> int:
        """Days that the bin keeps a piece."""
        return self.days("bin_days")

    @property
    def backup_days(self) -> int:
        """Days of which the last backup stays."""
        return self.days("backup_days")

    @property
    def security_log_days(self) -> int:
        """Days that the security log goes back; 0 for ever."""
        return self.days("security_log_days")

    @property
    def registration(self) -> str:
        """Who may make an account: one of REGISTRATION_MODES."""
        allowed = self.allowed_registrations()
        chosen = self._db.get_rule(REGISTRATION)
        return chosen if chosen in allowed else allowed[0]

    def allowed_registrations(self) -> tuple[str, ...]:
        """Ways that the environment allows, its own first."""
        return OPENNESS[OPENNESS.index(self._config.registration) :]

    def days(self, name: str) -> int:
        """Days that a rule of DEFAULT_DAYS holds: those that were chosen, at most the ceiling."""
        return held_days(self._config, name, self._db.get_rule(name))

    def most_days(self, name: str) -> int:
        """The ceiling of a rule of DEFAULT_DAYS; 0 for none."""
        return _ceiling(self._config, name)

    def save(self, given: Mapping[str, str]) -> dict[str, str]:
        """Store rules, each as a form has it, and return those that changed; raises RuleRefused."""
        values = {name: self._checked(name, text.strip()) for name, text in given.items()}
        with self._db.transaction():
            changed = {
                name: value for name, value in values.items() if value != str(self._current(name))
            }
            for name, value in changed.items():
                self._db.set_rule(name, value)
        return changed

    def _current(self, name: str) -> str | int:
        return self.registration if name == REGISTRATION else self.days(name)

    def _checked(self, name: str, text: str) -> str:
        if name == REGISTRATION:
            if text not in self.allowed_registrations():
                raise RuleRefused(name, self._why_not(text))
            return text
        least = 0 if name == FOR_EVER and not self.most_days(name) else 1
        most = self.most_days(name) or MOST_DAYS
        if not NUMBER.fullmatch(text) or not least <= int(text) <= most:
            sentence = "Enter a whole number of days from {least} to {most}."
            raise RuleRefused(name, Message(sentence, least=least, most=most))
        return str(int(text))

    def _why_not(self, text: str) -> str:
        if text in REGISTRATION_MODES:
            return (
                "VOICEVERSE_REGISTRATION does not allow this. Change it there first, then restart."
            )
        return "Choose who can create an account."


def held_days(config: Config, name: str, stored: str) -> int:
    """Days that hold where `stored` was chosen, "" for nothing yet; 0 for ever."""
    most = _ceiling(config, name)
    if not NUMBER.fullmatch(stored):
        return min(DEFAULT_DAYS[name], most)
    return min(int(stored), most) or most if most else int(stored)


def _ceiling(config: Config, name: str) -> int:
    days: int = getattr(config, name)
    return days
