"""Previews: short sentences to try a voice with, paid for once."""

from contextlib import closing
from typing import NamedTuple

from common.errors import Message
from config import Config
from services.generation import TextTooLong, check_text
from services.segment_job import SegmentJob
from services.segment_purchases import Purchases
from services.synthesis import NothingSpoken
from services.voice_fallback import VoiceFallback
from speech.audio.encoding import Mp3Stream
from speech.engine import Engine
from speech.preview_sentences import is_standard
from speech.prices import expected_duration_s
from speech.registry import Registry
from speech.text.pronunciation import Dictionary
from speech.text.script import Script, Utterance
from speech.types import Segment, SpeechRequest, Voice
from storage.segment_store import PreviewStore

PREVIEW_LENGTH = 300


class Preview(NamedTuple):
    """A sentence to try a voice with; `is_sample` where it is the one that everybody hears."""

    engine: Engine
    request: SpeechRequest
    is_sample: bool


class Previews:
    """Speaks previews, and stores those that are the same for everybody."""

    def __init__(
        self,
        config: Config,
        registry: Registry,
        voices: VoiceFallback,
        purchases: Purchases,
        store: PreviewStore,
    ):
        self.config, self.registry, self.voices = config, registry, voices
        self.purchases, self.store = purchases, store

    def speak(
        self,
        user_id: int,
        voice: str,
        sentence: str,
        engine: str = "",
        dictionary: Dictionary | None = None,
    ) -> bytes:
        """A short sentence in a voice, as MP3; a person pays for it once.

        The one that a voice introduces itself with is made once for everybody; another one is
        nobody else's business. Raises TextEmpty, TextTooLong or a SpeechError. Its cost is entered
        as the person's use.
        """
        preview = self._preview(voice, sentence, engine, dictionary)
        if not preview.is_sample:
            return self._speak_preview(user_id, preview)
        content_hash = preview.engine.fingerprint(preview.request)
        sound = self.store.read_whole(content_hash)
        if sound is None:
            sound = self._speak_preview(user_id, preview)
            self.store.write(content_hash, [sound])
        return sound

    def cost(
        self,
        user_id: int,
        voice: str,
        sentence: str,
        engine: str = "",
        dictionary: Dictionary | None = None,
    ) -> float | None:
        """The cost of a preview for a person in USD: 0 once they had it, None when not known."""
        chosen, request, is_sample = self._preview(voice, sentence, engine, dictionary)
        owner_id = None if is_sample else user_id
        is_stored = is_sample and self.store.has(chosen.fingerprint(request))
        if is_stored or (chosen.caches_segments and self.purchases.has(chosen, request, owner_id)):
            return 0.0
        duration_s = expected_duration_s(len(request.text), 1.0, chosen.name)
        return chosen.price().quote(len(request.text), duration_s)

    def _preview(
        self, voice: str, sentence: str, engine: str, dictionary: Dictionary | None
    ) -> Preview:
        sentence = " ".join(check_text(sentence, self.config.max_characters).split())
        if len(sentence) > PREVIEW_LENGTH:
            raise TextTooLong(
                Message(
                    "The sentence has {characters} characters; a preview can have up to {limit}.",
                    characters=len(sentence),
                    limit=PREVIEW_LENGTH,
                )
            )
        chosen, found = self.voices.resolve(voice, 1.0, engine)
        said = _said(sentence, chosen, found, dictionary)
        if not said.is_speakable:
            raise NothingSpoken("A voice cannot read anything in this sentence.")
        request = SpeechRequest(said.text, found.identifier, 1.0, said.phonemes)
        is_sample = is_standard(sentence, found) and said == _said(sentence, chosen, found)
        return Preview(chosen, request, is_sample)

    def _speak_preview(self, user_id: int, preview: Preview) -> bytes:
        engine, request = self.registry.get(preview.engine.name, user_id), preview.request
        if engine.caches_segments:
            job = SegmentJob(
                owner_id=user_id,
                engine=engine.name,
                voice=request.voice,
                characters=len(request.text),
                is_sample=preview.is_sample,
            )
            chunks = self.purchases.speak(engine, request, job)
        else:
            chunks = engine.speak(request)
        stream = Mp3Stream(engine.sample_rate)
        with closing(chunks):
            frames = [stream.feed(chunk.pcm) for chunk in chunks]
        frames.append(stream.finish())
        sound = b"".join(frames)
        return stream.final_header(len(sound)) + sound


def _said(
    sentence: str, engine: Engine, voice: Voice, dictionary: Dictionary | None = None
) -> Utterance:
    script = Script(
        sentence,
        language=voice.language,
        dictionary=dictionary,
        normalise=not engine.reads_numbers,
        phonemes=engine.takes_phonemes,
    )
    return script.utterance(Segment(0, len(sentence), sentence))
