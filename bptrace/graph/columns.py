"""The columns of a network of layers, as on a whiteboard: inputs, a layer each, the loss, and behind it the target."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from bptrace.engine.model import Definition
from bptrace.engine.plans import ranks
from bptrace.engine.sentence_parts import FunctionName, Sentence, sentence, separated
from bptrace.engine.trace import Trace
from bptrace.explain.layers import Layer, activated, layers_of
from bptrace.explain.wiring import Wiring
from bptrace.graph.element_trees import ElementTrees
from bptrace.graph.graph import INPUT, LOSS, QUANTITY, TARGET, UNIT, WEIGHT
from bptrace.numbers.arrays import Index, Shape, indices, size
from bptrace.ops.expr import names


class Member(NamedTuple):
    """A quantity whose elements stand in a column, and the pre-activation that it is a function of, if it is one."""

    key: str
    shape: Shape
    kind: str
    before: str = ""


class GraphColumn(NamedTuple):
    """Quantities whose elements stand below each other; `layer`: whose weights are at the edges that lead to them."""

    members: tuple[Member, ...]
    heading: Sentence = ()
    layer: Layer | None = None

    def elements(self) -> list[tuple[Member, Index]]:
        """Every element in it."""
        return [(member, index) for member in self.members for index in indices(member.shape)]


def drawable_layers(trace: Trace) -> tuple[Layer, ...]:
    """The layers of a network, where they are all there is to draw before the loss; else none.

    A loss that reads weights, as one with a penalty does, has more in it than a circle a unit shows.
    """
    part = trace.samples[0] if trace.samples else trace
    layers = layers_of(part)
    weighed = any(part.sections.get(key) == WEIGHT for item in _rest(part, layers) for key in names(item.expr))
    return () if weighed else layers


def _rest(trace: Trace, layers: Sequence[Layer]) -> list[Definition]:
    """What follows the layers."""
    within = {item.key for layer in layers for item in (*layer.sums, *layer.activations)}
    return [item for key, item in Wiring(trace).forward.items() if key not in within]


def columns_of(trace: Trace, layers: Sequence[Layer], trees: ElementTrees) -> Iterator[GraphColumn]:
    """The columns from left to right; the targets that the loss alone reads stand on its other side."""
    rest = _rest(trace, layers)
    summed = {key for layer in layers for item in layer.sums for key in names(item.expr)}
    inputs = _givens(trace, summed)
    yield GraphColumn(inputs, _counted(inputs, INPUT))
    for number, layer in enumerate(layers):
        yield from _of_layer(layers, number, layer, trees)
    rank = ranks(rest)
    for _, level in groupby(sorted(rest, key=lambda item: rank[item.key]), lambda item: rank[item.key]):
        yield _of_level(list(level), trace.program.loss)
    late = _givens(trace, {key for item in rest for key in names(item.expr)} - summed)
    if late:
        yield GraphColumn(late, _counted(late, TARGET))


def _givens(trace: Trace, read: Collection[str]) -> tuple[Member, ...]:
    drawn = (item for item in trace.givens if item.key in read and item.section in (INPUT, TARGET))
    return tuple(Member(item.key, item.shape, item.section) for item in drawn)


def _of_layer(layers: Sequence[Layer], number: int, layer: Layer, trees: ElementTrees) -> Iterator[GraphColumn]:
    """A column of units; a function of all sums at once, such as softmax, has one of its own behind it."""
    alone = all(_is_alone(item, trees) for item in layer.activations)
    sums = tuple(Member(item.key, item.shape, UNIT) for item in layer.sums)
    units = tuple(Member(item.key, item.shape, UNIT, activated(item)) for item in layer.activations)
    functions = separated((FunctionName(name, name) for name in layer.functions), ", ")
    drawn = units if units and alone else sums
    told = sentence(_layer(layers, number), ": ", _counted(drawn, "unit"))
    yield GraphColumn(drawn, sentence(told, ", ", functions) if units and alone else told, layer)
    if not alone:
        yield GraphColumn(tuple(unit._replace(kind=QUANTITY, before="") for unit in units), functions)


def _is_alone(item: Definition, trees: ElementTrees) -> bool:
    """Whether an element of an activation is made of its own sum alone."""
    return len(trees.read(item, (0,) * len(item.shape))) == 1


def _layer(layers: Sequence[Layer], number: int) -> str:
    hidden = len(layers) - 1
    if number == hidden:
        return "output"
    return f"hidden layer {number + 1}" if hidden > 1 else "hidden layer"


def _of_level(level: Sequence[Definition], loss: str) -> GraphColumn:
    """What stands between the layers and the loss, or the loss itself."""
    if [item.key for item in level] == [loss]:
        return GraphColumn((Member(loss, level[0].shape, LOSS),), sentence("loss"))
    return GraphColumn(tuple(Member(item.key, item.shape, QUANTITY) for item in level))


def _counted(members: Sequence[Member], noun: str) -> Sentence:
    count = sum(size(member.shape) for member in members)
    return sentence(f"{count:,} {noun}{'s' * (count != 1)}") if count else ()
