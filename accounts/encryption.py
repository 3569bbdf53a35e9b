"""Encryption of short secrets at rest, against those who hold the database but not the key."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from common.errors import AppError, Message
from config import write_private

MARK = "v1."
NONCE_BYTES = 12
PURPOSE = b"voiceverse seal v1"


class DecryptionError(AppError):
    """A stored secret cannot be decrypted: another key, another context, or it was changed."""


class SecretBox:
    """AES-256-GCM under a key derived from a key file, or from a key that is given.

    The file is made at the first encryption. `context`, such as "totp:7", says what a secret
    belongs to: moved to another place, it cannot be decrypted.
    """

    def __init__(self, key: Path | bytes) -> None:
        self._key = key

    def encrypt(self, text: str, context: str) -> str:
        """Encrypt a text; returns "v1." and base64 of nonce and ciphertext, as it may be stored."""
        nonce = os.urandom(NONCE_BYTES)
        encrypted = self._cipher(make=True).encrypt(nonce, text.encode(), context.encode())
        return MARK + base64.urlsafe_b64encode(nonce + encrypted).decode()

    def decrypt(self, encrypted: str, context: str) -> str:
        """Decrypt what was encrypted for the same context; raises DecryptionError."""
        cipher = self._cipher(make=False)
        try:
            whole = base64.b64decode(encrypted.removeprefix(MARK), b"-_", validate=True)
            text = cipher.decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise DecryptionError(
                "A stored secret cannot be decrypted with this server’s key. Restore the "
                "key from the backup that the database came from, or enter the secret "
                "again."
            ) from error
        return text.decode()

    def _cipher(self, *, make: bool) -> AESGCM:
        hkdf = HKDF(SHA256(), length=32, salt=None, info=PURPOSE)
        return AESGCM(hkdf.derive(self._material(make=make)))

    def _material(self, *, make: bool) -> bytes:
        if isinstance(self._key, bytes):
            return self._key
        try:
            if make and not self._key.exists():
                return write_private(self._key, secrets.token_hex(32).encode())
            return self._key.read_bytes().strip()
        except OSError as error:
            raise DecryptionError(
                Message(
                    "The key {path} cannot be read ({reason}). Restore it from a backup.",
                    path=str(self._key),
                    reason=str(error.strerror),
                )
            ) from error
