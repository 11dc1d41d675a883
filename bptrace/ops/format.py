"""What a format needs to write mathematics, and how strongly what it writes holds together.

A format puts pieces together; what a piece is, is its own affair: a text, a box, a tree. It knows no operation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from bptrace.numbers.digits import Numeral

T = TypeVar("T")

OUTERMOST, CASES, SUM, FRACTION, PRODUCT, POWER, ATOM = range(-1, 6)
"""How strongly a piece holds together, and how strongly a place asks for; a weaker piece is bracketed there."""
TERM, FACTOR, ARGUMENT = "term", "factor", "argument"
"""What stands in a long row."""


class Operators(Protocol[T]):
    """What writes rules as a file has them: numbers, operators, functions and cases.

    `signs`: what stands between pieces, by its key: `+`, and ` + ` where it is outermost; `<`; `=`; `:` between a
    condition and what holds then. `apart`: a negative number is bracketed even
    where it leads a sum over samples. `counted`: of which rows the middle is left out where they are long.
    """

    @property
    def signs(self) -> Mapping[str, T]: ...
    @property
    def apart(self) -> bool: ...
    @property
    def counted(self) -> Collection[str]: ...
    def row(self, parts: Sequence[T]) -> T: ...
    def joined(self, parts: Sequence[T], sign: str) -> T: ...
    def brackets(self, inner: T) -> T: ...
    def negative(self, inner: T) -> T: ...
    def power(self, base: T, exponent: T) -> T: ...
    def called(self, function: T, args: Sequence[T]) -> T: ...
    def function(self, name: str) -> T: ...
    def cases(self, branches: Sequence[tuple[T, T]]) -> T: ...
    def more(self, count: int, kind: str) -> T: ...


class Typesetting(ABC, Generic[T]):
    """What sets mathematics, arrays among it; in one line, unless a format overrides what says so.

    `signs`, beyond those of operators: `each` between arrays that are multiplied element by element, `beside` between
    factors with no sign, `then` between the factors along a path, `->` along a path, `,` and `: `.
    """

    signs: Mapping[str, T]
    apart = False
    counted: Collection[str] = (TERM, ARGUMENT)
    stacked = False
    """Fractions stand one above the other, without brackets, and exponents are raised."""

    @abstractmethod
    def row(self, parts: Sequence[T]) -> T:
        """Pieces one behind the other."""

    def joined(self, parts: Sequence[T], sign: str) -> T:
        """Pieces with a sign between them."""
        first, *rest = parts
        return self.row([first, *[piece for part in rest for piece in (self.signs[sign], part)]])

    # what is possible

    def fits(self, *parts: T) -> bool:
        """Whether each of the parts can stand without a line break; in one line, whoever shows it breaks it."""
        return True

    def stacks(self, *parts: T) -> bool:
        """Whether they can be the parts of a fraction."""
        return False

    def roots(self, inner: T) -> bool:
        """Whether it can stand under a root sign."""
        return True

    def raises(self, exponent: T) -> bool:
        """Whether e can have it as an exponent: in one line it would have to be read beyond its first character."""
        return False

    def slashes(self, number: Numeral) -> bool:
        """Whether a number is written with a slash."""
        return bool(number.bottom)

    def is_one_thing(self, part: T) -> bool:
        """Whether it is a number, a symbol or a function, with no operator outside brackets."""
        return False

    @abstractmethod
    def begins_with_digit(self, part: T) -> bool:
        """Whether it would run into a number that stands before it."""

    # numbers and words

    @abstractmethod
    def number(self, number: Numeral) -> T:
        """A number."""

    @abstractmethod
    def words(self, text: str) -> T:
        """Words within mathematics."""

    def more(self, count: int, kind: str) -> T:
        """How many parts of a row are left out."""
        return self.words(f"… {count} more …")

    @abstractmethod
    def function(self, name: str) -> T:
        """A function's name."""

    # what is put together

    @abstractmethod
    def brackets(self, inner: T) -> T:
        """Round brackets."""

    @abstractmethod
    def negative(self, inner: T) -> T:
        """A minus before a piece."""

    def fraction(self, top: T, bottom: T) -> T:
        """A quotient whose parts need no brackets."""
        return self.joined([top, bottom], "/")

    @abstractmethod
    def power(self, base: T, exponent: T) -> T:
        """A power."""

    def power_of_e(self, exponent: T) -> T:
        """A power of Euler's number."""
        raise NotImplementedError

    @abstractmethod
    def root(self, inner: T) -> T:
        """A square root."""

    @abstractmethod
    def size(self, inner: T) -> T:
        """The absolute value."""

    @abstractmethod
    def transposed(self, inner: T) -> T:
        """The transpose."""

    @abstractmethod
    def part(self, whole: T, below: T) -> T:
        """An element of an array, by its place."""

    @abstractmethod
    def total(self, body: T, letter: str = "", along: str = "") -> T:
        """A sum: over a letter, along the rows or the columns, or over everything."""

    @abstractmethod
    def called(self, function: T, args: Sequence[T]) -> T:
        """A function of its arguments."""

    @abstractmethod
    def cases(self, branches: Sequence[tuple[T, T]]) -> T:
        """Values, each with its condition."""

    @abstractmethod
    def matrix(self, rows: Sequence[Sequence[T]]) -> T:
        """An array written out."""
