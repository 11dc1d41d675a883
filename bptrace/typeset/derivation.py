"""The chain rule written down: each gradient by its factors, locally, down to the givens, at any index, path by path.

All forms come from the register's own trees over symbols, and from the paths that `paths` finds in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Generic, NamedTuple

from bptrace.engine.plans import FORWARD, REVERSE
from bptrace.engine.row import Row
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.errors import SpecError
from bptrace.explain.paths import Links
from bptrace.explain.reasons import LineReasons
from bptrace.numbers.arrays import Index
from bptrace.ops.expr import Call, Expr, names, nodes
from bptrace.ops.format import T
from bptrace.ops.table import OPS
from bptrace.typeset.by_level import ByLevel
from bptrace.typeset.chains import FEWER, Chains, check_gradients, check_length
from bptrace.typeset.equality import Equality
from bptrace.typeset.format import Format
from bptrace.typeset.general_forms import GeneralForms
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.outputs import OutputSums
from bptrace.typeset.selection import Selection
from bptrace.typeset.substitution import ManyOperationsError, Substitution
from bptrace.typeset.written_paths import PathsTo, WrittenPaths

OUTPUTS, CHAIN, LOCAL, EXPANDED, GENERAL, PATHS = "outputs", "chain", "local", "expanded", "general", "paths"
FORMS = (OUTPUTS, CHAIN, LOCAL, EXPANDED, GENERAL, PATHS)
STEP = "step"
LONGEST, LONGEST_IN_FILE = 2_000, 100_000
"""How many operations an expanded formula may have to be written out on a screen, and in a file."""
TOGETHER = 2_000_000
"""How many operations all expanded formulas may have together: in a file they take some 40 MB."""
MOST_FORMULAS = 10_000
"""How many formulas are expanded: how many operations they have is found one by one."""


def check_paths(trace: Trace, forms: Collection[str], wanted: Collection[str]) -> None:
    """Raise SpecError where the paths to what is derived are too many, or too long, to be written in these forms."""
    selection = Selection(trace, wanted)
    if not {CHAIN, OUTPUTS}.isdisjoint(forms):
        check_gradients(trace, selection.count(selection.differentiated()))
        check_length(trace, selection.derived())
    elif PATHS in forms:
        check_gradients(trace, selection.count(selection.arrays()))
        check_length(trace, selection.gradients(), followed=True)


def check_expanded(trace: Trace, forms: Collection[str], wanted: Collection[str], longest: int) -> None:
    """Raise SpecError where expanded formulas of no more than `longest` operations have too many of them together."""
    selection = Selection(trace, wanted)
    phases = phases_of(selection, forms)
    count = selection.count(selection.defined(phases))
    if count > MOST_FORMULAS:
        message = f"{count:,} formulas; at most {MOST_FORMULAS:,} are written with everything put in"
        raise SpecError(message, trace.program.loss_mark, FEWER)
    if count * longest <= TOGETHER:
        return
    steps = [step for step in trace.steps if step.phase in phases]
    substitution, total = Substitution(trace, Links(trace).definitions), 0
    rows = (row for step in steps for row in step if selection.has(row.quantity))
    for number, row in enumerate(rows, 1):
        total += substitution.written(row.tree, longest)
        if total > TOGETHER:  # found at once: to measure all the rest of a large network takes as long as to write it
            message = f"with everything put in, {number:,} of {count:,} formulas have {total:,} operations"
            raise SpecError(f"{message}; at most {TOGETHER:,} are written", trace.program.loss_mark, FEWER)


def phases_of(selection: Selection, forms: Collection[str]) -> Collection[str]:
    """The phases that are derived: the reverse chain alone where some forms, or gradients by name, are asked for.

    Where a form is a formula, what is asked for by name is shown itself, too.
    """
    by_formula = bool(selection) and not {LOCAL, EXPANDED}.isdisjoint(forms)
    whole = by_formula or not (forms or selection) or not selection.arrays()
    return (FORWARD, REVERSE) if whole else (REVERSE,)


class Section(NamedTuple, Generic[T]):
    """One step of the derivation: its number, its phase, what it is about as mathematics, and what it derives."""

    number: int
    phase: str
    titles: tuple[T, ...]
    equalities: tuple[Equality[T], ...]


class _Once(Mathematics[T]):
    """Writes a tree that stands in many others once, and remembers it."""

    def __init__(self, trace: Trace, names: Names[T]) -> None:
        super().__init__(trace, names)
        self.pieces: dict[tuple[int, int, bool], tuple[Expr, T]] = {}

    def write(self, tree: Expr, needed: int, leads: bool) -> T:
        """A tree in a place; the tree is kept with its piece, so that no other takes its identity."""
        key = id(tree), needed, leads
        if key not in self.pieces:
            self.pieces[key] = tree, super().write(tree, needed, leads)
        return self.pieces[key][1]


class Derivation(Generic[T]):
    """The forms of a trace's formulas, written in some format.

    `wanted`: the names of gradients, or of arrays of them, that alone are derived; empty for everything.
    `longest`: how many operations an expanded formula may have to be written out. `levels`: how many levels of names
    are put in, each in a line of its own; 0 for all at once. `explain`: with reasons for rows.
    `known`: its names, where another sample has the same ones.
    """

    def __init__(
        self,
        trace: Trace,
        form: Format[T],
        wanted: Collection[str] = (),
        longest: int = LONGEST,
        levels: int = 0,
        explain: bool = False,
        known: Names[T] | None = None,
    ) -> None:
        self.longest, self.levels = longest, levels
        self.reasons = LineReasons(trace) if explain else None
        self.trace = trace
        self.format = form
        self.names = known or Names(trace, form)
        self.mathematics = Mathematics(trace, self.names)
        self.once = _Once(trace, self.names)
        self.selection = Selection(trace, wanted)
        links = Links(trace)
        self.substitution = Substitution(trace, links.definitions)
        self.chains = Chains(self.mathematics, links)
        self.by_level = ByLevel(self.mathematics, self.substitution, longest, levels)
        self.output_sums = OutputSums(self.chains, self.substitution, longest)
        self.general_forms = GeneralForms(self.chains)
        self.written_paths = WrittenPaths(self.chains, self.substitution)

    def sections(self, forms: Collection[str] = ()) -> Iterator[Section[T]]:
        """Every step with its rows in some `forms`, the forward pass first, where that is derived at all."""
        phases = phases_of(self.selection, forms)
        for step in (step for step in self.trace.steps if step.phase in phases):
            rows = [row for row in step if self.selection.has(row.quantity)]
            found = self.reasoned(step, rows, [self.equality(row, forms) for row in rows], {OUTPUTS} != {*forms})
            if found:
                titles = self.titles(step)
                yield Section(step.number, step.phase, () if self.is_said(titles, found) else titles, found)

    def reasoned(
        self, step: Step, rows: Sequence[Row], equalities: Sequence[Equality[T]], factors: bool
    ) -> tuple[Equality[T], ...]:
        """The equalities of some rows of a step; the reasons for those of one array stand at the last of them."""
        shown: dict[str, dict[int, Index]] = {}
        for number, row in enumerate(rows if self.reasons else ()):
            key, index = self.trace.register.places[row.quantity]
            shown.setdefault(key, {})[number] = index
        found = list(equalities)
        for definition in (item for block in step.plan.blocks for item in block.definitions if item.key in shown):
            places = shown[definition.key]
            reasons = self.reasons.of(definition, step.phase, list(places.values()), factors) if self.reasons else ()
            found[max(places)] = found[max(places)]._replace(reasons=reasons)
        return tuple(found)

    def titles(self, step: Step) -> tuple[T, ...]:
        """What a step derives: its equations, or the arrays whose slopes and gradients it has."""
        defined = [item for block in step.plan.blocks for item in block.definitions]
        wholes = [self.names.whole(item.key) for item in defined]
        if step.phase != FORWARD:
            return tuple(dict.fromkeys(wholes))
        formulas = [self.mathematics.top(item.expr) for item in defined]
        return tuple(self.equation(*pair) for pair in zip(wholes, formulas, strict=True))

    def is_said(self, titles: Sequence[T], equalities: Sequence[Equality[T]]) -> bool:
        """Whether the lines of a step say what its heading would, or the only one begins with it."""
        lefts = [line.left for line in equalities]
        lines = [self.equation(line.left, right) for line in equalities for right in line.rights[:1]]
        return list(titles) == lines or (len(titles) == 1 and list(titles) == lefts)

    def equation(self, left: T, right: T) -> T:
        """The one is equal to the other."""
        return self.format.joined([left, right], "=")

    def equality(self, row: Row, forms: Collection[str] = ()) -> Equality[T]:
        """A row in some forms; without any, one step of the chain and then the formula."""
        left = self.names.element(row.quantity)
        asked = [form for form in (STEP, OUTPUTS, CHAIN, LOCAL, EXPANDED) if form in (forms or (STEP, LOCAL))]
        rights: dict[T, T | None] = {}
        for piece, beside in (line for form in asked for line in self.lines(form, row)):
            if piece != left:
                rights.setdefault(piece, beside)
        rights = rights or {self.mathematics.top(row.tree): None}
        if [*rights] == [left] and isinstance(row.tree, Call):
            key = self.trace.register.places[row.quantity][0]
            rights = {self.mathematics.open_derivative(self.trace, key, row.tree.args[0]): None}
        return Equality(left, tuple(rights), tuple(row.note_sentences), beside=tuple(rights.values()))

    def lines(self, form: str, row: Row) -> list[tuple[T, T | None]]:
        """A row in one form, and what is said beside each line of it."""
        if form == EXPANDED and self.levels:
            return self.by_level.lines(row.tree)
        if form == OUTPUTS:
            return self.output_sums.lines(row.quantity) if self.selection.is_gradient(row.quantity) else []
        return [(piece, None) for piece in self.form(form, row)]

    def form(self, form: str, row: Row) -> list[T]:
        """A row in one form; nothing where that says nothing of it."""
        if form in (STEP, CHAIN) and not self.selection.is_gradient(row.quantity):
            return []
        if form == STEP:
            return self.chains.one_step(row.quantity)
        if form == CHAIN:
            return self.chains.chain(row.quantity)
        return [self.expanded(row) if form == EXPANDED else self.mathematics.top(row.tree)]

    def expanded(self, row: Row) -> T:
        """The formula with everything put in that is worked out, or how long that would be."""
        try:
            return self.once.top(self.substitution.bounded(row.tree, self.longest))
        except ManyOperationsError as problem:
            return self.format.words(str(problem))

    def unspecified(self) -> list[T]:
        """The functions that are left open, as they are typeset, in order: those that have been written so far."""
        every = [node for item in self.trace.source.definitions for node in nodes(item.expr)]
        rows = [OPS[node.op] for node in every if isinstance(node, Call) and OPS[node.op].unspecified]
        written = {row.spelled: row for row in rows if not self.names.functions.isdisjoint((row.title, row.spelled))}
        return [self.mathematics.title(row) for row in written.values()]

    def unnamed(self) -> list[T]:
        """What parts of equations stand for that the file gives no name, of all that the gradients are made of."""
        named = {item.key for item in self.trace.source.definitions}
        made = {item.key: item for item in self.trace.program.definitions}
        found, waiting = set[str](), self.selection.arrays()
        while waiting:
            key = waiting.pop()
            if key in made and key not in named and key not in found:
                found.add(key)
                waiting += [*names(made[key].expr), self.trace.differentiated.get(key, key)]
        steps = [step for step in self.trace.steps if step.phase == FORWARD]
        parts = [
            item for step in steps for block in step.plan.blocks for item in block.definitions if item.key in found
        ]
        return [self.equation(self.names.whole(item.key), self.mathematics.top(item.expr)) for item in parts]

    @property
    def general_heading(self) -> str:
        """What the general forms are, which have an index where a gradient has several elements."""
        return self.general_forms.heading(self.selection.arrays())

    def general(self) -> Iterator[Equality[T]]:
        """Each gradient that was asked for at any of its elements, an array each."""
        return self.general_forms.equalities(self.selection.arrays())

    def paths(self) -> Iterator[PathsTo[T]]:
        """Each gradient that was asked for by its paths, those that cannot be among them."""
        for name in self.selection.gradients():
            yield self.written_paths.paths_to(name)


def left_open(functions: Sequence[str]) -> str:
    """`f, g and L are left open`, or `f is left open`."""
    *others, last = functions
    return f"{', '.join(others)} and {last} are left open" if others else f"{last} is left open"
