"""From equations to everything that will be worked out, and in which order it is shown.

Nothing here reads a value: a program depends on the equations and the shapes alone, so one program serves
every set of numbers. Forward, reverse and update are all the same thing, definitions grouped into steps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bptrace.engine.intermediates import Fresh, leaves_rationals, lifted
from bptrace.engine.model import Definition, Given, Quantities, Quantity, bracketed_bases, keys
from bptrace.errors import Mark, SpecError
from bptrace.numbers.exact import ONE, ZERO, Index, Value, indices, size
from bptrace.ops.chain_rule import Contribution, contributions, slope_expression
from bptrace.ops.evaluate import Environment, kernel
from bptrace.ops.expr import Call, Expr, Name, Number, names, nodes, plus
from bptrace.ops.notation import Notation
from bptrace.ops.table import OPS, expansion

if TYPE_CHECKING:
    from bptrace.engine.optimizers import Optimizer, Stage, Updates

FORWARD, REVERSE, BATCH, UPDATE = "forward", "reverse", "batch", "update"
BY_RANK, WEIGHTS_LAST = "by-rank", "weights-last"
ORDERS = (BY_RANK, WEIGHTS_LAST)
"""Where in the reverse chain the gradients of the weights stand: with their equation's, or all at the end."""
LENGTH_LIMIT = 1_000_000
PHASES = (FORWARD, REVERSE, BATCH, UPDATE)


class Block(NamedTuple):
    """Definitions whose rows are shown together, with the axis of each that runs over the units.

    With every axis known, rows go unit by unit: each unit's weights, then its bias.
    """

    definitions: tuple[Definition, ...]
    axes: tuple[int | None, ...]

    def runs(self) -> Iterator[Run]:
        """The rows of the block in order, as runs of elements of one definition."""
        if None in self.axes:
            yield from (Run(definition) for definition in self.definitions)
            return
        for unit in range(self.definitions[0].shape[self.axes[0] or 0]):
            for definition, axis in zip(self.definitions, self.axes, strict=True):
                yield Run(definition, axis, unit)


class Run(NamedTuple):
    """Rows of one definition in a row: all its elements, or those of one unit along its axis."""

    definition: Definition
    axis: int | None = None
    unit: int = 0

    @property
    def length(self) -> int:
        """How many rows there are."""
        shape = self.definition.shape
        return size(shape) if self.axis is None else size(shape) // shape[self.axis]

    def indices(self) -> Iterable[Index]:
        """The 0-based indices of the elements, in order."""
        shape = self.definition.shape
        if self.axis is None:
            return indices(shape)
        if len(shape) == 1:
            return [(self.unit,)]
        return (
            [(self.unit, j) for j in range(shape[1])] if self.axis == 0 else [(i, self.unit) for i in range(shape[0])]
        )


class Plan(NamedTuple):
    """One step before it has values. `most`: of its rows only so many are there, None where all are."""

    phase: str
    title: str
    blocks: tuple[Block, ...]
    most: int | None = None

    @property
    def whole(self) -> int:
        """How many rows it has where all are there."""
        return sum(size(item.shape) for block in self.blocks for item in block.definitions)

    @property
    def length(self) -> int:
        """How many rows it will have."""
        return self.whole if self.most is None else min(self.most, self.whole)

    def part(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[Definition, Iterable[Index]]]:
        """The rows from `start` to before `stop`, as runs of elements of one definition; those before are not made."""
        end = self.length if stop is None else min(stop, self.length)
        for run in (run for block in self.blocks for run in block.runs()):
            if end <= 0:
                return
            if start < run.length:
                yield run.definition, islice(run.indices(), max(start, 0), end)
            start, end = start - run.length, end - run.length


class Slope(NamedTuple):
    """An activation's slope as a quantity of its own: in h = relu(z) that of `subject` z, first used by `user` h.

    `units` are the quantities that are just this activation: h, but not g in g = relu(z) + 1.
    """

    definition: Definition
    quantity: Quantity
    subject: str
    user: str
    units: list[str]


