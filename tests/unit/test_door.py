"""The door: which records become posts, what becomes of their fields, and why others do not."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyhord.errors import Rejected
from lyhord.model import Post
from lyhord.privacy.pseudonyms import Pseudonymiser
from lyhord.times import format_utc
from services.ingest.door import MAX_ID, MAX_TEXT, Door

NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
VALID = {
    "source": "facebook",
    "id": "1",
    "text": "När öppnar badet?",
    "created_at": "2024-05-01T12:00:00+02:00",
    "municipality": "1780",
}
DOOR = Door(Pseudonymiser(bytes(32)), extra_sources=("nextdoor",))


def admit(**fields: Any) -> Post:
    return DOOR.admit(VALID | fields, now=NOW)


def refusal(**fields: Any) -> str:
    with pytest.raises(Rejected) as refused:
        admit(**fields)
    return str(refused.value)


def test_the_least_that_makes_a_post() -> None:
    post = admit()
    assert (post.key, post.municipality, post.author_role) == ("facebook:1", "1780", "unknown")
    assert post.created_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert post.fetched_at == NOW
    assert (post.account, post.author, post.truncated, post.redactions) == (None, None, False, ())


@pytest.mark.parametrize("name", ["source", "id", "text", "created_at", "municipality"])
def test_what_is_required_is_named(name: str) -> None:
    with pytest.raises(Rejected, match=f"{name}: is missing"):
        DOOR.admit({key: value for key, value in VALID.items() if key != name}, now=NOW)
    assert refusal(**{name: None}).startswith(f"{name}: ")


WRONG: list[tuple[str, list[Any]]] = [
    ("source", ["Facebook", "", "twitter", "facebook ", 5, ["facebook"], "\ud800"]),
    ("id", ["", " ", "\t\n", "\x00", True, False, 1.0, 1e400, [], {}, "x" * 401, "å" * 201]),
    ("id", [10**401, "facebook:", "facebook:" + "x" * 401, "facebook: ", "\x00" * 5000 + "1"]),
    ("municipality", ["", "0000", "9999", "178", "01780", "1780 ", "Karlstad", 1780, ["1780"]]),
    ("municipality", ["１７８０", "1780\n", "\ud800"]),
    ("text", [5, True, ["a"], {"sv": "a"}, 1.5]),
    ("created_at", ["", "2024-05-01", "2024-05-01T12:00:00", "1714564800", 1714564800]),
    ("created_at", [1714564800.0, True, ["2024-05-01T12:00:00Z"], "2024-02-30T12:00:00Z"]),
    ("created_at", ["1989-12-31T23:59:59Z", "2024-05-03T12:00:00.000001Z", "9999-12-31T23:59:59Z"]),
    ("edited_at", ["2024-05-01T12:00:00", "1970-01-01T00:00:00Z", "2034-05-01T12:00:00Z", 0]),
    ("deleted_at", ["2024-05-01", "2034-05-01T12:00:00Z", False]),
    ("fetched_at", ["2024-05-01", "1989-01-01T00:00:00Z", "2024-05-04T00:00:00Z", 1714564800]),
    ("author_role", ["Citizen", "", "admin", 1, ["citizen"]]),
    ("account", [5, True, [], "x" * 2001]),
    ("department", [5, {}, "x" * 2001]),
    ("author", [1.5, True, {"name": "x"}, "x" * 2001]),
    ("url", [5, ["https://example.org"], "https://example.org/" + "x" * 2000]),
    ("thread_id", ["", True, 1.0, "x" * 401, "facebook:"]),
    ("in_reply_to", ["", True, 1.0, "x" * 401, "facebook:", {"id": 1}]),
    ("metrics", [5, [], "many", True]),
    ("metrics.likes", [-1, 1.0, 1.5, "5", True, 2**53 + 1, 10**400]),
    ("deleted", ["true", 1, "false", 0, []]),
    ("truncated", ["no", 1]),
    ("redactions", ["telefon", ["namn"], [5], [["telefon"]], {"telefon": 1}]),
]


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG for value in values]
)
def test_wrong_values_are_refused_by_the_fields_name(field: str, value: Any) -> None:
    outer, _, inner = field.partition(".")
    reason = refusal(**{outer: {inner: value} if inner else value})
    assert reason.startswith(field)
    assert len(reason) < 300
    reason.encode()


def test_every_field_at_fault_is_named() -> None:
    reason = refusal(id=True, created_at="igår", metrics={"likes": -1})
    assert [part.split(":")[0] for part in reason.split("; ")] == [
        "id",
        "created_at",
        "metrics.likes",
    ]


@pytest.mark.parametrize(
    ("given_id", "own"),
    [
        ("facebook:1", "1"),
        (17, "17"),
        (-5, "-5"),
        (10**30, "1" + "0" * 30),
        ("x:1", "x:1"),
        ("facebook:facebook:1", "facebook:1"),
        ("Facebook:1", "Facebook:1"),
        ("x" * MAX_ID, "x" * MAX_ID),
        ("facebook:" + "å" * 200, "å" * 200),
        ("../../etc/passwd", "../../etc/passwd"),
        ("a\"b'c;--\\", "a\"b'c;--\\"),
        ("a\x00b", "ab"),
        ("a\u030a", "å"),
        (" 1 ", " 1 "),
    ],
)
def test_ids_come_in_either_form(given_id: object, own: str) -> None:
    assert admit(id=given_id).id == own
    assert admit(in_reply_to=given_id).in_reply_to == own
    assert admit(thread_id=given_id).thread_id == own
    assert admit(id=f"facebook:{own}").id == own


def test_a_thread_counts_only_without_a_reply() -> None:
    post = admit(thread_id="9", in_reply_to="facebook:8")
    assert (post.thread_id, post.in_reply_to) == (None, "8")
    assert admit(in_reply_to="mastodon:8").in_reply_to == "mastodon:8"


@pytest.mark.parametrize(
    "text",
    [
        "",
        '=HYPERLINK("http://example.org")',
        "<script>alert(1)</script>",
        "\u202eabc",
        "Z\u0335\u0321a\u0310\u0301l\u0327\u0316go",
        "a\u2028b",
        "rad\r\nrad",
        "👩\u200d👩\u200d👧 🇸🇪",
        "' OR 1=1; --",
        "${jndi:ldap://example.org}",
    ],
)
def test_what_only_looks_bad_is_kept(text: str) -> None:
    post = admit(text=text)
    assert (post.text, post.redactions) == (unicodedata.normalize("NFC", text), ())


def test_text_is_cleaned_and_half_characters_are_replaced() -> None:
    assert admit(text="A\u030a\x00 \ud83d").text == "Å \ufffd"


def test_long_text_is_cut_and_said_so() -> None:
    for size in (MAX_TEXT + 1, MAX_TEXT + 201, 5_000_000):
        post = admit(text="å " * size)
        assert (len(post.text), post.truncated) == (MAX_TEXT, True)
    assert not admit(text="å" * MAX_TEXT).truncated
    assert admit(truncated=True).truncated


@pytest.mark.parametrize("mails", [0, 500])
def test_no_cut_leaves_part_of_a_number(mails: int) -> None:
    start = "anna.andersson.karlsson@example.com " * mails
    for shift in range(0, 14, 3):
        filling = "x" * (MAX_TEXT - 1 - shift - len(start)) + " "
        text = admit(text=f"{start}{filling}{'070-174 06 05 ' * 60}").text
        assert "174" not in text
        assert len(text) > MAX_TEXT * 0.2


def test_times_may_lie_a_day_after_fetching() -> None:
    assert admit(created_at=format_utc(NOW + DAY)).created_at == NOW + DAY
    assert admit(created_at="1990-01-01T00:00:00Z").created_at
    late = format_utc(NOW - 30 * DAY)
    assert "more than a day" in refusal(fetched_at=late)


def test_authors_become_pseudonyms_that_differ_between_sources() -> None:
    names = {admit(author=a, source=s).author for a in ("Anna", 5) for s in ("x", "blog")}
    assert len(names) == 4
    assert all(str(name).startswith("p_") for name in names)
    assert admit(author="Anna", source="x").author in names
    assert (admit(author="").author, admit(author=None).author) == (None, None)


def test_the_code_of_a_municipality_that_was_named_is_told() -> None:
    assert "Karlstad's is 1780" in refusal(municipality="Karlstad")
    assert "'s is" not in refusal(municipality="Atlantis")
