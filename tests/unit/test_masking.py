"""Personal data is masked however it is written, and nothing else is."""

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lyhord.privacy.masking import Span, find, mask

PERSONNUMMER = "[personnummer]"
PHONE = "[telefon]"
ADDRESS = "[e-post]"
CARD = "[kortnummer]"

SURROUNDINGS = ("{}", "pnr{}.", "({})", "Kan någon återkomma om mitt ärende, {}?", "Anna, {} Hjo\n")


def check_digit(nine: str) -> str:
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(nine)]
    return str(-sum(each // 10 + each % 10 for each in doubled) % 10)


@st.composite
def identity_numbers(draw: st.DrawFn, *, added: int = 0) -> str:
    """Draw YYYYMMDDNNNN with Skatteverket's fictitious birth numbers 980-989."""
    born = draw(st.dates(dt.date(1925, 1, 1), dt.date(1999, 12, 31)))
    nine = f"{born:%y%m}{born.day + added:02}{draw(st.integers(980, 989))}"
    return f"{born:%Y}"[:2] + nine + check_digit(nine)


WRITTEN = (
    lambda n: f"{n[2:8]}-{n[8:]}",
    lambda n: n[2:],
    lambda n: f"{n[:8]}-{n[8:]}",
    lambda n: n,
    lambda n: f"{n[:2]} {n[2:8]} - {n[8:]}",
    lambda n: f"{n[2:8]} {n[8:]}",
    lambda n: f"{n[2:4]} {n[4:6]} {n[6:8]}-{n[8:]}",
    lambda n: f"{n[2:4]} {n[4:6]} {n[6:8]} {n[8:10]} {n[10:]}",
    lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}-{n[8:]}",
    lambda n: f"{n[:4]}.{n[4:6]}.{n[6:8]} {n[8:]}",
    lambda n: f"{n[2:8]}–{n[8:]}",
    lambda n: f"{n[2:8]}—{n[8:]}",
    lambda n: f"{n[2:8]}\u2011{n[8:]}",
    lambda n: f"{n[2:8]}\N{MINUS SIGN}{n[8:]}",
    lambda n: f"{n[2:8]}\N{NO-BREAK SPACE}{n[8:]}",
    lambda n: f"{n[2:8]}\n{n[8:]}",
    lambda n: f"{n[2:8]}/{n[8:]}",
    lambda n: "\u200b".join(n[2:8]) + "\xad-" + n[8:],
    lambda n: " ".join(n[2:8]) + " - " + " ".join(n[8:]),
    lambda n: "".join(chr(ord(digit) + 0xFEE0) for digit in n[2:]),
    lambda n: "\ufe0f\u20e3".join(n[2:]) + "\ufe0f\u20e3",
)


@given(
    number=identity_numbers() | identity_numbers(added=60),
    written=st.sampled_from(WRITTEN),
    around=st.sampled_from(SURROUNDINGS),
)
def test_every_way_to_write_an_identity_number_is_masked(
    number: str, written: Callable[[str], str], around: str
) -> None:
    masked = mask(around.format(written(number)))
    text = masked.text.translate(dict.fromkeys(map(ord, "\ufe0f\u20e3")))
    assert (text, masked.kinds) == (around.format(PERSONNUMMER), ("personnummer",))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("född 710708+9828", f"född {PERSONNUMMER}"),
        ("pnr 710708-9829, fel siffra", f"pnr {PERSONNUMMER}, fel siffra"),
        ("Född 710708-9829", f"Född {PERSONNUMMER}"),
        ("Personnummer: 711308 9828", f"Personnummer: {PERSONNUMMER}"),
        ("710708-9829 är mitt personnummer", f"{PERSONNUMMER} är mitt personnummer"),
        ("Konto 3300-710708 9828", f"Konto 3300-{PERSONNUMMER}"),
        ("OCR 710708-9828", f"OCR {PERSONNUMMER}"),
        ("org.nr 710708-9828 (enskild firma)", f"org.nr {PERSONNUMMER} (enskild firma)"),
        ("https://example.com/?p=710708-9828", f"https://example.com/?p={PERSONNUMMER}"),
        ("Pnr 0701149825", f"Pnr {PERSONNUMMER}"),
        ("Ring mig 0701740688", f"Ring mig {PHONE}"),
        ("710708-9828 710708-9829", f"{PERSONNUMMER} 710708-9829"),
    ],
)
def test_what_stands_around_an_identity_number_decides(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "number",
    [
        *("070-174 06 88", "0701740688", "0701-74 06 88", "070.174.06.88", "070/174 06 88"),
        *("070 174-06 88", "070-174-06-88", "(070) 174 06 88", "(0)70-174 06 88"),
        *("+46 70 174 06 88", "+46701740688", "+46 (0)70-174 06 88", "0046 70 174 06 88"),
        *("46701740688", "070–174 06 88", "070\xa0174\xa006\xa088", "07\u200b01740688"),
        *(
            "０７０-１７４ ０６ ８８",
            "08-465 004 00",
            "0846500400",
            "08 465 004 12",
            "+46 8 465 004 00",
        ),
        *("031-390 06 00", "031-3900600", "040-628 04 12", "0980-319 200", "0980-31 92 00"),
        *("+44 20 7946 0958", "+1 (202) 555-0123", "0044 20 7946 0958"),
    ],
)
@pytest.mark.parametrize(
    "around",
    ["{}", "Mitt nummer är {}.", "tel{} tack", "({})", "Nås på {} kl 10-15", "Ek, {}, Hjo", "☎{}"],
)
def test_phone_numbers_are_masked(number: str, around: str) -> None:
    masked = mask(around.format(number))
    assert (masked.text, masked.kinds) == (around.format(PHONE), ("telefon",))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("070-174 06 88/070-174 06 89", f"{PHONE}/{PHONE}"),
        ("0701740688-0701740689", f"{PHONE}-{PHONE}"),
        ("08-465 004 12\n08-465 004 13", f"{PHONE}\n{PHONE}"),
        ("Ring 08-16 031-390 06 00", f"Ring 08-16 {PHONE}"),
        ("031-390 06 00 9-16", f"{PHONE} 9-16"),
        ("mitt nummer är 46 50 04", f"mitt nummer är {PHONE}"),
        ("sms:a 70 174 06 88", f"sms:a {PHONE}"),
        ("jag ringde kommunen från 031-390 06 00", f"jag ringde kommunen från {PHONE}"),
        ("Till växeln, mitt nummer är 031-390 06 00", f"Till växeln, mitt nummer är {PHONE}"),
        ("Kundtjänst: 031-390 06 00 är mitt nummer", f"Kundtjänst: {PHONE} är mitt nummer"),
    ],
)
def test_phone_numbers_end_where_they_end(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "address",
    [
        *(
            "anna@example.com",
            "anna.lind+hjo@example.com",
            "åsa.öberg@example.com",
            "a@räksmörgås.se",
        ),
        *("anna (at) example.com", "anna [at] example punkt com", "anna at example dot com"),
        *("anna(a)example.com", "anna snabel-a example.com", "anna @ example.com"),
        *(
            "anna＠example.com",
            "anna%40example.com",
            "anna@example dot com",
            "a\u200bnna@example.com",
        ),
        *("anna@example(.)com", "anna.lind at example.com", "ANNA@SUB.EXAMPLE.ORG"),
        *("anna punkt lind (at) example punkt com", "info.test@example.com"),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "Maila {}.", "Nås på {}?", "<{}>", "mejl:{}, tack", "{}.Hej"]
)
def test_addresses_are_masked(address: str, around: str) -> None:
    masked = mask(around.format(address))
    assert (masked.text, masked.kinds) == (around.format(ADDRESS), ("e-post",))


