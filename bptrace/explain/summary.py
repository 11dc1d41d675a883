"""What a reader wants at the end: the loss, the gradients, and which units are blocked and what that zeroes."""

from __future__ import annotations

from typing import NamedTuple

from bptrace.engine.plans import REVERSE
from bptrace.engine.quantity import of_sample
from bptrace.engine.reverse import Slope
from bptrace.engine.sentence_parts import FunctionName, Named, Sentence, Valued, names_listed, sentence, separated
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index, entries, indices, size
from bptrace.numbers.digits import EQUAL, Shown
from bptrace.numbers.enclosures import ZERO, is_zero
from bptrace.ops.expr import Expr, Leaf, factors, number, shape_text, terms

SHOWN = 40
LISTED = 6


class Blocked(NamedTuple):
    """A unit whose slope is exactly 0: what it is, the slope's name, and every gradient that is 0 because of it."""

    unit: Sentence
    slope: str
    zeroed: list[str]

    @property
    def effect(self) -> Sentence:
        """What that does: `ReLU'(z2) = 0, so dL/dz2, dL/db2 are 0`."""
        are = " is 0" if len(self.zeroed) == 1 else " are 0"
        return sentence(Valued(self.slope, ZERO), *((", so ", counted(self.zeroed), are) if self.zeroed else ()))


class Summary(NamedTuple):
    """`results` are quantities and what they come to: the loss, then each gradient asked for.

    `unreached` are gradients whose every path is blocked, though not all by the same unit.
    """

    results: list[tuple[str, Shown]]
    blocked: list[Blocked]
    unreached: list[str]


def summarize(trace: Trace) -> Summary:
    """The summary of a trace."""
    asked = [trace.program.gradients[given.key] for given in trace.givens if given.key in trace.program.gradients]
    results = [(key, _short(trace, key)) for key in (trace.program.loss, *asked)]
    blocked, unreached = _blocked_in_samples(trace) if trace.samples else _blocked(trace)
    return Summary(results, blocked, unreached)


def _short(trace: Trace, key: str) -> Shown:
    shape = trace.program.quantities[key].shape
    if size(shape) == 1:
        return trace.notation.shown(entries(trace.values[key], shape)[0])
    if size(shape) <= SHOWN:
        return Shown(EQUAL, trace.text(key))
    zeros = sum(map(is_zero, entries(trace.values[key], shape)))
    return Shown(EQUAL, f"{shape_text(shape)}, {zeros:,} of {size(shape):,} elements are 0")


def _blocked_in_samples(trace: Trace) -> tuple[list[Blocked], list[str]]:
    """What is blocked in each sample, and which gradients no path reaches there, by what the batch calls them."""
    found: list[Blocked] = []
    unreached: list[str] = []
    for place, sample in enumerate(trace.samples, 1):
        blocked, never = _blocked(sample.shortened(sample.terms))
        found += [unit._replace(unit=sentence(f"sample {place}: ", unit.unit)) for unit in blocked]
        unreached += [of_sample(name, place) for name in never]
    return found, unreached


def _blocked(trace: Trace) -> tuple[list[Blocked], list[str]]:
    """Follow each slope of 0 back: a product with a dead factor is dead, a sum where all its terms are.

    `dead` holds, for each dead quantity, the slopes that kill it alone; none where only several together do.
    What no path reaches at all is 0 without any slope's doing: `apart` holds it, and sums leave it out.
    """
    found = {blocked.slope: blocked for blocked in _closed(trace)}
    dead = {slope: frozenset({slope}) for slope in found}
    apart: set[str] = set()
    unreached = []
    steps = [step for step in trace.steps if found and step.phase == REVERSE]
    for row in (row for step in steps for row in step if is_zero(row.scalar) and row.quantity not in dead):
        each = [_killers(term, dead) for term in terms(row.tree) if not _is_apart(term, apart)]
        if not each:
            apart.add(row.quantity)
        elif None not in each:
            alone = frozenset.intersection(*[killers for killers in each if killers is not None])
            dead[row.quantity] = alone
            for slope in sorted(alone):
                found[slope].zeroed.append(row.quantity)
            unreached.extend([] if alone else [row.quantity])
    return list(found.values()), unreached


def _is_apart(term: Expr, apart: set[str]) -> bool:
    """Whether a term has a factor that no path reaches, which is a literal 0 or made from one."""
    parts = factors(term)
    return any(number(part) == 0 or (isinstance(part, Leaf) and part.name in apart) for part in parts)


def _killers(term: Expr, dead: dict[str, frozenset[str]]) -> frozenset[str] | None:
    """The slopes that each kill a term alone; None where it is not dead."""
    fates = [dead[factor.name] for factor in factors(term) if isinstance(factor, Leaf) and factor.name in dead]
    return frozenset().union(*fates) if fates else None


def _closed(trace: Trace) -> list[Blocked]:
    found = []
    for slope in trace.program.slopes:
        values = entries(trace.values[slope.quantity.key], slope.quantity.shape)
        for index, value in zip(indices(slope.quantity.shape), values, strict=True):
            if is_zero(value):
                found.append(Blocked(_unit(trace, slope, index), slope.quantity.element(index), []))
    return found


def _unit(trace: Trace, slope: Slope, index: Index) -> Sentence:
    """What a closed slope blocks: the units that are just this activation, or else the activation itself."""
    quantities = trace.program.quantities
    if slope.units:
        return separated([Named(quantities[unit].element(index)) for unit in slope.units], " and ")
    return sentence(
        FunctionName(slope.activation, slope.activation), "(", Named(quantities[slope.subject].element(index)), ")"
    )


def counted(names: list[str]) -> Sentence:
    """The names, or the first few and the number of the rest."""
    if len(names) <= LISTED:
        return names_listed(names)
    return sentence(names_listed(names[: LISTED - 2]), f" and {len(names) - LISTED + 2:,} more gradients")
