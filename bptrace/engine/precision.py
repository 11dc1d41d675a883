"""Certainty: precision rises until every digit is proven and every comparison decided.

Where more precision does not help, sympy is asked to prove that a number is exactly 0 or that two are equal; a
fact that is proven is put in place and everything is worked out anew. A comparison that cannot be proven is an
error; a number nearer to 0 than 1e-1000 stands as such, `≈0`, whether it is 0 or not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, cmp_to_key
from itertools import pairwise
from typing import TypeAlias, cast

from bptrace.engine.effort import RISING, Effort, effort_of
from bptrace.engine.model import Definition
from bptrace.engine.program import Program
from bptrace.engine.register import Register
from bptrace.engine.zero_proofs import Outer, Proofs
from bptrace.errors import SpecError
from bptrace.numbers.arrays import (
    Index,
    Shape,
    Value,
    array,
    at,
    entries,
    indices,
    is_accurate,
    is_finite,
    is_real,
    size,
)
from bptrace.numbers.bounds import decimal_digits
from bptrace.numbers.enclosures import (
    ZERO,
    Scalar,
    UndecidedError,
    agree,
    is_enclosure,
    middle,
    near_rational,
    precision,
)
from bptrace.numbers.exact import NoValueError, Rational, Unknown
from bptrace.ops.evaluate import NO_VALUE, evaluate, expander, live_parts
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Name, Number, branch_parts, children, rebuilt
from bptrace.ops.limits import at_limits
from bptrace.ops.notation import Notation
from bptrace.ops.table import all_nodes

GUARD_BITS = 20
SPARE_BITS = 40
SUSPECT_BITS = 1 << 10
PROOF_BITS = 1 << 12
BIT_LIMIT = 1 << 17
WITH_ROWS = 3
"""How often everything is worked out at the last precision: at once, and again for each row as it is written."""

Place: TypeAlias = tuple[str, Index]
Facts: TypeAlias = "dict[str, dict[Index, Scalar | Place]]"
"""By quantity and element: the number it is exactly, or the place of an earlier element that it equals."""
Compute: TypeAlias = "Callable[[Definition, Callable[[Mapping[str, Value]], Value], Mapping[str, Value]], Value]"
"""(definition, kernel, values so far) gives the definition's value; raises UndecidedError."""


class DoubtError(Exception):  # caught where more precision may settle it
    """What could not be told at some precision, with the values at that point.

    `inaccurate`: the definition has a value, but too few of its digits are proven.
    """

    def __init__(self, definition: Definition, values: Mapping[str, Value], inaccurate: bool) -> None:
        super().__init__(definition.key)
        self.definition = definition
        self.values = values
        self.inaccurate = inaccurate


