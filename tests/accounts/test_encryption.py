import os
import stat

import pytest

from accounts.encryption import DecryptionError, SecretBox
from backups import leftovers
from config import Config


@pytest.fixture
def box():
    return SecretBox(b"k" * 32)


def test_what_is_sealed_opens_for_its_context_and_no_other(box):
    sealed = box.encrypt("sk-ünlikely", "provider key of 7")
    assert box.decrypt(sealed, "provider key of 7") == "sk-ünlikely"
    with pytest.raises(DecryptionError, match="Restore the key"):
        box.decrypt(sealed, "provider key of 8")


def test_the_same_text_never_looks_the_same(box):
    assert box.encrypt("text", "a") != box.encrypt("text", "a")
    assert "text" not in box.encrypt("text", "a")


def test_another_key_opens_nothing(box):
    with pytest.raises(DecryptionError):
        SecretBox(b"j" * 32).decrypt(box.encrypt("text", "a"), "a")


@pytest.mark.parametrize("place", range(0, 46, 3))
def test_a_changed_character_is_noticed(box, place):
    sealed = box.encrypt("text", "a")
    place = 3 + place % (len(sealed) - 5)
    changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
    with pytest.raises(DecryptionError):
        box.decrypt(changed, "a")


@pytest.mark.parametrize("broken", ["", "v1.", "v1.AAAA", "é", "v1.é", "v2.AAAA", "x" * 100])
def test_what_was_never_sealed_is_refused(box, broken):
    with pytest.raises(DecryptionError):
        box.decrypt(broken, "a")


def test_a_key_file_is_made_private_when_something_is_sealed_first(tmp_path):
    path = tmp_path / "provider_key"
    sealed = SecretBox(path).encrypt("text", "a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SecretBox(path).decrypt(sealed, "a") == "text"


def test_opening_makes_no_key_and_names_the_one_that_is_missing(tmp_path):
    path = tmp_path / "provider_key"
    with pytest.raises(DecryptionError, match="provider_key cannot be read"):
        SecretBox(path).decrypt("v1.AAAA", "a")
    assert not path.exists()


def test_a_worker_that_starts_takes_no_key_away_that_is_being_made(tmp_path, monkeypatch):
    link = os.link

    def link_after_a_sweep(*paths):
        monkeypatch.setattr(os, "link", link)
        leftovers.sweep(Config(data_dir=tmp_path))
        link(*paths)

    monkeypatch.setattr(os, "link", link_after_a_sweep)
    box = SecretBox(tmp_path / "provider_key")
    assert box.decrypt(box.encrypt("sk-lamp", "here"), "here") == "sk-lamp"
    assert [path.name for path in tmp_path.iterdir()] == ["provider_key"]
