"""Accounts: the register of those that municipalities keep, whether they write or not."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

from pydantic import ValidationInfo, field_validator

from lyhord.labels import SOURCES
from lyhord.model import Frozen
from lyhord.tables import Code, Day, read_table

_WEB = ("http://", "https://")


class Account(Frozen):
    """An account that a municipality keeps, by its own public list.

    ``municipality`` is the SCB code; ``since`` and ``until`` are the first and the last day that
    it was kept, None where that is not known or has not come.
    """

    municipality: Code
    source: str
    account: str
    department: str | None = None
    url: str | None = None
    since: Day | None = None
    until: Day | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The account within its municipality, as posts are counted by it: case aside."""
        return self.source, self.account.casefold()

    def stands(self, first: date, last: date) -> bool:
        """Tell whether it was kept on any day from `first` to `last`."""
        return (self.since is None or self.since <= last) and (
            self.until is None or self.until >= first
        )

    @field_validator("source")
    @classmethod
    def _is_known(cls, source: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get("sources", SOURCES)
        if source not in known:
            raise ValueError(f"{source!r} is not known; sources are {', '.join(known)}")
        return source

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(_WEB):
            raise ValueError(f"{url!r} is no address that begins with https://")
        return url

    @field_validator("until")
    @classmethod
    def _is_later(cls, until: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("since")
        if since is not None and until is not None and until < since:
            raise ValueError(f"{until} is before since, {since}")
        return until


def read_accounts(file: Path, sources: Collection[str] = tuple(SOURCES)) -> tuple[Account, ...]:
    """Read a register, ordered by municipality, source and account.

    Args:
        file: CSV with the fields of `Account` as columns.
        sources: the names that a source may have.

    Raises:
        Misuse: the file cannot be read, or has mistakes; each is named.

    """
    unique = ("municipality", "source", "account")
    found = read_table(file, Account, unique=unique, context={"sources": sources})
    return tuple(sorted(found, key=lambda each: (each.municipality, each.key)))
