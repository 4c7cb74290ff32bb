"""CSV: encodings, delimiters, quoted line breaks, and how little a broken record may cost."""

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.formulas import unguard
from lyhord.ports import Row
from services.ingest.sources.csv_file import MAX_RECORD_LINES, nest, read_csv
from services.ingest.sources.lines import MAX_LINE

HEADER = "source,id,text\n"
CELLS = st.text(
    st.one_of(
        st.sampled_from(list("\",;\t\n\r|'=\x1e\x1f\u2028\u0085åÖ€")), st.characters(codec="utf-8")
    ),
    max_size=12,
).map(lambda cell: cell.replace("\x00", ""))


def rows(content: str | bytes) -> list[Row]:
    data = content.encode() if isinstance(content, str) else content
    return list(read_csv(io.BytesIO(data), "in.csv"))


def outcome(content: str | bytes) -> list[tuple[int | None, bool]]:
    return [(row.line, row.error is None) for row in rows(content)]


def texts(content: str | bytes) -> list[object]:
    return [(row.data or {}).get("text") for row in rows(content)]


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_a_writer_writes_is_read(
    table: list[list[str]], mark: str, end: str, quoting: int, encoding: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]  # the stubs want a literal
    writer.writerows([["text", "b", "c"], *table])
    found = rows(out.getvalue().encode(encoding))
    assert [row.error for row in found] == [None] * len(table)
    for row, cells in zip(found, table, strict=True):
        # A line end inside quotes is read as a line feed, whatever the file's line ends are.
        read = [unguard(cell.replace("\r\n", "\n")) for cell in cells]
        assert list((row.data or {}).values()) == read
    starts = [1]
    for cells in [["text", "b", "c"], *table]:
        starts.append(starts[-1] + 1 + sum(cell.count("\n") for cell in cells))
    assert [row.line for row in found] == starts[1:-1]


@given(st.text(st.sampled_from("abcåäöÅÄÖéü €–’…ß\u00a0"), max_size=30))
def test_windows_1252_is_found_by_looking(text: str) -> None:
    # å before a space is never UTF-8, whatever follows.
    assert texts(f"{HEADER}blog,1,å {text}\n".encode("cp1252")) == [f"å {text}"]


def test_one_bad_line_does_not_make_a_utf_8_file_windows_1252() -> None:
    good = "blog,{},Örebro\n"
    content = HEADER + good.format(1) + good.format(2)
    broken = content.encode() + "blog,3,Örebro\n".encode("cp1252") + good.format(4).encode()
    assert [row.error for row in rows(broken)] == [
        None,
        None,
        "is not valid utf-8 (byte 8 of a line)",
        None,
    ]
    assert texts(broken)[3] == "Örebro"


@pytest.mark.parametrize("header", ["source;id;text", "source\tid\ttext", '"source";"id";"text"'])
def test_the_delimiter_is_the_headers(header: str) -> None:
    mark = ";" if ";" in header else "\t"
    assert texts(f"{header}\nblog{mark}1{mark}hej, hej, hej\n") == ["hej, hej, hej"]


def test_a_record_is_numbered_where_it_starts() -> None:
    content = HEADER + 'blog,1,"rad\nrad\n\nrad"\n\nblog,2\nblog,3,"a\nb",för mycket\nblog,4,ok\n'
    assert outcome(content) == [(2, True), (7, False), (8, False), (10, True)]
    assert rows(content)[2].error == "has 4 cells where the header has 3"


@pytest.mark.parametrize(
    ("bad", "lines"),
    [
        ('blog,2,"aldrig stängd', 1),
        ('"blog,2,aldrig stängd', 1),
        ('blog,2,"stängd" för tidigt', 1),
        ('blog,2,"a"b"', 1),
        ("blog,2,nul\x00nul", 1),
        ('blog,2,"nul\x00\nblog,9,falsk"', 2),
        ("blog,2", 1),
        ("blog,2,a,b", 1),
        ("blog", 1),
        (" ", 1),
    ],
)
@pytest.mark.parametrize(
    "after", ["blog,3,ok", '"blog","3","ok"', 'blog,3,"o\nk"', 'blog,3,"""ok"""']
)
def test_a_bad_record_costs_only_itself(bad: str, lines: int, after: str) -> None:
    content = f"{HEADER}blog,1,ok\n{bad}\n{after}\n{after}\n"
    height = 1 + after.count("\n")
    third = 3 + lines
    assert outcome(content) == [(2, True), (3, False), (third, True), (third + height, True)]


def test_bytes_that_are_no_text_end_no_record_in_its_middle() -> None:
    content = (
        HEADER.encode() + b'blog,1,"a\n\xff\nblog,666,forged\n"\nblog,2,\xc3\xa5\nblog,3,\xc3\xa5\n'
    )
    assert outcome(content) == [(2, False), (6, True), (7, True)]


def test_a_text_of_many_short_lines_is_a_record() -> None:
    text = "kort rad\n" * (MAX_RECORD_LINES - 1)
    assert texts(f'{HEADER}blog,1,"{text}"\nblog,2,ok\n') == [text, "ok"]


@pytest.mark.parametrize("line", ['a",b,"c', '"a', 'x,"', '"""', 'a,"b\n"c","d'])
def test_quotes_that_are_never_closed_cost_linear_time(line: str) -> None:
    start = time.process_time()
    found = rows("a,b,c\n" + f"{line}\n" * 20_000)
    assert time.process_time() - start < 3
    assert len(found) >= 10_000


def test_a_line_over_twenty_megabytes_is_refused() -> None:
    assert outcome(f"{HEADER}blog,1,{'x' * MAX_LINE}\nblog,2,ok\n") == [(2, False), (3, True)]


def test_five_megabytes_of_text_are_a_row() -> None:
    text = 'Hej, "alla"; '.replace('"', '""') * 400_000
    assert len(str(texts(f'{HEADER}blog,1,"{text}"\n')[0])) > 5_000_000


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("source,,text\nblog,1,a\n", 1, "the header: has a column without a name"),
        ("id,text,id\n1,a,2\n", 1, "the header: names 'id' twice"),
        ("\nid,text, id\n1,a,2\n", 2, "the header: names 'id' twice"),
        ('id,"text\n1,a\n2,b\n', 1, "the header: a quote that is opened here is never closed"),
        ("id,te\x00xt\n1,a\n2,b\n", 1, "the header: contains a NUL byte"),
    ],
)
def test_without_a_header_nothing_is_read(content: str, line: int, reason: str) -> None:
    assert [(row.line, row.error) for row in rows(content)] == [(line, reason)]


def test_nothing_gives_nothing() -> None:
    assert (
        rows("") == rows("\n\n") == rows("\ufeff") == rows(HEADER) == rows("\ufeff" + HEADER) == []
    )


@pytest.mark.parametrize(
    "cell", ["=1+1", "@SUM(A1)", "<script>alert(1)</script>", "../../x", "';--"]
)
def test_what_only_looks_bad_is_text(cell: str) -> None:
    assert texts(f"\n{HEADER}blog,1,{cell}\n") == [cell]


def test_cells_become_fields() -> None:
    cells = {
        "id": "7",
        "text": "",
        "account": "",
        "metrics.likes": "12",
        "metrics.views": "",
        "metrics.shares": "-1",
        "deleted": "FALSE",
        "truncated": "ja",
        "redactions": "telefon|e-post",
        "egen": "",
    }
    assert nest(cells) == {
        "id": "7",
        "text": "",
        "metrics": {"likes": 12, "shares": "-1"},
        "deleted": False,
        "truncated": "ja",
        "redactions": ["telefon", "e-post"],
        "egen": "",
    }
