"""A program at work: its definitions worked out one by one, each failure told with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from bptrace.engine.budget import Spending
from bptrace.engine.masks import mask_hints
from bptrace.engine.model import Definition
from bptrace.engine.program import Program
from bptrace.engine.register import Register
from bptrace.errors import SpecError, UndefinedError, cut
from bptrace.numbers.arrays import Index, Value, at, entries, indices, is_real
from bptrace.numbers.bounds import DIGITS as DIGITS_ALLOWED
from bptrace.numbers.bounds import measured
from bptrace.numbers.enclosures import (
    MASKS_SCORES,
    MINUS_INFINITY,
    MisplacedMaskError,
    UndecidedError,
    is_overflow,
    precision,
    precision_bits,
)
from bptrace.ops.evaluate import NO_VALUE, evaluate, expander, growth, hints_of, live_parts, said
from bptrace.ops.expr import Call, Expr, names
from bptrace.ops.limits import culprit, element_by_element, failure
from bptrace.ops.notation import Notation
from bptrace.ops.table import OPS

if TYPE_CHECKING:
    from bptrace.engine.zero_proofs import Outer

Refused = TypeVar("Refused", bound=SpecError)


class Work(NamedTuple):
    """A program at work: its definitions worked out one by one, each within bounds, each failure told with its place.

    `real`: some value may be an enclosure. `spending`: where values may become too large, so that each is measured
    first, what those so far have taken.
    """

    program: Program
    decimal: bool
    real: bool
    spending: Spending | None = None

    def settled(
        self, givens: Callable[[int], Mapping[str, Value]], digits: int, bits: int = 0, outer: Outer | None = None
    ) -> tuple[dict[str, Value], int]:
        """Every value, and the precision that it took, from the givens at a precision. Raises SpecError."""
        if not self.real:
            values, bits = self.values(givens(0)), 0
        else:
            values, bits = self._proven(givens, digits, bits, outer)
        if values.get(self.program.loss) is MINUS_INFINITY:
            raise SpecError(f"{self.program.loss} is -inf", self.program.loss_mark, MASKS_SCORES)
        return values, bits

    def _proven(
        self, givens: Callable[[int], Mapping[str, Value]], digits: int, bits: int, outer: Outer | None
    ) -> tuple[dict[str, Value], int]:
        from bptrace.engine.precision import Certainty  # a rational network does without

        values, bits = Certainty(self.program, givens, digits, self.value_of, outer).values(bits)
        with precision(bits):
            for definition in self.program.definitions:
                self.check_digits(definition, values)
        return values, bits

    def values(self, givens: Mapping[str, Value]) -> dict[str, Value]:
        """Every value, all rational. Raises SpecError."""
        values = dict(givens)
        if self.spending:
            return self.values_one_by_one(values)
        try:
            for key, kernel in self.program.kernels:
                values[key] = kernel(values)
        except NO_VALUE:
            return self.values_one_by_one(values)
        return values

    def values_one_by_one(self, values: dict[str, Value]) -> dict[str, Value]:
        """Every value, from the givens, each by `value_of`."""
        for definition, (key, kernel) in zip(self.program.definitions, self.program.kernels, strict=True):
            values[key] = self.value_of(definition, kernel, values)
        return values

    def value_of(
        self, definition: Definition, kernel: Callable[[Mapping[str, Value]], Value], values: Mapping[str, Value]
    ) -> Value:
        """The value of one definition. Raises SpecError: UndefinedError where it has none; UndecidedError.

        Where the arrays fail, only what the elements need is worked out: the case that does not hold may fail.
        """
        if self.spending:
            self.spend(self.spending, definition, values)
        try:
            return kernel(values)
        except (*NO_VALUE, UndecidedError):
            register = Register(self.program.quantities, values)
            try:
                return element_by_element(definition.expr, register)
            except NO_VALUE:
                raise self._located(definition, register) from None

    def spend(self, spending: Spending, definition: Definition, values: Mapping[str, Value]) -> None:
        """Count a definition in, by the values that it reads. Raises SizeError where that is too much."""
        read = names(definition.expr)
        known = {name: measured(values[name], node.shape) for name, node in read.items()}
        spending.add(definition, growth(definition.expr, known))

    def check_digits(self, definition: Definition, values: Mapping[str, Value]) -> None:
        """Raise SpecError where an enclosure is of a number that has too many digits to be written down."""
        value = values[definition.key]
        if is_real(value) and any(map(is_overflow, entries(value, definition.shape))):
            raise self._too_large(definition, values)

    def _too_large(self, definition: Definition, values: Mapping[str, Value]) -> SpecError:
        register = Register(self.program.quantities, values)
        expand = expander(definition.expr, register)
        place = next(index for index in indices(definition.shape) if is_overflow(at(values[definition.key], index)))
        tree = expand(place)
        at_fault = _overflowing(tree)
        row = OPS[at_fault.op] if isinstance(at_fault, Call) else None
        what = (
            f"{row.symbolic} of a number beyond ±{_REACH:,}" if row and row.symbolic else f"more than {DIGITS_ALLOWED}"
        )
        return self._refusal(SpecError, definition, what, tree, at_fault, place, register)

    def _rule(self, tree: Expr) -> str:
        """The rule of a tree that has no value; where the case that holds cannot be told, with names."""
        notation = Notation(self.decimal, terms=8, bits=precision_bits())
        try:
            return notation.rule(tree)
        except ArithmeticError:
            return notation.formula(tree)

    def _located(self, definition: Definition, register: Register) -> SpecError:
        part, tree, place, problem = failure(definition.expr, register)
        at_fault = culprit(tree) if tree is not None else part
        kind = SpecError if isinstance(problem, MisplacedMaskError) else UndefinedError
        return self._refusal(kind, definition, said(problem), tree, at_fault, place, register, hints_of(problem))

    def _refusal(
        self,
        kind: type[Refused],
        definition: Definition,
        message: str,
        tree: Expr | None,
        at_fault: Expr,
        place: Index | None,
        register: Register,
        more: Sequence[str] = (),
    ) -> Refused:
        mark = getattr(at_fault, "mark", None) or definition.mark or self.program.loss_mark
        quantity = self.program.quantities[definition.key]
        name = quantity.element(place) if place is not None else definition.key
        rule = self._rule(tree) if tree is not None else ""
        hints = [cut(rule if place is None else f"{name} = {rule}")] if rule else []
        hints += more or mask_hints(message, tree, register.values_by_key)
        return kind(f"{message} {'inside' if place is None else 'in'} {name}", mark, *hints)


_REACH = 2_302_585
"""exp of more than this has more than a million digits."""


def _overflowing(tree: Expr) -> Expr:
    """The innermost part of a tree that has too many digits."""
    parts = [part for part in live_parts(tree) if is_overflow(evaluate(part))]
    return _overflowing(parts[0]) if parts else tree
