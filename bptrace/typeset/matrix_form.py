"""The matrix form: every whole quantity on a line, left side = formula = the arrays written out = result.

All sides of a line come from one tree, the definition's own, and from the traced value. An operation that linear
algebra does not write with whole arrays is an array of its elements' rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Generic, NamedTuple, cast

from bptrace.engine.model import GIVEN_SECTIONS, Definition, Given
from bptrace.engine.plans import BATCH, FORWARD, REVERSE, UPDATE
from bptrace.engine.program import own_names
from bptrace.engine.register import Register
from bptrace.engine.sentence_parts import Sentence, distinct
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Headings, capitalized
from bptrace.explain.reasons import LineReasons
from bptrace.numbers.arrays import Index, Shape, entries, indices, size
from bptrace.numbers.digits import ABOUT, EQUAL
from bptrace.numbers.enclosures import ONE, Scalar, precision
from bptrace.numbers.exact import Missing, NoValueError, Rational
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import NO_VALUE, chosen, evaluate, expander
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Name, Number, names
from bptrace.ops.format import CASES, SUM, T
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS, WRITTEN_OUT, Layout
from bptrace.ops.limits import at_limits
from bptrace.ops.stages import Stages
from bptrace.ops.table import OPS
from bptrace.typeset.format import Format
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names, RuleNames
from bptrace.typeset.tree_facts import KnownFacts

NONE = Number(cast(Rational, Missing("")))
"""What stands where an element is missing and its rule cannot be told."""
SHAPES, INITIALIZATION = "Shapes", "Initialization"
IN = "∈"
"""What stands between a quantity and the set that it is from."""
TITLES = {FORWARD: "Forward pass", REVERSE: "Backpropagation", BATCH: "Batch", UPDATE: "Parameter update"}


class Side(NamedTuple, Generic[T]):
    """One side of a line: `=`, `≈` or `∈`, and what stands behind it in the format that the line was made with."""

    sign: str
    piece: T


class Line(NamedTuple, Generic[T]):
    """One quantity: its step's number (0 for a given), its symbol, and the sides that it equals in turn.

    `notes`: what the register says below the step that ends with this line: conventions taken at a kink. `reasons`: why
    the line is what it is. `heading`: what heads the part of a step that begins with it, in a network of layers.
    """

    step: int
    left: T
    sides: tuple[Side[T], ...]
    notes: tuple[Sentence, ...] = ()
    reasons: tuple[Sentence, ...] = ()
    heading: Sentence = ()


class Phase(NamedTuple, Generic[T]):
    """Lines under a title, made one at a time. `sample`: the number of the sample that they belong to, or None."""

    title: str
    sample: int | None
    lines: Iterator[Line[T]]


def phases(
    trace: Trace, form: Format[T], steps: Sequence[Step] | None = None, shapes: bool = False, explain: bool = False
) -> Iterator[Phase[T]]:
    """The phases of a trace in order, or those of some steps alone, without the givens.

    `shapes`: with the shape of each quantity below its symbol, and all shapes first; `explain`: with reasons, those
    that hold for every sample at the first one. The lines of a phase are to be read before the next.
    """
    if shapes and steps is None:
        yield Phase(SHAPES, None, _spaces(trace.samples[0] if trace.samples else trace, form))
    symbols, known = Names(trace, form), KnownFacts()
    shared = [given for given in trace.givens_of(None) if steps is None and not _says_nothing(trace, given)]
    if shared:
        yield Phase(INITIALIZATION, None, map(_Lines(trace, symbols, shapes, known).given, shared))
    every, headings = list(trace.steps if steps is None else steps), Headings(trace)
    for (sample, phase), own in groupby(every, lambda step: (step.sample, step.phase)):
        members = list(own)
        part = trace.of(members[0])
        reasons = LineReasons(part, by_values=sample not in (None, every[0].sample)) if explain else None
        symbols = symbols.of(part)
        lines = _Lines(part, symbols, shapes, known, reasons)
        own_givens = trace.givens_of(sample) if steps is None and sample and phase == FORWARD else []
        yield Phase(phase_title(trace, sample, phase), sample, _of_steps(lines, members, headings, own_givens))


def _spaces(trace: Trace, form: Format[T]) -> Iterator[Line[T]]:
    """Which space each quantity of the file is from: `W ∈ ℝ²ˣ³`, a vector's `ℝ²`."""
    symbols = Names(trace, form)
    givens = [given.key for given in trace.givens if given.section in GIVEN_SECTIONS]
    for key in (*givens, *(definition.key for definition in trace.source.definitions)):
        shape = trace.program.quantities[key].shape
        lengths = "×".join(map(str, shape)) if size(shape) > 1 else ""
        yield Line(0, symbols.whole(key), (Side(IN, form.real_space(lengths)),))


