"""The networks that are measured: dense, two layers, ReLU between them, every number a seeded one-decimal literal."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any, Generic, NamedTuple, TypeVar

Number = TypeVar("Number")
Other = TypeVar("Other")

Sizes = tuple[int, int, int]
MNIST: Sizes = (784, 32, 10)


class Dense(NamedTuple, Generic[Number]):
    """yhat = v relu(w x + b) + c beside a target y; the loss is the squared error, summed."""

    x: list[Number]
    w: list[list[Number]]
    b: list[Number]
    v: list[list[Number]]
    c: list[Number]
    y: list[Number]

    def each(self, convert: Callable[[Number], Other]) -> Dense[Other]:
        """The same network in another kind of number."""
        return Dense(*(_each(part, convert) for part in self))

    @property
    def text(self) -> str:
        """The network as a file."""
        literal = self.each(float)  # type: ignore[arg-type]  # a tenth prints as its own literal: 0.1
        return f"""
input: {{x: {literal.x}}}
weights:
  w: {literal.w}
  b: {literal.b}
  v: {literal.v}
  c: {literal.c}
target: {{y: {literal.y}}}
forward:
  z: w@x + b
  h: relu(z)
  yhat: v@h + c
loss: squared_error(yhat, y)
"""


def dense(sizes: Sizes, seed: int = 7) -> Dense[Fraction]:
    """A network of so many inputs, hidden units and outputs."""
    inputs, hidden, outputs = sizes
    random = Random(seed)

    def vector(length: int) -> list[Fraction]:
        return [Fraction(random.randint(-9, 9), 10) for _ in range(length)]

    def matrix(rows: int, columns: int) -> list[list[Fraction]]:
        return [vector(columns) for _ in range(rows)]

    w, v = matrix(hidden, inputs), matrix(outputs, hidden)
    return Dense(vector(inputs), w, vector(hidden), v, vector(outputs), vector(outputs))


def name(sizes: Sizes) -> str:
    """How a network is called: `784-32-10`."""
    return "-".join(map(str, sizes))


def _each(part: list[Any], convert: Callable[[Any], Any]) -> list[Any]:
    return [_each(item, convert) if isinstance(item, list) else convert(item) for item in part]
