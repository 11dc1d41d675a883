"""A rule opened: the paths of a gradient, each an upstream gradient times factors, and how a part is exchanged."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias, TypeGuard

from bptrace.numbers.enclosures import ONE, ZERO, Scalar
from bptrace.ops import layout
from bptrace.ops.expr import Call, Expr, Leaf, Number, children, factors, nodes, plus, rebuilt, times
from bptrace.ops.table import OPS

SUMS = (layout.sums, layout.signed, layout.samples)
MINUS_ONE = Number(-ONE)


class RulePath(NamedTuple):
    """One term of a rule as a product: its factors, over its divisors.

    `upstream`: the factor that is a gradient, None where the loss itself is differentiated.
    """

    factors: tuple[Expr, ...]
    divisors: tuple[Expr, ...] = ()
    upstream: Leaf | None = None

    @property
    def term(self) -> Expr:
        """The product as a tree."""
        product = times(self.factors) if self.factors else Number(ONE)
        return product / times(self.divisors) if self.divisors else product

    @property
    def literals(self) -> tuple[Number, ...]:
        """The factors that are numbers."""
        return tuple(factor for factor in self.factors if type(factor) is Number)

    @property
    def rest(self) -> tuple[Expr, ...]:
        """The factors beside the upstream gradient and the numbers."""
        return tuple(factor for factor in self.factors if factor is not self.upstream and type(factor) is not Number)

    @property
    def reads(self) -> tuple[Leaf, ...]:
        """The factors beside the upstream gradient that are elements of a quantity."""
        return tuple(factor for factor in self.rest if isinstance(factor, Leaf))

    def without(self, *dropped: Expr | None) -> RulePath:
        """The path without some of its factors."""
        kept = tuple(factor for factor in self.factors if not any(factor is one for one in dropped))
        return self._replace(factors=kept)

    def times(self, *more: Expr) -> RulePath:
        """The path with further factors."""
        return self._replace(factors=(*self.factors, *more))

    def exchanged(self, old: Expr | None, new: Expr) -> RulePath:
        """The path with another factor in one's place."""
        return self._replace(factors=tuple(new if factor is old else factor for factor in self.factors))

    def changed(self, change: Callable[[Expr], Expr | None]) -> RulePath:
        """The path with what `change` makes of the parts of its factors and divisors; None leaves a part as it is."""
        made = [tuple(parts_changed(part, change) for part in parts) for parts in (self.factors, self.divisors)]
        return RulePath(made[0], made[1], self.upstream)


Change: TypeAlias = Callable[[RulePath], "RulePath | None"]
"""What is made of a path; None where nothing is."""


def exchange(old: Expr, new: Expr) -> Change:
    """The change that puts another factor in one's place."""
    return lambda path: path.exchanged(old, new) if any(factor is old for factor in path.factors) else None


def with_factor(factor: Expr) -> Change:
    """The change that gives every path a further factor."""
    return lambda path: path.times(factor)


def opened(rule: Expr, gradients: Container[str]) -> tuple[RulePath, ...]:
    """The terms of a rule as products; `gradients`: the names that are upstream gradients.

    A product with a sum of gradients is opened as well: (dL/dz1*w1 + dL/dz2*w2)/2 has two paths.

    >>> one, two, w = Leaf("dL/dz1", ONE), Leaf("dL/dz2", ONE), Leaf("w", ONE)
    >>> [len(path.rest) for path in opened(one * w + two, {"dL/dz1", "dL/dz2"})]
    [1, 0]
    """
    return tuple(_with_upstream(path, gradients) for path in _opened(rule, gradients))


def _with_upstream(path: RulePath, gradients: Container[str]) -> RulePath:
    found = (factor for factor in path.factors if isinstance(factor, Leaf) and factor.name in gradients)
    return path._replace(upstream=next(found, None))


def _opened(rule: Expr, gradients: Container[str]) -> list[RulePath]:
    if not isinstance(rule, Call):
        return [RulePath((rule,))]
    algebra = OPS[rule.op].layout
    if algebra in SUMS:
        return [path for arg in rule.args for path in _opened(arg, gradients)]
    if algebra == layout.negative:
        return [path._replace(factors=(MINUS_ONE, *path.factors)) for path in _factor_opened(rule.args[0], gradients)]
    if algebra == layout.quotient:
        top, bottom = rule.args
        return [path._replace(divisors=(*path.divisors, bottom)) for path in _factor_opened(top, gradients)]
    if algebra != layout.product:
        return [RulePath((rule,))]
    found = [RulePath(())]
    for arg in rule.args:
        more = _factor_opened(arg, gradients)
        found = [RulePath(a.factors + b.factors, a.divisors + b.divisors) for a in found for b in more]
    return found


def _factor_opened(factor: Expr, gradients: Container[str]) -> list[RulePath]:
    """A sum within a product is opened where it is one of gradients; any other is a factor."""
    if isinstance(factor, Call) and OPS[factor.op].layout in SUMS and not reads_any(factor, gradients):
        return [RulePath((factor,))]
    return _opened(factor, gradients)


def sum_of_paths(paths: Iterable[RulePath]) -> Expr:
    """The sum of paths as a rule; 0 of none."""
    found = [path.term for path in paths]
    return plus(found) if found else Number(ZERO)


# Parts of a tree


def is_call(tree: Expr, *ops: str) -> TypeGuard[Call]:
    """Whether a tree is one of these operations."""
    return isinstance(tree, Call) and tree.op in ops


def leaves_of(tree: Expr) -> Iterator[Leaf]:
    """Every leaf of a tree, in order, as often as it is there."""
    return (node for node in nodes(tree) if isinstance(node, Leaf))


def reads_any(tree: Expr, names: Container[str]) -> bool:
    """Whether a tree reads one of these names."""
    return any(leaf.name in names for leaf in leaves_of(tree))


def parts_changed(tree: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """The tree with what `change` makes of a part in its place, from the root down; itself where that is nothing."""
    found = change(tree)
    if found is not None:
        return found
    parts = children(tree)
    made = [parts_changed(part, change) for part in parts]
    return tree if all(new is old for new, old in zip(made, parts, strict=True)) else rebuilt(tree, made)


def put(old: Expr, new: Expr) -> Callable[[Expr], Expr | None]:
    """The change that puts another tree in one part's place."""
    return lambda part: new if part is old else None


def leaves_changed(tree: Expr, change: Callable[[Leaf], Expr]) -> Expr:
    """The tree with what `change` makes of each leaf in its place."""
    return parts_changed(tree, lambda part: change(part) if isinstance(part, Leaf) else None)


def with_leaf_values(tree: Expr, values: Mapping[str, Scalar]) -> Expr:
    """The tree with other values for some of the names that it reads."""
    return leaves_changed(tree, lambda leaf: Leaf(leaf.name, values[leaf.name]) if leaf.name in values else leaf)


def with_leaf(tree: Expr, name: str, new: Expr) -> Expr:
    """The tree with something else in a name's place."""
    return leaves_changed(tree, lambda leaf: new if leaf.name == name else leaf)


def form(tree: Expr) -> object:
    """What two trees have in common that are the same rule, however their products and sums are bracketed."""
    if isinstance(tree, Leaf):
        return tree.name
    if isinstance(tree, Number):
        return None, str(tree.value)
    if not isinstance(tree, Call):
        return tuple(map(form, children(tree)))
    return (tree.op, tree.extra, *map(form, factors(tree) if OPS[tree.op].layout == layout.product else tree.args))
