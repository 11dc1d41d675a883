"""What the walker writes: exact texts, and what an independent reader makes of every rule of random networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import Mock

import pytest
from hypothesis import given

from bptrace import Trace, load, loads
from bptrace.ops.expr import Leaf
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS
from bptrace.typeset.latex import Latex
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.unicode import Unicode
from tests.conftest import NETWORKS, ROOT, traced
from tests.readers.formulas import Symbols
from tests.strategies import examples, networks, real_networks

Format: TypeAlias = Callable[[], Any]
FORMATS: list[Format] = [Latex, Unicode]
READ_BACK: list[Format] = [Latex, partial(Latex, inline=True), Unicode]
FILE = """\
input: {{x: [1, -2]}}
weights: {{w: [[1, -1/2], [3, 0]], W1: [[1, 2], [0, -1]], b: -3, c: 1/2, theta: 2}}
functions: {{f: "z, a -> a*z^2"}}
forward: {{s: "{}"}}
loss: sum(s)
"""


# exact texts


@pytest.mark.parametrize(
    ("equation", "latex", "text"),
    [
        ("w@x + b", "w x + b", "w x + b"),
        ("x@w", r"w^{\top} x", "wᵀ x"),
        ("x@x", r"x^{\top} x", "xᵀ x"),
        ("w@w.T", r"w w^{\top}", "w wᵀ"),
        ("w@W1", "w W^{(1)}", "w W⁽¹⁾"),
        ("outer(x, x)", r"x x^{\top}", "x xᵀ"),
        ("x*x", r"x \odot x", "x ⊙ x"),
        ("b*c", r"b \cdot c", "b·c"),
        ("1/2*(b - c)^2", r"\frac{1}{2} \cdot (b - c)^{2}", "½·(b - c)²"),
        ("b/(1/2)", r"\dfrac{b}{\frac{1}{2}}", "b/½"),
        ("-1/2*b", r"-\frac{1}{2} \cdot b", "(-1/2)·b"),
        ("b - (c - theta)", r"b - (c - \theta)", "b - (c - θ)"),
        ("-(b - c)", "-(b - c)", "-(b - c)"),
        ("2*(b + c)", r"2 \cdot (b + c)", "2·(b + c)"),
        ("(b + c)/(theta + 1)", r"\dfrac{b + c}{\theta + 1}", "(b + c)/(θ + 1)"),
        ("(b^2)^2", "(b^{2})^{2}", "(b²)²"),
        ("b^-1", "b^{-1}", "b⁻¹"),
        ("(-b)^2", "(-b)^{2}", "(-b)²"),
        ("2^b", "2^{b}", "2^b"),
        ("exp(-c)", r"\mathrm{e}^{-c}", "exp(-c)"),
        ("sqrt(theta)", r"\sqrt{\theta}", "√(θ)"),
        ("norm(x)", r"\sqrt{\sum x^{2}}", "√(∑ x²)"),
        ("abs(b - c)", r"\lvert b - c \rvert", "|b - c|"),
        ("2*sum(x)", r"2 \cdot \left(\sum x\right)", "2·(∑ x)"),
        ("mean(x)", r"\frac{1}{2} \sum x", "1/2 ∑ x"),
        ("w[1]", r"w_{1\cdot}", "w₁·"),
        ("w[1,2]", "w_{12}", "w₁₂"),
        ("(w@x)[1]", "{(w x)}_{1}", "(w x)[1]"),
        ("relu(x)", r"\operatorname{ReLU}(x)", "ReLU(x)"),
        ("sigmoid(x)", r"\sigma(x)", "sigmoid(x)"),
        ("leaky_relu(b, 0.1)", r"\operatorname{LeakyReLU}(b, 0.1)", "LeakyReLU(b, 0.1)"),
        ("max_pool(x, 2)", r"\operatorname{max\_pool}(x, 2)", "max_pool(x, 2)"),
        ("f(x, theta)", r"f(x, \theta)", "f(x, θ)"),
        ("cross_entropy(x, 1)", r"-\log({\operatorname{softmax}(x)}_{1})", "-log(softmax(x)[1])"),
        ("pi*b", r"\pi \cdot b", "π·b"),
    ],
)
def test_an_equation_is_typeset(equation: str, latex: str, text: str) -> None:
    trace = loads(FILE.format(equation)).trace()
    tree = trace.source.definitions[0].expr
    assert [_walkers(trace, form)[0].top(tree).text for form in FORMATS] == [latex, text]


@pytest.mark.parametrize(
    ("equation", "latex", "text"),
    [
        ("w@x", r"1 \cdot 1 + \left(-\frac{1}{2}\right) \cdot (-2)", "1·1 + (-1/2)·(-2)"),
        ("b*c", r"-3 \cdot \frac{1}{2}", "-3·(1/2)"),
        ("-b", "-(-3)", "-(-3)"),
        ("b - (c - theta)", r"-3 - \left(\frac{1}{2} - 2\right)", "-3 - (1/2 - 2)"),
        ("b/c", r"\dfrac{-3}{\frac{1}{2}}", "-3/(1/2)"),
        ("b^-1", "(-3)^{-1}", "(-3)⁻¹"),
        ("c^2", r"\left(\frac{1}{2}\right)^{2}", "(1/2)²"),
        ("exp(c)", r"\mathrm{e}^{1/2}", "exp(1/2)"),
        ("max(b, c)", r"\max\!\left(-3, \frac{1}{2}\right)", "max(-3, 1/2)"),
        ("b", "b", "b"),
        ("leaky_relu(b, 0.1)", r"b = -3 \le 0\colon \allowbreak 0.1 \cdot (-3)", "b = -3 ≤ 0: 0.1·(-3)"),
        ("softmax(x)", r"\dfrac{\mathrm{e}^{1}}{\mathrm{e}^{1} + \mathrm{e}^{-2}}", "exp(1)/(exp(1) + exp(-2))"),
    ],
)
def test_a_rule_is_typeset(equation: str, latex: str, text: str) -> None:
    trace = loads(FILE.format(equation)).trace()
    row = next(row for row in trace.rows() if row.quantity in ("s", "s1"))
    assert [_walkers(trace, form)[1].rule(row.tree).text for form in FORMATS] == [latex, text]


@pytest.mark.parametrize(
    ("name", "quantity", "latex", "text"),
    [
        ("adam", "m_w1_new", r"m_{w_{1},\text{new}}", "m_w₁_new"),
        ("adam", "mhat_w2", r"\hat{m}_{w_{2}}", "m̂_w₂"),
        ("adam", "dL/dyhat", r"\dfrac{\partial L}{\partial \hat{y}}", "∂L/∂ŷ"),
        ("relu_lifecycle", "W1[1,2]_new", r"W^{(1)}_{12,\text{new}}", "W⁽¹⁾₁₂_new"),
        ("relu_lifecycle", "dL/dW1[1,2]", r"\dfrac{\partial L}{\partial W^{(1)}_{12}}", "∂L/∂W⁽¹⁾₁₂"),
        ("relu_lifecycle", "ReLU'(z1[2])", r"\operatorname{ReLU}'(z^{(1)}_{2})", "ReLU'(z⁽¹⁾₂)"),
        ("xor_batch", "dL/dw11(2)", r"\dfrac{\partial L^{(2)}}{\partial w_{11}}", "∂L⁽²⁾/∂w₁₁"),
        ("xor_batch", "L(3)", "L^{(3)}", "L⁽³⁾"),
        ("xor_batch", "x1(4)", "x^{(4)}_{1}", "x⁽⁴⁾₁"),
        ("sigmoid_2_2_2", "net_o1", r"\mathrm{net}_{o1}", "netₒ₁"),
    ],
)
def test_a_quantity_is_typeset(name: str, quantity: str, latex: str, text: str) -> None:
    trace = load(ROOT / "networks" / f"{name}.yaml").trace()
    assert [Names(trace, form()).element(quantity).text for form in FORMATS] == [latex, text]


def test_a_derivative_is_bracketed_where_it_would_be_read_wrongly() -> None:
    trace = load(ROOT / "networks" / "adam.yaml").trace()
    row = next(row for row in trace.rows() if row.quantity == "v_b_new")
    assert [_walkers(trace, form)[0].top(row.tree).text for form in FORMATS] == [
        r"\beta_{2} \cdot v_{b} + (1 - \beta_{2}) \cdot \left(\dfrac{\partial L}{\partial b}\right)^{2}",
        "β₂·v_b + (1 - β₂)·(∂L/∂b)²",
    ]


@pytest.mark.parametrize(
    ("equation", "formula", "rule"),
    [
        ("(b + c)/(theta + 1)", r"(b + c)/\allowbreak (\theta + 1)", r"(-3 + 1/2)/\allowbreak (2 + 1)"),
        ("b/c", r"b/\allowbreak c", r"(-3)/\allowbreak (1/2)"),
        ("c*b^2", r"c \cdot b^{2}", r"(1/2) \cdot (-3)^{2}"),
        ("exp(c/b)", r"\mathrm{e}^{c/\allowbreak b}", r"\mathrm{e}^{(1/2)/\allowbreak (-3)}"),
        ("relu(b)", r"\max(0, b)", r"\max(0, -3)"),
        (
            "leaky_relu(b, 0.1)",
            r"b \allowbreak \text{ if } b > 0, \allowbreak \quad 0.1 \cdot b \allowbreak \text{ if } b \le 0",
            r"b = -3 \le 0\colon \allowbreak 0.1 \cdot (-3)",
        ),
    ],
)
def test_running_text_is_no_higher_than_a_line(equation: str, formula: str, rule: str) -> None:
    trace = loads(FILE.format(equation)).trace()
    names = Names(trace, Latex(inline=True))
    row = next(row for row in trace.rows() if row.quantity == "s")
    pieces = Mathematics(trace, names).top(row.tree), Mathematics(trace, names, WITH_NUMBERS).rule(row.tree)
    assert [piece.text for piece in pieces] == [formula, rule]
    assert names.element("dL/db").text == r"\tfrac{\partial L}{\partial b}"


# what a reader makes of it


def check_rows(trace: Trace, form: Format) -> None:
    """Every row's typeset rule and formula, read back, give its value."""
    symbols = {part: Symbols(part, form()) for part in (trace, *trace.samples)}
    walkers = {part: _walkers(part, form) for part in symbols}
    for step in trace.steps:
        part = trace.of(step)
        formulas, rules = walkers[part]
        for row in step:
            pieces = [rules.rule(row.tree)]
            pieces += [] if symbols[part].clashing else [formulas.top(row.tree)]
            for text in [piece.text for piece in pieces]:
                assert symbols[part].value(text) == row.value, f"{row} {text}"


