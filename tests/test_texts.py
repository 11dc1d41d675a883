"""Lines that would read as something else than they are without their brackets, in every format that has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Command

SQUARE = "weights: {w: 2}\nloss: w^3\nupdate: {rule: adam}"
CASES = "weights: {p: 1}\nforward: {z: 3*p}\nloss: huber(p, z)"
NEGATIVE = "weights: {p: 1}\nforward: {z: 3*p}\nloss: -2*z - 2*p"
TEXT, LATEX, MARKDOWN = ("--format", "text"), ("--format", "latex"), ("--format", "markdown")


@pytest.mark.parametrize(
    ("net", "arguments", "line"),
    [
        (SQUARE, ("run", "--formula"), "beta2*v_w + (1-beta2)*(dL/dw)^2"),
        (SQUARE, ("run", "--explain"), "(1-beta2)*(dL/dw)^2"),
        (SQUARE, ("export", "--format", "csv"), "beta2*v_w + (1-beta2)*(dL/dw)^2"),
        (SQUARE, ("export", *MARKDOWN), "beta2*v_w + (1-beta2)*(dL/dw)^2"),
        (SQUARE, ("export", *LATEX), r"\left(\dfrac{\partial L}{\partial w}\right)^{2}"),
        (CASES, ("derive", "--paths", *TEXT), "·3 + (p - z if -1 ≤ p - z ≤ 1, "),
        (CASES, ("derive", "--paths", *MARKDOWN), r" \cdot 3 + (p - z \allowbreak \text{ if } "),
        (CASES, ("derive", "--paths", *LATEX), r" \cdot 3 + (p - z \allowbreak \text{ if } "),
        (NEGATIVE, ("derive", "--paths", *TEXT), "∂L/∂p = -6 + (-2)"),
        (NEGATIVE, ("derive", "--paths", *MARKDOWN), "-6 + (-2)"),
        (NEGATIVE, ("derive", "--paths", *LATEX), "-6 + (-2)"),
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
