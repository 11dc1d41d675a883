"""The forward pass as a graph: who reads whom, what is made from what, what the loss reads."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.explain import wiring
from bptrace.explain.wiring import Wiring

TRACE = loads("""\
input: {x: [1, 2]}
weights: {w: [[1, 2], [3, 4]], u: 5}
forward: {z: w@x, h: relu(z), k: u*h + h, dead: "x[1]^2"}
loss: sum(k^2)/2
""").trace()
WIRING = Wiring(TRACE)


def test_what_reads_a_quantity_and_how_often() -> None:
    assert dict(WIRING.readers("h")) == {"k": 2}
    assert dict(WIRING.readers("x")) == {"z": 1, "dead": 1}
    assert not WIRING.readers("L")


def test_what_is_made_from_what() -> None:
    assert WIRING.depends("L", "w")
    assert WIRING.depends("h", "z")
    assert not WIRING.depends("z", "h")
    assert not WIRING.depends("L", "dead")
    assert not WIRING.depends("u", "w")


def test_what_the_loss_reads() -> None:
    assert WIRING.outputs == ["k"]
    assert WIRING.output_elements == ["k1", "k2"]


def test_what_an_element_is_made_of() -> None:
    assert WIRING.elements_in("k1") == frozenset({"u", "h1", "z1", "w11", "w12", "x1", "x2"})
    assert WIRING.elements_in("w11") == frozenset()


def test_too_many_elements_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "FOLLOWED", 3)
    assert Wiring(TRACE).elements_in("k1") is None


@pytest.mark.parametrize(("loss", "hangs"), [("sum(x)", False), ("nll(x, y)", True), ("sum(max_pool(x, 2))", False)])
def test_whether_what_is_read_hangs_on_values(loss: str, hangs: bool) -> None:
    trace = loads(f"weights: {{x: [1, 2]}}\ntarget: {{y: 1}}\nloss: {loss}").trace()
    assert Wiring(trace).hangs_on_values is hangs
