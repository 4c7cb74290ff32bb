"""Times: strict in, UTC out, and Stockholm's days without gaps."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord import times

MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 - hypothesis wants it bare
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T12:00:00Z", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("2024-05-01t12:00:00z", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("2024-05-01 12:00:00Z", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("2024-05-01T12:00:00+02:00", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T00:30:00+05:45", datetime(2024, 4, 30, 18, 45, tzinfo=UTC)),
        ("2024-05-01T12:00:00-00:00", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("2024-05-01T12:00:00.5Z", datetime(2024, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2024-05-01T12:00:00.1234567899999Z", datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2017-01-01T00:59:60+01:00", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_rfc_3339_is_read_as_utc(text: str, expected: datetime) -> None:
    assert times.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-05-01",
        "2024-05-01T12:00:00",
        "2024-05-01T12:00Z",
        "2024-05-01T12Z",
        "2024-05-01T12:00:00+0200",
        "2024-05-01T12:00:00+02",
        "2024-05-01T12:00:00 Z",
        "2024-05-01T12:00:00.Z",
        "2024-05-01T12:00:00,5Z",
        "2024-05-01T12:00:00Z\n",
        " 2024-05-01T12:00:00Z",
        "24-05-01T12:00:00Z",
        "02024-05-01T12:00:00Z",
        "+2024-05-01T12:00:00Z",
        "2024-5-1T12:00:00Z",
        "20240501T120000Z",
        "2024-W18-3T12:00:00Z",
        "2024-122T12:00:00Z",
        "1714564800",
        "1714564800.0",
        "now",
        "P1D",
        "٢٠٢٤-٠٥-٠١T١٢:٠٠:٠٠Z",
        "２０２４-05-01T12:00:00Z",
        "2024‐05‐01T12:00:00Z",
        "2024-05-01T12:00:00−02:00",
    ],
)
def test_anything_else_is_not_a_time(text: str) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        times.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30T12:00:00Z",
        "2023-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z",
        "2024-04-31T12:00:00Z",
        "2024-00-01T12:00:00Z",
        "2024-13-01T12:00:00Z",
        "2024-01-00T12:00:00Z",
        "2024-05-01T24:00:00Z",
        "2024-05-01T12:60:00Z",
        "2024-05-01T12:00:61Z",
        "2024-05-01T12:00:60Z",
        "2024-05-01T23:59:60+02:00",
        "2024-05-01T12:00:00+24:00",
        "2024-05-01T12:00:00+02:60",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_impossible_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a possible time"):
        times.parse(text)


@given(MOMENTS)
def test_what_is_written_is_read_back(moment: datetime) -> None:
    written = times.format_utc(moment)
    assert times.parse(written) == moment
    assert written.endswith("Z")
    assert ("." in written) == bool(moment.microsecond)


@given(MOMENTS, OFFSETS)
def test_the_offset_changes_the_writing_but_not_the_moment(moment: datetime, minutes: int) -> None:
    local = moment.replace(tzinfo=None) + timedelta(minutes=minutes)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    assert times.parse(f"{local.isoformat()}{sign}{hours:02}:{rest:02}") == moment


@given(st.text(max_size=60))
def test_no_text_is_worse_than_a_value_error(text: str) -> None:
    for read in (times.parse, times.parse_option):
        try:
            assert read(text).tzinfo is UTC
        except ValueError as error:
            assert str(error)  # noqa: PT017 - most texts raise, and some may not


@pytest.mark.parametrize(
    ("day", "midnight"),
    [
        ("2024-01-15", "2024-01-14T23:00:00Z"),
        ("2024-07-15", "2024-07-14T22:00:00Z"),
        ("2024-03-31", "2024-03-30T23:00:00Z"),
        ("2024-04-01", "2024-03-31T22:00:00Z"),
        ("2024-10-27", "2024-10-26T22:00:00Z"),
        ("2024-10-28", "2024-10-27T23:00:00Z"),
    ],
)
def test_a_bare_date_is_midnight_in_stockholm(day: str, midnight: str) -> None:
    assert times.format_utc(times.parse_option(day)) == midnight
    assert times.local_day(times.parse_option(day)) == day


def test_an_option_may_be_a_full_time() -> None:
    assert times.parse_option("2024-05-01T12:00:00+02:00") == datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024-02-30", "0001-01-01", "0000-01-01", "1/5 2024", "2024-05"])
def test_an_impossible_option_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        times.parse_option(text)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(9998, 1, 1)))
def test_days_in_stockholm_follow_without_gap_or_overlap(day: date) -> None:
    begins, ends = times.local_midnight(day), times.local_midnight(day + timedelta(days=1))
    assert timedelta(hours=23) <= ends - begins <= timedelta(hours=25)
    assert times.local_day(begins) == day.isoformat()
    assert times.local_day(ends - timedelta(microseconds=1)) == day.isoformat()


@given(MOMENTS, MOMENTS)
def test_microseconds_are_exact(one: datetime, other: datetime) -> None:
    assert (times.micros(one) < times.micros(other)) == (one < other)
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=times.micros(one)) == one


def test_hostile_length_costs_linear_time() -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        times.parse("2024-05-01T12:00:00." + "9" * 5_000_000 + "x")
