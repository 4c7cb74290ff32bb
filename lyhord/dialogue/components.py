"""Components: posts that are linked in any way, and therefore folded into threads together."""

from collections.abc import Callable, Collection, Mapping

Links = Collection[tuple[str, str | None]]
"""Posts, and what each answers."""


def joined(
    links: Links, known: Mapping[str, str], sizes: Callable[[Collection[str]], Mapping[str, int]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Tell which component each post belongs to once these links are there too.

    Args:
        links: new or old.
        known: the components, by post, of those posts in the links that have one.
        sizes: asked how many posts some components have, so that the largest need not move.

    Returns:
        The component of every post in the links; and of the components that became a part of
        another, which one.

    """
    above: dict[str, str] = {}

    def top(component: str) -> str:
        while (higher := above.get(component, component)) != component:
            above[component] = component = above.get(higher, higher)
        return component

    for key, parent in links:
        above.setdefault(known.get(key, key), known.get(key, key))
        if parent is not None:
            one, other = top(known.get(key, key)), top(known.get(parent, parent))
            above.setdefault(other, other)
            above[one] = other
    groups: dict[str, list[str]] = {}
    for component in above:
        groups.setdefault(top(component), []).append(component)
    there = set(known.values())
    named: dict[str, str] = {}
    moved: dict[str, str] = {}
    for group in groups.values():
        old = [component for component in group if component in there]
        name = min(group)
        if len(old) == 1:
            name = old[0]
        elif old:
            size = sizes(old)
            name = min(old, key=lambda component: (-size.get(component, 0), component))
        named.update(dict.fromkeys(group, name))
        moved.update((component, name) for component in old if component != name)
    mentioned = {each for link in links for each in link if each is not None}
    return {key: named[known.get(key, key)] for key in mentioned}, moved
