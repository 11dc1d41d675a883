"""Sums over all outputs: what is printed, read back, is the gradient, and what is said to be 0 is."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from hypothesis import given

from bptrace import Network, Trace, load, loads
from bptrace.numbers.enclosures import ZERO, Scalar, agree, multiply
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Expr, Leaf, children, rebuilt
from bptrace.typeset.derivation import OUTPUTS, Derivation
from bptrace.typeset.derivatives import Derivatives, Pair, toward
from bptrace.typeset.outputs import OutputTerm
from bptrace.typeset.unicode import Unicode
from tests.conftest import ROOT
from tests.readers.concrete import concrete
from tests.strategies import examples, networks

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


@examples(40)
@given(networks())
def test_the_terms_of_any_network_sum_to_its_gradients(text: str) -> None:
    network = loads(text)
    derivation, valued = Derivation(network.derived(), Unicode()), network.trace()
    for name in derivation.selection.gradients():
        terms = derivation.output_sums.terms(derivation.chains.ways(name))
        subject = derivation.chains.subject(name)
        if len(terms) > 20 or not derivation.output_sums.lines(name):
            continue
        total: Scalar = ZERO
        for term in terms:
            changes = change(derivation.trace, Pair(term.output, subject))
            assert term.vanishes == (changes is None)
            if changes is not None:
                total = total + multiply(upstream(term, valued), changes)
        assert agree(total, value_of(valued, name)), name


def change(trace: Trace, pair: Pair) -> Scalar | None:
    """How the one changes with the other where the file's numbers are put in; None where it does not."""
    reduced = toward(trace, trace.register.places[pair.of][0])
    found = Derivatives(reduced, Unicode(), [pair], 2_000, 0)
    ways = found.ways(pair)
    if ways is None:
        return None
    source = cast(Network, reduced.source).trace(inputs=True)
    return sum((at_values(found.product(trail), source) for trail in ways.trails()), ZERO)


def at_values(tree: Expr, valued: Trace) -> Scalar:
    return evaluate(_with_values(tree, valued))


def _with_values(tree: Expr, valued: Trace) -> Expr:
    if isinstance(tree, Leaf):
        return Leaf(tree.name, value_of(valued, tree.name))
    parts = [_with_values(part, valued) for part in children(tree)]
    return rebuilt(tree, parts) if parts else tree


def value_of(valued: Trace, name: str) -> Scalar:
    key, index = valued.register.places[name]
    return valued.register[key][index].value


def upstream(term: OutputTerm, valued: Trace) -> Scalar:
    """How the loss itself changes with an output."""
    if term.upstream is not None:
        return at_values(term.upstream, valued)
    key, index = valued.register.places[term.output]
    return value_of(valued, valued.program.quantities[valued.program.gradients[key]].element(index))