class Program(NamedTuple):
    """Every definition in an order that works, its kernel, the steps that show them, and what each is called.

    `losing`: the definitions whose values may be less accurate than what they are made of.
    `real`: some value may leave the rationals.
    """

    definitions: tuple[Definition, ...]
    kernels: tuple[tuple[str, Callable[[Environment], Value]], ...]
    losing: tuple[Definition, ...]
    plans: tuple[Plan, ...]
    quantities: Quantities
    slopes: tuple[Slope, ...]
    gradients: Mapping[str, str]
    loss: str
    real: bool
    replacements: Mapping[str, str]
    """For each given that the update replaces, the key of its new value."""

    @property
    def loss_mark(self) -> Mark | None:
        """Where the loss stands in the file: for complaints about what stands nowhere."""
        return next(item.mark for item in self.definitions if item.key == self.loss)


def build(
    givens: Sequence[Given],
    definitions: Sequence[Definition],
    differentiated: Collection[str],
    optimizer: Optimizer | None = None,
    order: str = BY_RANK,
) -> Program:
    """The program of a network whose last definition is the loss.

    `differentiated` holds the keys of the givens whose gradients are asked for; with an optimizer, the weights
    (whose gradients are then needed too) move by one step of it. `order`: one of ORDERS.
    """
    stepping = [given.key for given in givens if optimizer and given.section == "weights"]
    fresh = Fresh(givens, definitions)
    forward = [part for definition in definitions for part in lifted(definition, fresh)]
    shapes = {given.key: given.shape for given in givens if given.section != "state"}
    shapes |= {item.key: item.shape for item in forward}
    bracketed = bracketed_bases(shapes)
    bases = {key: Quantity(key, shape, key, bracketed=key in bracketed) for key, shape in shapes.items()}
    reverse = _Reverse(givens, forward, {*differentiated, *stepping}, bases)
    plans = [*_forward_plans(forward), *reverse.plans(order)]
    states = {given.key: Quantity(given.key, given.shape, given.key) for given in givens if given.section == "state"}
    quantities = bases | states | reverse.quantities()
    gradients = {key: reverse.gradients[key].key for key in stepping}
    updates = updated(optimizer, gradients, quantities, own_names(givens, definitions))
    return Program(
        *worked_out((*forward, *reverse.definitions(), *updates.definitions())),
        (*plans, *update_plans(updates, plans, gradients)),
        Quantities(quantities | updates.quantities),
        tuple(reverse.ordered_slopes()),
        {key: definition.key for key, definition in reverse.gradients.items()},
        forward[-1].key,
        bool(fresh.real) or any(leaves_rationals(item.expr) for item in updates.definitions()),
        updates.replacements,
    )


WorkedOut: TypeAlias = (
    "tuple[tuple[Definition, ...], tuple[tuple[str, Callable[[Environment], Value]], ...], tuple[Definition, ...]]"
)


def worked_out(definitions: Sequence[Definition]) -> WorkedOut:
    """The definitions, the kernel of each, and those that may lose accuracy."""
    kernels = tuple((definition.key, kernel(definition.expr)) for definition in definitions)
    return tuple(definitions), kernels, tuple(filter(loses_accuracy, definitions))


def loses_accuracy(definition: Definition) -> bool:
    """Whether the value may have fewer correct digits than what it is made of: where something is added, say."""
    return any(isinstance(node, Call) and not OPS[node.op].accurate for node in nodes(definition.expr))


# Forward


def ranks(definitions: Sequence[Definition]) -> dict[str, int]:
    """The longest path from the givens to each quantity; a given has rank 0 and is left out."""
    found: dict[str, int] = {}
    for definition in definitions:
        found[definition.key] = 1 + max((found.get(key, 0) for key in names(definition.expr)), default=0)
    return found


def _alone(definition: Definition) -> Block:
    return Block((definition,), (None,))


