"""What a row's rule is made of: the upstream gradient, what stands beside it, the weights, by name and with values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast

from bptrace.arrays import narrow
from bptrace.enclosures import agree, is_zero
from bptrace.errors import cut
from bptrace.exact import Index, Scalar, at
from bptrace.expr import Call, Cases, Expr, Leaf, Name, factors, names, nodes, terms
from bptrace.model import Definition
from bptrace.notation import APPROXIMATELY, is_gate
from bptrace.ops import OPS
from bptrace.trace import Row, Trace

LISTED = 3
LONGEST = 120


class Rule:
    """A row's rule taken apart; a part that it does not have is empty. `trace` is the one whose names it reads."""

    def __init__(self, trace: Trace, definition: Definition, row: Row) -> None:
        self.trace = trace
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
        """The terms that it adds up; itself where it is no sum."""
        return terms(self.tree)

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

    def section(self, part: Expr) -> str:
        """The section of the file that gives a leaf, or nothing."""
        return self._section(self._key(part)) if isinstance(part, Leaf) else ""

    def _section(self, key: str) -> str:
        return self.trace.sections.get(key, "")

    def _key(self, leaf: Leaf) -> str:
        return self.trace.register.places[leaf.name][0]

    # how its parts read

    def short(self, value: Scalar) -> str:
        """The text of a value, the middle of a long one left out."""
        return self.trace.notation.short(value)

    def said(self, leaf: Leaf) -> str:
        """A leaf and its value: `x1 = 1`."""
        return equation(leaf.name, self.short(leaf.value))

    @property
    def value(self) -> str:
        """Its value."""
        return self.short(self.row.scalar)

    @property
    def result(self) -> str:
        """What it gives: `dL/dw12 = -4`."""
        return equation(self.quantity, self.value)

    @property
    def formula(self) -> str:
        """The rule with names."""
        return cut(self.row.formula, LONGEST)

    @property
    def worked(self) -> str:
        """The rule with numbers, and its value: `-2*2 = -4`."""
        rule = cut(self.row.rule, LONGEST)
        return self.value if rule == self.value else equation(rule, self.value)

    @property
    def condition(self) -> str:
        """Of a gate, what holds: `z1=2>0`."""
        return self.row.rule

    @property
    def target(self) -> str:
        """What it is the gradient of, or the new value of."""
        key = self.replaces or self.trace.differentiated.get(self.definition.key, "")
        return self.trace.register.quantities[key].element(self.place) if key else self.quantity

    @property
    def upstream(self) -> str:
        """The upstream gradient: `dL/dz1 = -2`."""
        return self.said(self.upstreams[0])

    @property
    def other(self) -> str:
        """What the upstream gradient is multiplied by: `x2 = 2`."""
        return self.said(self.pair[1]) if self.pair else ""

    @property
    def whole(self) -> str:
        """What it copies: `dL/dz1 = -2`."""
        return self.said(self.tree) if isinstance(self.tree, Leaf) else ""

    @property
    def subject(self) -> str:
        """What an activation or a slope is taken at: `z1 = 2`."""
        key = next(iter(names(self.activation.args[0]))) if self.activation else self.slope_of
        shape = self.trace.register.quantities[key].shape
        read = narrow(self.trace.register[key].__getitem__, shape, self.definition.shape)
        return self.said(cast(Leaf, read(self.place)))

    @property
    def function(self) -> str:
        """What an activation is called: `relu`."""
        return OPS[self.activation.op].spelled if self.activation else ""

    @property
    def activation_title(self) -> str:
        """What an activation is called where its slope is: `ReLU`."""
        return self.trace.register.quantities[self.definition.key].before.removesuffix("'(")

    @property
    def inputs(self) -> str:
        """What is multiplied by weights: `x1 and x2, each times its weight`."""
        return f"{listed([leaf.name for leaf in self.weighted])}{', each' * (len(self.weighted) > 1)} times its weight"

    @property
    def bias(self) -> str:
        """Of a sum with biases, what there is to say of them."""
        return f", and the bias {listed([leaf.name for leaf in self.biases])}" if self.biases else ""

    @property
    def a_bias(self) -> str:
        """The same of several sums."""
        return ", plus a bias each," if self.biases else ""

    @property
    def consumers(self) -> str:
        """What reads that of which it is the gradient: `z1 and z2`."""
        register = self.trace.register
        places = [register.places[leaf.name] for leaf in self.upstreams]
        read = [register.quantities[self.trace.differentiated[key]].element(index) for key, index in places]
        last = [] if all(any(leaf in nodes(term) for leaf in self.upstreams) for term in self.terms) else [self.loss]
        return listed(list(dict.fromkeys([*read, *last])))

    @property
    def count(self) -> int:
        """How many terms it adds up."""
        return len(self.terms)

    @property
    def old(self) -> Scalar:
        """The value that it replaces."""
        return at(self.trace.values[self.replaces], self.place)

    @property
    def stays(self) -> bool:
        """Whether it gives what it replaces."""
        return agree(self.old, self.row.scalar)

    @property
    def passing(self) -> str:
        """What becomes of the gradient at a gate."""
        return "stops here" if is_zero(self.row.scalar) else "passes"

    @property
    def move(self) -> str:
        """What the update changes: `w11 from 0 to 1/5`."""
        return f"{self.target} from {self.short(self.old)} to {self.value}".replace(APPROXIMATELY, f"{APPROXIMATELY} ")

    @property
    def unit(self) -> str:
        """The unit that the upstream gradient belongs to, where units have numbers: `the second unit`."""
        key, index = self.trace.register.places[self.upstreams[0].name]
        is_weight = self._section(self.trace.differentiated[self.definition.key]) == "weights"
        if not is_weight or len(self.trace.register.quantities[key].shape) != 1:
            return ""
        return f"the {ORDINALS[index[0]]} unit" if index[0] < len(ORDINALS) else f"unit {index[0] + 1}"


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def equation(name: str, value: str) -> str:
    """`x1 = 1`, or `h1 ≈ 0.5932699921`."""
    return f"{name} {value[0]} {value[1:]}" if value.startswith(APPROXIMATELY) else f"{name} = {value}"


def listed(names: Sequence[str], more: bool = False) -> str:
    """The names in a sentence: `a`, `a and b`, `a, b, c and 5 more`; `more`: there may be more than these."""
    if more:
        return ", ".join([*names[:LISTED], "…"])
    if len(names) > LISTED + 1:
        return f"{', '.join(names[:LISTED])} and {len(names) - LISTED:,} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
