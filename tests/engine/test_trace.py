"""The trace as a library: what is promised of steps, rows, values and arrays."""

from __future__ import annotations

from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest

import bptrace
from bptrace import BptraceError, Row, Trace, load, loads
from bptrace.errors import InternalError
from bptrace.views import VIEWS
from tests.conftest import NETWORKS, RELU
from tests.readers.register import value_of

TITLES = [
    "forward: z = w@x + b",
    "forward: h = relu(z)",
    "forward: yhat = v@h + c",
    "forward: L = (yhat - y)^2",
    "reverse: gradient at yhat; gradients of v, c",
    "reverse: gradient at h",
    "reverse: gradient at z; gradients of w, b",
]
SUM_OF_20 = f"weights: {{w: {list(range(1, 21))}, v: {list(range(20))}}}\nloss: w@v"


@pytest.fixture
def trace() -> Trace:
    return load(RELU).trace()


def row_of(text: str, quantity: str, numbers: str = "auto") -> Row:
    return next(row for row in loads(text).trace(numbers).rows() if row.quantity == quantity)


# loading


@pytest.mark.parametrize("source", [RELU, Path(RELU)], ids=["str", "Path"])
def test_loads_a_file_by_its_path(source: str | Path) -> None:
    network = load(source)
    assert (network.title, network.loss) == ("Two-layer ReLU network", "L")
    assert network.trace()["L"] == 1


def test_traces_are_equal_where_all_that_is_printed_is() -> None:
    trace = load(RELU).trace()
    same = [load(RELU).trace(), loads(Path(RELU).read_text(encoding="utf-8")).trace(), trace.with_numbers(True)]
    assert [trace == other for other in same] == [True] * 3
    assert {hash(other) for other in same} == {hash(trace)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("title: a\nweights: {w: 1}\nloss: w", "title: b\nweights: {w: 1}\nloss: w"),
        ("weights: {w: 1}\nloss: w", "weights: {w: 2}\nloss: w"),
        ("weights: {w: 1}\nloss: w", "weights: {v: 1}\nloss: v"),
        ("weights: {w: 1}\nloss: w + 0", "weights: {w: 1}\nloss: 0 + w"),
        ("weights: {w: 1}\nloss: 2*w", "weights: {w: 1}\nloss: w*2"),
        ("weights: {w: 1/2}\nloss: w", "weights: {w: 0.5}\nloss: w"),
        ("weights: {w: 1}\nloss: exp(w)", "weights: {w: 1}\nloss: exp(w) + 1/10^30"),
        ("weights: {w: 1}\nloss: w", "weights: {w: 1}\nloss: w\nupdate: {lr: 1}"),
        ("weights: {w: 1}\nloss: w", "samples: [{input: {x: 1}}]\nweights: {w: 1}\nloss: w"),
    ],
)
def test_traces_that_differ(one: str, other: str) -> None:
    assert loads(one).trace() != loads(other).trace()
    assert loads(one).trace() == loads(one).trace()


def test_a_trace_is_nothing_else() -> None:
    assert load(RELU).trace() != "trace"
    assert load(RELU).trace().until(2) != load(RELU).trace()


def test_loads_a_text() -> None:
    text = Path(RELU).read_text(encoding="utf-8")
    assert list(loads(text).trace().rows()) == list(load(RELU).trace().rows())


@pytest.mark.parametrize("name", bptrace.__all__)
def test_public_names_have_documentation(name: str) -> None:
    assert getattr(bptrace, name).__doc__


def test_only_public_names_are_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(bptrace, "nothing")  # noqa: B009  # mypy knows that it is not there


# values by name


@pytest.mark.parametrize("name", ["csv", "json", "latex", "markdown"])
def test_it_is_written_as_a_text_in_every_format(trace: Trace, name: str) -> None:
    out = StringIO()
    VIEWS[name].write(trace, out)
    assert getattr(trace, f"to_{name}")() == out.getvalue()


def test_a_fragment_of_latex_is_part_of_the_document(trace: Trace) -> None:
    assert "\\begin{document}" not in trace.to_latex(fragment=True)
    assert "\\begin{document}" in trace.to_latex()


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("2.5e4 + 1/3", Fraction(75001, 3)),
        ("0.1 * 3", Fraction(3, 10)),
        ("2^-2", Fraction(1, 4)),
    ],
)
def test_a_literal_is_what_it_says(loss: str, value: Fraction) -> None:
    assert loads(f"loss: {loss}").trace()["L"] == value


def test_inputs_adds_their_gradients_and_changes_nothing_else(trace: Trace) -> None:
    more = load(RELU).trace(inputs=True)
    assert more["dL/dx"] == [0, -2]
    rows = list(more.rows())
    assert rows[: -len(more.steps[-1])] == list(trace.rows())
    assert [row.formula for row in more.steps[-1]] == ["dL/dz1*w11 + dL/dz2*w21", "dL/dz1*w12 + dL/dz2*w22"]


# steps and rows


