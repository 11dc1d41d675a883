"""What a reader wants at the end: the loss, the gradients, and which units are blocked and what that zeroes."""

from __future__ import annotations

from typing import NamedTuple

from bptrace.exact import entries, indices, size
from bptrace.expr import Leaf, factors, shape_text, terms
from bptrace.program import REVERSE
from bptrace.trace import Trace

SHOWN = 40
LISTED = 6


class Blocked(NamedTuple):
    """A unit whose slope is exactly 0: its name, the slope's, and every gradient that is 0 because of it."""

    unit: str
    slope: str
    zeroed: list[str]


class Summary(NamedTuple):
    """`results` are (quantity, text) pairs: the loss, then each gradient asked for.

    `unreached` are gradients whose every path is blocked, though not all by the same unit.
    """

    results: list[tuple[str, str]]
    blocked: list[Blocked]
    unreached: list[str]


def summarize(trace: Trace) -> Summary:
    """The summary of a trace."""
    asked = [trace.program.gradients[given.key] for given in trace.givens if given.key in trace.program.gradients]
    results = [(key, _short(trace, key)) for key in (trace.program.loss, *asked)]
    blocked, unreached = _blocked(trace)
    return Summary(results, blocked, unreached)


def _short(trace: Trace, key: str) -> str:
    shape = trace.program.quantities[key].shape
    if size(shape) <= SHOWN:
        return trace.text(key)
    zeros = sum(not entry for entry in entries(trace.values[key], shape))
    return f"{shape_text(shape)}, {zeros:,} of {size(shape):,} elements are 0"


def _blocked(trace: Trace) -> tuple[list[Blocked], list[str]]:
    """Follow each slope of 0 back: a product with a zeroed factor is zeroed, a sum where all its terms are."""
    found = {blocked.slope: blocked for blocked in _closed(trace)}
    causes = {slope: frozenset({slope}) for slope in found}
    unreached = []
    steps = [step for step in trace.steps if found and step.phase == REVERSE]
    for row in (row for step in steps for row in step if row.quantity not in causes and not row.value):
        each = [_causes(term, causes) for term in terms(row.tree)]
        if not all(each):
            continue
        common = frozenset.intersection(*each)
        causes[row.quantity] = common or frozenset.union(*each)
        for slope in common:
            found[slope].zeroed.append(row.quantity)
        if not common:
            unreached.append(row.quantity)
    return list(found.values()), unreached


def _causes(term: object, causes: dict[str, frozenset[str]]) -> frozenset[str]:
    leaves = [factor.name for factor in factors(term) if isinstance(factor, Leaf)]  # type: ignore[arg-type]
    return frozenset().union(*(causes.get(name, frozenset()) for name in leaves))


def _closed(trace: Trace) -> list[Blocked]:
    found = []
    for slope in trace.program.slopes:
        unit, shape = trace.program.quantities[slope.unit], slope.quantity.shape
        values = entries(trace.values[slope.quantity.key], shape)
        for index, value in zip(indices(shape), values, strict=True):
            if not value:
                name = unit.element(index) if unit.shape == shape else unit.key
                found.append(Blocked(name, slope.quantity.element(index), []))
    return found


def counted(names: list[str]) -> str:
    """The names, or the first few and the number of the rest."""
    if len(names) <= LISTED:
        return ", ".join(names)
    return f"{', '.join(names[: LISTED - 2])} and {len(names) - LISTED + 2:,} more gradients"
