"""Derivation: 3-3-2 with unspecified functions, every gradient down to the givens, beside `sympy.diff` of the loss.

Both start from a network that is known, a composed loss there, and end with an expression for each parameter, of
which nothing is printed. bptrace makes its program anew each time; sympy's cache is emptied. A second line has the
texts as well, which sympy would have to print on top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import bptrace
from bptrace.engine.programs import Programs
from bptrace.ops.expr import Expr
from bptrace.typeset.derivation import EXPANDED, Derivation
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.unicode import Unicode
from tests.bench.clock import paired
from tests.bench.figure import Figure, at_least, duration

FASTER = 50
NETWORK = """\
input: {x: vector of 3}
weights: {W1: 3x3, b1: vector of 3, W2: 2x3, b2: vector of 2}
target: {y: vector of 2}
functions: {f: generic, g: generic}
forward: {z: W1@x + b1, h: f(z), u: W2@h + b2, yhat: g(u)}
loss: generic(y, yhat)
"""


def figures() -> Iterator[Figure]:
    ours, theirs = Derived(), Composed()
    for what, derive in (("every gradient to the givens", ours.trees), ("the same, written", ours.texts)):
        pair = paired(derive, theirs.differentiate)
        yield at_least(
            f"3-3-2, {len(theirs.parameters)} parameters: {what}",
            duration(pair.subject),
            f"sympy.diff {duration(pair.comparison)}",
            1 / pair.ratio,
            FASTER if derive == ours.trees else None,
        )


class Derived:
    """The network in bptrace."""

    def __init__(self) -> None:
        self.network = bptrace.loads(NETWORK)

    def derivation(self) -> Derivation[Glyphs]:
        """A derivation with nothing known from the last one."""
        self.network = replace(self.network, programs=Programs())
        return Derivation(self.network.derived(), Unicode())

    def trees(self) -> list[Expr]:
        """The expanded formula of each parameter's gradient."""
        return self._of_each(lambda derivation, row: derivation.substitution.expand(row.tree))

    def texts(self) -> list[str]:
        """The same as texts."""
        return self._of_each(lambda derivation, row: derivation.form(EXPANDED, row)[0].text)

    def _of_each(self, made: Callable[[Derivation[Glyphs], bptrace.Row], Any]) -> list[Any]:
        derivation = self.derivation()
        wanted = set(derivation.selection.gradients())
        return [made(derivation, row) for row in derivation.trace.rows() if row.quantity in wanted]

    def parameters(self) -> list[str]:
        """What the gradients are of, as they are typeset, in the register's order."""
        derivation = self.derivation()
        return [
            derivation.names.element(derivation.chains.subject(name)).text for name in derivation.selection.gradients()
        ]


class Composed:
    """The same loss as one sympy expression, and its parameters."""

    def __init__(self) -> None:
        from sympy import Expr as Expression
        from sympy import Function, Symbol

        f, g, loss = map(Function, "fgL")
        self.parameters: list[Symbol] = []

        def layer(inputs: list[Expression], units: int, called: str) -> list[Expression]:
            sums = []
            for i in range(units):
                row = [Symbol(f"{called}{i}{j}") for j in range(len(inputs))]
                bias = Symbol(f"{called}{i}")
                self.parameters += [*row, bias]
                sums.append(sum(weight * each for weight, each in zip(row, inputs, strict=True)) + bias)
            return sums

        h = [f(z) for z in layer([Symbol(f"x{j}") for j in range(3)], 3, "w")]
        yhat = [g(u) for u in layer(h, 2, "v")]
        self.loss: Expression = loss(Symbol("y1"), Symbol("y2"), *yhat)

    def differentiate(self) -> list[Any]:
        """The derivative by each parameter."""
        from sympy import diff
        from sympy.core.cache import clear_cache

        clear_cache()
        return [diff(self.loss, parameter) for parameter in self.parameters]
