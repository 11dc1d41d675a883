"""What a format needs to write the quantities of a trace, on top of what any mathematics needs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from bptrace.engine.symbols import Symbol
from bptrace.ops.format import POWER, PRODUCT, T, Typesetting


class Format(Typesetting[T]):
    """A format in which mathematics is set. `unicode`, `ascii`, `latex` and `mathml` are those that there are."""

    half: T | None = None
    """The character for a half, where there is one."""

    @property
    def derivative_strength(self) -> int:
        """How strongly a derivative holds together, which is written as a quotient."""
        return POWER if self.stacked else PRODUCT

    @abstractmethod
    def symbol(self, symbol: Symbol, note: str = "") -> T:
        """The letter with its accent, what is above it, what is below it, its primes; a word beside it."""

    @abstractmethod
    def letter(self, text: str) -> T:
        """A letter as it is."""

    @abstractmethod
    def partial(self, loss: T, quantity: T) -> T:
        """How one quantity changes with another."""

    @abstractmethod
    def nabla(self, loss: T) -> T:
        """All derivatives of the loss together."""

    @abstractmethod
    def derivative(self, function: T) -> T:
        """A function with a prime."""

    @abstractmethod
    def noted(self, derivative: T, word: str) -> T:
        """A derivative with a word beside it."""

    @abstractmethod
    def sized(self, symbol: T, rows: int, columns: int) -> T:
        """A symbol with the shape of its array below it."""

    def put_in(self, inner: T, name: T) -> T:
        """What stands where a name was; that it does is said beside it, if not here."""
        return inner

    def zero(self, inner: T) -> T:
        """What is 0, and that it is."""
        return self.row([inner, self.words(" [= 0]")])

    @abstractmethod
    def differentiated(self, inner: T, quantity: T) -> T:
        """The derivative of a formula in a quantity, not yet worked out."""

    def equated(self, first: T, others: Sequence[tuple[str, T]]) -> T:
        """Forms of one value, each but the first behind its sign."""
        return self.row([first, *[piece for sign, form in others for piece in (self.signs[sign], form)]])

    @abstractmethod
    def real_space(self, lengths: str) -> T:
        """The real numbers; with `lengths`, 2 or 2×3, the arrays of them with such axes."""

    def vanishing(self, inner: T) -> T:
        """What is 0; that it is 0 is said beside it, if not here."""
        return inner


def is_place(part: str) -> bool:
    """Whether a subscript is a number, or the dot that stands for any."""
    return part.isdigit() or part == "·"


def stand_apart(places: Sequence[str]) -> bool:
    """Whether numbers would run together if they stood side by side."""
    return len(places) > 1 and any(len(place) > 1 for place in places)
