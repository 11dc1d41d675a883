"""Proofs that a value is exactly 0, from closed forms in which only algebra is left.

sympy is imported when a proof is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias

from bptrace.engine.closed_forms import ClosedForms, TooLongError
from bptrace.engine.elements import Register
from bptrace.engine.model import Definition
from bptrace.numbers.arrays import Index
from bptrace.ops.expr import Expr, Leaf, names, nodes
from bptrace.ops.formal import TERMS_LIMIT, FormalSymbols, expanded_terms
from bptrace.ops.op import Op

PROOF_LIMIT = 2_000
STEPS_BACK = (2, 4, 7)
ROOTS_LIMIT = 40

Outer: TypeAlias = "Callable[[str], tuple[Register, Sequence[Definition], str]]"
"""For a given that was worked out elsewhere: in which register, by which definitions, and what it is called there."""


class FormalForms(ClosedForms):
    """Forms in which only algebra is left, for proofs: functions are what `ops.formal` makes of them.

    So sympy never estimates a number, however large or small it is. Elements of quantities outside `within`, and
    those whose form would be too long, are symbols. `outer` says where givens were worked out that were.
    """

    def __init__(
        self,
        register: Register,
        definitions: Sequence[Definition],
        outer: Outer | None,
        within: Collection[str],
        symbols: FormalSymbols,
    ) -> None:
        super().__init__(register, definitions, PROOF_LIMIT)
        self.outer = outer
        self.within = within
        self.symbols = symbols
        self.others: dict[str, FormalForms] = {}

    def at(self, key: str, index: Index) -> Any:
        """The form of an element of a quantity, here or where it was worked out. Raises TooLongError."""
        if key in self.definitions or self.outer is None:
            return super().at(key, index)
        register, definitions, name = self.outer(key)
        if key not in self.others:  # with the same symbols, as far back as it goes
            within = {item.key for item in definitions}
            self.others[key] = FormalForms(register, definitions, None, within, self.symbols)
        return self.others[key].at(name, index)

    def of_element(self, name: str, key: str, index: Index) -> Any:
        """The form of an element, or a symbol for it."""
        try:
            if key in self.within:
                return self.at(key, index)
        except TooLongError:
            pass
        return self.symbols[(id(self.register), name) if key in self.definitions else name]

    def function(self, row: Op, parts: list[Any]) -> Any:
        """A function by what is known of it formally; a symbol where that is nothing."""
        return row.formal(self.symbols, *parts) if row.formal else self.symbols[row.name, *parts]


class Proofs:
    """Proofs that something is exactly 0: first by the last few steps of its working alone, then from further back."""

    def __init__(self, register: Register, definitions: Sequence[Definition], outer: Outer | None = None) -> None:
        self.register = register
        self.definitions = {item.key: item for item in definitions}
        self.outer = outer
        self.symbols = FormalSymbols()

    def is_zero(self, tree: Expr) -> bool:
        """Whether a tree of single elements is proven to be exactly 0."""
        leaves = [node for node in nodes(tree) if isinstance(node, Leaf)]
        distances = self._distances({self.register.places[leaf.name][0] for leaf in leaves})
        farthest = max(distances.values(), default=0)
        for steps in (*(n for n in STEPS_BACK if n < farthest), farthest):
            within = {key for key, distance in distances.items() if distance <= steps}
            forms = FormalForms(self.register, [*self.definitions.values()], self.outer, within, self.symbols)
            if _proves(forms, tree):
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


def _proves(forms: FormalForms, tree: Expr) -> bool:
    try:
        form = forms.of(tree)
        return bool(form == 0) or _is_identically_zero(form)
    except (ValueError, ArithmeticError, RecursionError):  # sympy's own limits, too
        return False


def _is_identically_zero(form: Any) -> bool:
    """Whether a form is 0 once it is written over one denominator; where only roots are left, once they are undone."""
    import sympy

    if expanded_terms(form) > TERMS_LIMIT:
        return False
    numerator = sympy.fraction(sympy.together(form))[0]
    if expanded_terms(numerator) > TERMS_LIMIT:
        return False
    numerator = sympy.expand(numerator)
    if numerator == 0 or numerator.free_symbols or numerator.count_ops() > ROOTS_LIMIT:
        return bool(numerator == 0)
    return bool(sympy.expand(sympy.sqrtdenest(numerator)) == 0)
