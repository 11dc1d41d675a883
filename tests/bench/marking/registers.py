"""How people write a register: which digits they write down, which they go on with, and which of its rows there are."""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import NamedTuple

from bptrace.errors import Mark, Source
from bptrace.marking.verdicts import Answer, WrittenNumber
from bptrace.marking.working import GRADIENT, UPDATED, Working, WorkingLine
from bptrace.numbers.digits import exact_numeral, with_point
from bptrace.numbers.enclosures import Scalar, is_enclosure, precision
from bptrace.numbers.exact import Rational, bounds, fraction
from bptrace.ops.evaluate import chosen, evaluate
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, children, nodes, rebuilt

BITS = 128
"""The precision of numbers that a person goes on with unrounded."""
DIGITS_OF_REAL = 12
"""How many digits of a number that is no fraction an exact register has."""


class Written(NamedTuple):
    """A number as it stands on the paper."""

    text: str
    number: WrittenNumber

    @property
    def value(self) -> Rational:
        """What it says."""
        return self.number.value


class Rounding(NamedTuple):
    """So many digits, or places behind the point, rounded (half away from 0) or cut off."""

    digits: int
    places: bool = False
    cut: bool = False

    def decimals(self, value: Rational) -> int:
        """How many places behind the point a number keeps; whole digits are all written."""
        return self.digits if self.places else max(self.digits - 1 - magnitude(value), 0)

    def of(self, value: Rational) -> Rational:
        """The number that is left."""
        return shifted(self._whole(value), self.decimals(value))

    def _whole(self, value: Rational) -> int:
        scaled = abs(fraction(value)) * 10 ** self.decimals(value)
        size = int(scaled) if self.cut else int(scaled + Fraction(1, 2))
        return size if value > 0 else -size

    def written(self, value: Rational, zeros: bool) -> Written:
        """The number as it is written; `zeros`: with those that stand at its end."""
        whole, decimals = self._whole(value), self.decimals(value)
        while not zeros and decimals and whole % 10 == 0:
            whole, decimals = whole // 10, decimals - 1
        sign = "-" if whole < 0 else ""
        digits = str(abs(whole))
        text = with_point(digits, decimals) if decimals else digits
        return _as_written(sign + text, shifted(whole, decimals))


def magnitude(value: Rational) -> int:
    """The place of the first digit: 0 for 1 to 9, -1 for tenths; 0 for 0."""
    if value == 0:
        return 0
    exact = abs(fraction(value))
    guess = len(str(exact.numerator)) - len(str(exact.denominator))
    return guess if exact >= Fraction(10) ** guess else guess - 1


def shifted(whole: int, decimals: int) -> Rational:
    """A whole number with the point so many places to the left."""
    return Rational(whole) / Rational(10) ** decimals


def _as_written(text: str, value: Rational) -> Written:
    mantissa, _, exponent = text.partition("e")
    whole, _, places = mantissa.lstrip("-").partition(".")
    digits = len((whole + places).lstrip("0"))
    return Written(text, WrittenNumber(value, len(places) - int(exponent or 0), digits))


def _exactly(value: Rational, decimal: bool) -> Written:
    text = exact_numeral(value, decimal).text
    return Written(text, WrittenNumber(value, None)) if "/" in text else _as_written(text, value)


def double(value: Rational) -> Rational:
    """The nearest number of double precision."""
    return _of_float(float(fraction(value)))


def single(value: Rational) -> Rational:
    """The nearest number of single precision."""
    return _of_float(_singly(float(fraction(value))))


def _singly(number: float) -> float:
    return float(struct.unpack("f", struct.pack("f", number))[0])


def _of_float(number: float) -> Rational:
    return Rational(*number.as_integer_ratio())


def _printed(value: Rational, machine: Callable[[Rational], Rational]) -> Written:
    """The fewest digits that are no other number of the machine's."""
    number = float(fraction(value))
    texts = (f"{number:.{digits}g}" for digits in range(1, 18))
    text = next(text for text in texts if machine(_of_float(float(text))) == value)
    return _as_written(text, Rational(*Fraction(text).as_integer_ratio()))