def phase_title(trace: Trace, sample: int | None, phase: str) -> str:
    """What a phase is headed, of a sample with its number: `Sample 2 of 4: forward pass`."""
    title = TITLES[phase]
    return f"Sample {sample} of {len(trace.samples)}: {title.lower()}" if sample else title


def _says_nothing(trace: Trace, given: Given) -> bool:
    """Whether all that a trace shows of a given is its name."""
    return trace.symbolic and size(given.shape) == 1


def _of_steps(
    lines: _Lines[T], steps: Sequence[Step], headings: Headings, givens: Sequence[Given]
) -> Iterator[Line[T]]:
    yield from (lines.given(given) for given in givens if not _says_nothing(lines.trace, given))
    if steps[0].number == next((step.number for step in lines.trace.steps if step.phase == UPDATE), 0):
        yield from update_in_general(lines.trace, lines.symbols.format)
    for step in steps:
        last = step.plan.definitions[-1]
        for heading, items in headings.parts(step):
            for item in items:
                notes = lines.notes(step) if item is last else ()
                begins = capitalized(heading) if item is items[0] else ()
                yield lines.defined(item, step)._replace(notes=notes, heading=begins)


def update_in_general(trace: Trace, form: Format[T]) -> Iterator[Line[T]]:
    """The update in general, for all weights at once: how they move, then what that is made of."""
    source = trace.source
    if source.optimizer is None:
        return
    updates = source.optimizer.in_general(trace.program.loss, own_names(source.givens, source.definitions))
    walker = Mathematics(trace, RuleNames(trace, form, updates))
    *parts, last = updates.definitions()
    for definition in (last, *parts):
        name = Name(definition.key, definition.shape)
        yield Line(0, walker.top(name), (Side(EQUAL, walker.top(definition.expr)),))


