"""What can be worked out where some value does not exist: everything but that element and what needs it.

A definition that fails, or that reads what is missing, is worked out element by element; the others as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from bptrace.engine.elements import Elements, Working
from bptrace.engine.model import Definition
from bptrace.engine.register import Register
from bptrace.engine.sentence_parts import Sentence
from bptrace.engine.work import Work
from bptrace.errors import UndefinedError
from bptrace.numbers.arrays import Index, Shape, Value, array, entries, indices, is_real
from bptrace.numbers.digits import Shown
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Missing, NoValueError
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import NO_VALUE, evaluate, expander, live_nodes, said
from bptrace.ops.expr import NOTHING, Expr, Leaf, names, nodes
from bptrace.ops.limits import at_limits


def missing(value: Value, shape: Shape) -> list[Missing]:
    """The elements of a value that do not exist."""
    if isinstance(value, Missing):
        return [value]
    return [item for item in entries(value, shape) if isinstance(item, Missing)] if is_real(value) and shape else []


class PartialWork(Work):
    """A program at work in which elements may be missing: those that do not exist, and those that need them."""

    def values(self, givens: Mapping[str, Value]) -> dict[str, Value]:
        """Every value, those that are not missing rational. Raises SizeError."""
        return self.values_one_by_one(dict(givens))

    def value_of(
        self, definition: Definition, kernel: Callable[[Mapping[str, Value]], Value], values: Mapping[str, Value]
    ) -> Value:
        """The value of one definition, with what is missing in its place. Raises SizeError, UndecidedError."""
        gaps = [gap for name, node in names(definition.expr).items() for gap in missing(values[name], node.shape)]
        if not gaps:
            try:
                return super().value_of(definition, kernel, values)
            except UndefinedError:
                pass
        if self.spending:
            self.spend(self.spending, definition, values)
        expand = expander(definition.expr, Register(self.program.quantities, values))
        name = self.program.quantities[definition.key].namer()
        return array(definition.shape, [_element(expand, i, name(i), gaps) for i in indices(definition.shape)])


def _element(expand: Expander, index: Index, name: str, gaps: Sequence[Missing]) -> Scalar:
    """The element at an index, or what is said of a missing one. Raises UndecidedError."""
    tree: Expr = NOTHING
    try:
        tree = at_limits(expand(index))
        needed = next(_missing_leaves(live_nodes(tree)), None)
        return Missing(name, without=needed) if needed else evaluate(tree)
    except NoValueError:  # which case holds, or which element is the greatest, hangs on what is missing
        return Missing(name, without=next(_missing_leaves(nodes(tree)), gaps[0].name))
    except NO_VALUE as problem:
        return Missing(name, said(problem))


def _missing_leaves(found: Iterator[Expr]) -> Iterator[str]:
    return (node.name for node in found if isinstance(node, Leaf) and isinstance(node.value, Missing))


class PartialElements(Elements):
    """The rows of a definition of which some elements are missing; the others are checked as ever."""

    def checked(self, places: Sequence[Index]) -> Iterator[tuple[str, Scalar, Working]]:
        """The elements' names, values and workings. Raises InternalError where a rule and the array disagree."""
        there = super().checked([place for place in places if self.name(place) not in self._gaps])
        for place in places:
            gap = self._gaps.get(self.name(place))
            yield (gap.name, gap, self._working(place)) if gap else next(there)

    @cached_property
    def _gaps(self) -> dict[str, Missing]:
        return {gap.name: gap for gap in missing(self.value, self.expr.shape)}

    def _working(self, place: Index) -> Working:
        """The rule of a missing element; nothing where its form hangs on what is missing, or on what cannot be."""
        try:
            return self.settled(self.work_out(place))
        except (NoValueError, *NO_VALUE):
            return NOTHING

    def texts(self, value: Scalar, working: Working) -> tuple[str, str, str]:
        """Rule with names, rule with the numbers that there are, and value or why there is none."""
        if not isinstance(value, Missing):
            return super().texts(value, working)
        tree = self.tree(working)
        if tree is NOTHING:
            return "", "", value.text
        formula = self.notation.formula(tree)
        try:
            return formula, self.notation.rule(tree), value.text
        except ArithmeticError:
            return formula, formula, value.text

    def shown(self, value: Scalar, working: Working) -> Shown:
        """The value, with its closed form where there is one to be shown, or why there is none."""
        return self.notation.shown(value) if isinstance(value, Missing) else super().shown(value, working)

    def notes(self, working: Working) -> list[Sentence]:
        """What a row says beyond its rule; nothing of a missing element."""
        try:
            return super().notes(working)
        except ArithmeticError:
            return []
