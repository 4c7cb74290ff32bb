"""Languages: Swedish is assumed, others must show themselves."""

import pytest

from services.enrich.nlp.language import detect


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🎉🎉🎉",
        "[telefon]",
        "#karlstad @kommunen https://example.com/en/the-page",
        "Hej",
        "Tack!",
        "Skit",
        "hahaha",
        "Grattis Karlstad",
        "hur länge ska de va så",
        "Vattnet brunt på Storgatan",
        "VARFÖR PLOGAS INTE VÅR GATA",
        "E18 stängd",
        "Mina kor får inget vatten",
        "Skolen? Du menar skolan",
        "Open air på torget i kväll",
        "Vi ses! my treat",
    ],
)
def test_swedish_is_the_default(text: str) -> None:
    assert detect(text) == "sv"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("no", "Hei, når åpner biblioteket på lørdag?"),
        ("no", "Eg lurer på kor eg kan søkje om barnehageplass"),
        ("no", "Hva koster parkering her?"),
        ("no", "Er det åpent i morgen?"),
        ("no", "Hvorfor svarer dere ikke?"),
        ("da", "Hvornår åbner biblioteket?"),
        ("da", "Er svømmehallen lukket i dag?"),
        ("en", "How do I pay?"),
        ("fi", "Miten maksan?"),
        ("da", "Hvornår åbner svømmehallen igen efter sommerferien?"),
        ("fi", "Milloin kirjasto aukeaa ja mistä saan kirjastokortin?"),
        ("fi", "Kiitos!"),
        ("en", "Thank you!"),
        ("en", "When does the library open on Sundays?"),
        ("de", "Wann öffnet die Bibliothek am Sonntag?"),
        ("ar", "متى تفتح المكتبة يوم الأحد؟"),
        ("so", "Goorma ayaa maktabadda la furaa maalinta Axadda?"),
        ("pl", "Kiedy otwiera się biblioteka w niedzielę?"),
        ("uk", "Коли відкривається бібліотека в неділю?"),
        ("fa", "کتابخانه روز یکشنبه چه ساعتی باز می‌شود؟"),
        ("es", "¿Cuándo abre la biblioteca el domingo?"),
        ("tr", "Kütüphane pazar günü ne zaman açılıyor?"),
    ],
)
def test_other_languages_are_heard(lang: str, text: str) -> None:
    assert detect(text) == lang
