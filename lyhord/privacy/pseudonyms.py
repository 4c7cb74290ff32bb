"""Pseudonyms: an author's name gives way to a keyed hash that only this installation can make."""

import base64
import contextlib
import hmac
import os
import re
import secrets
import stat
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Self

from lyhord.errors import Misuse

KEY_BYTES = 32
_WRITERS = 10_000
"""Authors whose pseudonyms are kept at hand."""
_PSEUDONYM = re.compile(r"p_([a-z2-7]{14})([a-z2-7]{6})")
_AUTHOR, _CHECK = b"lyhord author", b"lyhord check"  # BLAKE2b's personalisation, 16 bytes at most


class Pseudonymiser:
    """Gives every author of every source a lasting pseudonym, and knows its own again.

    Made by `Pseudonymiser.open`. A pseudonym is `p_` and 20 characters of base32 in lower case:
    14 (70 bits) of keyed BLAKE2b (RFC 7693) over source and author, and 6 (30 bits) of keyed
    BLAKE2b over those 14, by which `is_own` tells it from any name that only looks like one.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        # Most posts are written by those who write much.
        self._remembered = lru_cache(_WRITERS)(self._derived)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the installation's key, or make it on first run.

        The file holds 32 random bytes and is readable by its owner alone. It comes into being
        whole: whatever crashes or starts at the same time, there is one key or none.

        Raises:
            Misuse: the file can be read by others, is no key, or cannot be read or made.

        """
        try:
            with contextlib.suppress(FileNotFoundError):
                return cls(_read(path))
            _make(path)
            return cls(_read(path))
        except OSError as error:
            raise Misuse(
                f"the pseudonym key {path} cannot be read or made: {error.strerror}"
            ) from error

    def pseudonym(self, source: str, author: str) -> str:
        """Return the author's pseudonym; one that this installation made comes back unchanged.

        Args:
            source: the source's name; the same author has another pseudonym in another source.
            author: the raw name or id, in any Unicode form (NFC is what counts).

        """
        return self._remembered(source, author)

    def _derived(self, source: str, author: str) -> str:
        if self.is_own(author):
            return author
        name = unicodedata.normalize("NFC", author)
        written = f"{source}\0{name}".encode("utf-8", "surrogatepass")
        body = self._hash(written, purpose=_AUTHOR)[:14]
        return f"p_{body}{self._check(body)}"

    def is_own(self, text: str) -> bool:
        """Tell whether `text` is a pseudonym that this installation's key has made."""
        match = _PSEUDONYM.fullmatch(text)
        return match is not None and hmac.compare_digest(self._check(match[1]), match[2])

    def _check(self, body: str) -> str:
        return self._hash(body.encode(), purpose=_CHECK)[:6]

    def _hash(self, message: bytes, *, purpose: bytes) -> str:
        digest = blake2b(message, digest_size=20, key=self._key, person=purpose).digest()
        return base64.b32encode(digest).decode().lower()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Misuse(f"the pseudonym key {path} is open to others: run `chmod 600 {path}`")
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise Misuse(
            f"{path} is no pseudonym key ({KEY_BYTES} bytes): restore it from a backup, or remove "
            "it to start with a new key under which every author gets another pseudonym"
        )
    return key


def _make(path: Path) -> None:
    """Write a new key beside `path` and link it there, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
