"""Where named places lie: which namesake is meant, and what a street or school lies in."""

from collections.abc import Sequence
from typing import NamedTuple

from lyhord.model import Place
from lyhord.municipalities import get
from services.enrich.nlp.gazetteer import PlaceKind, Site
from services.enrich.nlp.words import Word

# How many places further on, or back, a street's town is looked for.
_FARTHEST = 3


class Named(NamedTuple):
    """A place's name at the words ``first`` to ``last`` (inclusive), and the sites it may mean."""

    kind: PlaceKind
    first: int
    last: int
    sites: Sequence[Site] = ()


def resolved(
    text: str, words: Sequence[Word], names: Sequence[Named], *, home: str | None
) -> tuple[Place, ...]:
    """Make places of names.

    Of namesakes a municipality is meant before the one in `home` (the post's own municipality, an
    SCB code), before one in a municipality that the text names, before the largest. What has no
    position of its own gets that of the town named next, else of `home`; `precision` says so.
    """
    told = {each.sites[0].municipality for each in names if each.kind == "municipality"}
    sites = [_meant(each.sites, home, told) for each in names]
    places = []
    for at, (name, site) in enumerate(zip(names, sites, strict=True)):
        first = words[name.first]
        start, end = first.start + (first.term.kind == "hashtag"), words[name.last].end
        around = site or _around(at, names, sites, words, home) or Site(name.kind)
        places.append(
            Place(
                text=text[start:end],
                kind=site.kind if site else name.kind,
                start=start,
                end=end,
                municipality=around.municipality,
                lat=around.lat,
                lon=around.lon,
                precision=around.precision,
            )
        )
    return tuple(places)


def _meant(sites: Sequence[Site], home: str | None, told: set[str | None]) -> Site | None:
    return max(
        sites,
        key=lambda site: (
            site.kind == "municipality",
            site.municipality == home and home is not None,
            site.municipality in told,
            site.population,
        ),
        default=None,
    )


def _around(
    at: int,
    names: Sequence[Named],
    sites: Sequence[Site | None],
    words: Sequence[Word],
    home: str | None,
) -> Site | None:
    """Find what a street lies in: the town named after it in the sentence, else the post's own."""
    sentence = words[names[at].first].sentence
    behind = slice(at + 1, at + 1 + _FARTHEST)
    for name, site in zip(names[behind], sites[behind], strict=True):
        if site and site.municipality and words[name.first].sentence == sentence:
            return site
    own = get(home) if home else None
    if own:
        return Site("municipality", own.code, own.lat, own.lon, "municipality")
    before = slice(max(0, at - _FARTHEST), at)
    return next((site for site in reversed(sites[before]) if site and site.municipality), None)
