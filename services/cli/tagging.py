"""`lyhord tag`: a line out for each line in, in the same order, and nothing stored."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from lyhord import strict_json
from lyhord.errors import Rejected
from lyhord.privacy.pseudonyms import Pseudonymiser
from services.cli import output
from services.enrich.nlp.texts import Text, with_masked
from services.enrich.tagger import Tagger
from services.ingest.door import Door
from services.ingest.sources.lines import MAX_LINE, read_lines

SOME_REJECTED = 1


def run_tag(lines: BinaryIO, out: BinaryIO) -> int:
    """Tag every line of a stream; give the exit code."""
    settings = output.settings()
    door = Door(_LazyKey(settings.data / "pseudonym.key"), extra_sources=settings.extra_sources)
    tagger = Tagger.load(topics_file=settings.topics, names=settings.names)
    code = 0
    for _, line in read_lines(lines):
        try:
            if line is None:
                raise Rejected(f"the line is longer than {MAX_LINE:,} bytes")
            answer = _answer(read_line(line), door, tagger)
        except Rejected as refusal:
            answer, code = {"error": str(refusal)}, SOME_REJECTED
        out.write(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))
        out.flush()
    return code


def read_line(line: bytes) -> Mapping[str, Any]:
    """Read an object or a string of JSON; any other line is a plain text.

    Raises:
        Rejected: it is broken JSON, or no UTF-8.

    """
    start = line.lstrip()[:1]
    if start == b"{":
        value: Any = strict_json.loads(line)
        return value  # type: ignore[no-any-return]  # a line that starts with { is an object
    if start == b'"':
        try:
            return {"text": strict_json.loads(line)}
        except Rejected:
            pass  # a quotation mark opens many a plain sentence
    try:
        return {"text": line.decode("utf-8")}
    except UnicodeDecodeError as error:
        raise Rejected(f"is not valid UTF-8 (byte {error.start + 1})") from None


def _answer(data: Mapping[str, Any], door: Door, tagger: Tagger) -> dict[str, Any]:
    fields = door.preview(data, now=datetime.now(UTC))
    text = Text(fields["text"], fields.get("author_role") or "unknown", fields.get("municipality"))
    kept, tags = tagger.tag_masked([text])[0]
    if kept != text.text:
        fields = with_masked(fields, kept)
    return fields | tags.model_dump(mode="json")


class _LazyKey:
    """The pseudonym key, opened only when an author has to be named."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key: Pseudonymiser | None = None

    def pseudonym(self, source: str, author: str) -> str:
        """See `Pseudonymiser.pseudonym`."""
        self._key = self._key or Pseudonymiser.open(self._path)
        return self._key.pseudonym(source, author)
