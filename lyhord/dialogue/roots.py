"""Roots: which post a thread begins with, found by following what each post answers."""

from collections.abc import Mapping


def roots_of(parents: Mapping[str, str | None]) -> dict[str, str]:
    """Give the root of each post.

    A parent that is not among the posts is the root of those below it; in a cycle, and below one,
    the smallest id is. Time grows with the number of posts only, however deep they answer.

    Args:
        parents: what each post answers, None where nothing.

    """
    roots: dict[str, str] = {}
    for start in parents:
        path: list[str] = []
        on_path: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in roots and at not in on_path:
            on_path[at] = len(path)
            path.append(at)
            at = parents.get(at)
        if at is None:
            root = path[-1]
        elif at in roots:
            root = roots[at]
        else:
            root = min(path[on_path[at] :])
        roots.update(dict.fromkeys(path, root))
    return {key: roots[key] for key in parents}
