from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import bptrace
from bptrace.engine.elements import Elements
from bptrace.engine.trace import Trace
from bptrace.errors import InternalError
from bptrace.numbers.arrays import array, at, indices
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Leaf, nodes
from tests.readers.register import check_rows
from tests.strategies import examples, networks

# Double entry


@examples(80)
@given(networks(), st.sampled_from(["auto", "decimal", "fraction"]))
def test_every_rule_reads_back_to_the_value_that_the_arrays_have(text: str, numbers: str) -> None:
    trace = bptrace.loads(text).trace(numbers)
    check_rows(trace)
    for row in trace.rows():
        assert row.texts() == (row.quantity, row.formula, row.rule, row.value_text)


SAME_SLOPES = """
weights: {z: 1, z1: 2, a: [1/10, 1/5]}
forward: {g: "leaky_relu(z, a)", h: "leaky_relu(z1, 1/2)", u: "leaky_relu(z1, 1/3)", v: "leaky_relu(z1, z)"}
loss: sum(g*h)*u*v
"""


@examples(60)
@given(networks())
@example(SAME_SLOPES)
def test_every_element_is_shown_once_and_after_all_that_it_is_made_of(text: str) -> None:
    trace = bptrace.loads(text).trace()
    quantities = trace.program.quantities
    known = {quantities[given.key].element(index) for given in trace.givens for index in indices(given.shape)}
    shown: Counter[str] = Counter()
    for row in trace.rows():
        read = {node.name for node in nodes(row.tree) if isinstance(node, Leaf)}
        assert read <= known, row
        known.add(row.quantity)
        shown[row.quantity] += 1
    elements = [
        quantities[item.key].element(index) for item in trace.program.definitions for index in indices(item.shape)
    ]
    assert shown == Counter(dict.fromkeys(elements, 1))


@examples(80)
@given(networks(), st.data())
def test_one_wrong_entry_is_found_and_named(text: str, data: st.DataObject) -> None:
    trace = bptrace.loads(text).trace()
    definition = data.draw(st.sampled_from(trace.program.definitions))
    index = data.draw(st.sampled_from(list(indices(definition.shape))))
    with pytest.raises(InternalError) as caught:
        corrupted(trace, definition.key, index).audit()
    assert f"the rule of {trace.program.quantities[definition.key].element(index)} " in str(caught.value)


def corrupted(trace: Trace, key: str, index: tuple[int, ...]) -> Trace:
    """The trace with one entry of one array off by a millionth."""
    shape = trace.program.quantities[key].shape
    wrong = [at(trace.values[key], spot) + (spot == index) * Rational(1, 10**6) for spot in indices(shape)]
    return Trace(trace.source, trace.program, {**trace.values, key: array(shape, wrong)}, trace.decimal)


NETWORK = "weights: {w: [[1, 2], [3, 4]], b: 1}\ninput: {x: [1, -1]}\nforward: {z: w@x + b, h: relu(z)}\nloss: sum(h^2)"


@pytest.mark.parametrize(
    ("key", "index", "name"),
    [
        ("z", (1,), "z2"),
        ("h", (0,), "h1"),
        ("L", (), "L"),
        ("ReLU'(z)", (0,), "ReLU'(z1)"),
        ("dL/dz", (1,), "dL/dz2"),
        ("dL/dw", (1, 0), "dL/dw21"),
        ("dL/db", (), "dL/db"),
    ],
)
def test_a_row_that_disagrees_is_not_made(key: str, index: tuple[int, ...], name: str) -> None:
    trace = corrupted(bptrace.loads(NETWORK).trace(), key, index)
    with pytest.raises(InternalError, match=r"^internal error: the rule of .* does not give its value$") as caught:
        list(trace.rows())
    assert f" {name} " in str(caught.value)


def test_a_wrong_given_is_found_where_it_is_first_read() -> None:
    trace = corrupted(bptrace.loads(NETWORK).trace(), "x", (1,))
    with pytest.raises(InternalError, match="the rule of z1 "):
        trace.audit()


# What long rows share


def calls_in(length: int, loss: str) -> int:
    """How many functions are called while every row is checked and written on a screen, with its notes and stages."""
    numbers = ", ".join(str(n % 13 + 1) for n in range(length))
    trace = bptrace.loads(f"weights: {{w: [{numbers}]}}\nloss: {loss}").trace().shortened(8)
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        for row in trace.rows():
            row.texts()
            _ = row.note_sentences, row.stages  # made when they are asked for
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "loss",
    [
        "sum(softmax(w)^2)",
        "softmax(w)[1]",
        "sum(log_softmax(w)^2)",
        "nll(log_softmax(w), 2)",
        "cross_entropy(w, 1)",
        "max(w)",
        "max(sin(w))",
        "norm(w) + var(w)",
        "sum(w*sum(w))",
        "sum(layer_norm(w)^2)",
    ],
)
def test_what_all_rows_share_is_worked_out_once(loss: str) -> None:
    assert calls_in(256, loss) < 2.5 * calls_in(128, loss)


@pytest.mark.parametrize(
    ("axis", "formula"),
    [
        (1, "dL/dp[1,2]*p[1,2]*(1-p[1,2]) + dL/dp[2,2]*(-p[2,2]*p[1,2]) + p[1,2]"),
        (2, "p[1,2]*(dL/dp[1,2]-(dL/dp[1,1]*p[1,1]+dL/dp[1,2]*p[1,2]+… 62 more terms …)) + p[1,2]"),
    ],
)
def test_a_long_row_of_a_softmax_has_one_sum_for_all(axis: int, formula: str) -> None:
    """Of a short one each term has its own slope."""
    matrix = str([[n % 3 for n in range(64)], [n % 2 for n in range(64)]])
    trace = bptrace.loads(f"weights: {{w: {matrix}}}\nforward: {{p: 'softmax(w, {axis})'}}\nloss: sum(p*w)").trace()
    rows = {row.quantity: row for row in trace.shortened(2).rows()}
    assert rows["dL/dw[1,2]"].formula == formula


def test_a_run_of_rows_that_agrees_does_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    agreeing, runs = Elements._agreeing, Counter[str]()

    def counted(own: Elements, *rest: Any) -> Any:
        runs[own.key] += 1
        return agreeing(own, *rest)

    monkeypatch.setattr(Elements, "_agreeing", counted)
    trace = bptrace.loads("weights: {w: [1, 2]}\nforward: {h: w^2, n: norm(w - w)}\nloss: sum(h) + n").trace()
    first = [row.texts() for row in trace.rows()]
    assert [row.texts() for row in trace.rows()] == first
    assert runs["h"] == runs["L"] == 1
    assert runs["dL/dw"] > 2, "those with a limit are looked for each time"
