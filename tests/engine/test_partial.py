"""What is worked out where some value does not exist: all but that element and what needs it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from bptrace import SpecError, Trace, loads

ROOT = "weights: {w: [3, 0], b: 1}\nforward: {z: 2*w, h: sqrt(z)}\nloss: (h[1] + 2*h[2] + b)^2"
REASONS = {
    "a slope without bound": (ROOT, "dL/dz2: division by zero|dL/dw2 without dL/dz2"),
    "a root of another order": ("weights: {x: 0, y: 2}\nloss: x^(1/3)*y", "dL/dx: division by zero"),
    "a value": (
        "weights: {x: [0, 1], y: 2}\nforward: {z: log(x)}\nloss: sum(z) + y^2",
        "z1: log of 0|L without z1|dL/dx1: division by zero",
    ),
    "a factor": (
        "weights: {x: 0, y: 2}\nforward: {z: log(x)}\nloss: z*y",
        "z: log of 0|L without z|dL/dx: division by zero|dL/dy without z",
    ),
    "of a condition": (
        "weights: {x: 0, y: 2}\nforward: {z: 1/x, h: relu(z)}\nloss: h + y",
        "z: division by zero|h without z|L without h|ReLU'(z) without z|dL/dz without ReLU'(z)|dL/dx without dL/dz",
    ),
    "of what is looked for": (
        'weights: {x: [0, 1, 4], y: 2}\nforward: {z: 1/x, m: "max_pool(z, 1, 1)"}\nloss: sum(m)*y',
        "z1: division by zero|k1 without z1|m1 without z1|z_L without m1|L without z_L|dL/dz1 without k1|"
        "dL/dx1 without dL/dz1|dL/dy without z_L",
    ),
    "an update": (
        "weights: {x: 0, y: 2}\nloss: sqrt(x) + y^2\nupdate: {rule: sgd, lr: 1/2, momentum: 1/2}",
        "dL/dx: division by zero|v_x_new without dL/dx|x_new without v_x_new",
    ),
    "a class": (
        "weights: {z: [1, 2], y: 2}\nloss: y*nll(z, 3)",
        "|".join(f"{name}: the target 3 is no class number from 1 to 2" for name in ("L", "dL/dz1", "dL/dz2", "dL/dy")),
    ),
    "a real one": ("weights: {x: [0, 1], y: 2}\nloss: exp(sqrt(x[1])) + exp(x[2])*y", "dL/dx1: division by zero"),
}
"""A network, and what is said of each of its values that is missing."""


def partial(text: str) -> Trace:
    """The trace of a network that lacks a value, every row made and checked."""
    trace = loads(text, "net.yaml").trace(partial=True)
    trace.audit()
    return trace


def told(trace: Trace) -> str:
    """What is missing from a trace, and why."""
    return "|".join(name + why.removeprefix("none") for name, why in trace.missing.items())


@pytest.mark.parametrize(("text", "missing"), REASONS.values(), ids=REASONS)
def test_only_what_needs_a_value_that_does_not_exist_is_missing(text: str, missing: str) -> None:
    assert told(partial(text)) == missing


def test_the_rule_of_a_missing_element_has_what_is_taken_elsewhere_in_it() -> None:
    trace = partial("weights: {p: 0, x: [0]}\nloss: 3*p*log(p) + p*norm(x)")
    row = next(row for row in trace.rows() if row.quantity == "dL/dp")
    assert row.rule == "3*log(0) + 3*0*0 + 0"


def test_the_other_rows_have_their_values() -> None:
    trace = partial("weights: {w: [4, 0], b: 1}\nforward: {h: sqrt(w)}\nloss: (h[1] + h[2] + b)^2")
    there = {row.quantity: row.value for row in trace.rows() if not row.missing}
    assert there == {"h1": 2, "h2": 0, "L": 9, "dL/db": 6, "dL/dh1": 6, "dL/dh2": 6, "dL/dw1": Fraction(3, 2)}


def test_a_sample_that_lacks_a_value_leaves_the_others_theirs() -> None:
    text = "samples: [{input: {x: 1}}, {input: {x: 0}}]\nweights: {w: 2, b: 1}\nloss: sqrt(w*x) + b"
    trace = partial(text)
    assert told(trace) == "dL/dw without dL/dw(2)"
    assert [told(sample) for sample in trace.samples] == ["", "dL/dw: division by zero"]
    assert trace.problem
    assert trace.problem.message == "sample 2: division by zero in dL/dw"
    assert trace["dL/db"] == 1


def test_whoever_asks_for_a_missing_value_is_told_why() -> None:
    trace = partial(ROOT)
    with pytest.raises(
        SpecError, match=r"^error: dL/dz2 does not exist: division by zero\n   Trace.missing says of each value why$"
    ):
        trace["dL/dz2"]
    with pytest.raises(SpecError, match=r"^error: dL/dw2 does not exist without dL/dz2\n"):
        trace["dL/dw2"]
    assert trace.text("dL/db") == "≈6.898979486"
    assert trace.text("dL/dw").endswith(", none]")


def test_without_being_asked_for_it_there_is_no_partial_trace() -> None:
    with pytest.raises(SpecError, match="division by zero in dL/dz2"):
        loads(ROOT).trace()
    assert loads(ROOT.replace("[3, 0]", "[3, 1]")).trace(partial=True).problem is None


@pytest.mark.parametrize("write", [Trace.to_json, Trace.to_csv, Trace.to_markdown, Trace.to_latex])
def test_what_others_read_is_whole(write: Callable[[Trace], str]) -> None:
    with pytest.raises(SpecError, match="dL/dz2"):
        write(partial(ROOT))


def test_where_another_value_grows_too_long_there_is_the_complaint_alone() -> None:
    text = "weights: {a: 0, b: 10}\nforward: {z: 1/a, c: b^1000, d: c^1000, e: d^1000}\nloss: z + e"
    with pytest.raises(SpecError, match="division by zero in z"):
        loads(text).trace(partial=True)
