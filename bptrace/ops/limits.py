"""What stands for what has no value by itself, but a limit; and where a working fails."""

from __future__ import annotations

from typing import NamedTuple

from bptrace.numbers.arrays import Index, Value, array, indices
from bptrace.numbers.enclosures import Scalar, is_zero
from bptrace.numbers.exact import NoValueError
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import LeafArrays, branch_at, evaluate, expander, live_parts
from bptrace.ops.expr import Call, Cases, Expr, children, factors, nodes, rebuilt
from bptrace.ops.shared import LONG
from bptrace.ops.table import OPS


def at_limits(tree: Expr) -> Expr:
    """A tree of single elements with what stands for those parts that have no value by themselves, but a limit.

    One that has a value is given back as it is.
    """
    try:
        evaluate(tree)
    except ArithmeticError:
        return _Limits().standing_for(tree)
    return tree


class _Limits:
    """The values of parts of trees, and what stands for those without one, each worked out once."""

    def __init__(self) -> None:
        self._values: dict[int, tuple[Expr, Scalar | None]] = {}
        self._standing: dict[int, tuple[Expr, Expr]] = {}

    def standing_for(self, tree: Expr) -> Expr:
        """What stands for a tree: itself where it has a value, or nothing does."""
        if id(tree) not in self._standing:
            self._standing[id(tree)] = tree, self._found(tree)
        return self._standing[id(tree)][1]

    def _found(self, tree: Expr) -> Expr:
        if self.value(tree) is not None:
            return tree
        made = rebuilt(tree, [self.standing_for(part) for part in children(tree)])
        if not isinstance(made, Call):
            return made
        beside = factors(made)
        if len(beside) > 1 and any(is_zero(value) for value in map(self.value, beside) if value is not None):
            return self._beside_zero(made)
        return made if OPS[made.op].weak else self._limit(made)

    def _beside_zero(self, tree: Expr) -> Expr:
        """A factor beside one that is exactly 0, or the product of both, with 0 for what is weaker than that one."""
        if self.value(tree) is not None or not isinstance(tree, Call):
            return tree
        row = OPS[tree.op]
        if row.weak:
            return self._limit(tree)
        affine = row.affine(tree)
        return rebuilt(tree, [self._beside_zero(arg) if arg in affine else arg for arg in tree.args])

    def _limit(self, call: Call) -> Expr:
        """What stands for a call that has no value; itself where nothing does."""
        limit, values = OPS[call.op].limit, [self.value(arg) for arg in call.args]
        found = limit(call, values) if limit and not any(value is None for value in values) else None
        return call if found is None else self.standing_for(found)

    def value(self, tree: Expr) -> Scalar | None:
        """The value of a tree; None where it has none."""
        if id(tree) not in self._values:
            try:
                value = self._worked_out(tree)
            except ArithmeticError:
                value = None
            self._values[id(tree)] = tree, value
        return self._values[id(tree)][1]

    def _worked_out(self, tree: Expr) -> Scalar | None:
        if isinstance(tree, Cases):
            subject = self.value(tree.subject)
            return None if subject is None else self.value(branch_at(tree, subject).value)
        scalar = OPS[tree.op].scalar if isinstance(tree, Call) and len(tree.args) < LONG else None
        if scalar is None:
            return evaluate(tree)
        values = [value for value in map(self.value, children(tree)) if value is not None]
        return scalar(*values) if len(values) == len(children(tree)) else None

    def fails(self, tree: Expr) -> bool:
        """Whether a tree has no value nor a limit, though all numbers are given."""
        found = self.standing_for(tree)
        return self.value(found) is None and not isinstance(_problem(found), NoValueError)


class Failure(NamedTuple):
    """Where a working fails: the part of the equation at fault, its element's tree, the element, and why.

    `tree` is None where the tree cannot be made; `place` where the element is one that the expression makes
    on its way but does not read.
    """

    part: Expr
    tree: Expr | None
    place: Index | None
    problem: ArithmeticError


def failure(expr: Expr, leaves: LeafArrays) -> Failure:
    """The first element of the expression, or of a part of it, that has no value: no real one, not none that is given.

    Raises LookupError where none is found.
    """
    for part in nodes(expr):
        expand = expander(part, leaves)
        for index in indices(part.shape):
            tree, problem = _attempt(expand, index)
            if problem:
                found = part if tree is not None else _unwritable(part, leaves)
                return Failure(found, tree, index if part is expr else None, problem)
    raise LookupError("every element has a value")


def _unwritable(part: Expr, leaves: LeafArrays) -> Expr:
    """The innermost part of an expression for which no tree can be made."""
    for inner in children(part):
        expand = expander(inner, leaves)
        if any(
            tree is None for tree, problem in (_attempt(expand, index) for index in indices(inner.shape)) if problem
        ):
            return _unwritable(inner, leaves)
    return part


def _attempt(expand: Expander, index: Index) -> tuple[Expr | None, ArithmeticError | None]:
    """The tree of an element, if one can be made, and why it has no value, though all numbers are given."""
    tree = None
    try:
        tree = at_limits(expand(index))
        evaluate(tree)
    except NoValueError:
        return tree, None
    except ArithmeticError as problem:
        return tree, problem
    return tree, None


def _problem(tree: Expr) -> ArithmeticError | None:
    """Why a tree has no value."""
    try:
        evaluate(tree)
    except ArithmeticError as problem:
        return problem
    return None


def culprit(tree: Expr) -> Expr:
    """The innermost part of a failing tree that fails by itself; of cases, only the one that holds counts."""
    limits = _Limits()
    while failing := next((part for part in live_parts(tree) if limits.fails(part)), None):
        tree = failing
    return tree


def element_by_element(expr: Expr, leaves: LeafArrays) -> Value:
    """The whole value of an expression, worked out one element at a time, which reads no more than each needs.

    Raises what `evaluate` raises.
    """
    expand = expander(expr, leaves)
    return array(expr.shape, [evaluate(at_limits(expand(index))) for index in indices(expr.shape)])
