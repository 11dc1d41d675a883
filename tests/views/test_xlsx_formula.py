"""Rules as formulas of a spreadsheet: the exact text, over cells on a sheet of givens and one of rows."""

from __future__ import annotations

import pytest

import bptrace
from bptrace.errors import BptraceError
from bptrace.marking.working import Working, general_rules
from bptrace.numbers.exact import rational
from bptrace.ops.format import ARGUMENT
from bptrace.ops.op import OPS
from bptrace.views import xlsx_formula
from bptrace.views.xlsx_formula import FormulaWriter, InCells, SheetCell, SheetFormula, column_name, number_text


def formulas(text: str, only: str = "") -> dict[str, SheetFormula]:
    """The formula of each row, or of one: givens in column A of G, rows in column B of R, parts from column C on."""
    trace = bptrace.loads(text).trace()
    working = Working(trace)
    cells = {name: SheetCell("G", row, 0) for row, name in enumerate(working.givens)}
    cells |= {name: SheetCell("R", row, 1) for row, name in enumerate(working.lines)}
    writer = FormulaWriter(cells, 2, trace.bits)
    rules = {line.name: rule for line, rule in general_rules(working) if line.name == (only or line.name)}
    return {name: writer.formula(rule, cells[name]) for name, rule in rules.items()}


@pytest.mark.parametrize(
    ("loss", "formula"),
    [
        ("w*v + 1/2", "G!A1*G!A2+0.5"),
        ("w - (v - 1)", "G!A1-(G!A2-1)"),
        ("(w + v)*(w - v)/3", "(G!A1+G!A2)*(G!A1-G!A2)/3"),
        ("w/(v*w)", "G!A1/(G!A2*G!A1)"),
        ("-w^2", "-(G!A1^2)"),
        ("(-w)^2", "(-G!A1)^2"),
        ("v - -w^2", "G!A2-(-(G!A1^2))"),
        ("(w^2)^3", "(G!A1^2)^3"),
        ("w*-3", "G!A1*(-3)"),
        ("w*(2/3)", "G!A1*(2/3)"),
        ("w*0.1", "G!A1*0.1"),
        ("w*123456789012345678901", "G!A1*1.2345678901234568E+20"),
        ("exp(w)*log(v)", "EXP(G!A1)*LN(G!A2)"),
        ("sqrt(w) + sin(w) + cos(w) + sinh(w) + cosh(w)", "SQRT(G!A1)+SIN(G!A1)+COS(G!A1)+SINH(G!A1)+COSH(G!A1)"),
        ("erf(w) - pi", "ERF(G!A1)-PI()"),
        ("tanh(w)", "TANH(G!A1)"),
        ("abs(w) + max(w, v) - min(w, v)", "ABS(G!A1)+MAX(G!A1,G!A2)-MIN(G!A1,G!A2)"),
        ("relu(w)", "MAX(0,G!A1)"),
        ("leaky_relu(w, 0.1)", "IF(G!A1>0,G!A1,0.1*G!A1)"),
    ],
)
def test_a_rule_is_a_formula(loss: str, formula: str) -> None:
    assert formulas(f"weights: {{w: 3, v: 2}}\nloss: {loss}")["L"] == SheetFormula(formula, [])