def _walkers(trace: Trace, form: Format) -> tuple[Mathematics[Any], Mathematics[Any]]:
    names = Names(trace, form())
    return Mathematics(trace, names, WITH_NAMES), Mathematics(trace, names, WITH_NUMBERS)


@pytest.mark.parametrize("form", READ_BACK)
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_rule_of_a_network_reads_back_to_its_value(path: Path, form: Format) -> None:
    check_rows(traced(path, inputs=True), form)


@given(networks())
@examples(25)
@pytest.mark.parametrize("form", READ_BACK)
def test_every_rule_reads_back_to_its_value(form: Format, text: str) -> None:
    check_rows(loads(text).trace(), form)


@given(real_networks())
@examples(12)
@pytest.mark.parametrize("form", READ_BACK)
def test_every_rule_that_leaves_the_rationals_reads_back(form: Format, text: str) -> None:
    check_rows(loads(text).trace(), form)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (4, "x₁² + x₂² + x₃² + x₄²"),
        (5, "x₁² + x₂² + x₃² + x₄² + x₅²"),
        (6, "x₁² + x₂² + x₃² + … 2 more … + x₆²"),
    ],
)
def test_a_single_term_is_written_out_rather_than_counted(length: int, text: str) -> None:
    trace = loads(f"input: {{x: vector of {length}}}\nloss: sum(x^2)").trace().shortened(4)
    assert Mathematics(trace, Names(trace, Unicode())).top(next(trace.rows()).tree).text == text


@pytest.mark.parametrize("look", [WITH_NAMES, WITH_NUMBERS])
def test_a_long_part_of_many_rows_is_written_once(look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = loads(f"weights: {{w: {list(range(40))}}}\nforward: {{p: softmax(w)}}\nloss: sum(p^2)").trace()
    rows = [row.tree for row in trace.rows() if row.quantity.startswith("p")]
    walker = Mathematics(trace, Names(trace, Latex()), look)
    leaf = Mock(side_effect=walker.leaf)
    monkeypatch.setitem(walker.ways, Leaf, leaf)
    assert len({walker.top(tree).text for tree in rows}) == 40
    assert leaf.call_count < 160


def test_a_number_is_written_once_for_all_places_of_one_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = loads(f"weights: {{w: {[-2, 3] * 20}}}\nloss: w@w").trace()
    walker = Mathematics(trace, Names(trace, Unicode()), WITH_NUMBERS)
    numeral = Mock(side_effect=walker.numeral)
    monkeypatch.setattr(walker, "numeral", numeral)
    product = walker.top(next(trace.rows()).tree)
    assert product.text.count("3") == product.text.count("2") == 40
    assert numeral.call_count <= 6