class Style(NamedTuple):
    """How somebody writes. `shown`: what is written down, None for all of it; `kept`: what is gone on with, None for
    what is written.

    `carried`: unrounded numbers are gone on with. `twice`: what is rounded was rounded before, two digits further.
    `inner`: each product inside a row is rounded too. `mixed`: each row has its own digits. `machine`: each operation
    is rounded so, and printed as it is.
    """

    name: str
    shown: Rounding | None = None
    kept: Rounding | None = None
    carried: bool = False
    twice: bool = False
    inner: bool = False
    mixed: bool = False
    machine: Callable[[Rational], Rational] | None = None

    @property
    def is_short(self) -> bool:
        """Whether it goes on with fewer digits than it writes, as where only last rows are written."""
        return bool(self.kept)


def styles_of(digits: int) -> Iterator[Style]:
    """The styles of so many digits."""
    for places in (False, True):
        for cut in (False, True):
            said = f"{digits} {'places' if places else 'digits'}{', cut' if cut else ''}"
            for carried in (False, True):
                yield Style(f"{said}{', carried' if carried else ''}", Rounding(digits, places, cut), carried=carried)
    plain = Rounding(digits)
    yield Style(f"{digits} digits, twice", plain, twice=True)
    yield Style(f"{digits} digits, twice, carried", plain, twice=True, carried=True)
    yield Style(f"{digits} digits, each product", plain, inner=True)
    if digits > 2:
        yield Style(f"{digits} digits, worked with {digits - 1}", plain, kept=Rounding(digits - 1))


EXACT = Style("exact")
MANY_DIGITS = (2, 3, 4, 6)
STYLES = (
    EXACT,
    *(style for digits in MANY_DIGITS for style in styles_of(digits)),
    Style("mixed", Rounding(4), mixed=True),
    Style("mixed, carried", Rounding(4), mixed=True, carried=True),
    Style("float64", machine=double),
    Style("float32", machine=single),
)
STYLE_NAMED = {style.name: style for style in STYLES}

WHOLE, GRADIENTS, FIRST_LAYER, NEW_WEIGHTS = "whole", "gradients", "first layer", "new weights"
PARTS = (WHOLE, GRADIENTS, FIRST_LAYER, NEW_WEIGHTS)


def names_in(part: str, working: Working, first: tuple[str, ...]) -> list[str]:
    """The rows that are there; `first`: the weights of the first layer."""
    return [line.name for line in working.lines.values() if _is_in(part, line, working.kind(line.name), first)]


def _is_in(part: str, line: WorkingLine, kind: str, first: tuple[str, ...]) -> bool:
    quantity = line.quantity
    if part == NEW_WEIGHTS:
        return kind == UPDATED and quantity.role is None
    if part == FIRST_LAYER:
        return kind == GRADIENT and quantity.base in first and not quantity.stage and line.sample is None
    return part == WHOLE or kind == GRADIENT


