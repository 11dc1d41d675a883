"""Operations counted from shapes: no fewer than the rules have, and hardly more."""

from __future__ import annotations

import pytest

import bptrace
from bptrace.ops.expr import Call, Cases, Expr, children
from bptrace.ops.operations import operations
from tests.conftest import NETWORKS


def joined(tree: Expr) -> int:
    """The operations on two numbers in a tree, and what chooses a case."""
    own = max(len(children(tree)) - 1, 1) if isinstance(tree, Call | Cases) else 0
    return own + sum(map(joined, children(tree)))


def of_rules(network: bptrace.Network) -> tuple[int, int]:
    """The operations in all rules of a network: as they are counted, and as they are."""
    whole = network.trace()
    trace = whole.samples[0] if whole.samples else whole
    counted = {item.key: operations(item.expr).rule for item in trace.program.definitions}
    register = trace.register
    found = [(counted[register.places[row.quantity][0]], joined(row.tree)) for row in trace.rows()]
    return sum(count for count, _ in found), sum(own for _, own in found)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_the_rules_of_each_network_have_about_as_many_as_are_counted(path: object) -> None:
    counted, own = of_rules(bptrace.load(str(path)))
    assert own <= counted <= 1.5 * own


@pytest.mark.parametrize(
    ("equation", "rule", "arrays"),
    [
        ("x", 0, 0), ("x + x", 1, 4), ("-x", 1, 4), ("x*x*x", 2, 8), ("sum(x)", 3, 3), ("x@x", 7, 7), ("M@x", 7, 28),
        ("M@(M@x)", 35, 56), ("outer(x, x)", 1, 16), ("M.T", 0, 0), ("x[1]", 0, 0), ("x^2", 1, 4), ("max(x)", 3, 3),
        ("concat(x, x + x)", 1, 4), ("conv1d(x, k)", 3, 9), ("sigmoid(x)", 4, 16), ("relu(x)", 1, 4),
    ],
)  # fmt: skip
def test_each_operation_is_counted(equation: str, rule: int, arrays: int) -> None:
    text = f"weights: {{x: [1, 2, 3, 4], k: [1, 2], M: {[[1, 2, 3, 4]] * 4}}}\nforward:\n  q: {equation}\nloss: sum(q)"
    (expr,) = (item.expr for item in bptrace.loads(text).definitions if item.key == "q")
    assert operations(expr) == (rule, arrays)


@pytest.mark.parametrize("equation", ["W@W@x", "sum(W@W)*x", "softmax(W)@x", "conv1d(x, x, 1, 2)", "relu(W@x)"])
@pytest.mark.parametrize("length", [4, 9])
def test_the_count_grows_as_the_rules_do(equation: str, length: int) -> None:
    text = f"weights: {{W: {[[1] * length] * length}, x: {[1] * length}}}\nloss: sum({equation})"
    counted, own = of_rules(bptrace.loads(text))
    assert own <= counted <= 2 * own
