"""What a reader wants at the end: the loss, the gradients, which units are blocked and what that zeroes.

And which values are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bptrace.engine.plans import REVERSE
from bptrace.engine.reverse import Slope
from bptrace.engine.sentence_parts import FunctionName, Named, Sentence, Valued, names_listed, sentence, separated
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index, entries, indices, size
from bptrace.numbers.digits import ABOUT, EQUAL, Shown
from bptrace.numbers.enclosures import ZERO, is_zero
from bptrace.ops.expr import Expr, Leaf, factors, number, shape_text, terms

SHOWN = 40
LISTED = 6
TOLD = 9
"""So many blocked units are told of, the others counted."""


class Result(NamedTuple):
    """What a whole quantity comes to. `counted`: it is large, and only how many of its elements are 0 is said."""

    key: str
    shown: Shown
    counted: bool = False


class Blocked(NamedTuple):
    """A unit whose slope is exactly 0: what it is, the slope's name, and every gradient that is 0 because of it.

    `sample`: whose names these are, None where there are no samples.
    """

    unit: Sentence
    slope: str
    zeroed: list[str]
    sample: int | None = None

    @property
    def title(self) -> Sentence:
        """What it is, in which sample: `sample 1: h2`."""
        return sentence(f"sample {self.sample}: " * bool(self.sample), self.unit)

    @property
    def effect(self) -> Sentence:
        """What that does: `ReLU'(z2) = 0, so dL/dz2, dL/db2 are 0`."""
        are = " is 0" if len(self.zeroed) == 1 else " are 0"
        return sentence(Valued(self.slope, ZERO), *((", so ", counted(self.zeroed), are) if self.zeroed else ()))


class Unreached(NamedTuple):
    """Gradients whose every path is blocked, though not all by the same unit, of one sample where there are any."""

    names: list[str]
    sample: int | None = None


class Remark(NamedTuple):
    """A line below the results: what it begins with, which stands out, and the rest. `sample`: whose names it has."""

    start: Sentence
    rest: Sentence = ()
    sample: int | None = None


class Summary(NamedTuple):
    """`results`: the loss, then each gradient asked for. `exactness`: what is exact, and how the rest is told."""

    results: list[Result]
    blocked: list[Blocked]
    unreached: list[Unreached]
    exactness: Sentence

    def remarks(self) -> Iterator[Remark]:
        """What is said of blocked units, a line each; the first ones, and how many more there are."""
        for unit in self.blocked[:TOLD]:
            yield Remark(sentence(unit.title, " is blocked"), sentence(": ", unit.effect), unit.sample)
        if len(self.blocked) > TOLD:
            yield Remark(sentence(f"and {len(self.blocked) - TOLD:,} more units are blocked"))
        for names, sample in self.unreached[:TOLD]:
            told = sentence(f"sample {sample}: " * bool(sample), "every path to ", counted(names), " is blocked")
            yield Remark((), told, sample)
        if len(self.unreached) > TOLD:
            yield Remark((), sentence(f"and so in {len(self.unreached) - TOLD:,} more samples"))


def summarize(trace: Trace) -> Summary:
    """The summary of a trace."""
    asked = [trace.program.gradients[given.key] for given in trace.givens if given.key in trace.program.gradients]
    results = [_result(trace, key) for key in (trace.program.loss, *asked)]
    of_each = [(number, *_blocked(part)) for number, part in _parts(trace)]
    blocked = [unit._replace(sample=number) for number, units, _ in of_each for unit in units]
    unreached = [Unreached(names, number) for number, _, names in of_each if names]
    return Summary(results, blocked, unreached, exactness(trace))


def _parts(trace: Trace) -> Iterator[tuple[int | None, Trace]]:
    """What the units are of: each sample with its number, or the trace itself."""
    if not trace.samples:
        yield None, trace
    for place, sample in enumerate(trace.samples, 1):
        yield place, sample.shortened(sample.terms)


def _result(trace: Trace, key: str) -> Result:
    shape = trace.program.quantities[key].shape
    if size(shape) == 1:
        return Result(key, trace.notation.shown(entries(trace.values[key], shape)[0]))
    if size(shape) <= SHOWN:
        return Result(key, Shown(EQUAL, trace.text(key)))
    zeros = sum(map(is_zero, entries(trace.values[key], shape)))
    return Result(key, Shown(EQUAL, f"{shape_text(shape)}, {zeros:,} of {size(shape):,} elements are 0"), counted=True)


def exactness(trace: Trace) -> Sentence:
    """Which values of a trace are exact, and how the others are told."""
    there = " that exists" * bool(trace.problem)
    if any(map(_has_about, trace.samples or (trace,))) or _has_about(trace):
        places = trace.notation.places
        told = (
            "a decimal, every digit proven" if places is None else f"rounded to {places} decimal{'s' * (places != 1)}"
        )
        return sentence(f"{ABOUT}: {told}; all else{there} is exact")
    return sentence(f"every value{there} is exact")


def _has_about(trace: Trace) -> bool:
    """Whether some value is not printed as it is."""
    notation = trace.notation
    if not (notation.bits or notation.places is not None):
        return False
    shapes = trace.program.quantities
    return any(notation.is_about(item) for key in shapes for item in entries(trace.values[key], shapes[key].shape))


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
