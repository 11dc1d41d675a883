"""Slips that are made in any row: a sign, a neighbour, a copy, digits."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.marking.parts import TARGET, Parts
from bptrace.marking.rule_paths import leaves_of, parts_changed, put, with_leaf
from bptrace.marking.slip import Slip, SlipExample, SlipGroup, never
from bptrace.marking.verdicts import WrittenNumber
from bptrace.numbers.enclosures import OutOfDomainError, Scalar, UndecidedError, less
from bptrace.numbers.exact import Rational
from bptrace.ops.evaluate import NO_VALUE, evaluate
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, plus
from bptrace.ops.op import call


def _sign(parts: Parts) -> Iterator[Expr]:
    yield -parts.rule


def _neighbour(parts: Parts) -> Iterator[Expr]:
    """Nearest neighbours first, one of each leaf in turn."""
    leaves = {
        leaf.name: parts.around.neighbours(leaf.name) for leaf in leaves_of(parts.rule) if parts.kind_of(leaf) != TARGET
    }
    for place in range(max(map(len, leaves.values()), default=0)):
        for name, others in leaves.items():
            if place < len(others):
                yield with_leaf(parts.rule, name, parts.working.leaf(others[place]))


def _rounded(number: WrittenNumber, parts: Parts) -> Iterator[Expr]:
    """With what the row reads rounded to the digits that are written, then to fewer; then with its products so."""
    if number.decimals is None:
        return
    for decimals in range(min(number.decimals, MOST_DECIMALS), 0, -1):
        grid = Number(Rational(10) ** -decimals)

        def rounded(part: Expr, grid: Number = grid) -> Expr:
            return call("round", part, grid)

        yield parts_changed(parts.rule, lambda part: rounded(part) if _is_worked_out(parts, part) else None)
        if len(parts.paths) > 1:
            yield plus([rounded(path.term) for path in parts.paths])
        for factor in (
            factor for path in parts.paths[:1] for factor in path.factors if isinstance(factor, Call | Cases)
        ):
            yield parts_changed(parts.rule, put(factor, rounded(factor)))


def _is_worked_out(parts: Parts, part: Expr) -> bool:
    """Whether a part is a row of the working."""
    return isinstance(part, Leaf) and part.name in parts.working.lines


def _transposed_digits(number: WrittenNumber, parts: Parts) -> Iterator[Expr]:
    """The number that is written, if two digits beside one another are exchanged in what it should be."""
    unit = number.unit
    if unit is None or number.digits > MOST_DIGITS or (number.value / unit).q != 1:
        return
    try:
        digits, value = str(abs(number.value / unit)), evaluate(parts.rule)
    except NO_VALUE:
        return
    for place in range(len(digits) - 1):
        turned = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        meant = Rational(int(turned)) * unit * (-1 if number.value < 0 else 1)
        if turned != digits and _within(value - meant, unit):
            yield Number(number.value)
            return


def _within(difference: Scalar, bound: Rational) -> bool:
    """Whether a difference is proven to be less than a bound; that of a mask is not."""
    try:
        return less(difference, bound) and less(-bound, difference)
    except (UndecidedError, OutOfDomainError):
        return False


def _copied(number: WrittenNumber, parts: Parts) -> Iterator[Expr]:
    """Every other row of the same pass, the nearest first; a number of one digit stands in many."""
    working = parts.working
    if number.digits < FEWEST:
        return
    own = working.order[parts.line.name]
    others = [
        line.name for line in working.lines.values() if line.phase == parts.line.phase and line.name != parts.line.name
    ]
    others.sort(key=lambda name: abs(working.order[name] - own))
    yield from map(working.leaf, others[:MOST_ROWS])


MOST_DECIMALS, MOST_DIGITS = 12, 30
"""Of numbers with more decimals than this no fewer are tried; with more digits, none that are exchanged."""
MOST_ROWS, FEWEST = 200, 2
"""How many rows, the nearest ones, a number can be copied from, and how many digits it has then at least."""

SLIPS = SlipGroup(
    "Any row",
    (
        Slip(
            "sign of this row lost",
            "The value has the wrong sign.",
            "every row",
            _sign,
            SlipExample("two outputs", "dL/dw11"),
            last_resort=True,
        ),
        Slip(
            "the wrong weight or unit (neighbour's)",
            "A number of the unit, the weight or the input beside the right one is used.",
            "every row",
            _neighbour,
            SlipExample("two outputs", "dL/dw12"),
            last_resort=True,
        ),
        Slip(
            "rounded on the way",
            "What the row reads was rounded to fewer digits than are written.",
            "every row",
            never,
            SlipExample("two outputs", "dL/dw12", "0.3200"),
            last_resort=True,
            typed=_rounded,
        ),
        Slip(
            "digits transposed",
            "Two digits beside one another are exchanged.",
            "every row",
            never,
            SlipExample("two outputs", "dL/dw11", "0.2343"),
            last_resort=True,
            typed=_transposed_digits,
        ),
        Slip(
            "copied from another row",
            "The value of another row is written here.",
            "every row",
            never,
            SlipExample("two outputs", "dL/dw11", "0.3244"),
            last_resort=True,
            typed=_copied,
        ),
    ),
)
