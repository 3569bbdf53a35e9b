"""Admission of large bodies: their session is checked, then there must be space for them.

The database is asked in a thread of its own, so that nobody else's connection waits for it, and
again each second while a body is on its way.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from common.errors import AppError
from web.body_quota import BodyQuota, Share

RECHECK_S = 1.0
PersonOf = Callable[[str], int | None]

log = logging.getLogger("voiceverse.body_admission")


class SessionEnded(AppError):
    """The sender of a body is not logged in any more."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "You are no longer logged in, so nothing was saved. Log in, then send it again."
        )


class Undecided(AppError):
    """The admission of a body could not be decided."""

    status = 503
    retry_after_s = 15

    def __init__(self) -> None:
        super().__init__(
            "VoiceVerse could not check whether there is room for your upload, so nothing "
            "was saved. Wait a moment, then try again; the log says what went wrong."
        )


class Admission:
    """Admission of one large body: pending, admitted or refused with an `error`, finally ended."""

    def __init__(
        self, token: str, address: str, size: int, copies: int, wake: Callable[[], None]
    ) -> None:
        self.token, self.address, self.size, self.copies = token, address, size, copies
        self.error: AppError | None = None
        self.is_received = self.is_over = False
        self._share: Share | None = None
        self._wake = wake
        self._lock = threading.Lock()

    @property
    def is_waiting(self) -> bool:
        """Whether nothing has been decided yet."""
        return self._share is None and self.error is None

    @property
    def is_on_its_way(self) -> bool:
        """Whether more of it is still to come."""
        return not (self.is_received or self.is_over or self.error)

    def admit(self, share: Share) -> None:
        """Admit the body; a request that is over by now gives its share back."""
        with self._lock:
            self._share = share
            if self.is_over:
                share.release()
        self._wake()

    def refuse(self, error: AppError) -> None:
        """Refuse the body, or the rest of it."""
        self.error = error
        self._wake()

    def note(self, received: int) -> None:
        """Note how many bytes of the body have come."""
        if self._share is None or self.is_over:
            return
        try:
            self._share.note(received)
        except AppError as error:
            self.error = error

    def end(self) -> None:
        """End the admission: the request has been answered, or its client has gone."""
        with self._lock:
            if not self.is_over and self._share is not None:
                self._share.release()
            self.is_over = True


class Admissions:
    """Decides about bodies in a thread that starts with the first question."""

    def __init__(self, quota: BodyQuota, person_of: PersonOf) -> None:
        self.quota = quota
        self._person_of = person_of
        self._asked: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._on_their_way: list[Admission] = []
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def ask(self, admission: Admission) -> None:
        """Queue an admission to be decided; it wakes the connection that waits for it."""
        self._put(lambda: self._decide(admission), admission.refuse)

    def ask_person(self, token: str, answer: Callable[[int | AppError | None], None]) -> None:
        """Find out whose session a token is: `answer` gets the user id, None, or an error."""
        self._put(lambda: answer(self._person(token)), answer)

    def close(self) -> None:
        """Stop the thread; nothing more is decided."""
        with self._lock:
            if self._thread is not None:
                self._asked.put(None)
                self._thread.join()
                self._thread = None

    def _put(self, question: Callable[[], None], refuse: Callable[[AppError], None]) -> None:
        """Queue a question, or refuse it when there is no thread to answer it."""
        try:
            with self._lock:
                if self._thread is None:
                    thread = threading.Thread(target=self._run, name="admissions", daemon=True)
                    thread.start()
                    self._thread = thread
        except RuntimeError:  # the system gives no thread just now
            log.exception("nobody can be asked whether a large body is taken in")
            refuse(Undecided())
        else:
            self._asked.put(question)

    def _run(self) -> None:
        looked_at = time.monotonic()
        while True:
            with suppress(queue.Empty):
                question = self._asked.get(timeout=RECHECK_S if self._on_their_way else None)
                if question is None:
                    return
                self._survive(question)
            if time.monotonic() - looked_at >= RECHECK_S:
                looked_at = time.monotonic()
                self._survive(self._recheck)

    def _survive(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # everybody's large bodies wait for this thread
            log.exception("an answer about a large body got lost")

    def _decide(self, admission: Admission) -> None:
        person = self._person(admission.token)
        if isinstance(person, AppError):
            admission.refuse(person)
        elif person is None:
            admission.refuse(SessionEnded())
        else:
            share = self._share(person, admission)
            if isinstance(share, AppError):
                admission.refuse(share)
            else:
                self._on_their_way.append(admission)
                admission.admit(share)

    def _share(self, person: int, admission: Admission) -> Share | AppError:
        try:
            return self.quota.admit(person, admission.address, admission.size, admission.copies)
        except AppError as error:
            return error
        except Exception:  # told to who asks, and to the log
            log.exception("it cannot be found out whether there is room for a large body")
            return Undecided()

    def _recheck(self) -> None:
        """Stop what is sent with a session that has ended; one that cannot be asked goes on."""
        self._on_their_way = [each for each in self._on_their_way if each.is_on_its_way]
        for token in {each.token for each in self._on_their_way}:
            if self._person(token) is None:
                for each in self._on_their_way:
                    if each.token == token:
                        each.refuse(SessionEnded())

    def _person(self, token: str) -> int | AppError | None:
        try:
            return self._person_of(token)
        except AppError as error:
            return error
        except Exception:  # told to who asks, and to the log
            log.exception("it cannot be found out whose a session is")
            return Undecided()
