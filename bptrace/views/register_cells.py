"""What stands in the rows of a register as mathematics, in any format."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import Generic

from bptrace.engine.model import Definition
from bptrace.engine.row import Row
from bptrace.engine.trace import Trace
from bptrace.errors import Mark, Source, SpecError
from bptrace.numbers.digits import EQUAL
from bptrace.ops.expr import Expr
from bptrace.ops.format import CASES, T
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS
from bptrace.spec.equation import parse
from bptrace.spec.vocabulary import Vocabulary
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names


class RegisterCells(Generic[T]):
    """Quantity, formula, rule and value of a trace's rows, and the equations of its file."""

    def __init__(self, trace: Trace, names: Names[T]) -> None:
        self.names, self.format = names, names.format
        self.formulas: Mathematics[T] = Mathematics(trace, names, WITH_NAMES)
        self.rules: Mathematics[T] = Mathematics(trace, names, WITH_NUMBERS)
        self.symbolic = trace.symbolic
        self.work = trace.work

    def quantity(self, row: Row) -> T:
        """What the row is of."""
        return self.names.element(row.quantity)

    def formula(self, row: Row) -> T:
        """The rule with names."""
        return self.formulas.top(row.tree)

    def rule(self, row: Row) -> T:
        """The rule with numbers, worked out stage by stage where that is asked for."""
        rule, signs = self.rules.rule(row.tree), self.format.signs
        stages = [(signs[f" {stage.sign} "], self.rules.top(stage.tree)) for stage in row.stages] if self.work else []
        return self.format.row([rule, *chain.from_iterable(stages)])

    def value(self, row: Row) -> T:
        """A value as the register prints it, with its closed form where it has one."""
        shown, number = row.shown, self.rules.numeral(row.numeral, CASES, True)
        if shown.sign == EQUAL:
            return number
        if not shown.closed:
            return self.format.row([self.about, number])
        return self.format.joined([self._closed(shown.closed), number], "≈")

    @property
    def about(self) -> T:
        """The sign before a number of which only the first digits are told."""
        return self.format.signs["about"]

    def equation(self, item: Definition) -> T:
        """What a quantity is defined to be."""
        return self.format.joined(self.sides(item), "=")

    def sides(self, item: Definition) -> tuple[T, T]:
        """Both sides of the equation that defines a quantity."""
        return self.names.whole(item.key), self.formulas.top(item.expr)

    def _closed(self, form: str) -> T:
        """A closed form, which is an equation over numbers."""
        try:
            return self.formulas.top(
                parse(form, partial(Mark, Source("", form)), Vocabulary(_unknown, lambda name: False, lambda: None))
            )
        except SpecError:
            return self.format.words(form)


def _unknown(name: str, mark: Mark) -> Expr:
    raise SpecError(f"unknown name {name}", mark, "a closed form is over numbers")
