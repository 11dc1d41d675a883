"""Lines that would read as something else than they are without their brackets, in every format that has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import loads
from bptrace.typeset.ascii import Ascii
from bptrace.typeset.derivation import Derivation
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from tests.conftest import Command

SQUARE = "weights: {w: 2}\nloss: w^3\nupdate: {rule: adam}"
CASES = "weights: {p: 1}\nforward: {z: 3*p}\nloss: huber(p, z)"
NEGATIVE = "weights: {p: 1}\nforward: {z: 3*p}\nloss: -2*z - 2*p"
TIE = "weights: {x: [1, 1, 1]}\nloss: max(x)"
LENGTH = "weights: {x: [0, 0]}\nforward: {r: norm(x)}\nloss: r^2"
CERTAIN = "weights: {p: 1}\nloss: binary_cross_entropy(p, 1)"
RAISED = "weights: {W1: [[3]], W2: [[1, 2]]}\nloss: sum(W1^3*W2)"
LETTERS = "weights: {w: [1, 2, 3], c: 2, d: 5}\nloss: sum(w + c*d)"
GATED = "weights: {w: -3}\nforward: {z: w*1, h: relu(z)}\nloss: h^2"
GRID = "weights: {w: 1}\nloss: exp(20*w)\nupdate: {lr: 1, round: 0.001}"
TEXT, LATEX, MARKDOWN = ("--format", "text"), ("--format", "latex"), ("--format", "markdown")


@pytest.mark.parametrize(
    ("net", "arguments", "line"),
    [
        (SQUARE, ("run", "--formula"), "beta2*v_w + (1-beta2)*(dL/dw)^2"),
        (SQUARE, ("run", "--explain"), "(1-beta2)*(dL/dw)^2"),
        (SQUARE, ("export", "--format", "csv"), "beta2*v_w + (1-beta2)*(dL/dw)^2"),
        (SQUARE, ("export", *MARKDOWN), "beta2*v_w + (1-beta2)*(dL/dw)^2"),
        (SQUARE, ("export", *LATEX), r"\left(\dfrac{\partial L}{\partial w}\right)^{2}"),
        (CASES, ("derive", "--paths", *TEXT), "·3\n        + (p - z if -1 ≤ p - z ≤ 1, "),
        (CASES, ("derive", "--paths", *MARKDOWN), r" \cdot 3 + (p - z \allowbreak \text{ if } "),
        (CASES, ("derive", "--paths", *LATEX), r" \cdot 3 + (p - z \allowbreak \text{ if } "),
        (NEGATIVE, ("derive", "--paths", *TEXT), "∂L/∂p = -6 + (-2)"),
        (NEGATIVE, ("derive", "--paths", *MARKDOWN), "-6 + (-2)"),
        (NEGATIVE, ("derive", "--paths", *LATEX), "-6 + (-2)"),
        (TIE, ("run",), "\n  x1, x2 and x3 are equal: equal ones share the gradient alike\n\n"),
        (TIE, ("run", "--form", "matrix"), "\n     x₁, x₂ and x₃ are equal: equal ones share the gradient alike\n"),
        (TIE, ("export", *MARKDOWN), "\n*x1, x2 and x3 are equal: equal ones share the gradient alike*\n"),
        (
            TIE,
            ("export", *LATEX),
            r"\emph{$x_{1}$, $x_{2}$ and $x_{3}$ are equal: equal ones share the gradient alike}",
        ),
        (LENGTH, ("run",), "\n  r is exactly 0: norm has no slope at 0; 0 is taken\n\n"),
        (LENGTH, ("derive", *TEXT), "\n  norm has no slope at 0; 0 is taken"),
        (LENGTH, ("derive", "--general", *TEXT), "∂L/∂xⱼ = ∂L/∂r · ∂r/∂xⱼ\n         = ∂L/∂r·(xⱼ/r)\n"),
        (
            LENGTH,
            ("export", *LATEX),
            r"{$r$ is exactly $0$: $\operatorname{norm}$ has no slope at $0$; $0$ is taken}",
        ),
        (CERTAIN, ("export", *LATEX), r"\emph{$1 - p$ is exactly $0$: $0$ times $\log(0)$ is taken as $0$}"),
        (RAISED, ("derive", "--local", *TEXT), "∂L/∂W⁽²⁾₁₁ = (W⁽¹⁾)³"),
        (RAISED, ("derive", "--local", *LATEX), "(W^{(1)})^{3}"),
        (RAISED, ("run", "--form", "matrix"), "∂L/∂W⁽²⁾ = (W⁽¹⁾)³ = "),
        (RAISED, ("export", "--form", "matrix", *MARKDOWN), "(W^{(1)})^{3}"),
        (LETTERS, ("derive", "--general", *TEXT), "∂L/∂c  = 3·d\n"),
        (LETTERS, ("derive", "--general", *MARKDOWN), r"\dfrac{\partial L}{\partial c} &= 3 \cdot d"),
        (LETTERS, ("derive", "--general", *LATEX), r"\dfrac{\partial L}{\partial c} &= 3 \cdot d"),
        (GATED, ("run", "--form", "matrix", "--cases"), " = ReLU(z) = 0, as -3 < 0\n"),
        (GRID, ("run", "--explain"), "round(1-1*9703303908.196,0.001) │"),
        (GRID, ("run", "--explain"), "round(1-1*9703303908.196,0.001) = -9703303907.196."),
        (GRID, ("export", "--format", "csv"), '"round(1-1*9703303908.196,0.001)",-9703303907.196,yes'),
        (GRID, ("run", "--form", "matrix"), "round(1 - 1·9703303908.196, 0.001) = -9703303907.196"),
        (GRID, ("export", *MARKDOWN), "`round(1-1*9703303908.196,0.001)`"),
        (GRID, ("export", *LATEX), r"(1 - 1 \cdot 9703303908.196, \allowbreak 0.001)"),
    ],
)
def test_a_line_reads_as_it_is_meant(
    net: str, arguments: tuple[str, ...], line: str, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(net, encoding="utf-8")
    status, out, err = command(arguments[0], path, *arguments[1:])
    assert (status, err) == (0, "")
    assert line in out


@pytest.mark.parametrize(
    ("net", "quantity", "line"),
    [
        (RAISED, "dL/dW2[1,1]", "(W^(1))^3"),
        (RAISED, "dL/dW1", "(W^(2)_11 + W^(2)_12)*3*(W^(1))^2"),
    ],
)
def test_a_formula_in_ascii_reads_as_it_is_meant(net: str, quantity: str, line: str) -> None:
    trace = loads(net).trace()
    row = next(row for row in trace.rows() if row.quantity == quantity)
    assert Mathematics(trace, Names(trace, Ascii())).top(row.tree).text == line


def test_of_many_equal_ones_the_first_are_named() -> None:
    trace = loads(f"weights: {{x: [{', '.join(['1'] * 12)}]}}\nloss: max(x)").trace()
    notes = {note for row in trace.rows() for note in row.notes}
    assert notes == {
        "x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8] and 4 more are equal: equal ones share the gradient alike"
    }


def test_the_sum_over_paths_in_ascii_brackets_its_terms() -> None:
    found = Derivation(loads(NEGATIVE).derived(), Ascii()).written_paths.paths_to("dL/dp").total
    assert found is not None
    assert found.text == "-6 + (-2)"