def _forward_plans(definitions: Sequence[Definition]) -> list[Plan]:
    rank = ranks(definitions)
    levels: dict[int, list[Definition]] = {}
    for definition in definitions:
        levels.setdefault(rank[definition.key], []).append(definition)
    return [
        Plan(FORWARD, "; ".join(item.text for item in level), tuple(map(_alone, level)))
        for _, level in sorted(levels.items())
    ]


# Reverse


class _Reverse:
    """The reverse chain: slopes and gradients as definitions, and the order in which they are shown."""

    def __init__(
        self,
        givens: Sequence[Given],
        forward: Sequence[Definition],
        differentiated: Collection[str],
        bases: Mapping[str, Quantity],
    ) -> None:
        self.givens = [given for given in givens if given.key in differentiated]
        self.forward = forward
        self.loss = forward[-1].key
        self.bases = bases
        self.slopes: dict[str, Slope] = {}
        self.settings: dict[str, str] = {}
        self.wanted = set(keys(self.givens))
        for definition in forward:
            if not self.wanted.isdisjoint(names(definition.expr)):
                self.wanted.add(definition.key)
        self.completed_by = self._completed_by()
        self.gradients = self._gradients()

    def _gradients(self) -> dict[str, Definition]:
        """One definition a quantity, in the order in which the chain reaches them."""
        flows: dict[str, list[Expr]] = {}
        gradients: dict[str, Definition] = {}
        for definition in reversed(self.forward):
            upstream = self._upstream(definition, flows, gradients)
            if upstream is None:
                continue
            found: dict[str, list[Expr]] = {}
            out = Name(definition.key, definition.shape)
            flow = contributions(definition.expr, upstream, out, self.wanted, self._slope_of(definition))
            for name, gradient in _bounded(flow, definition):
                found.setdefault(name.key, []).append(gradient)
            for key, parts in found.items():
                flows[key] = parts + flows.get(key, [])
        for given in self.givens:
            nothing: list[Expr] = [Number(ZERO, given.shape)]
            gradients[given.key] = self._gradient(given.key, flows.get(given.key, nothing))
        return gradients

    def _upstream(
        self, definition: Definition, flows: Mapping[str, list[Expr]], gradients: dict[str, Definition]
    ) -> Expr | None:
        if definition.key == self.loss:
            return Number(ONE, definition.shape)
        if definition.key not in flows:
            return None
        gradient = gradients[definition.key] = self._gradient(definition.key, flows[definition.key])
        return Name(gradient.key, gradient.shape)

    def _gradient(self, key: str, parts: list[Expr]) -> Definition:
        return Definition(f"d{self.loss}/d{key}", plus(parts))

    def _slope_of(self, definition: Definition) -> Callable[[Call, Expr], Expr]:
        def slope(node: Call, out: Expr) -> Expr:
            subject = node.args[0]
            unnamed = [arg for arg in node.args[1:] if names(arg) and not isinstance(arg, Name)]
            if not isinstance(subject, Name) or unnamed:
                return slope_expression(node, out)
            return self._named_slope(node, subject, out, definition)

        return slope

    def _named_slope(self, node: Call, subject: Name, out: Expr, user: Definition) -> Expr:
        row, base, expr = OPS[node.op], self.bases[subject.key], slope_expression(node, out)
        if expr.shape != subject.shape:
            return expr
        before, rest = f"{row.title}'(", ""
        settings = "".join(f",{_setting(arg)}" for arg in node.args[1:])
        if self.settings.setdefault(f"{before}{subject.key})", settings) != settings:
            rest = settings
        key = f"{before}{subject.key}{rest})"
        if key not in self.slopes:
            quantity = Quantity(key, expr.shape, base.base, before, f"{rest})", base.bracketed)
            self.slopes[key] = Slope(Definition(key, expr), quantity, subject.key, user.key, [])
        self.slopes[key].units.extend([user.key] if user.expr is node else [])
        return Name(key, expr.shape)

    def definitions(self) -> list[Definition]:
        """Every slope, then every gradient after those it is made from."""
        return [slope.definition for slope in self.ordered_slopes()] + list(self.gradients.values())

    def ordered_slopes(self) -> list[Slope]:
        """The slopes in the order in which the file has what they are taken of; they were found from the end."""
        places = {key: place for place, key in enumerate(self.bases)}
        found = list(self.slopes.values())
        found.reverse()
        return sorted(found, key=lambda slope: places[slope.subject])

    def quantities(self) -> dict[str, Quantity]:
        """What the slopes and the gradients are called."""
        found = {slope.quantity.key: slope.quantity for slope in self.slopes.values()}
        for key, gradient in self.gradients.items():
            base = self.bases[key]
            found[gradient.key] = base._replace(key=gradient.key, before=f"d{self.loss}/d{base.before}")
        return found

    def plans(self, order: str) -> list[Plan]:
        """For each rank from the loss down: slopes, gradients of its quantities, gradients of its weights.

        With the weights last, theirs follow all the others, in the order in which the file reads the weights.
        """
        late = order == WEIGHTS_LAST
        rank = ranks(self.forward)
        levels: dict[int, list[Definition]] = {level: [] for level in range(max(rank.values()), 0, -1)}
        for definition in self.forward:
            levels[rank[definition.key]].append(definition)
        slopes: dict[int, list[Definition]] = {}
        for slope in self.ordered_slopes():
            level = rank.get(slope.subject, rank[slope.user])
            slopes.setdefault(level, []).append(slope.definition)
        plans = [self._plan(here, slopes.get(level, []), [] if late else here) for level, here in levels.items()]
        plans += [self._plan([], [], self.forward)] if late else []
        rest = [given.key for given in self.givens if given.section != "weights"]
        plans.append(Plan(REVERSE, f"gradients of {', '.join(rest)}", self._all_alone(rest)))
        return [plan for plan in plans if plan.blocks]

    def _plan(self, here: Sequence[Definition], slopes: Sequence[Definition], weighted: Sequence[Definition]) -> Plan:
        """The gradients of quantities that are defined here, and of the weights that these equations complete."""
        passed = [item.key for item in here if item.key in self.gradients]
        weights = [(definition, self._weights_of(definition)) for definition in weighted]
        blocks = (*map(_alone, slopes), *self._all_alone(passed))
        for definition, group in weights:
            blocks += _by_unit(definition.expr, [(key, self.gradients[key]) for key in group])
        return Plan(REVERSE, self._title(passed, [key for _, group in weights for key in group]), blocks)

    def _weights_of(self, definition: Definition) -> list[str]:
        """The weights whose gradient is complete once this equation is passed; unused ones with the loss."""
        read = names(definition.expr)
        unread = [key for key, user in self.completed_by.items() if user == self.loss and key not in read]
        more = unread if definition.key == self.loss else []
        return [*(key for key in read if self.completed_by.get(key) == definition.key), *more]

    def _completed_by(self) -> dict[str, str]:
        """For each weight the equation of the lowest rank that uses it, or else the loss."""
        rank = ranks(self.forward)
        weights = [given.key for given in self.givens if given.section == "weights"]
        users = dict.fromkeys(weights, self.loss)
        # of equal ranks the first in the file wins, so it comes last
        for definition in sorted(self.forward, key=lambda item: rank[item.key])[::-1]:
            users.update({key: definition.key for key in names(definition.expr) if key in users})
        return users

    def _all_alone(self, quantities: Sequence[str]) -> tuple[Block, ...]:
        return tuple(_alone(self.gradients[key]) for key in quantities)

    def _title(self, passed: Sequence[str], weights: Sequence[str]) -> str:
        parts = [f"gradient at {', '.join(passed)}"] if passed else []
        return "; ".join([*parts, f"gradients of {', '.join(weights)}"] if weights else parts)


