"""Closed forms: what a value is as a sympy expression, all the way down to the givens.

Used to prove that a number is exactly 0, or that two are equal, where no enclosure can, and to show a value as
`1/(1 + exp(-151/400))`. sympy is imported when a form is first asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from bptrace.elements import Register
from bptrace.enclosures import is_enclosure, precision
from bptrace.evaluate import chosen, evaluate, expander
from bptrace.exact import Index, Rational, indices
from bptrace.expr import Call, Cases, Expr, Leaf, Number
from bptrace.model import Definition
from bptrace.ops import OPS

SHOWN_LIMIT = 300
PROOF_LIMIT = 3_000
SIMPLIFIED_LIMIT = 150
NUMBER_BITS = 3_000
TERMS_LIMIT = 2_000


class TooLong(ValueError):
    """A closed form of more operations than are taken, or none at all."""


class ClosedForms:
    """The closed forms of the values in a register; `limit` is the most operations that one may have.

    `outer` gives those of elements of givens that have one, and raises TooLong for others.
    """

    def __init__(
        self,
        register: Register,
        definitions: Sequence[Definition],
        limit: int = SHOWN_LIMIT,
        outer: Callable[[str, Index], Any] | None = None,
    ) -> None:
        self.outer = outer
        self.register = register
        self.definitions: Mapping[str, Definition] = {item.key: item for item in definitions}
        self.limit = limit
        self.known: dict[str, Any] = {}

    @cached_property
    def places(self) -> dict[str, tuple[str, Index]]:
        """Where each element of the register stands, by its name."""
        named = self.register.quantities.items()
        return {quantity.element(index): (key, index) for key, quantity in named for index in indices(quantity.shape)}

    def text(self, tree: Expr, width: int) -> str | None:
        """The closed form of a tree of single elements, or None where it takes more than `width` characters."""
        try:
            with precision(self.register.bits):
                form = self.of(tree)
            from sympy import sstr

            text = sstr(form, order="none").replace("**", "^")  # a sum's numbers first: 1 + exp(z)
        except (ValueError, ArithmeticError, RecursionError):
            return None
        return text if len(text) <= width else None

    def is_zero(self, tree: Expr) -> bool:
        """Whether a tree of single elements is proven to be exactly 0."""
        try:
            form = self.of(tree)
            return bool(form == 0) or bool(_simplified(form) == 0) or bool(_simplified(_exponential(form)) == 0)
        except (ValueError, ArithmeticError, RecursionError):  # sympy's own limits, too
            return False

    def of(self, tree: Expr) -> Any:
        """The closed form of a tree of single elements. Raises TooLong."""
        if isinstance(tree, Leaf):
            return self._of_leaf(tree)
        if isinstance(tree, Number):
            return _rational(tree.value)
        if isinstance(tree, Cases):
            return self.of(chosen(tree)[1].value)
        form = self._of_call(cast(Call, tree))
        if form.count_ops() > self.limit:
            raise TooLong("too many operations")
        return form

    def _of_leaf(self, leaf: Leaf) -> Any:
        if not is_enclosure(leaf.value):
            return _rational(leaf.value)
        if leaf.name not in self.known:
            key, index = self.places[leaf.name]
            self.known[leaf.name] = self.at(key, index)
        return self.known[leaf.name]

    def at(self, key: str, index: Index) -> Any:
        """The closed form of an element of a quantity. Raises TooLong."""
        if key in self.definitions:
            return self.of(expander(self.definitions[key].expr, self.register)(index))
        if self.outer is None:
            raise TooLong(f"{key} is known by its digits alone")
        return self.outer(key, index)

    def _of_call(self, tree: Call) -> Any:
        row, value = OPS[tree.op], evaluate(tree)
        if not is_enclosure(value):
            return _rational(value)
        if row.decides and not row.symbolic:
            return self.of(next(arg for arg in tree.args if evaluate(arg) is value))
        parts = [self.of(arg) for arg in tree.args]
        if not row.symbolic:
            return cast(Any, row.scalar)(*parts)
        import sympy

        named = getattr(sympy, row.symbolic)
        return named(*parts) if parts else named


def _rational(value: Rational) -> Any:
    import sympy

    if value.height_bits() > NUMBER_BITS:
        raise TooLong("a number of too many digits")
    return sympy.Rational(int(value.p), int(value.q))


def _simplified(form: Any) -> Any:
    import sympy

    if _terms(form) > TERMS_LIMIT:
        return form
    expanded = sympy.expand(form)
    return sympy.simplify(expanded) if expanded.count_ops() < SIMPLIFIED_LIMIT else expanded


def _exponential(form: Any) -> Any:
    """The same with hyperbolic functions written out."""
    import sympy

    return form.rewrite([sympy.sinh, sympy.cosh, sympy.tanh], sympy.exp)


def _terms(form: Any) -> int:
    """About how many terms a form has once it is expanded; no more than a little above the limit."""
    parts = [_terms(arg) for arg in form.args]
    if form.is_Add:
        count = sum(parts)
    elif form.is_Pow and form.exp.is_Integer:
        count = parts[0] ** min(abs(int(form.exp)), TERMS_LIMIT)
    else:
        count = math.prod(parts) if form.is_Mul else max(parts, default=1)
    return int(min(count, 2 * TERMS_LIMIT))
