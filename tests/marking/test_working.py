"""A working line by line is the register, with every name known."""

from __future__ import annotations

import pytest

import bptrace
from bptrace.errors import SpecError
from bptrace.marking.working import DEFINED, GRADIENT, KEPT, SLOPE, UPDATED, Working, general_rules
from bptrace.numbers.enclosures import agree
from bptrace.ops.evaluate import by_names, evaluate
from tests.conftest import ROOT

VALUED = [
    name
    for name in sorted(path.stem for path in (ROOT / "networks").glob("*.yaml"))
    if not bptrace.load(ROOT / "networks" / f"{name}.yaml").unvalued
]


@pytest.mark.parametrize("name", VALUED)
def test_lines_are_the_rows_of_the_register_and_read_what_is_known(name: str) -> None:
    trace = bptrace.load(ROOT / "networks" / f"{name}.yaml").trace()
    working = Working(trace)
    rows = [(step.called(row.quantity), row) for step in trace.steps for row in step]
    assert list(working.lines) == [called for called, _ in rows]
    for called, row in rows[:: max(len(rows) // 12, 1)]:
        line = working.lines[called]
        assert agree(line.value, row.scalar)
        assert {*line.reads} <= {*working.lines, *working.givens}
        assert all(agree(working.value(read), working.leaf(read).value) for read in line.reads)
        assert agree(evaluate(line.rule), evaluate(row.tree))


@pytest.mark.parametrize(
    ("net", "name", "kind", "subject"),
    [
        ("relu_2_2_1", "z1", DEFINED, "z1"),
        ("relu_2_2_1", "dL/dw12", GRADIENT, "w12"),
        ("relu_2_2_1", "ReLU'(z2)", SLOPE, "z2"),
        ("relu_2_2_1", "w12", "weights", ""),
        ("momentum", "v_w1_new", UPDATED, "w1"),
        ("momentum", "w1_new", UPDATED, "w1"),
        ("adam", "mhat_w2", KEPT, "w2"),
        ("xor_batch", "dL/dz2(3)", GRADIENT, "z2(3)"),
        ("xor_batch", "x1(2)", "input", ""),
        ("xor_batch", "y(4)", "target", ""),
        ("xor_batch", "w11", "weights", ""),
    ],
)
def test_names_are_known_by_what_they_stand_for(net: str, name: str, kind: str, subject: str) -> None:
    working = Working(bptrace.load(ROOT / "networks" / f"{net}.yaml").trace())
    assert working.kind(name) == kind
    assert not subject or working.lines[name].subject == subject
    assert working.quantity(name).shape is not None
    with pytest.raises(KeyError):
        working.quantity("nothing")


def test_readers_and_order() -> None:
    working = Working(bptrace.load(ROOT / "networks" / "relu_2_2_1.yaml").trace())
    assert working.readers["dL/dyhat"] == ("dL/dv1", "dL/dv2", "dL/dc", "dL/dh1", "dL/dh2")
    assert [working.lines[name].name for name in sorted(working.lines, key=working.order.__getitem__)][:2] == [
        "z1",
        "z2",
    ]
    assert [line.name for line in working.forward] == ["z1", "z2", "h1", "h2", "yhat", "L"]


def test_a_register_of_too_many_rows_is_refused_before_it_is_made() -> None:
    weights = ", ".join(["[" + ", ".join(["1"] * 120) + "]"] * 100)
    net = f"weights: {{w: [{weights}]}}\nupdate: {{lr: 1/2}}\nloss: sum(w*w)\n"
    with pytest.raises(SpecError) as caught:
        Working(bptrace.loads(net).trace())
    assert "a register of 24,001 rows; answers are held against at most 20,000" in str(caught.value)
    assert caught.value.mark is not None
    assert caught.value.mark.line == 3


POOLING = "weights: {x: [1, 4, 2, 5]}\nloss: sum(max_pool(x, 3, 1)^2)\n"
KL = "weights: {p: [1/4, 3/4]}\ntarget: {y: [1, 0]}\nloss: kl_divergence(softmax(p), y)\ngradients: [weights]\n"


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("weights: {z: [1, 2, 4]}\ntarget: {y: 2}\nloss: cross_entropy(z, y)", {"y": 3}),
        ("weights: {z: [[1, 2], [4, 8]]}\ntarget: {y: [1, 2]}\nloss: nll(z, y)^2", {"y": [2, 2]}),
        (KL, {"y": ["1/2", "1/2"]}),
        (POOLING, {"x": [9, 4, 7, 2]}),
        ((ROOT / "networks" / "softmax_classifier.yaml").read_text(), {"y": 2}),
        ((ROOT / "networks" / "convolution.yaml").read_text(), {"w11": 5, "x33": 7, "b": -1}),
    ],
)
def test_a_general_rule_holds_for_other_values_of_the_givens(text: str, changed: dict[str, object]) -> None:
    network = bptrace.loads(text)
    working, other = Working(network.trace()), Working(network.given(changed).trace())
    values = {**other.givens, **{name: line.value for name, line in other.lines.items()}}
    assert list(working.lines) == list(other.lines)
    for line, rule in general_rules(working):
        assert agree(by_names(rule)(values), values[line.name]), line.name
