import pytest

from speech.engines.espeak import EspeakEngine
from speech.preview_sentences import SENTENCES, sample


@pytest.mark.parametrize(
    ("language", "same_as"),
    [("en-GB", "en"), ("de", "de"), ("pt-BR", "pt-BR"), ("pt-PT", "pt"), ("vi-VN-x-south", "vi")],
)
def test_a_voice_gets_the_sentence_of_its_language(language, same_as):
    assert sample(language) == SENTENCES[same_as]


@pytest.mark.parametrize("language", ["piqd", "cmn-Latn-pinyin", "en-Shaw"])
def test_where_there_is_no_sentence_the_name_is_said_and_counted(language):
    assert sample(language, "Klingon") == "Klingon: 1, 2, 3, 4, 5."


def test_every_sentence_is_one_of_a_voice_that_is_there():
    languages = {voice.language for voice in EspeakEngine().voices()}
    tongues = languages | {language.partition("-")[0] for language in languages}
    assert SENTENCES.keys() - tongues == set()
