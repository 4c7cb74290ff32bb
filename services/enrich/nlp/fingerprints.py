"""A fingerprint by which near-duplicate posts are known: a 64-bit simhash of word shingles.

Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002; used for
near-duplicates of web pages by Manku, Jain & Das Sarma, WWW 2007.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.enrich.nlp.words import TELLING, Word

BITS = 64
# An odd constant to mix a word's hash with its neighbour's (2**64 / golden ratio).
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(29)


def fingerprint(words: Sequence[Word]) -> str:
    """Give 16 hexadecimal digits that are equal or near for texts that are nearly the same.

    Base forms count, alone and in pairs; case, punctuation, emoji, links and mentions do not, so
    that copies which differ only there are equal. Nearness is `distance`, in bits.
    """
    told = [word.term.hash for word in words if word.term.kind in TELLING]
    hashes = np.array(told or [word.term.hash for word in words], dtype="<u8")
    mixed = hashes[:-1] * _MIX ^ hashes[1:]
    pairs = (mixed ^ mixed >> _TURN) * _MIX
    return _majority(np.concatenate((hashes, pairs))).tobytes().hex()


def distance(one: str, other: str) -> int:
    """Count the bits in which two fingerprints differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _majority(features: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Give the 64 bits, as 8 bytes, that more than half of the features have."""
    bits = np.unpackbits(features.view(np.uint8), bitorder="little").reshape(-1, BITS)
    return np.packbits(bits.sum(axis=0, dtype=np.uint32) * 2 > len(features), bitorder="little")
