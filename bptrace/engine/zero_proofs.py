"""Proofs that a value is exactly 0, from closed forms in which only algebra is left.

sympy is imported when a proof is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from bptrace.engine.closed_forms import ClosedForms, FormSizes, TooLongError
from bptrace.engine.effort import PROOFS, Effort, effort_of
from bptrace.engine.model import Definition, definitions_by_key
from bptrace.engine.register import Register
from bptrace.numbers.arrays import Index
from bptrace.numbers.enclosures import Scalar
from bptrace.ops.expr import Call, Expr, Leaf, names, nodes
from bptrace.ops.formal import TERMS_LIMIT, FormalSymbols, expanded_terms
from bptrace.ops.op import Op

PROOF_LIMIT = 2_000
STEPS_BACK = (2, 4, 7)
ROOTS_LIMIT = 40
FORM, FUNCTION, EXPANSION, TERM, JOINED = 5, 100, 500, 20, 4
"""What it takes to make a form, or that of a function, to expand one, at the least and by the term, and to join it."""
COMPARED = 3
"""So many pairs of terms are compared for one unit of effort."""
WALKED = 10
"""So many quantities are walked over for one unit of effort."""

Outer: TypeAlias = "Callable[[str], tuple[Register, Sequence[Definition], str] | None]"
"""For a given that was worked out elsewhere: in which register, by which definitions, and what it is called there."""


class FormalForms(ClosedForms):
    """Forms in which only algebra is left, for proofs: functions are what `ops.formal` makes of them.

    So sympy never estimates a number, however large or small it is. Elements of quantities outside `within`, and
    those whose form would be too long, are symbols. `outer` says where givens were worked out that were; `tag` tells
    the symbols of this register from those of others. Beside what closed forms raise, all raises SpentError.
    """

    def __init__(
        self,
        proofs: Proofs,
        register: Register,
        definitions: Mapping[str, Definition],
        within: Collection[str],
        outer: Outer | None = None,
        tag: object = None,
    ) -> None:
        super().__init__(register, definitions, PROOF_LIMIT, proofs.sizes)
        self.proofs = proofs
        self.symbols = proofs.symbols
        self.within = within
        self.outer = outer
        self.tag = tag
        self.others: dict[str, FormalForms] = {}

    def at(self, key: str, index: Index) -> Any:
        """The form of an element of a quantity, here or where it was worked out. Raises TooLongError."""
        elsewhere = self.outer(key) if self.outer and key not in self.definitions else None
        if elsewhere is None:
            return super().at(key, index)
        register, definitions, name = elsewhere
        if key not in self.others:  # with the same symbols, as far back as it goes
            own = definitions_by_key(definitions)
            self.others[key] = FormalForms(self.proofs, register, own, own.keys(), tag=id(register))
        return self.others[key].at(name, index)

    def of_element(self, name: str, key: str, index: Index) -> Any:
        """The form of an element, or a symbol for it."""
        try:
            if key in self.within:
                return self.at(key, index)
        except TooLongError:
            pass
        return self.symbols[(self.tag, name) if key in self.definitions else name]

    def length(self, form: Any) -> int:
        """How many operations a form has, which takes effort to count."""
        count = super().length(form)
        self.proofs.effort.spend(FORM + count // 2)
        return count

    def work_out(self, call: Call) -> Scalar:
        """The value of a call, which takes effort."""
        self.proofs.effort.spend(effort_of(call, self.register.bits))
        return super().work_out(call)

    def joined(self, row: Op, parts: list[Any]) -> Any:
        """What an operation makes of these forms, which takes effort by the term."""
        self.proofs.effort.spend(JOINED * sum(len(part.args) or 1 for part in parts))
        return super().joined(row, parts)

    def function(self, row: Op, parts: list[Any]) -> Any:
        """A function by what is known of it formally; a symbol where that is nothing."""
        self.proofs.effort.spend(FUNCTION + _of_terms(sum(map(expanded_terms, parts))))
        return row.formal(self.symbols, *parts) if row.formal else self.symbols[row.name, *parts]


class Proofs:
    """Proofs that something is exactly 0: first by the last few steps of its working alone, then from further back.

    There is one proof for one form: what it came to is kept. All of them take no more effort than is left.
    """

    def __init__(self, definitions: Sequence[Definition], outer: Outer | None = None, effort: int = PROOFS) -> None:
        self.definitions = definitions_by_key(definitions)
        self.sources = {key: frozenset(names(item.expr)) for key, item in self.definitions.items()}
        self.register: Register
        self.outer = outer
        self.effort = Effort(effort)
        self.symbols = FormalSymbols()
        self.answers: dict[Any, bool] = {}
        self.sizes = FormSizes()
        self.forms: dict[frozenset[str], FormalForms] = {}

    def turn_to(self, register: Register) -> None:
        """Prove what follows of the values in this register."""
        self.register = register
        self.forms = {}
        if self.outer:  # elsewhere, too, all is worked out anew
            self.symbols, self.answers = FormalSymbols(), {}

    def is_zero(self, tree: Expr) -> bool:
        """Whether a tree of single elements is proven to be exactly 0."""
        if not self.effort.left:
            return False
        leaves = [node for node in nodes(tree) if isinstance(node, Leaf)]
        distances = self._distances({self.register.places[leaf.name][0] for leaf in leaves})
        farthest = max(distances.values(), default=0)
        steps = (*(n for n in STEPS_BACK if n < farthest), farthest)
        return any(
            self._proves(tree, frozenset(key for key, distance in distances.items() if distance <= n)) for n in steps
        )

    def _distances(self, keys: set[str]) -> dict[str, int]:
        """How many steps of the working lie between these quantities and each that they come from."""
        found: dict[str, int] = {}
        distance = 0
        while keys:
            found |= dict.fromkeys(keys, distance)
            keys = {name for key in keys for name in self.sources.get(key, ())} - found.keys()
            distance += 1
        self.effort.take(len(found) // WALKED)
        return found

    def _proves(self, tree: Expr, within: frozenset[str]) -> bool:
        """Whether the tree is 0 by what is known of these quantities."""
        if within not in self.forms:
            self.forms[within] = FormalForms(self, self.register, self.definitions, within, self.outer)
        try:
            form = self.forms[within].of(tree)
            if form not in self.answers:
                self.answers[form] = bool(form == 0) or self._is_identically_zero(form)
            return self.answers[form]
        except (ValueError, ArithmeticError, RecursionError):  # sympy's own limits, too
            return False

    def _is_identically_zero(self, form: Any) -> bool:
        """Whether a form is 0 written over one denominator; where only roots are left, once they are undone."""
        import sympy

        numerator = sympy.fraction(sympy.together(self._bounded(form)))[0]
        numerator = sympy.expand(self._bounded(numerator))
        if numerator == 0 or numerator.free_symbols or numerator.count_ops() > ROOTS_LIMIT:
            return bool(numerator == 0)
        return bool(sympy.expand(sympy.sqrtdenest(numerator)) == 0)

    def _bounded(self, form: Any) -> Any:
        """The form, which is no longer than can be expanded. Raises TooLongError."""
        terms = expanded_terms(form)
        if terms > TERMS_LIMIT:
            raise TooLongError("too many terms")
        self.effort.spend(EXPANSION + _of_terms(terms))
        return form


def _of_terms(terms: int) -> int:
    """What it takes to expand a form: each term is made, and perhaps compared with the others."""
    return TERM * terms + terms * terms // COMPARED
