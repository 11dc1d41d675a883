"""Each verdict where it is due, and nobody wronged who is right."""

from __future__ import annotations

import pytest

from bptrace.engine.sentence_parts import plain
from bptrace.marking import written_register
from bptrace.marking.judge import Judge
from bptrace.marking.report import Report
from bptrace.marking.verdicts import FOLLOWS, MISSING, ROUNDED, WRONG
from bptrace.marking.written_register import WrittenRegister
from tests.conftest import calls_of
from tests.marking.by_hand import MOMENTUM, ONE, SOFT, answers, marked, said, working
from tests.refusals import bounded

BATCH_NORM = """
input: {x: [1, 2, 6]}
weights: {g: 2}
target: {y: [1, 0, 2]}
forward: {m: mean(x), s: "mean((x - m)^2)", n: (x - m)/sqrt(s + 1/4), yhat: g*n}
loss: sum((yhat - y)^2)
gradients: [weights, input]
"""
CONVOLUTION = """
input: {x: [1, 2, 3, 4]}
weights: {k: [1, 2, 1]}
forward: {z: "conv1d(x, k)"}
loss: sum(z^2)
gradients: [weights, input]
"""
CROSS = "input: {x: 2}\nweights: {w: [1, -1]}\nforward: {z: w*x}\nloss: cross_entropy(z, 1)\n"


@pytest.mark.parametrize(
    ("net", "rows", "wanted"),
    [
        (ONE, "z1 = -1; z2 = 3.5; yhat = -3.5; dL/dyhat = 1", "right, right, right, right"),
        (ONE, "dL/dyhat = 1; dL/dv2 = 3.5; dL/dh2 = -1; dL/dz2 = -1", "right, right, right, right"),
        (ONE, "dL/dyhat = 2; dL/dv2 = 7; dL/dh2 = -2", "slip (2 or ½ dropped or doubled), follows (dL/dyhat), "
         "follows (dL/dyhat)"),
        (ONE, "dL/dh1 = 2; dL/dz1 = 2; dL/dw12 = 4; dL/dw11 = 2",
         "right, slip (hidden slope forgotten, gate always open, gate on h ≥ 0, gate on the gradient's sign), "
         "follows (dL/dz1), follows (dL/dz1)"),
        (ONE, "dL/dyhat = 1; dL/dv2 = 3.7; dL/dh2 = -1", "right, wrong, right"),
        (ONE, "dL/dyhat = one; dL/dq = 3; dL/dh2 = -1", "unreadable, unknown, right"),
        (ONE, "w22_new = 1.2; w21_new = 0.6", "right, right"),
        (ONE, "dL/dw22 = -2; w22_new = 0.8", "right, slip (step up instead of down)"),
        (SOFT, "h1 = 0.65; z1 = 0.6", "right, right"),
        (SOFT, "z1 = 0.60; h1 = 0.6457", "right, right"),
        (SOFT, "z1 = 0.6; h1 = 0.64; h2 = 0.31; u1 = 0.279", "right, right, right, rounded"),
        (SOFT, "z1 = 0.8; h1 = 0.69; h2 = 0.31; u1 = 0.31", "wrong, follows (z1), right, follows (z1)"),
    ],
)  # fmt: skip
def test_verdicts(net: str, rows: str, wanted: str) -> None:
    assert said(net, rows) == wanted


