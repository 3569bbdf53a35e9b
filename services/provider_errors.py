"""Errors of providers from which nothing can be bought, each with its sentence."""

from common.errors import Message
from speech.errors import SpeechError


class ProviderStopped(SpeechError):
    """A provider from which nothing may be bought now, though others may speak."""

    status = 409
    is_voice_gone = True


class ProviderOff(ProviderStopped):
    """An admin switched the provider off, or removed it."""


class ProviderChanged(ProviderStopped):
    """The provider's server or key was changed while it was in use."""

    retryable = True


class LimitReached(ProviderStopped):
    """The provider has cost as much as it may in a month."""


class OwnKeyNeeded(ProviderStopped):
    """The provider speaks on people's own keys alone, and this person has brought none."""


class KeyUnreadable(ProviderStopped):
    """The key of a provider cannot be opened."""


def provider_off(label: str) -> SpeechError:
    """The error of a provider that is switched off or was removed."""
    return ProviderOff(
        Message(
            "{label} has been turned off or removed. The audio generated so far is kept; "
            "you can continue with another voice.",
            label=label,
        )
    )


def own_key_needed(label: str) -> SpeechError:
    """The error of a provider for which a person has brought no key."""
    return OwnKeyNeeded(
        Message(
            "{label} needs a key of your own. Enter it on your account page, then try again.",
            label=label,
        )
    )


def key_unreadable(label: str, *, is_own: bool = False) -> SpeechError:
    """The error of a key that cannot be opened; `is_own` for a person's own."""
    if is_own:
        return KeyUnreadable(
            Message(
                "Your key for {label} cannot be read. Enter it again on your account page.",
                label=label,
            )
        )
    return KeyUnreadable(
        Message(
            "The key for {label} cannot be read. An admin can enter it again under Providers.",
            label=label,
        )
    )
