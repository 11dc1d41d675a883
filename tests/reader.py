"""An independent reader of what the register prints: it shares no code with the printer or the equation parser.

cases   = subject { relation subject } [ ":" sum ]            a gate or a piece, in a rule
        | sum "if" chain { ", " sum "if" chain } | sum        the same in a formula; a plain sum in both
subject = sum [ "=" sum ]                                     the sides of "=" must agree
sum     = product { ("+" | "-") product }
product = unary { ("*" | "/") unary }
unary   = "-" unary | atom [ "^" unary ]
atom    = number | name | function "(" cases { "," cases } ")" | "(" cases ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from math import isqrt

from bptrace import Trace

NUMBER = r"\d+(?:\.\d+)?"
ELEMENT = r"[^\W\d]\w*(?:\[\d+(?:,\d+)?\])?"
SIGN = r"<=|>=|, |[-+*/^()<>=:,]"
END = "the end"
NO_NAMES: Mapping[str, Fraction] = {}

RELATIONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
FUNCTIONS: dict[str, Callable[..., Fraction | int]] = {
    "max": lambda *args: max(args),
    "min": lambda *args: min(args),
    "abs": abs,
    "sign": lambda arg: (arg > 0) - (arg < 0),
    "step": lambda arg: Fraction((arg > 0) - (arg < 0) + 1, 2),
    "sqrt": lambda arg: Fraction(isqrt(arg.numerator), isqrt(arg.denominator)),
    "round": lambda arg, grid: (1 if arg > 0 else -1) * grid * ((abs(arg) / grid + Fraction(1, 2)) // 1),
    "count_max": lambda *args: args.count(max(args)),
    "argmax": lambda *args: args.index(max(args)) + 1,
    "count_min": lambda *args: args.count(min(args)),
}


def value_of(text: str, names: Mapping[str, Fraction] = NO_NAMES) -> Fraction:
    """The value of a printed rule or formula. ValueError: it does not read, or says what is not true.

    `names` may hold slashes, quotes and brackets. The subject of a gate, `z1` in `z1=2>0`, need not be known.
    """
    return _Reader(text, names).everything()


def names_of(trace: Trace) -> dict[str, Fraction]:
    """Every element of every quantity by its name in the register."""
    found = {}
    for quantity in trace.program.quantities.values():
        for index in product(*map(range, quantity.shape)):
            name = quantity.element(index)
            value = trace[name]
            assert isinstance(value, Fraction), f"{name} is not one element"
            found[name] = value
    return found


class _Reader:
    def __init__(self, text: str, names: Mapping[str, Fraction]) -> None:
        known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        token = re.compile(rf"(?:(?:{known or r'(?!)'})(?!\w)|{ELEMENT}|{NUMBER}|{SIGN})|\s+|(.)")
        found = list(token.finditer(text))
        strange = [match.group() for match in found if match.group(1)]
        if strange:
            raise ValueError(f"{strange[0]!r} in {text!r}")
        self.text = text
        self.names = names
        self.tokens = [match.group() for match in found if match.group() == ", " or match.group().strip()] + [END]
        self.place = 0

    def everything(self) -> Fraction:
        value = self.cases()
        self.need(END)
        return value

    @property
    def token(self) -> str:
        return self.tokens[self.place]

    def take(self, *wanted: str) -> str:
        if self.token not in wanted:
            return ""
        self.place += 1
        return self.tokens[self.place - 1]

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise self.wrong(f"expected {wanted!r}, not {self.token!r}")

    def wrong(self, problem: str) -> ValueError:
        return ValueError(f"{problem} in {self.text!r}")

    # cases

    def cases(self) -> Fraction:
        first = self.subject()
        if self.token == "if":
            return self.branches(first)
        if self.token not in RELATIONS:
            return first
        holds, strict = self.chain(first)
        if not holds:
            raise self.wrong("a condition that is not true")
        return self.sum() if self.take(":") else Fraction(strict)

    def branches(self, value: Fraction) -> Fraction:
        true = []
        while True:
            self.need("if")
            if self.chain(self.subject())[0]:
                true.append(value)
            if not self.take(", "):
                break
            value = self.sum()
        if len(true) != 1:
            raise self.wrong(f"{len(true)} cases hold")
        return true[0]

    def chain(self, left: Fraction) -> tuple[bool, bool]:
        """Whether all comparisons hold, and whether all are strict."""
        relations = []
        holds = True
        while relation := self.take(*RELATIONS):
            right = self.subject()
            holds = holds and RELATIONS[relation](left, right)
            relations.append(relation)
            left = right
        if not relations:
            raise self.wrong("a condition without a comparison")
        return holds, all(len(relation) == 1 for relation in relations)

    def subject(self) -> Fraction:
        if self.token not in self.names and self.tokens[self.place + 1 :][:1] == ["="]:
            self.need_element()
            self.need("=")
            return self.sum()
        value = self.sum()
        if self.take("=") and self.sum() != value:
            raise self.wrong(f"{value} stated to be something else")
        return value

    def need_element(self) -> None:
        name = self.take(self.token)
        if not re.fullmatch(ELEMENT, name):
            raise self.wrong(f"{name!r} has no value")

    # arithmetic

    def sum(self) -> Fraction:
        value = self.product()
        while sign := self.take("+", "-"):
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Fraction:
        value = self.unary()
        while sign := self.take("*", "/"):
            factor = self.unary()
            value = value * factor if sign == "*" else value / factor
        return value

    def unary(self) -> Fraction:
        if self.take("-"):
            return -self.unary()
        base = self.atom()
        if not self.take("^"):
            return base
        exponent = self.unary()
        if exponent.denominator != 1:
            raise self.wrong(f"the exponent {exponent}")
        return base ** int(exponent)

    def atom(self) -> Fraction:
        token = self.take(self.token)
        if token in self.names:
            return self.names[token]
        if re.fullmatch(NUMBER, token):
            return Fraction(token)
        if token == "(":
            value = self.cases()
            self.need(")")
            return value
        if token not in FUNCTIONS:
            raise self.wrong(f"{token!r} is unknown")
        self.need("(")
        args = [self.cases()]
        while self.take(","):
            args.append(self.cases())
        self.need(")")
        return Fraction(FUNCTIONS[token](*args))
