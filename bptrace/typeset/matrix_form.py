"""The matrix form: every whole quantity on a line, left side = formula = the arrays written out = result.

All parts of a line come from one tree, the definition's own, and from the traced value. What linear algebra writes
with whole arrays is a row in `WHOLE`; any other operation is an array of its elements' rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from bptrace.engine.elements import Register
from bptrace.engine.model import Definition, Given
from bptrace.engine.plans import BATCH, FORWARD, REVERSE, UPDATE
from bptrace.engine.sentence_parts import Sentence, distinct
from bptrace.engine.trace import Step, Trace
from bptrace.numbers.arrays import Shape, entries, indices, size
from bptrace.numbers.digits import ABOUT, EQUAL
from bptrace.numbers.enclosures import ONE, is_enclosure
from bptrace.ops.elementwise import elementwise_expand
from bptrace.ops.evaluate import chosen, expander
from bptrace.ops.expr import Branch, Call, Cases, Expr, Name, Number, names, nodes
from bptrace.ops.notation import CASES, SUM, is_gate
from bptrace.ops.table import OPS, all_nodes
from bptrace.typeset.format import Glyphs
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.operators import LAYOUTS, WITH_NAMES, WITH_NUMBERS, WRITTEN_OUT

INITIALIZATION = "Initialization"
TITLES = {FORWARD: "Forward pass", REVERSE: "Backpropagation", BATCH: "Batch", UPDATE: "Parameter update"}


class Part(NamedTuple):
    """One side of a line: `=` or `≈`, and the text in the glyphs that the line was made with."""

    sign: str
    text: str


class Line(NamedTuple):
    """One quantity: its step's number (0 for a given), its symbol, and the parts that it equals in turn.

    `notes`: what the register says below the step that ends with this line: conventions taken at a kink.
    """

    step: int
    left: str
    parts: tuple[Part, ...]
    notes: tuple[Sentence, ...] = ()


class Phase(NamedTuple):
    """Lines under a title, made one at a time. `sample`: the number of the sample that they belong to, or None."""

    title: str
    sample: int | None
    lines: Iterator[Line]


def phases(trace: Trace, glyphs: Glyphs, steps: Sequence[Step] | None = None, shapes: bool = False) -> Iterator[Phase]:
    """The phases of a trace in order, or those of some steps alone, without the givens.

    `shapes`: with the shape of every array below its symbol. The lines of a phase are to be read before the next.
    """
    shared = [given for given in _shared(trace) if steps is None and not _says_nothing(trace, given)]
    if shared:
        yield Phase(INITIALIZATION, None, map(_Lines(trace, glyphs, shapes).given, shared))
    for (sample, phase), own in groupby(
        trace.steps if steps is None else steps, lambda step: (step.sample, step.phase)
    ):
        members = list(own)
        part = trace.of(members[0])
        lines = _Lines(part, glyphs, shapes)
        own_givens = _own(part, trace) if steps is None and sample and phase == FORWARD else []
        yield Phase(_title(trace, sample, phase), sample, _of_steps(lines, members, own_givens))


def _title(trace: Trace, sample: int | None, phase: str) -> str:
    title = TITLES[phase]
    return f"Sample {sample} of {len(trace.samples)}: {title.lower()}" if sample else title


def _shared(trace: Trace) -> list[Given]:
    """The givens that hold for every sample."""
    own = {given.key for given in trace.samples[0].givens} if trace.samples else set()
    return [given for given in trace.givens if not own or given.key in own or given.section in (UPDATE, "state")]


def _own(sample: Trace, batch: Trace) -> list[Given]:
    """The givens of one sample alone."""
    shared = {given.key for given in batch.givens}
    return [given for given in sample.givens if given.key not in shared]


def _says_nothing(trace: Trace, given: Given) -> bool:
    """Whether all that a trace shows of a given is its name."""
    return trace.symbolic and size(given.shape) == 1


def _of_steps(lines: _Lines, steps: Sequence[Step], givens: Sequence[Given]) -> Iterator[Line]:
    yield from (lines.given(given) for given in givens if not _says_nothing(lines.trace, given))
    for step in steps:
        *others, last = [item for block in step.plan.blocks for item in block.definitions]
        yield from (lines.defined(definition, step.number) for definition in others)
        yield lines.defined(last, step.number)._replace(notes=_notes(step, lines.trace))


def _notes(step: Step, trace: Trace) -> tuple[Sentence, ...]:
    """What the rows of a step say beyond their rules; they are made only where there may be something."""
    trees = (item.expr for block in step.plan.blocks for item in block.definitions)
    if not any(_may_have_a_kink(node) for tree in trees for node in all_nodes(tree)):
        return ()
    return tuple(distinct((note for row in step for note in row.note_sentences), trace.notation))


def _may_have_a_kink(node: Expr) -> bool:
    return isinstance(node, Cases) or (isinstance(node, Call) and bool(OPS[node.op].kink))


class _Lines:
    """Makes the lines of one trace."""

    def __init__(self, trace: Trace, glyphs: Glyphs, shapes: bool) -> None:
        self.trace = trace
        self.glyphs = glyphs
        symbols = Names(trace, glyphs)
        register = Register(trace.program.quantities, trace.values, trace.bits)
        look = WRITTEN_OUT if trace.symbolic else WITH_NUMBERS
        self.plain = Mathematics(trace, symbols)
        self.symbols = _Sized(trace, symbols) if shapes else self.plain
        self.formulas = Arrays(trace, symbols, WRITTEN_OUT, register)
        self.arrays = Arrays(trace, symbols, look, register)

    def given(self, given: Given) -> Line:
        """A given by its value, or by the names of its elements."""
        name = Name(given.key, given.shape)
        return Line(0, self.symbols.top(name), (self._result(given.key, name),))

    def defined(self, definition: Definition, step: int) -> Line:
        """A definition. What a later part says again is left out."""
        left = self.symbols.top(Name(definition.key, definition.shape))
        kept: list[Part] = []
        for part in self._parts(definition):
            if not self.glyphs.same(part.text, left):
                kept = [*(one for one in kept if not self.glyphs.same(one.text, part.text)), part]
        return Line(step, left, tuple(kept))

    def _parts(self, definition: Definition) -> Iterator[Part]:
        expr = definition.expr
        if not isinstance(expr, Cases) and not self._is_name_again(definition):
            yield Part(EQUAL, self._formula(expr))
        read = names(expr)
        if (read or not isinstance(expr, Number)) and self._shows_arrays(expr):
            yield Part(self._sign(read), self.arrays.top(expr))
        if self.trace.symbolic:
            yield Part(EQUAL, self.formulas.top_elements(expr))
        else:
            yield self._result(definition.key, expr)

    def _is_name_again(self, definition: Definition) -> bool:
        """Whether the formula is the name that stands to the left, whatever shapes stand below the two."""
        left = self.plain.top(Name(definition.key, definition.shape))
        return _is_named(definition.expr) and self.glyphs.same(self.plain.top(definition.expr), left)

    def _shows_arrays(self, expr: Expr) -> bool:
        """Whether a tree written out differs from the formula of a single element: in numbers, or in arrays."""
        return not self.trace.symbolic or size(expr.shape) > 1 or self.arrays.has_blocks(expr)

    def _formula(self, expr: Expr) -> str:
        """The tree with names; where an operation has no name of its own, the array of its elements' formulas."""
        return self.symbols.top(expr) if _is_named(expr) else self.formulas.top_elements(expr)

    def _result(self, key: str, expr: Expr) -> Part:
        """The traced value."""
        value = Name(key, expr.shape)
        return Part(EQUAL if self.trace.symbolic else self._sign([key]), self.arrays.top(value))

    def _sign(self, keys: Sequence[str] | dict[str, Name]) -> str:
        """Whether numbers are told exactly, or some of them by their first digits."""
        if self.trace.symbolic or not self.trace.bits:
            return EQUAL
        quantities, values = self.trace.program.quantities, self.trace.values
        real = (is_enclosure(item) for key in keys for item in entries(values[key], quantities[key].shape))
        return ABOUT if any(real) else EQUAL


