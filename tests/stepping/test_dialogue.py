"""Stepping without a screen: what is written for a line."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from bptrace import load, loads
from bptrace.engine.network import Network
from bptrace.stepping.dialogue import talk
from bptrace.stepping.stepper import Stepper
from tests.conftest import RELU
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
    reads = "  z1 reads  w = [[0, 1], [1, -1]]   x = [1, 2]   b = [0, 0]\n"
    assert f"▸ z1 | 0*1 + 1*2 + 0 | 2\n{reads}z2 = ?\n" in said(stepper(predicting=True), "2;up;q")[0]


def test_what_a_row_reads_is_told_with_its_question_and_not_with_each_try() -> None:
    reads = "  z2 reads  w = [[0, 1], [1, -1]]   x = [1, 2]   b = [0, 0]\nz2 = ?\n"
    out = said(stepper(predicting=True), "2;7;hint;q")[0]
    assert out.count(reads) == 1
    assert out.count("z2 = ?\n") == 3


def test_of_what_a_wide_row_reads_a_few_lines_are_told() -> None:
    numbers = [1_000 + place for place in range(300)]
    network = loads(f"input: {{x: {numbers}}}\nweights: {{w: {numbers}}}\nloss: w@x")
    out = said(stepper(network, predicting=True), "q")[0].splitlines()
    lines = [line for line in out if line.count("] = ") > 1]
    assert len(lines) == 4
    assert lines[0].startswith("  L reads  w[1] = 1000   x[1] = 1000   w[2] = 1001")
    assert all(line.startswith(" " * len("  L reads  ")) for line in lines[1:])
    assert lines[3].endswith(" more")
    assert max(map(len, lines)) <= 130


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (load(RELU), "hint  s skip  back  why  show givens  ? help  q quit"),
        (loads("weights: {a: 3}\nloss: a^2"), "h hint  s skip  b back  w why  v givens  ? help  q quit"),
        (loads("weights: {s: 3, q: 2}\nloss: s^q"), "h hint  skip  b back  w why  v givens  ? help  quit"),
    ],
)
def test_the_words_that_are_no_answer_are_told_once(network: Network, words: str) -> None:
    out = said(stepper(network, predicting=True), "7;hint;q")[0]
    assert out.count(f"\n  an answer, or:  {words}\n") == out.count("an answer, or") == 1


def test_a_walk_tells_of_no_answer() -> None:
    assert "an answer" not in said(stepper(), "n;q")[0]


def test_a_complaint_goes_elsewhere_and_the_rest_is_done() -> None:
    out, err = said(stepper(), "fly;n")
    assert err == "error: unknown command 'fly': ? lists the commands\n"
    assert "2. forward  activation: h = relu(z)" in out


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
