"""Draws a picture of each dashboard from its panels and Elasticsearch's answers to them.

    python -m deploy.kibana.pictures http://127.0.0.1:9200 NAME [--into docs/images]

It is no screenshot: Kibana draws the same answers with its own charts. NAME is what the names of
the indices begin with; without it, example posts are put under a name of their own, and removed.
"""

import argparse
import uuid
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import vl_convert

from deploy.kibana import example, names
from deploy.kibana.answers.panels import Question, all_answered, questions
from deploy.kibana.boards import Board
from deploy.kibana.drawing import drawn
from deploy.kibana.write import BOARDS, objects
from lyhord.adapters.elastic_store import Cluster, ElasticStore, generations

_UNIT, _LINE, _GAP, _HEAD, _TITLE = 25, 21, 6, 26, 54
_IMAGES = Path(__file__).parents[2] / "docs" / "images"
_COUNT = 12_000
_CHOSEN = {"lyhord-kris": f'municipality:"{example.LEAK_AT}" AND topic:{example.LEAK_TOPIC}'}
"""What is chosen in the controls where the posts are examples: the leak among them."""


def picture(board: Board, answers: dict[str, Question]) -> str:
    """Draw a dashboard as SVG, each panel where its grid has it."""
    parts, y = [], _TITLE
    for row in board.rows:
        x, height = 0, row.height * _LINE
        for width, panel in row.panels:
            parts.append(_box(panel.title, answers[panel.slug], (x, y), (width * _UNIT, height)))
            x += width * _UNIT
        y += height
    size = f'width="{48 * _UNIT}" height="{y + _GAP}"'
    head = (
        f'<text x="12" y="24" font-size="20" font-weight="bold">{escape(board.title)}</text>'
        f'<text x="12" y="44" font-size="12" fill="{names.COLOURS["soft"]}">'
        f"{escape(board.about)}</text>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" '
        f'fill="{names.COLOURS["ink"]}"><rect width="100%" height="100%" '
        f'fill="{names.COLOURS["ground"]}"/>{head}{"".join(parts)}</svg>'
    )


def _box(title: str, answer: Question, at: tuple[int, int], size: tuple[int, int]) -> str:
    (x, y), (width, height) = at, size
    width, height = width - _GAP, height - _GAP
    inner = drawn(answer, width - 16, height - _HEAD - 8)
    return (
        f'<g transform="translate({x + _GAP // 2},{y})">'
        f'<rect width="{width}" height="{height}" rx="4" fill="#ffffff" '
        f'stroke="{names.COLOURS["line"]}"/>'
        f'<text x="8" y="18" font-size="13" font-weight="bold">{escape(title)}</text>'
        f'<svg x="8" y="{_HEAD}" width="{width - 16}" height="{height - _HEAD - 4}">{inner}</svg>'
        "</g>"
    )


@contextmanager
def _examples(url: str) -> Iterator[Cluster]:
    cluster = Cluster(url, f"bild{uuid.uuid4().hex[:8]}")
    with cluster.connect() as client, closing(ElasticStore(cluster, write=True)) as store:
        now = datetime.now(UTC)
        example.fill(store, _COUNT, now)
        example.show(client, cluster, store, now)
        yield cluster
        generations.drop(client, cluster, 1)
        client.indices.delete(index=[cluster.alerts, cluster.sources], ignore_unavailable=True)


def _packed(png: bytes) -> bytes:
    """Deflate a PNG anew, as small as it goes: these are committed."""
    head, chunks, at = png[:8], list[tuple[bytes, bytes]](), 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    data = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    kept = [each for each in chunks if each[0] not in {b"IDAT", b"IEND"}]
    made = [*kept, (b"IDAT", zlib.compress(data, 9)), (b"IEND", b"")]
    return head + b"".join(
        len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)
        for kind, body in made
    )


def draw(cluster: Cluster, folder: Path, chosen: Mapping[str, str]) -> None:
    """Draw all dashboards over a cluster's posts into a folder; `chosen` narrows some by query."""
    with cluster.connect() as client:
        for board in BOARDS:
            now, query = datetime.now(UTC), chosen.get(board.id, "")
            asked = [*questions(objects(cluster.name), board.id, now, query=query)]
            answers = {each.slug: each for each in all_answered(client, asked)}
            file = folder / f"kibana-{board.id.removeprefix('lyhord-')}.png"
            file.write_bytes(_packed(vl_convert.svg_to_png(picture(board, answers), scale=1)))
            print(file)


def main() -> None:
    """Draw as the command line says."""
    parser = argparse.ArgumentParser(prog="deploy.kibana.pictures")
    parser.add_argument("url")
    parser.add_argument("name", nargs="?")
    parser.add_argument("--into", type=Path, default=_IMAGES)
    chosen = parser.parse_args()
    if chosen.name:
        draw(Cluster(chosen.url, chosen.name), chosen.into, {})
        return
    with _examples(chosen.url) as cluster:
        draw(cluster, chosen.into, _CHOSEN)


if __name__ == "__main__":
    main()
