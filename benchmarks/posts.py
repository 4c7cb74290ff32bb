"""Seeded benchmark posts: invented Swedish with the word frequencies and the mess of real text.

Words follow Zipf-Mandelbrot (Mandelbrot 1953: frequency ~ 1 / (rank + b)) over a sixth of
simplemma's Swedish forms; the same simplemma gives the same posts on every machine.
"""

import argparse
import hashlib
import re
import sys
from bisect import bisect
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from statistics import NormalDist, median
from typing import Any
from zlib import crc32

import orjson
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from lyhord.labels import SOURCES
from lyhord.municipalities import all_municipalities, name_of

Row = dict[str, Any]
_WORDS = {
    "common": """och det att i är som en på inte för jag med av har de den till om ni man så ett vi
var men kan här när nu bara där då får ska från han vad hur hon alla ju eller mycket blir vara finns
mer också upp någon efter bra ut kommer väl varför ha mig två än vid hos år igen sig dem detta dom
lite måste sedan under aldrig alltid göra skulle gör vill ingen redan över tack folk barn kommunen
bil skola skolan vatten vattnet vägen gatan buss snö plogat sopor förskola plats hemtjänst badhus
läcka läckan avlopp skatt politiker beslut svar trygghet tyvärr äntligen sämst fungerar trasig""",
    "noun": "vatten skol snö sop buss cykel park lek bad bygg väg äldre avlopps torg skatte",
    "head": "plats avgift skada plan ledning möte kaos regler läcka stopp röjning tider jour",
    "stem": "Björk Sko Järn Kyrk Storm Kvarn Sjö Ek Gran Sten Hamn Lind Trast Bruks Norr Berg",
    "street": "gatan vägen gränd stigen torget allén backen",
    "emoji": "😂 😡 👍 ❤️ 🙏 😢 🤔 👏 🚧 💧 ❄️ 🚌 🎉 🤮 🌳 ⚠️ 🔥 🥳 🙄 👎🏽 🇸🇪 👨‍👩‍👧",
}
WORDS = {name: text.split() for name, text in _WORDS.items()}
_PHRASES = {
    "citizen": """Vet någon när {n} öppnar i {p}? | Det är inte klokt att {s} inte är plogad.
Nu har {n} varit trasig i {d} veckor! | Varför svarar ingen när man ringer om {n}?
Stor vattenläcka på {s}, vattnet forsar ner mot {p}. | Tack för snabb hjälp med {n}!
Det luktar avlopp vid {s} sedan igår. | Jag föreslår att ni bygger {n} vid {s} i stället.
När kommer snöröjningen till {s} {d} i {p}? | Hur tänker ni egentligen när det gäller {n}?
Kan ni ringa mig om {n}? | Vi i {p} har väntat på {n} i {d} år. | Så nöjd med {n} i {p} ❤️""",
    "municipality": """Hej! Tack för att du hör av dig. | Vi har skickat din fråga om {n} vidare.
Felet på {s} är nu åtgärdat. | Gör gärna en felanmälan. | Välkommen till invigningen i {p}!""",
    "foreign": "When does it open today? | Hvorfor er ikke veien brøytet? | متى تفتح المكتبة؟",
    "extra": """{e} | {e} | {e}{e} | #{n} | #{w} | https://example.com/{w}/{d} | @{w}{d} | :) | !!!
kl {d}.45 | linje {d} | {d} 500 kr | E{d} | tel 113 13 | dnr 2024-{d}17 | RT @{w}: {n}""",
    # Skatteverket's fictitious numbers, PTS's telephones for fiction, a reserved domain.
    "personal": """Mitt personnummer är 710315-9807. | Född 19850622-9841 | 991205-9871
Ring 070-174 06 {d} | Nås på 031-390 06 {d} | Mejla {w}@example.com | boende{d}@example.org""",
}
PHRASES = {name: re.split(r" \| |\n", text) for name, text in _PHRASES.items()}
LENGTHS = [round(20 * 2 ** (1.3 * NormalDist().inv_cdf((i + 0.5) / 1024))) for i in range(1024)]
UNDOTTED = str.maketrans("åäöÅÄÖ", "aaoAAO")


@cache
def vocabulary() -> tuple[str, ...]:
    """All plain words in order of rank: common ones, then short base forms, then the long tail."""
    lemmas = DefaultDictionaryFactory().get_dictionary("sv")
    plain = [w for w in lemmas if w.isalpha() and w.islower() and crc32(w.encode()) % 6 == 0]

    def rank(word: str) -> tuple[int, str]:
        return len(word) + 3 * (lemmas.get(word) != word) + crc32(word.encode()) // 6 % 9, word

    return tuple(dict.fromkeys(WORDS["common"] + sorted(plain, key=rank)))


