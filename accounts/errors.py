"""Errors about accounts; each carries the sentence that the user sees."""

from typing import ClassVar

from common.errors import AppError, Message


class AccountError(AppError):
    """Base of account errors; `message` is for the user, `field` names the input."""

    status = 400
    field: ClassVar[str] = ""
    message = ""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)


class BadUsername(AccountError):
    """The username is not valid for a new account."""

    field = "username"
    message = (
        "Use 3 to 32 letters, digits, dots, hyphens or underscores, starting with a letter or "
        "a digit."
    )


class LoginRefused(AccountError):
    """Unknown name, wrong password or disabled account: the same for all three."""

    status = 401
    message = "Wrong name or password. Check both and try again."


class WrongPassword(AccountError):
    """The current password was not given correctly."""

    status = 403
    field = "current"
    message = "That is not your current password. Nothing was changed."


class TooManyAttempts(AccountError):
    """A throttled attempt; `retry_after_s` is the wait in seconds before the next one.

    `limit` names what was too much, where the security log does not know of it yet.
    """

    status = 429

    def __init__(self, retry_after_s: int, limit: str = "") -> None:
        self.retry_after_s, self.limit = retry_after_s, limit
        if retry_after_s == 1:
            super().__init__("Too many attempts. Wait one second and try again.")
        else:
            super().__init__(
                Message(
                    "Too many attempts. Wait {seconds} seconds and try again.",
                    seconds=retry_after_s,
                )
            )


class SignInBusy(AccountError):
    """Too many people are signing in at this moment."""

    status = 503
    retry_after_s = 5
    message = "Many people are logging in right now. Try again in a few seconds."


class SetupLinkInvalid(AccountError):
    """The link for the first account is not the one printed, or was used."""

    status = 403
    message = (
        "This set-up link is not valid. Use the one that VoiceVerse printed when it "
        "started; it works once."
    )


class RegistrationClosed(AccountError):
    """New accounts cannot be made here."""

    status = 403
    message = "You need an invitation to create an account. Ask the person who runs this server."


class LastAdmin(AccountError):
    """The account is the last enabled admin, so it must stay one."""

    status = 409
    message = "This is the last admin. Make somebody else an admin first."


class ResetLinkInvalid(AccountError):
    """The link for a new password is not one that was given, was used, or has expired."""

    status = 403
    message = "This password link was already used or has expired. Ask for a new one."


class TwoFactorExpired(AccountError):
    """The password was given too long ago, or has changed since."""

    status = 403
    message = "That took too long. Log in again."


class WrongCode(AccountError):
    """A code of the second step that is wrong, too old, or was used."""

    status = 401
    field = "code"
    message = "That code is wrong or was already used. Wait for the next one and try again."


class TwoFactorOwed(AccountError):
    """The admins ask for a second step, and this account has none yet."""

    status = 403
    message = "Set up two-factor authentication first; this server requires it."


class TwoFactorChanged(AccountError):
    """The second step was set up, or turned off, on another page in the meantime."""

    status = 409
    message = "Two-factor authentication was changed meanwhile. Reload the page."


class PasskeyRefused(AccountError):
    """The answer of a passkey cannot be verified."""

    status = 403
    message = "This passkey could not be used here. Nothing was changed; try again."


class PasskeyCopied(PasskeyRefused):
    """A passkey whose counter has not grown: there may be a second one."""

    message = (
        "This passkey was used elsewhere in a way that suggests a copy. Log in with your "
        "password, remove it, and add it again."
    )


class PasskeysFull(AccountError):
    """The account has as many passkeys as are allowed."""

    status = 409
    message = (
        "You have reached the maximum number of passkeys. Remove one that you no longer use first."
    )


class RuleRefused(AppError):
    """A rule or limit that cannot be set; `field` names its input."""

    status = 400

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
