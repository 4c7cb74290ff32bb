"""The feed survey: one quick pass over XML that refuses attacks and finds where entries lie."""

from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

MAX_DEPTH = 200
"""Elements inside one another; deep enough for any text that people write."""
_ENTRIES = frozenset({"item", "entry"})


class RefusedError(Exception):
    """The document is an attack or as good as one.

    Args:
        reason: why.
        line: where, from 1.

    """

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(slots=True)
class Outline:
    """Where the root and the entries lie (byte offsets), and the first fault with its line."""

    root: int | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)
    fault: tuple[int, str] | None = None

    def cut(self, data: bytes, limit: int) -> bytes:
        """Cut off what stands before the root, and all but the first and last `limit` entries.

        A feed lists its newest entries first or, now and then, last. Behind a fault nothing is
        known, so that there only the first are kept.
        """
        root = self.root or 0
        if len(self.spans) <= 2 * limit:
            return data[root:]
        head = data[root : self.spans[limit - 1][1]]
        return head if self.fault else head + data[self.spans[-limit][0] :]


def survey(data: bytes) -> Outline:
    """Look over a document.

    Args:
        data: XML in UTF-8, well-formed or not.

    Raises:
        RefusedError: it declares entities, or nests too deep.

    """
    outline = Outline()
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = inside = begin = 0

    def refuse_entities(*_: object) -> NoReturn:
        raise RefusedError("declares entities of its own", line=parser.CurrentLineNumber)

    def start(name: str, _: object) -> None:
        nonlocal depth, inside, begin
        depth += 1
        if outline.root is None:
            outline.root = parser.CurrentByteIndex
        if depth > MAX_DEPTH:
            raise RefusedError(
                f"nests more than {MAX_DEPTH} elements", line=parser.CurrentLineNumber
            )
        if not inside and name.rpartition(" ")[2] in _ENTRIES:
            inside, begin = depth, parser.CurrentByteIndex

    def end(_: str) -> None:
        nonlocal depth, inside
        if depth == inside:
            outline.spans.append((begin, data.find(b">", parser.CurrentByteIndex) + 1))
            inside = 0
        depth -= 1

    parser.EntityDeclHandler = refuse_entities
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's own signature: the last piece
    except expat.ExpatError as error:
        outline.fault = error.lineno, expat.ErrorString(error.code)
    return outline
