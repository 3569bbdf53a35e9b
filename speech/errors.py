"""The ways speech can fail, each with the one sentence that the user sees."""

from typing import ClassVar

from common.errors import AppError, Message
from common.transient_causes import Cause


class SpeechError(AppError):
    """A failure to speak; `message` is for the user, `status` the HTTP status it maps to.

    `retryable` says that asking again may help; `is_voice_gone` that the fault lies with the voice
    and not with the text, so that another voice may speak instead.
    """

    status: int = 502
    retryable: ClassVar[bool] = False
    is_voice_gone: ClassVar[bool] = False


class UnknownVoice(SpeechError):
    """The named voice is not one of the engine's."""

    status = 400
    is_voice_gone = True

    def __init__(self, voice: str, engine: str) -> None:
        super().__init__(
            Message('{engine} has no voice named "{voice}".', engine=engine, voice=voice[:80])
        )


class UnknownEngine(SpeechError):
    """The named engine does not exist here."""

    status = 400
    is_voice_gone = True

    def __init__(self, engine: str) -> None:
        super().__init__(Message('There is no speech engine named "{engine}".', engine=engine[:80]))


class BadSpeed(SpeechError):
    """The speed lies outside what the engine can speak."""

    status = 400

    def __init__(self, speed: float, speed_range: tuple[float, float]) -> None:
        low, high = speed_range
        super().__init__(
            Message(
                "The speed must be between {low} and {high}, not {speed}.",
                low=f"{low:g}",
                high=f"{high:g}",
                speed=f"{speed!s:.20}",
            )
        )


class KeyMissing(SpeechError):
    """The OpenAI engine was asked for and nothing is configured for it."""

    status = 503
    is_voice_gone = True

    def __init__(self) -> None:
        super().__init__(
            "OpenAI voices need a key. Set OPENAI_API_KEY, or set "
            "VOICEVERSE_OPENAI_BASE_URL to a speech server that needs none."
        )


class EngineMissing(SpeechError):
    """The engine's library or data is not on this machine; `message` names the remedy."""

    status = 503
    is_voice_gone = True


class EngineBroken(SpeechError):
    """An installed package brings an engine that cannot be used."""

    status = 503

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(
            Message(
                "The engine {engine} is installed but cannot be used ({reason}). All others work; "
                "install another release of its package, or remove it.",
                engine=engine,
                reason=reason,
            )
        )


class EngineCrashed(SpeechError):
    """The engine's process ended while it spoke."""

    retryable = True


class EngineHeldUp(EngineCrashed):
    """The engine cannot work now for a cause that lies outside of it and passes by itself."""

    status = 503

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.refusal)
        self.waits_for = cause.code


class ProviderRefused(SpeechError):
    """The provider does not accept the key, the model, the voice or the text."""


class KeyRefused(ProviderRefused):
    """The provider does not accept the key."""

    is_voice_gone = True


class ModelEnded(ProviderRefused):
    """The provider has ended the model, or never had it."""

    status = 410
    is_voice_gone = True


class ProviderQuota(SpeechError):
    """The provider's account has no credit left."""

    is_voice_gone = True


class ProviderBusy(SpeechError):
    """The provider stayed overloaded through every try; `status` is 429 or 502."""

    retryable = True
    is_voice_gone = True

    def __init__(self, message: str, status: int = 502) -> None:
        super().__init__(message)
        self.status = status


class ProviderUnreachable(SpeechError):
    """The provider could not be reached, or did not answer in time."""

    retryable = True
    is_voice_gone = True


class ProviderResting(SpeechError):
    """The provider has failed so often that it is not asked for a while."""

    status = 503
    is_voice_gone = True

    def __init__(self, engine: str, seconds: int) -> None:
        super().__init__(
            Message(
                "{engine} failed several times in a row and is paused for {seconds} s. "
                "The audio generated so far is kept; try again then, or choose a built-in "
                "voice.",
                engine=engine,
                seconds=seconds,
            )
        )


class BrokenAudio(SpeechError):
    """The response is no sound, or less sound than the text needs."""

    retryable = True
