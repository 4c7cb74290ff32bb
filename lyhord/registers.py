"""Registers: what is known of municipalities beside their posts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from lyhord.accounts import Account
from lyhord.facts import Facts


class Registers(NamedTuple):
    """The accounts that municipalities keep, and facts by SCB code; empty where none are set."""

    accounts: tuple[Account, ...] = ()
    facts: Mapping[str, Facts] = MappingProxyType({})


NONE = Registers()
"""Nothing is known beside the posts."""