@pytest.mark.parametrize(
    ("net", "rows"),
    [
        # t - y, with the minus kept elsewhere; the error of a unit as -dL/dz
        (ONE, "dL/dyhat = -1; dL/dh2 = -1; dL/dv2 = 3.5"),
        (SOFT, "dL/dyhat1 = 0.7249; dL/du1 = -0.6700; dL/dv11 = -0.4326"),
        (ONE, "dL/dyhat = -1; dL/dh2 = 1; dL/dz2 = 1; dL/dw21 = -1; dL/dw22 = -2; dL/db2 = -1"),
        # momentum in either form
        (MOMENTUM, "dL/dw = 4; v_w_new = 4; w_new = 1.6"),
        (MOMENTUM, "dL/dw = 4; v_w_new = -0.4; w_new = 1.6"),
        (MOMENTUM, "dL/dw = 4; v_w_new = 0.4; w_new = 1.6"),
        # x(1-x) on an output
        (SOFT, "h1 = 0.6457; sigmoid'(z1) = 0.6457*(1-0.6457) = 0.2288"),
        # the mean's own path comes to nothing
        (BATCH_NORM, "m = 3; s = 4.667; dL/dm = -(dL/dn1 + dL/dn2 + dL/dn3)/sqrt(s + 1/4) = 5.412"),
        # a convolution by im2col
        (CONVOLUTION, "z1 = 1*1 + 2*2 + 3*1 = 8; z2 = 12; dL/dk1 = 16*1 + 24*2 = 64; dL/dx2 = 16*2 + 24*1 = 56"),
        # cross-entropy that takes the slope of softmax with it
        (CROSS, "dL/dz1 = -0.0180; dL/dz2 = 0.0180; dL/dw2 = 0.0360"),
        # a rule in another order or form
        (ONE, "dL/dyhat = (yhat - y)*2 = (-3.5+4)*2 = 1; dL/dv2 = h2*dL/dyhat = 3.5*1 = 3.5"),
        (ONE, "dL/dv2 = 2*(yhat-y)*h2 = 2*(-3.5+4)*3.5 = 3.5; dL/dz2 = 2*(yhat-y)*v2 = -1"),
        # values that are equal by luck
        (ONE, "dL/db2 = -1; dL/dw21 = -1; dL/dw11 = 0"),
        # numbers of machines, and numbers that were cut off
        (SOFT, "h1 = 0.6456563062257954; h2 = 0.31002551887238755; u1 = 0.2823810242992832"),
        (SOFT, "h1 = 0.645; h2 = 0.310; u1 = 0.281; dL/dyhat1 = -0.725"),
    ],
)
def test_nobody_is_wronged_who_is_right(net: str, rows: str) -> None:
    found = marked(net, rows)
    assert {row.verdict for row in found.rows} <= {"right", "rounded"}
    assert not any(row.of_rule for row in found.rows)


def test_one_digit_is_read_with_a_zero() -> None:
    assert said("weights: {w: 0.5123}\nforward: {a: w*1}\nloss: a", "a = 0.5", digits=2) != "right"
    assert said("weights: {w: 0.5023}\nforward: {a: w*1}\nloss: a", "a = 0.5", digits=2) == "right"
    assert said("weights: {w: 0.5123}\nforward: {a: w*1}\nloss: a", "a = 0.5", digits=1) == "right"


def test_errors_of_units_with_the_other_sign_are_asked_for() -> None:
    rows = "dL/dh2 = 1; dL/dz2 = 1"
    assert "slip" in said(ONE, rows)
    assert said(ONE, rows, negative=True) == "right, right"


def test_a_slip_in_a_row_that_is_not_written_is_charged_once() -> None:
    found = marked(ONE, "dL/dw11 = 2; dL/dw12 = 4; dL/db1 = 2").rows
    assert [row.verdict for row in found] == ["slip", FOLLOWS, FOLLOWS]
    assert "hidden slope forgotten" in {naming.slip for naming in found[0].slips}
    assert found[1].after == found[2].after == (found[0].slips[0].row,) == ("dL/dz1",)


def test_what_follows_from_a_wrong_0_is_marked_as_easy() -> None:
    found = marked(ONE, "dL/dyhat = 1; dL/dz2 = 0; dL/dw21 = 0; dL/dw22 = 0").rows
    assert [(row.verdict, row.is_easy) for row in found][2:] == [(FOLLOWS, True)] * 2


