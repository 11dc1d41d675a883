"""Where nothing flows back: nodes whose gradient is exactly 0, and edges that pass on exactly 0."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from bptrace.engine.model import Definition
from bptrace.engine.trace import Trace
from bptrace.explain.paths import Links
from bptrace.graph.contents import value_at
from bptrace.graph.element_trees import Place
from bptrace.graph.graph import TARGET
from bptrace.numbers.arrays import entries
from bptrace.numbers.enclosures import ONE, ZERO, Scalar, is_zero, precision
from bptrace.numbers.exact import Unknown
from bptrace.ops.chain_rule import contributions, slope_expression
from bptrace.ops.evaluate import kernel
from bptrace.ops.expr import Name, Number, names, plus


def is_exactly_zero(value: Scalar) -> bool:
    """Whether a value is known to be exactly 0."""
    return not isinstance(value, Unknown) and is_zero(value)


class Flows:
    """What flows back in a trace; over symbols nothing is known to be 0."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.gradients = trace.program.gradients
        self.loss = trace.program.loss

    # whole quantities

    def stop_at(self, key: str) -> bool:
        """Whether the gradient at every element of a quantity is 0."""
        gradient = self.gradients.get(key, "")
        return bool(gradient) and self._is_nothing(gradient)

    def _is_nothing(self, key: str) -> bool:
        value = self.trace.values[key]
        return not isinstance(value, Unknown) and all(
            map(is_exactly_zero, entries(value, self.trace.program.quantities[key].shape))
        )

    def stop_along(self, key: str, user: Definition) -> bool:
        """Whether all that one equation passes back to what it reads is 0; of a target only where that is asked for."""
        unknown = user.key != self.loss and user.key not in self.gradients
        section = self.trace.sections.get(key, TARGET)
        if self.trace.symbolic or unknown or (key not in self.gradients and section == TARGET):
            return False  # a rule that goes straight to what stands before leaves out the gradient in between
        upstream = Number(ONE, user.shape) if user.key == self.loss else Name(self.gradients[user.key], user.shape)
        out = Name(user.key, user.shape)
        flow = [gradient for _, gradient in contributions(user.expr, upstream, out, {key}, slope_expression)]
        try:
            with precision(self.trace.bits):
                value = kernel(plus(flow or [Number(ZERO, names(user.expr)[key].shape)]))(self.trace.values)
        except ArithmeticError:  # a value that does not exist, or has a limit alone
            return False
        return all(map(is_exactly_zero, entries(value, names(user.expr)[key].shape)))

    # elements

    def stop_at_element(self, place: Place) -> bool:
        """Whether the gradient at an element is 0."""
        key, index = place
        gradient = self.gradients.get(key, "")
        return bool(gradient) and is_exactly_zero(value_at(self.trace, gradient, index))

    def stop_along_weights(self, unit: Place, weights: Sequence[Place], source: Place | None) -> bool:
        """Whether a unit passes nothing back along an edge: to its weights, or to the unit that it starts from."""
        if self.stop_at_element(unit):
            return True
        is_passed = source is not None and self.trace.sections.get(source[0]) is None
        to_unit = is_passed and not all(is_exactly_zero(value_at(self.trace, *weight)) for weight in weights)
        return bool(weights) and not to_unit and all(map(self.stop_at_element, weights))

    def stop_between(self, source: Place, user: Place, item: Definition) -> bool:
        """Whether an element of a definition passes nothing back to another that it is made of without a weight."""
        if self.trace.symbolic or source[0] not in self.gradients:
            return self.stop_along(source[0], item)
        if user[0] not in {self.loss, *self.gradients}:
            return False
        to, at = self._gradient(source), "" if user[0] == self.loss else self._gradient(user)
        try:
            passed = [link for link in self._links.of(to) if (link.source or "") == at]
        except ArithmeticError:  # which element it reads hangs on a value that cannot be
            return False
        return self.stop_at_element(user) or all(is_exactly_zero(link.value) for link in passed)

    def _gradient(self, place: Place) -> str:
        key, index = place
        return self.trace.program.quantities[self.gradients[key]].element(index)

    @cached_property
    def _links(self) -> Links:
        return Links(self.trace)
