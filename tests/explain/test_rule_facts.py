"""What a row's rule is made of, fact by fact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bptrace import Trace, load, loads
from bptrace.explain.rule_facts import RowRule
from bptrace.explain.sentences import step_rules
from bptrace.ops.expr import Expr, Leaf, nodes
from tests.conftest import ROOT


def rule_of(name: str, quantity: str) -> RowRule:
    return rule_in(load(ROOT / "networks" / f"{name}.yaml").trace(), quantity)


def rule_in(trace: Trace, quantity: str) -> RowRule:
    rules = (rule for step in trace.steps for rule, _ in step_rules(trace.of(step), step))
    return next(rule for rule in rules if rule.quantity == quantity)


def names(leaves: list[Leaf]) -> list[str]:
    return [leaf.name for leaf in leaves]


@pytest.mark.parametrize(
    ("name", "quantity", "inputs", "biases"),
    [
        ("relu_2_2_1", "z1", ["x1", "x2"], ["b1"]),
        ("skip_connection", "z0", ["x"], []),
        ("relu_2_2_1", "h1", [], []),
        ("expression_graph", "d", [], []),
    ],
)
def test_what_is_multiplied_by_weights(name: str, quantity: str, inputs: list[str], biases: list[str]) -> None:
    rule = rule_of(name, quantity)
    assert (names(rule.weighted), names(rule.biases)) == (inputs, biases)


@pytest.mark.parametrize(
    ("quantity", "upstreams", "pair", "blocked"),
    [
        ("dL/dyhat", [], None, False),
        ("dL/dw11", ["dL/dz1"], ("dL/dz1", "x1"), False),
        ("dL/dw21", ["dL/dz2"], ("dL/dz2", "x1"), True),
        ("dL/db1", ["dL/dz1"], None, False),
        ("dL/db2", ["dL/dz2"], None, True),
    ],
)
def test_the_gradients_that_it_reads(
    quantity: str, upstreams: list[str], pair: tuple[str, str] | None, blocked: bool
) -> None:
    rule = rule_of("relu_2_2_1", quantity)
    assert names(rule.upstreams) == upstreams
    assert (rule.pair and tuple(names(list(rule.pair)))) == pair
    assert rule.is_blocked == blocked


@pytest.mark.parametrize(
    ("name", "quantity", "target"),
    [
        ("relu_2_2_1", "dL/dw11", "w11"),
        ("tie_at_zero", "w21_new", "w21"),
        ("adam", "t_new", "t"),
        ("relu_2_2_1", "z1", "z1"),
    ],
)
def test_what_it_is_the_gradient_of_or_the_new_value_of(name: str, quantity: str, target: str) -> None:
    assert rule_of(name, quantity).target == target


def test_what_reads_a_quantity() -> None:
    assert rule_of("skip_connection", "dL/dh0").consumers == ["z1", "z2"]
    assert rule_of("expression_graph", "dg_total/df").consumers == ["g", "g_total"]


def test_a_sum_is_read_once_for_what_reads_a_quantity(monkeypatch: pytest.MonkeyPatch) -> None:
    network = loads("input: {x: [1, 2, 3, 4, 5, 6, 7, 8]}\nweights: {w: 1}\nforward: {z: x*w}\nloss: sum(z*z)")
    rule, read = rule_in(network.trace(), "dL/dw"), list[Expr]()

    def noted(tree: Expr) -> Iterator[Expr]:
        read.append(tree)
        return nodes(tree)

    monkeypatch.setattr("bptrace.explain.rule_facts.nodes", noted)
    assert len(rule.consumers) == len(rule.consumers) == 8
    assert len(read) == 1 + 8


@pytest.mark.parametrize(("quantity", "unit"), [("dL/dw21", 1), ("dL/db2", 1), ("dL/dw11", None)])
def test_a_unit_is_dead_where_all_its_gradients_are_0(quantity: str, unit: int | None) -> None:
    assert rule_of("relu_2_2_1", quantity).dead_unit == unit


def test_a_unit_whose_bias_gradient_only_cancels_is_not_dead() -> None:
    trace = loads(
        "input: {x: [1]}\nweights: {w: [[1], [-9], [1]], b: [1, 1, 1], v: [1, 1, -1]}\n"
        "forward: {z: w@x + b + sum(b), h: relu(z)}\nloss: (v@h - 1)^2"
    ).trace()
    assert (trace["dL/dz2"], trace["dL/dw21"], trace["dL/db2"]) == (0, 0, 0)
    assert rule_in(trace, "dL/dw21").dead_unit is None


@pytest.mark.parametrize(
    ("name", "quantity", "ways"),
    [
        ("linear_2_2_2_1", "dL/dy1", ["z1", "z2"]),
        ("expression_graph", "dg_total/df", ["g", ""]),
        ("expression_graph", "dg_total/db", []),
        ("relu_2_2_1", "dL/dw11", []),
    ],
)
def test_the_terms_of_a_sum_come_through_what_reads_the_quantity(name: str, quantity: str, ways: list[str]) -> None:
    assert [through for _, through in rule_of(name, quantity).ways] == ways


@pytest.mark.parametrize(
    ("forward", "multiplied"),
    [("w*x", True), ("3 - x + w*x", True), ("exp(w)", False), ("w^2", False), ("x*w*w", False)],
)
def test_what_enters_a_product_is_multiplied(forward: str, multiplied: bool) -> None:
    trace = loads(f"input: {{x: 2}}\nweights: {{w: 3}}\nforward: {{u: {forward}}}\nloss: u^2").trace()
    assert rule_in(trace, "dL/dw").is_multiplied == multiplied


def test_a_slope_knows_its_activation_and_what_it_is_taken_at() -> None:
    rule = rule_of("relu_2_2_1", "ReLU'(z2)")
    assert (rule.is_gate, rule.activation_title, rule.subject.name) == (True, "ReLU", "z2")
    trace = loads("weights: {w: [0, 1]}\nforward: {h: sigmoid(w)}\nloss: sum(h)^2").trace()
    rules = (rule for step in trace.steps for rule, _ in step_rules(trace, step))
    first = next(rule for rule in rules if rule.slope_of)
    assert (first.is_gate, first.activation_title, first.subject.name) == (False, "sigmoid", "w1")
