"""sympy: `sympy.diff` of the composed loss of 4-4-2 by each of its 30 parameters, beside `network.trace()`.

Of sympy only the derivatives are timed: the loss is composed beforehand, with inputs and targets as numbers
and parameters as symbols, ReLU as `Max(0, z)`, and no number is put into what comes out. Its cache is emptied
first (which takes less than a hundredth of the time), as otherwise it would look its own answers up.
`trace()` works the forward pass out as well, and its gradients are numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import bptrace
from tests.bench.clock import paired
from tests.bench.dense import Dense, Sizes, dense, name
from tests.bench.figure import Figure, at_least, duration

SIZES: Sizes = (4, 4, 2)
FASTER = 1_000


def figures() -> Iterator[Figure]:
    net = dense(SIZES)
    symbolic = Symbolic(net)
    pair = paired(bptrace.loads(net.text).trace, symbolic.differentiate)
    what = f"{name(SIZES)}, {len(symbolic.parameters)} parameters"
    yield at_least(what, duration(pair.subject), f"sympy.diff {duration(pair.comparison)}", 1 / pair.ratio, FASTER)


class Symbolic:
    """The network's loss as one sympy expression. `parameters`: the value of each symbol, in the register's order."""

    def __init__(self, net: Dense[Fraction]) -> None:
        from sympy import Expr, Max, Rational, Symbol

        self.parameters: dict[Symbol, Rational] = {}

        def symbol(name: str, value: Fraction) -> Symbol:
            self.parameters[Symbol(name)] = Rational(value.numerator, value.denominator)
            return Symbol(name)

        def layer(inputs: list[Expr], weights: list[list[Fraction]], biases: list[Fraction], called: str) -> list[Expr]:
            units: list[Expr] = []
            for i, (row, bias) in enumerate(zip(weights, biases, strict=True), 1):
                factors = [symbol(f"{called[0]}{i}{j}", weight) for j, weight in enumerate(row, 1)]
                products = [factor * value for factor, value in zip(factors, inputs, strict=True)]
                units.append(sum(products) + symbol(f"{called[1]}{i}", bias))
            return units

        x, y = ([Rational(each.numerator, each.denominator) for each in vector] for vector in (net.x, net.y))
        h = [Max(0, z) for z in layer(x, net.w, net.b, "wb")]
        yhat = layer(h, net.v, net.c, "vc")
        self.loss: Expr = sum((output - target) ** 2 for output, target in zip(yhat, y, strict=True))

    def differentiate(self) -> list[Any]:
        """The derivative by each parameter."""
        from sympy import diff
        from sympy.core.cache import clear_cache

        clear_cache()
        return [diff(self.loss, parameter) for parameter in self.parameters]
