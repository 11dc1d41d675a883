"""Closed forms: what a value is as a sympy expression, all the way down to the givens.

Used to show a value as `1/(1 + exp(-151/400))`, and by the proofs that a number is exactly 0. sympy is imported when
a form is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, NamedTuple, cast

from bptrace.engine.effort import SpentError
from bptrace.engine.model import Definition
from bptrace.engine.register import Register
from bptrace.numbers.arrays import Index
from bptrace.numbers.enclosures import Scalar, is_enclosure, precision
from bptrace.numbers.exact import Rational
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import chosen, evaluate, expander
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, nodes
from bptrace.ops.formal import is_high_root
from bptrace.ops.limits import at_limits
from bptrace.ops.shared import LONG, OncePerCall
from bptrace.ops.table import OPS, Op

SHOWN_LIMIT = 300
NUMBER_BITS = 3_000


class TooLongError(ValueError):
    """A closed form of more operations than are taken, or none at all."""


class FormSize(NamedTuple):
    """How many operations a form has, and whether each number in it is short."""

    length: int
    short: bool


class FormSizes:
    """The sizes of forms, of each part once: a form is measured whenever another is made of it."""

    def __init__(self) -> None:
        self.known: dict[Any, FormSize] = {}

    def of(self, form: Any) -> FormSize:
        """The size of a form, of its parts' sizes."""
        waiting = [] if form in self.known else [form]
        while waiting:
            part = waiting[-1]
            missing = [arg for arg in part.args if arg not in self.known]
            if missing:
                waiting += missing
            else:
                self.known[waiting.pop()] = self._measured(part)
        return self.known[form]

    def _measured(self, part: Any) -> FormSize:
        if not part.args:
            return FormSize(0, not part.is_Rational or _is_short_number(part))
        sizes = [self.known[arg] for arg in part.args]
        own = max(len(sizes) - 1, 1)
        return FormSize(own + sum(size.length for size in sizes), all(size.short for size in sizes))


def _is_short_number(number: Any) -> bool:
    """Whether a fraction of sympy's is of no more digits than are handled."""
    return bool(max(abs(number.p), number.q).bit_length() <= NUMBER_BITS)


