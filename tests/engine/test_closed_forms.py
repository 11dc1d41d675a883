"""Closed forms: what a value is down to the givens."""

from __future__ import annotations

import dataclasses

import pytest
import sympy

import bptrace
from bptrace.engine.closed_forms import ClosedForms
from bptrace.engine.model import definitions_by_key
from bptrace.engine.zero_proofs import PROOF_LIMIT
from bptrace.ops.table import OPS
from tests.conftest import calls_of

GIVENS = "weights: {x: 3, u: [1, 2, 3], v: [1/2, 1/3, 1/6]}\n"


def forms_of(equations: str, limit: int = PROOF_LIMIT) -> ClosedForms:
    trace = bptrace.loads(f"{GIVENS}forward:\n  {equations}\nloss: sum(k)").trace()
    return ClosedForms(trace.register, definitions_by_key(trace.program.definitions), limit)


@pytest.mark.parametrize(
    ("equation", "element", "text"),
    [
        ("k: sigmoid(x)", (), "1/(1 + exp(-3))"),
        ("k: exp(u)", (1,), "exp(2)"),
        ("k: sqrt(x) + x", (), "3 + sqrt(3)"),
        ("k: tanh(sigmoid(x))", (), "tanh(1/(1 + exp(-3)))"),
        ("k: elu(-x, 2)", (), "-2 + 2*exp(-3)"),
        ("k: max(exp(u))", (), "exp(3)"),
        ("k: abs(log(v))", (0,), "log(2)"),
        ("k: x^(1/3)", (), "3^(1/3)"),
        ("k: pi^2", (), "pi^2"),
        ("k: 2*x", (), "6"),
    ],
)
def test_text(equation: str, element: tuple[int, ...], text: str) -> None:
    forms = forms_of(equation)
    assert forms.text(forms.register["k"][element], 100) == text


def test_a_form_too_long_is_not_shown() -> None:
    forms = forms_of("k: sigmoid(x)")
    assert forms.text(forms.register["k"][()], 14) is None
    forms = forms_of("k: softmax(sin(u))", limit=3)
    assert forms.text(forms.register["k"][0,], 10_000) is None


def test_a_root_that_is_too_high_has_no_form() -> None:
    """sympy would write powers of 2 and 3 with 1e400 digits."""
    forms = forms_of("k: 12^(-1-1e-400)")
    assert forms.text(forms.register["k"][()], 10_000) is None


def test_many_forms_are_joined_by_halves() -> None:
    """One after the other, all that is joined so far would be gone through again for each."""
    gone_through = 0

    def counted(one: sympy.Expr, other: sympy.Expr) -> sympy.Expr:
        nonlocal gone_through
        gone_through += len(one.args) + len(other.args)
        return one + other

    row = dataclasses.replace(OPS["+"], fold=counted)
    parts = list(sympy.symbols("a:1024"))
    assert forms_of("k: x").joined(row, parts) == sympy.Add(*parts)
    assert gone_through < 1024 * 10


def test_a_form_that_is_too_long_is_not_sought_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sought = calls_of(monkeypatch, ClosedForms, "at")
    numbers = list(range(1, 40))
    network = bptrace.loads(f"weights: {{w: {numbers}}}\nforward: {{h: norm(w)}}\nloss: sum(h*logsumexp(h*w))")
    rows = [row.texts() for step in network.trace().with_closed_forms(60).steps for row in step]
    assert len(rows) > 40
    assert [key for _, key, _ in sought].count("dL/dh") == 1
