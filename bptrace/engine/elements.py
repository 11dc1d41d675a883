"""One element at a time: the name, the rule and the value of every row, checked as it is made.

Every element of a definition has a tree of the same form, unless cases or missing paths make it differ. So
the form is made once, as a tree with slots; it is compiled once to a function and written once to a text
with gaps, and each element only fills the slots with its leaves. An irregular definition makes a tree an
element. Either way the tree that is printed is the tree that is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar, cast

from bptrace.engine import kinks
from bptrace.engine.model import Definition
from bptrace.engine.quantity import Places, Quantities, Quantity
from bptrace.engine.sentence_parts import Sentence, distinct
from bptrace.errors import InternalError, UndefinedError
from bptrace.numbers.arrays import Index, Value, entries, indices, reader, size
from bptrace.numbers.digits import ABOUT, EQUAL, Numeral, Shown, bounded_numeral
from bptrace.numbers.enclosures import Scalar, agree, is_enclosure, is_underflow, precision
from bptrace.numbers.exact import UNKNOWN, NoValueError
from bptrace.ops.evaluate import NO_VALUE, evaluate, expander, hints_of, said
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, Slot, children, nodes, rebuilt, symbolic_index
from bptrace.ops.limits import at_limits, failure
from bptrace.ops.notation import Notation, Pattern, Settings
from bptrace.ops.operations import Counted, operations
from bptrace.ops.shared import LONG, REMEMBERED
from bptrace.ops.table import OPS, all_nodes

if TYPE_CHECKING:
    from bptrace.ops.stages import Stages

Working: TypeAlias = "list[Leaf] | Expr"
"""What a row keeps of its rule: the leaves that fill its definition's slots, or a tree of its own."""


class Leaves(dict[Index, Leaf]):
    """The elements of one quantity, all made when one is first read."""

    def __init__(self, quantity: Quantity, value: Value) -> None:
        super().__init__()
        self.value = value
        self.shape = quantity.shape
        self.name = quantity.namer()

    def __missing__(self, index: Index) -> Leaf:
        places = list(indices(self.shape))
        known = self.value is not UNKNOWN
        values = entries(self.value, self.shape) if known else [UNKNOWN] * size(self.shape)
        self.update(zip(places, map(Leaf, map(self.name, places), values), strict=True))
        leaf = self.get(index)
        if leaf is None:
            raise IndexError(index)
        return leaf


class Register(dict[str, Leaves]):
    """The elements of every quantity: what rules are made of. `bits`: the precision of those that are enclosures."""

    def __init__(self, quantities: Quantities, values: Mapping[str, Value], bits: int = 0) -> None:
        super().__init__()
        self.bits = bits
        self.quantities = quantities
        self.values_by_key = values

    @property
    def places(self) -> Places:
        """Where each element stands, by its name."""
        return self.quantities.places

    def make_all(self) -> None:
        """Make every element now rather than when the first of its quantity is read."""
        for key in self.values_by_key:
            _ = self[key][(0,) * len(self.quantities[key].shape)]

    def __missing__(self, key: str) -> Leaves:
        leaves = self[key] = Leaves(self.quantities[key], self.values_by_key[key])
        return leaves


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


