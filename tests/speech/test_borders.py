import pytest

from speech.text.normalise import goes_on


@pytest.mark.parametrize(
    ("before", "after", "language", "is_open"),
    [
        ("in the old book, Vol. ", "3 of it", "en", True),
        ("it weighs approx. ", "five", "en", True),
        ("He said no. ", "She went.", "en", False),
        ("Er wohnt in der 2. ", "Etage", "de", True),
        ("Das ist von Nr. ", "5 dort", "de", True),
        ("Er hat 2. ", "Dann", "de", False),
        ("Ziel war der ", "3. Platz", "de", False),
        ("3. ", "Platz für Anna", "de", True),
        ("so nannte man ihn, 2. ", "Weltkrieg eben", "de", True),
        ("Er wurde 2. ", "Sieger.", "de", True),
        ("Sie ist 1. ", "Vorsitzende.", "de", False),
        ("Es waren 2. ", "Lehrer sagten", "de", False),
        ("Er lebt dort seit 1990. ", "Danach", "de", False),
        ("pommes, poires, etc. ", "Puis", "fr", False),
        ("voir p. ", "5", "fr", True),
        ("avec M. ", "Dupont", "fr", True),
        ("en 50 av. ", "J.-C.", "fr", True),
        ("rue des prés, art. ", "Puis", "fr", False),
        ("con el Sr. ", "López", "es", True),
        ("en la pág. ", "5", "es", True),
        ("peras, etc. ", "Luego", "es", False),
        ("dal Dott. ", "Rossi", "it", True),
        ("mele, pere, ecc. ", "Poi", "it", False),
        ("com o Dr. ", "Alves", "pt", True),
        ("peras, etc. ", "Depois", "pt", False),
        ("met dhr. ", "Jansen", "nl", True),
        ("appels enz. ", "Daarna", "nl", False),
        ("z prof. ", "Nowakiem", "pl", True),
        ("gruszki itd. ", "Potem", "pl", False),
        ("na ul. ", "Długiej", "pl", True),
        ("med dr. ", "Berg", "sv", True),
        ("äpplen osv. ", "Sedan", "sv", False),
        ("Nr. ", "5", "xx", False),
    ],
)
def test_a_border_after_an_abbreviation_is_no_end(before, after, language, is_open):
    assert goes_on(before, after, language) is is_open
