"""What a mask of -inf has to do with a value that does not exist."""

from __future__ import annotations

from collections.abc import Mapping

from bptrace.numbers.arrays import RealMatrix, Value
from bptrace.numbers.enclosures import MINUS_INFINITY
from bptrace.ops.expr import Expr, Leaf, nodes

ALL_MASKED = "-inf masks all of the scores: nothing is left to share"
NO_SHARE = "a class that -inf masks has the share 0: does the target name one?"


def mask_hints(message: str, tree: Expr | None, values: Mapping[str, Value]) -> list[str]:
    """What to say of masks where an element of that tree has no value; nothing where there are none."""
    if tree is not None and any(isinstance(node, Leaf) and node.value is MINUS_INFINITY for node in nodes(tree)):
        return [ALL_MASKED]
    masks = any(MINUS_INFINITY in value.entries() for value in values.values() if isinstance(value, RealMatrix))
    return [NO_SHARE] if masks and message == "log of 0" else []
