"""Why a row is what it is: its rule, what that reads and where it comes from, and the paths that lead to a gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bptrace.engine.batch_program import reduced_keys
from bptrace.engine.plans import BATCH, REVERSE, Plan
from bptrace.engine.quantity import of_sample
from bptrace.engine.row import Row
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.paths import SHOWN, Links, Path, paths_to
from bptrace.numbers.arrays import Index
from bptrace.numbers.digits import Shown
from bptrace.numbers.enclosures import is_zero
from bptrace.ops.expr import Cases, Leaf, nodes
from bptrace.ops.notation import Notation


class ReadValue(NamedTuple):
    """What a row reads: a name, its value as it prints, and where it comes from: `given` or `step 3`."""

    name: str
    shown: Shown
    origin: str


class Reasons(NamedTuple):
    """All that there is to say of one row.

    `conditional`: the rule is a condition, with the case that holds behind it where that is more than 0 or 1.
    `paths` are the first ones, in the order of the register's sums; None for a row that is no gradient of the
    reverse phase. `path_count` is how many there are in all, a number that may be very long; None where
    there are too many links to be followed. `of_sample`: of a batch's gradient, which has no paths, what it is
    called in a sample, the first where it is not exactly 0 if there is one; else nothing. `work`: the stages of working
    the rule out, each behind its sign, where the trace has them.
    """

    quantity: str
    formula: str
    rule: str
    shown: Shown
    notes: tuple[str, ...]
    reads: tuple[ReadValue, ...]
    paths: tuple[Path, ...] | None
    path_count: int | None
    conditional: bool = False
    of_sample: str = ""
    work: tuple[str, ...] = ()


class KnownLinks:
    """The links of a trace, or of each of its samples, found once for all rows that are asked about."""

    def __init__(self) -> None:
        self._of: dict[int, Links] = {}

    def of(self, owner: Trace) -> Links:
        """Those of one; it is kept with them, so that no other has its identity."""
        if id(owner) not in self._of:
            self._of[id(owner)] = Links(owner)
        return self._of[id(owner)]

    @property
    def count(self) -> int:
        """How many were found so far."""
        return sum(links.count for links in self._of.values())


def reasons(trace: Trace, place: int, limit: int = SHOWN, known: KnownLinks | None = None) -> Reasons:
    """Why the row at a place, counted from 0 over all steps, is what it is; at most `limit` paths are shown.

    `known`: what was found for other rows of the trace. Raises InternalError where the paths do not sum to the value.
    """
    step, row = trace.step_at(place), next(trace.part(place, place + 1))
    owner = trace.of(step)
    notation = _notation(trace, owner)
    paths: tuple[tuple[Path, ...] | None, int | None] = None, None
    if step.phase == REVERSE and _is_gradient(owner, row) and not row.missing:
        paths = paths_to(owner, row.quantity, limit, notation, (known or KnownLinks()).of(owner))
    reads, conditional = _read_values(row, notation, _origins(trace, step)), isinstance(row.tree, Cases)
    own = _name_in_sample(row) if step.phase == BATCH and _is_gradient(owner, row) else ""
    work = tuple([stage.behind_sign for stage in row.stages]) if trace.work else ()
    return Reasons(*row.texts()[:3], row.shown, tuple(row.notes), reads, *paths, conditional, own, work)


def _notation(trace: Trace, owner: Trace) -> Notation:
    """How a sample's rows print: as the whole trace does, with the precision that the sample took."""
    return trace.notation if owner is trace else owner.shortened(trace.terms).notation


def _is_gradient(owner: Trace, row: Row) -> bool:
    return owner.register.places[row.quantity][0] in owner.program.gradients.values()


def _name_in_sample(row: Row) -> str:
    leaves = [node for node in nodes(row.tree) if isinstance(node, Leaf)]
    return next((leaf.name for leaf in [*(leaf for leaf in leaves if not is_zero(leaf.value)), *leaves]), "")


def _read_values(row: Row, notation: Notation, origin: Callable[[str], str]) -> tuple[ReadValue, ...]:
    leaves = {node.name: node for node in nodes(row.tree) if isinstance(node, Leaf)}
    return tuple([ReadValue(name, notation.shown(leaf.value), origin(name)) for name, leaf in leaves.items()])


class _Worked(NamedTuple):
    """The step that works out elements of a quantity: all, or of those along an axis one unit's."""

    step: int
    axis: int | None
    unit: int | None

    def has(self, index: Index) -> bool:
        """Whether an element is among them."""
        return self.axis is None or self.unit is None or index[self.axis] == self.unit


def _origins(trace: Trace, step: Step) -> Callable[[str], str]:
    """A function from a name that the step's rows read to where its value comes from."""
    owner = trace.of(step)
    steps = _worked(owner.plans, trace.steps_before(step))
    if step.phase == BATCH:
        steps |= _worked_in_samples(trace)
    places = owner.register.places

    def origin(name: str) -> str:
        key, index = places[name]
        own = next((worked.step for worked in steps.get(key, ()) if worked.has(index)), None)
        return f"step {own}" if own else "given"

    return origin


def _worked(plans: Sequence[Plan], before: int) -> dict[str, list[_Worked]]:
    """The steps that work out each quantity, by key; so many steps come before."""
    found: dict[str, list[_Worked]] = {}
    for number, plan in enumerate(plans, before + 1):
        for block in plan.blocks:
            for definition, axis in zip(block.definitions, block.axes, strict=True):
                found.setdefault(definition.key, []).append(_Worked(number, axis, block.unit))
    return found


def _worked_in_samples(trace: Trace) -> dict[str, list[_Worked]]:
    """The steps that work out each loss and gradient of a sample, by what the batch calls it."""
    sample = trace.samples[0]
    steps = _worked(sample.plans, 0)
    return {
        of_sample(key, number): [
            worked._replace(step=worked.step + (number - 1) * len(sample.plans)) for worked in steps[key]
        ]
        for number in range(1, len(trace.samples) + 1)
        for key in reduced_keys(sample.program, trace.program.gradients)
    }
