"""The language of a text is guessed where it is clear, and left open where it is not."""

import pytest

from documents.detect_language import guessed
from documents.read import read
from tests.documents import making

TEXTS = {
    "en": "It was late when the captain came home from the harbour, and the lamp in the window was "
    "still lit. She had waited for him with a letter that had arrived in the morning.",
    "de": "Es war spät, als der Kapitän aus dem Hafen nach Hause kam, und die Lampe im Fenster "
    "brannte noch. Sie hatte mit einem Brief auf ihn gewartet, der am Morgen gekommen war.",
    "fr": "Il était tard quand le capitaine est rentré du port, et la lampe de la fenêtre était "
    "encore allumée. Elle l'avait attendu avec une lettre qui est arrivée dans la matinée.",
    "es": "Era tarde cuando el capitán volvió del puerto a la casa, y la lámpara de la ventana "
    "todavía estaba encendida. Ella lo había esperado con una carta que llegó por la mañana.",
    "it": "Era tardi quando il capitano tornò a casa dal porto, e la lampada della finestra era "
    "ancora accesa. Lei lo aveva aspettato con una lettera che è arrivata nel corso della mattina.",
    "nl": "Het was laat toen de kapitein van de haven naar huis kwam, en de lamp in het raam was "
    "nog aan. Ze had op hem gewacht met een brief die in de ochtend was gekomen.",
    "pt": "Era tarde quando o capitão voltou do porto para a casa, e a lâmpada da janela ainda "
    "estava acesa. Ela o esperava com uma carta que não tinha chegado de manhã, mas à noite.",
    "sv": "Det var sent när kaptenen kom hem från hamnen, och lampan i fönstret var fortfarande "
    "tänd. Hon hade väntat på honom med ett brev som inte kom förrän på kvällen.",
    "pl": "Było już późno, gdy kapitan wrócił do domu z portu, a lampa w oknie jeszcze się paliła. "
    "Nie było to dla niej nowe, że czeka na niego i że nie ma od niego listu, ale to nie jest tak.",
    "ru": "Было поздно, когда капитан вернулся домой из порта, но лампа в окне всё ещё горела. Она "
    "ждала его с письмом, и это было то, что он не хотел читать, как и все письма.",
    "el": "Ήταν αργά όταν ο καπετάνιος γύρισε από το λιμάνι στο σπίτι.",
    "ja": "船長が港から家に帰ったのは夜遅くで、窓のランプはまだ灯っていた。",
    "zh": "船长从港口回家的时候已经很晚了，窗前的灯还亮着，她拿着一封信等他回来。",
    "ko": "선장이 항구에서 집으로 돌아왔을 때는 늦은 시간이었고 창가의 등불은 아직 켜져 있었다.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_language_of_a_paragraph_is_guessed(language):
    assert guessed([TEXTS[language]]) == language


@pytest.mark.parametrize("text", ["", "OK", "12 34 56", "Lorem ipsum " * 20, "x " * 90])
def test_what_is_unclear_stays_open(text):
    assert guessed([text]) == ""


def test_a_document_says_its_language_itself_or_it_is_guessed(tmp_path):
    plain = making.write(tmp_path, "a.txt", TEXTS["de"])
    assert read(plain, "a.txt").language == "de"
    page = making.write(tmp_path, "a.html", f'<html lang="en-GB"><body><p>{TEXTS["de"]}')
    assert read(page, "a.html").language == "en-GB"