@pytest.mark.parametrize(
    "number",
    [
        *("4111 1111 1111 1111", "4111111111111111", "5555-5555-5555-4444", "3782 822463 10005"),
        *("378282246310005", "6011 1111 1111 1117", "3530111333300000", "4222222222222"),
    ],
)
def test_payment_cards_are_masked(number: str) -> None:
    assert mask(f"kort {number}, 12/27").text == f"kort {CARD}, 12/27"


@pytest.mark.parametrize(
    "text",
    [
        # numbers of things
        *("org.nr 556036-0793", "16556036-0793", "bankgiro 991-2346", "bg 5050-1055"),
        *(
            "plusgiro 12 34 56-7",
            "OCR 7107089828",
            "ocr-nummer: 0701740688",
            "kundnummer 7107089828",
        ),
        *(
            "OCR 4111111111111111",
            "Swish 123 456 78 90",
            "referens 710708-9829",
            "ange 7107089828 som OCR",
        ),
        *("KS 2024/123", "KS 2024/01234-5", "dnr BN-2024-0312345", "KS 2024/0512-9828"),
        *("ISBN 978-91-0-012345-6", "ISBN 91-0-012345-6", "SE45 5000 0000 0583 9825 7466"),
        *("Kvarnen 1:23", "E18", "väg 63", "linje 401", "681 37 Kristinehamn", "7310865004703"),
        # dates, times, prices
        *("2024-05-12 14.30", "2024-05-12 – 2024-05-20", "08.12.2024", "08-12-2024", "08-12 2024"),
        *("08.30-16.30", "08:30–16:30", "0800-1700", "8-17", "v. 32-34", "07-08 09-10 11-12"),
        *("12 500 kr", "1 000 000 kr", "+100 000 kr", "0-16 år", "2012-06-30 2013-07-01"),
        # short and shared numbers
        *("112", "113 13", "114 14", "1177", "tel 1177", "90 510", "020-123 456", "0771-123 456"),
        # addresses of machines and places
        *("192.168.0.1", "10.0.0.1", "59.32938, 18.06871", "N 6580822 E 674032"),
        *("https://example.com/070-174-06-88", "www.example.com/7107089828", "hjo.se/0701740688"),
        # mentions and prose with an at
        *("Tack @hjokommun!", "@anna.lind", "@anna@mastodon.example", "meet me at example.com"),
        *("https://mastodon.example/@anna", "3 @ 5.50 kr", "vi ses @ torget"),
        # the municipality's offices
        *("kommun@hjo.se", "info@hjo.se", "bygglov@upplands-bro.se", "kommun@example.com"),
        *("Ring växeln 031-390 06 00", "kommunens växel på 08-465 004 12"),
        *("Kontaktcenter: 031-390 06 00", "Ring kommunen på 031-390 06 00"),
        # nothing at all
        *("", "\ud800", "[telefon] och [personnummer]", "070-", "+46", "000000-0000", "@", "a@b"),
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert mask(text).text == text
    assert mask(f"Hej, {text} och så").text == f"Hej, {text} och så"


@given(
    day=st.dates(dt.date(2005, 1, 1), dt.date(2026, 12, 31)),
    clock=st.times(),
    form=st.sampled_from(
        ["%Y-%m-%d %H.%M", "%Y-%m-%d %H%M", "%y-%m-%d %H.%M-18.00", "%Y%m%d %H%M", "%d.%m.%Y %H.%M"]
    ),
)
def test_dates_with_times_are_never_personal(day: dt.date, clock: dt.time, form: str) -> None:
    text = f"Möte {dt.datetime.combine(day, clock):{form}}"
    assert mask(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        *("fornamn.efternamn@hjo.se", "kundservice@example.com", "fritidsgarden.exempel@gmail.com"),
        *("lekplatsen@example.com", "031-390 06 00", "Mer info: 08-465 004 12"),
        *("Jour: 070-174 06 88", "Ring oss på 070-174 06 88", "070-174 06 88 (jour)"),
        "Kontakta fritidsledare Lisa, 070-174 06 12",
    ],
)
def test_a_municipality_publishes_its_own_contacts(text: str) -> None:
    assert mask(text, own_contacts=True).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Anna, 070-174 06 88", f"Anna, {PHONE}"),
        ("Vi ringer dig på 031-390 06 00", f"Vi ringer dig på {PHONE}"),
        ("ditt nummer 031-390 06 00", f"ditt nummer {PHONE}"),
        ("anna.lind@example.com", ADDRESS),
        ("fornamn@gmail.com", ADDRESS),
        ("din adress anna@example.com", f"din adress {ADDRESS}"),
        ("pnr 710708-9828", f"pnr {PERSONNUMMER}"),
    ],
)
def test_a_municipality_masks_the_citizens_contacts(text: str, masked: str) -> None:
    assert mask(text, own_contacts=True).text == masked


