"""Quantities as people write them: what the register calls each."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import bptrace
from bptrace.engine.quantity import Quantity, UpdatePart, sample_of
from bptrace.errors import Mark, Source
from bptrace.marking.spelling import Spellings, canonical
from bptrace.marking.working import Working
from bptrace.numbers.arrays import Index, size
from tests.conftest import NETWORKS, ROOT

TWO_LAYERS = "relu_2_2_1"
ELEMENTS = {
    "dL/dw12": ["dL/dw12", "dw12", "∂L/∂w12", "∂L / ∂w₁₂", "w12.grad", "W12.grad", "grad w12", "grad(w12)", "grad_w12",
                "gradient of w12", "∇w12", r"\nabla w_{12}", "dL/dW[1,2]", "dL/dw[1][2]", "dL/dw_12", "dL/dw_{12}",
                "dL/dw_{1,2}", "dL_dw12", "dloss_dw_12",
                "dL/dw_1_2", "dL/dW12", "dE/dw12", "dJ/dw12", "dC/dw12", "dLoss/dw12", "dloss/dw12", "`dL/dw12`",
                r"\frac{\partial L}{\partial w_{12}}", r"$\frac{\partial L}{\partial W_{1,2}}$",
                r"\dfrac{dL}{dw_{12}}", r"\partial L / \partial w_{12}", "**dL/dw12**", "dw_12", "d w12"],
    "dL/dz2": ["dL/dz2", "dz2", "∂L/∂z₂", "z2.grad", "dL/dz[2]", "dL/dz_2"],
    "dL/dyhat": ["dL/dyhat", "dL/dŷ", "∂L/∂ŷ", r"\frac{\partial L}{\partial \hat{y}}", r"\frac{dL}{d\hat y}", "dy_hat",
                 "yhat.grad"],
    "yhat": ["yhat", "ŷ", "Yhat", "y_hat", r"\hat{y}", r"$\hat y$"],
    "ReLU'(z1)": ["ReLU'(z1)", "relu'(z1)", "f'(z1)", "σ'(z_1)", "g′(z₁)", "ReLU'(z[1])"],
    "L": ["L", "l"],
    "w21": ["w21", "W21", "w_21", "w₂₁", "W[2,1]", "w_{2,1}"],
    "x1": ["x1", "x_1", "x₁", "X1"],
}  # fmt: skip


BY_NETWORK = {
    "relu_lifecycle": {
        "W1[1,2]_new": ["W1[1,2]_new", "W1[1,2]+", "W1_new[1,2]", "W1[1,2] (new)", "W1_12+", "W1_{12}^{new}",
                        "W1_{1,2}'", "w1_12^{(t+1)}", "new W1_12", "W1[1,2] after update", r"W^{(1)}_{12}+"],
        "b2_new": ["b2+", "b2'", "b2_new", "b2 (new)", "new b2"],
        "dL/dW1[1,2]": ["∂L/∂W¹₁₂", "dL/dW1_12", "dL/dW^{(1)}_{12}", "dL/dw1[1,2]", "W1_12.grad", "dW1[1][2]"],
        "dL/db2": ["dL/db^{(2)}", "db2", "db₂", "∇b2"],
        "dL/dyhat": ["δ^2", "δ_o", "delta_output", "δ^{(2)}", "δ_ŷ"],
        "dL/dz1[2]": ["δ_h2", "δ^1_2", "δ_2^1", "δ^{(1)}_2", "delta[1][2]", "δ_{1,2}"],
    },
    "skip_connection": {"dL/dz2": ["δ2", "delta2", "delta_2", "δ_z2"], "dL/dz0": ["δ0", "δ_h0"],
                        "ReLU'(z0)": ["dh0/dz0", "∂h0/∂z0", "h0'(z0)"]},
    "sigmoid_2_2_2": {"dE_total/dw11": ["dE/dw11", "∂E_{total}/∂w_{11}", "dw11", "dL/dw11", "dloss/dw11"],
                      "E_total": ["E", "Etotal", "loss", "E_{total}"], "sigmoid'(net1)": ["dh1/dnet1", "σ'(net1)"],
                      "dE_total/dnet_o1": ["δ_o1", "δ_out1", "delta_net_o1", "δ^2_1"]},
    "xor_batch": {"z1(2)": ["z1(2)", "z_1^{(2)}", "z^{(2)}_1", "z₁ (2)"], "x1(2)": ["x^{(2)}_1"],
                  "dL/dw11(2)": ["dw11(2)", "∂L/∂w11 (2)", r"\dfrac{\partial L^{(2)}}{\partial w_{11}}"],
                  "ReLU'(z1)(2)": [r"\operatorname{ReLU}'(z^{(2)}_{1})"],
                  "dL/dw11": ["dw11"], "dL/dz1(2)": ["δ_z1(2)", "dL^(2)/dz^(2)_1", "dL/dz^(2)_1"]},
    "softmax_long_way": {"dL/dz1": ["δ_p1", "δ_z1"], "L": ["loss", "J"]},
    "momentum": {"v_w1_new": ["v_w1_new", "v_w1 new", "v_w1+", "v_{w_1}^{new}", "v1+", "vw1'"], "v_b": ["vb"]},
    "adam": {"m_w1": ["m1", "m_1", "mw1", "m[1]", "m_dw1", "M_dW1"], "mhat_w2": ["mhat2", "m̂_2", "mhat_w2"],
             "vhat_b": ["vhatb"]},
}  # fmt: skip


@cache
def spellings(network: str) -> Spellings:
    return Spellings(Working(bptrace.load(ROOT / "networks" / f"{network}.yaml").trace()))


@pytest.mark.parametrize(
    ("text", "name"), [(text, name) for name, texts in ELEMENTS.items() for text in texts], ids=lambda word: word
)
def test_an_element_is_known_however_it_is_written(text: str, name: str) -> None:
    assert [meant.names for meant in spellings(TWO_LAYERS).meant(text)] == [(name,)]


@pytest.mark.parametrize(
    ("network", "text", "name"),
    [(network, text, name) for network, named in BY_NETWORK.items() for name, texts in named.items() for text in texts],
)
def test_an_element_of_another_network(network: str, text: str, name: str) -> None:
    assert [meant.names for meant in spellings(network).meant(text)] == [(name,)]


TABLE = (ROOT / "bptrace" / "guide" / "check.md").read_text(encoding="utf-8").partition("| written | read as |")[2]
TOLD = [re.findall("`([^`]+)`", line) for line in TABLE.partition("\n\n")[0].splitlines() if "`" in line]


@pytest.mark.parametrize(("text", "name"), [(text, name) for *texts, name in TOLD for text in texts])
def test_what_the_guide_says_is_read(text: str, name: str) -> None:
    assert [meant.names for meant in spellings("relu_lifecycle").meant(text)] == [(name,)]


AMBIGUOUS = [
    (TWO_LAYERS, "δ2", ["dL/dyhat", "dL/dz2"]),
    (TWO_LAYERS, "delta_1", ["dL/dz1 dL/dz2", "dL/dz1"]),
    ("sigmoid_2_2_2", "δ1", ["dE_total/dnet1 dE_total/dnet2", "dE_total/dnet1", "dE_total/dnet_o1"]),
    ("lstm", "δ1", ["dL/dz_i1", "dL/dz_f1", "dL/dz_o1", "dL/dz_g1", "dL/dc1"]),
]


@pytest.mark.parametrize(("network", "text", "wanted"), AMBIGUOUS)
def test_what_can_be_several_things_is_told_with_each(network: str, text: str, wanted: list[str]) -> None:
    found = spellings(network).meant(text)
    assert [" ".join(meant.names) for meant in found] == wanted
    assert wanted[1] in str(spellings(network).ambiguous(text, found, Mark(Source("", text), 0)))


def test_capitals_count_where_the_network_has_both() -> None:
    net = bptrace.loads("weights: {w: 2, W: 3}\ninput: {x: 1}\nforward: {a_: w*x, A: W*a_}\nloss: A^2")
    found = Spellings(Working(net.trace()))
    for text, wanted in {"dw": ["dL/dw"], "dW": ["dL/dW"], "A": ["A"], "a": ["a_", "A"], "dX": []}.items():
        assert [meant.names[0] for meant in found.meant(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "dL/dq",
        "w13",
        "w",
        "dz3",
        "dz1/dw11",
        "Δw11",
        "δw11",
        "δ3",
        "dh1/dz2",
        "w11+",
        "w11_new",
        "",
        "x" * 5_000,
        "1",
        "d",
    ],
)
def test_what_is_no_element_of_the_network_is_none(text: str) -> None:
    assert all(len(meant.names) > 1 for meant in spellings(TWO_LAYERS).meant(text))


def test_a_whole_array_is_all_of_its_elements_row_by_row() -> None:
    assert [meant.names for meant in spellings(TWO_LAYERS).meant("dL/dW")] == [
        ("dL/dw11", "dL/dw12", "dL/dw21", "dL/dw22")
    ]


BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
OF_KIND = {
    "gradient": [
        "d{x}",
        "∂{loss}/∂{x}",
        "d{loss} / d{x}",
        "{x}.grad",
        "grad {x}",
        "∇{x}",
        r"\frac{{\partial {loss}}}{{\partial {x}}}",
    ],
    "updated": ["{x}+", "{x}_new", "{x} (new)", "new {x}", "{x}'", "{x}^{{new}}"],
    "slope": ["f'({x})", "σ'({x})"],
}
"""How people write what is of an element, by its kind."""


def of_element(quantity: Quantity, element: Index) -> set[str]:
    """An element as people write it."""
    base, index = quantity.base, [str(i + 1) for i in element]
    forms = {quantity.plain.element(element)}
    if size(quantity.shape) == 1:
        return forms
    forms |= {f"{base}[{','.join(index)}]", f"{base}_{','.join(index)}", f"{base}_{{{','.join(index)}}}"}
    if all(len(digits) == 1 for digits in index):
        forms |= {f"{base}_{''.join(index)}", *([] if base[-1].isdigit() else [base + "".join(index).translate(BELOW)])}
    return forms


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_each_name_of_a_register_is_known_however_it_is_written(path: Path) -> None:
    found = spellings(path.stem)
    working = found.working
    for name in list(working.lines)[::3]:
        quantity, (_, sample) = working.quantity(name), sample_of(name)
        kind = working.kind(name) if quantity.role or quantity.stage else ""
        forms = [] if isinstance(quantity.role, UpdatePart) else OF_KIND.get(kind, ["{x}", "${x}$"])
        for form in forms:
            for x in of_element(quantity, working.element(name)):
                text = form.format(x=x, loss=working.trace.program.loss) + (f"({sample})" if sample else "")
                assert [meant.names for meant in found.meant(text)] == [(name,)], text


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_each_name_of_a_register_stands_for_itself(path: Path) -> None:
    working = Working(bptrace.load(path).trace())
    found = Spellings(working)
    for name in [*working.lines, *working.givens]:
        assert [meant.names for meant in found.meant(name)] == [(name,)]


LAYERS = """
samples: [{input: {x: [1, 2]}, target: {y: 1}}, {input: {x: [3, 2]}, target: {y: 2}}]
weights: {W1: [[1, 2], [3, 4]], W2: [1, 2]}
forward: {z1: W1@x, z2: tanh(z1), h: W2@z2}
loss: (h-y)^2
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r"\frac{\partial L^{(2)}}{\partial W^{(1)}_{12}}", [("dL/dW1[1,2](2)",)]),
        (r"\frac{\partial L^{(2)}}{\partial W^{(2)}_1}", [("dL/dW2[1](2)",)]),
        ("z^{(1),(2)}_1", [("z1[1](2)",)]),
        ("dL^{(2)}/dz_2^{(1)}", []),
        ("z^{(2)}_1", []),
        ("δ^{(2)}_1", []),
        ("x^{(3)}_1", []),
    ],
)
def test_a_number_above_that_may_be_a_layers_is_no_samples(text: str, names: list[tuple[str, ...]]) -> None:
    found = Spellings(Working(bptrace.loads(LAYERS).trace(inputs=True)))
    assert [meant.names for meant in found.meant(text)] == names


