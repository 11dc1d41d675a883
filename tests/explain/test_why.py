"""Why a row is what it is: what it says, what it reads and where that comes from, and its paths if it is a gradient."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import Step, Trace, load, loads
from bptrace.explain.why import Reasons, reasons
from tests.conftest import NETWORKS, ROOT, traced


def trace_of(name: str) -> Trace:
    return load(ROOT / "networks" / f"{name}.yaml").trace(inputs=True)


def every_reason(trace: Trace) -> dict[str, Reasons]:
    """Every row's, by its name and, of a network with samples, its sample's number."""
    found = {}
    for place, quantity in enumerate(trace.quantities()):
        sample = trace.step_at(place).sample
        found[f"{quantity} in {sample}" if sample else quantity] = reasons(trace, place)
    return found


@pytest.mark.parametrize(
    ("name", "quantity", "reads"),
    [
        ("relu_2_2_1", "z2", ["w21 1 given", "x1 1 given", "w22 -1 given", "x2 2 given", "b2 0 given"]),
        ("relu_2_2_1", "ReLU'(z2)", ["z2 -1 step 1"]),
        ("relu_2_2_1", "dL/dyhat", ["yhat 2 step 3", "y 3 given"]),
        ("relu_2_2_1", "dL/dw11", ["dL/dz1 -2 step 7", "x1 1 given"]),
        ("relu_2_2_1", "dL/db1", ["dL/dz1 -2 step 7"]),
        ("recurrence", "s2", ["a 1/2 given", "s1 2 step 1", "b 2 given", "x2 -2 given"]),
        ("softmax_long_way", "dL/dp2", ["p2 ≈0.6037488961 step 2"]),
        ("softmax_long_way", "dL/dp1", []),
        ("xor_batch", "z1 in 1", ["w11 1 given", "x1 0 given", "w12 1 given", "x2 0 given", "b1 0 given"]),
        ("xor_batch", "dL/dw11 in 3", ["dL/dz1 1/2 step 23", "x1 1 given"]),
        ("xor_batch", "L", ["L(1) 1/16 step 4", "L(2) 1/16 step 12", "L(3) 1/16 step 20", "L(4) 1/16 step 28"]),
        (
            "xor_batch",
            "dL/dw11",
            ["dL/dw11(1) 0 step 7", "dL/dw11(2) 0 step 15", "dL/dw11(3) 1/2 step 23", "dL/dw11(4) 1/2 step 31"],
        ),
        ("xor_batch", "v1_new", ["v1 1 given", "lr 1/2 given", "dL/dv1 1/2 step 34"]),
    ],
)
def test_what_a_row_reads_and_where_that_comes_from(name: str, quantity: str, reads: list[str]) -> None:
    found = every_reason(trace_of(name))[quantity].reads
    assert [f"{name} {shown.text} {origin}" for name, shown, origin in found] == reads


def test_a_name_that_is_read_twice_is_one_value() -> None:
    trace = loads("weights: {w: 3}\nloss: w*w + w").trace()
    assert [read.name for read in reasons(trace, 0).reads] == ["w"]


def names_in(step: Step) -> set[str]:
    """What the step's rows are called, in their sample and in the batch."""
    names = {row.quantity for row in step}
    return names | {f"{name}({step.sample})" for name in names}


def test_what_comes_from_a_step_is_one_of_its_rows() -> None:
    trace = trace_of("xor_batch")
    for place in range(trace.count):
        for read in reasons(trace, place).reads:
            if read.origin != "given":
                step = trace.steps[int(read.origin.removeprefix("step ")) - 1]
                assert read.name in names_in(step)
                assert step.number <= trace.step_at(place).number


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_the_reasons_say_what_the_row_says(path: Path) -> None:
    trace = traced(path)
    for place, row in enumerate(trace.rows()):
        told = reasons(trace, place)
        assert (*told[:3], told.shown.text) == row.texts()
        assert list(told.notes) == row.notes


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        *[("relu_2_2_1", quantity) for quantity in ("z1", "L", "ReLU'(z1)")],
        *[("xor_batch", quantity) for quantity in ("h1 in 2", "L", "dL/dw11", "w11_new")],
        *[("adam", quantity) for quantity in ("yhat", "m_w1_new", "w1_new")],
    ],
)
def test_a_row_that_is_no_gradient_of_the_reverse_phase_has_no_paths(name: str, quantity: str) -> None:
    told = every_reason(trace_of(name))[quantity]
    assert (told.paths, told.path_count) == (None, None)


@pytest.mark.parametrize(
    ("quantity", "rule", "zero"),
    [
        ("dL/dw11 in 1", "2*(1/4-0)*1*0*0", "ReLU'(z1)"),
        ("dL/dw11 in 3", "2*(5/4-1)*1*1*1", ""),
    ],
)
def test_each_sample_has_its_own_paths(quantity: str, rule: str, zero: str) -> None:
    told = every_reason(trace_of("xor_batch"))[quantity]
    assert [(path.rule, path.zero) for path in told.paths or ()] == [(rule, zero)]
    assert told.path_count == 1


def test_products_print_as_the_trace_prints_its_rules() -> None:
    trace = load(ROOT / "networks" / "recurrence.yaml").trace("decimal").shortened(3)
    place = list(trace.quantities()).index("dL/da")
    assert [path.rule for path in reasons(trace, place).paths or ()] == [
        "2*(4.5-4)*… 2 more factors …*0",
        "2*(4.5-4)*0.5*2",
        "2*(4.5-4)*(-3)",
    ]


@pytest.mark.parametrize(
    ("quantity", "of_sample"),
    [("dL/dw11", "dL/dw11(3)"), ("dL/dw21", "dL/dw21(4)"), ("dL/dw11 in 3", ""), ("L", ""), ("w11_new", "")],
)
def test_a_gradient_of_a_batch_names_that_of_a_sample(quantity: str, of_sample: str) -> None:
    assert every_reason(trace_of("xor_batch"))[quantity].of_sample == of_sample
