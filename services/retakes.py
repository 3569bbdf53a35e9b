"""Retakes: a passage of a finished file spoken anew, while the rest stays byte for byte."""

import itertools
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from common.errors import Message
from common.stored_json import read
from queries.leases import RETAKES
from queries.retake_places import ReplacedTake, Take
from queries.rows import AudioFile, ClaimedRetake, NewSegment, Retake
from services.quotas import Quotas
from services.recorder import Recorder
from services.retake_frames import NO_BORDER, BadRetake, Edit, FinishedFile, Passage, Place, Shift
from services.synthesis import NothingSpoken, Stopped, Synthesis
from services.voice_fallback import FileVoices
from speech.audio import mp3
from speech.prices import expected_duration_s, total_cost
from speech.text.script import Utterance
from speech.types import AudioChunk, Segment, is_speakable
from storage.errors import WrongState
from storage.segment_store import TakeStore

LONGEST = 20_000  # characters of one change: more is a piece of its own
PAUSE_CHECK_S = 0.5
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class RetakeQuote(NamedTuple):
    """The quote of a retake: the text as it will stand, its segments, and their cost (USD).

    The cost is None where no price is known.
    """

    text: str
    segments: int
    characters: int
    cost_usd: float | None


class Retakes:
    """Makes the changes that are asked for, one at a time for each file."""

    def __init__(self, synthesis: Synthesis, takes: TakeStore, quotas: Quotas):
        self.synthesis, self.takes, self._quotas = synthesis, takes, quotas
        self.db, self.store, self.voices = synthesis.db, synthesis.store, synthesis.voices

    def quote(
        self, row: AudioFile, start: int, end: int, text: str, *, voice: str = ""
    ) -> RetakeQuote:
        """Price the saying of `text` in the place of a file's text from `start` to `end`.

        `voice` is the key of another voice than the one that speaks the file. Raises BadRetake,
        NothingSpoken, SpeechError; changes nothing.
        """
        voices = self._voices(row, voice or row["stand_in"])
        whole = self.db.get_text(row["id"])
        text = self._fitted(row, whole, start, end, text)
        lines = list(self._lines(voices, whole, start, end, text))
        cost = total_cost(self._costs(voices, lines, is_fresh=False))
        return RetakeQuote(text, len(lines), len(text), cost)

    def _costs(
        self, voices: FileVoices, lines: Iterable[tuple[Segment, Utterance]], *, is_fresh: bool
    ) -> Iterator[float | None]:
        """What each segment costs (USD); one that is cached only where it is to be a new take."""
        engine, job = voices.engine, voices.job
        price, has = engine.price(), self.synthesis.purchases.has
        yield 0.0
        for segment, said in lines:
            request = voices.choose(segment).request(said)
            if not engine.caches_segments or not said.is_speakable:
                continue
            if is_fresh or not has(engine, request, job.owner_id):
                seconds = expected_duration_s(len(said.text), job.speed, engine.name)
                yield price.quote(len(said.text), seconds)

    def ask(self, row: AudioFile, start: int, end: int, text: str, *, voice: str = "") -> Retake:
        """Have a part of a finished file spoken anew; returns the change that waits for it.

        Raises BadRetake, WrongState, NothingSpoken, NoSpace, SpeechError, DayUsedUp,
        StorageUsedUp.
        """
        voice = voice or self.voices.choose_for_retake(row)
        text = self.quote(row, start, end, text, voice=voice).text
        self.store.check_space(2 * row["size"])
        own = f"{row['engine']}:{row['voice']}"
        fallback = "" if voice == own else voice
        with self.db.transaction():
            self._quotas.check(row["owner_id"], len(text), 0)
            return self.db.create_retake(
                row, text_start=start, text_end=end, text=text, stand_in=fallback
            )

    def _voices(self, row: AudioFile, voice: str, fresh: str = "") -> FileVoices:
        voices = self.voices.voices_for(row, voice, is_retake=True)
        return replace(voices, job=replace(voices.job, take=fresh))

    def leave_out(self, row: AudioFile, start: int, end: int) -> Retake:
        """Have a part of a finished file left out; nothing is spoken or paid for.

        Raises BadRetake, WrongState, NoSpace.
        """
        self._check_borders(row, [(start, end)])
        if not self.db.get_text(row["id"])[:start].strip() and end >= row["character_count"]:
            raise BadRetake("This is the only sentence of the piece. Delete the piece instead.")
        self.store.check_space(2 * row["size"])
        return self.db.create_retake(row, text_start=start, text_end=end)

    def quote_again(
        self, row: AudioFile, spans: Sequence[tuple[int, int]], *, is_fresh: bool
    ) -> RetakeQuote:
        """Price the speaking of parts of a file once more, as they stand.

        `is_fresh` where none of it may come from the cache. Raises BadRetake, NothingSpoken,
        SpeechError; changes nothing.
        """
        voices = self._voices(row, self.voices.choose_for_retake(row))
        self._check_borders(row, spans)
        whole = self.db.get_text(row["id"])
        lines = [
            line
            for start, end in spans
            for line in self._lines(voices, whole, start, end, whole[start:end])
        ]
        if not any(said.is_speakable for _, said in lines):
            raise NothingSpoken("This voice cannot read anything in this text.")
        cost = total_cost(self._costs(voices, lines, is_fresh=is_fresh))
        return RetakeQuote("", len(lines), sum(end - start for start, end in spans), cost)

    def speak_again(
        self, row: AudioFile, spans: Sequence[tuple[int, int]], *, is_fresh: bool
    ) -> Retake:
        """Have parts of a finished file spoken once more as they stand, one after the other.

        `is_fresh` where each is to be a new take, though its sound is cached. Raises what `ask`
        raises.
        """
        characters = self.quote_again(row, spans, is_fresh=is_fresh).characters
        voice = self.voices.choose_for_retake(row)
        self.store.check_space(2 * row["size"])
        *further, (start, end) = sorted(spans)
        with self.db.transaction():
            self._quotas.check(row["owner_id"], characters, 0)
            return self.db.create_retake(
                row,
                text_start=start,
                text_end=end,
                text=self.db.get_text(row["id"])[start:end],
                stand_in="" if voice == f"{row['engine']}:{row['voice']}" else voice,
                fresh=secrets.token_hex(8) if is_fresh else "",
                further=further,
            )

    def restore_take(self, row: AudioFile, take_id: int) -> Retake:
        """Have an earlier take put back; returns the change. Raises NotFound, BadRetake."""
        take = self.db.get_take(row["id"], take_id)
        start, end = take["text_start"], take["text_end"]
        if take["gap"] is not None:
            end = start + 1  # nothing stands there
        if end <= start:
            raise BadRetake("The text of this take has changed since, so it no longer fits.")
        _segments_of(take)
        self.store.check_space(2 * row["size"])
        return self.db.create_retake(row, text_start=start, text_end=end, take_id=take_id)

    def take_sound(self, row: AudioFile, take_id: int) -> bytes:
        """An earlier take as an MP3 of its own. Raises NotFound, NoSuchAudio."""
        take = self.db.get_take(row["id"], take_id)
        frames = self.takes.read_whole(take["content_hash"])
        first = mp3.known_frame(frames[:4])
        count = _segments_of(take)[-1]["frame_end"]
        return (
            mp3.info_frame(first.sample_rate, first.bit_rate, frames=count, audio_bytes=len(frames))
            + frames
        )

    def _fitted(self, row: AudioFile, whole: str, start: int, end: int, text: str) -> str:
        """The new text with the white space that the old one stood in; raises BadRetake."""
        self._check_borders(row, [(start, end)])
        text = CONTROL.sub(" ", text.replace("\r\n", "\n")).strip()
        if len(text) > LONGEST:
            raise BadRetake(
                Message("You can change at most {limit} characters at once.", limit=LONGEST)
            )
        if not is_speakable(text):
            raise NothingSpoken("This voice cannot read anything in this text.")
        old = whole[start:end]
        before = old[: len(old) - len(old.lstrip())]
        return before + text + old[len(old.rstrip()) :]

    def _check_borders(self, row: AudioFile, spans: Sequence[tuple[int, int]]) -> None:
        """Raise BadRetake unless all spans are whole segments of a finished file."""
        if row["status"] != "ready" or not row["sha256"]:
            raise BadRetake("You can edit a piece once all of it has been generated.")
        borders = {segment["text_end"] for segment in self.db.get_segments(row["id"])} | {0}
        for start, end in spans:
            if not 0 <= start < end or not {start, end} <= borders:
                raise BadRetake(NO_BORDER)

    def _lines(
        self, voices: FileVoices, whole: str, start: int, end: int, text: str
    ) -> Iterator[tuple[Segment, Utterance]]:
        """The segments of `text` where it stands in the place of `whole[start:end]`."""
        new_end = start + len(text)
        script = self.synthesis.scripts.script(
            voices,
            whole[:start] + text + whole[end:],
            borders={new_end: 0},
        )
        return itertools.takewhile(lambda line: line[0].start < new_end, script.lines(start))

    def run(self, retake: ClaimedRetake, worker: str) -> None:
        """Make a claimed change to its end. Raises SpeechError, AudioError, DatabaseError, Stopped;
        the sentences made until then are kept, and the one in work is as it was."""
        work: ClaimedRetake | None = retake
        while work:
            self._make(work, worker)
            work = self.db.get_claimed_retake(retake["id"], worker)

    def _make(self, retake: ClaimedRetake, worker: str) -> None:
        row = retake["file"]
        if row["status"] != "ready" or row["sha256"] != retake["sha256"]:
            raise WrongState(RETAKES.gone)
        with self.store.open(row["filename"]) as file:
            sound = FinishedFile(row, self.db.get_segments(row["id"]), file)
            start = end = sound.place(retake["text_start"])
            if not self._is_gap(retake):
                end = sound.place(retake["text_end"])
            self._splice(retake, worker, sound, start, end)
        self.store.finish(row["filename"])

    def _is_gap(self, retake: ClaimedRetake) -> bool:
        """Whether a take returns to where it was left out, so that nothing stands in its place."""
        if not retake["take_id"]:
            return False
        return self.db.get_take(retake["file_id"], retake["take_id"])["gap"] is not None

    def _splice(
        self, retake: ClaimedRetake, worker: str, sound: FinishedFile, start: Place, end: Place
    ) -> None:
        row, old = retake["file"], sound.passage(start, end)
        new, edit = self._new_passage(retake, worker, sound, start, end)
        link = sound.carried(end)
        segments = Shift(
            start.position, edit.start, sound.ms(start.frames), start.byte, start.frames
        ).moved(new.segments)
        shift = Shift(
            position=len(new.segments) - (end.position - start.position),
            text=len(edit.text) - (edit.end - edit.start),
            ms=sound.ms(start.frames + new.count + len(link)) - sound.ms(end.frames),
            bytes=start.byte + len(new.frames) + sum(map(len, link)) - end.byte,
            frames=start.frames + new.count + len(link) - end.frames,
        )
        before = sound.segment_before(start)
        if before:
            before["text_end"] = edit.start if segments else edit.start + len(edit.text)
        # The silent frames of the link belong to the segment before them.
        if last := segments[-1] if segments else before:
            last["frame_end"] = end.frames + shift.frames
            last["byte_end"] = end.byte + shift.bytes
        take = self._keep(old, edit)
        size, digest = self.store.splice(
            row["filename"],
            start.byte,
            end.byte,
            new.frames + b"".join(link),
            head=sound.header(shift),
        )
        self.db.finish_retake(
            retake,
            worker,
            text=edit.of(row["text"]),
            segments=segments,
            before=before,
            shift=shift.row(),
            take=take,
            file={"duration": sound.duration_s(shift), "size": size, "sha256": digest},
        )

    def _new_passage(
        self, retake: ClaimedRetake, worker: str, sound: FinishedFile, start: Place, end: Place
    ) -> tuple[Passage, Edit]:
        """What is to stand between two places, and what that makes of the text."""
        if retake["take_id"]:
            take = self.db.get_take(retake["file_id"], retake["take_id"])
            frames = self.takes.read_whole(take["content_hash"])
            new = Passage(take["text"], frames, _segments_of(take))
            kept = 0 if take["gap"] is None else take["kept"]
            space = take["text"][len(take["text"]) - kept :]
            if not retake["file"]["text"].endswith(space, 0, start.text):
                kept = 0  # the sentence before it ends otherwise now
            return new, Edit(start.text - kept, end.text, take["text"])
        if not retake["text"]:
            space = sound.kept_space(start, end)
            return Passage("", b"", []), Edit(start.text, end.text, space)
        new = self._speak(retake, worker, sound, start)
        return new, Edit(start.text, end.text, new.text)

    def _keep(self, old: Passage, edit: Edit) -> ReplacedTake | None:
        """Keep what is replaced, if anything is, on the disk; returns its take."""
        if not old.segments:
            return None
        content_hash = old.digest()
        self.takes.write(content_hash, [old.frames])
        kept = 0 if edit.text.strip() else len(edit.text)
        return {
            "text": old.text,
            "content_hash": content_hash,
            "segments": old.segments,
            "kept": kept,
        }

    def _speak(
        self, retake: ClaimedRetake, worker: str, sound: FinishedFile, start: Place
    ) -> Passage:
        """Speak the new text as if the sound began anew after frame `start.frames`."""
        row, text = retake["file"], retake["text"]
        voices = self._voices(row, retake["stand_in"], retake["fresh"])
        frames: list[bytes] = []
        recorder = Recorder(
            sound.head.sample_rate,
            frames.append,
            input_rate=voices.engine.sample_rate,
            spoken_by=retake["stand_in"],
            frames=start.frames,
        )
        for segment, said in self._lines(voices, row["text"], start.text, retake["text_end"], text):
            self._stop_if_paused(retake, worker)
            chunks = self.synthesis.sound(voices, segment, said)
            recorder.add_segment(segment, said, self._watched(retake, worker, chunks))
        if recorder.samples == start.frames * sound.head.samples:
            raise NothingSpoken("This voice cannot read anything in this text.")
        recorder.finish()
        shift = Shift(text=-start.text, ms=-sound.ms(start.frames), frames=-start.frames)
        segments = shift.moved(recorder.take_cut())
        return Passage(text, b"".join(frames)[: segments[-1]["byte_end"]], segments)

    def _watched(
        self, retake: ClaimedRetake, worker: str, chunks: Iterator[AudioChunk]
    ) -> Iterator[AudioChunk]:
        """Pass the sound on, checking twice a second whether it is still wanted."""
        checked_at = time.monotonic()
        for chunk in chunks:
            if time.monotonic() - checked_at >= PAUSE_CHECK_S:
                checked_at = time.monotonic()
                self._stop_if_paused(retake, worker)
            yield chunk

    def _stop_if_paused(self, retake: ClaimedRetake, worker: str) -> None:
        if self.db.is_retake_paused(retake["id"], worker):
            raise Stopped("paused")


def _segments_of(take: Take) -> list[NewSegment]:
    """The segments of an earlier take; raises BadRetake where its row was damaged."""
    try:
        return cast("list[NewSegment]", read("take", take["segments"]))
    except ValueError:
        raise BadRetake(
            "This earlier take is damaged and cannot be used. The piece is fine."
        ) from None