class _Lines(Generic[T]):
    """Makes the lines of one trace, with the reasons for them where there are to be any."""

    def __init__(
        self, trace: Trace, symbols: Names[T], shapes: bool, known: KnownFacts, reasons: LineReasons | None = None
    ) -> None:
        self.trace = trace
        self.known = known
        self.reasons = reasons
        rules = _Rules(trace)
        look = WRITTEN_OUT if trace.symbolic else WITH_NUMBERS
        self.plain = Mathematics(trace, symbols)
        self.symbols = _Sized(trace, symbols) if shapes else self.plain
        self.formulas = Arrays(trace, symbols, WRITTEN_OUT, rules, known)
        self.arrays = Arrays(trace, symbols, look, rules, known)

    def given(self, given: Given) -> Line[T]:
        """A given by its value, or by the names of its elements."""
        name = Name(given.key, given.shape)
        return Line(0, self.symbols.top(name), (self._result(given.key, name),))

    def defined(self, definition: Definition, step: Step) -> Line[T]:
        """A definition. What a later side says again is left out."""
        left = self.symbols.top(Name(definition.key, definition.shape))
        kept: list[Side[T]] = []
        for side in self._sides(definition):
            if side.piece != left:
                kept = [*(one for one in kept if one.piece != side.piece), side]
        if not kept and isinstance(definition.expr, Call):
            kept = [Side(EQUAL, self.plain.open_derivative(self.trace, definition.key, definition.expr.args[0]))]
        reasons = self.reasons.of(definition, step.phase) if self.reasons else ()
        return Line(step.number, left, tuple(kept), (), reasons)

    def notes(self, step: Step) -> tuple[Sentence, ...]:
        """What the rows of a step say beyond their rules; they are made only where there may be something."""
        forms = self.trace.program.forms
        if not any(any(forms.peculiarities(item)) for item in step.plan.definitions):
            return ()
        return tuple(distinct((note for row in step for note in row.note_sentences), self.trace.notation))

    def _sides(self, definition: Definition) -> Iterator[Side[T]]:
        expr, upstream = definition.expr, self._passed_on(definition)
        if upstream:
            yield from self._of_bias(definition, upstream)
            yield Side(EQUAL, self.symbols.top(upstream)) if self.trace.symbolic else self._result(definition.key, expr)
            return
        is_filled = isinstance(expr, Number) and size(expr.shape) > 1
        if not isinstance(expr, Cases) and not is_filled and not self._is_name_again(definition):
            yield Side(EQUAL, self._formula(expr))
        read, literals = self.known.of(expr)[:2]
        if not self.trace.symbolic and self.arrays.is_at_limit(expr):
            yield Side(self._sign(read), self.arrays.top_elements(expr))
        elif (read or not isinstance(expr, Number)) and self._shows_arrays(expr):
            yield Side(self._sign(read, literals), self.arrays.top(expr))
        if self.trace.symbolic:
            elements = self.formulas.top_elements(expr)
            if isinstance(expr, Cases) or self.symbols is self.plain or elements != self.plain.top(expr):
                yield Side(EQUAL, elements)
        elif not self.arrays.tells_value(expr):
            yield from self._work(expr) if self.trace.work else ()
            yield self._result(definition.key, expr)

    def _of_bias(self, definition: Definition, upstream: Name) -> Iterator[Side[T]]:
        """The gradient of a bias by the chain rule, with its factor of 1: by names, put in where short, by numbers."""
        target, reader = (self.trace.differentiated[key] for key in (definition.key, upstream.key))
        form, names_ = self.symbols.format, self.symbols.names
        factor = form.partial(names_.whole(reader), names_.whole(target))
        yield Side(EQUAL, form.joined([self.symbols.top(upstream), factor], "then"))
        found = next(item.expr for item in self.trace.program.definitions if item.key == upstream.key)
        if self.trace.differentiated.keys().isdisjoint(names(found)) and self.known.of(found).named:
            yield Side(EQUAL, self.symbols.top(Call("*", (found, Number(ONE)))))
        yield Side(self._sign([upstream.key]), self.arrays.top(Call("*", (upstream, Number(ONE)))))

    def _passed_on(self, definition: Definition) -> Name | None:
        """Of a single weight that is only added, the gradient that is its own too."""
        target = self.trace.differentiated.get(definition.key)
        if self.trace.sections.get(target or "") != "weights" or size(definition.shape) > 1:
            return None
        (rule,) = self.arrays.rules.of(definition.expr)
        read = list(self.known.of(definition.expr).read.values())
        is_copy = isinstance(rule, Leaf) and len(read) == 1 and read[0].key in self.trace.differentiated
        return read[0] if is_copy else None

    def _work(self, expr: Expr) -> Iterator[Side[T]]:
        """The stages of working the elements out, side by side in an array."""
        notation, before = self.trace.notation, self.arrays.trees(expr)
        for trees in self.arrays.stages(before):
            is_about = any(map(notation.has_about, (*before, *trees)))
            yield Side(ABOUT if is_about else EQUAL, self.arrays.cells_of(trees, expr.shape))
            before = trees

    def _is_name_again(self, definition: Definition) -> bool:
        """Whether the formula is the name that stands to the left, whatever shapes stand below the two."""
        left = self.plain.top(Name(definition.key, definition.shape))
        return self.known.of(definition.expr).named and self.plain.top(definition.expr) == left

    def _shows_arrays(self, expr: Expr) -> bool:
        """Whether a tree written out differs from the formula of a single element: in numbers, or in arrays."""
        return not self.trace.symbolic or size(expr.shape) > 1 or self.arrays.has_blocks(expr)

    def _formula(self, expr: Expr) -> T:
        """The tree with names; where an operation has no name of its own, the array of its elements' formulas."""
        return self.symbols.top(expr) if self.known.of(expr).named else self.formulas.top_elements(expr)

    def _result(self, key: str, expr: Expr) -> Side[T]:
        """The traced value."""
        value = Name(key, expr.shape)
        return Side(EQUAL if self.trace.symbolic else self._sign([key]), self.arrays.top(value))

    def _sign(self, keys: Sequence[str] | dict[str, Name], literals: Sequence[Scalar] = ()) -> str:
        """Whether numbers are told exactly, or some of them by their first digits."""
        notation = self.trace.notation
        if self.trace.symbolic or not (self.trace.bits or notation.places is not None):
            return EQUAL
        quantities, values = self.trace.program.quantities, self.trace.values
        numbers = (item for key in keys for item in entries(values[key], quantities[key].shape))
        return ABOUT if any(map(notation.is_about, chain(literals, numbers))) else EQUAL


