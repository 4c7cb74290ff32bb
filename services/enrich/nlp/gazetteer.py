"""The names of places that are known beforehand, and which of them a name means."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lyhord.municipalities import all_municipalities
from lyhord.swedish import tokenize
from services.enrich.nlp.lexicon import split
from services.enrich.nlp.words import Word

FILE = Path(__file__).parent / "data" / "localities.csv"

PlaceKind = Literal["street", "district", "locality", "municipality", "county", "poi", "nature"]
Precision = Literal["street", "district", "locality", "municipality"]


class Site(NamedTuple):
    """One place that a name may mean; ``population`` only ranks namesakes."""

    kind: PlaceKind
    municipality: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: Precision | None = None
    population: int = 0


class Match(NamedTuple):
    """A known name at the words ``first`` to ``last`` (inclusive), and what it may mean."""

    name: str
    first: int
    last: int
    sites: Sequence[Site]


class Gazetteer:
    """Municipalities, counties, localities, districts and waters by name."""

    def __init__(self, table: dict[str, Any]) -> None:
        """Take the tables of `places.toml`; localities and municipalities are read beside it."""
        self._names: dict[str, list[tuple[tuple[str, ...], str, list[Site]]]] = {}
        sites: dict[str, list[Site]] = {}
        for name, site in _sites(table):
            sites.setdefault(name, []).append(site)
        for name, found in sites.items():
            first, *rest = (token.text.lower() for token in tokenize(name))
            self._names.setdefault(first, []).append((tuple(rest), name.lower(), found))
        for names in self._names.values():
            names.sort(key=lambda entry: -len(entry[0]))

    def knows(self, form: str) -> bool:
        """Tell whether a name may begin with this word."""
        return form in self._names or (form[-1:] == "s" and form[:-1] in self._names)

    def match(self, words: Sequence[Word], at: int) -> Match | None:
        """Find the longest known name that starts at this word; a genitive -s may end it."""
        form = words[at].term.form
        for key in (form, form[:-1]) if form[-1:] == "s" else (form,):
            for rest, name, sites in self._names.get(key, ()):
                last = at + len(rest)
                if key != form and rest:
                    continue
                if last < len(words) and _follows(rest, words[at + 1 : last + 1]):
                    return Match(name, at, last, sites)
        return None


def _follows(rest: tuple[str, ...], words: Sequence[Word]) -> bool:
    if not rest:
        return True
    *inner, last = (word.term.form for word in words)
    return inner == list(rest[:-1]) and last in (rest[-1], rest[-1] + "s")


def _sites(table: dict[str, Any]) -> Iterator[tuple[str, Site]]:
    """Give every name with a site; a municipality stands for the locality of its name."""
    known = {}
    for each in all_municipalities():
        known[each.name] = each.code
        yield each.name, Site("municipality", each.code, each.lat, each.lon, "municipality")
    for name in split(table["counties"]):
        if name not in known:
            yield name, Site("county")
    for name in split(table["nature"]["names"]):
        if name not in known:
            yield name, Site("nature")
    seats = {each.code: each for each in all_municipalities()}
    for code, names in table["districts"].items():
        for name in split(names):
            seat = seats[code]
            yield name, Site("district", code, seat.lat, seat.lon, "municipality")
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name, code = row["name"], row["municipality"]
            if known.get(name) == code:
                continue
            kind: Literal["district", "locality"] = (
                "district" if row["kind"] == "district" else "locality"
            )
            lat, lon = float(row["lat"]), float(row["lon"])
            yield name, Site(kind, code, lat, lon, kind, int(row["population"] or 0))
