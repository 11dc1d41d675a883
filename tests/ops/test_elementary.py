"""Elementary functions, against sympy."""

from __future__ import annotations

import sympy

from tests.op_cases import (
    LOG_OF_ZERO,
    TWO,
    WIDE,
    Case,
    M,
    V,
    against_sympy,
    at_kinks,
    each,
    positive,
)

CASES = [
    Case("exp", "exp(x)", M, each(sympy.exp)),
    Case("exp", "exp(-x^2)*y", WIDE, each(lambda x, y: sympy.exp(-(x**2)) * y)),
    Case("log", "log(x)", M, each(sympy.log), {"x": positive}),
    Case("sqrt", "sqrt(x)", M, each(sympy.sqrt), {"x": positive}),
    Case("sqrt", "1/sqrt(x^2 + y^2)", TWO, each(lambda x, y: 1 / sympy.sqrt(x**2 + y**2))),
    Case("sin", "sin(x*y)", TWO, each(lambda x, y: sympy.sin(x * y))),
    Case("cos", "cos(x)", M, each(sympy.cos)),
    Case("sinh", "sinh(x)", V, each(sympy.sinh)),
    Case("cosh", "cosh(x)", V, each(sympy.cosh)),
    Case("erf", "erf(x)", M, each(sympy.erf)),
]
test_gradients_are_those_of_sympy_and_rules_read_back = against_sympy(CASES)

test_limits = at_kinks(
    [
        ("w: 2}\ninput: {p: 0", "w*p*log(p)", "dL/dw", "0", LOG_OF_ZERO),
        ("w: 2}\ninput: {p: [0, 1]", "w - w*sum(p*log(p))", "dL/dw", "1", LOG_OF_ZERO),
        ("w: 2}\ninput: {p: [[0, 1], [1, 0]]", "w*sum(p*(log(p)/log(2) - 1))", "dL/dw", "-2", LOG_OF_ZERO),
        ("w: 2}\ninput: {p: [0, 1]", "w*(p@log(p))", "dL/dw", "0", LOG_OF_ZERO),
        ("w: 2}\ninput: {p: [0, 1], q: 1", "w*dot(p, log(p) - log(q))", "dL/dw", "0", LOG_OF_ZERO),
        ("p: 0", "p^2*log(p)", "dL/dp", "0", LOG_OF_ZERO),
        ("p: 1}\ntarget: {y: 1", "-(y*log(p) + (1 - y)*log(1 - p))", "dL/dp", "-1", LOG_OF_ZERO),
    ]
)
