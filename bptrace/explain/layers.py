"""Whether a network consists of layers, by its structure alone: weighted sums, and functions of those, one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from bptrace.engine.model import Definition, keys
from bptrace.engine.plans import FORWARD, ranks
from bptrace.engine.trace import Trace
from bptrace.ops.chain_rule import contributions, slope_expression
from bptrace.ops.expr import Call, Expr, Name, names, nodes
from bptrace.ops.table import OPS


class Layer(NamedTuple):
    """Weighted sums of the layers before it or of the inputs, and what functions make of them, if anything.

    `weights`: those that the sums read.
    """

    sums: tuple[Definition, ...]
    activations: tuple[Definition, ...]
    weights: frozenset[str]

    @property
    def outputs(self) -> tuple[Definition, ...]:
        """What it gives to the next layer, or to the loss."""
        return self.activations or self.sums

    @property
    def functions(self) -> list[str]:
        """What its activations are called, each once: `ReLU`."""
        calls = (OPS[item.expr.op] for item in self.activations if isinstance(item.expr, Call))
        return list(dict.fromkeys(row.title or row.spelled for row in calls))


def layers_of(trace: Trace) -> tuple[Layer, ...]:
    r"""The layers of a network in order, the output layer last; none where it does not consist of layers.

    It does where the loss alone follows the last of them and reads none of the others, each layer reads the one
    before, a skip connection allowed, and each weight is in one layer.

    >>> import bptrace
    >>> text = "weights: {w: 2, v: 3}\ninput: {x: 1}\nforward: {z: w*x, h: relu(z), y: v*h}\nloss: y^2"
    >>> [[item.key for item in layer.outputs] for layer in layers_of(bptrace.loads(text).trace())]
    [['h'], ['y']]
    """
    part = trace.samples[0] if trace.samples else trace
    forward = [item for plan in part.program.plans if plan.phase == FORWARD for item in plan.definitions]
    rank = ranks(forward)
    levels = [list(level) for _, level in groupby(sorted(forward, key=lambda d: rank[d.key]), lambda d: rank[d.key])]
    weights = {key for key, section in part.sections.items() if section == "weights"}
    found = tuple(_layers(levels, weights))
    rest = [item for level in levels[sum(1 + bool(layer.activations) for layer in found) :] for item in level]
    equations = {item.key for item in part.source.definitions} & set(keys(rest))
    fits = found and equations == {part.program.loss} and _reads_only(rest, found[-1].outputs, forward)
    return found if fits and _in_one_each(weights, found) else ()


def _layers(levels: Sequence[Sequence[Definition]], weights: Collection[str]) -> Iterator[Layer]:
    """The layers that the levels begin with."""
    readers = _readers(item for level in levels for item in level)
    before: set[str] = set()
    place = 0
    while place < len(levels) - 1:
        sums, above = levels[place], levels[place + 1]
        read = {key for item in sums for key in names(item.expr)}
        if not all(_is_weighted_sum(item, weights) for item in sums) or (before and before.isdisjoint(read)):
            return
        applied = _are_applied(above, sums, readers)
        yield Layer(tuple(sums), tuple(above) if applied else (), frozenset(read & set(weights)))
        before = set(keys(above if applied else sums))
        place += 1 + applied


def _readers(forward: Iterable[Definition]) -> Mapping[str, list[str]]:
    """What reads each quantity, by key."""
    found: dict[str, list[str]] = {}
    for item in forward:
        for key in names(item.expr):
            found.setdefault(key, []).append(item.key)
    return found


def _is_weighted_sum(item: Definition, weights: Collection[str]) -> bool:
    """Whether it multiplies what it reads by weights and adds: no gradient of a weight reads a weight, and none of
    what is weighted reads anything but weights.
    """
    read = names(item.expr)
    weighing = {key for key in read if key in weights}
    if not weighing or weighing == read.keys() or any(map(_has_slope, nodes(item.expr))):
        return False
    upstream, out = Name("", item.shape), Name(item.key, item.shape)
    flow = list(contributions(item.expr, upstream, out, read, slope_expression))
    beside = ((name.key, key) for name, gradient in flow for key in names(gradient) if key)
    return {name.key for name, _ in flow} == read.keys() and all(
        key != item.key and (key in weights) != (name in weights) for name, key in beside
    )


def _has_slope(node: Expr) -> bool:
    return isinstance(node, Call) and bool(OPS[node.op].title)


def _are_applied(level: Sequence[Definition], sums: Sequence[Definition], readers: Mapping[str, list[str]]) -> bool:
    """Whether a level has a function of each sum, of that one alone, and nothing else reads the sums."""
    subjects = [activated(item) for item in level]
    return sorted(subjects) == sorted(keys(sums)) and all(len(readers[key]) == 1 for key in subjects)


def activated(item: Definition) -> str:
    """What a definition is a function of, element by element or at least in its shape; nothing where it is not."""
    match item.expr:
        case Call(args=[Name() as subject, *_]) as call if call.shape == subject.shape and len(names(call)) == 1:
            row = OPS[call.op]
            is_operator = row.layout and row.arity == (0, 0)
            return "" if is_operator or row.linear(call) else subject.key
    return ""


def _reads_only(rest: Iterable[Definition], outputs: Sequence[Definition], forward: Sequence[Definition]) -> bool:
    """Whether what follows the layers reads of them what the last one gives, and nothing else."""
    rest = list(rest)
    read = {key for item in rest for key in names(item.expr)} & set(keys(forward)) - set(keys(rest))
    return read == set(keys(outputs))


def _in_one_each(weights: Collection[str], layers: Sequence[Layer]) -> bool:
    found = [key for layer in layers for key in layer.weights]
    return sorted(found) == sorted(weights)
