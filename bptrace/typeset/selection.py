"""Which rows a derivation has: those that were asked for by their names, or else all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from bptrace.engine.model import GIVEN_SECTIONS
from bptrace.engine.plans import REVERSE
from bptrace.engine.quantity import GradientAt, PlacesByName
from bptrace.engine.trace import Trace
from bptrace.errors import SpecError, listed, shortened, suggestion
from bptrace.numbers.arrays import size
from bptrace.spec.tokens import normal

QUOTIENT = re.compile(r"(?P<of>[^/]+)/(?P<by>[^/]+)")


class Selection:
    """The rows of a trace that are derived. `wanted`: the names of elements or of arrays; empty for all."""

    def __init__(self, trace: Trace, wanted: Collection[str]) -> None:
        self.trace = trace
        self.wanted = frozenset(wanted)
        self._gradients: dict[str, bool] = {}

    def __bool__(self) -> bool:
        """Whether something was asked for by its name."""
        return bool(self.wanted)

    def has(self, name: str) -> bool:
        """Whether a row is to be derived: all are, or it is named, or its array is."""
        return not self.wanted or name in self.wanted or self._key(name) in self.wanted

    def _key(self, name: str) -> str:
        return self.trace.register.places[name][0]

    def derived(self) -> list[str]:
        """The gradients that are derived, an element each, without a row being made."""
        return [name for _, name in self._derived()]

    def gradients(self) -> list[str]:
        """The gradients that were asked for, an element each: those of the givens, or those that are wanted."""
        asked = {self.trace.program.gradients.get(given.key) for given in self.trace.givens}
        return [name for key, name in self._derived() if self.wanted or key in asked]

    def _derived(self) -> Iterator[tuple[str, str]]:
        """The key and the name of each: of a large array, a name takes long to be read."""
        plans = [step.plan for step in self.trace.steps if step.phase == REVERSE]
        for definition, run in (part for plan in plans for part in plan.part()):
            if definition.key in self.trace.differentiated:
                names = map(self.trace.register[definition.key].name, run)
                yield from ((definition.key, name) for name in names if self.has(name))

    def defined(self, phases: Collection[str]) -> list[str]:
        """The keys of what these phases work out, in the register's order."""
        plans = [step.plan for step in self.trace.steps if step.phase in phases]
        return list(dict.fromkeys(item.key for plan in plans for item in plan.definitions))

    def count(self, keys: Collection[str]) -> int:
        """How many elements of these quantities are derived, without a name being made."""
        whole = self.wanted.intersection(keys) if self.wanted else keys
        places, quantities = self.trace.register.places, self.trace.program.quantities
        alone = [name for name in self.wanted.difference(whole) if places.get(name, ("",))[0] in keys]
        return sum(size(quantities[key].shape) for key in whole) + len(alone)

    def is_gradient(self, name: str) -> bool:
        """Whether an element belongs to a gradient; many rules read the same elements."""
        if name not in self._gradients:
            self._gradients[name] = self._key(name) in self.trace.differentiated
        return self._gradients[name]

    def arrays(self) -> list[str]:
        """The keys of the gradients that were asked for, in the register's order, without a row being made."""
        named = {self._key(name) if name in self.trace.register.places else name for name in self.wanted}
        givens = {self.trace.program.gradients.get(given.key) for given in self.trace.givens}
        return [key for key in self.differentiated() if key in (named or givens)]

    def differentiated(self) -> list[str]:
        """The keys of all gradients that are worked out, in the register's order."""
        return [key for key in self.defined([REVERSE]) if key in self.trace.differentiated]


def places_of(trace: Trace, keys: Collection[str]) -> PlacesByName:
    """Where some quantities of a trace, and their elements, are found by each of their names."""
    return PlacesByName([trace.program.quantities[key] for key in keys])


def plain_keys(trace: Trace) -> list[str]:
    """The keys of what the file and the working name: no gradients, and nothing of an update."""
    definitions = [item.key for item in trace.program.definitions]
    givens = [given.key for given in trace.givens if given.section in GIVEN_SECTIONS]
    return [key for key in (*givens, *definitions) if trace.program.quantities[key].is_plain]


def derivative_meant(trace: Trace, spelled: str) -> list[str]:
    """A line that says which derivative was probably meant, where a d is left out or both are; or no line."""
    found, known = QUOTIENT.fullmatch(spelled), places_of(trace, plain_keys(trace))
    if not found:
        return []
    of, by = (next((name for name in (part, part[1:]) if name in known), "") for part in found.groups())
    changes = of and by and known[of].key not in trace.sections and by != trace.program.loss
    return [f"did you mean 'd{of}/d{by}'?"] if changes else []


def wanted(trace: Trace, quantities: Sequence[str]) -> list[str]:
    """The names that were asked for as the register has them.

    `w11` stands for its gradient, `dL/dw11`; what is worked out, for itself and for its gradient. Raises BptraceError.
    """
    if not quantities:
        return []
    gradients, role = trace.program.gradients, GradientAt(trace.program.loss)
    worked_out = [item.key for item in trace.program.definitions if trace.program.quantities[item.key].is_plain]
    known, found = places_of(trace, {*gradients, *worked_out}), list[str]()
    for name in map(normal, quantities):
        spelled = name.replace(" ", "")
        subject = role.subject(spelled)
        place = known.get(subject or spelled)
        if place is None or (subject and place.key not in gradients):
            given = places_of(trace, [key for key, section in trace.sections.items() if section == "input"])
            hints = ["give --inputs, too"] if (subject or spelled) in given else []
            alike = (each for each, named in known.items() if named.key in gradients or not subject)
            near = derivative_meant(trace, spelled) or suggestion(subject or spelled, alike)
            hints += [f"known here: {listed(list(gradients))}", *near]
            raise SpecError(f"there is no gradient of {shortened(subject or spelled)}", None, *hints)
        keys = [place.key] if place.key in worked_out and not subject else []
        keys += [gradients[place.key]] if place.key in gradients else []
        found += [key if place.at is None else trace.program.quantities[key].element(place.at) for key in keys]
    return found
