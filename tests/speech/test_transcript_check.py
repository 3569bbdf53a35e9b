import pytest

from speech.text.transcript_check import is_verbatim

SENTENCE = "Dr. Smith paid $3.50 for 12 well-known apples."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It was late.", "It was late"),
        ("IT was LATE!", "it was late."),
        ("“It’s a well-known trick,” he said.", "It's a well known trick, he said"),
        (SENTENCE, "Doctor Smith paid three dollars and fifty cents for twelve well-known apples."),
        (SENTENCE, "Dr. Smith paid three dollars fifty cents for twelve well known apples."),
        ("Two hundred and five men.", "205 men."),
        ("Room 205.", "Room two hundred five"),
        ("Es kostet 3,50 €.", "Es kostet drei Euro fünfzig."),
        ("Wir sind 21.", "Wir sind einundzwanzig."),
        ("Il a 80 ans.", "Il a quatre-vingts ans."),
        ("Salt & pepper", "Salt and pepper."),
        ("Straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("日本語です。", "日本語です"),
        ("हिन्दी", "हिन्दी।"),
        ("€", "Euro"),
    ],
)
def test_case_marks_and_the_writing_of_numbers_make_no_difference(text, said):
    assert is_verbatim(text, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I am here.", "I'm here."),
        ("It was late.", "It was very late."),
        ("It was very late.", "It was late."),
        ("It was late. The lamp was lit.", "It was late."),
        ("What is the capital of France?", "The capital of France is Paris."),
        ("Room 205.", "Room two hundred six."),
        ("He paid 12 dollars.", "He paid twelve euros."),
        ("It was late.", ""),
        ("हिन्दी", "हन्दा"),
        ("€", "I am sorry, but I cannot read this out to you."),
    ],
)
def test_another_word_is_a_difference(text, said):
    assert not is_verbatim(text, said)
