"""Tables of traces, steps and rows: what is in them, and what is left out of long ones."""

from __future__ import annotations

import re

import pytest

from bptrace import loads
from bptrace.engine.trace import Trace
from bptrace.notebook.tex_media import MarkdownMedium
from bptrace.notebook.workings import (
    MOST_ROWS,
    MOST_STEPS,
    ShownPart,
    ShownWorking,
    row_table,
    step_table,
    trace_table,
    without_middle,
)

MEDIUM = MarkdownMedium()
RELU = loads("input: {x: 1}\nweights: {w: [1, -2]}\nforward: {z: w*x, h: relu(z)}\nloss: sum(h)").trace()


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def test_a_row() -> None:
    assert lines(row_table(MEDIUM, RELU.steps[1][1])) == [
        "| quantity | formula | rule | value |",
        "| --- | --- | --- | --- |",
        r"| $h_{2}$ | $\max(0, z_{2})$ | $\max(0, -2)$ | $0$ |",
    ]


def test_a_step_says_what_it_does() -> None:
    heading, _, _, *rows, told = lines(step_table(MEDIUM, RELU.steps[2]))
    assert heading == r"**3. Forward, loss: $L = \sum h$**"
    assert rows[0] == r"| $L$ | $h_{1} + h_{2}$ | $1 + 0$ | $1$ |"
    assert told.endswith(r"The loss $L = h_{1} + h_{2} = 1 + 0 = 1$.")


def test_a_trace_has_its_title_its_steps_and_what_is_blocked() -> None:
    trace = loads("title: Two & two\nweights: {w: -1}\nforward: {h: relu(w)}\nloss: h^2").trace()
    written = lines(trace_table(MEDIUM, trace))
    assert written[0] == r"**Two \& two**"
    numbers = [line[2] for line in written if re.match(r"\*\*\d", line)]
    assert numbers == [str(step.number) for step in trace.steps]
    assert written[-1].startswith("$h$ is blocked: ")


def test_what_is_taken_at_a_kink_is_said_once() -> None:
    trace = loads("weights: {w: [0, 0]}\nforward: {h: relu(w)}\nloss: sum(h)").trace()
    assert trace_table(MEDIUM, trace).count("is taken as") == 2


def test_what_has_no_value_says_why() -> None:
    trace = loads("weights: {w: [4, 0]}\nloss: sum(sqrt(w))").trace(partial=True)
    written = lines(trace_table(MEDIUM, trace))
    assert any(line.endswith(r"| $\text{none}$ |") for line in written)
    assert written[-1] == "division by zero in dL/dw2"


def test_over_symbols_there_are_formulas_alone() -> None:
    written = trace_table(MEDIUM, loads("weights: {w: 2}\nloss: w^2").derived())
    assert "| quantity | formula |" in written
    assert "| $L$ | $w^{2}$ |" in written


def test_a_sample_has_names_of_its_own_below_its_heading() -> None:
    text = "weights: {w: 2}\nsamples: [{input: {x: 1}}, {input: {x: 3}}]\nloss: (w*x)^2\nupdate: {lr: 1/2}"
    written = lines(trace_table(MEDIUM, loads(text).trace()))
    assert any(line.startswith("**1. Forward: sample 1 of 2") for line in written)
    assert r"| $L$ | $(w \cdot x)^{2}$ | $(2 \cdot 3)^{2}$ | $36$ |" in written


@pytest.mark.parametrize(
    ("count", "rows", "told"),
    [(MOST_ROWS + 1, MOST_ROWS + 1, []), (MOST_ROWS + 2, MOST_ROWS, ["2"]), (5000, MOST_ROWS, ["4,988"])],
)
def test_the_middle_of_a_long_step_is_left_out_and_counted(count: int, rows: int, told: list[str]) -> None:
    trace = loads(f"weights: {{w: {[1] * count}}}\nforward: {{h: 2*w}}\nloss: h[1]").trace()
    block = ShownWorking(MEDIUM, trace).block(trace.steps[0])
    assert [line for line in block.lines if isinstance(line, str)] == [f"… {number} more rows …" for number in told]
    assert len(block.lines) == rows + len(told)
    assert block.lines[-1][0] in (f"$h_{{{count}}}$", rf"$h_{{{count}}}$")


def chain(length: int) -> Trace:
    steps = "".join(f"  a{n}: a{n - 1} + 1\n" for n in range(1, length))
    return loads(f"weights: {{a0: 1}}\nforward:\n{steps}loss: a{length - 1}").trace()


def test_the_middle_of_many_steps_is_left_out_and_counted() -> None:
    trace = chain(20)
    written = trace_table(MEDIUM, trace)
    assert f"… {len(trace.steps) - MOST_STEPS} more steps …" in written
    assert written.count("| quantity |") == MOST_STEPS + 1


def test_of_a_long_sum_the_middle_is_left_out() -> None:
    trace = loads(f"weights: {{w: {[1] * 100}}}\nloss: sum(w)").trace()
    assert "91 more" in ShownPart(MEDIUM, trace).line(next(trace.rows()))[1]


def test_a_cell_with_long_numbers_is_cut_in_the_middle() -> None:
    trace = loads(f"weights: {{w: {10**200}}}\nloss: w^2").trace()
    quantity, formula, rule, value = ShownPart(MEDIUM, trace).line(next(trace.rows()))
    assert (quantity, formula) == ("$L$", "$w^{2}$")
    assert rule == f"${10**200}^{{2}}$"
    assert value.startswith("1000")
    assert "…" in value
    assert len(value) < 320


def test_what_is_short_is_not_cut() -> None:
    assert without_middle([1, 2, 3], 2, 1) == ([1, 2, 3], 0, [])
    assert without_middle([1, 2, 3, 4], 2, 1) == ([1], 2, [4])
