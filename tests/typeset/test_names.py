"""Which weights have their subscripts turned where a file counts from input to unit."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.typeset.names import Names, turned
from bptrace.typeset.unicode import Unicode

FILE = """
input: {{x: [1, 2], s: 3}}
weights: {{W: [[1, 2], [3, 4]], V: [[1, 0], [2, 1]]}}
forward: {{z: {}}}
loss: sum(z)
"""


@pytest.mark.parametrize(
    ("equation", "names"),
    [
        ("W@x", {"W"}),
        ("x@W", set()),
        ("W.T@x", set()),
        ("x@W.T", {"W"}),
        ("relu(W@x)*2", {"W"}),
        ("(s*W)@x", {"W"}),
        ("W@x + x@V", {"W"}),
        ("W@(V@x)", {"V", "W"}),
    ],
)
def test_a_weight_whose_rows_lead_to_the_units_is_turned(equation: str, names: set[str]) -> None:
    assert turned(loads(FILE.format(equation)).trace()) == names


def test_the_first_equation_that_reads_a_weight_says_how() -> None:
    text = "weights: {W: [[1, 2], [3, 4]]}\ninput: {x: [1, 2]}\nforward: {a: W@x, b: x@W}\nloss: sum(a*b)"
    assert turned(loads(text).trace()) == {"W"}
    assert turned(loads(text.replace("a: W@x, b: x@W", "b: x@W, a: W@x")).trace()) == set()


@pytest.mark.parametrize(
    ("more", "symbol"),
    [("", "α"), ("names: {lr: h}\n", "h"), ("input: {alpha: 2}\n", "lr"), ("input: {α: 2}\n", "lr")],
)
def test_a_setting_has_its_usual_symbol_where_that_is_nobody_elses(more: str, symbol: str) -> None:
    trace = loads(f"{more}weights: {{w: 3}}\nloss: w^2\nupdate: {{lr: 1/10}}").trace()
    assert Names(trace, Unicode()).whole("lr").text == symbol


def test_a_name_is_written_once_for_all_samples() -> None:
    trace = loads("samples: [{input: {x: 1}}, {input: {x: 2}}]\nweights: {w: 3}\nloss: w*x").trace()
    names = Names(trace.samples[0], Unicode())
    assert names.whole("dL/dw") is names.of(trace.samples[1]).whole("dL/dw")
    assert names.of(trace) is not names


def test_a_formula_is_written_once_for_all_samples() -> None:
    text = "samples: [{input: {x: 1}}, {input: {x: 2}}]\nweights: {w: 3}\nloss: w*x"
    trace, asked = loads(text).trace(), list[int]()
    names = Names(trace.samples[0], Unicode())

    def ask(number: int) -> None:
        row = next(iter(trace.samples[number].rows()))
        names.once(row.tree, "", lambda: asked.append(number))

    ask(0)
    ask(1)  # they are the first one's alone so far
    names.of(trace.samples[1])
    ask(0)
    ask(1)
    assert asked == [0, 1, 0]