class _Sized(Mathematics[T]):
    """The walker with names, the shape of each below its symbol."""

    def quantity(self, name: Name, needed: int, leads: bool) -> T:
        """The symbol with its shape."""
        return self._sized(super().quantity(name, needed, leads), rows_and_columns(name))

    def transposed(self, part: Expr) -> T:
        """A transposed symbol has the shape that it has then."""
        if not isinstance(part, Name):
            return super().transposed(part)
        rows, columns = rows_and_columns(part)
        return self._sized(Mathematics(self.trace, self.names).transposed(part), (columns, rows))

    def _sized(self, symbol: T, shape: tuple[int, int]) -> T:
        return self.format.sized(symbol, *shape)


def rows_and_columns(part: Expr) -> tuple[int, int]:
    """Rows and columns of an array as it is written: a vector is a column."""
    rows, columns = (*part.shape, 1, 1)[:2]
    return rows, columns


class _Cells(Mathematics[T]):
    """The walker of single elements within an array. Of cases the one that holds, and why: `0, as -3 ≤ 0`."""

    def held(self, cases: Cases) -> T:
        """The value of the case that holds, and its condition."""
        try:
            with self.telling(cases):
                branch = chosen(cases)[1]
                condition = self.condition(self.write(cases.subject, SUM, True), branch)
        except (NoValueError, *NO_VALUE):
            return self.literal(NONE, SUM, True)
        return self.format.joined([self.write(branch.value, SUM, True), condition], "as")


class _Rules:
    """The rules of the elements of a trace's trees; those that were asked for last lie ready."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.register = Register(trace.program.quantities, trace.values, trace.bits)
        self._last: tuple[Expr | None, list[Expr]] = (None, [])

    def of(self, tree: Expr) -> list[Expr]:
        """The rules of a tree's elements."""
        if self._last[0] is not tree:
            expand = expander(tree, self.register)
            self._last = tree, [self._element(expand, index) for index in indices(tree.shape)]
        return self._last[1]

    def _element(self, expand: Expander, index: Index) -> Expr:
        """The tree of an element; of one whose form hangs on what is missing or cannot be, what stands for none."""
        try:
            return expand(index)
        except (NoValueError, *NO_VALUE):
            if not self.trace.problem:
                raise
            return NONE


