"""The form that all elements of a definition have: a tree with slots, and the leaves that fill them.

It is made once, compiled once to a function and written once to a text with gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar, cast

from bptrace.engine.model import Definition
from bptrace.engine.register import Leaves, Register
from bptrace.numbers.arrays import Index, indices
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, Slot, children, nodes, rebuilt, symbolic_index
from bptrace.ops.notation import Notation, Pattern, Settings
from bptrace.ops.operations import Counted, operations
from bptrace.ops.shared import LONG, REMEMBERED
from bptrace.ops.table import OPS, all_nodes

CHUNK, TERMS_AT_ONCE = 64, 200_000
"""How many rows are made and checked at a time, of rules with so many operations together."""


class _SlotTable:
    """Stands in for the register while a form is made: reading an element leaves a slot."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []

    def __getitem__(self, key: str) -> _SlotsOf:
        return _SlotsOf(self, key)


class _SlotsOf:
    def __init__(self, table: _SlotTable, key: str) -> None:
        self.table = table
        self.key = key

    def __getitem__(self, index: Index) -> Slot:
        slot = Slot(self.key, index, len(self.table.slots))
        self.table.slots.append(slot)
        return slot


class Form(NamedTuple):
    """The tree that every element of a definition has, and its slots.

    `function`: what `compiled` makes of it, where that remembers nothing of one register. `patterns`: its text in each
    notation that was asked for. `decides`: something in it compares.
    """

    tree: Expr
    slots: list[Slot]
    function: Callable[[Sequence[Leaf]], Scalar] | None
    decides: bool
    patterns: dict[Settings, Pattern]

    def pattern(self, notation: Notation) -> Pattern:
        """Its text in a notation."""
        found = self.patterns.get(notation.settings)
        if found is None:
            found = self.patterns[notation.settings] = notation.pattern(self.tree)
        return found


class Peculiarities(NamedTuple):
    """What rows of a definition may have beyond a rule: a slope that jumps, an operation on a kink, a limit."""

    jumps: bool
    kinks: bool
    limits: bool


