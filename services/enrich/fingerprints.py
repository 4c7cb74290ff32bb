"""A fingerprint by which near-duplicate posts are known: a 64-bit simhash of word shingles.

Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002; used for
near-duplicates of web pages by Manku, Jain & Das Sarma, WWW 2007.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from services.enrich.words import Word

BITS = 64
_TELLING = frozenset({"word", "number", "hashtag"})
# An odd constant to mix a word's hash with its neighbour's (2**64 / golden ratio).
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(29)


def fingerprint(words: Sequence[Word]) -> str:
    """Give 16 hexadecimal digits that are equal or near for texts that are nearly the same.

    Base forms count, alone and in pairs; case, punctuation, emoji, links and mentions do not, so
    that copies which differ only there are equal. Nearness is `distance`, in bits.
    """
    told = [word.lemmas[0] for word in words if word.kind in _TELLING]
    told = told or [word.form for word in words]
    if not told:
        return "0" * (BITS // 4)
    single = np.frombuffer(b"".join(map(_hash, told)), dtype="<u8")
    mixed = (single[:-1] * _MIX) ^ single[1:]
    pairs = (mixed ^ (mixed >> _TURN)) * _MIX
    features = np.concatenate((single, pairs))
    votes = np.unpackbits(features.view(np.uint8)).reshape(-1, BITS).sum(axis=0, dtype=np.uint32)
    return np.packbits(votes * 2 > len(features)).tobytes().hex()


def distance(one: str, other: str) -> int:
    """Count the bits in which two fingerprints differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


@lru_cache(maxsize=50_000)
def _hash(word: str) -> bytes:
    return blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
