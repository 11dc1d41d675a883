"""From equations to everything that will be worked out, and in which order it is shown.

Nothing here reads a value: a program depends on the equations and the shapes alone, so one program serves
every set of numbers. Forward, reverse and update are all the same thing, definitions grouped into steps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from bptrace.engine.forms import Forms
from bptrace.engine.intermediates import Fresh, leaves_rationals, lifted
from bptrace.engine.model import Definition, Given, keys
from bptrace.engine.plans import FILE, FORWARD, UPDATE, WEIGHTS_LAST, Block, Blocks, Plan, alone, ranks
from bptrace.engine.quantity import Quantities, Quantity, bracketed_bases
from bptrace.engine.reverse import Reverse, Slope
from bptrace.engine.sentence_parts import names_listed, sentence, separated
from bptrace.errors import Mark
from bptrace.numbers.arrays import Value, size
from bptrace.ops.evaluate import Environment, Made, kernel
from bptrace.ops.expr import Call, nodes
from bptrace.ops.operations import Counted, operations
from bptrace.ops.table import OPS

if TYPE_CHECKING:
    from bptrace.engine.optimizers import Optimizer, Stage, Updates


LINE = 2
"""How many operations making and writing a line of the register counts as, beside those in its rule."""


@dataclass(frozen=True, eq=False, repr=False)
class Program:
    """Every definition in an order that works, the steps that show them, and what each is called.

    `real`: some value may leave the rationals.
    """

    definitions: tuple[Definition, ...]
    plans: tuple[Plan, ...]
    quantities: Quantities
    slopes: tuple[Slope, ...]
    gradients: Mapping[str, str]
    loss: str
    real: bool
    replacements: Mapping[str, str]
    """For each given that the update replaces, the key of its new value."""
    forms: Forms
    """The forms of its rows, as far as any were made."""

    @cached_property
    def operations(self) -> tuple[int, ...]:
        """How many operations each definition takes, counted as `budget` says."""
        counted: Counted = {}
        return tuple(operations_of(definition, counted) for definition in self.definitions)

    @cached_property
    def losing(self) -> tuple[Definition, ...]:
        """The definitions whose values may be less accurate than what they are made of."""
        return tuple(filter(loses_accuracy, self.definitions))

    @cached_property
    def kernels(self) -> tuple[tuple[str, Callable[[Environment], Value]], ...]:
        """Each definition's key with the function that works it out; of what is refused before, none is made."""
        made = Made()
        return tuple((definition.key, kernel(definition.expr, made)) for definition in self.definitions)

    @property
    def loss_mark(self) -> Mark | None:
        """Where the loss stands in the file: for complaints about what stands nowhere."""
        return next(item.mark for item in self.definitions if item.key == self.loss)


def build(
    givens: Sequence[Given],
    definitions: Sequence[Definition],
    differentiated: Collection[str],
    optimizer: Optimizer | None = None,
    order: Collection[str] = (),
) -> Program:
    """The program of a network whose last definition is the loss.

    `differentiated` holds the keys of the givens whose gradients are asked for; with an optimizer, the weights
    (whose gradients are then needed too) move by one step of it. `order`: some of ORDERS.
    """
    stepping = [given.key for given in givens if optimizer and given.section == "weights"]
    fresh = Fresh(givens, definitions)
    forward = [part for definition in definitions for part in lifted(definition, fresh)]
    shapes = {given.key: given.shape for given in givens if given.section != "state"}
    shapes |= {item.key: item.shape for item in forward}
    bracketed = bracketed_bases(shapes)
    bases = {key: Quantity(key, shape, bracketed=key in bracketed) for key, shape in shapes.items()}
    reverse = Reverse(givens, forward, {*differentiated, *stepping}, bases)
    plans = [*_forward_plans(forward, FILE in order), *reverse.plans(WEIGHTS_LAST in order)]
    states = {given.key: Quantity(given.key, given.shape) for given in givens if given.section == "state"}
    quantities = bases | states | reverse.quantities()
    gradients = {key: reverse.gradients[key].key for key in stepping}
    updates = updated(optimizer, gradients, quantities, own_names(givens, definitions))
    return Program(
        (*forward, *reverse.definitions(), *updates.definitions()),
        (*plans, *update_plans(updates, plans, gradients)),
        Quantities(quantities | updates.quantities),
        tuple(reverse.ordered_slopes()),
        {key: definition.key for key, definition in reverse.gradients.items()},
        forward[-1].key,
        bool(fresh.real) or any(leaves_rationals(item.expr) for item in updates.definitions()),
        updates.replacements,
        Forms(),
    )


def operations_of(definition: Definition, counted: Counted | None = None) -> int:
    """The operations that a definition takes: of its arrays, and in each element's line of its rule.

    `counted`: those of nodes that have been met already.
    """
    found = operations(definition.expr, counted)
    return found.arrays + size(definition.shape) * (found.rule + LINE)


def loses_accuracy(definition: Definition) -> bool:
    """Whether the value may have fewer correct digits than what it is made of: where something is added, say."""
    return any(isinstance(node, Call) and not OPS[node.op].accurate for node in nodes(definition.expr))


# Forward


def _forward_plans(definitions: Sequence[Definition], as_in_file: bool) -> Iterator[Plan]:
    """A step for the definitions of each rank; or, as the file has them, for those of one rank that stand together."""
    rank = ranks(definitions)

    def rank_of(definition: Definition) -> int:
        return rank[definition.key]

    for _, group in groupby(definitions if as_in_file else sorted(definitions, key=rank_of), rank_of):
        level = list(group)
        yield Plan(FORWARD, separated(level, "; "), Blocks(map(alone, level)))


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
        """No definitions."""
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
    order = _weight_order(plans, gradients)
    moved = names_listed(weight for weights, _ in order for weight in weights)
    found = []
    for title, stage in updates.stages.items():
        own = stage.of_weight
        blocks = [Block(tuple(own[key] for key in weights), axes) for weights, axes in order if own]
        heading = sentence(title, " ", moved) if own else sentence(title)
        found.append(Plan(UPDATE, heading, Blocks([*map(alone, stage.shared), *blocks])))
    return found


WeightOrder: TypeAlias = Sequence[tuple[Sequence[str], tuple[int | None, ...]]]


def _weight_order(plans: Sequence[Plan], gradients: Mapping[str, str]) -> WeightOrder:
    """The weights in the order in which their gradients were found, those of a block together with its axes."""
    weights = {gradient: weight for weight, gradient in gradients.items()}
    blocks = [block for plan in plans for block in plan.blocks]
    return [
        ([weights[item.key] for item in block.definitions], block.axes)
        for block in blocks
        if block.definitions[0].key in weights
    ]
