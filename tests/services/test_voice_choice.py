import json

import pytest

from services.voice_catalogue import Offer, bundled_catalogue, read_list
from services.voice_choice import BEST, SPOKEN, best_offer, is_the_best, language_of
from speech.engines.piper_models import IDENTIFIER


def offers(*names: str, speakers: int = 1) -> tuple[Offer, ...]:
    listed = {}
    for identifier in names:
        code, name, quality = identifier.split("-")
        listed[identifier] = {
            "name": name,
            "language": {"code": code, "name_english": code},
            "quality": quality,
            "num_speakers": 9 if name == "choir" else speakers,
            "files": {
                f"{identifier}.onnx": {"size_bytes": 5},
                f"{identifier}.onnx.json": {"size_bytes": 5},
            },
        }
    return read_list(json.dumps(listed).encode())


@pytest.mark.parametrize(
    ("tag", "names", "best"),
    [
        ("de", ["de_DE-ada-medium", "de_DE-thorsten-medium"], "de_DE-thorsten-medium"),
        ("de-AT", ["de_DE-ada-medium", "de_DE-thorsten-medium"], "de_DE-thorsten-medium"),
        ("es-MX", ["es_ES-davefx-medium", "es_MX-ald-medium"], "es_MX-ald-medium"),
        ("es", ["es_ES-davefx-medium", "es_MX-ald-medium"], "es_ES-davefx-medium"),
        ("tr", ["tr_TR-ali-low", "tr_TR-choir-medium", "tr_TR-veli-high"], "tr_TR-veli-high"),
        ("tr", ["tr_TR-ali-high", "tr_TR-veli-medium"], "tr_TR-veli-medium"),
        ("tr", ["tr_TR-choir-medium", "tr_TR-ali-low"], "tr_TR-ali-low"),
        ("nb-NO", ["no_NO-talesyntese-medium"], "no_NO-talesyntese-medium"),
        ("fr", ["de_DE-thorsten-medium"], None),
        ("", ["de_DE-thorsten-medium"], None),
    ],
)
def test_the_best_voice_is_the_known_one_of_the_region_else_one_speaker_of_medium_quality(
    tag, names, best
):
    found = best_offer(offers(*names), tag)
    assert (found and found.identifier) == best


def test_the_table_names_voices_as_they_are_listed():
    for code, names in BEST.items():
        assert code in SPOKEN
        for name in names:
            assert IDENTIFIER.fullmatch(name)
            assert language_of(name.partition("-")[0]) == code


def test_the_kept_list_has_the_best_german_voice_and_knows_of_better_french_ones():
    kept = bundled_catalogue().offers
    assert is_the_best(best_offer(kept, "de"))
    assert not is_the_best(best_offer(kept, "fr"))
