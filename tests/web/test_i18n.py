import pytest

from web import i18n


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-GB", "en"),
        ("fr-CA,it", "fr"),
        ("es-MX", "es"),
        ("it,nl", "en"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_the_browsers_wish_chooses_a_language_that_is_there(app, wish, code):
    with app.test_request_context(headers={"Accept-Language": wish}):
        assert i18n.language() == code
        assert i18n.direction() == "ltr"


def test_a_choice_stays_until_it_is_taken_back(app):
    with app.test_request_context(headers={"Accept-Language": "en"}) as context:
        i18n.choose("de")
        assert context.session["language"] == "de"
        assert i18n.language() == "de"
        i18n.choose("klingon")
        assert "language" not in context.session


def test_languages_written_from_right_to_left_turn_the_page(app, monkeypatch):
    monkeypatch.setitem(i18n.LANGUAGES, "ar", "العربية")
    with app.test_request_context(headers={"Accept-Language": "ar"}):
        assert i18n.direction() == "rtl"