class Elements:
    """The rows of one definition.

    `forms`: those that are made already. `closed` gives the closed form of a tree, where one is to be shown beside an
    enclosure's digits. `noted`: whether the rows say what is taken at a kink, as slopes do. `has_kinks`: some row may
    lie on a kink; `has_limits`: some row may have a tree of its own, with a limit for what has no value there.
    `trace`: the one whose rows they are, if any.
    """

    trace: Any = None

    def __init__(
        self,
        definition: Definition,
        register: Register,
        notation: Notation,
        forms: Forms,
        noted: bool = True,
        closed: Callable[[Expr], str | None] | None = None,
    ) -> None:
        self.closed = closed
        self.kinks = kinks.Kinks()
        self._agreed: set[tuple[object, ...]] = set()
        self._last: tuple[Working | None, Expr | None] = (None, None)
        self.notation = notation
        self.expr = definition.expr
        self.name = register[definition.key].name
        self.bits = register.bits
        self.key = definition.key
        self.register = register
        self.value = register.values_by_key[definition.key]
        self.mark = definition.mark
        self.work_out: Callable[[Index], Any]
        self.evaluate: Callable[[Any], Scalar]
        self.shared = form = forms.of(definition)
        self.form = form and form.tree
        found = forms.peculiarities(definition)
        self.has_kinks = (found.jumps and noted) or found.kinks
        self.has_limits = found.limits
        if form:
            self.work_out = filler(form.slots, register)
            self.evaluate = form.function or compiled(form.tree, len(self.expr.shape))
        else:
            self.work_out, self.evaluate = expander(self.expr, register), evaluate

    def checked(self, places: Sequence[Index]) -> Iterator[tuple[str, Scalar, Working]]:
        """The elements' names, values and workings. Raises InternalError where a rule and the array disagree.

        Rows are made again for what writes them; a run of rows that has agreed does not have to do so twice.
        """
        read = reader(self.value, self.expr.shape)
        values, workings = list(map(read, places)), list(map(self.work_out, places))
        run = (*places[:1], *places[-1:], len(places))
        if run not in self._agreed:
            with precision(self.bits):
                told = self._agreeing(places, workings, values)
            if told is workings:
                self._agreed.add(run)
            workings = told
        return zip(map(self.name, places), values, workings, strict=True)

    def _agreeing(self, places: Sequence[Index], workings: list[Working], values: Sequence[Scalar]) -> list[Working]:
        """The workings, of which each gives its value; where some form has none, those that have a limit."""
        try:
            results = list(map(self.evaluate, workings))
        except NO_VALUE:
            workings = list(map(self.settled, workings))
            results = [evaluate(self.tree(working)) for working in workings]
        if results != values:
            self._compare(places, results, values)
        return workings

    def settled(self, working: Working) -> Working:
        """The working, a tree of its own where its form has no value, but a limit."""
        tree = self.tree(working)
        found = at_limits(tree)
        return working if found is tree else found

    def _compare(self, places: Sequence[Index], results: Sequence[Scalar], values: Sequence[Scalar]) -> None:
        for place, one, other in zip(places, results, values, strict=True):
            if not agree(one, other):
                raise InternalError(f"internal error: the rule of {self.name(place)} does not give its value")

    @cached_property
    def stages(self) -> Stages:
        """How the rules are worked out, stage by stage."""
        from bptrace.ops.stages import Stages  # most runs do without

        return Stages()

    @cached_property
    def pattern(self) -> Pattern | None:
        """The text of the form; None for an irregular definition, and for a copy, whose rule is a name.

        Nor has one what decides, where numbers are cut off: how many digits its numbers need hangs on them.
        """
        form, notation = self.shared, self.notation
        if form is None or isinstance(form.tree, Slot):
            return None
        return None if form.decides and (notation.bits or notation.places is not None) else form.pattern(notation)

    def texts(self, value: Scalar, working: Working) -> tuple[str, str, str]:
        """Rule with names, rule with numbers, and value."""
        notation, pattern = self.notation, self.pattern
        if pattern is None or isinstance(working, Expr):
            tree = self.tree(working)
            return notation.formula(tree), notation.rule(tree), self._text(value, working)
        return *pattern.filled(working, notation.write), self._text(value, working)

    def _text(self, value: Scalar, working: Working) -> str:
        """The value's text; that of one that is exact lies ready."""
        ready = not is_enclosure(value) and self.notation.places is None
        return self.notation.texts(value)[0] if ready else self.shown(value, working).text

    def shown(self, value: Scalar, working: Working) -> Shown:
        """The value, with its closed form where there is one to be shown: `exp(1/2) ≈ 1.648721271`."""
        shown = self.notation.shown(value)
        if self.closed is None or not is_enclosure(value):
            return shown
        return Shown(ABOUT, self.numeral(value).text, self.closed(self.tree(working)) or "")

    def numeral(self, value: Scalar) -> Numeral:
        """The number that a value prints: 0 where it is nearer than 1e-1000, or its bound beside closed forms."""
        if not is_underflow(value):
            return self.notation.numeral(value)
        return Numeral("", "0") if self.closed is None else bounded_numeral(value)

    def tree(self, working: Working) -> Expr:
        """The rule as a tree with leaves; that of the row that was asked for last lies ready."""
        if isinstance(working, Expr):
            return working
        if self._last[0] is not working:
            self._last = working, self._regrown(working)
        return cast(Expr, self._last[1])

    @cached_property
    def _regrown(self) -> Callable[[Sequence[Leaf]], Expr]:
        """What makes a row's tree of its leaves."""
        form = cast(Form, self.shared)
        is_short = len(form.slots) < LONG or not self.expr.shape
        return partial(filled, form.tree) if is_short else grower(form.tree, len(self.expr.shape))

    def notes(self, working: Working) -> list[Sentence]:
        """What a row says beyond its rule: a kink that it lies on, and the convention taken there."""
        if not (self.has_kinks or (self.has_limits and isinstance(working, Expr))):
            return []
        with precision(self.notation.bits):
            return distinct(self.kinks.met(self.tree(working)), self.notation)


class Unvalued(Elements):
    """The rows of one definition among quantities that have no values: formulas, and nothing to check them by."""

    def checked(self, places: Sequence[Index]) -> Iterator[tuple[str, Scalar, Working]]:
        """The elements' names and workings. Raises NoValueError where a formula hangs on a value, UndefinedError."""
        try:
            return zip(map(self.name, places), repeat(UNKNOWN), list(map(self.work_out, places)), strict=False)
        except NoValueError:
            message = f"which formula {self.name(places[0])} has hangs on values that are not given"
            raise NoValueError(message, self.mark, "give them, in the file or with --set") from None
        except NO_VALUE:
            raise self._refusal() from None

    def _refusal(self) -> UndefinedError:
        """The complaint about a given that no formula can be written for, such as a class number that is none."""
        part, _, place, problem = failure(self.expr, self.register)
        where = f"in {self.name(place)}" if place is not None else f"inside {self.key}"
        return UndefinedError(f"{said(problem)} {where}", getattr(part, "mark", None) or self.mark, *hints_of(problem))

    def texts(self, value: Scalar, working: Working) -> tuple[str, str, str]:
        """The formula, which is the rule as well, and no value."""
        formula = self.notation.formula(self.tree(working))
        return formula, formula, ""

    def shown(self, value: Scalar, working: Working) -> Shown:
        """Nothing: symbols have no values."""
        return Shown(EQUAL, "")

    def notes(self, working: Working) -> list[Sentence]:
        """The conventions at every kink that a row can lie on."""
        return kinks.conventions(self.tree(working)) if self.has_kinks else []


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
