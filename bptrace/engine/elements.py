"""One element at a time: the name, the rule and the value of every row, checked as it is made.

Every element of a definition has a tree of the same form, unless cases or missing paths make it differ. So
the form is made once, as a tree with slots; it is compiled once to a function and written once to a text
with gaps, and each element only fills the slots with its leaves. An irregular definition makes a tree an
element. Either way the tree that is printed is the tree that is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from bptrace.engine import kinks
from bptrace.engine.forms import Form, Forms, compiled, filled, filler, grower
from bptrace.engine.model import Definition
from bptrace.engine.register import Register
from bptrace.engine.sentence_parts import Sentence, distinct
from bptrace.errors import InternalError, UndefinedError
from bptrace.numbers.arrays import Index, reader
from bptrace.numbers.digits import ABOUT, EQUAL, Numeral, Shown, bounded_numeral
from bptrace.numbers.enclosures import Scalar, agree, is_enclosure, is_underflow, precision
from bptrace.numbers.exact import UNKNOWN, NoValueError
from bptrace.ops.evaluate import NO_VALUE, evaluate, expander, hints_of, said
from bptrace.ops.expr import Expr, Leaf, Slot
from bptrace.ops.limits import at_limits, failure
from bptrace.ops.notation import Notation, Pattern
from bptrace.ops.shared import LONG

if TYPE_CHECKING:
    from bptrace.ops.stages import Stages

Working: TypeAlias = "list[Leaf] | Expr"
"""What a row keeps of its rule: the leaves that fill its definition's slots, or a tree of its own."""


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