class Hand:
    """Somebody who works a network out in a style, by the rules that are the wrong ones where `wrong` has one."""

    def __init__(self, working: Working, style: Style, random: Random, wrong: Mapping[str, Expr]) -> None:
        self.working = working
        self.style = style
        self.random = random
        self.wrong = wrong
        self.zeros = random.random() < 0.5
        self.numbers: dict[str, Rational] = {}
        self.written: dict[str, Written] = {}
        self.real: set[str] = set()
        """The names of what is no fraction."""

    def register(self) -> dict[str, Written]:
        """Every row as it is written. Raises ArithmeticError where there is no value."""
        with precision(BITS):
            for name in self.working.lines:
                self.number(name)
        return {name: self.written[name] for name in self.working.lines}

    def number(self, name: str) -> Rational:
        """What is gone on with of a quantity; a wrong rule may read a row that stands further down."""
        if name not in self.numbers:
            line = self.working.lines.get(name)
            if line is None:
                given = self.working.givens[name]
                self.numbers[name] = self.style.machine(given) if self.style.machine else given
            else:
                self._write(line)
        return self.numbers[name]

    def _write(self, line: WorkingLine) -> None:
        self.numbers[line.name] = as_rational(line.value)  # for rules that read themselves on their way
        rule = self.wrong.get(line.name, line.rule)
        value = self.worked(rule)
        if is_enclosure(value) or any(isinstance(node, Leaf) and node.name in self.real for node in nodes(rule)):
            self.real.add(line.name)
        found = as_rational(value)
        written = self._written(found, is_exact=line.name not in self.real)
        self.written[line.name] = written
        kept = found if self.style.carried or self.style.machine or not self.style.shown else written.value
        self.numbers[line.name] = self.style.kept.of(found) if self.style.kept else kept

    def _written(self, value: Rational, is_exact: bool) -> Written:
        style, shown = self.style, self.style.shown
        if style.machine:
            return _printed(value, style.machine)
        if not shown:
            decimal = self.working.trace.decimal
            return _exactly(value, decimal) if is_exact else Rounding(DIGITS_OF_REAL).written(value, self.zeros)
        if style.mixed:
            shown = Rounding(self.random.randint(2, 6), cut=self.random.random() < 0.3)
        if style.twice:
            value = shown._replace(digits=shown.digits + 2).of(value)
        return shown.written(value, self.zeros)

    def worked(self, rule: Expr) -> Scalar:
        """The value of a rule from the numbers that are gone on with."""
        style = self.style
        if style.machine:
            return step_by_step(rule, self.number, style.machine)
        if style.inner and style.shown:
            return evaluate(by_products(rule, self.number, style.shown.of))
        return evaluate(over(rule, self.number))


def as_rational(value: Scalar) -> Rational:
    """An exact value as it is, an enclosure by its middle."""
    low, high = bounds(value) if is_enclosure(value) else (value, value)
    return (low + high) / 2


Numbers = Callable[[str], Rational]


def over(rule: Expr, number: Numbers) -> Expr:
    """A rule with other numbers for what it reads."""
    if isinstance(rule, Leaf):
        return Leaf(rule.name, number(rule.name))
    parts = children(rule)
    return rebuilt(rule, [over(part, number) for part in parts]) if parts else rule


def by_products(rule: Expr, number: Numbers, rounded: Callable[[Rational], Rational]) -> Expr:
    """The same, with each product and quotient inside it rounded."""
    parts = [_inside(part, number, rounded) for part in children(rule)]
    return rebuilt(rule, parts) if parts else over(rule, number)


def _inside(rule: Expr, number: Numbers, rounded: Callable[[Rational], Rational]) -> Expr:
    made = by_products(rule, number, rounded)
    if isinstance(made, Call) and made.op in "*/":
        return Number(rounded(as_rational(evaluate(made))))
    return made


def step_by_step(rule: Expr, number: Numbers, machine: Callable[[Rational], Rational]) -> Rational:
    """The value of a rule with each operation rounded as a machine does."""
    if isinstance(rule, Leaf):
        return number(rule.name)
    if isinstance(rule, Number):
        return machine(rule.value)
    if isinstance(rule, Cases):
        made = over(rule, number)
        assert isinstance(made, Cases)
        branch = made.branches.index(chosen(made)[1])
        return step_by_step(rule.branches[branch].value, number, machine)
    assert isinstance(rule, Call)
    values = [step_by_step(part, number, machine) for part in rule.args]
    if rule.op in ("+", "*"):
        total = values[0]
        for value in values[1:]:
            total = machine(total + value if rule.op == "+" else total * value)
        return total
    if rule.op == "sigmoid":
        return machine(1 / machine(1 + machine(as_rational(evaluate(Call("exp", (Number(-values[0]),)))))))
    return machine(as_rational(evaluate(rebuilt(rule, [Number(value) for value in values]))))


class Sheet(NamedTuple):
    """What is handed in: rows of a name and a number."""

    rows: Mapping[str, Written]

    @property
    def text(self) -> str:
        """The rows as a CSV file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["quantity", "value"])
        writer.writerows((name, written.text) for name, written in self.rows.items())
        return text.getvalue()

    def answers(self) -> list[Answer]:
        """The rows as they are read."""
        source = Source("answers.csv", "")
        return [
            Answer(name, Mark(source, 0), name, written.text, written.number) for name, written in self.rows.items()
        ]