def _is_named(expr: Expr) -> bool:
    """Whether every operation in a tree has a name of its own."""
    return not any(map(_is_nameless, nodes(expr)))


def _is_nameless(node: Expr) -> bool:
    """Whether an operation moves elements in a way that no file can write, and so has no notation."""
    if not isinstance(node, Call) or node.op in LAYOUTS:
        return False
    row = OPS[node.op]
    named = row.arity != (0, 0) or row.unspecified or row.constant or row.prefixed
    return not named and (row.expand is not elementwise_expand or " " in row.spelled)


class _Sized(Mathematics):
    """The walker with names, each array's shape below its symbol."""

    def quantity(self, name: Name, needed: int, leads: bool) -> str:
        """The symbol; an array's with its shape."""
        return self._sized(super().quantity(name, needed, leads), shape_of(name))

    def transposed(self, part: Expr) -> str:
        """A transposed symbol has the shape that it has then."""
        if not isinstance(part, Name):
            return super().transposed(part)
        rows, columns = shape_of(part)
        return self._sized(Mathematics(self.trace, self.names).transposed(part), (columns, rows))

    def _sized(self, text: str, shape: tuple[int, int]) -> str:
        return self.glyphs.sized(text, "{}×{}".format(*shape)) if shape != (1, 1) else text


