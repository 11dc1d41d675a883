"""The cells of a register as mathematics: the same in any format, with a closed form and stages where there are any."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.typeset.names import Names
from bptrace.typeset.unicode import Unicode
from bptrace.views.register_cells import RegisterCells

TRACE = loads("weights: {w: [1, 2], a: 1/2}\nforward: {z: w@w}\nloss: exp(a)*z").trace()
ROWS = {row.quantity: row for row in TRACE.rows()}
CELLS = RegisterCells(TRACE, Names(TRACE, Unicode()))


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("z", ("z", "w₁·w₁ + w₂·w₂", "1·1 + 2·2", "5")),
        ("L", ("L", "exp(a)·z", "exp(1/2)·5", "≈ 8.243606354")),
        ("dL/dw2", ("∂L/∂w₂", "∂L/∂z·w₂ + ∂L/∂z·w₂", "1.648721271·2 + 1.648721271·2", "≈ 6.594885083")),
    ],
)
def test_the_cells_of_a_row(name: str, cells: tuple[str, ...]) -> None:
    row = ROWS[name]
    made = (CELLS.quantity(row), CELLS.formula(row), CELLS.rule(row), CELLS.value(row))
    assert tuple(cell.text for cell in made) == cells


def test_stages_and_closed_forms() -> None:
    trace = loads("weights: {a: 1/2}\nloss: exp(a)*(2 - 5)").trace().with_closed_forms(40).with_work()
    cells, row = RegisterCells(trace, Names(trace, Unicode())), next(trace.rows())
    assert cells.rule(row).text.startswith("exp(1/2)·(2 - 5) ≈ ")
    assert cells.value(row).text == "-3·exp(½) ≈ -4.946163812"


def test_an_equation_of_the_file() -> None:
    assert CELLS.equation(TRACE.source.definitions[0]).text == "z = wᵀ w"
