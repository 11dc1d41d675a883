"""Headings by what a step's quantities are in the layers; the title where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import Trace, load, loads
from bptrace.engine.plans import GROUPINGS
from bptrace.engine.sentence_parts import plain
from bptrace.explain.headings import Headings
from bptrace.explain.layers import layers_of
from tests.conftest import LIFECYCLE, NETWORKS, RELU, ROOT


def headed(trace: Trace) -> list[str]:
    headings = Headings(trace)
    return [plain(headings.of(step).text) for step in trace.steps]


def of_network(name: str, grouping: str = "rank") -> list[str]:
    return headed(load(ROOT / "networks" / f"{name}.yaml").trace().grouped(grouping))


def test_heads_the_steps_of_a_hidden_layer_and_an_output_layer() -> None:
    assert headed(load(LIFECYCLE).trace(inputs=True)) == [
        "pre-activation: z1 = W1@x + b1",
        "activation: h = relu(z1)",
        "output: yhat = W2@h + b2",
        "loss: L = half_squared_error(yhat, y)",
        "output error: gradient at yhat; gradients of the output layer: W2, b2",
        "error at the hidden layer: gradient at h",
        "through ReLU: gradient at z1; gradients of the first layer: W1, b1",
        "gradients of the input: x",
        "the output layer and the first layer: one gradient step on W2, b2, W1, b1",
    ]


def test_numbers_layers_where_there_are_several_alike() -> None:
    assert of_network("skip_connection") == [
        "pre-activation of the first hidden layer: z0 = w0*x",
        "activation of the first hidden layer: h0 = relu(z0)",
        "pre-activation of the second hidden layer: z1 = w1*h0",
        "activation of the second hidden layer: h1 = relu(z1)",
        "pre-activation of the output layer: z2 = w2*h1 + w3*h0",
        "output: yhat = identity(z2)",
        "loss: L = half_squared_error(yhat, y)",
        "output error: gradient at yhat",
        "through identity: gradient at z2; gradients of the output layer: w2, w3",
        "error at the second hidden layer: gradient at h1",
        "through ReLU: gradient at z1; gradients of the second layer: w1",
        "error at the first hidden layer: gradient at h0",
        "through ReLU: gradient at z0; gradients of the first layer: w0",
    ]


def test_a_layer_may_have_no_activation_and_an_array_for_each_unit() -> None:
    found = of_network("linear_2_2_2_1")
    assert found[0] == "first hidden layer: y1 = w111*x1 + w121*x2; y2 = w112*x1 + w122*x2"
    assert found[6:] == [
        "error at the first hidden layer: gradient at y1, y2; gradients of the first layer: w111, w121, w112, w122",
        "gradients of the inputs: x1, x2",
    ]


def test_weights_that_come_last_are_told_layer_by_layer() -> None:
    layers = (
        "gradients of the first layer: w0; gradients of the second layer: w1; gradients of the output layer: w2, w3"
    )
    assert of_network("generic_skip")[-1] == layers


def test_each_sample_has_them_and_what_is_of_all_samples_its_title() -> None:
    found = of_network("xor_batch")
    assert found[7] == "sample 2 of 4, pre-activation: z = w@x + b"
    assert found[-3:] == [
        "mean of the loss over 4 samples",
        "mean of the gradients of v, c, w, b over 4 samples",
        "the output layer and the first layer: one gradient step on v, c, w, b",
    ]


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("relu_2_2_1", ["first hidden unit: gradient at z1; gradients of its w, b",
                        "second hidden unit: gradient at z2; gradients of its w, b"]),
        ("xor", ["first hidden unit: gradient at column 1 of z; gradients of its w, b",
                 "second hidden unit: gradient at column 2 of z; gradients of its w, b"]),
        ("linear_2_2_2_1", ["first unit of the second hidden layer: gradient at z1; gradients of its w211, w221",
                            "second unit of the second hidden layer: gradient at z2; gradients of its w212, w222",
                            "first unit of the first hidden layer: gradient at y1; gradients of its w111, w121",
                            "second unit of the first hidden layer: gradient at y2; gradients of its w112, w122"]),
        ("softmax_classifier", ["first output unit: gradient at z1; gradients of its W, b",
                                "second output unit: gradient at z2; gradients of its W, b",
                                "third output unit: gradient at z3; gradients of its W, b"]),
    ],
)  # fmt: skip
def test_units_are_counted_in_their_layer(name: str, units: list[str]) -> None:
    assert [text for text in of_network(name, "unit") if " unit" in text] == units


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("grouping", GROUPINGS)
def test_other_networks_have_their_titles(path: Path, grouping: str) -> None:
    trace = load(path).trace().grouped(grouping)
    if not layers_of(trace):
        assert headed(trace) == [step.title for step in trace.steps]
        assert {Headings(trace).of(step).sign for step in trace.steps} == {": "}


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_step_has_all_its_definitions_in_its_parts(path: Path) -> None:
    trace = load(path).trace(inputs=True)
    for step in trace.steps:
        parts = Headings(trace).parts(step)
        assert [item for part in parts for item in part.definitions] == step.plan.definitions
        assert not (layers_of(trace) and step.phase == "reverse") or all(part.heading for part in parts)


def test_the_parts_of_a_step() -> None:
    trace = load(RELU).trace()
    parts = [
        (plain(part.heading), [item.key for item in part.definitions]) for part in Headings(trace).parts(trace.steps[4])
    ]
    assert parts == [("output error", ["dL/dyhat"]), ("gradients of the output layer", ["dL/dv", "dL/dc"])]


def test_many_layers_are_numbered_and_updated_together() -> None:
    chain = "\n".join(f"  h{n}: w{n}*{f'h{n - 1}' if n > 1 else 'x'}" for n in range(1, 14))
    weights = ", ".join(f"w{n}: 1" for n in range(1, 14))
    text = f"input: {{x: 1}}\nweights: {{{weights}}}\nforward:\n{chain}\nloss: h13^2\nupdate: {{lr: 1}}"
    found = headed(loads(text).trace())
    assert found[9:11] == ["tenth hidden layer: h10 = w10*h9", "hidden layer 11: h11 = w11*h10"]
    assert "error at hidden layer 11: gradient at h11; gradients of layer 11: w11" in found
    assert found[-1].startswith("all 13 layers: one gradient step on w13, ")
