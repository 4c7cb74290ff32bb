"""Inflected forms of one word must meet in a lemma."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from lyhord.swedish import exact, known, lemma, lemmas

MEET = """
vattenläcka vattenläckan vattenläckor vattenläckorna vattenläckans vattenläckornas
gata gatan gator gatorna gatans gatornas
skola skolan skolor skolorna skolans skolornas
förskola förskolan förskolor förskolornas
läcka läckan läckor läckorna läcker läckte läckt läckande
väg vägen vägar vägarna vägens vägarnas vägs
bro bron broar broarna brons
buss bussen bussar bussarna bussens
bok boken böcker böckerna böckernas
barn barnet barnen barnens barns
hus huset husen husens
äpple äpplet äpplen äpplena
fönster fönstret fönstren fönstrens
cykel cykeln cyklar cyklarna cykelns
pojke pojken pojkar pojkarnas
lärare läraren lärarna lärarens lärarnas
elev eleven elever eleverna
förälder föräldern föräldrar föräldrarna föräldrarnas
mannen män männen männens
fot foten fötter fötterna
hand handen händer händerna
tand tanden tänder tänderna
bonde bonden bönder bönderna
natt natten nätter nätterna
stad staden städer städerna stadens stan
land landet länder ländernas
son sonen söner sönerna
dotter dottern döttrar döttrarna
bror brodern bröder bröderna
mus musen möss mössen
gås gåsen gäss gässen
öga ögat ögon ögonen
öra örat öron öronen
hjärta hjärtat hjärtan hjärtana
museum museet museer museerna
centrum centrumet
kommun kommunen kommuner kommunerna kommunens kommunernas
bibliotek biblioteket biblioteken bibliotekets
badhus badhuset badhusen
lekplats lekplatsen lekplatser lekplatserna
parkering parkeringen parkeringar parkeringarna
avgift avgiften avgifter avgifterna
taxa taxan taxor taxorna
soptunna soptunnan soptunnor
återvinningsstation återvinningsstationen återvinningsstationer
höstlov höstlovet höstloven
äldreboende äldreboendet äldreboenden äldreboendena
medborgare medborgaren medborgarna medborgarnas
tjänsteman tjänstemannen tjänstemän tjänstemännen
politiker politikern politikerna politikernas
ledamot ledamoten ledamöter ledamöterna
bostad bostaden bostäder bostäderna
lägenhet lägenheten lägenheter lägenheterna
vatten vattnet vattnets vattens
avlopp avloppet avloppen
brunn brunnen brunnar brunnarna
rör röret rören rörens
hål hålet hålen
pengar pengarna pengarnas
klagomål klagomålet klagomålen
idé idén idéer idéerna
kafé kaféet kaféer
elsparkcykel elsparkcykeln elsparkcyklar elsparkcyklarna elsparkcyklarnas
laddstolpe laddstolpen laddstolpar laddstolparna
snöröjning snöröjningen snöröjningens
gruppboende gruppboendet gruppboenden
vindkraftverkspark vindkraftverksparken vindkraftverksparker
cykelgarage cykelgaraget cykelgaragen
skolskjutsupphandling skolskjutsupphandlingen skolskjutsupphandlingar
ploga plogar plogade plogat plogad plogas plogades plogats
röja röjer röjde röjt röjd röjda röjs röjdes
sanda sandar sandade sandat sandad
skotta skottar skottade skottat
springa springer sprang sprungit sprungen
skriva skriver skrev skrivit skriven skrivna skrivs
gå går gick gått
komma kommer kom kommit
vara är var varit vore
ha har hade haft
få får fick fått
göra gör gjorde gjort gjord gjorda görs
se ser såg sett
ta tar tog tagit tagen tas togs
ge ger gav gett givit ges
bli blir blev blivit
ligga ligger låg legat
stå står stod stått
säga säger sa sagt sade sägs
veta vet visste vetat
vilja vill ville velat
kunna kan kunde kunnat
ska skulle skall
bygga bygger byggde byggt byggd byggda byggs
stänga stänger stängde stängt stängd stängda stängs
stjäla stjäl stal stulit stulen stulna
frysa fryser frös frusit frusen
bryta bryter bröt brutit bruten brutna
sälja säljer sålde sålt såld
välja väljer valde valt vald valda
lägga lägger lade lagt lagd la
köra kör körde kört körd
tycka tycker tyckte tyckt tycks
fungera fungerar fungerade fungerat
klaga klagar klagade klagat
svara svarar svarade svarat
undra undrar undrade undrat
hoppas hoppades hoppats
trivas trivs trivdes trivts
minnas minns mindes
swisha swishar swishade swishat
halka halkar halkade halkat
översvämma översvämmad översvämmade översvämmat översvämmas
lysa lyser lyste lyst
släcka släckt släckte släcker släckta
förstöra förstör förstörde förstört förstörd
dålig dåligt dåliga sämre sämst sämsta värre värst värsta
bra bättre bäst bästa
god gott goda bättre
stor stort stora större störst största
liten litet lilla små mindre minst minsta
gammal gammalt gamla äldre äldst äldsta
ung ungt unga yngre yngst
hög högt höga högre högst högsta
låg lågt låga lägre lägst
lång långt långa längre längst längsta
tung tungt tunga tyngre tyngst
många fler flera flest flesta
mycket mer mera mest
snabb snabbt snabba snabbare snabbast snabbaste
trasig trasigt trasiga trasigare
farlig farligt farliga farligare farligast farligaste
mörk mörkt mörka mörkare mörkast
vacker vackert vackra vackrare vackrast vackraste
säker säkert säkra säkrare säkrast
öppen öppet öppna öppnare
enkel enkelt enkla enklare enklast
trygg tryggt trygga tryggare
otrygg otryggt otrygga otryggare
rolig roligt roliga roligare roligast
ny nytt nya nyare nyast
smutsig smutsigt smutsiga smutsigare
hal halt hala halare
blå blått blåa
glad glatt glada gladare
röd rött röda
svensk svenskt svenska svenskar
örebro Örebros Örebro
malmö Malmö Malmös
göteborg Göteborg Göteborgs
västerås Västerås
åre Åre Åres
boden Boden Bodens
kiruna Kirunas
upplands Upplands
e-post e-posten e-postens
va-avgift va-avgiften va-avgifter va-avgifterna
70-tal 70-talet 70-talets
svt svts
blockchain blockchainen blockchains
kombuchan kombucha
jättebra jättebraaaa
"""


def groups() -> list[list[str]]:
    lines = (line.split() for line in MEET.strip().splitlines())
    return [[word.casefold() for word in line] for line in lines]


@pytest.mark.parametrize("group", groups(), ids=lambda group: group[0])
def test_forms_of_one_word_share_a_lemma(group: list[str]) -> None:
    shared = set.intersection(*(set(lemmas(word)) for word in group))
    assert shared, {word: lemmas(word) for word in group}


BASES = """
sämre dålig
bättre bra
bäst bra
värre dålig
äldre gammal
större stor
fler många
plogat ploga
plogad ploga
plogade ploga
örebros örebro
elsparkcyklarnas elsparkcykel
swishade swisha
höstlovet höstlov
snöröjningen snöröjning
bron bro
planen plan
ska ska
sålt sälja
skrivet skriva
gatornas gata
svt:s svt
e-posten e-post
skol skola
tjoho tjoho
"""


@pytest.mark.parametrize(("form", "base"), [line.split() for line in BASES.strip().splitlines()])
def test_a_form_has_its_likeliest_base(form: str, base: str) -> None:
    assert lemma(form) == base


@pytest.mark.parametrize(
    ("form", "bases"), [("får", {"få", "får"}), ("läcker", {"läcka", "läcker"})]
)
def test_a_form_may_have_several_bases(form: str, bases: set[str]) -> None:
    assert set(lemmas(form)) == bases


@pytest.mark.parametrize(
    ("one", "other"),
    [("skola", "ska"), ("varor", "är"), ("män", "man"), ("färre", "får"), ("hoppa", "hoppas")],
)
def test_common_words_do_not_drown_others(one: str, other: str) -> None:
    assert not set(lemmas(one)) & set(lemmas(other))


def test_the_lexicon_holds_what_its_source_holds() -> None:
    source = DefaultDictionaryFactory().get_dictionary("sv")
    entries = sorted((form, base) for form, base in source.items() if form.isalpha())[::997]
    words = [(form.casefold(), base.casefold()) for form, base in entries]
    missing = [form for form, _ in words if not known(form)]
    agreeing = [form for form, base in words if base in lemmas(form)]
    assert len(words) > 900
    assert len(missing) < len(words) * 0.03
    assert len(agreeing) > len(words) * 0.96


@given(st.text(max_size=30).map(exact).filter(bool))
def test_every_word_has_a_base(word: str) -> None:
    found = lemmas(word)
    assert found
    assert all(found)
    assert len(set(found)) == len(found)
    assert lemma(word) == found[0]
