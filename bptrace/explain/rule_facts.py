"""What a row's rule is made of: the upstream gradient, what stands beside it, the weights it reads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import cast

from bptrace.engine.model import Definition
from bptrace.engine.plans import Block, Plan, Run
from bptrace.engine.quantity import SlopeAt
from bptrace.engine.row import Row
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index, at
from bptrace.numbers.enclosures import Scalar, is_enclosure, is_zero
from bptrace.ops.elementwise import narrow
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Name, Number, factors, names, nodes, terms
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
        return self._upstreams_in(self.tree)

    def _upstreams_in(self, tree: Expr) -> list[Leaf]:
        leaves = [node for node in nodes(tree) if isinstance(node, Leaf)]
        return [leaf for leaf in leaves if self._key(leaf) in self.trace.differentiated]

    @cached_property
    def pair(self) -> tuple[Leaf, Leaf] | None:
        """The upstream gradient and what it is multiplied by, where the rule is just that."""
        match factors(self.tree):
            case [Leaf() as upstream, Leaf() as other] if self.upstreams == [upstream]:
                return upstream, other
        return None

    @property
    def is_nothing(self) -> bool:
        """Whether it is 0 whatever the numbers: the loss does not hang on its target."""
        return isinstance(self.tree, Number) and is_zero(self.tree.value)

    @property
    def copied(self) -> Leaf:
        """What it is, where it is another quantity."""
        return cast(Leaf, self.tree)

    @cached_property
    def is_multiplied(self) -> bool:
        """Whether what reads its target multiplies that by what the upstream gradient is multiplied by."""
        if not self.pair:
            return False
        upstream, other = self.pair
        key, index = self.trace.register.places[upstream.name]
        read_by = self.trace.differentiated[key]
        reader = next(item.expr for item in self.trace.program.definitions if item.key == read_by)
        products = map(factors, nodes(expander(reader, self.trace.register)(index)))
        return any(sorted(map(_leaf_name, product)) == sorted((self.target, other.name)) for product in products)

    @cached_property
    def ways(self) -> list[tuple[Expr, str]]:
        """Each term of a sum and the quantity through which it comes, or nothing where it comes from the loss itself.

        None at all where several come through one quantity, or one through several.
        """
        read = [[leaf.name for leaf in self._upstreams_in(term)] for term in self.terms]
        through = [self._read_by(names[0]) if names else "" for names in read]
        is_plain = all(len(names) < 2 for names in read) and len(set(through)) == len(through) > 1
        return list(zip(self.terms, through, strict=True)) if is_plain else []

    @cached_property
    def slope_of(self) -> str:
        """Of an activation's slope, the key of what it is taken at."""
        found = (slope.subject for slope in self.trace.program.slopes if slope.definition.key == self.definition.key)
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
        slopes = {slope.definition.key for slope in self.trace.program.slopes}
        return self.pair is not None and self._key(self.pair[1]) in slopes

    @property
    def is_blocked(self) -> bool:
        """Whether it is an upstream gradient of exactly 0, by itself or times something."""
        alone = isinstance(self.tree, Leaf) or self.pair is not None
        return alone and bool(self.upstreams) and is_zero(self.upstreams[0].value)

    @property
    def is_stop(self) -> bool:
        """Whether a gradient stops at it: it is a closed gate, or the upstream gradient is 0."""
        return self.is_blocked or (bool(self.slope_of) and self.is_gate and is_zero(self.row.scalar))

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

    @cached_property
    def consumers(self) -> list[str]:
        """What reads that of which it is the gradient: `z1`, `z2`."""
        read = [self._read_by(leaf.name) for leaf in self.upstreams]
        last = [] if all(map(self._upstreams_in, self.terms)) else [self.loss]
        return list(dict.fromkeys([*read, *last]))

    def _read_by(self, gradient: str) -> str:
        """What an element of a gradient is the gradient of."""
        key, index = self.trace.register.places[gradient]
        return self.trace.register.quantities[self.trace.differentiated[key]].element(index)

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
        """The unit that it is of, where the step has one layer and all of the unit's are 0 as the upstream one is."""
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
            self.dead[unit] = None not in layer.axes and all(map(self._is_zeroed, runs))
        return self.dead[unit]

    def _is_zeroed(self, run: Run) -> bool:
        """Whether all gradients of a run are 0, each because its upstream gradient is."""
        regular = self.trace.program.forms.of(run.definition) is not None
        tree_of = expander(run.definition.expr, self.trace.register)
        trees = map(tree_of, islice(run.indices(), 1 if regular else None))
        values = self.trace.values[run.definition.key]
        return all(self._reads_upstream(tree) for tree in trees) and all(
            is_zero(at(values, index)) for index in run.indices()
        )

    def _reads_upstream(self, tree: Expr) -> bool:
        """Whether a rule is the upstream gradient of this one, by itself or times something."""
        return any(_leaf_name(factor) == self.upstreams[0].name for factor in factors(tree))


def _all_terms(tree: Expr) -> Iterator[Expr]:
    for term in terms(tree):
        yield from [term] if term is tree else _all_terms(term)


def _leaf_name(part: Expr) -> str:
    return part.name if isinstance(part, Leaf) else ""
