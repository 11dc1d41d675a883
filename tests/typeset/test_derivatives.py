"""Derivatives of any quantity: what is printed, read back, is sympy's derivative of the formula."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.errors import SpecError
from bptrace.ops.expr import Leaf, nodes
from bptrace.typeset.derivation import CHAIN, EXPANDED, LOCAL, OUTPUTS, Derivation
from bptrace.typeset.derivatives import Derivatives, Pair, derivatives, is_derivative, pairs_of, toward
from bptrace.typeset.unicode import Unicode
from tests.conftest import ROOT
from tests.readers.concrete import concrete

GENERIC, SKIP = (ROOT / "networks" / f"generic_{stem}.yaml" for stem in ("2_2_2", "skip"))
SMALL = [
    ROOT / "networks" / f"{stem}.yaml"
    for stem in ("generic_2_2_2", "generic_biases", "generic_skip", "linear_2_2_2_1", "skip_connection")
]


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
def test_each_line_is_sympys_derivative(path: Path) -> None:
    derivation, known = Derivation(load(path).derived(), Unicode()), concrete(path)
    trace, names = derivation.trace, derivation.names
    forward = [row for step in trace.steps if step.phase == "forward" for row in step][:-1]
    steps = {
        derivation.format.partial(names.element(row.quantity), names.element(leaf.name)).text: known.derivative(
            derivation.mathematics.top(row.tree).text, names.element(leaf.name).text
        )
        for row in forward
        for leaf in nodes(row.tree)
        if isinstance(leaf, Leaf)
    }
    givens = [
        trace.program.quantities[given.key].element(index)
        for given in trace.givens
        if given.section != "update"
        for index in product(*map(range, given.shape))
    ]
    for row in forward[-2:]:
        whole = derivation.expanded(row).text
        pairs = [Pair(row.quantity, given) for given in givens]
        key, _ = trace.register.places[row.quantity]
        found = Derivatives(toward(trace, key), Unicode(), pairs, 2_000, 0)
        for pair, equality in zip(pairs, found.equalities([OUTPUTS, CHAIN, LOCAL, EXPANDED]), strict=True):
            expected = known.derivative(whole, names.element(pair.by).text)
            for right in equality.rights:
                assert known.value_at(right.text, steps) == expected, (pair, right.text)


def lines(path: Path, name: str, forms: tuple[str, ...] = (), levels: int = 0) -> list[str]:
    trace = load(path).derived()
    found = derivatives(Derivation(trace, Unicode(), levels=levels), pairs_of(trace, name))
    equalities = [equality for each in found for equality in each.equalities(forms)]
    return [piece.text for equality in equalities for line in equality.lines for piece in line if piece]


@pytest.mark.parametrize(
    ("path", "name", "forms", "levels", "found"),
    [
        (
            GENERIC,
            "dyhat1/dW1[2,1]",
            (),
            0,
            ["∂ŷ₁/∂y₁' · ∂y₁'/∂h₂ · ∂h₂/∂h₂' · ∂h₂'/∂W⁽¹⁾₁₂", "g'(y₁')·W⁽²⁾₂₁·f'(h₂')·x₁"],
        ),
        (
            GENERIC,
            "dyhat2/dW1[2,1]",
            (EXPANDED,),
            0,
            [
                "g'(W⁽²⁾₁₂·f(W⁽¹⁾₁₁·x₁ + W⁽¹⁾₂₁·x₂) + W⁽²⁾₂₂·f(W⁽¹⁾₁₂·x₁ + W⁽¹⁾₂₂·x₂))"
                "·W⁽²⁾₂₂·f'(W⁽¹⁾₁₂·x₁ + W⁽¹⁾₂₂·x₂)·x₁"
            ],
        ),
        (
            GENERIC,
            "dyhat1/dW2[1,1]",
            (EXPANDED,),
            1,
            ["g'(y₁')·h₁", "g'(W⁽²⁾₁₁·h₁ + W⁽²⁾₂₁·h₂)·h₁", "with y₁' put in"],
        ),
        (GENERIC, "∂z1 / ∂x2", (), 0, ["W⁽¹⁾₂₁"]),
        (GENERIC, "dyhat1/dyhat1", (), 0, ["1"]),
        (GENERIC, "dh1/dyhat1", (), 0, ["0", "h₁ = f(h₁') does not contain ŷ₁"]),
        (
            GENERIC,
            "dyhat/dW2[1,1]",
            (LOCAL,),
            0,
            ["g'(y₁')·h₁", "0", "ŷ₂ = g(W⁽²⁾₁₂·h₁ + W⁽²⁾₂₂·h₂) does not contain W⁽²⁾₁₁"],
        ),
        (SKIP, "dz2/dh0", (), 0, ["∂z₂/∂h₁ · ∂h₁/∂z₁ · ∂z₁/∂h₀ + w₃", "w₂·ReLU'(z₁)·w₁ + w₃"]),
    ],
)
def test_lines(path: Path, name: str, forms: tuple[str, ...], levels: int, found: list[str]) -> None:
    assert lines(path, name, forms, levels) == found


def test_paths() -> None:
    trace = load(SKIP).derived()
    (found,) = derivatives(Derivation(trace, Unicode()), pairs_of(trace, "dz2/dh0"))
    (paths,) = found.paths()
    assert [(path.route.text, path.product.text) for path in paths.paths] == [
        ("z₂ → h₁ → z₁ → h₀", "w₂·ReLU'(z₁)·w₁"),
        ("z₂ → h₀", "w₃"),
    ]
    assert paths.total
    assert paths.total.text == "w₂·ReLU'(z₁)·w₁ + w₃"
    (found,) = derivatives(Derivation(trace, Unicode()), pairs_of(trace, "dh0/dw3"))
    (none,) = found.paths()
    assert none.heading == "0 paths, and 1 that is 0"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("dq/dx", "there is no quantity 'q'"),
        ("dz/dq1", "there is no quantity 'q1'"),
        ("dx1/dz", "'x1' is given: it changes with nothing\n   as in dz/dx"),
    ],
)
def test_what_is_refused(name: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        pairs_of(load(GENERIC).derived(), name)
    assert message in str(caught.value)


def test_arrays_of_many_derivatives_are_refused() -> None:
    trace = loads("input: {x: vector of 30}\nweights: {W: 30x30}\nforward: {z: W@x}\nloss: sum(z)").derived()
    with pytest.raises(SpecError, match="27,000 derivatives, more than 200"):
        pairs_of(trace, "dz/dW")
    assert len(pairs_of(trace, "dz[1]/dx")) == 30


@pytest.mark.parametrize(("name", "found"), [("dz/dx", True), ("dL/dx", False), ("W1", False), ("dL/dW1[1,1]", False)])
def test_a_gradient_of_the_loss_is_no_derivative(name: str, found: bool) -> None:
    assert is_derivative(load(GENERIC).derived(), name) == found