@pytest.mark.parametrize(
    "text", ["fornamn.efternamn@hjo.se", "växeln 070-174 06 88", "kommun@gmail.com"]
)
def test_a_citizen_publishes_no_staff(text: str) -> None:
    assert mask(text).text != text


def test_spans_are_offsets_in_the_text_as_given() -> None:
    text = "a\u200b@example.com, 07\u200b0-174 06 88"
    assert find(text) == [Span(0, 14, "e-post"), Span(16, 30, "telefon")]
    assert mask(text).kinds == ("e-post", "telefon")


FRAGMENTS = (
    *("710708-9828", "7107089828", "19710708", "9828", "070-174 06 88", "0701740688", "+46", "(0)"),
    *("08-465 004 12", "031-390 06 00", "08", "46", "2024-05-12", "14.30", "4111 1111 1111 1111"),
    *("1111", "anna", "anna@example.com", "info@hjo.se", "@", "(at)", " at ", " punkt ", "%40"),
    *(".se", "com", "https://", "OCR ", "personnummer ", "född ", "är mitt personnummer", "ring "),
    *("mig på ", "mitt nummer är ", "tel ", "växeln ", "jour ", "dig på ", "Mejl ", "\n", "\u200b"),
    *(
        "1",
        "–",
        "[telefon]",
        "[e-post]",
        "\ud800",
        "\u0301",
        "-",
        " ",
        ".",
        "/",
        "(",
        ")",
        "[",
        "]",
    ),
)


