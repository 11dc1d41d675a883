from __future__ import annotations

import pytest

from bptrace import loads

GIVENS = "weights: {x: 2, y: 3, v: [1, 2], u: [3, 4], A: [[1, 2], [3, 4]], B: [[5, 6], [7, 8]]}\n"


@pytest.mark.parametrize(
    ("equation", "quantity", "formula"),
    [
        ("x + y", "dL/dx", "dL/dq"),
        ("x - y", "dL/dy", "dL/dq*(-1)"),
        ("-x", "dL/dx", "dL/dq*(-1)"),
        ("x*y*x", "dL/dy", "dL/dq*x*x"),
        ("x*y*x", "dL/dx", "dL/dq*y*x + dL/dq*x*y"),
        ("x/y", "dL/dx", "dL/dq*(1/y)"),
        ("x/y", "dL/dy", "dL/dq*(-x/y^2)"),
        ("x/4", "dL/dx", "dL/dq*(1/4)"),
        ("x^3", "dL/dx", "dL/dq*3*x^2"),
        ("x^2", "dL/dx", "dL/dq*2*x"),
        ("x^1", "dL/dx", "dL/dq"),
        ("x^-1", "dL/dx", "dL/dq*(-1)*x^(-2)"),
        ("abs(x)", "dL/dx", "dL/dq*sign(x)"),
        ("max(x, y)", "dL/dx", "dL/dq*step(x-y)"),
        ("max(x, y)", "dL/dy", "dL/dq*step(y-x)"),
        ("min(x, y)", "dL/dx", "dL/dq*step(y-x)"),
        ("max(0, x)", "dL/dx", "dL/dq*step(x)"),
        ("v@u", "dL/du2", "dL/dq*v2"),
        ("A@v", "dL/dA12", "dL/dq1*v2"),
        ("A@v", "dL/dv2", "dL/dq1*A12 + dL/dq2*A22"),
        ("v@A", "dL/dv1", "dL/dq1*A11 + dL/dq2*A12"),
        ("v@A", "dL/dA12", "dL/dq2*v1"),
        ("A@B", "dL/dA12", "dL/dq11*B21 + dL/dq12*B22"),
        ("A@B", "dL/dB12", "dL/dq12*A11 + dL/dq22*A21"),
        ("A.T@v", "dL/dA12", "dL/dq2*v1"),
        ("v[1]*v[2]", "dL/dv1", "dL/dq*v2"),
        ("A[2]*v", "dL/dA21", "dL/dq1*v1"),
        ("A[2]*v", "dL/dA11", "0"),
        ("sum(v)", "dL/dv1", "dL/dq"),
        ("mean(v)", "dL/dv1", "dL/dq*(1/2)"),
        ("max(v)", "dL/dv1", "dL/dq*(1/count_max(v1,v2) if v1>=q, 0 if v1<q)"),
        ("min(v)", "dL/dv1", "dL/dq*(1/count_min(v1,v2) if v1<=q, 0 if v1>q)"),
        ("outer(v, u)", "dL/dv1", "dL/dq11*u1 + dL/dq12*u2"),
        ("outer(v, u)", "dL/du1", "dL/dq11*v1 + dL/dq21*v2"),
        ("concat(x, v)", "dL/dx", "dL/dq1"),
        ("concat(x, v)", "dL/dv2", "dL/dq3"),
        ("concat(A, B)", "dL/dB21", "dL/dq41"),
        ("flatten(A)", "dL/dA21", "dL/dq3"),
        ("reshape(A, 4, 1)", "dL/dA21", "dL/dq31"),
        ("reshape(v, 1, 2)", "dL/dv2", "dL/dq12"),
        ("conv1d(v, u, 1, 1)", "dL/dv1", "dL/dq1*u2 + dL/dq2*u1"),
        ("conv1d(v, u, 1, 1)", "dL/du1", "dL/dq2*v1 + dL/dq3*v2"),
        ("conv2d(A, B)", "dL/dB12", "dL/dq*A12"),
        ("conv2d(A, B, 1, 1)", "dL/dA11", "dL/dq11*B22 + dL/dq12*B21 + dL/dq21*B12 + dL/dq22*B11"),
        ("conv1d(v, u, 3)", "dL/dv2", "dL/dq*u2"),
        ("avg_pool(A, 2)", "dL/dA11", "dL/dq*(1/4)"),
        ("avg_pool(v, 1)", "dL/dv2", "dL/dq2"),
        ("max_pool(A, 2)", "dL/dA22", "dL/dq"),
        ("max_pool(A, 2)", "dL/dA21", "0"),
        ("v + x", "dL/dx", "dL/dq1 + dL/dq2"),
        ("A*v", "dL/dv1", "dL/dq11*A11 + dL/dq21*A21"),
    ],
)
def test_a_gradient_is_the_upstream_one_times_the_rest(equation: str, quantity: str, formula: str) -> None:
    trace = loads(f"{GIVENS}forward:\n  q: {equation}\nloss: mean(q*q)^2").trace()
    assert {row.quantity: row.formula for row in trace.rows()}[quantity] == formula
