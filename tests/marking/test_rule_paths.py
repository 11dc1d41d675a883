"""Rules opened into paths, and parts of trees exchanged."""

from __future__ import annotations

import pytest

from bptrace.marking.rule_paths import form, opened, sum_of_paths, with_leaf
from bptrace.numbers.exact import Rational
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Expr, Leaf, lift
from bptrace.ops.op import call

DZ, DU, W, X, S = (
    Leaf(name, Rational(value)) for name, value in [("dL/dz", 2), ("dL/du", -3), ("w", 5), ("x", 7), ("s", 4)]
)
GRADIENTS = {"dL/dz", "dL/du"}


@pytest.mark.parametrize(
    ("rule", "paths"),
    [
        (DZ, [("dL/dz", [])]),
        (DZ * W + DU * X, [("dL/dz", ["w"]), ("dL/du", ["x"])]),
        (lift(2) * (W - X), [("", [])]),
        (-(DZ * W), [("dL/dz", ["w"])]),
        ((DZ * W + DU) / S, [("dL/dz", ["w"]), ("dL/du", [])]),
        (call("sum of samples", DZ, DU) / lift(2), [("dL/dz", []), ("dL/du", [])]),
        (DZ * (W + X), [("dL/dz", [])]),
        (call("share", DZ, W), [("dL/dz", [])]),
    ],
)
def test_a_rule_is_opened_and_put_together_again(rule: Expr, paths: list[tuple[str, list[str]]]) -> None:
    found = opened(rule, GRADIENTS)
    given = [(path.upstream.name if path.upstream else "", [leaf.name for leaf in path.reads]) for path in found]
    assert given == paths
    assert evaluate(sum_of_paths(found)) == evaluate(rule)


def test_factors_of_a_path_are_dropped_and_exchanged() -> None:
    [path] = opened(lift(2) * DZ * W, GRADIENTS)
    assert evaluate(path.without(W).term) == 4
    assert evaluate(path.exchanged(W, X).term) == 28
    assert evaluate(path.times(X).term) == 140
    assert evaluate(path.changed(lambda part: S if part is W else None).term) == 16


def test_a_name_is_exchanged_wherever_it_stands() -> None:
    assert evaluate(with_leaf(W * X + W, "w", S)) == 32


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [(lift(2) * W * X, lift(2) * (W * X), True), (W + X, W - X, False), (W, X, False), (W * 2, W * 3, False)],
)
def test_the_form_tells_rules_apart_not_brackets(one: Expr, other: Expr, alike: bool) -> None:
    assert (form(one) == form(other)) is alike
