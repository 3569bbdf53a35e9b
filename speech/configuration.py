"""The settings that engines are made from, as far as they are read here."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class ProviderConfig(Protocol):
    """Settings of the configured provider; `openai_price` is in USD per million characters."""

    @property
    def openai_api_key(self) -> str: ...
    @property
    def openai_base_url(self) -> str: ...
    @property
    def openai_model(self) -> str: ...
    @property
    def openai_voices(self) -> Sequence[str]: ...
    @property
    def openai_price(self) -> float | None: ...
    @property
    def openai_parallel(self) -> int: ...
    @property
    def openai_timeout_s(self) -> float: ...


class SpeechConfig(ProviderConfig, Protocol):
    """Settings of all engines: the provider's, and those of the voices on this machine."""

    @property
    def default_voice(self) -> str: ...
    @property
    def voices_dir(self) -> Path: ...
    @property
    def neural_memory_mb(self) -> int: ...
