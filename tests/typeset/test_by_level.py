"""Formulas by levels: each line has the value of its row."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.typeset.by_level import NO_ROOM
from bptrace.typeset.derivation import Derivation
from bptrace.typeset.unicode import Unicode
from tests.conftest import EVERY_NETWORK, ROOT
from tests.readers.concrete import concrete

RATIONAL = [
    path
    for path in EVERY_NETWORK
    if not load(path).program().real and "samples:" not in path.read_text() and path.stem != "convolution"
]
"""Those whose names have rational values; which element max_pool passes on has no formula."""


@pytest.mark.parametrize("path", RATIONAL, ids=lambda path: path.stem)
def test_every_level_has_the_value_of_its_row(path: Path) -> None:
    derivation = Derivation(load(path).derived(inputs=True), Unicode(), levels=50)
    known = concrete(path)
    for row in derivation.trace.rows():
        lines = derivation.by_level.lines(row.tree)
        values = {known.value(piece.text) for piece, _ in lines if not piece.text.endswith("to be written out")}
        assert values == {known.values[derivation.names.element(row.quantity).text]}, row.quantity
        assert len({piece.text for piece, _ in lines}) == len(lines)


def test_gradients_are_put_in_first_then_slopes_then_what_is_worked_out_last() -> None:
    derivation = Derivation(load(ROOT / "networks" / "generic_2_2_2.yaml").derived(), Unicode(), levels=3)
    row = next(row for row in derivation.trace.rows() if row.quantity == "dL/dW2[1,1]")
    assert [(piece.text, beside and beside.text) for piece, beside in derivation.by_level.lines(row.tree)] == [
        ("∂L/∂y₁'·h₁", None),
        ("∂L/∂ŷ₁·g'(y₁')·h₁", "with ∂L/∂y₁' put in"),
        ("∂L/∂ŷ₁·g'(W⁽²⁾₁₁·h₁ + W⁽²⁾₂₁·h₂)·h₁", "with y₁' put in"),
        ("∂L/∂ŷ₁·g'(W⁽²⁾₁₁·f(h₁') + W⁽²⁾₂₁·f(h₂'))·f(h₁')", "with h₁, h₂ put in"),
    ]


def test_a_level_that_is_too_long_says_so() -> None:
    trace = loads("weights: {w: vector of 9}\nforward: {h: sum(w), k: h*h, m: k*k}\nloss: m*m").derived()
    derivation = Derivation(trace, Unicode(), longest=50, levels=9)
    row = next(row for row in trace.rows() if row.quantity == "L")
    assert [piece.text for piece, _ in derivation.by_level.lines(row.tree)] == [
        "m·m",
        "k·k·k·k",
        "h·h·h·h·h·h·h·h",
        "87 operations, too long to be written out",
    ]


def test_the_levels_of_all_formulas_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptrace.typeset.by_level.WRITTEN", 20)
    derivation = Derivation(
        loads("weights: {w: w}\nforward: {h: w^2, k: h^2}\nloss: k^2").derived(), Unicode(), levels=9
    )
    last = [derivation.by_level.lines(row.tree)[-1][0].text for row in derivation.trace.rows()]
    assert [text == NO_ROOM for text in last] == [False] * 3 + [True] * 3
