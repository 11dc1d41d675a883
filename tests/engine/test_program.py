"""What is worked out, in which order it is shown, and what it is called."""

from __future__ import annotations

import pytest

from bptrace import SpecError, Trace, loads

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