def test_steps_are_numbered_and_titled(trace: Trace) -> None:
    assert isinstance(trace.steps, tuple)
    assert [step.number for step in trace.steps] == [1, 2, 3, 4, 5, 6, 7]
    assert [f"{step.phase}: {step.title}" for step in trace.steps] == TITLES


def test_rows_is_an_iterator_over_all_steps(trace: Trace) -> None:
    rows = trace.rows()
    assert next(rows).quantity == "z1"
    assert next(rows).quantity == "z2"
    assert [row.quantity for row in rows] == [row.quantity for step in trace.steps for row in step][2:]
    assert next(rows, None) is None


@pytest.mark.parametrize("quantity", ["z", "dL/dz", "dL/dw"])
def test_nothing_is_shown_where_rule_and_array_disagree(trace: Trace, quantity: str) -> None:
    wrong = {**trace.values, quantity: trace.values[quantity] * 2}
    tampered = Trace(trace.source, trace.program, wrong, trace.decimal)
    for show in (tampered.audit, lambda: list(tampered.rows())):
        with pytest.raises(InternalError, match=rf"the rule of {quantity}1"):
            show()


# numbers as text


@pytest.mark.parametrize(
    ("literal", "numbers", "text"),
    [
        ("1/4", "auto", "1/16"),
        ("1/4", "decimal", "0.0625"),
        ("1/4", "fraction", "1/16"),
        ("0.25", "auto", "0.0625"),
        ("0.25", "decimal", "0.0625"),
        ("0.25", "fraction", "1/16"),
        ("25e-2", "auto", "0.0625"),
        ("-1/3", "decimal", "1/9"),
        ("-6", "decimal", "36"),
        ("-6", "fraction", "36"),
    ],
)
def test_numbers_print_in_the_style_asked_for(literal: str, numbers: str, text: str) -> None:
    row = row_of(f"weights: {{w: {literal}}}\nloss: w^2", "L", numbers)
    assert row.value_text == text
    assert value_of(row.rule) == value_of(text) == row.value


def test_refuses_an_unknown_style() -> None:
    for digits in (2.5, "a", 0):
        with pytest.raises(BptraceError, match=rf"error: {digits} digits were asked for\n   from 1 to"):
            load(RELU).trace(digits=digits)  # type: ignore[arg-type]
    with pytest.raises(BptraceError, match="unknown number style '3'"):
        load(RELU).trace(numbers=3)  # type: ignore[arg-type]
    with pytest.raises(BptraceError, match="unknown number style 'hex'\n   known: auto, fraction, decimal"):
        load(RELU).trace("hex")


def test_a_long_sum_is_cut_only_where_it_is_asked_for() -> None:
    trace = loads(SUM_OF_20).trace()
    whole, cut = trace.steps[0][0], trace.shortened(9).steps[0][0]
    assert whole.rule.split(" + ") == [f"{i + 1}*{i}" for i in range(20)]
    assert cut.rule == "1*0 + 2*1 + 3*2 + 4*3 + 5*4 + 6*5 + … 11 more terms … + 18*17 + 19*18 + 20*19"
    assert cut.formula.count(" + ") == cut.rule.count(" + ")
    assert cut.value == whole.value == 2660


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_any_part_of_the_register_can_be_had_without_the_rest(path: Path) -> None:
    trace = load(path).trace()
    rows = [row.texts() for row in trace.rows()]
    assert trace.count == len(rows)
    assert [row.texts() for row in trace.part(3, 11)] == rows[3:11]
    assert [row.texts() for place in range(len(rows)) for row in trace.part(place, place + 1)] == rows
    assert [trace.step_at(place).number for place in range(len(rows))] == [s.number for s in trace.steps for _ in s]
    assert list(trace.quantities(5)) == [row[0] for row in rows[5:]]


@pytest.mark.parametrize("place", range(1, 23))
def test_a_trace_until_a_place_has_the_rows_before_it(place: int) -> None:
    whole = load(RELU).trace()
    part = whole.until(place)
    assert list(part.rows()) == list(whole.rows())[:place]
    assert (part.count, list(part.quantities())) == (place, list(whole.quantities())[:place])
    assert [row.quantity for step in part.steps for row in step] == list(part.quantities())


def test_a_trace_in_another_look_has_the_same_elements() -> None:
    """A network may have a million, and a document is written of two looks at once."""
    trace = loads("weights: {w: [1, 2]}\nloss: w@w").trace()
    looks = (trace.shortened(3), trace.with_work(), trace.with_closed_forms(20))
    assert all(look.register is trace.register for look in looks)


def test_a_trace_with_other_numbers_does_not_write_those_of_the_first() -> None:
    trace = loads("weights: {w: 1/2}\nloss: 3*w").trace()
    assert [next(look.rows()).rule for look in (trace, trace.with_numbers(decimal=True))] == ["3*(1/2)", "3*0.5"]


def test_closed_forms_are_made_no_longer_than_there_is_room_for() -> None:
    """sympy works a long one out over and over: a chain of 400 steps took a minute."""
    trace = load(RELU).trace()
    assert [trace.with_closed_forms(width)._closed_forms.limit for width in (40, 1_000)] == [40, 300]