class Arrays(Mathematics[T]):
    """The walker with arrays written out: by numbers, or by the names of their elements."""

    def __init__(self, trace: Trace, symbols: Names[T], look: str, rules: _Rules, known: KnownFacts) -> None:
        super().__init__(trace, symbols, look)
        self.rules, self.known = rules, known
        self.cells = _Cells(trace, symbols, WITH_NUMBERS if look == WITH_NUMBERS else WITH_NAMES)

    def write(self, tree: Expr, needed: int, leads: bool) -> T:
        """The text of a tree in its place."""
        if isinstance(tree, Name) or (isinstance(tree, Number) and size(tree.shape) == 1):
            return super().write(tree, needed, leads)
        whole = _whole(tree)
        return super().write(whole, needed, leads) if whole else self.elements(tree, needed, leads)

    def is_at_limit(self, tree: Expr) -> bool:
        """Whether some element has no value by its own rule, but a limit."""
        limits = self.known.of(tree).limits
        return limits and any(at_limits(element) is not element for element in self.rules.of(tree))

    def trees(self, tree: Expr) -> list[Expr]:
        """The rules of a tree's elements, among numbers with what stands for those that have no value but a limit."""
        trees = self.rules.of(tree)
        return list(map(at_limits, trees)) if self.look == WITH_NUMBERS and self.known.of(tree).limits else trees

    def has_blocks(self, tree: Expr) -> bool:
        """Whether an array stands in the text of a tree."""
        whole = _whole(tree)
        return size(tree.shape) > 1 or (whole is not None and any(map(self.has_blocks, whole.args)))

    def top_elements(self, tree: Expr) -> T:
        """The whole text of a tree as the array of its elements' rules."""
        return self.elements(tree, CASES, True)

    def elements(self, tree: Expr, needed: int, leads: bool) -> T:
        """The rules of a tree's elements as an array; that of a single one as it is."""
        trees = self.trees(tree)
        if size(tree.shape) > 1:
            return self.cells_of(trees, tree.shape)
        (element,) = trees
        is_worked_out = isinstance(element, Cases) and self.look == WITH_NUMBERS and not self._tells(element)
        if needed == CASES and leads and not is_worked_out:
            return self.cells.top(element)
        return self.cells.write(element, max(needed, SUM) if is_worked_out else needed, leads)

    def cells_of(self, trees: Sequence[Expr], shape: Shape) -> T:
        """Elements as an array; a single one as it is."""
        pieces = list(map(self.cells.top, trees))
        return self.block(pieces, shape) if len(pieces) > 1 else pieces[0]

    def stages(self, rules: Sequence[Expr]) -> Iterator[list[Expr]]:
        """Elements after each stage of working their rules out; one that is done before others, by its value.

        There is none where a value is missing. Raises InternalError where a stage does not give the value.
        """
        worked_out = Stages()
        with precision(self.bits):
            try:
                found = [[*worked_out.of(rule), Leaf("", evaluate(rule))] for rule in rules]
            except (NoValueError, *NO_VALUE):
                return
        for place in range(max(map(len, found)) - 1):
            yield [trees[min(place, len(trees) - 1)] for trees in found]

    def tells_value(self, tree: Expr) -> bool:
        """Whether the text of a single element is its value, and the condition that makes it that."""
        return size(tree.shape) == 1 and all(map(self._tells, self.trees(tree)))

    def _tells(self, element: Expr) -> bool:
        """Whether of an element's cases one is known to hold, and its value is a number as it stands."""
        try:
            with precision(self.bits):
                return isinstance(element, Cases) and isinstance(chosen(element)[1].value, Number)
        except (NoValueError, *NO_VALUE):
            return False


def _whole(tree: Expr) -> Call | None:
    """An operation that is written with whole arrays, each argument in the shape that it has there."""
    layout = OPS[tree.op].layout if isinstance(tree, Call) else None
    return _in_shape(tree, layout) if layout and isinstance(tree, Call) and layout.whole(tree) else None


def _in_shape(call: Call, layout: Layout) -> Call:
    """The operation with every argument in the shape of the result that has to be."""
    if size(call.shape) == 1:
        return call
    args = [
        Call("spread", (arg,), call.shape, arg.shape) if arg.shape != call.shape and layout.spread(arg.shape) else arg
        for arg in call.args
    ]
    return Call(call.op, tuple(args), call.shape, call.extra, call.mark)
