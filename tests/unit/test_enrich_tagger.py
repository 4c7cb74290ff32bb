"""The tagger as a whole: any string, any length, and a version that shows its data."""

import csv
import time
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyhord.labels import AUTHOR_ROLES
from lyhord.model import Place, Tags
from lyhord.municipalities import exists
from lyhord.swedish import search_text
from services.enrich.nlp import gazetteer, kinds, places, sentiment, topics
from services.enrich.nlp.lexicon import split
from services.enrich.tagger import Tagger


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load()


@settings(max_examples=300)
@given(st.text(), st.sampled_from(list(AUTHOR_ROLES)), st.sampled_from([None, "1780", "0000"]))
def test_any_string_is_tagged(
    tagger: Tagger, text: str, role: str, municipality: str | None
) -> None:
    tags = tagger.tag(text, author_role=role, municipality=municipality)  # type: ignore[arg-type]  # drawn from the roles
    assert Tags.model_validate_json(tags.model_dump_json()) == tags
    assert tags.topic == tags.topics[0].label
    assert tags.lemmas == search_text(text)
    assert not (role == "municipality" and tags.needs_answer)
    for place in tags.places:
        assert text[place.start : place.end] == place.text


def test_lone_surrogates_and_control_characters_are_tagged(tagger: Tagger) -> None:
    assert tagger.tag("\ud800 \x00 vatten\udfff").topic == "vatten_avlopp"


HOSTILE = [
    "a", "å ", "?", "...", "!?", "men ", "kan ni? ", "inte bra ", "Storgatan ", "Kil och ", "@",
    "#", "[", "https://", "E18 ", "väg 63, ", "😀", "👍🏻", "tack... ", "vattenvatten", "\n", "-",
    "läcka på ", "när är det ", "Norra ", "bra jobbat fixat trasig igen... ", "[telefon] ", "1.",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_hostile_texts_take_linear_time(tagger: Tagger, piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    start = time.process_time()
    tagger.tag(text, author_role="citizen", municipality="1780")
    assert time.process_time() - start < 5


def test_the_version_shows_the_data(tagger: Tagger, tmp_path: Path) -> None:
    own = tmp_path / "topics.toml"
    own.write_text('[hamn]\nname = "Hamnen"\nseeds = { 3 = "gästhamn" }\n')
    changed = Tagger.load(topics_file=own)
    assert tagger.model.startswith("svenska-2-")
    assert tagger.model == Tagger.load().model != changed.model
    assert changed.tag("gästhamnen").topic == "hamn"


def test_no_entry_stands_in_two_groups() -> None:
    weights = tomllib.loads(sentiment.FILE.read_text("utf-8"))["weights"].values()
    entries = [entry for group in weights for entry in split(group)]
    assert sorted({entry for entry in entries if entries.count(entry) > 1}) == []
    assert len(entries) > 1200


def test_every_topic_has_seeds_and_none_twice() -> None:
    tables = tomllib.loads(topics.FILE.read_text("utf-8"))
    tables.pop("stop")
    for label, table in tables.items():
        entries = [entry for group in table["seeds"].values() for entry in split(group)]
        assert sorted({entry for entry in entries if entries.count(entry) > 1}) == []
        assert label == topics.OTHER or len(entries) >= 80


def test_the_rules_name_only_kinds_of_places_and_cues_that_exist() -> None:
    table = tomllib.loads(places.FILE.read_text("utf-8"))
    known = set(get_args(Place.model_fields["kind"].annotation))
    for group in ("suffixes", "after_genitive", "before_name"):
        assert set(table[group]) <= known
    assert all(exists(code) for code in table["districts"])
    cues = set(tomllib.loads(kinds.FILE.read_text("utf-8"))["cues"])
    code = Path(kinds.__file__).read_text("utf-8")
    assert [cue for cue in sorted(cues) if f'"{cue}"' not in code] == ["polite"]


def test_localities_lie_in_sweden_and_in_municipalities() -> None:
    with gazetteer.FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 1900
    for row in rows:
        assert exists(row["municipality"]), row
        assert row["kind"] in {"locality", "district"}, row
        assert 55 < float(row["lat"]) < 69.1, row
        assert 10.9 < float(row["lon"]) < 24.2, row
