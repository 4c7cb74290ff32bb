"""The pipeline in spaCy's frame: each component alone, and left out; documents are their texts."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from lyhord.model import Entity
from services.enrich.nlp import officials, pipeline
from services.enrich.nlp.reading import Reading, reading_of
from services.enrich.nlp.texts import Text
from services.enrich.nlp.tokens import tokenised
from services.enrich.stage import stage
from services.enrich.tagger import Tagger

ORDER = [
    *("language", "personal_data", "lemmas", "places", "names", "rules", "models", "kinds"),
    *("topics", "sentiment", "fingerprint"),
]
LEAK = "Vilken fantastisk vattenläcka på Storgatan i Fagersta... tredje dagen, tack för ingenting"


@pytest.fixture(scope="module")
def nlp() -> Language:
    return pipeline.load()


def read(nlp: Language, text: str) -> Reading:
    return reading_of(nlp(text))


def test_the_components_stand_in_their_order(nlp: Language) -> None:
    assert nlp.pipe_names == ORDER
    assert pipeline.build().pipe_names == ORDER


@given(text=st.text(max_size=60))
def test_tokens_are_the_text(nlp: Language, text: str) -> None:
    with nlp.memory_zone():
        words = reading_of(nlp.make_doc(text)).words
        known = text[words[0].start :] if words else ""
        assert tokenised(nlp.vocab, text, words).text == known


@pytest.mark.parametrize(
    ("component", "field"),
    [
        ("lemmas", "lemmas"),
        ("places", "places"),
        ("fingerprint", "fingerprint"),
        ("rules", "ruled"),
    ],
)
def test_a_component_alone_fills_its_field_and_left_out_leaves_it(
    component: str, field: str
) -> None:
    untouched = getattr(Reading("", ()), field)
    alone = pipeline.build(without=[each for each in ORDER if each != component])
    assert getattr(read(alone, LEAK), field) != untouched
    without = pipeline.build(without=[component, "names"])
    assert getattr(read(without, LEAK), field) == untouched


def test_without_models_the_rules_judge() -> None:
    ruled = read(pipeline.build(without=["names"]), LEAK)
    assert ruled.likely == {}
    assert (ruled.topics[0].label, ruled.sentiment.label) == ("vatten_avlopp", "negative")
    neither = read(pipeline.build(without=["names", "rules"]), LEAK)
    assert (neither.topics[0].label, neither.sentiment.label) == ("ovrigt", "neutral")


def test_what_the_door_missed_is_found(nlp: Language) -> None:
    found = read(nlp, "Mitt nummer är 070-174 06 05, ring!").personal
    assert [(each.kind, each.start, each.end) for each in found] == [("telefon", 15, 28)]


def test_what_the_door_missed_is_told_without_the_text(caplog: pytest.LogCaptureFixture) -> None:
    Tagger.load(names="off").tag("Mitt nummer är 070-174 06 05, ring!")
    assert [each.getMessage() for each in caplog.records] == [
        "personal data passed the door unmasked: {'telefon': 1}"
    ]


def test_names_are_found_where_one_can_be(nlp: Language) -> None:
    reading = read(nlp, "Jag pratade med Kristina Lindqvist på Försäkringskassan i Fagersta.")
    assert {(each.text, each.kind) for each in reading.entities} >= {("Kristina Lindqvist", "PER")}
    assert all(each.text != "Fagersta" for each in reading.entities)
    assert read(nlp, "Tack för hjälpen. Vattnet är borta igen!").entities == ()
    assert read(nlp, "HEJ DÅ KRISTINA LINDQVIST").entities == ()


def test_private_names_are_masked_and_officials_are_not() -> None:
    text = "Tack Kristina! Men kommunalrådet Bo Ek svarar aldrig, säger Anna Berg, rektor."
    names = ("Kristina", "Bo Ek", "Anna Berg")
    entities = [
        Entity(text=name, kind="PER", start=text.index(name), end=text.index(name) + len(name))
        for name in names
    ]
    masked = officials.mask(text, entities)
    assert masked == text.replace("Kristina", "[namn]")
    assert officials.mask(text, ()) == text


def test_masking_is_done_on_request_and_what_is_kept_is_tagged() -> None:
    text = Text("Jag pratade med Kristina Lindqvist om avgiften.", "citizen")
    kept, tags = Tagger.load(names="mask").tag_masked([text])[0]
    assert kept == "Jag pratade med [namn] om avgiften."
    assert "lindqvist" not in tags.lemmas
    assert tags.entities == ()
    assert Tagger.load(names="off").tag(text.text).entities == ()


def test_the_stage_keeps_a_post_with_its_names_masked_and_says_so() -> None:
    post = {
        "text": "Jag pratade med Kristina Lindqvist om avgiften.",
        "author_role": "citizen",
        "municipality": "1880",
        "deleted": False,
        "redactions": ["telefon"],
    }
    gone = post | {"text": "", "deleted": True}
    posts = [(key, orjson.dumps(value)) for key, value in (("x:1", post), ("x:2", gone))]
    records, rejections = stage(posts, Tagger.load(names="mask"))
    assert rejections == []
    kept, tombstone = (orjson.loads(record.value) for record in records)
    assert kept["post"] == post | {
        "text": "Jag pratade med [namn] om avgiften.",
        "redactions": ["namn", "telefon"],
    }
    assert kept["tags"]["entities"] == []
    assert tombstone == {"post": gone, "tags": None}


def test_many_at_once_are_tagged_as_one_by_one() -> None:
    tagger = Tagger.load()
    texts = [Text(LEAK, "citizen"), Text("", "unknown"), Text("Välkommen!", "municipality")]
    assert tagger.tag_all(texts) == [
        tagger.tag(each.text, author_role=each.author_role) for each in texts
    ]


def test_the_command_line_starts_without_spacy() -> None:
    told = "import sys, services.cli, services.enrich.pool; print('spacy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert done.stdout.strip() == "False"
