"""The steps of a working before they have values: which definitions each shows, in which order, and how many rows.

Nothing here reads a value: blocks and runs say which elements stand where.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, islice
from typing import NamedTuple

from bptrace.engine.model import Definition
from bptrace.engine.sentence_parts import Sentence
from bptrace.numbers.arrays import Index, indices, size
from bptrace.ops.expr import names

FORWARD, REVERSE, BATCH, UPDATE = "forward", "reverse", "batch", "update"
BY_RANK, FILE, WEIGHTS_LAST = "by-rank", "file", "weights-last"
ORDERS = (BY_RANK, FILE, WEIGHTS_LAST)
"""In which order rows come: forward by rank, which is usual, or as the file has them; back with the gradients of the
weights all at the end, rather than with their equation's.
"""
PHASES = (FORWARD, REVERSE, BATCH, UPDATE)
RANK, UNIT = "rank", "unit"
GROUPINGS = (RANK, UNIT)
"""What a step of the reverse chain is: all that is of one rank, or what is of one unit."""


class Block(NamedTuple):
    """Definitions whose rows are shown together, with the axis of each that runs over the units.

    With every axis known, rows go unit by unit: each unit's weights, then its bias. A matrix alone goes row by row,
    whatever runs over its units. `unit`: only the rows of that one, counted from 0; all of what has no axis.
    """

    definitions: tuple[Definition, ...]
    axes: tuple[int | None, ...]
    unit: int | None = None

    def runs(self) -> Iterator[Run]:
        """The rows of the block in order, as runs of elements of one definition."""
        if self.unit is not None:
            yield from (Run(item, axis, self.unit) for item, axis in zip(self.definitions, self.axes, strict=True))
            return
        if None in self.axes or self.axes == (1,):
            yield from (Run(definition) for definition in self.definitions)
            return
        for unit in range(self.definitions[0].shape[self.axes[0] or 0]):
            for definition, axis in zip(self.definitions, self.axes, strict=True):
                yield Run(definition, axis, unit)


class Run(NamedTuple):
    """Rows of one definition in a row: all its elements, or those of one unit along its axis."""

    definition: Definition
    axis: int | None = None
    unit: int = 0

    @property
    def length(self) -> int:
        """How many rows there are."""
        shape = self.definition.shape
        return size(shape) if self.axis is None else size(shape) // shape[self.axis]

    def indices(self) -> Iterable[Index]:
        """The 0-based indices of the elements, in order."""
        shape = self.definition.shape
        if self.axis is None:
            return indices(shape)
        if len(shape) == 1:
            return [(self.unit,)]
        return (
            [(self.unit, j) for j in range(shape[1])] if self.axis == 0 else [(i, self.unit) for i in range(shape[0])]
        )


class Blocks(tuple[Block, ...]):
    """The blocks of a step in order. Their runs are made once, for all steps that have them."""

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The rows of all blocks, as runs of elements of one definition."""
        return tuple(run for block in self for run in block.runs())

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """For each run, how many rows stand before it; last, how many rows there are."""
        return tuple(accumulate((run.length for run in self.runs), initial=0))


class Unit(NamedTuple):
    """One unit of a layer: the key of the quantity that it is an element of, or of a matrix a row or column.

    `place`: which one, counted from 0. `work`: what a step works out of it, in words.
    """

    key: str
    place: int
    work: Sentence


class Plan(NamedTuple):
    """One step before it has values, with its title as `heading`. `most`: only so many of its rows, None for all.

    `unit`: the one that all of it is about, where steps go by unit.
    """

    phase: str
    heading: Sentence
    blocks: Blocks
    most: int | None = None
    unit: Unit | None = None

    @property
    def definitions(self) -> list[Definition]:
        """What it has rows of, in order."""
        return [item for block in self.blocks for item in block.definitions]

    @property
    def whole(self) -> int:
        """How many rows it has where all are there."""
        return self.blocks.starts[-1]

    @property
    def length(self) -> int:
        """How many rows it will have."""
        return self.whole if self.most is None else min(self.most, self.whole)

    def part(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[Definition, Iterable[Index]]]:
        """The rows from `start` to before `stop`, as runs of elements of one definition; those before are not made."""
        end = self.length if stop is None else min(stop, self.length)
        runs, starts = self.blocks.runs, self.blocks.starts
        for place in range(max(bisect_right(starts, start) - 1, 0), bisect_left(starts, end, hi=len(runs))):
            before = starts[place]
            yield runs[place].definition, islice(runs[place].indices(), max(start - before, 0), end - before)


def ranks(definitions: Sequence[Definition]) -> dict[str, int]:
    r"""The length of the longest path from the givens to each quantity; a given has rank 0 and is left out.

    >>> import bptrace
    >>> ranks(bptrace.loads("weights: {w: 2}\nforward: {a: w^2, b: w + a}\nloss: b*w").definitions)
    {'a': 1, 'b': 2, 'L': 3}
    """
    found: dict[str, int] = {}
    for definition in definitions:
        found[definition.key] = 1 + max((found.get(key, 0) for key in names(definition.expr)), default=0)
    return found


def alone(definition: Definition) -> Block:
    """The block of one definition, shown element by element in its own order."""
    return Block((definition,), (None,))
