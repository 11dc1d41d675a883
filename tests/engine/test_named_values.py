"""The values of a trace by name: elements and whole quantities, as in a dict, and the nearest name to a wrong one."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bptrace import Trace, load, loads
from bptrace.numbers.exact import NoValueError
from tests.conftest import NETWORKS, RELU


@pytest.fixture
def trace() -> Trace:
    return load(RELU).trace()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dL/dw11", -2),
        ("dL/dw", [[-2, -4], [0, 0]]),
        ("dL/dw", ((-2, -4), (0, 0))),
        ("dL/db", [-2, Fraction(0)]),
        ("dL/dc", -2),
        ("ReLU'(z2)", 0),
        ("ReLU'(z)", [1, 0]),
        ("z", [2, -1]),
        ("x2", 2),
        ("w", [[0, 1], [1, -1]]),
        ("w[1,2]", 1),
        ("dL/dw[1,2]", -4),
        ("L", 1),
    ],
)
def test_gives_values_by_name(trace: Trace, name: str, value: object) -> None:
    assert name in trace
    assert trace[name] == value


@pytest.mark.parametrize("name", ["", "q", "dL/dx", "dL/dx1", "dL/dw13", "dL/dL", "w[1,3]", "w11_new"])
def test_lacks_what_it_does_not_work_out(trace: Trace, name: str) -> None:
    assert name not in trace
    with pytest.raises(KeyError, match=f"there is no '{re.escape(name)}'"):
        trace[name]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("dL/dQ", "there is no 'dL/dQ'; did you mean 'dL/dz'?"),
        ("dL/dW12", "there is no 'dL/dW12'; did you mean 'dL/dw12'?"),
        (
            "loss",
            "there is no 'loss'; there are L, ReLU'(z), b, c, dL/db, dL/dc and 12 more",
        ),
        (1, "1 is not the name of a quantity, which is a text"),
    ],
)
def test_a_name_that_it_lacks_gets_the_nearest_that_there_is(trace: Trace, name: Any, told: str) -> None:
    with pytest.raises(KeyError) as problem:
        trace[name]
    assert problem.value.args == (told,)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_it_is_a_mapping_of_whole_quantities(path: Path) -> None:
    trace = load(path).trace()
    found = dict(trace)
    assert list(found) == list(trace) == list(trace.keys()) == list(trace.program.quantities)
    assert found == dict(trace.items())
    assert (len(found), trace.program.loss in found) == (len(trace), True)
    assert all(name in trace and trace[name] == value for name, value in found.items())


def test_over_symbols_its_items_have_no_values() -> None:
    trace = loads("weights: {w: 1}\nloss: w^2").derived()
    assert list(trace.keys()) == ["w", "L", "dL/dw"]
    with pytest.raises(NoValueError, match="L has no value"):
        dict(trace)


def test_a_name_that_is_not_there_has_a_default(trace: Trace) -> None:
    assert (trace.get("dL/dw12"), trace.get("nope"), trace.get("nope", 3)) == (-4, None, 3)
