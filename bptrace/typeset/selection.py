"""Which rows a derivation has: those that were asked for by their names, or else all."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bptrace.engine.plans import REVERSE
from bptrace.engine.quantity import GradientAt, places_of
from bptrace.engine.row import Row
from bptrace.engine.trace import Trace
from bptrace.errors import SpecError, listed, shortened, suggestion
from bptrace.spec.tokens import normal


class Selection:
    """The rows of a trace that are derived. `wanted`: the names of gradients, or of arrays of them; empty for all."""

    def __init__(self, trace: Trace, wanted: Collection[str]) -> None:
        self.trace = trace
        self.wanted = frozenset(wanted)

    def __bool__(self) -> bool:
        """Whether something was asked for by its name."""
        return bool(self.wanted)

    def has(self, row: Row) -> bool:
        """Whether a row is to be derived: all are, or it is named, or its array is."""
        return not self.wanted or row.quantity in self.wanted or self._key(row.quantity) in self.wanted

    def _key(self, name: str) -> str:
        return self.trace.register.places[name][0]

    def gradients(self) -> list[str]:
        """The gradients that were asked for, an element each: those of the givens, or those that are wanted."""
        rows = [row for step in self.trace.steps if step.phase == REVERSE for row in step if self.has(row)]
        asked = {self.trace.program.gradients.get(given.key) for given in self.trace.givens}
        gradients = [row.quantity for row in rows if self.is_gradient(row.quantity)]
        return [name for name in gradients if self.wanted or self._key(name) in asked]

    def is_gradient(self, name: str) -> bool:
        """Whether an element belongs to a gradient."""
        return self._key(name) in self.trace.differentiated

    def arrays(self) -> list[str]:
        """The keys of the gradients that were asked for, in the register's order, without a row being made."""
        plans = [step.plan for step in self.trace.steps if step.phase == REVERSE]
        defined = [item.key for plan in plans for block in plan.blocks for item in block.definitions]
        named = {self._key(name) if name in self.trace.register.places else name for name in self.wanted}
        givens = {self.trace.program.gradients.get(given.key) for given in self.trace.givens}
        return [key for key in defined if key in self.trace.differentiated and key in (named or givens)]


def wanted(trace: Trace, quantities: Sequence[str]) -> list[str]:
    """The names that were asked for as the register has them, `dL/dw11` for `w11` as well. Raises BptraceError."""
    gradients = trace.program.gradients
    known = dict(gradients)
    places = places_of([trace.program.quantities[key] for key in gradients])
    bracketed = places_of([trace.program.quantities[key]._replace(bracketed=True) for key in gradients])
    for name, (key, index) in {**places, **bracketed}.items():
        known[name] = trace.program.quantities[gradients[key]].element(index)
    role = GradientAt(trace.program.loss)
    found = []
    for name in map(normal, quantities):
        spelled = name.replace(" ", "")
        bare = role.subject(spelled) or spelled
        if bare not in known:
            hints = [f"known here: {listed(list(gradients))}", *suggestion(bare, list(known))]
            raise SpecError(f"there is no gradient of {shortened(bare)}", None, *hints)
        found.append(known[bare])
    return found
