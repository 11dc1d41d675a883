"""What is given, on a screen: by sections, whole where it is short, cut with its shape where it is long."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from bptrace import loads
from bptrace.views.givens import value_lines, whole_lines, write_givens
from bptrace.views.sheet import Sheet

MIXED = """
input: {x: [1, 2], t: 3}
weights: {w: [[0, 1], [1, -1]], b: 1/2, c: 0.25}
loss: sum(w@x)*t*b*c
update: {lr: 1/10}
"""


def lines(text: str, room: int) -> list[str]:
    """How the first given is written."""
    trace = loads(text).trace()
    return value_lines(trace, trace.givens[0], room)


def listed(count: int) -> str:
    return f"weights: {{w: {list(range(count))}}}\nloss: sum(w)"


def square(count: int, entry: str = "{}") -> str:
    rows = [[entry.format(row * count + column) for column in range(count)] for row in range(count)]
    return f"weights: {{w: {rows}}}\nloss: sum(w)".replace("'", "")


def test_sections_stand_apart_and_single_numbers_side_by_side() -> None:
    out = io.StringIO()
    trace = loads(MIXED).trace(numbers="fraction")
    write_givens(Sheet(out), "Givens", trace, trace.givens)
    assert out.getvalue().splitlines() == [
        "Givens",
        "  input    x = [1, 2]",
        "           t = 3",
        "  weights  w = [[0, 1], [1, -1]]",
        "           b = 1/2   c = 1/4",
        "  update   lr = 1/10",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        (listed(5), 40, ["[0, 1, 2, 3, 4]"]),
        (listed(5), 15, ["[0, 1, 2, 3, 4]"]),
        (listed(5), 14, ["[0, 1, 2, 3,", " 4]"]),
        (listed(500), 40, ["[0, 1, 2, …, 499]   a vector of 500"]),
        (square(2), 20, ["[[0, 1], [2, 3]]"]),
        (square(2, "{}/3"), 19, ["[[  0, 1/3],", " [2/3,   1]]"]),
        (
            square(20),
            40,
            [
                "[[  0,   1,   2, …,  19],",
                " [ 20,  21,  22, …,  39],",
                " [ 40,  41,  42, …,  59],",
                " [  …,   …,   …, …,   …],",
                " [380, 381, 382, …, 399]]   a 20x20 matrix",
            ],
        ),
        (
            f"weights: {{w: [2, {10**500}]}}\nloss: sum(w)",
            999,
            [f"[2, 1{'0' * 99} … 301 more characters … {'0' * 100}]"],
        ),
    ],
)
def test_an_array_is_whole_where_it_is_short(text: str, room: int, expected: Sequence[str]) -> None:
    assert lines(text, room) == expected


def test_rounded_numbers_are_marked() -> None:
    out = io.StringIO()
    trace = loads("input: {x: [1/3, 2], t: 1/3, s: 1/4}\nloss: sum(x)*t*s").trace(decimals=2)
    write_givens(Sheet(out), "Givens", trace, trace.givens)
    assert out.getvalue() == "Givens\n  input  x = [≈0.33, 2]\n         t ≈ 0.33   s = 0.25\n\n"


def test_each_sample_has_its_own_givens_before_its_first_step(monkeypatch: pytest.MonkeyPatch) -> None:
    from bptrace.views import terminal

    monkeypatch.delenv("COLUMNS", raising=False)
    text = "samples: [{input: {x: 1}}, {input: {x: 2}}]\nweights: {w: 3}\nloss: w*x"
    out, trace = io.StringIO(), loads(text).trace()
    terminal.write_steps(trace, trace.steps, terminal.Look(givens=True), None, out)
    found = [line for line in out.getvalue().splitlines() if line.startswith(("Given", "Sample", "  "))]
    assert found[:5] == ["Givens", "  weights  w = 3", "Sample 1 of 2", "  input  x = 1", "Sample 2 of 2"]
    assert found[5:] == ["  input  x = 2"]


def test_a_whole_array_is_not_cut() -> None:
    trace = loads(square(20)).trace()
    rows = whole_lines(trace, trace.givens[0], 40)
    assert len(rows) == 20
    assert rows[1] == f" [{', '.join(f'{number:3}' for number in range(20, 40))}],"
    assert whole_lines(loads(listed(30)).trace(), loads(listed(30)).givens[0], 60) == [
        "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,",
        " 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]",
    ]
