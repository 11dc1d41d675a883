"""What a notebook shows of numbers and of arrays of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from bptrace.engine.row import Array
from bptrace.notebook.medium import Medium
from bptrace.notebook.workings import Cut, without_middle
from bptrace.numbers.digits import INFINITE, elided, exact_numeral
from bptrace.numbers.exact import ABSENT, NoValueError, Rational
from bptrace.numbers.public import Enclosure, PublicNumber
from bptrace.ops.format import T
from bptrace.typeset.format import Format

MOST, LAST = 10, 3
"""How many rows and columns of an array are shown at most, and how many of those are the last ones."""


def number_shown(medium: Medium[T], value: PublicNumber) -> str:
    """A number; `≈` before one whose digits are not all."""
    piece = number_piece(medium.form, value)
    return medium.alone(_about(medium.form, piece) if isinstance(value, Enclosure) else piece)


def array_shown(medium: Medium[T], array: Array) -> str:
    """An array, a vector as a column; `≈` before one with numbers whose digits are not all."""
    places = [without_middle(range(length), MOST, LAST) for length in (*array.shape, 1)[:2]]
    values: list[PublicNumber | None] = []

    def piece(row: int, column: int) -> T:
        values.append(_value(array, (row, column)[: array.ndim]))
        return medium.form.words(ABSENT) if values[-1] is None else number_piece(medium.form, values[-1])

    matrix = matrix_piece(medium.form, places, piece)
    is_about = any(isinstance(value, Enclosure) for value in values)
    return medium.alone(_about(medium.form, matrix) if is_about else matrix)


def matrix_piece(form: Format[T], places: Sequence[Cut[int]], piece: Callable[[int, int], T]) -> T:
    """A matrix of the rows and columns at some places, with dots for those that are left out."""
    (top, rows_left, bottom), (left, columns_left, right) = places
    dots = form.words("…")

    def line(row: int) -> list[T]:
        gap = [dots] if columns_left else []
        return [*(piece(row, column) for column in left), *gap, *(piece(row, column) for column in right)]

    width = len(left) + len(right) + bool(columns_left)
    return form.matrix([*map(line, top), *([[dots] * width] if rows_left else []), *map(line, bottom)])


def number_piece(form: Format[T], value: PublicNumber) -> T:
    """A number as a piece of mathematics, in words the middle of a long one."""
    if isinstance(value, Enclosure):
        return form.number(value.numeral)
    if not isinstance(value, Fraction):
        return form.number(INFINITE)
    exact = Rational(value.numerator, value.denominator)
    text = elided(exact, False)
    return form.words(text) if "…" in text else form.number(exact_numeral(exact, False))


def _about(form: Format[T], piece: T) -> T:
    return form.row([form.signs["about"], piece])


def _value(array: Array, index: tuple[int, ...]) -> PublicNumber | None:
    try:
        value: PublicNumber = array[index]
    except NoValueError:
        return None
    return value
