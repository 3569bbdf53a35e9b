"""OpenAI engines, made from the configuration or from the settings of one in another process."""

from typing import Any

from speech.configuration import ProviderConfig
from speech.engine import Engine
from speech.engines.openai_engine import OpenAIEngine
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import OpenAISpeech
from speech.types import EngineSettings

BY_PROTOCOL: dict[str, type[OpenAIEngine]] = {
    kind.protocol: kind for kind in (OpenAISpeech, OpenAIRealtime)
}
NAMES = tuple(kind.name for kind in BY_PROTOCOL.values())


def engine_from_settings(settings: EngineSettings) -> Engine:
    """Make an engine from the `settings` of one in another process; see `Engine.from_settings`."""
    return BY_PROTOCOL[settings["protocol"]].from_settings(settings)


def configured(config: ProviderConfig) -> list[OpenAIEngine]:
    """Make the engines of the configured provider, first the one for the configured model.

    A server of one's own gets to hear Realtime only when its model is named: its key is for it
    alone, and few such servers speak that protocol.
    """
    shared: dict[str, Any] = {
        "api_key": config.openai_api_key,
        "base_url": config.openai_base_url,
        "usd_per_million_characters": config.openai_price,
        "parallel": config.openai_parallel,
        "timeout_s": config.openai_timeout_s,
    }
    if "realtime" in config.openai_model:
        realtime = OpenAIRealtime(**shared, model=config.openai_model)
        return [realtime, OpenAISpeech(**shared, voices=config.openai_voices)]
    speech = OpenAISpeech(**shared, model=config.openai_model, voices=config.openai_voices)
    if speech.is_openai:
        # The price that is configured is that of the configured model.
        return [speech, OpenAIRealtime(**shared | {"usd_per_million_characters": None})]
    return [speech]
