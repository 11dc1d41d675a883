"""Why one quantity does not change with another: its formula, with all put in that might contain it, does not."""

from __future__ import annotations

from typing import Generic

from bptrace.ops.expr import Expr, Leaf, names, nodes
from bptrace.ops.format import T
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.substitution import ManyOperationsError, Substitution

WITHOUT, FLAT = " does not contain ", " has the slope 0 in "
LONGEST_REASON = 40
"""How many operations a formula may have that is shown for what it does not contain."""


class Absence(Generic[T]):
    """Says of an element that it does not contain another one, and shows its formula."""

    def __init__(self, mathematics: Mathematics[T], substitution: Substitution) -> None:
        self.mathematics, self.substitution = mathematics, substitution
        self.names, self.format = mathematics.names, mathematics.format
        self._of_array: dict[str, Substitution] = {}

    def said(self, output: str, subject: str) -> T:
        """`yhat2 = g(w12*h1 + w22*h2) does not contain w11`."""
        form, tree = self.format, self.substitution.tree_of(output)
        left, right = self.names.element(output), self.names.element(subject)
        if tree is None:
            return form.row([left, form.words(WITHOUT), right])
        formula = self.formula(tree, subject)
        is_there = any(isinstance(node, Leaf) and node.name == subject for node in nodes(formula))
        equation = form.joined([left, self.mathematics.top(formula)], "=")
        return form.row([equation, form.words(FLAT if is_there else WITHOUT), right])

    def formula(self, tree: Expr, subject: str) -> Expr:
        """A formula with everything put in that reads the array of the subject; with one level where that is long."""
        key = self._key(subject)
        if key not in self._of_array:
            keys = dependent_on(self.substitution, key)
            self._of_array[key] = self.substitution.only(lambda name: self._key(name) in keys)
        try:
            return self._of_array[key].bounded(tree, LONGEST_REASON)
        except ManyOperationsError:
            return self.substitution.one_level(tree)

    def _key(self, name: str) -> str:
        return self.substitution.trace.register.places[name][0]


def dependent_on(substitution: Substitution, key: str) -> set[str]:
    """The arrays that are worked out from one, from some of its elements at least."""
    found = {key}
    for item in substitution.definitions.values():
        if not found.isdisjoint(names(item.expr)):
            found.add(item.key)
    return found - {key}
