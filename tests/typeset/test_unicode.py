"""Mathematics in Unicode characters, as `bptrace derive` shows it: one line a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Command

GIVENS = "weights: {w: 3, yhat: 2, theta: 2, W1: [[1, 2], [3, 4]], long: [1, 2]}"


@pytest.mark.parametrize(
    ("loss", "wanted", "line"),
    [
        ("theta^3", "theta", "∂L/∂θ = 3·θ²"),
        ("w*yhat", "w", "∂L/∂w = ŷ"),
        ("w^-1", "w", "∂L/∂w = -1·w⁻²"),
        ("2^w", "w", "∂L/∂w = 2^w·log(2)"),
        ("sqrt(w)", "w", "∂L/∂w = 1/(2·√(w))"),
        ("exp(-w)", "w", "∂L/∂w = exp(-w)·(-1)"),
        ("abs(w)", "w", "∂L/∂w = sign(w)"),
        ("sum(W1)*w", "w", "∂L/∂w = W⁽¹⁾₁₁ + W⁽¹⁾₁₂ + W⁽¹⁾₂₁ + W⁽¹⁾₂₂"),
        ("long[2]*w", "w", "∂L/∂w = long₂"),
        ("W1[1,2]^2", "W1[1,2]", "∂L/∂W⁽¹⁾₁₂ = 2·W⁽¹⁾₁₂"),
    ],
)
def test_a_derivative_is_written(loss: str, wanted: str, line: str, command: Command, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(f"{GIVENS}\nloss: {loss}", encoding="utf-8")
    status, out, err = command("derive", path, wanted, "--expanded")
    assert (status, err) == (0, "")
    assert line in [printed.strip() for printed in out.splitlines()]
