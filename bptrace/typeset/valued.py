"""The chain rule with its numbers: each row's factors by name, then their numbers, then the value, on one line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple

from bptrace.engine.row import Row
from bptrace.engine.trace import Trace
from bptrace.numbers.digits import ABOUT, EQUAL
from bptrace.numbers.enclosures import precision
from bptrace.ops.evaluate import chosen
from bptrace.ops.expr import Cases, Expr, Leaf, Number, children, nodes, rebuilt
from bptrace.ops.format import CASES, T
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS
from bptrace.ops.walker import Walker
from bptrace.typeset.derivation import LOCAL, LONGEST, Derivation, Section
from bptrace.typeset.equality import Equality
from bptrace.typeset.format import Format
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names


class Stretch(NamedTuple, Generic[T]):
    """A part of a line between two signs. `about`: some number in it is told by its first digits."""

    piece: T
    about: bool = False


class _Mixed(Mathematics[T]):
    """Writes names and numbers side by side; no other sample has the same numbers."""

    def __init__(self, trace: Trace, names: Names[T]) -> None:
        super().__init__(trace, names, WITH_NAMES)
        self.notation = trace.notation

    def top(self, tree: Expr) -> T:
        """The whole of a tree."""
        return Walker.top(self, tree)


class ValuedDerivation(Derivation[T]):
    """A derivation of a trace with values: a line a row, `∂L/∂w = ∂L/∂z · ∂z/∂w = -10·z₁ = -10·2 = -20`."""

    def __init__(
        self,
        trace: Trace,
        form: Format[T],
        wanted: Collection[str] = (),
        explain: bool = False,
        known: Names[T] | None = None,
    ) -> None:
        super().__init__(trace, form, wanted, explain=explain, known=known)
        self.numbers = Mathematics(trace, self.names, WITH_NUMBERS)
        self.mixed = _Mixed(trace, self.names)
        self._is_exact = not trace.bits and trace.notation.places is None
        self._first: dict[T, T] = {}

    def sections(self, forms: Collection[str] = ()) -> Iterator[Section[T]]:
        """Every step with its rows; what is asked for by its name is shown itself, and its gradient."""
        return super().sections([LOCAL] if self.selection else ())

    def equality(self, row: Row, forms: Collection[str] = ()) -> Equality[T]:
        """A row on one line: by names, with the gradients that it reads as numbers, all in numbers, and its value."""
        left, shown = self.names.element(row.quantity), list[Stretch[T]]()
        for stretch in self._stretches(row):
            if stretch.piece != (shown[-1].piece if shown else left):
                shown.append(stretch)
        first, *rest = shown
        self._first[left] = first.piece
        signs = [f" {ABOUT if one.about or other.about else EQUAL} " for one, other in pairwise(shown)]
        right = self.format.equated(first.piece, list(zip(signs, [stretch.piece for stretch in rest], strict=True)))
        return Equality(left, (right,), tuple(row.note_sentences))

    def is_said(self, titles: Sequence[T], equalities: Sequence[Equality[T]]) -> bool:
        """Whether the lines of a step begin with what its heading would say."""
        begun = [Equality(line.left, (self._first[line.left],)) for line in equalities]
        return super().is_said(titles, begun)

    def _stretches(self, row: Row) -> Iterator[Stretch[T]]:
        """What stands between the signs of a row's line; of cases, of the one that holds."""
        tree, value = row.tree, self.numbers.numeral(row.numeral, CASES, True)
        if isinstance(tree, Cases):
            tree, value = self._held(tree, value)
        chain = self.chains.one_step(row.quantity) if self.selection.is_gradient(row.quantity) else []
        if not isinstance(tree, Number):
            yield from map(Stretch, chain or [self.mathematics.top(tree)])
        if not isinstance(tree, Number | Leaf):
            yield from self._in_numbers(row, tree, bool(chain))
        yield Stretch(value, row.shown.sign == ABOUT)

    def _held(self, cases: Cases, value: T) -> tuple[Expr, T]:
        """What the case that holds gives, and the value with the condition behind it: `0, as z₂ = -1 ≤ 0`."""
        numbers = self.numbers
        with precision(self.trace.bits), numbers.telling(cases):
            subject, branch = chosen(cases)
            condition = numbers.condition(numbers.compared(cases.subject, subject), branch)
        return branch.value, self.format.joined([value, condition], "as")

    def _in_numbers(self, row: Row, tree: Expr, named: bool) -> Iterator[Stretch[T]]:
        """A rule with numbers for the gradients, where its factors are named, then in numbers alone, and its stages."""
        about = self._has_about
        if named:
            mixed = self._with_gradients(tree)
            yield Stretch(self.mixed.top(mixed), self._shows_about(mixed))
        yield Stretch(self.numbers.top(tree), about(tree))
        for stage in row.stages if self.trace.work else ():
            yield Stretch(self.numbers.top(stage.tree), about(stage.tree))

    def _has_about(self, tree: Expr) -> bool:
        """Whether a tree's value comes from numbers that are told by their first digits, as none is where all end."""
        return not self._is_exact and self.trace.notation.has_about(tree)

    def _shows_about(self, mixed: Expr) -> bool:
        """Whether a tree of names and numbers has such a number in it."""
        is_about = self.trace.notation.is_about
        return not self._is_exact and any(is_about(node.value) for node in nodes(mixed) if type(node) is Number)

    def _with_gradients(self, tree: Expr) -> Expr:
        """The tree with numbers for those of its leaves that are gradients."""
        if isinstance(tree, Leaf):
            return Number(tree.value) if self.selection.is_gradient(tree.name) else tree
        parts = list(map(self._with_gradients, children(tree)))
        return rebuilt(tree, parts) if parts else tree


def derivations(
    trace: Trace,
    form: Format[T],
    wanted: Collection[str],
    longest: int = LONGEST,
    levels: int = 0,
    explain: bool = False,
) -> Iterator[tuple[str, Derivation[T]]]:
    """What a trace is derived by: over symbols its derivation; with values one with numbers, of each sample its own.

    Before each stands its heading, which only samples have.
    """
    if trace.symbolic:
        yield "", Derivation(trace, form, wanted, longest, levels, explain)
        return
    known: Names[T] | None = None
    for number, part in enumerate(trace.samples or [trace], 1):
        heading = f"Sample {number} of {len(trace.samples)}" if trace.samples else ""
        known = known.of(part) if known else Names(part, form)
        yield heading, ValuedDerivation(part, form, wanted, explain, known)
