import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyhord.errors import Misuse, Rejected
from lyhord.fetching.addresses import AddressGuard, kind_of


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.215.14", None),
        ("2a00:1450:400f:80d::200e", None),
        ("172.32.0.1", None),
        ("100.128.0.1", None),
        ("0.1.2.3", "unspecified"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::1", "loopback"),
        ("::", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("fd12:3456::1", "private"),
        ("fec0::1", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("::ffff:93.184.215.14", "IPv4-mapped"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b:1::1", "NAT64"),
        ("2002:7f00:1::1", "6to4"),
        ("192.88.99.1", "6to4"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"),
        ("192.0.2.1", "documentation"),
        ("203.0.113.9", "documentation"),
        ("2001:db8::1", "documentation"),
        ("198.19.0.1", "benchmarking"),
        ("224.0.0.251", "multicast"),
        ("ff02::fb", "multicast"),
        ("192.0.0.8", "reserved"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::7f00:1", "reserved"),
        ("4000::1", "reserved"),
    ],
)
def test_addresses_are_public_or_named(address: str, kind: str | None) -> None:
    assert kind_of(address) == kind


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_hides_inside_an_ipv6_one(number: int) -> None:
    for prefix in ("::", "::ffff:0:0", "64:ff9b::"):
        assert kind_of(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | number)))
    assert kind_of(str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80)))) == "6to4"


@given(st.ip_addresses())
def test_what_is_let_through_is_global_for_python_too(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if kind_of(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    ("allow", "host", "port", "address", "passes"),
    [
        ("", "intranet.example", 80, "10.0.0.7", False),
        ("intranet.example", "intranet.example", 80, "10.0.0.7", True),
        ("Intranet.Example", "intranet.example", 443, "::1", True),
        ("intranet.example", "www.intranet.example", 80, "10.0.0.7", False),
        ("intranet.example", "intranet.example.org", 80, "10.0.0.7", False),
        ("intranet.example:8080", "intranet.example", 8080, "10.0.0.7", True),
        ("intranet.example:8080", "intranet.example", 80, "10.0.0.7", False),
        ("örebro.example", "xn--rebro-iua.example", 80, "10.0.0.7", True),
        ("10.0.0.7", "any.example", 80, "10.0.0.7", True),
        ("10.0.0.7", "any.example", 80, "10.0.0.8", False),
        ("10.0.0.0/24", "any.example", 80, "10.0.0.7", True),
        ("10.0.0.0/24:81", "any.example", 80, "10.0.0.7", False),
        ("10.0.0.0/24:81", "any.example", 81, "10.0.0.7", True),
        ("127.0.0.0/8", "any.example", 80, "::ffff:127.0.0.1", False),
        ("::1", "any.example", 80, "::1", True),
        ("[::1]:8080", "any.example", 8080, "::1", True),
        ("[::1]:8080", "any.example", 80, "::1", False),
        ("[fd00::/8]:80", "any.example", 80, "fd00::1", True),
        ("127.0.0.1", "any.example", 80, "93.184.215.14", True),
    ],
)
def test_the_allow_list_opens_what_it_names(
    allow: str, host: str, port: int, address: str, *, passes: bool
) -> None:
    guard = AddressGuard([allow] if allow else [])
    if passes:
        guard.check(host, port, address)
    else:
        with pytest.raises(Rejected, match=r"no public address .*fetch_allow"):
            guard.check(host, port, address)


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "*",
        "*.example.org",
        "http://example.org",
        "10.0.0.5/8",
        "300.1.1.1",
        "10.0.0.0/33",
        "a b",
        "host:0",
        "host:http",
        "host:65536",
        "[::1",
        "[::1]x",
        "x" * 300,
    ],
)
def test_an_allow_list_that_cannot_be_meant_is_misuse(entry: str) -> None:
    with pytest.raises(Misuse, match="fetch_allow"):
        AddressGuard([entry])