@pytest.mark.parametrize(
    ("givens", "loss", "quantity", "formula"),
    [
        ("{z: [1, 2, 3], y: 2}", "nll(z, y)", "L", "-CHOOSE(G!A4,G!A1,G!A2,G!A3)"),
        ("{z: [1, 2, 3], y: 2}", "nll(z, y)", "dL/dz2", "CHOOSE(G!A4,0,(-1),0)"),
        ("{z: [1, 2]}", "nll(z, 2)", "L", "-G!A2"),
        ("{z: [1, 2], y: 2}", "cross_entropy(z, y)", "dL/dz1", "CHOOSE(G!A3,(B1-1),B1)"),
        ("{x: [1, 3]}", "max(x)", "dL/dx2", "IF(G!A2>=B1,1/((G!A1=MAX(G!A1,G!A2))+(G!A2=MAX(G!A1,G!A2))),0)"),
        ("{x: [1, 3, 2]}", "sum(max_pool(x, 3))", "k", "(1+(G!A1<MAX(G!A2,G!A3))*(1+(G!A2<G!A3)))"),
        ("{x: [1, 3]}", "sum(max_pool(x, 2))", "dL/dx2", "CHOOSE(B1,0,1)"),
        ("{w: 0.4}", "hardtanh(w)", "hardtanh'(w)", "IF(AND(G!A1>-1,G!A1<1),1,IF(G!A1>=1,0,0))"),
        ("{p: 1}\ntarget: {y: 0}", "y*log(1 - p)", "L", "IF(AND(G!A2=0,1-G!A1=0),0,G!A2*LN(1-G!A1))"),
        ("{p: 1}\ntarget: {y: 0}", "kl_divergence(p, y)", "dL/dp", "-IF(G!A2=0,0,G!A2/G!A1)"),
        ("{a: 0}\ninput: {n: 0}", "sum(a^n)", "L", "IF(AND(G!A1=0,G!A2=0),1,G!A1^G!A2)"),
        ("{w: 0}", "norm(w)", "dL/dw", "IF(B1=0,0,G!A1/B1)"),
    ],
)
def test_a_rule_holds_for_other_values_too(givens: str, loss: str, quantity: str, formula: str) -> None:
    assert formulas(f"weights: {givens}\nloss: {loss}")[quantity].text == formula


def test_rounding_is_to_the_nearest_multiple() -> None:
    found = formulas("weights: {w: 2}\nloss: w^2\nupdate: {lr: 1/8, round: 1/4}")
    assert found["w_new"].text == "(ROUND((G!A1-G!A2*B2)/0.25,0)*0.25)"


def test_a_long_sum_stands_in_cells_of_its_own() -> None:
    found = formulas(f"weights: {{w: {[1] * 1000}}}\ninput: {{x: {[2] * 1000}}}\nloss: w@x")["L"]
    parts = [f"{column_name(2 + place)}1" for place in range(len(found.parts))]
    assert found.text == "+".join(["G!A1*G!A1001", *parts])
    assert sum(part.count("*") for part in [found.text, *found.parts]) == 1000
    assert max(map(len, found.parts)) < 2_050


def test_a_choice_of_many_is_made_in_groups() -> None:
    found = formulas(f"weights: {{z: {[1] * 600}, y: 3}}\nloss: nll(z, y)", only="L")["L"]
    assert found.text == "-IF(G!A601<=250,E1,IF((G!A601-250)<=250,C1,D1))"
    last = ",".join(f"G!A{place}" for place in range(501, 601))
    assert found.parts[1] == f"CHOOSE(((G!A601-250)-250),{last})"


def test_every_operation_that_a_rule_can_have_is_written() -> None:
    asked = [row for row in OPS.values() if row.scalar]
    assert [row.name for row in asked if not row.cell and not row.layout] == []


def test_a_formula_that_no_spreadsheet_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BptraceError, match="a number is beyond the numbers that a cell can hold"):
        formulas("weights: {w: 0}\nloss: w*1e400")
    monkeypatch.setattr(xlsx_formula, "LONGEST", 10)
    with pytest.raises(BptraceError, match="the formula of R!B1 is longer than a spreadsheet takes"):
        formulas("weights: {w: 1}\nloss: w*w*w")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1/2", "0.5"),
        ("1/3", "1/3"),
        ("-7/3", "-7/3"),
        ("1000000", "1000000"),
        ("1e-20", "1E-20"),
        ("1/12345678901234567", "8.100000072900002E-17"),
    ],
)
def test_a_number_is_written_with_the_digits_that_count(text: str, written: str) -> None:
    assert number_text(rational(text)) == written


def test_a_function_that_has_no_form_of_its_own_has_its_name() -> None:
    form = InCells()
    assert form.called(form.function("atan"), ["A1", "2"]) == "ATAN(A1,2)"
    with pytest.raises(NotImplementedError):
        form.more(2, ARGUMENT)
