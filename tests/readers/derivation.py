"""Reads the mathematics that `derive` prints, `∂L/∂ŷ₁·g'(y₁')·x₂`, as a sympy expression. It shares no code with it.

What is put together from cases becomes a polynomial in `Positive(s)`, which is 1 where s is greater than 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, TypeAlias

import sympy

from tests import second_opinion
from tests.readers.tokens import Longest, Tokens

Expression: TypeAlias = Any

HIGH = {char: str(digit) for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {"⁻": "-"}


class Positive(sympy.Function):  # type: ignore[misc]  # sympy has no types
    """1 where its argument is greater than 0, else 0; of what begins with a minus sign, by its opposite."""

    @classmethod
    def eval(cls, argument: Expression) -> Expression:
        if argument.is_number:
            return sympy.Integer(1) if argument > 0 else sympy.Integer(0)
        if argument.has(cls):
            return None
        argument = sympy.expand(argument)
        return 1 - cls(-argument) if argument.could_extract_minus_sign() else None

    def fdiff(self, argindex: int = 1) -> Expression:
        return sympy.Integer(0)


def greater(one: Expression, other: Expression) -> Expression:
    return other + (one - other) * Positive(one - other)


def absolute(z: Expression) -> Expression:
    return z * (2 * Positive(z) - 1)


PIECES: dict[str, Callable[..., Any]] = {
    "relu": second_opinion.each(lambda z: z * Positive(z)),
    "leaky_relu": second_opinion.each(lambda z, a: a * z + (1 - a) * z * Positive(z)),
    "abs": second_opinion.each(absolute),
    "max": second_opinion.each(greater),
    "min": second_opinion.each(lambda a, b: -greater(-a, -b)),
    "hardtanh": second_opinion.each(
        lambda z: sympy.Integer(-1) + (z + 1) * Positive(z + 1) - (z - 1) * Positive(z - 1)
    ),
    "absolute_error": second_opinion.errors(second_opinion.total, absolute),
    "hinge": lambda yhat, y: second_opinion.total(
        second_opinion.zipped(lambda a, b: greater(sympy.Integer(0), 1 - a * b), yhat, y)
    ),
}
"""The functions of a network file that are put together from cases, by the same polynomials."""
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "max": lambda *args: reduce(lambda best, other: greater(other, best), args),
    "min": lambda one, other: -greater(-one, -other),
    "sign": lambda z: 2 * Positive(z) - 1,
    "step": Positive,
    "ReLU": lambda z: z * Positive(z),
    "ReLU'": Positive,
    "LeakyReLU": lambda z, a: a * z + (1 - a) * z * Positive(z),
    "LeakyReLU'": lambda z, a: a + (1 - a) * Positive(z),
    "hardtanh'": lambda z: Positive(z + 1) * Positive(1 - z),
    "softmax": sympy.Function("softmax"),
    **{name: getattr(sympy, name) for name in ("exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "erf")},
}


def read(text: str, names: Mapping[str, Expression], functions: Mapping[str, Callable[..., Any]]) -> Expression:
    """The expression that a printed formula is. ValueError where it does not read."""
    return _Reader(text, names, {**FUNCTIONS, **functions}).everything()


class _Reader(Tokens):
    times = "·"

    def __init__(self, text: str, names: Mapping[str, Expression], functions: Mapping[str, Callable[..., Any]]) -> None:
        longest = Longest([*names, *functions], r"[A-Za-z_0-9'₀-₉⁽]")
        sign = r"√|½|∂/∂|\[= 0\]|[-+·/^()|[\]]|, | [<>≤≥] |if|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
        super().__init__(text, longest, rf"\d+(?:\.\d+)?|{sign}")
        self.names = names
        self.functions = functions

    def total(self, terms: list[Expression]) -> Expression:
        return sympy.Add(*terms)

    def cases(self) -> Expression:
        value = self.sum()
        if self.tokens[self.place] != "if":
            return value
        total = sympy.Integer(0)
        while True:
            self.need("if")
            total += value * self.condition()
            if not self.take(", "):
                return total
            value = self.sum()

    def condition(self) -> Expression:
        """1 where it holds, else 0."""
        held, left = sympy.Integer(1), self.sum()
        while relation := self.take(" < ", " > ", " ≤ ", " ≥ "):
            right = self.sum()
            more = right - left if relation in (" < ", " ≥ ") else left - right
            held *= Positive(more) if relation in (" < ", " > ") else 1 - Positive(more)
            left = right
        return held

    def unary(self) -> Expression:
        return -self.unary() if self.take("-") else self.power()

    def power(self) -> Expression:
        base = self.atom()
        if self.take("[= 0]") and base != 0:
            raise self.wrong(f"{base} is not 0")
        token = self.tokens[self.place]
        if token[0] in HIGH:
            self.place += 1
            return base ** sympy.Integer("".join(HIGH[char] for char in token))
        return base ** self.unary() if self.take("^") else base

    def atom(self) -> Expression:
        token = self.take(self.tokens[self.place])
        if token == "(":
            value = self.cases()
            self.need(")")
            return value
        if token == "|":
            value = self.sum()
            self.need("|")
            return absolute(value)
        if token == "∂/∂":
            symbol = self.names[self.take(self.token)]
            self.need("[")
            value = self.cases()
            self.need("]")
            return sympy.diff(value, symbol)
        if token == "√":
            return sympy.sqrt(self.atom())
        if token in self.functions and self.tokens[self.place] == "(":
            return self.functions[token](*self.arguments())
        return self.names[token] if token in self.names else sympy.Rational("1/2" if token == "½" else token)

    def arguments(self) -> list[Expression]:
        self.need("(")
        found = [self.cases()]
        while self.take(", "):
            found.append(self.cases())
        self.need(")")
        return found
