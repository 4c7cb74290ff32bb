"""`--map` and `--set`: files with other columns become posts."""

import io
from typing import Any

import pytest

from lyhord.errors import Misuse
from lyhord.model import Post
from lyhord.ports import Row
from services.ingest.columns import Columns
from services.ingest.incoming import Incoming
from services.ingest.sources.csv_file import read_csv


def applied(columns: Columns, data: dict[str, Any], *, line: int = 7) -> object:
    (row,) = columns.apply([Row("in.jsonl", line, data=data)])
    return row.data


def from_csv(columns: Columns, content: str) -> list[object]:
    rows = columns.apply(read_csv(io.BytesIO(content.encode()), "in.csv"))
    return [row.error or row.data for row in rows]


def test_the_door_reads_what_a_post_has() -> None:
    assert Incoming.model_fields.keys() == Post.model_fields.keys()


def test_columns_are_renamed_and_fields_set() -> None:
    columns = Columns(map={"text": "body", "id": "nr"}, set={"municipality": "1780"})
    assert from_csv(columns, "nr,body,extra\n5,Hej,x\n") == [
        {"id": "5", "text": "Hej", "extra": "x", "municipality": "1780"}
    ]


def test_without_options_rows_pass_unchanged() -> None:
    row = Row("in.jsonl", 1, data={"text": ""})
    assert list(Columns().apply([row])) == [row]


def test_a_row_that_could_not_be_read_stays_so() -> None:
    row = Row("in.jsonl", 1, error="is not valid JSON")
    assert list(Columns(set={"source": "blog"}).apply([row])) == [row]


def test_an_empty_mapped_text_is_an_empty_text_and_another_field_is_missing() -> None:
    columns = Columns(map={"text": "body", "account": "konto"})
    assert from_csv(columns, "body,konto\n,\nHej,A\n") == [
        {"text": ""},
        {"text": "Hej", "account": "A"},
    ]


def test_mapped_cells_get_their_fields_type() -> None:
    columns = Columns(
        map={"metrics.likes": "Gillar", "deleted": "Borttagen", "redactions": "Dolt"},
        set={"metrics.comments": "3"},
    )
    assert from_csv(columns, "Gillar,metrics.views,Borttagen,Dolt\n5,9,TRUE,telefon|e-post\n") == [
        {
            "metrics": {"likes": 5, "comments": 3, "views": 9},
            "deleted": True,
            "redactions": ["telefon", "e-post"],
        }
    ]


def test_metrics_of_another_type_are_left_to_the_door() -> None:
    columns = Columns(map={"metrics.likes": "likes"})
    assert applied(columns, {"likes": 5}) == {"metrics": {"likes": 5}}
    assert applied(columns, {"likes": 5, "metrics": 3}) == {"metrics": {"likes": 5}}
    assert applied(columns, {"likes": None}) == {"metrics": {"likes": None}}


def test_values_of_json_keep_their_type() -> None:
    columns = Columns(map={"id": "nr", "text": "body"})
    assert applied(columns, {"nr": 5, "body": ["a"]}) == {"id": 5, "text": ["a"]}


def test_a_mapped_column_wins_and_a_missing_one_leaves_the_field() -> None:
    columns = Columns(map={"text": "body"})
    assert applied(columns, {"text": "a", "body": "b"}) == {"text": "b"}
    assert applied(columns, {"text": "a"}) == {"text": "a"}


def test_columns_may_change_places_and_serve_twice() -> None:
    columns = Columns(map={"account": "author", "author": "account", "department": "author"})
    assert applied(columns, {"author": "x", "account": "y"}) == {
        "account": "x",
        "author": "y",
        "department": "x",
    }


def test_a_set_field_wins_over_the_files() -> None:
    columns = Columns(map={"source": "kanal"}, set={"source": "forum"})
    assert applied(columns, {"kanal": "blog", "source": "x"}) == {"source": "forum"}


def test_the_line_may_serve_as_id() -> None:
    columns = Columns(set={"id": "brev-{line}", "account": "{lines} {0}"})
    assert applied(columns, {}, line=12) == {"id": "brev-12", "account": "{lines} {0}"}


@pytest.mark.parametrize(
    "name", ["", "body", "ID", "text.x", "metrics", "metrics.", "metrics.hearts", "score", "topic"]
)
def test_a_field_that_no_post_has_is_misuse(name: str) -> None:
    with pytest.raises(Misuse, match="a post has no field"):
        Columns(map={name: "x"})
    with pytest.raises(Misuse, match="a post has no field"):
        Columns(set={name: "x"})


def test_a_municipality_may_be_named() -> None:
    assert applied(Columns(set={"municipality": "Hjo"}), {}) == {"municipality": "1497"}
    with pytest.raises(Misuse, match="'Atlantis' is neither"):
        Columns(set={"municipality": "Atlantis"})


def test_columns_that_no_row_had_are_known() -> None:
    columns = Columns(map={"text": "body", "url": "länk"})
    applied(columns, {"body": "Hej"})
    assert columns.unseen() == ["länk"]
