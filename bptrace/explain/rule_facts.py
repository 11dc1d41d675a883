"""What a row's rule is made of: the upstream gradient, what stands beside it, the weights it reads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import cast

from bptrace.engine.model import Definition
from bptrace.engine.plans import Block, Plan, Run
from bptrace.engine.quantity import SlopeAt
from bptrace.engine.row import Row
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index, at
from bptrace.numbers.enclosures import Scalar, is_enclosure, is_zero
from bptrace.ops.elementwise import narrow
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Name, factors, names, nodes, terms
from bptrace.ops.table import OPS, all_nodes
from bptrace.ops.walker import is_gate


class RowRule:
    """A row's rule taken apart; a part that it does not have is empty.

    `trace` is the one whose names it reads, `plan` the step that it is in; `dead` is what the rules of one step
    have found out about its units.
    """

    def __init__(
        self, trace: Trace, plan: Plan, definition: Definition, row: Row, dead: dict[int, bool] | None = None
    ) -> None:
        self.dead = {} if dead is None else dead
        self.trace = trace
        self.plan = plan
        self.definition = definition
        self.row = row
        self.quantity = row.quantity
        self.loss = trace.program.loss

    # what kind of thing it is

    @cached_property
    def place(self) -> Index:
        """Where in its quantity the row's element stands."""
        return self.trace.register.places[self.quantity][1]

    @cached_property
    def tree(self) -> Expr:
        """The rule as a tree with leaves."""
        return self.row.tree

    @cached_property
    def terms(self) -> tuple[Expr, ...]:
        """The terms that it adds up, those of sums in it too; itself where it is no sum."""
        return tuple(_all_terms(self.tree))

    @cached_property
    def upstreams(self) -> list[Leaf]:
        """The gradients that it reads."""
        leaves = [node for node in nodes(self.tree) if isinstance(node, Leaf)]
        return [leaf for leaf in leaves if self._key(leaf) in self.trace.differentiated]

    @cached_property
    def pair(self) -> tuple[Leaf, Leaf] | None:
        """The upstream gradient and what it is multiplied by, where the rule is just that."""
        match factors(self.tree):
            case [Leaf() as upstream, Leaf() as other] if self.upstreams == [upstream]:
                return upstream, other
        return None

    @cached_property
    def slope_of(self) -> str:
        """Of an activation's slope, the key of what it is taken at."""
        found = (slope.subject for slope in self.trace.program.slopes if slope.quantity.key == self.definition.key)
        return next(found, "")

    @property
    def is_gate(self) -> bool:
        """Whether its condition alone tells its value."""
        return isinstance(self.tree, Cases) and is_gate(self.tree)

    @property
    def is_loss(self) -> bool:
        """Whether it gives the loss."""
        return self.definition.key == self.loss

    @property
    def times_slope(self) -> bool:
        """Whether it is an upstream gradient times a slope."""
        slopes = {slope.quantity.key for slope in self.trace.program.slopes}
        return self.pair is not None and self._key(self.pair[1]) in slopes

    @property
    def is_blocked(self) -> bool:
        """Whether it is an upstream gradient of exactly 0, by itself or times something."""
        alone = isinstance(self.tree, Leaf) or self.pair is not None
        return alone and bool(self.upstreams) and is_zero(self.upstreams[0].value)

    @cached_property
    def weighted(self) -> list[Leaf]:
        """What it multiplies by a weight each, where it adds up such products and weights."""
        found = []
        for term in self.terms:
            match [(part, self.section(part) == "weights") for part in factors(term)]:
                case [(Leaf(), True), (Leaf() as read, False)] | [(Leaf() as read, False), (Leaf(), True)]:
                    found.append(read)
        return found if len(found) + len(self.biases) == len(self.terms) else []

    @cached_property
    def biases(self) -> list[Leaf]:
        """The weights that it adds as they are."""
        return [term for term in self.terms if isinstance(term, Leaf) and self.section(term) == "weights"]

    @cached_property
    def activation(self) -> Call | None:
        """The activation of a quantity that it is, if it is one."""
        match self.definition.expr:
            case Call(args=[Name(), *_]) as expr if OPS[expr.op].title:
                return expr
        return None

    @cached_property
    def replaces(self) -> str:
        """The key of what the update replaces by it."""
        return next((old for old, new in self.trace.program.replacements.items() if new == self.definition.key), "")

    @property
    def is_weight(self) -> bool:
        """Whether it gives the new value of a weight."""
        return self._section(self.replaces) == "weights"

    @property
    def is_of_weight(self) -> bool:
        """Whether it gives the gradient of a weight."""
        return self._section(self.trace.differentiated.get(self.definition.key, "")) == "weights"

    @property
    def hangs_on_values(self) -> bool:
        """Whether which elements it reads hangs on what the numbers are."""
        return any(isinstance(node, Call) and OPS[node.op].reads_values for node in all_nodes(self.definition.expr))

    def section(self, part: Expr) -> str:
        """The section of the file that gives a leaf, or nothing."""
        return self._section(self._key(part)) if isinstance(part, Leaf) else ""

    def _section(self, key: str) -> str:
        return self.trace.sections.get(key, "")

    def _key(self, leaf: Leaf) -> str:
        return self.trace.register.places[leaf.name][0]

    @property
    def target(self) -> str:
        """What it is the gradient of, or the new value of."""
        key = self.replaces or self.trace.differentiated.get(self.definition.key, "")
        return self.trace.register.quantities[key].element(self.place) if key else self.quantity

    @property
    def subject(self) -> Leaf:
        """What an activation or a slope is taken at: `z1`."""
        key = next(iter(names(self.activation.args[0]))) if self.activation else self.slope_of
        shape = self.trace.register.quantities[key].shape
        read = narrow(self.trace.register[key].__getitem__, shape, self.definition.shape)
        return cast(Leaf, read(self.place))

    @property
    def activation_title(self) -> str:
        """Of a slope, the title of its activation: `ReLU`."""
        return cast(SlopeAt, self.trace.register.quantities[self.definition.key].role).activation

    @property
    def consumers(self) -> list[str]:
        """What reads that of which it is the gradient: `z1`, `z2`."""
        register = self.trace.register
        places = [register.places[leaf.name] for leaf in self.upstreams]
        read = [register.quantities[self.trace.differentiated[key]].element(index) for key, index in places]
        last = [] if all(any(leaf in nodes(term) for leaf in self.upstreams) for term in self.terms) else [self.loss]
        return list(dict.fromkeys([*read, *last]))

    @property
    def old(self) -> Scalar:
        """The value that it replaces."""
        return at(self.trace.values[self.replaces], self.place)

    @property
    def stays(self) -> bool:
        """Whether it gives what it replaces, as far as is shown."""
        old, new = self.old, self.row.scalar
        exact = not is_enclosure(old) and not is_enclosure(new)
        notation = self.trace.notation
        return bool(old == new) if exact else notation.short(old) == notation.short(new)

    @property
    def family(self) -> object:
        """What the rows of one stage of an update have in common: how they are named."""
        quantity = self.trace.register.quantities[self.definition.key]
        return (quantity.role, quantity.stage) if quantity.role or quantity.stage else quantity.key

    @cached_property
    def dead_unit(self) -> int | None:
        """The unit that it is of, where the step has one layer and all gradients of the unit in it are exactly 0."""
        key, index = self.trace.register.places[self.upstreams[0].name]
        layers = [block for block in self.plan.blocks if self._is_layer(block)]
        if self.plan.length < self.plan.whole:  # the others are not to be told yet
            return None
        if len(layers) != 1 or len(index) != 1 or len(self.trace.register.quantities[key].shape) != 1:
            return None
        return index[0] if self._unit(layers[0]) == index[0] and self._is_dead(layers[0], index[0]) else None

    def _unit(self, layer: Block) -> int | None:
        """The unit of the layer that the row is of."""
        found = (axis for item, axis in zip(layer.definitions, layer.axes, strict=True) if item is self.definition)
        axis = next(found, None)
        return None if axis is None else self.place[axis]

    def _is_layer(self, block: Block) -> bool:
        """Whether a block has the gradients of weights, unit by unit."""
        sections = {self._section(self.trace.differentiated.get(item.key, "")) for item in block.definitions}
        return sections == {"weights"}

    def _is_dead(self, layer: Block, unit: int) -> bool:
        if unit not in self.dead:
            runs = [Run(item, axis, unit) for item, axis in zip(layer.definitions, layer.axes, strict=True)]
            elements = ((run.definition.key, index) for run in runs for index in run.indices())
            self.dead[unit] = None not in layer.axes and all(
                is_zero(at(self.trace.values[key], index)) for key, index in elements
            )
        return self.dead[unit]


def _all_terms(tree: Expr) -> Iterator[Expr]:
    for term in terms(tree):
        yield from [term] if term is tree else _all_terms(term)
