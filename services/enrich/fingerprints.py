"""A fingerprint by which near-duplicate posts are known: a 64-bit simhash of word shingles.

Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002; used for
near-duplicates of web pages by Manku, Jain & Das Sarma, WWW 2007.
"""

from collections.abc import Sequence
from itertools import pairwise
from struct import pack

from services.enrich.words import TELLING, Word

BITS = 64
_ALL = 2**BITS - 1
# An odd constant to mix a word's hash with its neighbour's (2**64 / golden ratio).
_MIX = 0x9E3779B97F4A7C15
_TURN = 29


def fingerprint(words: Sequence[Word]) -> str:
    """Give 16 hexadecimal digits that are equal or near for texts that are nearly the same.

    Base forms count, alone and in pairs; case, punctuation, emoji, links and mentions do not, so
    that copies which differ only there are equal. Nearness is `distance`, in bits.
    """
    told = [word.term.hash for word in words if word.term.kind in TELLING]
    told = told or [word.term.hash for word in words]
    mixed = [(one * _MIX & _ALL) ^ other for one, other in pairwise(told)]
    pairs = [(each ^ each >> _TURN) * _MIX & _ALL for each in mixed]
    return _majority(told + pairs).to_bytes(BITS // 8, "little").hex()


def distance(one: str, other: str) -> int:
    """Count the bits in which two fingerprints differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _majority(features: Sequence[int]) -> int:
    """Give the 64 bits that more than half of the features have."""
    count = len(features)
    packed = pack(f"<{count}Q", *features)
    every = int.from_bytes(b"\1" * count, "little")
    bits = 0
    # Counting the ones of a long integer is one instruction for each of its words.
    for byte in range(0, BITS, 8):
        column = int.from_bytes(packed[byte // 8 :: 8], "little")
        for bit in range(8):
            if (column >> bit & every).bit_count() * 2 > count:
                bits |= 1 << byte + bit
    return bits
