"""Who reads whom in the forward pass of a trace: whole quantities, and single elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from bptrace.engine.model import Definition
from bptrace.engine.plans import FORWARD
from bptrace.engine.trace import Trace
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Call, Expr, Leaf, Name, nodes
from bptrace.ops.table import OPS, all_nodes

FOLLOWED = 20_000
"""So many elements at most are followed to find out what one is made of."""


class Wiring:
    """The forward pass of one trace, of a sample or of a network without samples, as a graph."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.loss = trace.program.loss
        self._expanders: dict[str, Expander] = {}
        self._made_of: dict[str, frozenset[str]] = {}

    @cached_property
    def forward(self) -> dict[str, Definition]:
        """What the forward pass defines, by key, in the order in which it is worked out."""
        plans = [plan for plan in self.trace.program.plans if plan.phase == FORWARD]
        shown = {item.key for plan in plans for block in plan.blocks for item in block.definitions}
        return {item.key: item for item in self.trace.program.definitions if item.key in shown}

    @cached_property
    def uses(self) -> dict[str, Counter[str]]:
        """How often each quantity is read by each definition of the forward pass."""
        found: dict[str, Counter[str]] = {}
        for key, definition in self.forward.items():
            for node in nodes(definition.expr):
                if isinstance(node, Name):
                    found.setdefault(node.key, Counter())[key] += 1
        return found

    def readers(self, key: str) -> Mapping[str, int]:
        """What reads a quantity, and how often."""
        return self.uses.get(key, Counter())

    @cached_property
    def _before(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for key, definition in self.forward.items():
            read = frozenset(node.key for node in nodes(definition.expr) if isinstance(node, Name))
            found[key] = read.union(*(found.get(each, frozenset()) for each in read))
        return found

    def depends(self, key: str, on: str) -> bool:
        """Whether a quantity is made from another one, directly or not."""
        return on in self._before.get(key, frozenset())

    @cached_property
    def outputs(self) -> list[str]:
        """What the loss reads of all that the forward pass defines."""
        return [key for key in self.forward if self.loss in self.readers(key)]

    @property
    def hangs_on_values(self) -> bool:
        """Whether which elements some equation reads hangs on what the numbers are."""
        trees = (item.expr for item in self.forward.values())
        return any(isinstance(node, Call) and OPS[node.op].reads_values for expr in trees for node in all_nodes(expr))

    # elements

    def tree(self, name: str) -> Expr | None:
        """The tree of an element that is defined; None for a given, and where what it reads hangs on no value."""
        key, index = self.trace.register.places[name]
        if key not in self.forward:
            return None
        if key not in self._expanders:
            self._expanders[key] = expander(self.forward[key].expr, self.trace.register)
        try:
            return self._expanders[key](index)
        except ArithmeticError:
            return None

    @cached_property
    def output_elements(self) -> list[str]:
        """The elements that the loss reads of all that the forward pass defines."""
        places = self.trace.register.places
        return [name for name in self._leaves(self.loss_name) if places[name][0] in self.forward]

    @cached_property
    def loss_name(self) -> str:
        """The loss, by its name in the register."""
        loss = self.trace.program.quantities[self.loss]
        return loss.element((0,) * len(loss.shape))

    def _leaves(self, name: str) -> list[str]:
        tree = self.tree(name)
        leaves = [node.name for node in nodes(tree) if isinstance(node, Leaf)] if tree is not None else []
        return list(dict.fromkeys(leaves))

    def elements_in(self, name: str) -> frozenset[str] | None:
        """All the elements that one is made of; None where they are too many to be followed."""
        if name in self._made_of:
            return self._made_of[name]
        found, waiting = set[str](), [name]
        while waiting:
            for leaf in self._leaves(waiting.pop()):
                if leaf not in found:
                    found.add(leaf)
                    waiting.append(leaf)
            if len(found) > FOLLOWED:
                return None
        self._made_of[name] = frozenset(found)
        return self._made_of[name]
