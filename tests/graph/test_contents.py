"""What nodes carry: values and gradients where they are asked for and exist."""

from __future__ import annotations

from bptrace import loads
from bptrace.graph.contents import carried_element, carried_whole, value_at
from bptrace.graph.graph import Content
from bptrace.numbers.exact import UNKNOWN, Missing
from tests.conftest import RELU, derived_of, traced

ALL = Content(values=True, gradients=True)


def test_a_whole_quantity_and_an_element_of_it() -> None:
    trace = traced(RELU)
    assert carried_whole(trace, "z", ALL)[:2] + carried_whole(trace, "z", ALL)[3:4] == ("z", (2,), "dL/dz")
    assert carried_element(trace, "w", (0, 1), ALL) == ("w12", (), 1, "dL/dw12", -4)
    assert carried_element(trace, "w", (0, 1), Content()) == ("w12", (), None, "dL/dw12", None)
    assert carried_element(trace, "x", (0,), ALL) == ("x1", (), 1, "", None)


def test_over_symbols_only_givens_have_values() -> None:
    trace = derived_of(RELU)
    assert value_at(trace, "dL/dw", (0, 0)) is UNKNOWN
    assert carried_element(trace, "w", (0, 0), ALL) == ("w11", (), 0, "dL/dw11", None)


def test_a_value_that_does_not_exist_is_said_to() -> None:
    trace = loads("weights: {w: 0}\nforward: {a: w + 1}\nloss: sqrt(w)*a").trace(partial=True)
    missing = carried_element(trace, "w", (), ALL).gradient_value
    assert isinstance(missing, Missing)
    assert missing.text == "none: division by zero"
