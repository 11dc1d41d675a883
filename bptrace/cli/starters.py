"""The networks that `bptrace new` draws: small numbers, a loss that fits, units that learn and are not alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple

from bptrace.numbers.arrays import entries
from bptrace.numbers.enclosures import Scalar, UndecidedError, less, precision
from bptrace.numbers.exact import rational
from bptrace.ops.chain_rule import slope_expression
from bptrace.ops.evaluate import kernel
from bptrace.ops.expr import Name, lift
from bptrace.ops.op import call
from bptrace.spec.reader import loads

TRIES = 50
LARGEST_TRIED = 60
"""A network of more units is not worked out before it is written."""
BITS = 64
LEAST = rational("1/1000")
"""A slope, an output or a gradient that is smaller is as good as 0: of a unit that is saturated, say."""
DRAWS = {
    "integers": ("-3", "-2", "-1", "1", "2", "3"),
    "halves": ("-2", "-3/2", "-1", "-1/2", "1/2", "1", "3/2", "2"),
    "decimals": tuple(f"{sign}0.{digit}" for sign in ("-", "") for digit in range(1, 10)),
}
"""What numbers are drawn from; never 0, beside which a gradient would be 0."""
VALUES = {text: rational(text) for texts in DRAWS.values() for text in texts}

Draw = Callable[[], str]


class Target(NamedTuple):
    """What a loss is held against: `write` makes it for so many outputs, of numbers drawn and choices; `about` says."""

    write: Callable[[int, Draw, Random], str]
    about: str = ""


def _each(texts: Sequence[str]) -> Callable[[int, Draw, Random], str]:
    return lambda outputs, draw, chance: _listed([chance.choice(texts) for _ in range(outputs)])


def _one_hot(outputs: int, draw: Draw, chance: Random) -> str:
    place = chance.randrange(outputs)
    return _listed([str(int(place == output)) for output in range(outputs)])


NUMBERS = Target(lambda outputs, draw, chance: _listed([draw() for _ in range(outputs)]))
SIGNS = Target(_each(("-1", "1")), "1 or -1")
BITS_0_1 = Target(_each(("0", "1")), "0 or 1")
CLASS = Target(lambda outputs, draw, chance: str(1 + chance.randrange(outputs)), "the class, counted from 1")
ONE_HOT = Target(_one_hot, "1 for the class")


class Fit(NamedTuple):
    """The target that a loss takes, and how it is written of an output yhat where that is no call with both."""

    target: Target
    text: str = ""


DISTANCES = ("squared_error", "half_squared_error", "mean_squared_error", "absolute_error")
FITS: Mapping[str, Mapping[str, Fit]] = {
    "identity": {
        **dict.fromkeys((*DISTANCES, "huber", "log_cosh"), Fit(NUMBERS)),
        "hinge": Fit(SIGNS),
        "cross_entropy": Fit(CLASS, "cross_entropy(yhat, y)      # of logits: softmax is part of it"),
        "bce_with_logits": Fit(BITS_0_1, "bce_with_logits(yhat, y)      # of logits: sigmoid is part of it"),
    },
    "sigmoid": {"binary_cross_entropy": Fit(BITS_0_1), **dict.fromkeys(DISTANCES, Fit(BITS_0_1))},
    "softmax": {
        "cross_entropy": Fit(ONE_HOT, "-sum(y*log(yhat))      # cross-entropy"),
        "nll": Fit(CLASS, "nll(log(yhat), y)"),
        "kl_divergence": Fit(ONE_HOT),
        **dict.fromkeys(DISTANCES, Fit(ONE_HOT)),
    },
}
"""The losses that fit each output activation, the usual one first."""
OF_SEVERAL = (CLASS, ONE_HOT)
"""Targets that need two outputs or more."""


class Starter(NamedTuple):
    """What is asked for: sizes from inputs to outputs, the activations, the loss, and what numbers are drawn from.

    `activation`: a name, or one with what it takes besides, `leaky_relu(1/4)`.
    """

    layers: Sequence[int]
    activation: str = "relu"
    output: str = "identity"
    loss: str = "squared_error"
    draw: str = "integers"

    @property
    def fit(self) -> Fit:
        """How the loss is written."""
        return FITS[self.output][self.loss]


def drawn(asked: Starter, seed: int) -> str:
    """A starter whose units all learn something, if a few draws find one; the same for the same seed."""
    chance = Random(seed)
    texts = ("\n".join(starter_lines(asked, chance)) for _ in range(TRIES))
    first = next(texts)
    return first if sum(asked.layers) > LARGEST_TRIED or learns(first) else next(filter(learns, texts), first)


def learns(text: str) -> bool:
    """Whether no gradient of a bias, which is that at its unit, is as good as 0."""
    trace = loads(text).trace(digits=1)
    gradients = [gradient for given, gradient in trace.program.gradients.items() if given.startswith("b")]
    found = (entries(trace.values[key], trace.program.quantities[key].shape) for key in gradients)
    return not any(_is_small(item) for items in found for item in items)


def _is_small(value: Scalar) -> bool:
    return less(abs(value), LEAST)


# The numbers


class _Layer(NamedTuple):
    """The weights and the bias of each unit, as they are written."""

    rows: Sequence[Sequence[str]]
    biases: Sequence[str]


def _layers(asked: Starter, inputs: Sequence[str], draw: Draw) -> Iterator[_Layer]:
    """The layers in order; of a hidden one, units are drawn anew while they are dead or twins."""
    reached: Sequence[Scalar] = [VALUES[text] for text in inputs]
    bent = "identity" if asked.output == "identity" else "sigmoid"  # which is bent where softmax is
    for number, (feeding, units) in enumerate(pairwise(asked.layers), 2):
        activation = _Activation(bent if number == len(asked.layers) else asked.activation)
        found = [[draw() for _ in range(feeding)] for _ in range(units)]
        found = [[*row, draw()] for row in found]
        with precision(BITS):
            reached = _mended(found, reached, activation, draw)
        yield _Layer([unit[:-1] for unit in found], [unit[-1] for unit in found])


class _Activation:
    """An activation, ready to be taken of numbers."""

    def __init__(self, name: str) -> None:
        function, settings = parted(name)
        node, out = call(function, Name("z", ()), *map(lift, settings)), Name("h", ())
        self._value, self._slope = kernel(node), kernel(slope_expression(node, out))

    def at(self, unit: Sequence[str], reached: Sequence[Scalar]) -> tuple[Scalar, int]:
        """What a unit makes of what reaches it, and by how much that is at fault: a slope, an output as good as 0."""
        *weights, bias = (VALUES[text] for text in unit)
        z = sum((weight * value for weight, value in zip(weights, reached, strict=True)), bias)
        try:
            h: Scalar = self._value({"z": z})
            return h, 2 * _is_small(self._slope({"z": z, "h": h})) + _is_small(h)
        except UndecidedError:
            return z, 0


def _mended(units: list[list[str]], reached: Sequence[Scalar], activation: _Activation, draw: Draw) -> list[Scalar]:
    """Draw units anew that are dead or like one before them, as often as may be; what the layer makes of its input."""
    found = []
    for place, first in enumerate(units):
        others = {tuple(unit[:-1]) for unit in units[:place]}
        best, least = first, (*activation.at(first, reached), tuple(first[:-1]) in others)
        for _ in range(TRIES):
            if not any(least[1:]):
                break
            unit = [draw() for _ in first]
            tried = (*activation.at(unit, reached), tuple(unit[:-1]) in others)
            if tried[1:] < least[1:]:
                best, least = unit, tried
        units[place] = best
        found.append(least[0])
    return found


# The text


def starter_lines(asked: Starter, chance: Random) -> Iterator[str]:
    """The lines of a starter network, its numbers drawn one after the other."""

    def draw() -> str:
        return chance.choice(DRAWS[asked.draw])

    inputs = [draw() for _ in range(asked.layers[0])]
    made = list(_layers(asked, inputs, draw))
    target = asked.fit.target
    yield "# A network for bptrace: equations as on a whiteboard, read from top to bottom."
    yield "# Numbers are exact: 3, -0.5, 1/3. Try: bptrace run FILE --formula"
    yield f"title: {'-'.join(map(str, asked.layers))} network"
    yield f"input: {{x: {_listed(inputs)}}}"
    yield "weights:"
    for number, layer in enumerate(made, 1):
        yield f"  W{number}: {_listed(map(_listed, layer.rows))}" + ("      # W1[unit][input]" if number == 1 else "")
        yield f"  b{number}: {_listed(layer.biases)}"
    about = f"      # {target.about}" if target.about else ""
    yield f"target: {{y: {target.write(asked.layers[-1], draw, chance)}}}{about}"
    yield from _equations(asked)
    rate = "0.1" if asked.draw == "decimals" else "1/10"
    yield f"update: {{rule: sgd, lr: {rate}}}      # one gradient step; leave it out if you need none"
    yield "# gradients: [weights, input]       # also the gradients of the input"


def _equations(asked: Starter) -> Iterator[str]:
    last = len(asked.layers) - 1
    yield "forward:"
    for number in range(1, last + 1):
        ends = number == last and asked.output == "identity"
        name, activation = "yhat" if ends else f"z{number}", asked.output if number == last else asked.activation
        yield f"  {name}: W{number}@{'x' if number == 1 else f'h{number - 1}'} + b{number}"
        if not ends:
            function, settings = parted(activation)
            yield f"  {'yhat' if number == last else f'h{number}'}: {function}({', '.join((name, *settings))})"
    yield f"loss: {asked.fit.text or f'{asked.loss}(yhat, y)'}"


def parted(activation: str) -> tuple[str, list[str]]:
    """The function that an activation is, and what it takes besides what it is taken at.

    >>> parted("leaky_relu(1/4)"), parted("relu")
    (('leaky_relu', ['1/4']), ('relu', []))
    """
    function, _, settings = activation.removesuffix(")").partition("(")
    return function.strip(), [text.strip() for text in settings.split(",") if text.strip()]


def _listed(texts: Iterator[str] | Sequence[str] | map[str]) -> str:
    """A list as YAML writes it on one line."""
    return f"[{', '.join(texts)}]"
