"""Messages: what recipients were told, what waits, and what could not be told, as the state has it.

`services/alert` writes them; whoever shows how it stands (the page, `lyhord check`) reads them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import orjson

from lyhord import times
from lyhord.ports import State

KIND = "outbox"
Stage = Literal["waiting", "sending", "sent", "perhaps", "failed", "noted", "nothing"]
STAGES: Mapping[Stage, str] = {
    "waiting": "väntar",
    "sending": "skickas",
    "sent": "skickat",
    "perhaps": "kanske skickat",
    "failed": "kunde inte skickas",
    "noted": "till nästa sammandrag",
    "nothing": "inget att berätta",
}
"""How far a message has come, and what the page calls it."""


class Row(NamedTuple):
    """One alert that a message is about: of what, and whether it has ended."""

    municipality: str
    topic: str | None
    ended: bool


class Message(NamedTuple):
    """One message to one recipient; times are UTC.

    Attributes:
        key: names it; see `key_of`.
        recipient: the name that the settings give.
        what: `opened`, `growing:N` (the N-th doubling), `closed`, `digest`, `summary`.
        about: the incident or alert, or the day of a digest or summary.
        title: at most 120 characters; body: plain text, empty once it was sent; picture: PNG.
        stage: how far it has come.
        due: when it may be sent.
        first: when it was put here; at: when its stage last changed.
        tries: how often it was tried in vain, and `reason`, why it was the last time.
        rows: the alerts that it is about, by id.
        observed: posts in them when it was written.
        over: it tells already that they have ended.
        lists: keys of the noted messages that a digest tells.

    """

    key: str
    recipient: str
    what: str
    about: str
    title: str
    stage: Stage
    due: datetime
    first: datetime
    at: datetime
    body: str = ""
    picture: bytes | None = None
    tries: int = 0
    reason: str = ""
    rows: Mapping[str, Row] = {}
    observed: int = 0
    over: bool = False
    lists: Sequence[str] = ()

    @property
    def told(self) -> bool:
        """Tell whether the recipient has it, or may have it."""
        return self.stage in {"sent", "perhaps"}

    def value(self) -> dict[str, Any]:
        """Give it as the state keeps it."""
        kept = self._asdict()
        del kept["key"]
        for name in ("due", "first", "at"):
            kept[name] = times.format_utc(kept[name])
        kept["picture"] = self.picture and self.picture.hex()
        kept["rows"] = {id_: list(row) for id_, row in self.rows.items()}
        kept["lists"] = list(self.lists)
        return kept

    @classmethod
    def read(cls, key: str, value: Mapping[str, Any]) -> "Message":
        """Take it as `value` gives it."""
        kept = {name: value[name] for name in cls._fields if name in value}
        for name in ("due", "first", "at"):
            kept[name] = times.parse(kept[name])
        kept["picture"] = kept["picture"] and bytes.fromhex(kept["picture"])
        kept["rows"] = {id_: Row(*row) for id_, row in kept["rows"].items()}
        return cls(key=key, **kept)


def key_of(recipient: str, about: str, what: str) -> str:
    """Name a message: the same for the same recipient, thing and news, whenever it is asked."""
    told = orjson.dumps([recipient, about, what])
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def messages(state: State) -> list[Message]:
    """Give all messages, the latest change first.

    Raises:
        Retriable: the state cannot be read now.

    """
    found = (Message.read(key, value) for key, value in state.all(KIND).items())
    return sorted(found, key=lambda each: (each.at, each.key), reverse=True)


def troubled(state: State) -> list[Message]:
    """Give those that somebody should look at: perhaps sent, set aside, or tried in vain."""
    return [
        each
        for each in messages(state)
        if each.stage in {"perhaps", "failed"} or (each.stage == "waiting" and each.tries > 0)
    ]
