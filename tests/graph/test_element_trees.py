"""Which elements one is made of."""

from __future__ import annotations

from bptrace import loads
from bptrace.graph.element_trees import ElementTrees
from tests.conftest import ROOT, traced


def test_an_element_is_made_of_those_in_its_rule() -> None:
    trace = loads("weights: {W: [[1, 2], [3, 4]]}\ninput: {x: [1, 2]}\nforward: {z: W@x}\nloss: z@z").trace()
    trees, item = ElementTrees(trace), trace.program.definitions[0]
    assert trees.read(item, (1,)) == ("W21", "x1", "W22", "x2")
    assert trees.place("W22") == ("W", (1, 1))


def test_what_decides_which_is_read_is_among_them() -> None:
    trace = traced(ROOT / "networks" / "softmax_classifier.yaml")
    loss = next(item for item in trace.program.definitions if item.key == "L")
    assert ElementTrees(trace).read(loss, ()) == ("p2", "y")


def test_of_a_class_that_is_none_it_may_be_made_of_all() -> None:
    trace = loads("weights: {w: [1, 2]}\ntarget: {y: 3}\nloss: nll(w, y)").trace(partial=True)
    assert ElementTrees(trace).read(trace.program.definitions[0], ()) == ("w1", "w2", "y")


def test_without_values_it_may_be_made_of_all() -> None:
    trace = loads("weights: {w: [1, 2]}\nforward: {h: max(w)}\nloss: h^2").derived()
    read = ElementTrees(trace).read(trace.program.definitions[0], ())
    assert {"w1", "w2"} <= set(read)
