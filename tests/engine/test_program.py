"""What is worked out, in which order it is shown, and what it is called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bptrace import SpecError, Trace, loads
from bptrace.engine.plans import FORWARD, REVERSE
from tests.conftest import EVERY_NETWORK

DENSE = """
input: {x: [1, 2]}
weights: {w: [[1, 2], [3, -4]], b: [0, 1], v: [1, -1], c: 3}
target: {y: 1}
"""
COMPOUND = DENSE + "forward: {h: relu(w@x + b), yhat: v@h + c}\nloss: (yhat - y)^2"
ONE_LINE = DENSE + "loss: (v@relu(w@x + b) + c - y)^2"
COLUMNS = """
input: {x: [[1, 2], [3, 4]]}
weights: {w: [[1, 2, 3], [4, 5, 6]], b: [1, 2, 3]}
loss: sum(relu(x@w + b))
"""
CELLS = """
input: {x: 2}
weights: {u: 3, w: 1/2}
forward: {a: u*x, c: w*a, d: w*c, far: c*u}
loss: d^2 + far
"""
BROADCAST = """
input: {x: [1, -1]}
weights: {w: [[1, 2], [3, 4]], b: 5, c: [1, 2]}
forward: {z: w@x + b + c}
loss: z@z
"""
SCALARS = """
weights: {a: 1, b: -1, c: -2}
forward: {p: a*b, q: a*c, f: relu(p), g: relu(q)}
loss: f - g
"""
UNUSED = "input: {x: [3, 4]}\nweights: {w: 1, u: [1, 2]}\nforward: {dead: u@u + w, a: 'w*x[1]'}\nloss: a^2"


def traced(text: str, inputs: bool = False) -> Trace:
    return loads(text).trace(inputs=inputs)


def quantities(text: str, phase: str, inputs: bool = False) -> str:
    """The quantities of a phase in order; a bar between steps."""
    steps = [step for step in traced(text, inputs).steps if step.phase == phase]
    return " | ".join(" ".join(row.quantity for row in step) for step in steps)


# order


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (COMPOUND, "z_h1 z_h2 | h1 h2 | yhat | L"),
        (ONE_LINE, "z_L1 z_L2 | h_L1 h_L2 | z_L_2 | L"),
        (COLUMNS, "z_L11 z_L12 z_L13 z_L21 z_L22 z_L23 | L"),
        (CELLS, "a | c | d far | L"),
        (UNUSED, "dead a | L"),
        ("weights: {w: 2}\nloss: w", "L"),
    ],
)
def test_forward_goes_rank_by_rank(text: str, expected: str) -> None:
    assert quantities(text, "forward") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (COMPOUND, "z_h1 z_h2 | h1 h2 | yhat | L"),
        (CELLS, "a | c | d far | L"),
        (SCALARS, "p q | f g | L"),
        (
            "weights: {w: 1, u: 2}\nforward: {a: w^2, b: a^2, c: u^2, d: c^2, e: w*u}\nloss: b + d + e",
            "a | b | c | d | e | L",
        ),
    ],
)
def test_forward_goes_as_the_file_does(text: str, expected: str) -> None:
    assert quantities(text + "\norder: file", "forward") == expected


@pytest.mark.parametrize("path", EVERY_NETWORK)
def test_an_order_is_one_of_the_same_rows(path: Path) -> None:
    text = re.sub(r"^order: .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    networks = [loads(text), loads(f"{text}\norder: [file, weights-last]\n")]
    traces = [network.derived() if network.unvalued else network.trace() for network in networks]
    one, other = (trace.samples[0] if trace.samples else trace for trace in traces)
    assert sorted(row.texts() for row in one.rows()) == sorted(row.texts() for row in other.rows())
    forward, reverse = (
        list(dict.fromkeys(item.key for plan in other.program.plans if plan.phase == phase for item, _ in plan.part()))
        for phase in (FORWARD, REVERSE)
    )
    assert forward == [item.key for item in other.program.definitions[: len(forward)]]
    late = [key for key in reverse if other.sections.get(other.differentiated.get(key, "")) == "weights"]
    assert reverse[len(reverse) - len(late) :] == late


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("input: {X: [[1, 2], [3, 4]]}\nweights: {W: [[1, 2], [3, 4]]}\nloss: sum(X@W)", "11 12 21 22"),
        ("input: {X: [[1, 2]]}\nweights: {W: [[1, 2], [3, 4]]}\nloss: sum(X@W.T)", "11 12 21 22"),
        ("weights: {W: [[1, 2], [3, 4]]}\nloss: sum(W.T)", "11 12 21 22"),
        ("weights: {W: [[1, 2], [3, 4]]}\nloss: sum(W^2)", "11 12 21 22"),
    ],
)
def test_the_gradients_of_a_matrix_alone_go_row_by_row(text: str, rows: str) -> None:
    found = quantities(text + "\nupdate: {lr: 1}", "reverse").split()
    assert [name.removeprefix("dL/dW") for name in found if name.startswith("dL/dW")] == rows.split()
    assert quantities(text + "\nupdate: {lr: 1}", "update").split() == [f"W{row}_new" for row in rows.split()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (COMPOUND, "v1 v2 c w11 w12 b1 w21 w22 b2"),
        (COLUMNS, "w11 w21 b1 w12 w22 b2 w13 w23 b3"),
        (CELLS, "w u"),
        (BROADCAST, "w11 w12 c1 w21 w22 c2 b"),
        (UNUSED, "u1 u2 w"),
    ],
)
def test_updates_follow_the_gradients(text: str, expected: str) -> None:
    updated = quantities(text + "\nupdate: {lr: 0.1}", "update")
    assert updated == " ".join(f"{name}_new" for name in expected.split())


# names of elements


@pytest.mark.parametrize(
    ("givens", "names"),
    [
        ("{w: 1}", "w"),
        ("{w: [1, 2]}", "w1 w2"),
        ("{w: [[1, 2], [3, 4]]}", "w11 w12 w21 w22"),
        ("{w: [1]}", "w"),
        ("{w: [[1]]}", "w"),
        ("{w: [[1, 2]]}", "w11 w12"),
        ("{w1: [1, 2]}", "w1[1] w1[2]"),
        ("{W1: [[1, 2]]}", "W1[1,1] W1[1,2]"),
        ("{w1: [1]}", "w1"),
        ("{w: [1,2,3,4,5,6,7,8,9]}", "w1 w2 w3 w4 w5 w6 w7 w8 w9"),
        ("{w: [1,2,3,4,5,6,7,8,9,10]}", "w[1] w[2] w[3] w[4] w[5] w[6] w[7] w[8] w[9] w[10]"),
        ("{w: [1, 2], w1: 3}", "w[1] w[2] w1"),
        ("{w: [[1, 2]], w12: 3}", "w[1,1] w[1,2] w12"),
        ("{w: [[1, 2], [3, 4]], w1: [5, 6]}", "w11 w12 w21 w22 w1[1] w1[2]"),
    ],
)
def test_elements_are_named_so_that_no_two_read_alike(givens: str, names: str) -> None:
    text = f"weights: {givens}\nloss: 0"
    assert quantities(text, "reverse") == " ".join(f"dL/d{name}" for name in names.split())
    trace = traced(text)
    assert all(name in trace for name in names.split())


@pytest.mark.parametrize(
    "text",
    [
        "weights: {w: 3}\nforward: {w_new: w*2}\nloss: w_new^2",
        "weights: {w: 3, w_new: 5}\nloss: w*w_new",
        "weights: {w: [3, 4], w1_new: 5}\nloss: w@w*w1_new",
        "weights: {w: 3}\nloss: {w_new: w^2}",
    ],
)
def test_an_updated_weight_has_its_name_for_itself(text: str) -> None:
    loads(text)
    with pytest.raises(SpecError, match=r"'w1?_new' is reserved: the update makes names that end in _new"):
        loads(text + "\nupdate: {lr: 1}")


def test_an_update_needs_no_asking_for_the_gradients_of_the_weights() -> None:
    asked = traced("weights: {w: 2}\ninput: {x: 3}\nloss: w*x\ngradients: [input]\nupdate: {lr: 1}")
    assert asked["w_new"] == -1
