"""Functions by cases: they are what the functions are, at every place, and their gradients stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.ops.table import ROWS
from bptrace.typeset.derivation import EXPANDED, Derivation
from bptrace.typeset.latex import Latex
from bptrace.typeset.unicode import Unicode
from tests.conftest import NETWORKS, ROOT

AT = ["-4", "-3", "-2", "-1", "-1/2", "0", "1/2", "1", "2", "3", "4"]
FORMULAS = {
    "relu(z)": "0 if z<0, z if z>=0",
    "hardtanh(z)": "-1 if z<-1, z if -1<=z<=1, 1 if z>1",
    "hardsigmoid(z)": "0 if z<-3, z/6+1/2 if -3<=z<=3, 1 if z>3",
    "abs(z)": "-z if z<0, z if z>=0",
    "max(z, 2)": "2 if z<2, z if z>=2",
    "max(1, z)": "1 if z<1, z if z>=1",
    "min(z, y)": "z if z<=y, y if z>y",
}


def test_every_row_that_has_pieces_is_tried() -> None:
    assert {row.name for row in ROWS if row.pieces} == {text.partition("(")[0] for text in FORMULAS}


@pytest.mark.parametrize("value", AT)
@pytest.mark.parametrize("text", FORMULAS)
def test_cases_are_the_function(text: str, value: str) -> None:
    network = loads(f"weights: {{z: {value}, y: 1}}\nforward:\n  h: {text}\nloss: h^2 + y")
    usual, other = network.trace(), network.by_cases().trace()
    assert next(other.rows()).formula == FORMULAS[text]
    assert [(row.quantity, row.value) for row in other.rows()] == [(row.quantity, row.value) for row in usual.rows()]
    other.audit()


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_network_by_cases_has_the_same_values_and_slopes(path: Path) -> None:
    network = load(path)
    usual, other = network.trace(), network.by_cases().trace()
    assert [(row.quantity, row.texts()[3]) for row in usual.rows()] == [
        (row.quantity, row.texts()[3]) for row in other.rows()
    ]
    other.audit()


def test_cases_are_typeset_and_within_a_product_the_name_stands() -> None:
    trace = load(ROOT / "networks" / "generic_skip.yaml").by_cases().derived()
    rows = {row.quantity: row for row in trace.rows()}
    latex, plain = Derivation(trace, Latex()), Derivation(trace, Unicode())
    assert latex.form("local", rows["h1"])[0].text == (
        r"\begin{cases} 0 & \text{if } z_{1} < 0 \\ z_{1} & \text{if } z_{1} \ge 0 \end{cases}"
    )
    assert plain.form(EXPANDED, rows["dL/dw1"])[0].text == "∂L/∂ŷ·w₂·ReLU'(w₁·ReLU(w₀·x))·ReLU(w₀·x)"
    assert plain.form(EXPANDED, rows["ReLU'(z0)"])[0].text == "1 if w₀·x > 0, 0 if w₀·x ≤ 0"


def test_a_slope_with_further_arguments_has_them_where_it_stands_by_its_name() -> None:
    text = "weights: {w: -2, a: 1/5}\nforward: {z: 3*w, h: 'leaky_relu(z, a)', k: 'leaky_relu(h, 1/7)'}\nloss: k^2"
    trace = loads(text).derived()
    derivation = Derivation(trace, Unicode())
    row = next(row for row in trace.rows() if row.quantity == "dL/dz")
    inner = "LeakyReLU(3·w, a)"
    assert derivation.form(EXPANDED, row)[0].text == (
        f"2·LeakyReLU({inner}, 1/7)·LeakyReLU'({inner}, 1/7)·LeakyReLU'(3·w, a)"
    )