class Forms(dict[str, "Form | None"]):
    """The form of each definition by its key, made once for all samples; None where its elements have several."""

    def __init__(self) -> None:
        super().__init__()
        self._at_once: dict[str, int] = {}
        self._counted = Counted()
        self._peculiarities: dict[str, Peculiarities] = {}

    def at_once(self, definition: Definition) -> int:
        """How many rows of a definition are made at a time: the longer they are, the fewer."""
        if definition.key not in self._at_once:
            self._at_once[definition.key] = max(
                min(CHUNK, TERMS_AT_ONCE // (operations(definition.expr, self._counted).rule + 1)), 1
            )
        return self._at_once[definition.key]

    def of(self, definition: Definition) -> Form | None:
        """The form of one definition."""
        if definition.key not in self:
            self[definition.key] = _form(definition.expr) if is_regular(definition.expr) else None
        return self[definition.key]

    def peculiarities(self, definition: Definition) -> Peculiarities:
        """What rows of a definition may have."""
        if definition.key not in self._peculiarities:
            self._peculiarities[definition.key] = _peculiarities(definition.expr)
        return self._peculiarities[definition.key]


def _form(expr: Expr) -> Form:
    table = _SlotTable()
    tree = expander(expr, table)(symbolic_index(expr.shape))
    calls = [node for node in nodes(tree) if isinstance(node, Call)]
    is_long = any(len(node.args) >= LONG for node in calls)
    function = None if is_long else compiled(tree, len(expr.shape))
    return Form(tree, table.slots, function, any(OPS[node.op].decides for node in calls), {})


def _peculiarities(expr: Expr) -> Peculiarities:
    parts = list(all_nodes(expr))
    rows = [OPS[node.op] for node in parts if isinstance(node, Call)]
    jumps = any(isinstance(node, Cases) and node.kink for node in parts)
    return Peculiarities(jumps, any(row.kink for row in rows), any(row.limit for row in rows))


def is_regular(expr: Expr) -> bool:
    """Whether every element of the expression has a tree of the same form."""
    parts = list(all_nodes(expr))
    return all(OPS[n.op].regular if isinstance(n, Call) else not isinstance(n, Cases) for n in parts)


def filler(slots: Sequence[Slot], register: Register) -> Callable[[Index], list[Leaf]]:
    """A function from an index to the leaves that fill the slots."""
    if len(slots) >= LONG:
        return _long_filler(slots, register)
    readers = [_reader(register[slot.key], slot.index) for slot in slots]
    if len(readers) == 2:  # rows take 1.05 times as long to be checked without
        first, second = readers
        return lambda index: [first(index), second(index)]
    return lambda index: [read(index) for read in readers]


def _long_filler(slots: Sequence[Slot], register: Register) -> Callable[[Index], list[Leaf]]:
    """A function from an index to the leaves that fill many slots, of which most are the same for every row."""
    readers = {slot.number: _reader(register[slot.key], slot.index) for slot in slots if axes_of([slot])}
    always = [NOWHERE if slot.number in readers else register[slot.key][slot.index] for slot in slots]

    def fill(index: Index) -> list[Leaf]:
        leaves = always.copy()
        for place, read in readers.items():
            leaves[place] = read(index)
        return leaves

    return fill


NOWHERE = Leaf("", UNKNOWN)
"""Stands in a slot until a leaf fills it."""


def axes_of(slots: Iterable[Slot]) -> set[int]:
    """The axes of a row's index that what fills the slots hangs on, as -1 and -2."""
    return {component for slot in slots for component in slot.index if component < 0}


def _reader(leaves: Leaves, pattern: Index) -> Callable[[Index], Leaf]:
    """A function from an index to the leaf at the slot's own index; the common forms are spelled out."""
    if all(component >= 0 for component in pattern):
        leaf = leaves[pattern]
        return lambda index: leaf
    if len(pattern) == 1:
        axis, line = -1 - pattern[0], [leaves[place] for place in indices(leaves.shape)]
        return lambda index: line[index[axis]]
    if pattern == (-1, -2):
        return leaves.__getitem__
    if len(pattern) == 2 and pattern[0] == -1:
        column = pattern[1]
        return lambda index: leaves[index[0], column]
    return lambda index: leaves[tuple([index[-1 - part] if part < 0 else part for part in pattern])]


def compiled(tree: Expr, rank: int) -> Callable[[Sequence[Leaf]], Scalar]:
    """A tree with slots as a function of the leaves that fill them. The function may raise ZeroDivisionError.

    `rank`: how many components a row's index has; what is long and hangs on fewer of them is worked out once for each.
    """
    if isinstance(tree, Slot):
        number = tree.number
        return lambda leaves: leaves[number].value
    if isinstance(tree, Number):
        value = tree.value
        return lambda leaves: value
    call = cast(Call, tree)
    row = OPS[call.op]
    # without a fold of two, rows take 1.2 times as long to be checked; without a function of two slots, 1.3 times
    scalar = cast("Callable[..., Scalar]", row.fold if row.fold and len(call.args) == 2 else row.scalar)
    if len(call.args) == 2 and isinstance(call.args[0], Slot) and isinstance(call.args[1], Slot):
        one, two = call.args[0].number, call.args[1].number
        return lambda leaves: scalar(leaves[one].value, leaves[two].value)
    parts = [compiled(arg, rank) for arg in call.args]
    if len(parts) >= LONG:
        return _worked_out_once(call, lambda leaves: scalar(*[part(leaves) for part in parts]), rank)
    return lambda leaves: scalar(*[part(leaves) for part in parts])


Made = TypeVar("Made")


def _worked_out_once(
    call: Call, function: Callable[[Sequence[Leaf]], Made], rank: int, most: int | None = None
) -> Callable[[Sequence[Leaf]], Made]:
    """The function, which is called once for all rows that give it the same leaves.

    `most`: how many terms in all are kept of what it makes; without it, all of that.
    """
    slots = [node for node in nodes(call) if isinstance(node, Slot)]
    axes = axes_of(slots)
    if len(axes) == rank:
        return function
    told_by = [next(slot.number for slot in slots if axis in slot.index) for axis in axes]
    known: dict[tuple[int, ...], Made] = {}

    def recall(leaves: Sequence[Leaf]) -> Made:
        key = tuple([id(leaves[place]) for place in told_by])
        if key not in known:
            if most is not None and len(known) * len(call.args) > most:
                known.clear()
            known[key] = function(leaves)
        return known[key]

    return recall


def grower(tree: Expr, rank: int) -> Callable[[Sequence[Leaf]], Expr]:
    """A tree with slots as a function from the leaves that fill them to the tree over those.

    `rank`: how many components a row's index has; what is long and hangs on fewer of them is one tree for all rows that
    share it, so that what reads it can tell.
    """
    if isinstance(tree, Slot):
        number = tree.number
        return lambda leaves: leaves[number]
    parts = [grower(part, rank) for part in children(tree)]
    if not parts:
        return lambda leaves: tree
    if isinstance(tree, Call) and len(parts) >= LONG:
        return _worked_out_once(tree, lambda leaves: rebuilt(tree, [part(leaves) for part in parts]), rank, REMEMBERED)
    return lambda leaves: rebuilt(tree, [part(leaves) for part in parts])


def filled(tree: Expr, leaves: Sequence[Leaf]) -> Expr:
    """A tree with slots over the leaves that fill them."""
    if isinstance(tree, Slot):
        return leaves[tree.number]
    return rebuilt(tree, [filled(part, leaves) for part in children(tree)])