@pytest.mark.parametrize(
    ("text", "near"), [("z1", "z1(1)"), ("dL/dz_2", "dL/dz2(1)"), ("h", "h(1)"), ("dL/dw13", "dL/dw21")]
)
def test_a_name_of_each_sample_is_told_of_the_first(text: str, near: str) -> None:
    told = spellings("xor_batch").unknown(text, Mark(Source("", text), 0))
    assert told.hints[-1] == f"did you mean '{near}'?"


def test_an_unknown_name_is_told_at_its_place_with_one_like_it() -> None:
    mark = Mark(Source("a.txt", "dL/dw31 = 2"), 0)
    assert str(spellings(TWO_LAYERS).unknown("dL/dw31", mark)).splitlines() == [
        "a.txt:1:1: error: unknown quantity 'dL/dw31'",
        "   1 | dL/dw31 = 2",
        "     | ^",
        "   did you mean 'dL/dw21'?",
    ]


def test_the_base_of_a_power_is_no_loss_that_is_called_otherwise() -> None:
    assert not spellings("sigmoid_2_2_2").is_base("e")
    for text, is_base in {"weights: {E: 3}\nloss: E^2": True, "weights: {w: 3}\nloss: {E: w^2}": False}.items():
        assert Spellings(Working(bptrace.loads(text).trace())).is_base("e") == is_base


@pytest.mark.parametrize(
    ("text", "reason"), [("w11+", "the network has no update"), ("dz1/dw11", "are gradients of L and slopes")]
)
def test_why_it_can_be_no_row(text: str, reason: str) -> None:
    assert reason in str(spellings(TWO_LAYERS).unknown(text, Mark(Source("", text), 0)))


@pytest.mark.parametrize(
    ("text", "plain"), [(r"\mathbf{W}^{(1)}", "W^(1)"), ("∂L / ∂w₁₁", "dL/dw11"), (r"\delta_1", "delta_1")]
)
def test_what_is_only_for_the_eye_is_left_out(text: str, plain: str) -> None:
    assert canonical(text) == plain
