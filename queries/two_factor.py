"""Two-factor authentication, and the rules on which admins have decided."""

from collections.abc import Iterable
from typing import TypedDict

from queries.base import Statements


class SecondFactor(TypedDict):
    """The authenticator app of an account; `secret` is sealed."""

    user_id: int
    secret: str
    last_step: int
    confirmed_at: str | None
    codes_left: int


class TwoFactorQueries(Statements):
    """Authenticator apps, recovery codes, rules."""

    def get_rule(self, name: str, default: str = "") -> str:
        """The rule that admins decided on, or the default while they have not."""
        return self.value("SELECT value FROM rules WHERE name = ?", name) or default

    def set_rule(self, name: str, value: str) -> None:
        """Keep a decision of the admins."""
        self.write(
            """INSERT INTO rules (name, value) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
            name, value,
        )  # fmt: skip

    def get_second_factor(self, user_id: int) -> SecondFactor | None:
        """The account's authenticator, confirmed or not, with the number of `codes_left`."""
        return self.find(
            SecondFactor,
            """SELECT *, (SELECT count(*) FROM recovery_codes WHERE user_id = s.user_id)
                   AS codes_left
               FROM second_factors s WHERE user_id = ?""",
            user_id,
        )

    def has_second_factor(self, user_id: int) -> bool:
        """Whether a password alone does not let this account in."""
        return bool(
            self.value(
                """SELECT 1 AS found FROM second_factors
                   WHERE user_id = ? AND confirmed_at IS NOT NULL""",
                user_id,
            )
        )

    def start_second_factor(self, user_id: int, sealed_secret: str) -> bool:
        """Keep a secret that is still to be confirmed; False when one is confirmed already."""
        return bool(
            self.write(
                """INSERT INTO second_factors (user_id, secret) VALUES (?, ?)
                   ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret
                   WHERE confirmed_at IS NULL""",
                user_id, sealed_secret,
            ).rowcount
        )  # fmt: skip

    def confirm_second_factor(self, user_id: int, sealed_secret: str, step: int) -> bool:
        """Ask for its codes from now on; False when it was confirmed or replaced meanwhile."""
        return bool(
            self.write(
                """UPDATE second_factors SET confirmed_at = CURRENT_TIMESTAMP, last_step = ?
                   WHERE user_id = ? AND secret = ? AND confirmed_at IS NULL""",
                step, user_id, sealed_secret,
            ).rowcount
        )  # fmt: skip

    def use_step(self, user_id: int, step: int) -> bool:
        """Use the code of a step up; False when it, or a later one, was used before."""
        return bool(
            self.write(
                """UPDATE second_factors SET last_step = ?
                   WHERE user_id = ? AND last_step < ? AND confirmed_at IS NOT NULL""",
                step, user_id, step,
            ).rowcount
        )  # fmt: skip

    def replace_recovery_codes(self, user_id: int, hashes: Iterable[str]) -> None:
        """Keep the hashes of new codes; the old ones are worthless."""
        with self.transaction():
            self.write("DELETE FROM recovery_codes WHERE user_id = ?", user_id)
            self.write_many(
                "INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)",
                [(user_id, code_hash) for code_hash in hashes],
            )

    def use_recovery_code(self, user_id: int, code_hash: str) -> bool:
        """Use a code up; False when the account has no such code."""
        return bool(
            self.write(
                "DELETE FROM recovery_codes WHERE user_id = ? AND code_hash = ?",
                user_id, code_hash,
            ).rowcount
        )  # fmt: skip

    def delete_second_factor(self, user_id: int) -> bool:
        """Forget the authenticator and its recovery codes; False when there was none."""
        with self.transaction():
            self.write("DELETE FROM recovery_codes WHERE user_id = ?", user_id)
            return bool(
                self.write("DELETE FROM second_factors WHERE user_id = ?", user_id).rowcount
            )
