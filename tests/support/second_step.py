"""What tests of second steps share: a clock, a phone with its app, a key of software."""

import base64
import hashlib
import json
import os
import struct
import time

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from accounts.types import Visitor
from tests.conftest import PASSWORD, Browser

START = "/account/second-step/start"
CONFIRM = "/account/second-step/confirm"


class Clock:
    """The time of day, which tests move forward, or make stand still."""

    def __init__(self):
        self.ahead_s, self.stopped = 0.0, None

    def __call__(self):
        return (self.stopped or time.time()) + self.ahead_s

    def stop(self):
        self.stopped = time.time()


class Phone:
    """The authenticator app of a person, set up on the page of the account."""

    def __init__(self, browser: Browser, clock: Clock):
        self.clock = clock
        # However long it takes, the code before the present one stays that.
        was_stopped, clock.stopped = clock.stopped, clock.stopped or time.time()
        browser.post(START)
        user = {"id": browser.user["id"], "username": browser.user["username"]}
        self.totp = pyotp.TOTP(browser.services.two_factor.setup(user).secret)
        # With the code before the present one, which is left for the tests.
        self.first_code = self.code(-1)
        answer = browser.post(CONFIRM, {"code": self.first_code, "current": PASSWORD}, json=True)
        assert answer.status_code == 200, answer.text
        self.recovery_codes = answer.json["recovery_codes"]
        clock.stopped = was_stopped

    def code(self, steps: int = 0) -> str:
        return self.totp.at(int(self.clock()) + 30 * steps)

    def next_code(self) -> str:
        """Wait for the code after the present one."""
        self.clock.ahead_s += 30
        return self.code()


def give_password(app, name="vera", browser=None):
    """A browser in which the password of a login was given just now."""
    browser = browser or Browser(app)
    user = browser.services.db.get_user(name)
    # As the login does it, but without the hash, which takes its time.
    result = browser.services.accounts._admit(user, Visitor("127.0.0.1"))
    with browser.client.session_transaction() as session:
        old = session.pop("login", None)
        session["pending"] = {"token": result.pending, "target": "/", "old": old}
    return browser


class SoftwareKey:
    """A passkey as a device holds it; with `counts` it numbers what it signs."""

    def __init__(self, origin="http://localhost", rp_id="localhost", counts=True):
        self.origin, self.rp_id, self.counts = origin, rp_id, counts
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.identifier = os.urandom(32)
        self.count = 0
        self.handle = None
        self.flags = 0x05  # present and verified

    def make(self, question: dict, **changes) -> str:
        """The answer to a question to add a passkey."""
        self.handle = question["user"]["id"]
        point = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        held = bytes(16) + struct.pack(">H", 32) + self.identifier + public
        data = self._data(self.flags | 0x40) + held
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": encoded(self._client("webauthn.create", question)),
            "attestationObject": encoded(attestation),
            "transports": ["internal"],
        }
        return self._answer(response | changes)

    def sign(self, question: dict, **changes) -> str:
        """The answer to a question to sign in."""
        self.count += self.counts
        data, client = self._data(self.flags), self._client("webauthn.get", question)
        signed = data + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": encoded(client),
            "authenticatorData": encoded(data),
            "signature": encoded(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self.handle,
        }
        return self._answer(response | changes)

    def _data(self, flags: int) -> bytes:
        place = hashlib.sha256(self.rp_id.encode()).digest()
        return place + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind: str, question: dict) -> bytes:
        told = {"type": kind, "challenge": question["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _answer(self, response: dict) -> str:
        name = encoded(self.identifier)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