def shape_of(part: Expr) -> tuple[int, int]:
    """Rows and columns of an array as it is written: a vector is a column."""
    rows, columns = (*part.shape, 1, 1)[:2]
    return rows, columns


class _Cells(Mathematics):
    """The walker of single elements within an array. A gate is its condition, which is 1 where it is true, else 0."""

    def held(self, cases: Cases, needed: int) -> str:
        """The case that holds, by its condition; of a gate the condition for 1, whether it holds or not."""
        gate = is_gate(cases)
        branch = next(filter(_is_one, cases.branches)) if gate else chosen(cases)[1]
        condition = self.condition(self.write(cases.subject, SUM, True), branch)
        text = condition if gate else f"{condition}: {self.write(branch.value, SUM, True)}"
        return self.wrapped(text, CASES, needed)


def _is_one(branch: Branch) -> bool:
    return isinstance(branch.value, Number) and branch.value.value == ONE


class Whole(NamedTuple):
    """How an operation is written with whole arrays.

    `fits`: whether it can be; `spread`: which arguments are written in the shape of the result where theirs is another:
    all of them, only arrays, or none.
    """

    fits: Callable[[Call], bool] = lambda call: True
    spread: Callable[[Shape], bool] = lambda shape: False


ALL = Whole(spread=lambda shape: True)
WHOLE = {
    "+": ALL,
    "-": ALL,
    "neg": Whole(),
    "sum of samples": ALL,
    "*": Whole(spread=lambda shape: size(shape) > 1),
    "/": Whole(lambda call: size(call.args[1].shape) == 1, lambda shape: size(shape) > 1),
    "@": Whole(),
    "outer": Whole(),
    "T": Whole(),
}
"""The operations that linear algebra writes with whole arrays, a row each."""


class Arrays(Mathematics):
    """The walker with arrays written out: by numbers, or by the names of their elements."""

    def __init__(self, trace: Trace, symbols: Names, look: str, register: Register) -> None:
        super().__init__(trace, symbols, look)
        self.register = register
        self.cells = _Cells(trace, symbols, WITH_NUMBERS if look == WITH_NUMBERS else WITH_NAMES)

    def write(self, tree: Expr, needed: int, leads: bool) -> str:
        """The text of a tree in its place."""
        if isinstance(tree, Name) or (isinstance(tree, Number) and size(tree.shape) == 1):
            return super().write(tree, needed, leads)
        whole = _whole(tree)
        return super().write(whole, needed, leads) if whole else self.elements(tree, needed, leads)

    def has_blocks(self, tree: Expr) -> bool:
        """Whether an array stands in the text of a tree."""
        whole = _whole(tree)
        return size(tree.shape) > 1 or (whole is not None and any(map(self.has_blocks, whole.args)))

    def top_elements(self, tree: Expr) -> str:
        """The whole text of a tree as the array of its elements' rules."""
        return self.elements(tree, CASES, True)

    def elements(self, tree: Expr, needed: int, leads: bool) -> str:
        """The rules of a tree's elements as an array; that of a single one as it is."""
        expand = expander(tree, self.register)
        if size(tree.shape) > 1:
            return self.block([self.cells.top(expand(index)) for index in indices(tree.shape)], tree.shape)
        element = expand((0,) * len(tree.shape))
        is_gate_alone = isinstance(element, Cases) and self.cells.look == WITH_NUMBERS
        return self.cells.write(element, max(needed, SUM) if is_gate_alone else needed, leads)


def _whole(tree: Expr) -> Call | None:
    """An operation that is written with whole arrays, each argument in the shape that it has there."""
    row = WHOLE.get(tree.op) if isinstance(tree, Call) else None
    return _in_shape(tree, row) if row and isinstance(tree, Call) and row.fits(tree) else None


def _in_shape(call: Call, row: Whole) -> Call:
    """The operation with every argument in the shape of the result that has to be."""
    if size(call.shape) == 1:
        return call
    args = [
        Call("spread", (arg,), call.shape, arg.shape) if arg.shape != call.shape and row.spread(arg.shape) else arg
        for arg in call.args
    ]
    return Call(call.op, tuple(args), call.shape, call.extra, call.mark)