def _setting(expr: Expr) -> str:
    """What tells an activation's further argument from another: a quantity's name or a literal's text."""
    return expr.key if isinstance(expr, Name) else Notation(decimal=False).rule(expr)


def _bounded(flow: Iterable[Contribution], definition: Definition) -> Iterator[Contribution]:
    """The same contributions. Raises SpecError where an equation's gradients are too long to be written down."""
    length = 0
    for name, gradient in flow:
        length += sum(1 for _ in islice(nodes(gradient), LENGTH_LIMIT))
        if length >= LENGTH_LIMIT:
            message = f"the gradients of {definition.key} take more than {LENGTH_LIMIT:,} operations"
            raise SpecError(message, definition.mark, "write it in several equations")
        yield name, gradient


def _by_unit(expr: Expr, gradients: Sequence[tuple[str, Definition]]) -> tuple[Block, ...]:
    """One block with rows unit by unit where each weight has the unit's axis; the others after it, alone."""
    for axis in dict.fromkeys((0, len(expr.shape) - 1)) if expr.shape else ():
        axes = [unit_axis(expr, key, axis) for key, _ in gradients]
        joined = [(gradient, own) for (_, gradient), own in zip(gradients, axes, strict=True) if own is not None]
        if joined:
            rest = [gradient for (_, gradient), own in zip(gradients, axes, strict=True) if own is None]
            definitions, own_axes = zip(*joined, strict=True)
            return (Block(definitions, own_axes), *map(_alone, rest))
    return tuple(_alone(gradient) for _, gradient in gradients)