class ClosedForms:
    """What elements of a register are as sympy expressions, all the way down to the givens.

    `definitions`: those of the register by their keys. `limit` is the most operations that a form may have.
    """

    def __init__(
        self,
        register: Register,
        definitions: Mapping[str, Definition],
        limit: int = SHOWN_LIMIT,
        sizes: FormSizes | None = None,
    ) -> None:
        self.register = register
        self.definitions = definitions
        self.limit = limit
        self.sizes = sizes or FormSizes()
        self.known: dict[str, Any] = {}
        self.worked_out: dict[int, tuple[Expr, Scalar]] = {}
        """By identity, the calls whose values are known, so that none is worked out again for what it is a part of."""
        self.forms = OncePerCall(self._short_enough)
        self.long_values = OncePerCall(self.work_out)
        self.expanders: dict[str, Expander] = {}

    def text(self, tree: Expr, width: int) -> str | None:
        """The closed form of a tree of single elements, or None where it takes more than `width` characters.

        A tree of more parts than a form may have operations is not tried: sympy would take long over each.
        """
        if next(islice(nodes(tree), self.limit, None), None) is not None:
            return None
        try:
            with precision(self.register.bits):
                form = self.of(tree)
            if self.length(form) > width:  # an operation takes a character at least
                return None
            from sympy import sstr

            text = sstr(form, order="none").replace("**", "^")  # a sum's numbers first: 1 + exp(z)
        except (ValueError, ArithmeticError, RecursionError):
            return None
        finally:
            self.worked_out.clear()
        return text if len(text) <= width else None

    def of(self, tree: Expr) -> Any:
        """The form of a tree of single elements. Raises TooLongError."""
        if isinstance(tree, Leaf):
            return self._of_leaf(tree)
        if isinstance(tree, Number):
            return _rational(tree.value)
        if isinstance(tree, Cases):
            return self.of(chosen(tree)[1].value)
        form = self.forms.of(cast(Call, tree))
        if form is None:
            raise TooLongError("too many operations, or no closed form")
        return form

    def _short_enough(self, call: Call) -> Any:
        """The form of a call, or None where it has none that is short enough."""
        try:
            form = self._of_call(call)
        except TooLongError:
            return None
        return form if self.length(form) <= self.limit and self.sizes.of(form).short else None

    def length(self, form: Any) -> int:
        """How many operations a form has."""
        return self.sizes.of(form).length

    def value(self, tree: Expr) -> Scalar:
        """The value of a tree of single elements. Raises what `evaluate` raises."""
        if not isinstance(tree, Call):
            return evaluate(tree)
        if len(tree.args) >= LONG:
            return self.long_values.of(tree)
        if id(tree) not in self.worked_out:
            self.worked_out[id(tree)] = tree, self.work_out(tree)
        return self.worked_out[id(tree)][1]

    def work_out(self, call: Call) -> Scalar:
        """The value of a call, of its arguments' values."""
        scalar = cast("Callable[..., Scalar]", OPS[call.op].scalar)
        return scalar(*map(self.value, call.args))

    def at(self, key: str, index: Index) -> Any:
        """The form of an element of a quantity. Raises TooLongError."""
        if key not in self.definitions:
            raise TooLongError(f"{key} is known by its digits alone")
        if key not in self.expanders:  # one for all its elements, which may share long parts
            self.expanders[key] = expander(self.definitions[key].expr, self.register)
        tree = self.expanders[key](index)
        try:
            self.value(tree)
        except SpentError:
            raise
        except ArithmeticError:
            tree = at_limits(tree)
        return self.of(tree)

    def _of_leaf(self, leaf: Leaf) -> Any:
        if not is_enclosure(leaf.value):
            return _rational(leaf.value)
        if leaf.name not in self.known:
            self.known[leaf.name] = self._found(leaf.name)
        if self.known[leaf.name] is None:
            raise TooLongError(f"{leaf.name} has none that is short enough")
        return self.known[leaf.name]

    def _found(self, name: str) -> Any:
        """The form of an element; None where it has none, so that it is not sought again for whatever reads it."""
        try:
            return self.of_element(name, *self.register.places[name])
        except TooLongError:
            return None

    def of_element(self, name: str, key: str, index: Index) -> Any:
        """The form of an element that is not rational. Raises TooLongError."""
        return self.at(key, index)

    def _of_call(self, tree: Call) -> Any:
        row, value = OPS[tree.op], self.value(tree)
        if not is_enclosure(value):
            return _rational(value)
        if row.decides:
            arg = next((arg for arg in tree.args if self.value(arg) is value), None)
            return self.of(arg) if arg is not None else -self.of(tree.args[0])
        for arg in tree.args:  # what is long is the same for many, and mostly too long
            if isinstance(arg, Call) and len(arg.args) >= LONG:
                self.of(arg)
        parts = [self.of(arg) for arg in tree.args]
        if row.symbolic:
            return self.function(row, parts)
        if row.real(tree):
            raise TooLongError(f"{row.name} has no closed form")
        return self.joined(row, parts)

    def joined(self, row: Op, parts: list[Any]) -> Any:
        """What an operation makes of these forms: many by halves, since a join goes through all its terms."""
        if not row.fold or len(parts) <= LONG:
            return cast(Any, row.scalar)(*parts)
        half = len(parts) // 2
        return row.fold(self.joined(row, parts[:half]), self.joined(row, parts[half:]))

    def function(self, row: Op, parts: list[Any]) -> Any:
        """A function that leaves the rationals, of these forms, as sympy has it. Raises TooLongError."""
        import sympy

        if any(map(is_high_root, parts[1:])):
            raise TooLongError("a root that is too high")
        named = getattr(sympy, row.symbolic)
        return named(*parts) if parts else named


def _rational(value: Rational) -> Any:
    import sympy

    if value.height_bits() > NUMBER_BITS:
        raise TooLongError("a number of too many digits")
    return sympy.Rational(int(value.p), int(value.q))
