"""An independent reader of what the register prints: it shares no code with the printer or the equation parser.

cases   = subject { relation subject } [ ":" sum ]            a gate or a piece, in a rule
        | sum "if" chain { ", " sum "if" chain } | sum        the same in a formula; a plain sum in both
subject = sum [ "=" sum ]                                     the sides of "=" must agree
sum     = product { ("+" | "-") product }
product = unary { ("*" | "/") unary }
unary   = "-" unary | atom [ "^" unary ]
atom    = number | name | "pi" | function "(" cases { "," cases } ")" | "(" cases ")"

Where values are not rational, a number of as many digits as are proven stands for all that round to it, and
`0±1e-30` for all within that distance; what is read is an interval then, which equals what it overlaps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product

from bptrace import Trace
from bptrace.numbers.public import Enclosure
from tests.readers.intervals import (
    Interval,
    Number,
    cosh,
    count,
    greatest,
    hull,
    infinity,
    least,
    number,
    of_mpmath,
    pi,
    power,
    rising,
    rounded,
    scaled,
    sign,
)
from tests.readers.tokens import Longest, Tokens

NUMBER = r"\d+(?:\.\d+)?(?:e-?\d+)?(?:±\d+e-?\d+)?"
ELEMENT = r"[^\W\d]\w*(?:\[\d+(?:,\d+)?\])?"
SIGN = r"<=|>=|, |[-+*/^()<>=:,]"
NO_NAMES: Mapping[str, Number] = {}

RELATIONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
FUNCTIONS: dict[str, Callable[..., Number]] = {
    "max": greatest,
    "min": least,
    "abs": abs,
    "sign": sign,
    "step": lambda arg: (sign(arg) + 1) / Fraction(2),
    "round": rounded,
    "count_max": count(greatest),
    "argmax": lambda *args: Fraction(args.index(greatest(*args)) + 1),
    "count_min": count(least),
    **{name: of_mpmath(name) for name in ("exp", "log", "sqrt", "sin", "cos")},
    **{name: rising(name) for name in ("sinh", "tanh", "erf")},
    "cosh": cosh,
}


class Names(dict[str, Number]):
    """Values by name. `digits`: how many are proven of those that are intervals; 0 where all are exact."""

    digits = 0

    @cached_property
    def longest(self) -> Longest:
        """Finds a name in a text; asked for when all names are there."""
        return Longest(self, r"\w")


def value_of(text: str, names: Mapping[str, Number] = NO_NAMES) -> Number:
    """The value of a printed rule or formula. ValueError: it does not read, or says what is not true.

    `names` may hold slashes, quotes and brackets. The subject of a gate, `z1` in `z1=2>0`, need not be known.
    """
    if text == "-inf":
        return -infinity()
    if text == "≈0":
        return about_zero(1000)
    if text.startswith("≈"):
        sign, size = (-1, text[2:]) if text[1] == "-" else (1, text[1:])
        return sign * number_of(size, 1)
    return _Reader(text, names).everything()


def names_of(trace: Trace) -> Names:
    """Every element of every quantity by its name in the register."""
    found = Names()
    found.digits = trace.digits if trace.bits else 0
    for quantity in trace.program.quantities.values():
        for index in product(*map(range, quantity.shape)):
            name = quantity.element(index)
            found[name] = number_at(trace, name)
    return found


def number_at(trace: Trace, name: str) -> Number:
    """The value of one element."""
    value = trace[name]
    assert isinstance(value, Fraction | Enclosure | float), f"{name} is not one element"
    return number(value)


def check_rows(trace: Trace) -> None:
    """Every row's rule, formula and value, read back, give its value."""
    names = names_of(trace)
    for row in trace.rows():
        assert row.value == names[row.quantity], row
        assert value_of(row.rule, names) == row.value, row
        assert value_of(row.formula, names) == row.value, row
        assert value_of(row.value_text) == row.value, row


def number_of(text: str, proven: int) -> Number:
    """A printed number: exact, or within half a unit of its last place if that many digits of it are `proven`."""
    middle, _, spread = text.partition("±1e")
    mantissa, _, exponent = middle.partition("e")
    if spread:
        return about_zero(-int(spread))
    if not proven or len(mantissa.replace(".", "").lstrip("0")) < proven:
        return Fraction(middle)
    half = Fraction(10) ** -len(mantissa.partition(".")[2]) / 2
    return scaled(Interval.between(Fraction(mantissa) - half, Fraction(mantissa) + half), int(exponent or 0))


def about_zero(places: int) -> Interval:
    """All numbers within so many decimal places of 0."""
    return scaled(Interval.between(Fraction(-1), Fraction(1)), -places)


class _Reader(Tokens):
    def __init__(self, text: str, names: Mapping[str, Number]) -> None:
        longest = names.longest if isinstance(names, Names) else Longest(names, r"\w")
        super().__init__(text, longest, rf"{ELEMENT}|{NUMBER}|{SIGN}")
        self.names = names
        self.proven = names.digits if isinstance(names, Names) else 0

    # cases

    def cases(self) -> Number:
        first = self.subject()
        if self.token == "if":
            return self.branches(first)
        if self.token not in RELATIONS:
            return first
        holds, strict = self.chain(first)
        if not holds:
            raise self.wrong("a condition that is not true")
        return self.sum() if self.take(":") else Fraction(strict)

    def branches(self, value: Number) -> Number:
        true = []
        while True:
            self.need("if")
            if self.chain(self.subject())[0]:
                true.append(value)
            if not self.take(", "):
                break
            value = self.sum()
        if not true or (len(true) > 1 and not self.proven):
            raise self.wrong(f"{len(true)} cases hold")
        return hull(true)

    def chain(self, left: Number) -> tuple[bool, bool]:
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

    def subject(self) -> Number:
        if self.token not in self.names and self.tokens[self.place + 1 : self.place + 2] == ["="]:
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

    def unary(self) -> Number:
        if self.take("-"):
            return -self.unary()
        base = self.atom()
        if not self.take("^"):
            return base
        exponent = self.unary()
        if not self.proven and exponent.denominator != 1:
            raise self.wrong(f"the exponent {exponent}")
        return power(base, exponent)

    def atom(self) -> Number:
        token = self.take(self.token)
        if token in self.names:
            return self.names[token]
        if re.fullmatch(NUMBER, token):
            return number_of(token, self.proven)
        if token == "(":
            value = self.cases()
            self.need(")")
            return value
        if token == "pi":
            return pi()
        if token == "inf":
            return infinity()
        if token not in FUNCTIONS:
            raise self.wrong(f"{token!r} is unknown")
        self.need("(")
        args = [self.cases()]
        while self.take(","):
            args.append(self.cases())
        self.need(")")
        return FUNCTIONS[token](*args)