def test_two_slips_in_one_row_could_be() -> None:
    row = marked(SOFT, "dL/dh1 = -0.3439; sigmoid'(z1) = 0.2288; dL/dz1 = 0.01800").rows[-1]
    assert row.verdict == "slip"
    assert {naming.slip: naming.sure for naming in row.slips} == {"slope twice": False, "sign of this row lost": False}


def test_where_more_slips_would_be_looked_for_than_is_bounded_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    lines, rows = working(ONE), answers("dL/dw11 = 2; dL/dw12 = 40; dL/db1 = 2", working(ONE))
    monkeypatch.setattr(written_register, "SEARCHED", 100)
    found = Judge(lines).mark(rows)
    assert [(row.verdict, row.slips) for row in found.rows] == [(WRONG, ())] * 3
    told = ["Not all slips are named, and not every rule is compared: that takes more than 200,000 operations, "
            "the most for one register."]  # fmt: skip
    assert list(map(plain, found.remarks)) == told
    report = Report(found, lines, "net.yaml")
    assert report.text(report.explained().heading) == "dL/dw11: no slip was found"  # type: ignore[union-attr]


def test_a_register_has_effort_of_its_own_however_many_were_marked_before() -> None:
    judge = Judge(lines := working(ONE))
    first, again = (judge.mark(answers("dL/dw11 = 2; dL/dw12 = 4", lines)) for _ in range(2))
    assert [row.slips for row in first.rows] == [row.slips for row in again.rows]


def test_a_slip_beside_what_may_be_rounded() -> None:
    first = "dL/dw11 = -0.0388; dL/dw12 = 0.0776; dL/dw21 = 0.0629; dL/dw22 = -0.126; dL/db1 = -0.0776"
    for row in marked(SOFT, first).rows:
        assert row.verdict == ROUNDED
        assert "slope at h instead of z" in {naming.slip for naming in row.besides}


def test_rows_that_are_asked_for_and_not_there() -> None:
    lines = working(ONE)
    rows = Judge(lines).mark(answers("L = 0.25", lines), all_rows=True).rows
    assert [row.name for row in rows if row.verdict == MISSING] == [name for name in lines.lines if name != "L"]


def test_samples_have_rows_of_their_own() -> None:
    samples = "samples: [{input: {x: 1}, target: {y: 2}}, {input: {x: 3}, target: {y: 1}}]\n"
    net = f"{samples}weights: {{w: 2}}\nforward: {{yhat: w*x}}\nloss: (yhat - y)^2\n"
    rows = "dL/dyhat(1) = 0; dL/dyhat(2) = 10; dL/dw(2) = 30; dL/dw = 15"
    assert said(net, rows) == "right, right, right, right"
    summed = said(net, rows.replace("= 15", "= 30"))
    assert summed == "right, right, right, slip (the last path only (overwritten), summed where it is a mean)"


@pytest.mark.parametrize(
    ("step", "count", "rows"), [("{0}*{0} + w", 40, "z1 = 3e300; z39 = 5; L = 7"), ("{0}^{0}", 4, "z1 = 30; L = 7")]
)
def test_rows_that_are_not_written_do_not_grow_beyond_all_bounds(step: str, count: int, rows: str) -> None:
    chain = "".join(f"  z{place + 1}: {step.format(f'z{place}')}\n" for place in range(count))
    net = f"weights: {{w: {1 if '^' in step else -1}}}\nforward:\n  z0: w\n{chain}loss: z{count}\n"
    with bounded():
        assert said(net, rows).startswith("wrong")


def test_rows_are_held_against_the_right_values_a_few_times_however_many_are_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = calls_of(monkeypatch, WrittenRegister, "is_value")
    steps = "".join(f", z{place}: 2*z{place - 1}*w" for place in range(1, 60))
    net = f"weights: {{w: 3}}\nforward: {{z0: w{steps}}}\nloss: z59\n"
    rows = "; ".join(f"z{place} = {2 * 3**place}" for place in range(60))
    assert "slip" in said(net, rows)
    assert 60 <= len(asked) <= 4 * 60
