"""Joining syntax trees: flat, and without what says nothing."""

from collections.abc import Iterable

from lyhord.query.tree import All, And, Node, Not, Nothing, Or


def conjunction(nodes: Iterable[Node], position: int) -> Node:
    """Join nodes by AND: nested ones are flattened, `All` and single ones vanish."""
    operands: list[Node] = []
    for node in nodes:
        if isinstance(node, Nothing):
            return Nothing(position)
        if not isinstance(node, All):
            operands.extend(node.operands if isinstance(node, And) else [node])
    if not operands:
        return All(position)
    return operands[0] if len(operands) == 1 else And(tuple(operands), position)


def disjunction(nodes: Iterable[Node], position: int) -> Node:
    """Join nodes by OR: nested ones are flattened, `Nothing` and single ones vanish."""
    operands: list[Node] = []
    for node in nodes:
        if isinstance(node, All):
            return All(position)
        if not isinstance(node, Nothing):
            operands.extend(node.operands if isinstance(node, Or) else [node])
    if not operands:
        return Nothing(position)
    return operands[0] if len(operands) == 1 else Or(tuple(operands), position)


def negation(node: Node, position: int) -> Node:
    """Negate a node; a double negation vanishes."""
    match node:
        case All():
            return Nothing(position)
        case Nothing():
            return All(position)
        case Not(operand):
            return operand
        case _:
            return Not(node, position)
