"""How wide formulas come out, against what LaTeX itself measured with Latin Modern at 10 points."""

from __future__ import annotations

import pytest

from bptrace.typeset.latex_widths import extent


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("x_{1}", 10.2),
        ("-0.25", 25.6),
        (r"W^{(1)}_{12}", 21.6),
        (r"w_{11} \cdot x_{1} + b_{1}", 54.1),
        (r"\dfrac{\partial L}{\partial w_{11}}", 23.9),
        (r"\frac{1}{2}", 6.4),
        (r"\begin{cases} 1 & \text{if } z_{1} > 0 \\ 0 & \text{if } z_{1} \le 0 \end{cases}", 60.9),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & -4 \end{pmatrix}", 42.5),
        (r"\begin{pmatrix} 1 & 2 \\[2.2ex] 3 & -4 \end{pmatrix}", 42.5),
        (r"\operatorname{ReLU}'(z_{1})", 45.3),
        (r"\sqrt{x_{1}^{2} + x_{2}^{2}}", 42.6),
    ],
)
def test_is_near_what_latex_makes_of_it(text: str, points: float) -> None:
    assert extent(text).whole == pytest.approx(points, rel=0.2)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (r"a \cdot b + c", "b +"),
        (r"(a \cdot b + c)", "b +"),
        (r"\left(a \cdot b\right)", r"\left(a \cdot b\right)"),
        (r"a \cdot -3", r"a \cdot"),
        (r"\dfrac{a + b}{c} + d", r"\dfrac{a + b}{c} +"),
        (r"123\allowbreak 456", "123"),
        (r"\approx \nobreak -0.5", r"\approx \nobreak -0.5"),
    ],
)
def test_lines_break_after_operators_outside_groups(text: str, part: str) -> None:
    assert extent(text).part == pytest.approx(extent(part).whole, abs=1.0)
