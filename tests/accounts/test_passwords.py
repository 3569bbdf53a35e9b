import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from werkzeug.security import generate_password_hash

from accounts.passwords import BadPassword, Passwords, check_rules, hash_of_nothing


@pytest.fixture(scope="module")
def passwords():
    return Passwords()


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "läsa lugnt vid lampan",
        "74829165038271649",
        "Tr4il-mix lantern 9",
        "七つの海を越えて行く小さな舟の物語",
        "unrelated words with spaces, " * 30 + "then an end",
    ],
)
def test_a_long_unpredictable_password_is_accepted(password):
    check_rules("vera", password)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "fourteen chars",
        "passwordpassword",
        "p@ssw0rd123456789",
        "123456789012345",
        "abcabcabcabcabcabc",
        "aaaaaaaaaaaaaaaaaaaa",
        "qwertyuiopasdfgh",
        "vera-voiceverse-vera",
        "VoiceVerse2026!!!",
        "x7" * 513,
    ],
)
def test_a_short_huge_or_predictable_password_is_refused_with_advice(password):
    with pytest.raises(BadPassword) as refused:
        check_rules("vera", password)
    assert "characters" in refused.value.message or "words" in refused.value.message


def test_a_letter_with_an_accent_is_the_same_however_it_was_typed(passwords):
    composed, decomposed = "caf\u00e9 am hafen im regen", "cafe\u0301 am hafen im regen"
    assert passwords.verify(passwords.hash(composed), decomposed)


@pytest.mark.parametrize("method", ["scrypt", "pbkdf2:sha256:1000"])
def test_hashes_of_the_earlier_release_verify_and_ask_to_be_replaced(passwords, method):
    stored = generate_password_hash("old password of years", method=method)
    assert passwords.verify(stored, "old password of years")
    assert not passwords.verify(stored, "another password")
    assert passwords.needs_rehash(stored)


def test_a_new_hash_needs_no_replacing(passwords):
    stored = passwords.hash("linden copper harbour moth")
    assert stored.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert not passwords.needs_rehash(stored)


@pytest.mark.parametrize(
    "stored",
    [None, "", "!", "scrypt:1:2", "scrypt:0:0:0$salt$00", "pbkdf2:x$y", "$argon2id$v=19$x"],
)
def test_nothing_opens_a_missing_or_broken_hash(passwords, stored):
    assert not passwords.verify(stored, "linden copper harbour moth")
    assert not passwords.verify(stored, "")


def test_the_hash_of_nothing_costs_as_much_as_any_and_no_password_has_it():
    hasher = PasswordHasher(time_cost=2, memory_cost=1024, parallelism=1)
    nothing = hash_of_nothing(hasher)
    assert extract_parameters(nothing) == extract_parameters(hasher.hash("a password"))
    assert nothing != hash_of_nothing(hasher)
    with pytest.raises(VerifyMismatchError):
        hasher.verify(nothing, "a password")
