"""The parts of a line: the paths of its rule, its upstream gradients, its slope, argument and output, its weight.

They come from the rule that the line has, so that a second mistake can be made in a rule with a first one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import cast

from bptrace.engine.plans import BATCH, REVERSE, UPDATE
from bptrace.marking.connections import Activated, Connections
from bptrace.marking.rule_paths import Change, RulePath, form, leaves_of, opened, sum_of_paths, with_leaf
from bptrace.marking.working import GRADIENT, SLOPE, UPDATED, Working, WorkingLine
from bptrace.ops.expr import Expr, Leaf, nodes

INPUT, TARGET, WEIGHTS, STATE, SETTING = "input", "target", "weights", "state", "update"
"""The sections of a file, which say what a given is."""


def connections(working: Working) -> Connections:
    """How the names of a working are connected, worked out once."""
    found = working.memory.get("connections")
    if found is None:
        found = working.memory["connections"] = Connections(working)
    return cast(Connections, found)


def taken_apart(name: str, working: Working) -> Parts:
    """The parts of a line as it is right, taken apart once."""
    kept = working.memory.setdefault("parts", {})
    if name not in kept:
        kept[name] = Parts(working.lines[name], working)
    return cast(Parts, kept[name])


class Parts:
    r"""The parts of a line by what they are in the chain rule.

    >>> import bptrace
    >>> text = "weights: {w: 2, v: 3}\nforward: {h: sigmoid(w), o: v*h}\nloss: o^2"
    >>> working = Working(bptrace.loads(text).trace())
    >>> parts = Parts(working.lines["dL/dw"], working)
    >>> [path] = parts.paths
    >>> path.upstream.name, parts.slopes[0].name, parts.output_of("w").name, parts.subject
    ('dL/dh', "sigmoid'(w)", 'h', 'w')
    """

    def __init__(self, line: WorkingLine, working: Working) -> None:
        self.line = line
        self.rule = line.rule
        self.working = working
        self.around = connections(working)
        self.kind = self.around.kinds[line.name]
        self.subject = self.around.subject(line)
        self.subject_kind = self.around.kinds.get(self.subject, "")

    @cached_property
    def form(self) -> object:
        """The form of its rule."""
        return form(self.rule)

    def leaf(self, name: str) -> Leaf | None:
        """What stands for a name in a rule; None for no name."""
        return self.working.leaf(name) if name else None

    def kind_of(self, part: Expr | None) -> str:
        """What an element stands for, or nothing for any other part."""
        return self.around.kinds[part.name] if isinstance(part, Leaf) else ""

    # What the line is

    @cached_property
    def is_gradient(self) -> bool:
        """Whether it is a line of the reverse chain that is a gradient."""
        return self.kind == GRADIENT and self.line.phase == REVERSE

    @cached_property
    def is_batch(self) -> bool:
        """Whether it brings samples together."""
        return self.line.phase == BATCH

    @cached_property
    def is_slope(self) -> bool:
        """Whether it is an activation's slope."""
        return self.kind == SLOPE

    @cached_property
    def of_weight(self) -> bool:
        """Whether it is the gradient of a weight."""
        return self.is_gradient and self.subject_kind == WEIGHTS

    @cached_property
    def of_quantity(self) -> bool:
        """Whether it is the gradient at something that is defined, or at an input."""
        return self.is_gradient and self.subject_kind != WEIGHTS

    @cached_property
    def of_bias(self) -> bool:
        """Whether it is the gradient of a weight that is only added."""
        own = (path for path in self.paths if path.upstream is not None)
        bare = [not path.rest and not path.divisors for path in own]
        return self.of_weight and bool(bare) and all(bare)

    @cached_property
    def is_first(self) -> bool:
        """Whether it comes straight from the loss: a gradient with no gradient in its rule."""
        return self.is_gradient and not any(path.upstream for path in self.paths) and not number_only(self.rule)

    @cached_property
    def updates_weight(self) -> bool:
        """Whether it is a weight's new value."""
        return self.kind == UPDATED and self.subject_kind == WEIGHTS and self.line.quantity.role is None

    @cached_property
    def is_update(self) -> bool:
        """Whether it is a line of the update."""
        return self.line.phase == UPDATE

    # The paths

    @cached_property
    def paths(self) -> tuple[RulePath, ...]:
        """The terms of its rule as products."""
        return opened(self.rule, self.around.gradients)

    @cached_property
    def flows(self) -> tuple[RulePath, ...]:
        """The paths of a gradient that an upstream gradient flows along."""
        return tuple(path for path in self.paths if path.upstream) if self.is_gradient else ()

    def everywhere(self, change: Change) -> Iterator[Expr]:
        """The rule with every path changed that can be; nothing where none can."""
        made = [change(path) for path in self.paths]
        if any(made):
            yield sum_of_paths([new or old for new, old in zip(made, self.paths, strict=True)])

    def each(self, change: Change) -> Iterator[Expr]:
        """The rule with one path changed, for each that can be."""
        for place, path in enumerate(self.paths):
            made = change(path)
            if made:
                yield sum_of_paths([*self.paths[:place], made, *self.paths[place + 1 :]])

    # Slope, argument and output

    @cached_property
    def slopes(self) -> tuple[Leaf, ...]:
        """The slopes in its rule, each once."""
        found = {leaf.name: leaf for leaf in leaves_of(self.rule) if self.around.kinds[leaf.name] == SLOPE}
        return tuple(found.values())

    @cached_property
    def activated(self) -> Activated | None:
        """The activation that a slope line is of."""
        return self.around.activations.get(self.line.name)

    def output_of(self, name: str) -> Leaf | None:
        """The output of the activation that is taken of a name."""
        found = self.around.activation_of.get(name)
        return self.leaf(found.output) if found else None

    def target_of(self, path: RulePath) -> str:
        """The name that a path's upstream gradient is the gradient at."""
        return self.around.subject(self.working.lines[path.upstream.name]) if path.upstream else ""

    def slopes_changed(self, change: Callable[[Parts], Iterator[Expr]]) -> Iterator[Expr]:
        """The rule with what `change` makes of a slope: in the slope's own line, and in one that multiplies by it."""
        if self.is_slope:
            yield from change(self)
        elif self.is_gradient and len(self.slopes) == 1:
            [slope] = self.slopes
            for wrong in change(taken_apart(slope.name, self.working)):
                yield with_leaf(self.rule, slope.name, wrong)


def number_only(rule: Expr) -> bool:
    """Whether a rule is a number by itself."""
    return not any(isinstance(node, Leaf) for node in nodes(rule))
