import stat

import pytest

from accounts.encryption import Seal, SealBroken


@pytest.fixture
def seal():
    return Seal(b"k" * 32)


def test_what_is_sealed_opens_for_its_context_and_no_other(seal):
    sealed = seal.seal("sk-ünlikely", "provider key of 7")
    assert seal.open(sealed, "provider key of 7") == "sk-ünlikely"
    with pytest.raises(SealBroken, match="Restore the key"):
        seal.open(sealed, "provider key of 8")


def test_the_same_text_never_looks_the_same(seal):
    assert seal.seal("text", "a") != seal.seal("text", "a")
    assert "text" not in seal.seal("text", "a")


def test_another_key_opens_nothing(seal):
    with pytest.raises(SealBroken):
        Seal(b"j" * 32).open(seal.seal("text", "a"), "a")


@pytest.mark.parametrize("place", range(0, 46, 3))
def test_a_changed_character_is_noticed(seal, place):
    sealed = seal.seal("text", "a")
    place = 3 + place % (len(sealed) - 5)
    changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
    with pytest.raises(SealBroken):
        seal.open(changed, "a")


@pytest.mark.parametrize("broken", ["", "v1.", "v1.AAAA", "é", "v1.é", "v2.AAAA", "x" * 100])
def test_what_was_never_sealed_is_refused(seal, broken):
    with pytest.raises(SealBroken):
        seal.open(broken, "a")


def test_a_key_file_is_made_private_when_something_is_sealed_first(tmp_path):
    path = tmp_path / "provider_key"
    sealed = Seal(path).seal("text", "a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Seal(path).open(sealed, "a") == "text"


def test_opening_makes_no_key_and_names_the_one_that_is_missing(tmp_path):
    path = tmp_path / "provider_key"
    with pytest.raises(SealBroken, match="provider_key cannot be read"):
        Seal(path).open("v1.AAAA", "a")
    assert not path.exists()
