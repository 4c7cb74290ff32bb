"""The labels that posts carry, and what they are called in Swedish."""

from collections.abc import Mapping
from types import MappingProxyType


def _labels(**names: str) -> Mapping[str, str]:
    return MappingProxyType(names)


SOURCES = _labels(
    facebook="Facebook",
    youtube="YouTube",
    x="X",
    instagram="Instagram",
    mastodon="Mastodon",
    bluesky="Bluesky",
    blog="Blogg",
    forum="Forum",
    news="Nyheter",
    eservice="E-tjänst",
)
TOPICS = _labels(
    vatten_avlopp="Vatten och avlopp",
    skola_forskola="Skola och förskola",
    aldreomsorg="Äldreomsorg",
    trafik_vagar="Trafik och vägar",
    snorojning="Snöröjning",
    avfall="Avfall",
    kultur_fritid="Kultur och fritid",
    bygg_plan="Bygg och plan",
    naringsliv="Näringsliv",
    trygghet="Trygghet",
    politik_demokrati="Politik och demokrati",
    miljo="Miljö",
    krisberedskap="Krisberedskap",
    ovrigt="Övrigt",
)
OTHER_TOPIC = "ovrigt"
"""What a post is about that fits nowhere."""
SENTIMENTS = _labels(negative="Negativ", neutral="Neutral", positive="Positiv")
KINDS = _labels(
    question="Fråga",
    request="Begäran",
    report="Felanmälan",
    complaint="Klagomål",
    suggestion="Förslag",
    thanks="Tack",
    praise="Beröm",
    information="Information",
    other="Annat",
)
STANCES = _labels(**{"for": "För", "against": "Emot", "none": "Ingen"})
AUTHOR_ROLES = _labels(citizen="Invånare", municipality="Kommun", unknown="Okänd")
CITIZENS, OFFICIALS = ("citizen", "unknown"), ("municipality",)
"""Roles of authors: who is counted as a citizen where nobody told, and who is not."""
NEEDS_ANSWER = _labels(true="Behöver svar", false="Behöver inte svar")
PLACE_KINDS = _labels(
    street="Gata eller väg",
    district="Stadsdel",
    locality="Ort",
    municipality="Kommun",
    county="Län",
    poi="Besöksplats",
    nature="Natur",
)
