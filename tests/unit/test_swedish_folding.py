"""Words typed without dots must find the dotted ones, and Swedish ones must be left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.swedish import known, level, unfold
from lyhord.swedish.spelling import dots, dotted, plain

UNDOTTED = """
orebro örebro
malmo malmö
goteborg göteborg
jonkoping jönköping
vasteras västerås
linkoping linköping
norrkoping norrköping
vaxjo växjö
gavle gävle
boras borås
umea umeå
lulea luleå
skovde skövde
ostersund östersund
hassleholm hässleholm
angelholm ängelholm
ornskoldsvik örnsköldsvik
trollhattan trollhättan
sodertalje södertälje
taby täby
alvkarleby älvkarleby
tranas tranås
vannas vännäs
are åre
bastad båstad
laxa laxå
skane skåne
varmland värmland
vattenlacka vattenläcka
vattenlackor vattenläcka
vattenlackan vattenläcka
lackan läcka
snorojning snöröjning
snorojningen snöröjning
forskola förskola
forskolan förskola
forskolor förskola
forskollarare förskollärare
kyrkogard kyrkogård
skolgarden skolgård
gangvag gångväg
cykelvagen cykelväg
atervinningsstation återvinningsstation
aldreboende äldreboende
aldreomsorgen äldreomsorg
hemtjanst hemtjänst
hemtjansten hemtjänst
raddningstjansten räddningstjänst
socialtjansten socialtjänst
oppettider öppettid
trad träd
dalig dålig
samre dålig
battre bra
hogre hög
lagre låg
manga många
nar när
pa på
fran från
ocksa också
aven även
gor göra
gar gå
vagen väg
vagar väg
gatlampor gatlampa
belysningen belysning
nedskrapning nedskräpning
oversvamning översvämning
snon snö
hallplats hållplats
busshallplats busshållplats
sophamtning sophämtning
elrakning elräkning
barnfamiljer barnfamilj
fororening förorening
manniskor människa
foraldrar förälder
lararna lärare
larare lärare
ide idé
kafe kafé
cafe kafé
forslag förslag
fragor fråga
tranga trång
grasmatta gräsmatta
jattebra jättebra
elsparkcyklar elsparkcykel
e-tjanst e-tjänst
orebros örebro
malmos malmö
"""
AS_TYPED = """
far får
lacka läcka
mal mål
hal hål
hal häl
skal skäl
bara bära
vara vära
kal kål
vag väg
ratt rätt
hor hör
tal tål
halsa hälsa
gala gåla
kora köra
sno snö
bro brö
ko kö
skola sköla
svalt svält
tacka täcka
bagare bägare
halka hälka
rosta rösta
kalla källa
trosa trösa
lov löv
gran grän
"""


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("typed", "meant"), rows(UNDOTTED))
def test_dots_are_found(typed: str, meant: str) -> None:
    assert meant in level(typed, "word").lemmas


@pytest.mark.parametrize(("typed", "other"), rows(AS_TYPED))
def test_a_swedish_word_is_taken_as_typed(typed: str, other: str) -> None:
    assert known(typed)
    assert other not in unfold(typed)
    assert other not in level(typed, "word").lemmas


@pytest.mark.parametrize("word", ["örebro", "förskola", "kågbo", "åländsk", "öooao"])
def test_a_word_with_dots_is_taken_as_typed(word: str) -> None:
    assert unfold(word) == ()


def test_an_unknown_word_stays_beside_what_may_be_meant() -> None:
    assert set(level("orebro", "word").lemmas) == {"orebro", "örebro"}


def test_places_are_known() -> None:
    assert all(known(place) for place in ("örebro", "malmös", "åre", "hjo", "övertorneå"))


@given(st.text(alphabet="abceinouåäöéüñ", max_size=20))
def test_taking_the_dots_off_and_setting_them_again_changes_nothing(word: str) -> None:
    assert dotted(plain(word), dots(word)) == word
    assert len(plain(word)) == len(word)


@given(st.text(alphabet="aeobdrtsklvng", max_size=16))
def test_what_is_meant_differs_by_dots_alone(word: str) -> None:
    for meant in unfold(word):
        assert plain(meant) == word
        assert meant != word