@given(
    text=st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)
    | st.text(st.characters(categories=None), max_size=60),
    own=st.booleans(),
)
@settings(max_examples=300)
@example(text="0701740688@4111111111111111info@hjo.se", own=False)
@example(text="0701740688ditt nummer info@example.com", own=True)
@example(text="www.710708-9828x.se/@personnummer 197107085000", own=False)
def test_masking_twice_changes_nothing_more(*, text: str, own: bool) -> None:
    once = mask(text, own_contacts=own).text
    assert mask(once, own_contacts=own).text == once


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "0 ",
            "1",
            "01",
            "00 11 ",
            "070-",
            "0701740688 ",
            "(1",
            "1.1.",
            "+1 ",
            "a@",
            "a@b.",
            "a.",
        ),
        *(
            " at ",
            "a punkt ",
            " (at) a dot ",
            "personnummer ",
            "ring mig på ",
            "710708-",
            "\u200b1",
        ),
        *("4111 ", "[", "https://", "x.se/", "a-", " ", "\ud800"),
    ],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * size)[:size]
        start = time.process_time()
        mask(text)
        return time.process_time() - start

    mask("070-174 06 88 710708-9828")  # the libraries are loaded
    assert seconds(20_000) < 40 * seconds(2_000) + 0.1


def test_ordinary_posts_load_no_library() -> None:
    code = (
        "import sys; from lyhord.privacy.masking import mask; mask('Vattnet är slut 2024-05-12!');"
        "print(sorted({'phonenumbers', 'personnummer'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
