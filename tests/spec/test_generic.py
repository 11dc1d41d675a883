"""Functions that are left open: what they are called, what a file cannot say of them, and that they have no values."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.numbers.exact import NoValueError
from bptrace.ops.expr import Call, Leaf
from bptrace.ops.table import OPS
from tests.refusals import refusal

GIVENS = "input: {x: 2}\nweights: {w: 3, v: 4}\ntarget: {y: 1}\n"


@pytest.mark.parametrize(
    ("rest", "quantity", "formula"),
    [
        ("functions: {f: generic}\nforward: {h: f(w*x)}\nloss: h^2", "h", "f(z_h)"),
        ("functions: {f: generic}\nforward: {h: f(w*x)}\nloss: h^2", "f'(z_h)", "f'(z_h)"),
        ("functions: {f: generic}\nforward: {h: f(w*x)}\nloss: h^2", "dL/dz_h", "dL/dh*f'(z_h)"),
        ("functions: {f: z -> generic}\nforward: {h: f(w*x)}\nloss: h^2", "dL/dz_h", "dL/dh*f'(z_h)"),
        ("functions: {f: 'a, b -> generic'}\nforward: {h: 'f(w, v)'}\nloss: h^2", "h", "f(w,v)"),
        ("functions: {f: 'a, b -> generic'}\nforward: {h: 'f(w, v)'}\nloss: h^2", "dL/dw", "dL/dh*f'_a(w,v)"),
        ("functions: {f: 'a, b -> generic'}\nforward: {h: 'f(w, v)'}\nloss: h^2", "dL/dv", "dL/dh*f'_b(w,v)"),
        (
            "functions: {f: 'a, b -> generic'}\nforward: {h: 'f(w, w)'}\nloss: h^2",
            "dL/dw",
            "dL/dh*f'_a(w,w) + dL/dh*f'_b(w,w)",
        ),
        ("functions: {f: generic, g: 'u -> u*f(u)'}\nloss: g(w)", "L", "w*f(w)"),
        ("functions: {f: generic, g: 'u -> u*f(u)'}\nloss: g(w)", "g'(w)", "f(w) + w*f'(w)"),
        ("forward: {yhat: w*x}\nloss: generic(y, yhat)", "L", "L(y,yhat)"),
        ("forward: {yhat: w*x}\nloss: generic(y, yhat)", "dL/dyhat", "dL/dyhat"),
        ("forward: {yhat: w*x}\nloss: {J: 'generic( yhat )'}", "dJ/dw", "dJ/dyhat*x"),
        ("loss: generic(w, v)", "dL/dv", "dL/dv"),
    ],
)  # fmt: skip
def test_formulas(rest: str, quantity: str, formula: str) -> None:
    trace = loads(GIVENS + rest).trace()
    assert trace.symbolic
    assert {row.quantity: row.formula for row in trace.rows()}[quantity] == formula


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("loss: ¦generic(y, w) + 1", "generic(...) is the whole loss, of names alone"),
        ("loss: generic(y, ¦w*x)", "'w*x' is not a name"),
        ("loss: ¦generic(y, (w))", "generic(...) is the whole loss, of names alone"),
        ("loss: generic(y, ¦q)", "unknown name 'q'"),
        ("loss: generic(y, ¦)", "a name is missing here"),
        ("loss: generic(¦)", "a name is missing here"),
        ("loss: generic(y, ¦y)", "'y' stands twice in the loss"),
        ("loss: generic(y, ¦3)", "'3' is not a name"),
        ("forward: {h: w*x}\nloss: generic(h, ¦w)", "'w' is read by h, too, so its own share of the loss has no name"),
        ("forward: {h: ¦generic(w)}\nloss: h", "unknown function 'generic'"),
        ("functions: {¦relu: generic}\nloss: w", "'relu' is a function already"),
        ("functions: {¦w: generic}\nloss: w", "'w' is a quantity: a function needs a name of its own"),
        ("functions: {f: generic}\nloss: ¦f(w, v)", "f takes 1 argument, not 2"),
        ("functions: {f: 'a, ¦a -> generic'}\nloss: w", "two parameters are called 'a'"),
        ("functions: {f: generic}\nloss: ¦f", "'f' is a function and needs arguments"),
        ("functions: {f: specific¦}\nloss: w", "expected '->' at the end"),
    ],
)
def test_what_cannot_be_read(rest: str, message: str) -> None:
    assert refusal(GIVENS + rest).message == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "weights: {w: [1, 2]}\ntarget: {y: y}\nloss: ¦cross_entropy(w, y)",
            "which formula L has hangs on values that are not given",
        ),
        (
            "weights: {w: vector of 2}\nloss: ¦sum(max_pool(w, 2))",
            "which formula dL/dw1 has hangs on values that are not given",
        ),
        (
            "weights: {w: vector of 2}\ntarget: {y: y}\nloss: ¦nll(w, y)",
            "which formula L has hangs on values that are not given",
        ),
        ("weights: {w: [w1, w2]}\nloss: 2*¦nll(w, 3)", "the target 3 is no class number from 1 to 2 in L"),
        (
            "input: {x: [x1, x2]}\nweights: {W: 2x2}\ntarget: {y: 0}\nloss: ¦cross_entropy(W@x, y)",
            "the target 0 is no class number from 1 to 2 in L",
        ),
        (
            "input: {a: scalar}\nweights: {w: [1, 1]}\nloss: ¦cross_entropy(a*w, w)",
            "the target sums to 2, not to 1 in L",
        ),
    ],
)
def test_a_formula_that_hangs_on_values(text: str, message: str) -> None:
    assert refusal(text).message == message


@pytest.mark.parametrize(
    ("text", "quantity", "formula"),
    [
        ("weights: {w: vector of 2}\ntarget: {y: 2}\nloss: cross_entropy(w, y)", "dL/dw2", "p2-1"),
        ("weights: {w: vector of 2}\ntarget: {y: vector of 2}\nloss: cross_entropy(w, y)", "dL/dw2", "p2-y2"),
        ("weights: {w: vector of 2}\ntarget: {y: vector of 2}\nloss: kl_divergence(w, y)", "dL/dw2", "-y2/w2"),
    ],
)
def test_what_is_known_is_read(text: str, quantity: str, formula: str) -> None:
    assert {row.quantity: row.formula for row in loads(text).trace().rows()}[quantity] == formula


def test_they_have_no_values() -> None:
    network = loads(f"{GIVENS}functions: {{f: generic}}\nloss: f(w)")
    expr = network.definitions[-1].expr
    assert isinstance(expr, Call)
    row = OPS[expr.op]
    assert row.unspecified
    assert row.scalar is not None
    with pytest.raises(NoValueError):
        row.scalar(1)
    with pytest.raises(NoValueError):
        row.kernel(expr)(1)
    assert "calls a function that is left open" in str(network.unvalued_error())
    assert isinstance(next(network.trace().rows()).tree, Call | Leaf)
