"""The file of a network of dense layers, as it is written on a whiteboard, by how many units each layer has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bptrace.errors import BptraceError

LETTERS = ("wvu", "bcd", "zsr", "hgf")
"""What weights, biases, sums and outputs are called in the first layers."""
NUMBERED = "Wbzh"
"""What they are called, with the layer's number, where there are more layers than letters."""
MOST_UNITS = 20
MOST_LAYERS = 8


def dense_text(units: Sequence[int], activation: str = "leaky_relu(1/4)", title: str = "") -> str:
    """The file of a network with so many inputs, hidden units and outputs; its numbers are yet to be drawn.

    `activation`: a function of hidden units by its name, with what it takes beside z. Raises BptraceError where there
    are too few units or too many.

    >>> print(dense_text((2, 2, 1), "leaky_relu(1/4)"), end="")
    input:   {x: [2, 2]}
    weights:
      w: [[2, 2], [2, 2]]    # w[unit][input]
      b: [2, 2]
      v: [2, 2]
      c: 2
    target:  {y: 2}
    forward:
      z: w@x + b
      h: leaky_relu(z, 1/4)
      yhat: v@h + c
    loss: (yhat - y)^2
    """
    _check(units)
    weights, forward = _layers(units, activation)
    loss = "(yhat - y)^2" if units[-1] == 1 else "sum((yhat - y)^2)"
    lines = [f"title: {title}"] if title else []
    lines += [f"input:   {{x: {_vector(units[0])}}}", "weights:", *weights]
    lines += [f"target:  {{y: {_bias(units[-1], True)}}}", "forward:", *forward, f"loss: {loss}", ""]
    return "\n".join(lines)


def _check(units: Sequence[int]) -> None:
    if not 2 <= len(units) <= MOST_LAYERS + 1:
        raise BptraceError(
            f"error: a network has from 1 to {MOST_LAYERS} layers\n   as in 2,2,1: inputs, units, outputs"
        )
    if not all(1 <= count <= MOST_UNITS for count in units):
        raise BptraceError(f"error: a layer has from 1 to {MOST_UNITS} units")


def _layers(units: Sequence[int], activation: str) -> tuple[list[str], list[str]]:
    """The lines of the weights, and of the forward pass."""
    weights, forward, feeding = [], [], "x"
    for layer, (before, after) in enumerate(pairwise(units), 1):
        w, b, z, h = _names(layer, len(units) - 1)
        last = layer == len(units) - 1
        rows = _vector(before) if last and after == 1 else f"[{', '.join([_vector(before)] * after)}]"
        weights.append(f"  {w}: {rows}{'    # w[unit][input]' if layer == 1 and after > 1 else ''}")
        weights.append(f"  {b}: {_bias(after, last)}")
        forward.append(f"  {'yhat' if last else z}: {w}@{feeding} + {b}")
        if not last:
            forward.append(f"  {h}: {_applied(activation, z)}")
        feeding = h
    return weights, forward


def _names(layer: int, layers: int) -> list[str]:
    if layers > len(LETTERS[0]):
        return [f"{letter}{layer}" for letter in NUMBERED]
    return [letters[layer - 1] for letters in LETTERS]


def _vector(count: int) -> str:
    return f"[{', '.join(['2'] * count)}]"


def _bias(count: int, last: bool) -> str:
    """As many numbers as a layer has units; that of a single output without brackets."""
    return "2" if last and count == 1 else _vector(count)


def _applied(activation: str, argument: str) -> str:
    """A function of an argument: `leaky_relu(1/4)` is `leaky_relu(z, 1/4)`, and `z^2` is itself."""
    name, opened, rest = activation.strip().partition("(")
    if not name.isidentifier() or name == "z":
        return activation.strip().replace("z", argument)
    return f"{name}({argument})" if not opened or rest.strip() == ")" else f"{name}({argument}, {rest}"
