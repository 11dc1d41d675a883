"""What nodes and edges carry, read from the values of a trace."""

from __future__ import annotations

from bptrace.engine.trace import Trace
from bptrace.graph.graph import Carried, Content
from bptrace.numbers.arrays import Index, Value, at
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import UNKNOWN, Unknown


def carried_whole(trace: Trace, key: str, content: Content) -> Carried:
    """A whole quantity."""
    gradient = trace.program.gradients.get(key, "")
    value = _known(trace.values[key]) if content.values else None
    flowing = _known(trace.values[gradient]) if content.gradients and gradient else None
    return Carried(key, trace.program.quantities[key].shape, value, gradient, flowing)


def carried_element(trace: Trace, key: str, index: Index, content: Content) -> Carried:
    """One element of a quantity."""
    gradient = trace.program.gradients.get(key, "")
    called = trace.program.quantities[gradient].element(index) if gradient else ""
    value = _known(value_at(trace, key, index)) if content.values else None
    flowing = _known(value_at(trace, gradient, index)) if content.gradients and gradient else None
    return Carried(trace.program.quantities[key].element(index), (), value, called, flowing)


def value_at(trace: Trace, key: str, index: Index) -> Scalar:
    """The value of an element; UNKNOWN over symbols."""
    value = trace.values[key]
    return value if isinstance(value, Unknown) else at(value, index)


def _known(value: Value) -> Value | None:
    return None if value is UNKNOWN else value
