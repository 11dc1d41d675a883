"""What δ may stand for, by layers and by units."""

from __future__ import annotations

import pytest

from bptrace.marking.deltas import Deltas
from tests.marking.by_hand import ONE, SOFT, working

THREE = """
input: {x: 1}
weights: {w1: 2, w2: 3, w3: -1}
target: {y: 0}
forward: {z1: w1*x, h1: tanh(z1), z2: w2*h1, h2: tanh(z2), z3: w3*h2}
loss: (z3 - y)^2
"""


@pytest.mark.parametrize(("net", "layers"), [(ONE, ("z", "yhat")), (SOFT, ("z", "u")), (THREE, ("z1", "z2", "z3"))])
def test_pre_activations_are_counted_by_layer(net: str, layers: tuple[str, ...]) -> None:
    assert Deltas(working(net).trace).layers == layers


@pytest.mark.parametrize(
    ("net", "text", "places"),
    [
        (SOFT, "δ^(2)_1", {("u", (0,))}),
        (SOFT, "delta_2_1", {("u", (0,))}),
        (SOFT, "δ_o2", {("u", (1,))}),
        (THREE, "δ3", {("z3", None)}),
        (THREE, "δ7", set()),
        (THREE, "δ", set()),
    ],
)
def test_places(net: str, text: str, places: set[tuple[str, tuple[int, ...] | None]]) -> None:
    assert {tuple(place) for place in Deltas(working(net).trace).places(text)} == places
