"""How names are connected: neighbours, activations, gradients, and what hangs on what."""

from __future__ import annotations

from functools import cache

import pytest

import bptrace
from bptrace.marking.connections import Connections
from bptrace.marking.working import Working
from tests.conftest import ROOT


@cache
def connections(name: str) -> Connections:
    return Connections(Working(bptrace.load(ROOT / "networks" / f"{name}.yaml").trace()))


@pytest.mark.parametrize(
    ("network", "name", "neighbours"),
    [
        ("relu_2_2_1", "w11", ("w12", "w21")),
        ("relu_2_2_1", "c", ()),
        ("xor_batch", "x1(2)", ("x2(2)",)),
        ("linear_2_2_2_1", "w111", ("w121", "w112")),
        ("convolution", "k12", ("k11", "k22")),
    ],
)
def test_neighbours(network: str, name: str, neighbours: tuple[str, ...]) -> None:
    assert connections(network).neighbours(name)[: len(neighbours) or 1] == neighbours


def test_of_a_long_array_the_nearest_are_neighbours() -> None:
    text = f"weights: {{w: [{', '.join('1' * 40)}]}}\nloss: sum(w^2)\n"
    found = Connections(Working(bptrace.loads(text).trace())).neighbours("w[20]")
    assert found == tuple(f"w[{20 + step}]" for distance in range(1, 7) for step in (-distance, distance))


@pytest.mark.parametrize(("name", "other"), [("w12", "w21"), ("w11", ""), ("b1", ""), ("dL/dw12", "dL/dw21")])
def test_transposed(name: str, other: str) -> None:
    assert connections("relu_2_2_1").transposed(name) == other


def test_an_activation_is_found_by_argument_output_and_slope() -> None:
    names = connections("xor_batch")
    found = names.activations["ReLU'(z1)(2)"]
    assert (found.subject, found.output) == ("z1(2)", "h1(2)")
    assert names.activation_of["z1(2)"] is found
    assert names.activation_to["h1(2)"] is found


def test_a_gradient_is_found_by_what_it_is_at() -> None:
    names = connections("xor_batch")
    assert (names.gradient_at["z1(3)"], names.gradient_at["w11"]) == ("dL/dz1(3)", "dL/dw11")
    assert names.renewed("w11") == "w11_new"


def test_what_hangs_on_what() -> None:
    names = connections("relu_2_2_1")
    assert names.hangs_on("dL/dw11", "dL/dyhat")
    assert not names.hangs_on("dL/dv1", "dL/dz1")


def test_steps_in_time_have_rules_of_one_shape() -> None:
    names = connections("lstm")
    assert names.shape_of_rule("c1") == names.shape_of_rule("c2") != names.shape_of_rule("h1")


def test_the_weights_that_are_read_behind_a_line() -> None:
    text = "weights: {a: 2, b: 3, c: 4}\nforward: {u: a*b, v: u*c, y: v*a}\nloss: y"
    found = Connections(Working(bptrace.loads(text).trace()))
    a, b, c = (1 << place for place in range(3))
    assert [found.weights_of(name) for name in ("u", "v", "y", "L", "a")] == [a | b, c, a, 0, 0]
    assert [found.weights_behind(name) for name in ("u", "v", "y", "L", "a")] == [0, a | b, a | b | c, a | b | c, 0]
