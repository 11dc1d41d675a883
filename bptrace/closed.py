"""Closed forms: what a value is as a sympy expression, all the way down to the givens.

Used to prove that a number is exactly 0, or that two are equal, where no enclosure can, and to show a value as
`1/(1 + exp(-151/400))`. sympy is imported when a form is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias, cast

from bptrace.elements import Register
from bptrace.enclosures import is_enclosure, precision
from bptrace.evaluate import chosen, evaluate, expander
from bptrace.exact import Index, Rational, indices
from bptrace.expr import Call, Cases, Expr, Leaf, Number, names, nodes
from bptrace.model import Definition
from bptrace.ops import OPS

SHOWN_LIMIT = 300
PROOF_LIMIT = 2_000
STEPS_BACK = (2, 4, 7)
EXPANDED_LIMIT = 2_000
POWER_LIMIT = 12
SIMPLIFIED_LIMIT = 150
NUMBER_BITS = 3_000


Outer: TypeAlias = Callable[[str, Index], Any]
"""(given, element) gives the closed form of the element; raises TooLong where it has none."""


class TooLong(ValueError):
    """A closed form of more operations than are taken, or none at all."""


class ClosedForms:
    """The closed forms of the values in a register; `limit` is the most operations that one may have.

    `outer` gives those of elements of givens that have one, and raises TooLong for others. `within`: where given,
    elements of other quantities, and those whose form would be too long, stand as symbols. That serves a proof as
    well: what holds for any number there holds for this one.
    """

    def __init__(
        self,
        register: Register,
        definitions: Sequence[Definition],
        limit: int = SHOWN_LIMIT,
        outer: Outer | None = None,
        within: Collection[str] | None = None,
    ) -> None:
        self.outer = outer
        self.within = within
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
            self.known[leaf.name] = self.at(key, index) if self.within is None else self._at_or_symbol(leaf, key, index)
        return self.known[leaf.name]

    def _at_or_symbol(self, leaf: Leaf, key: str, index: Index) -> Any:
        try:
            if key in cast("Collection[str]", self.within):
                return self.at(key, index)
        except TooLong:
            pass
        return _symbol(leaf.name)

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


class Proofs:
    """Proofs that something is exactly 0: first by the last few steps of its working alone, then from further back."""

    def __init__(self, register: Register, definitions: Sequence[Definition], outer: Outer | None = None) -> None:
        self.register = register
        self.definitions = {item.key: item for item in definitions}
        self.outer = outer
        self.places = ClosedForms(register, definitions).places

    def is_zero(self, tree: Expr) -> bool:
        """Whether a tree of single elements is proven to be exactly 0."""
        leaves = [node for node in nodes(tree) if isinstance(node, Leaf)]
        distances = self._distances({self.places[leaf.name][0] for leaf in leaves})
        farthest = max(distances.values(), default=0)
        for steps in (*(n for n in STEPS_BACK if n < farthest), farthest):
            within = {key for key, distance in distances.items() if distance <= steps}
            forms = ClosedForms(self.register, [*self.definitions.values()], PROOF_LIMIT, self.outer, within)
            if _proves(forms, tree, thorough=steps == farthest):
                return True
        return False

    def _distances(self, keys: set[str]) -> dict[str, int]:
        """How many steps of the working lie between these quantities and each that they come from."""
        found: dict[str, int] = {}
        while keys:
            found |= dict.fromkeys(keys, max(found.values(), default=-1) + 1)
            read = {name for key in keys if key in self.definitions for name in names(self.definitions[key].expr)}
            keys = read - found.keys()
        return found


def _proves(forms: ClosedForms, tree: Expr, thorough: bool) -> bool:
    try:
        form = forms.of(tree)
    except (ValueError, ArithmeticError, RecursionError):
        return False
    return bool(form == 0) or _is_identically_zero(form, thorough)


def _symbol(name: str) -> Any:
    import sympy

    return sympy.Dummy(name, real=True)


def _rational(value: Rational) -> Any:
    import sympy

    if value.height_bits() > NUMBER_BITS:
        raise TooLong("a number of too many digits")
    return sympy.Rational(int(value.p), int(value.q))


def _is_identically_zero(form: Any, thorough: bool) -> bool:
    """Whether a form is 0 once it is written over one denominator; if `thorough`, or simplified where it is short."""
    import sympy

    numerator = sympy.fraction(sympy.together(form.rewrite(sympy.exp)))[0]
    if numerator.count_ops() < EXPANDED_LIMIT and not any(map(_is_high_power, sympy.preorder_traversal(numerator))):
        numerator = sympy.expand(numerator)
    return bool(numerator == 0) or (
        thorough and numerator.count_ops() < SIMPLIFIED_LIMIT and bool(sympy.simplify(sympy.expand(form)) == 0)
    )


def _is_high_power(form: Any) -> bool:
    """Whether writing out a power of a sum would take very long."""
    return bool(form.is_Pow and form.base.is_Add and (not form.exp.is_Integer or abs(form.exp) > POWER_LIMIT))
