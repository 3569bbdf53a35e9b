"""The days around 6 January 2027 for tests: a provider whose speech models end, and what is left.

Two local servers speak the real protocols; after `end` the one for speech answers as the provider
does for a model that is gone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from speech.engines.espeak import EspeakEngine
from speech.engines.openai_realtime import OpenAIRealtime
from speech.engines.openai_speech import OpenAISpeech
from speech.registry import Registry
from tests.support import standin_openai, standin_realtime

BEFORE = date(2026, 11, 22)
END = date(2027, 1, 6)


class Changeover:
    """The provider's two servers, and a registry that reads the day from here."""

    def __init__(self, speech: standin_openai.StandIn, realtime: standin_realtime.StandIn) -> None:
        self.speech, self.realtime = speech, realtime
        self.day = BEFORE
        speech.shutdown_dates = {"tts-1": END.isoformat()}
        speech.seconds_per_character = realtime.seconds_per_character = 0.03
        self.registry = self.make_registry()

    def make_registry(self) -> Registry:
        """OpenAI's speech by default, Realtime, and the embedded voices."""
        engines = [
            OpenAISpeech("sk-test", self.speech.base_url, sleep=lambda _: None),
            OpenAIRealtime("sk-test", self.realtime.base_url, sleep=lambda _: None),
            EspeakEngine(),
        ]
        return Registry(engines, "openai", today=lambda: self.day)

    def learn(self, studio) -> None:
        """Take up what the provider says of its models, as the worker does once a day."""
        for engine in studio.registry.engines:
            found = {note.model: note.shutdown.isoformat() for note in engine.notices()}
            studio.db.save_model_notices(engine.name, found)
        studio.voice_fallback.learn()

    def end(self) -> None:
        """Let 6 January come."""
        self.day, self.speech.fault, self.speech.fault_times = END, "no_model", None


@contextmanager
def changeover() -> Iterator[Changeover]:
    """The servers, running until the block is left."""
    with standin_openai.StandIn() as speech, standin_realtime.StandIn() as realtime:
        change = Changeover(speech, realtime)
        yield change
        change.registry.close()
