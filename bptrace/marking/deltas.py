"""What δ stands for in a network: the gradient at a pre-activation, which is counted by its layer or by its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from bptrace.engine.model import Definition, keys
from bptrace.engine.plans import FORWARD
from bptrace.engine.trace import Trace
from bptrace.explain.layers import activated, layers_of
from bptrace.numbers.arrays import Index, Shape, size
from bptrace.ops.expr import names

DELTA = re.compile(r"(?:delta|δ)_?(?P<which>.*)")
NUMBER = re.compile(r"[^\w]*([0-9])[^\w]*")
TWO_NUMBERS = [
    re.compile(r"\^?\(?\[?(?P<layer>[1-9])\]?\)?[_,\[(]+(?P<unit>[1-9][0-9]*)[\])]*"),
    re.compile(r"(?P<unit>[1-9][0-9]*)\^[\[(]?(?P<layer>[1-9])[\])]?"),
    re.compile(r"(?P<layer>[1-9])(?P<unit>[1-9])"),
]
"""A layer and a unit in it: `2_1`, `^(2)_1`, `[2][1]`, `1^2`, `21`."""
ABOVE = re.compile(r"\^[\[(]?([1-9])[\])]?")
"""A number above the line counts layers alone."""
LAST = re.compile(r"(?:o|out|output|L)_?(?P<unit>[1-9][0-9]*)?")
"""The output layer, and a unit of it."""


class ArrayPlace(NamedTuple):
    """A value of the network by its key, and an element of it; None for the whole."""

    key: str
    element: Index | None = None


class Deltas:
    r"""The pre-activations of a network: what an activation or the loss reads.

    >>> import bptrace
    >>> text = "weights: {w: 2, v: 3}\ninput: {x: 1}\nforward: {z: w*x, h: relu(z), y: v*h}\nloss: y^2"
    >>> deltas = Deltas(bptrace.loads(text).trace())
    >>> [list(deltas.places(text)) for text in ("delta1", "δ_2", "delta_h")]
    [[ArrayPlace(key='z', element=None)], [ArrayPlace(key='y', element=None)], []]
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.part = trace.samples[0] if trace.samples else trace

    @cached_property
    def activations(self) -> Mapping[str, str]:
        """What is an activation of each pre-activation, by its key."""
        found = ((activated(item), item.key) for item in self._forward)
        return {subject: key for subject, key in found if subject and key != self.part.program.loss}

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The pre-activations in the order of the forward pass: of each layer one, where the network has layers."""
        layers = layers_of(self.trace)
        if layers and all(len(layer.sums) == 1 for layer in layers):
            return tuple(layer.sums[0].key for layer in layers)
        outputs = set(self.activations.values())
        equation = next(item for item in self.part.source.definitions if item.key == self.part.program.loss)
        read = names(equation.expr).keys() - outputs
        return tuple(key for key in keys(self._forward) if key in self.activations or key in read)

    @cached_property
    def _forward(self) -> list[Definition]:
        plans = [plan for plan in self.part.program.plans if plan.phase == FORWARD]
        return [item for plan in plans for item in plan.definitions]

    def _shape(self, key: str) -> Shape:
        return self.part.program.quantities[key].shape

    def places(self, text: str) -> Iterator[ArrayPlace]:
        """What a name such as `δ2` or `delta^(2)_1` can be the gradient at; nothing for one that counts nothing."""
        found = DELTA.fullmatch(text)
        which = found["which"] if found else ""
        if not which:
            yield from [ArrayPlace(key) for key in self.layers] if found and len(self.layers) == 1 else []
            return
        for pattern in TWO_NUMBERS:
            if two := pattern.fullmatch(which):
                yield from self._units(int(two["layer"]), int(two["unit"]))
        if single := NUMBER.fullmatch(which):
            yield from self._counted(single[1], is_layer=bool(ABOVE.fullmatch(which)))
        if (last := LAST.fullmatch(which)) and self.layers:
            yield from (
                self._units(len(self.layers), int(last["unit"])) if last["unit"] else [ArrayPlace(self.layers[-1])]
            )

    def _units(self, layer: int, unit: int) -> Iterator[ArrayPlace]:
        """A unit of a layer."""
        if layer <= len(self.layers):
            key = self.layers[layer - 1]
            shape = self._shape(key)
            if size(shape) == unit == 1:
                yield ArrayPlace(key)
            elif len(shape) == 1 and unit <= size(shape):
                yield ArrayPlace(key, (unit - 1,))

    def _counted(self, digit: str, *, is_layer: bool) -> Iterator[ArrayPlace]:
        """The layer and the units of that number; a pre-activation that ends in it is the layer."""
        number = int(digit)
        called = [key for key in self.layers if re.fullmatch(rf"[^\d]+{digit}", key)]
        yield from map(ArrayPlace, called or self.layers[max(number - 1, 0) : number])
        for layer, key in enumerate(self.layers, 1):
            if number and not is_layer and size(self._shape(key)) > 1:
                yield from self._units(layer, number)
