"""What a network is made of: givens and definitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bptrace.errors import Mark
from bptrace.numbers.arrays import Shape, Value
from bptrace.ops.expr import Expr

GIVEN_SECTIONS = ("input", "weights", "target")


class Given(NamedTuple):
    """A quantity whose value the file states. `section`: input, weights, target, update or state.

    A value of UNKNOWN: the file gives its name and shape alone.
    """

    key: str
    shape: Shape
    section: str
    value: Value
    mark: Mark | None = None


class Definition(NamedTuple):
    """A quantity worked out by an expression. `text` is the equation as it is read: `z = w@x + b`."""

    key: str
    expr: Expr
    text: str = ""
    mark: Mark | None = None

    @property
    def shape(self) -> Shape:
        """The shape of its value."""
        return self.expr.shape


def keys(items: Iterable[Given | Definition]) -> list[str]:
    """The keys in order."""
    return [item.key for item in items]


def definitions_by_key(definitions: Iterable[Definition]) -> dict[str, Definition]:
    """The definitions by their keys, in order."""
    return {definition.key: definition for definition in definitions}
