"""Elementary functions, against sympy."""

from __future__ import annotations

import sympy

from tests.op_cases import (
    TWO,
    WIDE,
    Case,
    M,
    V,
    against_sympy,
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