class Certainty:
    """A program's values with so many proven digits each, from the givens at a precision.

    `compute` works out one definition; `outer` gives the closed form of an element of a given that has one.
    """

    def __init__(
        self,
        program: Program,
        givens: Callable[[int], Mapping[str, Value]],
        digits: int,
        compute: Compute,
        outer: Outer | None = None,
    ) -> None:
        self.program = program
        self.outer = outer
        self.givens = givens
        self.compute = compute
        self.needed = math.ceil(digits * math.log2(10)) + GUARD_BITS
        self.facts: Facts = {}
        self.asked: set[str] = set()
        self.hopeless = False
        self.rising = Effort(RISING)
        self.proofs = Proofs(program.definitions, outer)
        self.twins = twins(program.definitions)
        self.sharper: Mapping[str, Value] = {}

    def values(self, bits: int = 0) -> tuple[dict[str, Value], int]:
        """The values, and the bits of precision that they took, at least so many.

        Raises SpecError naming the quantity that cannot be told, and what `compute` raises.
        """
        bits = max(bits, self.needed + SPARE_BITS)
        while True:
            given, givens = bits, self.givens(bits)
            with precision(bits):
                try:
                    values = self.attempt(givens)
                    if not self.recognize(values, givens, bits):
                        return values, bits
                except DoubtError as doubt:
                    if not self.recognize(doubt.values, givens, bits):
                        known, bits = self._beyond(doubt, bits)
                        if known is not None:
                            return known, bits
            if bits == given or bits > SUSPECT_BITS:
                self.rising.take(self._effort_at(bits))

    def _beyond(self, doubt: DoubtError, bits: int) -> tuple[dict[str, Value] | None, int]:
        """What stands although it is in doubt, if anything, and the precision to go on with. Raises SpecError."""
        last = not self._may_rise_to(2 * bits)
        if bits < PROOF_BITS and not (last or self.hopeless):
            return None, 2 * bits
        if (last or bits >= PROOF_BITS) and self.rising.left and self.prove(doubt, bits):
            return None, bits
        if last and doubt.inaccurate and all(map(is_finite, doubt.values.values())):
            return dict(doubt.values), bits
        if last or self.hopeless:
            raise undecided_error(self.program, doubt, bits, self.proofs) from None
        return None, 2 * bits

    def _may_rise_to(self, bits: int) -> bool:
        """Whether all may be worked out at a precision, where it takes much, and written."""
        return bits <= SUSPECT_BITS or (bits <= 2 * BIT_LIMIT and self.rising.allows(WITH_ROWS * self._effort_at(bits)))

    def _effort_at(self, bits: int) -> int:
        """What it takes to work everything out at a precision."""
        return sum(times * effort_of(call, bits) for call, times in self._calls)

    @cached_property
    def _calls(self) -> list[tuple[Call, int]]:
        """Every operation, and on how many elements; of equal quantities those of the first."""
        own = [item for item in self.program.definitions if item.key not in self.twins]
        return [(node, size(node.shape)) for item in own for node in all_nodes(item.expr) if isinstance(node, Call)]

    def attempt(self, givens: Mapping[str, Value]) -> dict[str, Value]:
        """The values at the precision that is set. Raises DoubtError, and what `compute` raises."""
        values = dict(givens)
        for definition, (key, kernel) in zip(self.program.definitions, self.program.kernels, strict=True):
            try:
                value = self._worked_out(definition, kernel, values)
            except UndecidedError:
                raise DoubtError(definition, values, inaccurate=False) from None
            values[key] = self._with_facts(definition, value, values) if key in self.facts else value
        for definition in self.program.losing:
            if not is_accurate(values[definition.key], self.needed):
                raise DoubtError(definition, values, inaccurate=True)
        return values

    def _worked_out(
        self, definition: Definition, kernel: Callable[[Mapping[str, Value]], Value], values: Mapping[str, Value]
    ) -> Value:
        """The value of a definition, that of its twin where it has one. Raises what `compute` raises."""
        if definition.key in self.twins:
            value = values[self.twins[definition.key]]
            if is_whole(value, definition.shape):
                return value
        return self.compute(definition, kernel, values)

    def _with_facts(self, definition: Definition, value: Value, values: Mapping[str, Value]) -> Value:
        """The value with what is proven put in place: exact numbers, and one object for equal ones."""
        places = list(indices(definition.shape))
        items = dict(zip(places, entries(value, definition.shape), strict=True))
        for index, fact in sorted(self.facts[definition.key].items()):
            if isinstance(fact, tuple):
                key, other = fact
                items[index] = items[other] if key == definition.key else at(values[key], other)
            else:
                items[index] = fact
        return array(definition.shape, list(items.values()))

    # proofs

    def recognize(self, values: Mapping[str, Value], givens: Mapping[str, Value], bits: int) -> bool:
        """Whether some enclosure was proven to be of a short rational, 0 for one; it is among the facts then."""
        found = [(item, *suspect) for item in self.program.losing if item.key in values and item.key not in self.twins
                 for suspect in short_rationals(values[item.key], item.shape)]  # fmt: skip
        if not found:
            return False
        register = Register(self.program.quantities, values, bits)
        suspects = [(register[item.key][index], Number(value)) for item, index, value in found]
        fresh = [(leaf, number) for leaf, number in suspects if leaf.name not in self.asked]
        self.asked.update(leaf.name for leaf, _ in fresh)
        if fresh:
            self.proofs.turn_to(register)
        return self._learn_all([pair for pair in fresh if self._withstands(*pair, givens, bits)])

    def _withstands(self, leaf: Leaf, number: Number, givens: Mapping[str, Value], bits: int) -> bool:
        """Whether more digits leave it open that an element is that number, as far as that is soon told."""
        if bits >= SUSPECT_BITS:
            return True
        if not self.sharper:  # though the givens may not be: tanh(9*w) is not 1 where w is known by few digits, either
            with precision(SUSPECT_BITS):
                try:
                    self.sharper = self.attempt(givens)
                except DoubtError as doubt:
                    self.sharper = doubt.values
        key, index = self.proofs.register.places[leaf.name]
        with precision(SUSPECT_BITS):  # with fewer bits a third, say, would be as wide as the element was
            return key not in self.sharper or agree(at(self.sharper[key], index), number.value)

    def prove(self, doubt: DoubtError, bits: int) -> bool:
        """Whether something was proven that settles a part of the doubt; it is among the facts then."""
        if doubt.inaccurate:
            return False  # what may be 0 is recognized where it is
        register = Register(self.program.quantities, doubt.values, bits)
        self.proofs.turn_to(register)
        learned = [self._learn_equal(group) for group in self._questions(doubt, register)]
        return any(learned)

    def _questions(self, doubt: DoubtError, register: Register) -> Iterator[list[Expr]]:
        """Groups of elements of which it would help to know that they are equal."""
        definition = doubt.definition
        expand = expander(definition.expr, register)
        for tree in map(expand, indices(definition.shape)):
            for at_fault in undecided(tree):
                yield from possibly_equal([*compared(at_fault), Number(ZERO)])

    def _learn_equal(self, group: Sequence[Expr]) -> bool:
        """Whether some of the elements are proven to be equal; one that is to one other is asked of no more."""
        distinct: list[Expr] = []
        learned = False
        for item in group:
            if any(self._learn(other, item) for other in distinct):
                learned = True
            else:
                distinct.append(item)
        return learned

    def _learn_all(self, pairs: Iterable[tuple[Expr, Expr]]) -> bool:
        """Whether some pair of elements is proven to be equal."""
        learned = [self._learn(one, other) for one, other in pairs]
        return any(learned)

    def _learn(self, one: Expr, other: Expr) -> bool:
        """Whether two elements are proven to be equal; the later one takes the earlier one's value then."""
        values = [evaluate(one), evaluate(other)]
        exact = [value for value in values if not is_enclosure(value)]
        if (
            len(exact) == 2
            or values[0] is values[1]
            or not agree(*values)
            or not self.proofs.is_zero(Call("-", (one, other), ()))
        ):
            return False
        places = sorted(self._place(leaf) for leaf in (one, other) if is_open(leaf))
        if not places or len(places) + len(exact) < 2:
            self.hopeless = True  # equal, but it has no name under which that could be noted
            return False
        _, key, index = places[-1]
        self.asked.clear()  # what is known now may prove more
        self.sharper = {}
        self.facts.setdefault(key, {})[index] = exact[0] if exact else places[0][1:]
        return True

    def _place(self, leaf: Expr) -> tuple[int, str, Index]:
        """Where an element stands, in the order in which everything is worked out."""
        key, index = self.proofs.register.places[cast(Leaf, leaf).name]
        return self._positions.get(key, -1), key, index

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {definition.key: number for number, definition in enumerate(self.program.definitions)}