def unit_axis(expr: Expr, key: str, axis: int) -> int | None:
    """The axis of the quantity `key` that runs along an axis of the expression's result, or None."""
    if isinstance(expr, Name):
        return axis if expr.key == key else None
    if not isinstance(expr, Call):
        return None
    meaning = expansion(expr)
    if meaning is not None:
        return unit_axis(meaning, key, axis)
    own = [(arg, OPS[expr.op].axis(expr, i, axis)) for i, arg in enumerate(expr.args)]
    found = [unit_axis(arg, key, along) for arg, along in own if along is not None]
    return next((along for along in found if along is not None), None)


# Update


def own_names(givens: Sequence[Given], definitions: Sequence[Definition]) -> set[str]:
    """The names that the file itself takes."""
    return {*keys(given for given in givens if given.section != "state"), *keys(definitions)}


class NoUpdates:
    """The working of no update."""

    def __init__(self) -> None:
        self.stages: dict[str, Stage] = {}
        self.quantities: dict[str, Quantity] = {}
        self.replacements: dict[str, str] = {}

    def definitions(self) -> list[Definition]:
        """None."""
        return []


def updated(
    optimizer: Optimizer | None, gradients: Mapping[str, str], quantities: Mapping[str, Quantity], taken: set[str]
) -> Updates | NoUpdates:
    """The update of the weights by the gradients of these keys, wherever those come from."""
    if not optimizer:
        return NoUpdates()
    return optimizer.updates([(quantities[key], quantities[gradient]) for key, gradient in gradients.items()], taken)


def update_plans(updates: Updates | NoUpdates, plans: Sequence[Plan], gradients: Mapping[str, str]) -> list[Plan]:
    """A step for each stage of the update, in the order in which `plans` show the gradients.

    That of the weights themselves comes last.
    """
    layout = _layout(plans, gradients)
    moved = ", ".join(weight for weights, _ in layout for weight in weights)
    found = []
    for title, stage in updates.stages.items():
        own = stage.of_weight
        blocks = [Block(tuple(own[key] for key in weights), axes) for weights, axes in layout if own]
        found.append(Plan(UPDATE, f"{title} {moved}" if own else title, (*map(_alone, stage.shared), *blocks)))
    return found


Layout: TypeAlias = Sequence[tuple[Sequence[str], tuple[int | None, ...]]]


def _layout(plans: Sequence[Plan], gradients: Mapping[str, str]) -> Layout:
    """The weights in the order in which their gradients were found, those of a block together with its axes."""
    weights = {gradient: weight for weight, gradient in gradients.items()}
    blocks = [block for plan in plans for block in plan.blocks]
    return [
        ([weights[item.key] for item in block.definitions], block.axes)
        for block in blocks
        if block.definitions[0].key in weights
    ]
