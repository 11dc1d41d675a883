"""Sums over all outputs: what is printed, read back, is the gradient, and what is said to be 0 is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.typeset.derivation import OUTPUTS, Derivation
from bptrace.typeset.unicode import Unicode
from tests.conftest import ROOT
from tests.readers.concrete import concrete

GENERIC = ROOT / "networks" / "generic_2_2_2.yaml"
SMALL = [
    ROOT / "networks" / f"{stem}.yaml"
    for stem in ("generic_2_2_2", "generic_biases", "generic_skip", "two_outputs", "linear_2_2_2_1", "skip_connection")
]


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
def test_each_line_is_the_gradient(path: Path) -> None:
    derivation, known = Derivation(load(path).derived(), Unicode()), concrete(path)
    rows = {row.quantity: row for row in derivation.trace.rows()}
    for name in derivation.selection.gradients():
        terms = derivation.output_sums.terms(derivation.chains.ways(name))
        subject = derivation.names.element(derivation.chains.subject(name))
        changes = {}
        for term in terms:
            output = derivation.names.element(term.output)
            change = known.derivative(derivation.expanded(rows[term.output]).text, subject.text)
            changes[derivation.format.partial(output, subject).text] = change
        lines = derivation.lines(OUTPUTS, rows[name])
        assert lines
        for piece, _ in lines:
            assert known.value_at(piece.text, changes) == known.values[derivation.names.element(name).text], piece.text


@pytest.mark.parametrize(
    ("gradient", "lines"),
    [
        (
            "dL/dW2[1,1]",
            [
                "∂L/∂ŷ₁ · ∂ŷ₁/∂W⁽²⁾₁₁ + ∂L/∂ŷ₂ · ∂ŷ₂/∂W⁽²⁾₁₁ [= 0]",
                "ŷ₂ = g(W⁽²⁾₁₂·h₁ + W⁽²⁾₂₂·h₂) does not contain W⁽²⁾₁₁",
                "∂L/∂ŷ₁ · ∂/∂W⁽²⁾₁₁[g(W⁽²⁾₁₁·h₁ + W⁽²⁾₂₁·h₂)]",
            ],
        ),
        (
            "dL/dW2[2,1]",
            [
                "∂L/∂ŷ₁ · ∂ŷ₁/∂W⁽²⁾₁₂ [= 0] + ∂L/∂ŷ₂ · ∂ŷ₂/∂W⁽²⁾₁₂",
                "ŷ₁ = g(W⁽²⁾₁₁·h₁ + W⁽²⁾₂₁·h₂) does not contain W⁽²⁾₁₂",
                "∂L/∂ŷ₂ · ∂/∂W⁽²⁾₁₂[g(W⁽²⁾₁₂·h₁ + W⁽²⁾₂₂·h₂)]",
            ],
        ),
        (
            "dL/dW1[2,1]",
            [
                "∂L/∂ŷ₁ · ∂ŷ₁/∂W⁽¹⁾₁₂ + ∂L/∂ŷ₂ · ∂ŷ₂/∂W⁽¹⁾₁₂",
                "∂L/∂ŷ₁ · ∂/∂W⁽¹⁾₁₂[g(W⁽²⁾₁₁·h₁ + W⁽²⁾₂₁·f(W⁽¹⁾₁₂·x₁ + W⁽¹⁾₂₂·x₂))]"
                " + ∂L/∂ŷ₂ · ∂/∂W⁽¹⁾₁₂[g(W⁽²⁾₁₂·h₁ + W⁽²⁾₂₂·f(W⁽¹⁾₁₂·x₁ + W⁽¹⁾₂₂·x₂))]",
            ],
        ),
        (
            "dL/dh1",
            [
                "∂L/∂ŷ₁ · ∂ŷ₁/∂h₁ + ∂L/∂ŷ₂ · ∂ŷ₂/∂h₁",
                "∂L/∂ŷ₁ · ∂/∂h₁[g(W⁽²⁾₁₁·h₁ + W⁽²⁾₂₁·h₂)] + ∂L/∂ŷ₂ · ∂/∂h₁[g(W⁽²⁾₁₂·h₁ + W⁽²⁾₂₂·h₂)]",
            ],
        ),
        ("dL/dyhat1", []),
    ],
)
def test_lines_are_the_documents(gradient: str, lines: list[str]) -> None:
    derivation = Derivation(load(GENERIC).derived(), Unicode())
    row = next(row for row in derivation.trace.rows() if row.quantity == gradient)
    found = [piece.text for line in derivation.lines(OUTPUTS, row) for piece in line if piece]
    assert found == lines


@pytest.mark.parametrize(
    ("equations", "line"),
    [
        ("forward: {h: w*x, k: h^2}\nloss: k + 3*h", "∂L/∂k · ∂k/∂w + 3 · ∂h/∂w"),
        ("forward: {h: 2*x, k: w*x}\nloss: k*h", "∂L/∂k · ∂k/∂w + ∂L/∂h · ∂h/∂w [= 0]"),
    ],
)
def test_how_the_loss_itself_changes_is_told_apart(equations: str, line: str) -> None:
    derivation = Derivation(loads(f"input: {{x: x}}\nweights: {{w: w}}\n{equations}").derived(), Unicode())
    row = next(row for row in derivation.trace.rows() if row.quantity == "dL/dw")
    assert derivation.lines(OUTPUTS, row)[0][0].text == line
