"""What a post asks of the municipality: kinds, answers that are needed, and stances."""

import pytest

from lyhord.model import Tags
from services.enrich.tagger import Tagger


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(model=None)


def tag(tagger: Tagger, text: str) -> Tags:
    return tagger.tag(text, author_role="citizen", municipality="1880")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("question", "När öppnar biblioteket?"),
        ("question", "undrar när biblioteket öppnar"),
        ("question", "vet någon om återvinningscentralen är öppen på lördag"),
        ("question", "Vattnet är borta på Storgatan, när kommer det tillbaka?"),
        ("question", "Milloin kirjasto aukeaa?"),
        ("question", "متى تفتح المكتبة؟"),
        ("request", "Kan ni laga gatlampan på Ekgatan"),
        ("request", "Ring mig om mitt bygglov, snälla"),
        ("request", "Ploga Tallvägen!"),
        ("report", "Gatlampan på Tallvägen är släckt"),
        ("report", "Det ligger ett träd över cykelbanan vid skolan"),
        ("complaint", "Helt oacceptabelt att skolan inte svarar"),
        ("complaint", "Hur svårt kan det vara att ploga en gata?"),
        ("complaint", "Vilken fantastisk snöröjning... inte plogat på fyra dagar"),
        ("complaint", "Gatlampan är trasig igen, så jävla dåligt skött av kommunen"),
        ("suggestion", "Det vore bra med fler papperskorgar i parken"),
        ("suggestion", "Kan ni inte öppna badet tidigare på helgen?"),
        ("thanks", "Tack för snabb hjälp med vattnet!"),
        ("praise", "Nya lekplatsen är underbar"),
        ("praise", "Visst är nya parken fin?"),
        ("information", "Biblioteket har öppet till 18 i dag"),
        ("other", "🎉🎉"),
        ("other", "God morgon på er"),
        ("other", "@vännen ska vi ses på lördag?"),
        ("other", ""),
    ],
)
def test_kinds(tagger: Tagger, kind: str, text: str) -> None:
    assert tag(tagger, text).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "undrar när biblioteket öppnar",
        "Vilken fantastisk snöröjning... inte plogat på fyra dagar",
        "Gatlampan på Tallvägen är släckt",
        "Det vore bra med fler papperskorgar i parken",
        "When does the library open?",
        "Jag har fortfarande inte fått svar på min fråga om skolskjuts, när kommer den?",
    ],
)
def test_what_needs_an_answer(tagger: Tagger, text: str) -> None:
    assert tag(tagger, text).needs_answer
    assert tagger.tag(text, author_role="unknown").needs_answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tack för hjälpen!",
        "Grattis på födelsedagen!",
        "Visst är nya parken fin?",
        "Säljer cykel, swish går bra",
        "Vittnen sökes: någon som såg olyckan vid torget?",
        "https://example.com/",
        "@vännen ska vi ses på lördag?",
        "Jag är så trött på regnet",
    ],
)
def test_what_needs_none(tagger: Tagger, text: str) -> None:
    assert not tag(tagger, text).needs_answer


@pytest.mark.parametrize(
    ("kind", "sentiment", "text"),
    [
        ("information", "neutral", "Vattnet stängs av på Ekgatan i morgon kl. 9."),
        ("information", "neutral", "När öppnar badet? Den 1 juni!"),
        ("information", "negative", "Vi beklagar att sophämtningen är försenad."),
        ("information", "neutral", "Hej! Tack för din fråga. Biblioteket öppnar kl. 10."),
        ("thanks", "positive", "Tack alla som kom på dialogmötet!"),
        ("praise", "positive", "Vi är så stolta över våra medarbetare, grattis till priset!"),
    ],
)
def test_a_municipality_s_own_posts(tagger: Tagger, kind: str, sentiment: str, text: str) -> None:
    tags = tagger.tag(text, author_role="municipality", municipality="1880")
    assert (tags.kind, tags.sentiment.label) == (kind, sentiment)
    assert not tags.needs_answer
    assert tags.stance == "none"


@pytest.mark.parametrize(
    ("stance", "text"),
    [
        ("against", "Nej till höghus i parken"),
        ("against", "Lägg inte ner skolan i byn!"),
        ("against", "Rädda simhallen!"),
        ("for", "Jag stödjer förslaget om en bilfri gata"),
        ("for", "Bra beslut om cykelbanan!"),
        ("none", "Snöröjningen är usel"),
        ("none", "När byggs nya badhuset?"),
    ],
)
def test_stances(tagger: Tagger, stance: str, text: str) -> None:
    assert tag(tagger, text).stance == stance
