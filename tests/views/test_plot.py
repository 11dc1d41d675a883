"""The plot: where the points stand, what the axes say, how large it is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from bptrace.numbers.exact import rational
from bptrace.views.plot import plotted


def drawn(losses: str, width: int = 30, height: int = 9) -> str:
    return "\n".join(plotted("L", [rational(loss) for loss in losses.split()], width, height))


def test_a_falling_line() -> None:
    assert drawn("4 3 2 1 0") == "\n".join(
        [
            "L",
            "4 |*",
            "  |      *",
            "  |             *",
            "  |                   *",
            "0 |                          *",
            "  +---------------------------",
            "   0                         4",
            "              step",
        ]
    )


def test_a_loss_over_decades_is_on_a_logarithmic_scale() -> None:
    assert drawn("1000 10 1/10") == "\n".join(
        [
            "L, on a logarithmic scale",
            "1000 |*",
            "     |",
            "     |           *",
            "     |",
            " 0.1 |                       *",
            "     +------------------------",
            "      0                      2",
            "                step",
        ]
    )


@pytest.mark.parametrize(
    ("losses", "remark"),
    [
        ("1000 1", ""),
        ("1001 1", ", on a logarithmic scale"),
        ("1001 1 0", ", on a logarithmic scale, with 0 at the bottom"),
        ("1000 0", ""),
        ("1e9 -1", ""),
        ("0 0", ""),
    ],
)
def test_the_scale_is_told(losses: str, remark: str) -> None:
    assert drawn(losses).splitlines()[0] == f"L{remark}"


@pytest.mark.parametrize(
    ("losses", "top", "bottom"),
    [
        ("1/3 2/3", "≈0.666667", "≈0.333333"),
        ("5/2 1", "2.5", "1"),
        ("1e-7 2e-7", "2e-7", "1e-7"),
        ("7 7 7", "7", "7"),
        ("-1 -2", "-1", "-2"),
    ],
)
def test_the_axis_has_true_numbers(losses: str, top: str, bottom: str) -> None:
    lines = drawn(losses).splitlines()
    assert (lines[1].split()[0], lines[5].split()[0]) == (top, bottom)


def test_a_loss_that_stays_is_drawn_in_the_middle() -> None:
    assert [line.partition("|")[2] for line in drawn("7 7").splitlines()[1:6]] == ["", "", "*" + " " * 25 + "*", "", ""]


def test_numbers_of_any_length_are_drawn() -> None:
    long = [fmpq(7) ** 30_000 / fmpq(3) ** (30_000 + 1000 * step) for step in range(3)]
    lines = plotted("L", long, 60, 12)
    assert lines[0] == "L, on a logarithmic scale"
    assert [line.count("*") for line in lines].count(1) == 3


@given(
    st.lists(st.fractions(max_denominator=1000), min_size=2, max_size=300), st.integers(30, 200), st.integers(9, 100)
)
def test_it_keeps_to_the_window(losses: list[Fraction], width: int, height: int) -> None:
    lines = plotted("L", [fmpq(loss.numerator, loss.denominator) for loss in losses], width, height)
    assert len(lines) <= min(height, 20)
    assert all(len(line) <= width for line in lines[1:])
    rows = lines[1:-3]
    assert any("*" in row for row in rows)
    assert all(line.partition("|")[2].strip("* ") == "" for line in rows)