class _Pen:
    """Writes from `Random.random()` alone, whose sequence Python promises to keep for a seed."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed).random
        self.words = vocabulary()
        # Sums of whole numbers are the same everywhere; sums of fractions need not be.
        shares = (10**9 // (10 * rank + 27) for rank in range(len(self.words)))
        self.ladder = [float(step) for step in accumulate(shares)]

    def chance(self, share: float) -> bool:
        return self.random() < share

    def pick(self, things: Sequence[Any]) -> Any:
        return things[int(self.random() * len(things))]

    def ranks(self, count: int) -> list[int]:
        random, ladder, top = self.random, self.ladder, self.ladder[-1]
        return [bisect(ladder, random() * top) for _ in range(count)]

    def join(self, first: str, second: str) -> str:
        return f"{self.pick(WORDS[first])}{self.pick(WORDS[second])}"

    def fill(self, phrases: str, place: str) -> str:
        noun, street = self.join("noun", "head"), self.join("stem", "street")
        word, digits = self.words[self.ranks(1)[0]], 10 + self.pick(range(40))
        template, emoji = str(self.pick(PHRASES[phrases])), self.pick(WORDS["emoji"])
        return template.format(n=noun, s=street, w=word, d=digits, p=place, e=emoji)

    def text(self, role: str, place: str) -> str:
        if self.chance(0.02):
            return self.fill("foreign", place)
        tokens = [self.words[rank] for rank in self.ranks(self.pick(LENGTHS))]
        if self.chance(0.3):
            tokens[-1] = tokens[-1].replace(self.pick("aeinrstlk"), self.pick(("", "e", "ss")))
        parts, step = [], 4 + self.pick(range(14))
        for at in range(0, len(tokens), step):
            sentence = " ".join(tokens[at : at + step]).capitalize() + self.pick("......!?…")
            parts.append(self.fill(role, place) if self.chance(0.3) else sentence)
        while self.chance(0.3):
            extra = self.fill("personal" if self.chance(0.03) else "extra", place)
            parts.insert(self.pick(range(len(parts) + 1)), extra)
        text = " ".join(parts)
        return text.translate(UNDOTTED) if self.chance(0.04) else text

    def after(self, row: Row) -> str:
        lag = timedelta(seconds=60 + self.pick(range(13)) ** 5 + self.pick(range(900)))
        return (datetime.fromisoformat(row["created_at"]) + lag).isoformat()

    def post(self, name: str, parent: Row | None, crowd: Sequence[str]) -> Row:
        if parent:
            code, source, moment = parent["municipality"], parent["source"], self.after(parent)
        else:
            code, source = self.pick(crowd), self.pick(tuple(SOURCES)[: self.pick(range(1, 11))])
            hours = max(self.pick(range(22)), self.pick(range(22)))
            lived = timedelta(self.pick(range(3 * 365)), self.pick(range(3600)), hours=hours)
            moment = (datetime(2022, 9, 1, tzinfo=UTC) + lived).isoformat()
        place, own = name_of(code) or "", self.chance(0.22 if parent else 0.04)
        role = "municipality" if own else "unknown" if self.chance(0.03) else "citizen"
        row = {"source": source, "id": name, "municipality": code, "account": f"{place} kommun",
               "author": "kommunen" if own else f"skribent{self.ranks(1)[0]}", "author_role": role,
               "text": self.text("municipality" if own else "citizen", place),
               "url": f"https://{source}.example.com/{name}", "created_at": moment,
               "metrics": {"likes": self.pick(range(90))}}  # fmt: skip
        return row | {"in_reply_to": parent["id"]} if parent else row


def generate(
    count: int, *, seed: int, edits: float = 0.0, duplicates: float = 0.0, tombstones: float = 0.0
) -> Iterator[Row]:
    """Give `count` posts for `lyhord import`, and some of them again as later versions.

    Posts come in no order of time, over three years; a reply comes after its parent. `edits` and
    the like are shares of the posts, 0 to 1, given in addition. The rows of a smaller count are
    the first rows of a larger one, for the same seed and shares.
    """
    pen, later = _Pen(f"{seed} posts"), _Pen(f"{seed} versions")
    # The codes that end in 80 are the counties' seats, which are large.
    codes = sorted((place.code for place in all_municipalities()), key=lambda c: (c[2:] != "80", c))
    crowd = [code for rank, code in enumerate(codes) for _ in range(3000 // (rank + 8))]
    recent: deque[Row] = deque(maxlen=2000)
    for number in range(count):
        parent = pen.pick(recent) if recent and pen.chance(0.45) else None
        recent.append(pen.post(f"b{seed}-{number}", parent, crowd))
        yield recent[-1]
        if later.chance(duplicates):
            yield later.pick(recent)
        if later.chance(edits):
            row = later.pick(recent)
            yield row | {"text": later.text("citizen", "byn"), "edited_at": later.after(row)}
        if later.chance(tombstones):
            row = later.pick(recent)
            gone = {"source": row["source"], "id": row["id"], "deleted": True}
            yield gone | ({"deleted_at": later.after(row)} if later.chance(0.7) else {})


def statistics(rows: Iterable[Row]) -> dict[str, Any]:
    """Count words (`tokens`), different words (`types`), words a post; digest the bytes."""
    words: Counter[str] = Counter()
    lengths, digest = [], hashlib.blake2b(digest_size=6)
    for row in rows:
        found = re.findall(r"\w+", row.get("text", "").lower())
        words.update(found)
        lengths.append(len(found))
        digest.update(orjson.dumps(row))
    return {"rows": len(lengths), "tokens": words.total(), "types": len(words),
            "median": median(lengths), "digest": digest.hexdigest()}  # fmt: skip


def main() -> None:
    """Write posts as JSON Lines on standard output, or say what they are made of."""
    parser = argparse.ArgumentParser(prog="benchmarks.posts", description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stats", action="store_true", help="count instead of writing")
    options = parser.parse_args()
    rows = generate(options.count, seed=options.seed)
    if options.stats:
        print("\n".join(f"{name:>7} {value}" for name, value in statistics(rows).items()))
    else:
        sys.stdout.buffer.writelines(orjson.dumps(row) + b"\n" for row in rows)


if __name__ == "__main__":
    main()
