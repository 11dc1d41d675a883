"""Stepping without a screen: what is written for a line."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from bptrace.stepping.dialogue import talk
from bptrace.stepping.stepper import Stepper
from tests.stepping.test_stepper import stepper


def said(at: Stepper, lines: str) -> tuple[str, str]:
    """What is written for lines parted by `;`, and the complaints."""
    out, err = io.StringIO(), io.StringIO()
    talk(at, lines.split(";"), out, err)
    return out.getvalue(), err.getvalue()


def test_a_value_that_changes_nothing_is_answered_all_the_same() -> None:
    assert said(stepper(), "set w22=-1")[0].count("1. forward") == 2


MARKED = {
    "by row": ("last;up", "row", "▸ dL/dw22 | 0*2 | 0\n  dL/db2 | dL/dz2 | 0\n  dL/dz2 = 0, so dL/dw22 is exactly 0."),
    "by step": ("last;up", "step", "▸ dL/dh2 | -2*1 | -2\n  ReLU'(z1) | z1=2>0 | 1\n"),
    "in the step": ("last;down", "step", "  ReLU'(z1) | z1=2>0 | 1\n▸ ReLU'(z2) | z2=-1<=0 | 0\n"),
}


@pytest.mark.parametrize(("lines", "by", "shown"), MARKED.values(), ids=MARKED)
def test_the_marked_row_is_shown_with_its_mark(lines: str, by: str, shown: str) -> None:
    assert shown in said(stepper(by=by), lines)[0]


def test_the_marked_row_is_shown_before_a_question() -> None:
    assert "▸ z1 | 0*1 + 1*2 + 0 | 2\nz2 = ?\n" in said(stepper(predicting=True), "2;up;q")[0]


def test_a_complaint_goes_elsewhere_and_the_rest_is_done() -> None:
    out, err = said(stepper(), "fly;n")
    assert err == "error: unknown command 'fly': ? lists the commands\n"
    assert "2. forward  h = relu(z)" in out


def test_nothing_is_read_after_one_quits() -> None:
    waiting = iter(["q", "n"])
    talk(stepper(), waiting, io.StringIO(), io.StringIO())
    assert next(waiting) == "n"


def test_the_score_comes_before_ctrl_c_ends_all() -> None:
    def lines() -> Iterator[str]:
        yield "2"
        raise KeyboardInterrupt

    out = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        talk(stepper(predicting=True), lines(), out, io.StringIO())
    assert out.getvalue().endswith("\n\n1 row: 1 right at the first try\n")