def twins(definitions: Sequence[Definition]) -> dict[str, str]:
    """For each quantity that is worked out like one before it, which that is."""
    numbers: dict[object, int] = {}
    first: dict[int, str] = {}
    found: dict[str, str] = {}

    def numbered(expr: Expr) -> int:
        """A number that all expressions of one working share."""
        own: object = id(expr)
        if isinstance(expr, Name):
            own = found.get(expr.key, expr.key)
        elif isinstance(expr, Number):
            own = str(expr.value), expr.shape
        elif isinstance(expr, Call):
            own = expr.op, expr.extra, expr.shape, *map(numbered, expr.args)
        elif isinstance(expr, Cases):
            signs = [(branch.low and branch.low[1], branch.high and branch.high[0]) for branch in expr.branches]
            own = expr.kink, expr.shape, *signs, *map(numbered, children(expr))
        return numbers.setdefault(own, len(numbers))

    for definition in definitions:
        number = numbered(definition.expr)
        if number in first:
            found[definition.key] = first[number]
        first.setdefault(number, definition.key)
    return found


def is_whole(value: Value, shape: Shape) -> bool:
    """Whether a value is real and none of its elements is missing."""
    return is_real(value) and not any(isinstance(entry, Unknown) for entry in entries(value, shape))


def short_rationals(value: Value, shape: Shape) -> list[tuple[Index, Rational]]:
    """The elements that are enclosures of a rational with a small denominator, and what that is."""
    if not is_real(value):
        return []
    near = [near_rational(entry) if is_enclosure(entry) else None for entry in entries(value, shape)]
    return [(index, found) for index, found in zip(indices(shape), near, strict=True) if found is not None]


