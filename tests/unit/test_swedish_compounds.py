"""Compounds must be found by their parts, and words that only look like compounds must not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.swedish import lemma, parts, splits

PARTS = """
vattenläcka läcka vatten
grundskola skola grund
grundskolelärare grundskola skola lärare grund
skolgård skola gård
gatubelysning gata belysning
kyrkogård kyrka gård
barnomsorgsavgift barnomsorg barn omsorg avgift
snöröjning snö röjning
lekplats lek plats
äldreboende boende äldre
äldreomsorg omsorg äldre
hemtjänst tjänst hem
återvinningsstation återvinning station
elräkning el räkning
stadsbibliotek stad bibliotek
cykelväg cykel väg
cykelbana cykel bana
sophämtning hämtning sopor
soptunna tunna sopor
badhus hus bad
ishall is hall
simhall hall simma
kollektivtrafik trafik kollektiv
busshållplats buss hållplats
busstation buss station
gatlykta lykta gata
trafikljus trafik ljus
parkeringsplats parkering plats
parkeringsbot parkering bot
bygglov lov bygga
detaljplan plan detalj
kommunstyrelse kommun styrelse
kommunfullmäktige kommun fullmäktige
barnfamilj barn familj
skolskjuts skola skjuts
skolmat skola mat
förskollärare lärare förskola
elsparkcykel el cykel sparkcykel
laddstolpe stolpe
vattenavgift vatten avgift
vattenmätare vatten mätare
avloppsbrunn avlopp brunn
dricksvatten vatten
kranvatten vatten kran
översvämningsrisk översvämning risk
snöplog snö plog
vinterväghållning vinter väghållning
halkbekämpning bekämpning halka
trottoarkant trottoar kant
gångväg gång väg
övergångsställe övergång ställe
hundrastgård hund rastgård gård
papperskorg papper korg
skräpkorg skräp korg
matavfall mat avfall
hushållsavfall hushåll avfall
fjärrvärme värme
vindkraftverk vindkraft kraftverk
solcell sol cell
bostadskö bostad kö
hyreshus hyra hus
fritidsgård fritid gård
kulturhus kultur hus
musikskola musik skola
idrottsplats idrott plats
konstgräsplan konstgräs gräs plan
ridhus hus rida
skogsbrand skog brand
brandman brand
räddningstjänst räddning tjänst
polisstation polis station
strömavbrott ström avbrott
elavbrott el avbrott
bredbandsnät bredband nät
gatuarbete gata arbete
vägarbete väg arbete
stadspark stad park
torghandel torg handel
tågstation tåg station
pendeltåg pendel tåg
medborgardialog medborgare dialog
medborgarförslag medborgare förslag
biblioteksbok bibliotek bok
skolbibliotek skola bibliotek
sommarlov sommar lov
höstlov höst lov
julmarknad jul marknad
valresultat val resultat
budgetförslag budget förslag
socialtjänst social tjänst
nattvandrare natt vandrare
strandpromenad strand promenad
badplats plats bad
badvatten vatten bad
va-avgift va avgift
vaavgift va avgift
e-tjänst tjänst
malmöpolitiker malmö politiker
skolnedläggning skola nedläggning
gruppboende grupp boende
vårdcentral vård central
tandvård tand vård
småhus hus liten
nybygge bygge ny
storstad stor stad
rödljus röd ljus
köksavfall kök avfall
arbetsmarknadsenhet arbetsmarknad enhet
jourtelefon jour telefon
felanmälan fel anmälan
trädgårdsavfall trädgård avfall
julgran jul gran
stolpbelysning stolpe belysning
gatubelysningsstolpe gatubelysning gata belysning stolpe
"""
NEVER = """
ansvar svar
arbetare tare
automat mat
avgift gift
avslut slut
badminton bad
balkong kong
ballong ball
barnen en
beslut slut
besvär svär
biljett jett
brukbar bar
byggnad nad
dokument dok
dålig lig
fabrik brik
farlig lig
final al
format mat
framtid tid
fönster fön
förskola kola
försvar svar
grundande ande
grundskola kola
hallon hall
halmstad stad
inbrott brott
kalas las
kanal anal
karlstad stad
klimat mat
kommun mun
kontor tor
kostnad nad
kostym kost
kärlek kär
kärlek lek
köping ping
leksand lek
livsmedel del
lokal kal
lärare are
matematik mat
maten en
medborgare borgare
medel del
medlem lem
moment ment
moral oral
motion ion
musik sik
månad nad
nation nat
onsdag dag
ordförande ande
panik ik
parkera era
parkering ring
parkeringen ring
patient tient
pension ion
person son
planera era
polis is
politik tik
president dent
problem lem
rapport ort
religion region
restaurang rang
rolig lig
salong ong
samhälle hälle
samtal tal
semester mester
sjukvård sju
skandal dal
skillnad nad
skolja skola
skolka skola
sommar mar
staden en
station ion
strömstad ström
student stud
system stem
tallrik tall
tavla la
tiden en
tomat mat
torg torg
trafik fik
transport port
trygghet het
uppdrag drag
uppgift gift
utbildning bild
utbildning bildning
utgift gift
vattnet net
vinter vin
vitamin min
vänskap skap
ärende ren
åtgärd gärd
örebro bro
örebros bro
grundskola kola
skolgård kola
människor skor
matte te
närvara vara
fortsätta fort
handläggare hand
självständig ständig
räddningstjänst ting
"""
APART = """
vattenläcka vatten+läcka
skolgård skola+gård
barnomsorgsavgift barnomsorg+avgift barn+omsorg+avgift
grundskolelärare grundskola+lärare grund+skola+lärare
va-avgift va+avgift
vaavgift va+avgift
elsparkcykel el+sparkcykel el+spark+cykel
busstation buss+station
"""


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


@pytest.mark.parametrize("row", rows(PARTS), ids=lambda row: row[0])
def test_a_compound_has_its_parts(row: list[str]) -> None:
    word, *expected = row
    found = parts(lemma(word))
    assert set(expected) <= set(found)
    assert lemma(word) not in found


@pytest.mark.parametrize(("word", "part"), rows(NEVER))
def test_what_only_looks_like_a_part_is_none(word: str, part: str) -> None:
    assert part not in parts(lemma(word))


@pytest.mark.parametrize("row", rows(APART), ids=lambda row: row[0])
def test_a_compound_may_be_written_apart(row: list[str]) -> None:
    word, *expected = row
    assert splits(word) == tuple(tuple(parts.split("+")) for parts in expected)


@given(st.text(alphabet="aeoåäösklmnrtgv", max_size=30))
def test_parts_are_words_and_never_the_word_itself(word: str) -> None:
    found = parts(word)
    assert word not in found
    assert len(set(found)) == len(found)
    assert all(found)
    for split in splits(word):
        assert 2 <= len(split) <= 3


def test_a_heap_of_first_parts_is_given_up_soon() -> None:
    started = time.process_time()
    for length in range(40, 60):
        parts(("skolgatuvattenelkyrko" * 3)[:length])
        parts(("aoe" * 20)[:length])
    assert time.process_time() - started < 2
