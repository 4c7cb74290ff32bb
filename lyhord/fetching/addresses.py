"""The address guard: to which network addresses a stranger's URL may lead."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2

from lyhord.errors import Misuse, Rejected

Network = IPv4Network | IPv6Network

# IANA's IPv4 and IPv6 special-purpose address registries, which Python's own `is_global` follows
# differently from version to version. The prefixes that carry an IPv4 address inside an IPv6 one
# are refused whole, because what they lead to is decided elsewhere.
_NOT_PUBLIC: dict[str, tuple[str, ...]] = {
    "unspecified": ("0.0.0.0/8", "::/128"),
    "loopback": ("127.0.0.0/8", "::1/128"),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
    "carrier-grade NAT": ("100.64.0.0/10",),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    "IPv4-mapped": ("::ffff:0:0/96",),
    "NAT64": ("64:ff9b::/96", "64:ff9b:1::/48"),
    "Teredo": ("2001::/32",),
    "6to4": ("192.88.99.0/24", "2002::/16"),
    "documentation": (
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",
        "3fff::/20",
    ),
    "benchmarking": ("198.18.0.0/15", "2001:2::/48"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "reserved": ("192.0.0.0/24", "240.0.0.0/4", "2001::/23"),
}
_SPECIAL = tuple(
    (kind, ip_network(block)) for kind, blocks in _NOT_PUBLIC.items() for block in blocks
)
_GLOBAL_UNICAST = ip_network("2000::/3")
_BRACKETED = re.compile(r"\[([^\]]*)\](?::(.*))?")
_HOST = re.compile(r"[^\s/@:\[\]*]{1,253}")


def kind_of(address: str) -> str | None:
    """Name what keeps an IP address from being public (`loopback`, …); None where it is public.

    Raises:
        ValueError: `address` is not an IPv4 or IPv6 address.

    """
    parsed = ip_address(address)
    for kind, network in _SPECIAL:
        if parsed in network:
            return kind
    if isinstance(parsed, IPv6Address) and parsed not in _GLOBAL_UNICAST:
        return "reserved"
    return None


@dataclass(frozen=True, slots=True)
class _Permit:
    host: str
    network: Network | None
    port: int | None

    def covers(self, host: str, port: int, address: IPv4Address | IPv6Address) -> bool:
        if self.port not in (None, port):
            return False
        return address in self.network if self.network else host == self.host


class AddressGuard:
    """Lets connections go to public addresses, and to what the allow-list names.

    Args:
        allow: `host`, an address, a CIDR, each with an optional `:port` (IPv6 then in `[…]`).
            A host's name lets it lead to any address.

    Raises:
        Misuse: an entry is none of these.

    """

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self._permits = tuple(_permit(entry.strip()) for entry in allow)

    def names(self, host: str, port: int) -> bool:
        """Tell whether the allow-list has this host: by its name, or the address that it is."""
        host = _ascii(host)
        try:
            address = ip_address(host)
        except ValueError:
            return any(
                permit.host == host and permit.port in (None, port) for permit in self._permits
            )
        return any(permit.covers(host, port, address) for permit in self._permits)

    def check(self, host: str, port: int, address: str) -> None:
        """Let a connection pass.

        Args:
            host: the host that the URL names.
            port: the port to connect to.
            address: the IP address to connect to.

        Raises:
            Rejected: the address is not public and not allowed.

        """
        kind = kind_of(address)
        if kind is None:
            return
        parsed = ip_address(address)
        if not any(permit.covers(_ascii(host), port, parsed) for permit in self._permits):
            leads = "is" if host == address else f"leads to {address}, which is"
            entry = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            raise Rejected(
                f"{host} {leads} no public address ({kind}); "
                f"if it may be read, add {entry} to the setting fetch_allow"
            )


def _permit(entry: str) -> _Permit:
    bare, port = _split(entry)
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 1 << 16):
        raise Misuse(f"fetch_allow: {entry!r} has no possible port")
    number = int(port) if port else None
    try:
        return _Permit("", ip_network(bare), number)
    except ValueError:
        if _HOST.fullmatch(bare) and not bare.replace(".", "").isdigit():
            with suppress(httpx2.InvalidURL):
                return _Permit(_ascii(bare), None, number)
    raise Misuse(
        f"fetch_allow: {entry!r} is not a host, an address or a network (CIDR), "
        "with or without a port"
    )


def _split(entry: str) -> tuple[str, str]:
    if bracketed := _BRACKETED.fullmatch(entry):
        return bracketed[1], bracketed[2] or ""
    if entry.count(":") == 1:
        bare, _, port = entry.partition(":")
        return bare, port
    return entry, ""


def _ascii(host: str) -> str:
    """Give a host's name in the form that goes over the wire."""
    return httpx2.URL(scheme="http", host=host).raw_host.decode("ascii").rstrip(".")