def is_open(tree: Expr) -> bool:
    """Whether a tree is an element that is known by an enclosure."""
    return isinstance(tree, Leaf) and is_enclosure(tree.value)


def undecided(tree: Expr) -> Iterator[Expr]:
    """The parts of a tree that cannot be told, the innermost ones; none where the tree has a value, or surely none."""
    settled = at_limits(tree)
    try:
        evaluate(settled)
    except (*NO_VALUE, NoValueError):
        return
    except UndecidedError:
        yield from _undecided_parts(settled)


def _undecided_parts(tree: Expr) -> Iterator[Expr]:
    at_fault = [part for part in live_parts(tree) if not _has_value(part)]
    for part in at_fault:
        yield from _undecided_parts(part)
    if not at_fault:
        yield tree


def _has_value(tree: Expr) -> bool:
    try:
        evaluate(tree)
    except ArithmeticError:
        return False
    return True


def compared(tree: Expr) -> list[Expr]:
    """What a part of a tree compares: a subject and its bounds, or arguments; those that have a value."""
    parts = list(children(tree))
    if isinstance(tree, Cases):
        parts = [tree.subject, *(part for branch in tree.branches for part in branch_parts(branch)[:-1])]
    return list(filter(_has_value, parts))


def undecided_error(program: Program, doubt: DoubtError, bits: int, proofs: Proofs) -> SpecError:
    """What to say of a comparison that cannot be told, however precisely it is worked out."""
    definition = doubt.definition
    register = Register(program.quantities, doubt.values, bits)
    proofs.turn_to(register)
    mark = definition.mark or program.loss_mark
    expand = expander(definition.expr, register)
    for index in indices(definition.shape):
        for at_fault in undecided(expand(index)):
            name, formula = program.quantities[definition.key].element(index), Notation(False, 8).formula(at_fault)
            mark = getattr(at_fault, "mark", None) or mark
            zeros = _proven_zeros(at_fault, proofs)
            known = _with_zeros(at_fault, zeros)
            if known:
                return SpecError(f"{known} in {name}", mark, f"{formula}, where 0 is proven by a closed form")
            if zeros:
                hint = f"{Notation(False, 8).formula(zeros[0])} is exactly 0: give it a name of its own"
                return SpecError(f"cannot work out {formula} in {name}", mark, hint)
            return SpecError(f"cannot tell which way {formula} goes, in {name}", mark, *_tried(bits))
    return SpecError(f"cannot work out {definition.key}", mark, *_tried(bits))


def _proven_zeros(tree: Expr, proofs: Proofs) -> list[Expr]:
    """The parts of a tree that are enclosures of what is proven to be 0."""
    return [part for part in filter(_has_value, children(tree)) if _may_be_zero(part) and proofs.is_zero(part)]


def _may_be_zero(tree: Expr) -> bool:
    value = evaluate(tree)
    return is_enclosure(value) and agree(value, ZERO)


def _with_zeros(tree: Expr, zeros: Sequence[Expr]) -> str:
    """What is wrong with a part of a tree once some of its parts are taken as 0; or nothing."""
    parts = [Number(ZERO) if part in zeros else part for part in children(tree)]
    try:
        evaluate(rebuilt(tree, parts))
    except UndecidedError:
        return ""
    except ZeroDivisionError:
        return "division by zero"
    except ArithmeticError as problem:
        return str(problem)
    return ""


def possibly_equal(items: Sequence[Expr]) -> list[list[Expr]]:
    """The elements in groups that may be equal, as far as their enclosures tell, each in its order; none of one."""
    values = list(map(evaluate, items))
    if not all(map(is_finite, values)):
        return [list(items)]
    middles = list(map(middle, values))

    def side(one: int, other: int) -> int:
        return bool(middles[one] > middles[other]) - bool(middles[one] < middles[other])

    places = sorted(range(len(items)), key=cmp_to_key(side))
    groups = [places[:1]]
    for before, place in pairwise(places):
        if not agree(values[before], values[place]):
            groups.append([])
        groups[-1].append(place)
    return [[items[place] for place in sorted(group)] for group in groups if len(group) > 1]


def _tried(bits: int) -> list[str]:
    return [f"its first {decimal_digits(bits):,} digits do not tell, and no closed form proves it"]
