"""The working in words: every kind of rule has a sentence for one row, and most have one for several."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, reject

from bptrace import Network, SpecError, Step, Trace, load, loads
from bptrace.engine.plans import UNIT
from bptrace.engine.sentence_parts import plain
from bptrace.errors import Source
from bptrace.explain.kinds import KINDS, kind_of
from bptrace.explain.sentences import SENTENCES, phase_sentences, row_sentence, step_rules, step_words
from bptrace.stepping.cursor import place_of
from tests.conftest import NETWORKS, ROOT
from tests.readers.words import check_words
from tests.strategies import examples, networks, real_networks

LAYERS = """
input: {x: [1, 2]}
weights: {w: [[1, 1], [-1, -1]], u: [[1, 0], [1, 1]]}
forward: {z: w@x, q: u@x, h: relu(z), g: relu(q)}
loss: sum(h)*sum(g)
"""
MADE = {
    "copies": "weights: {w: [1, 2]}\nforward: {u: identity(w), v: u.T}\nloss: sum(v)^2",
    "products": "weights: {w: [1, 2], v: [3, 4]}\nforward: {u: w*v}\nloss: sum(u)",
    "apart": "input: {x: [1, 2]}\nweights: {w: [3, 4], c: 5}\nloss: (w[1] - x[1])^2",
    "gates": "weights: {w: [-1, -2]}\nforward: {h: relu(w)}\nloss: sum(h)",
    "blocked": "weights: {a: 0, b: 2, c: 3}\nforward: {h: a*b, g: h*c}\nloss: (g - 0)^2",
    "slopes": "weights: {w: [0, 1]}\nforward: {h: sigmoid(w)}\nloss: sum(h)^2",
    "square": "weights: {w: 3}\nforward: {u: w*w}\nloss: u^2",
    "chain": "weights: {w: 3}\nforward: {u: 1/w}\nloss: u^2",
    "chains": "weights: {w: [2, 4]}\nforward: {u: 1/w}\nloss: sum(u)",
    "pool": 'weights: {a: [3, 1]}\nforward: {m: "max_pool(a, 2)"}\nloss: sum(m)',
    "class": "weights: {z: [-1, -2]}\ntarget: {y: 2}\nloss: nll(z, y)",
    "small": "input: {x: 40}\nweights: {w: 0.3, k: -1}\nforward: {h: sigmoid(k*x)}\nloss: h + h*w\nupdate: {lr: 1}",
    "two layers": LAYERS,
    "also elsewhere": (
        "input: {x: [1, 2]}\nweights: {w: [[1, 1], [-1, -1]], b: [1, 1], v: [1, 1]}\ntarget: {y: 1}\n"
        "forward: {z: w@x + b, h: relu(z), yhat: v@h + sum(b^2)}\nloss: (yhat - y)^2"
    ),
    "zero chain": (
        "input: {x: 1}\nweights: {w: 1, b: 0}\ntarget: {y: 1}\nforward: {z: w*x+b, h: relu(z)}\nloss: (h-y)^2"
    ),
    "clipped": "weights: {a: 3, b: 4}\nloss: a^2 + b^2\nupdate: {lr: 1, clip_norm: 1}",
    "scaled": "input: {x: 2}\nweights: {w: [3, 4]}\nforward: {u: w*x}\nloss: sum(u)",
    "unused": "weights: {w: [1, 2], c: 2}\nloss: c",
    "roots": "weights: {w: [0, 0, 1]}\nforward: {z: sqrt(w), y: z*w}\nloss: sum(y) + log(w[1])",
    "cancelled": (
        "input: {x: [1]}\nweights: {w: [[1], [-9], [1]], b: [1, 1, 1], v: [1, 1, -1]}\n"
        "forward: {z: w@x + b + sum(b), h: relu(z)}\nloss: (v@h - 1)^2"
    ),
    "wide": f"input: {{x: {list(range(1, 201))}}}\nweights: {{w: {[0] * 200}}}\nforward: {{z: w@x}}\nloss: z^2",
    "long": f"weights: {{w: {list(range(1, 201))}, v: {[0] * 200}}}\nloss: w@v",
}


def network(name: str) -> Network:
    return loads(MADE[name]) if name in MADE else load(ROOT / "networks" / f"{name}.yaml")


ROWS = [
    ("relu_2_2_1", "L", "the loss", "The loss L is (yhat-y)^2: (2-3)^2 = 1."),
    ("relu_2_2_1", "h2", "an activation", "relu takes z2 = -1 to h2: max(0,-1) = 0."),
    (
        "relu_2_2_1",
        "z1",
        "inputs times weights",
        "z1 adds up x1 and x2, each times its weight, and the bias b1: 0*1 + 1*2 + 0 = 2.",
    ),
    ("skip_connection", "z0", "an input times its weight", "z0 is x times its weight: (3/2)*2 = 3."),
    ("skip_connection", "yhat", "a copy", "yhat is z2 = 3/2, unchanged."),
    ("expression_graph", "e", "a formula", "e is a + b: -4 + 2 = -2."),
    ("pool", "dL/da2", "no path", "As the numbers are, L does not change with a2, so dL/da2 is exactly 0."),
    ("class", "dL/dz2", "a slope that is a number", "L changes with z2 by -1, as the numbers are."),
    (
        "small",
        "k_new",
        "a step of the update",
        "The update moves k from -1 to ≈ -1.000000000: -1 - 1*2.209144213e-16 ≈ -1.000000000.",
    ),
    ("apart", "dL/dc", "no path", "L does not change with c, so dL/dc is exactly 0."),
    ("gates", "dL/dh1", "a slope that is a number", "L changes with h1 by 1, whatever the numbers."),
    ("relu_2_2_1", "ReLU'(z1)", "the slope of a gate", "z1=2>0, so ReLU'(z1) = 1: the gradient passes."),
    ("relu_2_2_1", "ReLU'(z2)", "the slope of a gate", "z2=-1<=0, so ReLU'(z2) = 0: the gradient stops here."),
    (
        "slopes",
        "sigmoid'(w1)",
        "the slope of an activation",
        "The slope of sigmoid at w1 = 0 is sigmoid'(w1): (1/2)*(1-1/2) = 1/4.",
    ),
    ("relu_2_2_1", "dL/dyhat", "the slope of the loss", "L changes with yhat by 2*(yhat-y): 2*(2-3) = -2."),
    ("relu_2_2_1", "dL/dw21", "an upstream gradient of 0", "dL/dz2 = 0, so dL/dw21 is exactly 0."),
    (
        "relu_2_2_1",
        "dL/db1",
        "the upstream gradient, passed on",
        "b1 enters with a factor of 1, so dL/db1 is dL/dz1 = -2.",
    ),
    (
        "relu_2_2_1",
        "dL/dz1",
        "the upstream gradient times a slope",
        "dL/dh1 = -2; times the slope ReLU'(z1) = 1 gives dL/dz1 = -2.",
    ),
    (
        "relu_2_2_1",
        "dL/dw12",
        "the upstream gradient times what stands beside it",
        "dL/dz1 = -2; times x2 = 2 gives dL/dw12 = -4.",
    ),
    (
        "skip_connection",
        "dL/dh0",
        "a sum over paths",
        "h0 leads on to z1 and z2, so dL/dh0 is a sum of 2 terms: 0*(-1) + (1/2)*(1/2) = 1/4.",
    ),
    (
        "xor",
        "dL/dc",
        "a sum over the places where a weight is used",
        "c leads on to yhat1, yhat2, yhat3 and yhat4, so dL/dc is a sum of 4 terms: 1/8 + 1/8 + 1/8 + 1/8 = 1/2.",
    ),
    (
        "expression_graph",
        "dg_total/df",
        "a sum over paths",
        "f leads on to g and g_total, so dg_total/df is a sum of 2 terms: 1*(1/2) + (-10/(-2)^2) = -2.",
    ),
    ("chain", "dL/dw", "the chain rule", "dL/dw is dL/du*(-1/w^2): (2/3)*(-1/3^2) = -2/27."),
    (
        "xor_batch",
        "dL/dw11",
        "what all samples come to",
        "The mean over 4 samples is dL/dw11: (0 + 0 + 1/2 + 1/2)/4 = 1/4.",
    ),
    (
        "xor_batch",
        "dL/dw11(3)",
        "the upstream gradient times what stands beside it",
        "dL/dz1 = 1/2; times x1 = 1 gives dL/dw11 = 1/2.",
    ),
    ("roots", "L", "what does not exist", "L does not exist: log of 0."),
    ("roots", "dL/dw2", "what does not exist", "dL/dw2 does not exist: division by zero."),
    ("tie_at_zero", "w21_new", "no step", "w21 stays 1: 1 - (1/10)*0 = 1."),
    (
        "tie_at_zero",
        "w11_new",
        "a step of the update",
        "The update moves w11 from 2 to 21/10: 2 - (1/10)*(-1) = 21/10.",
    ),
    ("adam", "t_new", "a part of the update", "t_new is t + 1: 0 + 1 = 1."),
]


@pytest.mark.parametrize(("name", "quantity", "kind", "sentence"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_a_row_has_a_sentence_by_its_kind(name: str, quantity: str, kind: str, sentence: str) -> None:
    trace = network(name).trace(partial=True)
    place = place_of(trace, Source("test", quantity))
    assert (kind_at(trace, place), row_text(trace, place)) == (kind, sentence)


def row_text(trace: Trace, place: int) -> str:
    return plain(row_sentence(trace, place), trace.of(trace.step_at(place)).notation)


def step_texts(trace: Trace, step: Step, brief: bool = False) -> list[str]:
    return [plain(sentence, trace.of(step).notation) for sentence in step_words(trace, step, brief).sentences]


def kind_at(trace: Trace, place: int) -> str:
    step = trace.step_at(place)
    rules = [rule for rule, _ in step_rules(trace.of(step), step)]
    return kind_of(rules[place - trace.starts[step.number - 1]], step.phase).name


LONG = (
    "The loss L is w[1]*v[1] + w[2]*v[2] + w[3]*v[3] + … 196 more terms … + w[200]*v[200]: "
    "1*0 + 2*0 + 3*0 + … 196 more terms … + 200*0 = 0."
)
STEPS = [
    ("relu_2_2_1", 1, ["Inputs times weights, plus a bias each, add up to z1 = 2 and z2 = -1."]),
    ("relu_2_2_1", 2, ["relu takes z1 = 2 and z2 = -1 to h1 = 2 and h2 = 0."]),
    (
        "relu_2_2_1",
        5,
        [
            "L changes with yhat by 2*(yhat-y): 2*(2-3) = -2.",
            "dL/dyhat = -2; times h1 = 2 and h2 = 0 gives dL/dv1 = -4 and dL/dv2 = 0.",
        ],
    ),
    (
        "relu_2_2_1",
        7,
        [
            "dL/dz1 = -2; times x1 = 1 and x2 = 2 gives dL/dw11 = -2 and dL/dw12 = -4.",
            "dL/dz2 = 0, so every weight and bias gradient of the second unit is exactly 0.",
        ],
    ),
    (
        "tie_at_zero",
        7,
        [
            "dL/dz1 = -1; times x1 = 1 and x2 = 1 gives dL/dw11 = -1 and dL/dw12 = -1.",
            "dL/dz2 = 0 and dL/dz3 = 0, so every weight and bias gradient of the second unit and the third unit "
            "is exactly 0.",
        ],
    ),
    ("two_outputs", 1, ["Inputs times weights add up to z1 = -1 and z2 = 4."]),
    (
        "two_outputs",
        8,
        ["h1 leads on to u1 and u2, and likewise the others; the sums give dL/dh1 = 101/50 and dL/dh2 = 201/200."],
    ),
    ("copies", 1, ["u1 = 1 and u2 = 2 are w1 = 1 and w2 = 2, unchanged."]),
    ("copies", 6, ["v1 and v2 enter with a factor of 1, so dL/dv1 = 6 and dL/dv2 = 6."]),
    ("scaled", 1, ["Inputs times weights give u1 = 6 and u2 = 8."]),
    (
        "slopes",
        5,
        [
            "The slopes of sigmoid at w1 = 0 and w2 = 1 are sigmoid'(w1) = 1/4 and sigmoid'(w2) ≈ 0.1966119332.",
            "dL/dh1 ≈ 2.462117157 and dL/dh2 ≈ 2.462117157; times the slopes sigmoid'(w1) = 1/4 and "
            "sigmoid'(w2) ≈ 0.1966119332 give dL/dw1 ≈ 0.6155292893 and dL/dw2 ≈ 0.4840816142.",
        ],
    ),
    ("products", 1, ["u1 is w1*v1, and so on: u1 = 3 and u2 = 8."]),
    (
        "two layers",
        7,
        [
            "dL/dz1 = 4; times x1 = 1 and x2 = 2 gives dL/dw11 = 4 and dL/dw12 = 8.",
            "dL/dz2 = 0, so dL/dw21 and dL/dw22 are exactly 0.",
        ],
    ),
    (
        "zero chain",
        5,
        ["z=1>0, so ReLU'(z) = 1: the gradient passes.", "dL/dh = 0, so dL/dz, dL/dw and dL/db are exactly 0."],
    ),
    (
        "also elsewhere",
        7,
        [
            "dL/dz1 = 10; times x1 = 1 and x2 = 2 gives dL/dw11 = 10 and dL/dw12 = 20.",
            "b1 leads on to z1 and yhat, and likewise the others; the sums give dL/db1 = 30 and dL/db2 = 20.",
        ],
    ),
    (
        "clipped",
        3,
        [
            "gradient_norm is sqrt((dL/da)^2+(dL/db)^2): sqrt(6^2+8^2) = 10.",
            "clip_scale is clip_norm/max(gradient_norm,clip_norm): 1/max(10,1) = 1/10.",
        ],
    ),
    (
        "unused",
        1,
        ["The loss L is c = 2."],
    ),
    (
        "unused",
        2,
        [
            "L changes with c by 1, whatever the numbers.",
            "L does not change with w1 and w2, so these gradients are exactly 0.",
        ],
    ),
    (
        "gates",
        3,
        [
            "L changes with h1 and h2 by 1 each, whatever the numbers.",
            "dL/dh1 = 1 and dL/dh2 = 1; times the slopes ReLU'(w1) = 0 and ReLU'(w2) = 0 "
            "give dL/dw1 = 0 and dL/dw2 = 0.",
        ],
    ),
    (
        "chains",
        3,
        [
            "L changes with u1 and u2 by 1 each, whatever the numbers.",
            "dL/dw1 is dL/du1*(-1/w1^2), and so on: dL/dw1 = -1/4 and dL/dw2 = -1/16.",
        ],
    ),
    (
        "two_outputs",
        6,
        ["The chain begins at the loss, which changes with yhat1 and yhat2: dL/dyhat1 = 2 and dL/dyhat2 = -1/5."],
    ),
    ("long", 1, [LONG]),
    ("xor_batch", 30, ["The mean over 4 samples gives dL/dv1 = 1/2, dL/dv2 = 1/8, dL/dc = 1/2 and 6 more."]),
    (
        "tie_at_zero",
        8,
        [
            "The update moves v1 from 1 to 13/10, w11 from 2 to 21/10, w12 from 1 to 11/10 and b1 from 0 to 1/10: "
            "1 - (1/10)*(-3) = 13/10, and so on.",
            "v2, v3, w21 and 5 more stay as they are.",
        ],
    ),
    (
        "roots",
        5,
        [
            "dL/dw1 and dL/dw2 do not exist: division by zero.",
            "w3 leads on to z3 and y3, so dL/dw3 is a sum of 2 terms: 1/(2*1) + 1*1 = 3/2.",
        ],
    ),
    (
        "adam",
        5,
        ["m_w1_new is beta1*m_w1 + (1-beta1)*dL/dw1, and so on: m_w1_new = -0.2, m_w2_new = -0.4 and m_b_new = -0.2."],
    ),
]


@pytest.mark.parametrize(("name", "number", "written"), STEPS, ids=[f"{step[0]} {step[1]}" for step in STEPS])
def test_a_step_in_brief_has_the_sentences_that_say_most(name: str, number: int, written: list[str]) -> None:
    trace = network(name).trace(partial=True).shortened(4)
    assert step_texts(trace, trace.steps[number - 1], brief=True) == written


WEIGHTS = "Each weight gradient is the upstream gradient times the input that feeds the weight."
BIASES = f"{WEIGHTS} A bias is a weight whose input is 1."
SEVERAL = "A weight that is used several times gets a gradient from each use, and they add up."
WHOLE = [
    (
        "relu_2_2_1",
        5,
        [
            BIASES,
            "L changes with yhat by 2*(yhat-y): 2*(2-3) = -2.",
            "dL/dyhat = -2; times h1 = 2 and h2 = 0 gives dL/dv1 = -4 and dL/dv2 = 0.",
            "c enters with a factor of 1, so dL/dc is dL/dyhat = -2.",
        ],
    ),
    (
        "relu_2_2_1",
        7,
        [
            BIASES,
            "z1=2>0, so ReLU'(z1) = 1: the gradient passes. z2=-1<=0, so ReLU'(z2) = 0: the gradient stops here.",
            "dL/dh1 = -2 and dL/dh2 = -2; times the slopes ReLU'(z1) = 1 and ReLU'(z2) = 0 "
            "give dL/dz1 = -2 and dL/dz2 = 0.",
            "dL/dz1 = -2; times x1 = 1 and x2 = 2 gives dL/dw11 = -2 and dL/dw12 = -4.",
            "b1 enters with a factor of 1, so dL/db1 is dL/dz1 = -2.",
            "dL/dz2 = 0, so every weight and bias gradient of the second unit is exactly 0.",
        ],
    ),
    (
        "linear_2_2_2_1",
        7,
        [
            WEIGHTS,
            "dL/dy1 is a sum of 2 terms: 10*1 through z1 and -10*(-1) through z2, in all 20.",
            "dL/dy2 is a sum of 2 terms: 10*1 through z1 and -10*0 through z2, in all 10.",
            "dL/dy1 = 20; times x1 = 1 and x2 = -1 gives dL/dw111 = 20 and dL/dw121 = -20.",
            "dL/dy2 = 10; times x1 = 1 and x2 = -1 gives dL/dw112 = 10 and dL/dw122 = -10.",
        ],
    ),
    (
        "xor",
        6,
        [
            "Back through a weight, the gradient is multiplied by the weight.",
            "dL/dyhat1 = 1/8; times v1 = 1 and v2 = -2 gives dL/dh11 = 1/8 and dL/dh12 = -1/4.",
            "dL/dyhat2 = 1/8; times v1 = 1 and v2 = -2 gives dL/dh21 = 1/8 and dL/dh22 = -1/4.",
            "Likewise dL/dh31 = 1/8, dL/dh32 = -1/4, dL/dh41 = 1/8 and dL/dh42 = -1/4.",
        ],
    ),
    (
        "attention",
        8,
        [
            "What acts on the loss in several ways gets a gradient from each, and they add up.",
            "dL/dP11 is a sum of 2 terms: 1*2 through A11 and -1.912063308*2 through A12, in all ≈ -1.824126615.",
            "Likewise dL/dP12 ≈ 3.912063308, dL/dP21 ≈ 3.959842894 and dL/dP22 ≈ -1.979921447.",
        ],
    ),
    (
        "expression_graph",
        6,
        [
            "What acts on the loss in several ways gets a gradient from each, and they add up.",
            "dg_total/df is a sum of 2 terms: 1*(1/2) through g and -10/(-2)^2 directly, in all -2.",
        ],
    ),
    (
        "square",
        3,
        [
            SEVERAL,
            "L changes with u by 2*u: 2*9 = 18.",
            "w leads on to u, so dL/dw is a sum of 2 terms: 18*3 + 18*3 = 108.",
        ],
    ),
    (
        "momentum",
        5,
        [
            "Each weight is updated by the same rule: w1 - lr*v_w1_new.",
            "w1 moves from 1 to 13/10: 1 - (1/10)*(-3) = 13/10.",
            "w2 moves from -1 to -2/5: -1 - (1/10)*(-6) = -2/5.",
            "b moves from 1/2 to 4/5: 1/2 - (1/10)*(-3) = 4/5.",
        ],
    ),
    (
        "tie_at_zero",
        8,
        [
            "Each weight is updated by the same rule: v1 - lr*dL/dv1.",
            "The update moves v1 from 1 to 13/10, w11 from 2 to 21/10, w12 from 1 to 11/10 and b1 from 0 to 1/10: "
            "1 - (1/10)*(-3) = 13/10, and so on.",
            "v2, v3, w21 and 5 more stay as they are.",
        ],
    ),
    (
        "roots",
        5,
        [
            SEVERAL,
            "dL/dy1 = 1; times w1 = 0 gives dL/dz1 = 0.",
            "dL/dy2 = 1; times w2 = 0 gives dL/dz2 = 0.",
            "dL/dy3 = 1; times w3 = 1 gives dL/dz3 = 1.",
            "dL/dw1 and dL/dw2 do not exist: division by zero.",
            "dL/dw3 is a sum of 2 terms: 1/(2*1) through z3 and 1*1 through y3, in all 3/2.",
        ],
    ),
    ("roots", 3, ["L does not exist: log of 0."]),
    (
        "cancelled",
        7,
        [
            SEVERAL,
            "z1=5>0, so ReLU'(z1) = 1: the gradient passes. z2=-5<=0, so ReLU'(z2) = 0: the gradient stops here. "
            "z3=5>0, so ReLU'(z3) = 1: the gradient passes.",
            "dL/dh1 = -2, dL/dh2 = -2 and dL/dh3 = 2; times the slopes ReLU'(z1) = 1, ReLU'(z2) = 0 and "
            "ReLU'(z3) = 1 give dL/dz1 = -2, dL/dz2 = 0 and dL/dz3 = 2.",
            "dL/dz1 = -2; times x = 1 gives dL/dw11 = -2.",
            "dL/dz3 = 2; times x = 1 gives dL/dw31 = 2.",
            "b1 leads on to z1, z2 and z3, so dL/db1 is a sum of 4 terms: -2 + (-2) + 0 + 2 = -2.",
            "b2 leads on to z2, z1 and z3, so dL/db2 is a sum of 4 terms: 0 + (-2) + 0 + 2 = 0.",
            "b3 leads on to z3, z1 and z2, so dL/db3 is a sum of 4 terms: 2 + (-2) + 0 + 2 = 2.",
            "dL/dz2 = 0, so dL/dw21 is exactly 0.",
        ],
    ),
    (
        "wide",
        3,
        [
            WEIGHTS,
            "L changes with z by 2*z: 2*0 = 0.",
            "dL/dz = 0, so dL/dw[1], dL/dw[2], dL/dw[3] and more are exactly 0.",
            "194 more rows go by the same rules.",
        ],
    ),
]


@pytest.mark.parametrize(("name", "number", "written"), WHOLE, ids=[f"{step[0]} {step[1]}" for step in WHOLE])
def test_a_step_told_whole_has_its_rule_in_general_and_every_kind_of_rule(
    name: str, number: int, written: list[str]
) -> None:
    trace = network(name).trace(partial=True).shortened(4)
    assert step_texts(trace, trace.steps[number - 1]) == written


def test_a_phase_tells_of_each_step_and_where_gradients_stop() -> None:
    trace = network("relu_2_2_1").trace()
    told = [plain(sentence, trace.notation) for sentence in phase_sentences(trace, trace.steps[4:])]
    assert told == [
        "L changes with yhat by 2*(yhat-y): 2*(2-3) = -2.",
        "dL/dyhat = -2; times h1 = 2 and h2 = 0 gives dL/dv1 = -4 and dL/dv2 = 0.",
        "dL/dyhat = -2; times v1 = 1 and v2 = 1 gives dL/dh1 = -2 and dL/dh2 = -2.",
        "ReLU lets the gradient pass at z1 = 2 and stops it at z2 = -1.",
        "dL/dz1 = -2; times x1 = 1 and x2 = 2 gives dL/dw11 = -2 and dL/dw12 = -4.",
        "dL/dz2 = 0, so every weight and bias gradient of the second unit is exactly 0.",
    ]
    assert len(phase_sentences(trace, trace.steps[4:], brief=True)) == 2


def test_of_a_phase_of_many_steps_the_rest_is_counted() -> None:
    chain = "\n".join(f"  u{place + 1}: 2*u{place}" for place in range(1, 31))
    trace = loads(f"weights: {{w: 1}}\nforward:\n  u1: 2*w\n{chain}\nloss: u31^2").trace()
    told = phase_sentences(trace, trace.steps[:32])
    assert (len(told), plain(told[-1])) == (13, "20 more steps are not told of here.")


def test_every_kind_has_a_row_here() -> None:
    assert {kind for _, _, kind, _ in ROWS} == {kind.name for kind in KINDS}


def test_a_weight_that_moves_less_than_is_shown_is_not_said_to_stand_still() -> None:
    first = network("small")
    trace = first.stepped(first.trace()).trace()
    place = place_of(trace, Source("test", "w_new"))
    assert kind_at(trace, place) == "no step"
    assert row_text(trace, place).startswith("w stays ≈0.3000000000 in the digits shown: ")


def check(trace: Trace) -> None:
    """Every row's sentence gives its name and its value, every step in brief has one or two; all are true."""
    for place, row in enumerate(trace.rows()):
        sentence = row_text(trace, place)
        value = trace.notation.short(row.scalar).digits
        assert sentence.endswith(".")
        assert row.quantity.removesuffix("_new").removeprefix(f"d{trace.program.loss}/d") in sentence
        assert f"= {value}" in sentence or f"≈ {value}" in sentence or value in sentence
    for step in trace.steps:
        assert 1 <= len(step_words(trace, step, brief=True).sentences) <= SENTENCES
    check_words(trace)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_row_of_every_network_is_told(path: Path) -> None:
    trace = load(path).trace()
    check(trace)
    check_words(trace.grouped(UNIT))


@pytest.mark.parametrize("name", [name for name in MADE if name != "roots"])
def test_every_row_of_an_odd_network_is_told(name: str) -> None:
    check(network(name).trace().shortened(4))


@given(networks())
@examples(60)
def test_every_row_of_any_network_is_told(text: str) -> None:
    check(traced(text))


@given(real_networks())
@examples(60)
def test_every_row_of_any_network_with_enclosures_is_told(text: str) -> None:
    check(traced(text))


def traced(text: str) -> Trace:
    try:
        return loads(text).trace()
    except SpecError:
        reject()
