"""Passkeys: adding them, and signing in with one, alone or as the second step."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any, NoReturn, NotRequired, TypedDict

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.accounts import Accounts
from accounts.errors import AccountError, PasskeyCopied, PasskeyRefused, PasskeysFull
from accounts.types import LoginResult, Visitor
from common.stored_json import read_or_default
from database import Database
from queries.passkeys import Passkey
from queries.rows import Account, Session, User

NAME = "VoiceVerse"
QUESTION_S = 300
MOST_PASSKEYS = 20
LONGEST_NAME = 60
LONGEST_ANSWER = 16_384
TRANSPORTS = {transport.value for transport in AuthenticatorTransport}
# What the library lets through when an answer is no answer at all.
MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Site:
    """Relying party: the domain that passkeys belong to, the origin that the browser reports."""

    rp_id: str
    origin: str


class PendingChallenge(TypedDict):
    """A challenge that awaits its answer: what for, and until when (Unix time).

    `handle` is the account's name among passkeys, for one that is added.
    """

    challenge: str
    purpose: str
    until: float
    handle: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Question:
    """Challenge for a passkey: options for the browser, and what the session must remember."""

    options: dict[str, Any]
    asked: PendingChallenge


class Passkeys:
    """Rules about passkeys; knows neither requests nor SQL."""

    def __init__(self, db: Database, accounts: Accounts) -> None:
        self._db = db
        self._accounts = accounts

    def of(self, user_id: int) -> list[Passkey]:
        """List the account's passkeys, the oldest first."""
        return self._db.list_passkeys(user_id)

    # Adding one

    def ask_to_add(self, user: Session, password: str, site: Site, visitor: Visitor) -> Question:
        """Make the options of a new passkey; raises WrongPassword, PasskeysFull."""
        self._accounts.confirm_password(user, password, visitor, "passkey")
        known = self._refuse_when_full(user["id"])
        handle = known[0]["user_handle"] if known else bytes_to_base64url(secrets.token_bytes(64))
        options = generate_registration_options(
            rp_id=site.rp_id,
            rp_name=NAME,
            user_name=user["username"],
            user_id=base64url_to_bytes(handle),
            exclude_credentials=_descriptors(known, site),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        question = self._question(options, _adding(user))
        question.asked["handle"] = handle
        return question

    def add(
        self,
        user: Session,
        asked: PendingChallenge | None,
        answer: str,
        name: str,
        site: Site,
        visitor: Visitor,
    ) -> None:
        """Save the passkey that the browser made; raises PasskeyRefused, PasskeysFull."""
        asked = self._check_challenge(asked, _adding(user))
        challenge = base64url_to_bytes(asked["challenge"])
        try:
            credential = _parsed(answer)
            made = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=site.rp_id,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except MALFORMED as error:
            self._refuse("passkey_refused", user, visitor, error)
        with self._db.transaction():
            self._refuse_when_full(user["id"])
            self._use_up(asked)
            number = self._db.add_passkey(
                user_id=user["id"],
                credential_id=bytes_to_base64url(made.credential_id),
                user_handle=asked["handle"],
                rp_id=site.rp_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                transports=json.dumps(_transports(credential)),
                name=_name(name) or visitor.device[:LONGEST_NAME] or NAME,
            )
            if number is None:
                raise PasskeyRefused
            self._accounts.log("passkey_added", user, visitor)

    def rename(self, user: Session, passkey_id: int, name: str) -> bool:
        """Rename one of the person's passkeys; False when it is not theirs."""
        if not _name(name):
            raise AccountError("Give the passkey a name so that you recognise it later.")
        return self._db.rename_passkey(user["id"], passkey_id, _name(name))

    def remove(self, user: Session, passkey_id: int, password: str, visitor: Visitor) -> bool:
        """Delete a passkey of the person; False when it is not theirs. Raises WrongPassword."""
        if passkey_id not in {row["id"] for row in self._db.list_passkeys(user["id"])}:
            return False
        self._accounts.confirm_password(user, password, visitor, "passkey")
        with self._db.transaction():
            was_there = self._db.delete_passkey(user["id"], passkey_id)
            if was_there:
                self._accounts.log("passkey_removed", user, visitor)
        return was_there

    # Signing in

    def ask_to_sign_in(self, site: Site, pending: str = "") -> Question:
        """Make the challenge for any passkey of the site; after a password, of that account.

        Raises TwoFactorExpired.
        """
        allowed = []
        if pending:
            user_id = self._accounts.check_pending(pending)["id"]
            allowed = _descriptors(self._db.list_passkeys(user_id), site)
        options = generate_authentication_options(
            rp_id=site.rp_id,
            allow_credentials=allowed,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return self._question(options, "sign in")

    def has_one(self, pending: str, site: Site) -> bool:
        """Whether the account whose second step is awaited could take it with a passkey here."""
        user = self._accounts.check_pending(pending)
        return bool(self._db.list_passkeys(user["id"], site.rp_id))

    def sign_in(
        self,
        asked: PendingChallenge | None,
        answer: str,
        site: Site,
        visitor: Visitor,
        *,
        pending: str = "",
        device_token: str | None = None,
        old_token: str | None = None,
    ) -> LoginResult:
        """Sign in with a passkey that was unlocked; raises PasskeyRefused, PasskeyCopied.

        A passkey is two steps in one. After a password it must be one of that account's.
        """
        asked = self._check_challenge(asked, "sign in")
        challenge = base64url_to_bytes(asked["challenge"])
        user: User | None = None
        try:
            row, user = self._holder(answer, site, pending)
            verified = verify_authentication_response(
                credential=_parsed(answer),
                expected_challenge=challenge,
                expected_rp_id=site.rp_id,
                expected_origin=site.origin,
                credential_public_key=row["public_key"],
                # The counter is compared where it is stored, for two may sign in at once.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except MALFORMED as error:
            self._refuse("passkey_failed", user, visitor, error)
        self._use_up(asked)
        if not self._db.use_passkey(row["id"], verified.new_sign_count, self._accounts.now()):
            self._accounts.log("passkey_copied", user, visitor, row["name"], success=False)
            raise PasskeyCopied
        return self._accounts.open_session(user, visitor, old_token, device_token=device_token)

    # Inside

    def _holder(self, answer: str, site: Site, pending: str) -> tuple[Passkey, User]:
        credential = _parsed(answer)
        row = self._db.get_passkey(str(credential["id"]))
        user = self._db.get_user_by_id(row["user_id"]) if row else None
        if row is None or user is None or not user["is_active"] or row["rp_id"] != site.rp_id:
            raise ValueError("there is no such passkey")
        handle = credential["response"].get("userHandle")
        if handle is not None and handle != row["user_handle"]:
            raise ValueError("the passkey is another person's")
        if pending and self._accounts.check_pending(pending)["id"] != user["id"]:
            raise ValueError("the passkey is not of the account whose password was given")
        return row, user

    def _question(self, options: Any, purpose: str) -> Question:
        told = json.loads(options_to_json(options))
        until = self._accounts.now() + QUESTION_S
        asked = PendingChallenge(challenge=told["challenge"], purpose=purpose, until=until)
        return Question(told, asked)

    def _check_challenge(self, asked: PendingChallenge | None, purpose: str) -> PendingChallenge:
        if not asked or asked["purpose"] != purpose or asked["until"] <= self._accounts.now():
            raise PasskeyRefused
        return asked

    def _use_up(self, asked: PendingChallenge) -> None:
        digest = hashlib.sha256(asked["challenge"].encode()).hexdigest()
        now = self._accounts.now()
        if not self._db.use_challenge(digest, expires=asked["until"], now=now):
            raise PasskeyRefused

    def _refuse_when_full(self, user_id: int) -> list[Passkey]:
        known = self._db.list_passkeys(user_id)
        if len(known) >= MOST_PASSKEYS:
            raise PasskeysFull
        return known

    def _refuse(
        self, event: str, user: Account | None, visitor: Visitor, error: Exception
    ) -> NoReturn:
        reason = " ".join(str(error).split())[:100]
        self._accounts.log(event, user, visitor, reason, success=False)
        raise PasskeyRefused from error


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("the answer is too long")
    return json.loads(answer)


def _adding(user: Session) -> str:
    return f"add to {user['id']}"


def _name(name: str) -> str:
    return " ".join(name.split())[:LONGEST_NAME]


def _transports(credential: dict[str, Any]) -> list[str]:
    told = credential["response"].get("transports")
    return sorted(TRANSPORTS.intersection(told)) if isinstance(told, list) else []


def _descriptors(rows: list[Passkey], site: Site) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row["credential_id"]),
            transports=[
                AuthenticatorTransport(name)
                for name in read_or_default("transports", row["transports"])
                if name in TRANSPORTS
            ],
        )
        for row in rows
        if row["rp_id"] == site.rp_id
    ]
