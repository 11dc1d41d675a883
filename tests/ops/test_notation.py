from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import assume, given
from hypothesis import strategies as st

import bptrace
from bptrace.numbers.digits import Numeral
from bptrace.numbers.enclosures import ZERO, Scalar
from bptrace.numbers.exact import Rational
from bptrace.numbers.public import public
from bptrace.ops import notation
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, above, below, between, plus
from bptrace.ops.notation import Notation
from tests.conftest import calls_of
from tests.readers.register import value_of
from tests.strategies import Tree, emptied, examples, trees

FORWARD = [
    ("w: [0, 1], x: [1, 2], b: 0", "w@x + b", "w1*x1 + w2*x2 + b", "0*1 + 1*2 + 0"),
    ("a: 10, b: 1, c: -10, d: -1", "a*b + c*d", "a*b + c*d", "10*1 + (-10)*(-1)"),
    ("a: -2, b: 1", "a*b", "a*b", "-2*1"),
    ("a: 2, b: -1", "a*b", "a*b", "2*(-1)"),
    ("a: 2, b: 3", "2*(a - b)", "2*(a-b)", "2*(2-3)"),
    ("a: 2, b: 3", "(a - b)^2", "(a-b)^2", "(2-3)^2"),
    ("a: -0.25, b: 1", "a - b", "a-b", "-0.25-1"),
    ("a: 2, b: -3", "a - b", "a-b", "2-(-3)"),
    ("a: -5/4, b: 1/10", "a*b", "a*b", "(-5/4)*(1/10)"),
    ("a: 1/2, b: -3/4", "a + b", "a + b", "1/2 + (-3/4)"),
    ("a: 1/2, b: 3", "a^2/b", "a^2/b", "(1/2)^2/3"),
    ("a: 1/2, b: 3/4", "a/b", "a/b", "(1/2)/(3/4)"),
    ("a: 1/2, b: 3/4", "a - b", "a-b", "1/2-3/4"),
    ("a: 2, b: 3, c: 4", "a/b/c", "(a/b)/c", "(2/3)/4"),
    ("a: 2, b: 3, c: 4", "a/(b*c)", "a/(b*c)", "2/(3*4)"),
    ("a: 2, b: 3, c: 4", "a*(b/c)", "a*(b/c)", "2*(3/4)"),
    ("a: 2, b: 3, c: 4", "a - (b - c)", "a - (b-c)", "2 - (3-4)"),
    ("a: 2, b: 3, c: 4", "a - b*c", "a - b*c", "2 - 3*4"),
    ("a: 2, b: 3, c: 4", "a*(b + c)", "a*(b+c)", "2*(3+4)"),
    ("a: -4, b: 2", "a^2 + b^-2", "a^2 + b^(-2)", "(-4)^2 + 2^(-2)"),
    ("a: 3", "-a^2", "-a^2", "-3^2"),
    ("a: 3", "(-a)^2", "(-a)^2", "(-3)^2"),
    ("a: -3, b: 2", "b - -a", "b - (-a)", "2 - (-(-3))"),
    ("a: 3, b: 2", "b*-a", "b*(-a)", "2*(-3)"),
    ("a: 2", "max(0, a)", "max(0,a)", "max(0,2)"),
    ("a: -2, b: -0.5", "max(a - b, a)", "max(a-b,a)", "max(-2-(-0.5),-2)"),
    ("a: [1, -2, 4]", "mean(a)", "(a1+a2+a3)/3", "(1+(-2)+4)/3"),
    ("a: [1, -2, 4]", "sum(a)", "a1 + a2 + a3", "1 + (-2) + 4"),
    ("a: [1, -2, 4]", "max(a)", "max(a1,a2,a3)", "max(1,-2,4)"),
    ("a: [1, -2, 4]", "2*sum(a)", "2*(a1+a2+a3)", "2*(1+(-2)+4)"),
    ("a: -3", "abs(a)/2", "abs(a)/2", "abs(-3)/2"),
    ("W1: [[1, 2]], x: 3", "W1[1,2]*x", "W1[1,2]*x", "2*3"),
    ("a: 4", "identity(a)", "a", "a"),
    ("a: -2", "leaky_relu(a, 1/10)", "a if a>0, (1/10)*a if a<=0", "a=-2<=0: (1/10)*(-2)"),
    ("a: 2", "max(1, leaky_relu(a, 2))", "max(1,(a if a>0, 2*a if a<=0))", "max(1,(a=2>0: 2))"),
    ("a: 2", "leaky_relu(a, 0.1)", "a if a>0, 0.1*a if a<=0", "a=2>0: 2"),
]
REVERSE = [
    ("z: 2", "relu(z)", "ReLU'(z)", "1 if z>0, 0 if z<=0", "z=2>0"),
    ("z: -1", "relu(z)", "ReLU'(z)", "1 if z>0, 0 if z<=0", "z=-1<=0"),
    ("z: [3, 0]", "sum(relu(z))", "ReLU'(z2)", "1 if z2>0, 0 if z2<=0", "z2=0<=0"),
    ("z: 0.5", "hardtanh(z)", "hardtanh'(z)", "1 if -1<z<1, 0 if z>=1, 0 if z<=-1", "-1<z=0.5<1"),
    ("z: 1", "hardtanh(z)", "hardtanh'(z)", "1 if -1<z<1, 0 if z>=1, 0 if z<=-1", "z=1>=1"),
    ("z: 4", "hardsigmoid(z)", "hardsigmoid'(z)", "1/6 if -3<z<3, 0 if z>=3, 0 if z<=-3", "z=4>=3: 0"),
    ("z: -2", "leaky_relu(z, 1/10)", "LeakyReLU'(z)", "1 if z>0, 1/10 if z<=0", "z=-2<=0: 1/10"),
    ("z: 2, y: 3", "(z - y)^2", "dL/dz", "2*(z-y)", "2*(2-3)"),
    ("z: -0.25, y: 1", "half_squared_error(z, y)", "dL/dz", "z-y", "-0.25-1"),
    ("z: 2, y: 1", "hinge(z, y)", "dL/dz", "(1 if 1-y*z>0, 0 if 1-y*z<=0)*(-1)*y", "(1-1*2=-1<=0)*(-1)*1"),
    ("z: 2, y: 1", "z + y", "dL/dz", "1", "1"),
    ("z: [1, 2], v: [[2, 3]]", "v@z", "dL/dz1", "v11", "v11"),
    ("z: [1, 2], v: [[2, 3]]", "v@z", "dL/dv12", "z2", "z2"),
    ("z: [1, 2], v: [[2, 3]]", "v@z/2", "dL/dz1", "(1/2)*v11", "(1/2)*2"),
    ("z: [1, 2], v: [[1, 1], [2, 3]]", "sum(v@z)", "dL/dz1", "dL/dz_L1*v11 + dL/dz_L2*v21", "1*1 + 1*2"),
    ("z: [1, 2], v: [[1, 1], [2, 3]]", "mean(v@z)", "dL/dz_L1", "1/2", "1/2"),
    ("z: [1, 2], v: [[1, 1], [2, 3]]", "sum((z@v)^2)", "dL/dz1", "dL/dz_L1*v11 + dL/dz_L2*v12", "10*1 + 14*1"),
    ("z: [1, 2], v: [[1, 1], [2, 3]]", "sum((z@v)^2)", "dL/dv12", "dL/dz_L2*z1", "14*1"),
    ("z: [1, 2], v: [[1, 1], [2, 3]]", "sum((v@z)^2)", "dL/dv12", "dL/dz_L1*z2", "6*2"),
    ("u: [[1, 2]], v: [[1, 1], [2, 3]]", "sum((u@v)^2)", "dL/du11", "dL/dz_L11*v11 + dL/dz_L12*v12", "10*1 + 14*1"),
    ("u: [[1, 2]], v: [[1, 1], [2, 3]]", "sum((u@v)^2)", "dL/dv21", "dL/dz_L11*u12", "10*2"),
    ("z: [1, 2], v: [[1, 1], [2, 3]]", "sum((v@z)^2)", "dL/dz1", "dL/dz_L1*v11 + dL/dz_L2*v21", "6*1 + 16*2"),
]


def row(givens: str, equation: str, quantity: str) -> bptrace.Row:
    """The row of one quantity, in the working of one equation."""
    trace = bptrace.loads(f"weights: {{{givens}}}\nloss: {equation}").trace()
    return next(row for row in trace.rows() if row.quantity == quantity)


@pytest.mark.parametrize(("givens", "equation", "formula", "rule"), FORWARD)
def test_forward(givens: str, equation: str, formula: str, rule: str) -> None:
    printed = row(givens, equation, "L")
    assert (printed.formula, printed.rule) == (formula, rule)


@pytest.mark.parametrize(("givens", "equation", "quantity", "formula", "rule"), REVERSE)
def test_reverse(givens: str, equation: str, quantity: str, formula: str, rule: str) -> None:
    printed = row(givens, equation, quantity)
    assert (printed.formula, printed.rule) == (formula, rule)


def test_a_bias_row_is_a_copy() -> None:
    trace = bptrace.loads("weights: {w: 2, b: 1}\nforward: {z: w*3 + b}\nloss: z^2").trace()
    assert [row.texts()[2:] for row in trace.rows() if row.quantity == "dL/db"] == [("dL/dz", "14")]


# Numbers


def test_numbers_print_as_the_author_writes() -> None:
    printed = {
        (given, numbers): [(row.rule, row.value_text) for row in bptrace.loads(text).trace(numbers).rows()]
        for given in ("0.5", "1/2")
        for text in [f"input: {{a: {given}}}\nloss: a/4 + a/3"]
        for numbers in ("auto", "decimal", "fraction")
    }
    decimals = [("0.5/4 + 0.5/3", "7/24"), ("0.25 + 1/3", "7/12")]
    fractions = [("(1/2)/4 + (1/2)/3", "7/24"), ("1/4 + 1/3", "7/12")]
    assert [printed["0.5", numbers] for numbers in ("auto", "decimal", "fraction")] == [decimals, decimals, fractions]
    assert [printed["1/2", numbers] for numbers in ("auto", "decimal", "fraction")] == [fractions, decimals, fractions]


@pytest.mark.parametrize(
    ("loss", "rules"),
    [
        ("1/2*(a - 1)^2", ["(1/2)*(0.5-1)^2"] * 2 + ["(1/2)*(1/2-1)^2"]),
        ("½*(a - 1)^2", ["(1/2)*(0.5-1)^2"] * 2 + ["(1/2)*(1/2-1)^2"]),
        ("0.5*(a - 1)^2", ["0.5*(0.5-1)^2"] * 2 + ["(1/2)*(1/2-1)^2"]),
        ("half_squared_error(a, 1)", ["(1/2)*(0.5-1)^2"] * 2 + ["(1/2)*(1/2-1)^2"]),
        ("a - -3/4", ["0.5-(-3/4)"] * 2 + ["1/2-(-3/4)"]),
    ],
)
def test_a_fraction_stays_one_among_decimals(loss: str, rules: list[str]) -> None:
    network = bptrace.loads(f"weights: {{a: 0.5}}\nloss: {loss}")
    assert [next(network.trace(numbers).rows()).rule for numbers in ("auto", "decimal", "fraction")] == rules
    assert next(network.trace(decimals=2).rows()).formula == next(network.trace().rows()).formula


def test_a_file_with_no_decimals_has_them_only_where_they_are_asked_for() -> None:
    network = bptrace.loads("weights: {a: 3}\nloss: 1/2*a")
    assert [next(network.trace(numbers).rows()).rule for numbers in ("auto", "decimal")] == ["(1/2)*3", "0.5*3"]


# Long sums on a screen


def leaf(number: int) -> Leaf:
    return Leaf(f"a{number}", Rational(number))


@pytest.mark.parametrize(
    ("count", "terms", "rule"),
    [
        (6, None, "1 + 2 + 3 + 4 + 5 + 6"),
        (6, 6, "1 + 2 + 3 + 4 + 5 + 6"),
        (6, 4, "1 + 2 + 3 + … 2 more terms … + 6"),
        (9, 3, "1 + 2 + … 6 more terms … + 9"),
        (784, 24, "760 more terms"),
    ],
)
def test_long_sums_are_cut_in_the_middle(count: int, terms: int | None, rule: str) -> None:
    tree = plus([leaf(number) for number in range(1, count + 1)])
    text = Notation(decimal=False, terms=terms).rule(tree)
    assert rule in text
    assert text.startswith("1 + 2 + ")
    assert text.endswith(f" + {count}")
    assert text.count(" + ") == min(count, (terms or count) + 1) - 1


@pytest.mark.parametrize(
    ("count", "terms", "rule"),
    [
        (4, None, "max(1,2,3,4)"),
        (4, 4, "max(1,2,3,4)"),
        (9, 3, "max(1,2,… 6 more …,9)"),
    ],
)
def test_long_functions_are_cut_in_the_middle(count: int, terms: int | None, rule: str) -> None:
    tree = Call("max of all", tuple(leaf(number) for number in range(1, count + 1)), ())
    assert Notation(decimal=False, terms=terms).rule(tree) == rule


def test_only_a_shortened_trace_cuts() -> None:
    trace = bptrace.loads(f"weights: {{a: [{', '.join(['1'] * 50)}]}}\nloss: sum(a)").trace()
    assert next(trace.rows()).rule == " + ".join(["1"] * 50)
    assert next(trace.shortened(8).rows()).rule == "1 + 1 + 1 + 1 + 1 + 1 + … 42 more terms … + 1 + 1"


# Gates


X = Leaf("x", Rational(1))


@pytest.mark.parametrize(
    ("cases", "rule"),
    [
        (Cases(X, [above(0, 1), below(0, 0)]), "x=1>0"),
        (Cases(X, [above(1, 1), below(1, 0)]), "x=1<=1"),
        (Cases(X, [between(0, 3, 1), above(3, 0, strict=False), below(0, 0)]), "0<x=1<3"),
        (Cases(X - 3, [above(0, 1), below(0, 0)]), "1-3=-2<=0"),
        (Cases(X, [above(0, 1, strict=False), below(0, 0, strict=True)]), "x=1>=0: 1"),
        (Cases(X, [above(0, 0), below(0, 0)]), "x=1>0: 0"),
        (Cases(X, [above(0, 2), below(0, 0)]), "x=1>0: 2"),
        (2 * Cases(X, [above(0, 1), below(0, 0)]), "2*(x=1>0)"),
    ],
)
def test_only_a_gate_tells_its_value_by_its_condition(cases: Expr, rule: str) -> None:
    assert Notation(decimal=False).rule(cases) == rule


# The round trip


@examples(300)
@given(trees(), st.booleans())
def test_what_is_printed_reads_back(tree: Tree, decimal: bool) -> None:
    notation, value = Notation(decimal), public(evaluate(tree.expr))
    assert value_of(notation.rule(tree.expr), tree.names) == value
    assert value_of(notation.formula(tree.expr), tree.names) == value


@examples(100)
@given(trees(cases=False), st.booleans())
def test_a_pattern_prints_as_the_tree_that_fills_it(tree: Tree, decimal: bool) -> None:
    assume(not isinstance(tree.expr, Leaf))
    notation = Notation(decimal)
    form, leaves = emptied(tree.expr)
    texts = notation.pattern(form).filled(leaves, notation.write)
    assert texts == (notation.formula(tree.expr), notation.rule(tree.expr))


# The reader that all this rests on is not blind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*(2-3)", -2),
        ("10*1 + (-10)*(-1)", 20),
        ("-2^2 - 2/4/2*3", Fraction(-19, 4)),
        ("2^(-2)", Fraction(1, 4)),
        ("z1=2>0", 1),
        ("z2=-1<=0", 0),
        ("-1<z1[2]=0.5<1", 1),
        ("1-1*2=-1<=0", 0),
        ("3*(u=-1<=0: (1/10)*(-1)) + 1", Fraction(7, 10)),
        ("max(1,-2,step(0)) + min(3,4) + count_max(1,2,2) + sign(-3)", 5),
        ("(1 if q>0, 0 if q<=0)*dL/dw11 - ReLU'(z1)/W1[1,2]", -5),
        ("dL/dw11", 7),
    ],
)
def test_reader(text: str, value: Fraction) -> None:
    names = {"dL/dw11": 7, "dL/dw1": 100, "ReLU'(z1)": 10, "W1[1,2]": 2, "q": 0, "dL": 1000}
    assert value_of(text, {name: Fraction(number) for name, number in names.items()}) == value


@pytest.mark.parametrize(
    "text",
    [
        "z=2<=0",
        "z=-1>0",
        "1-1*2=1>0",
        "q=4>0",
        "0<z=2<1",
        "w11 + 1",
        "2*",
        "(2",
        "2 3",
        "2)",
        "1 if q>0",
        "2^(1/2)",
        "$",
    ],
)
def test_reader_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=" in "):
        value_of(text, {"q": Fraction(-1)})


def test_a_literal_zero_stays_in_sight() -> None:
    assert Notation(decimal=False).rule(Number(ZERO) * X) == "0*1"


PUBLISHED = "input: {x: [1/3, 2]}\nweights: {w: [1/7, -1/2], b: 1/3}\nloss: (w@x + b)^2/3"


def test_rounded_numbers_are_marked_and_formulas_are_not_rounded() -> None:
    trace = bptrace.loads(PUBLISHED).trace(decimals=3)
    rows = {row.quantity: row for row in trace.rows()}
    assert rows["z_L"].texts() == ("z_L", "w1*x1 + w2*x2 + b", "0.143*0.333 + (-0.5)*2 + 0.333", "≈-0.619")
    assert rows["dL/dz_L"].texts()[1:] == ("(2/3)*z_L", "0.667*(-0.619)", "≈-0.413")
    assert rows["z_L"].value == Fraction(-13, 21)
    assert not rows["z_L"].exact
    assert trace.text("w") == "[≈0.143, -0.5]"


def test_what_is_not_rational_has_so_many_places_too() -> None:
    network = bptrace.loads("weights: {w: 12345678901}\nforward: {a: sqrt(w)*sqrt(w + 1), b: exp(-w)}\nloss: a + b")
    assert [row.value_text for row in network.trace(decimals=4).rows()][:2] == ["≈12345678901.5000", "≈0"]


def test_a_rule_that_decides_has_as_many_places_as_that_takes() -> None:
    network = bptrace.loads("weights: {w: 0.4951}\nloss: w\nupdate: {lr: 0.00049, round: 0.01}")
    *_, last = network.trace(decimals=1).rows()
    assert last.texts()[2:] == ("round(0.4951-0.0005*1,0.01)", "≈0.5")


@pytest.mark.parametrize(
    ("numbers", "decimals", "complaint"),
    [("fraction", 2, "decimals were asked for, and fractions"), ("auto", -1, "-1 decimals were asked for")],
)
def test_decimals_that_cannot_be_had_are_refused(numbers: str, decimals: int, complaint: str) -> None:
    with pytest.raises(bptrace.BptraceError, match=complaint):
        bptrace.loads("loss: 1").trace(numbers, decimals=decimals)


@pytest.mark.parametrize(
    ("text", "decimals", "quantity", "rule"),
    [
        ("weights: {w: 0.0001}\nloss: relu(w)", 3, "ReLU'(w)", "w=0.0001>0"),
        ("weights: {w: -0.3}\nloss: relu(w)", 0, "ReLU'(w)", "w=0<=0"),
        ("weights: {w: [0.0001, 0.0002]}\nloss: max(w)", 3, "dL/dw1", "w1=0.0001<0.0002: 0"),
        ("weights: {w: -0.0001}\nloss: 3*max(w*3, 0.00001)", 3, "dL/dw", "9*step(-0.0001*3-0.0000)"),
        (
            "weights: {w: 0.00000000000001}\nloss: 3*max(sigmoid(w), 1/2)",
            None,
            "dL/dh_L",
            "3*step(0.5000000000000025-1/2)",
        ),
        ("weights: {w: 0.0001}\nloss: max(w, 1/3)", 3, "L", "max(0.000,0.333)"),
    ],
)
def test_a_condition_has_digits_enough_to_hold(text: str, decimals: int | None, quantity: str, rule: str) -> None:
    rows = {row.quantity: row.rule for row in bptrace.loads(text).trace(decimals=decimals).rows()}
    assert rows[quantity] == rule


def test_a_mask_takes_no_places() -> None:
    network = bptrace.loads("input: {m: [0, -inf]}\nweights: {s: [2, 5]}\nloss: cross_entropy(s + m, 1)")
    assert [row.value_text for row in network.trace(decimals=0).rows()][:2] == ["2", "-inf"]


def test_a_case_that_holds_is_told_among_numbers_that_no_file_may_hold() -> None:
    """An exponent of six digits is printed, and never read."""
    text = "input: {x: [0, 1]}\nweights: {w: -1000000}\nforward: {p: softmax(w*x)}\nloss: max(p[2])"
    rules = {row.quantity: row.rule for row in bptrace.loads(text).trace().rows()}
    assert rules["dL/dz_L"] == "z_L=3.296831478e-434295>=3.296831478e-434295: 1/count_max(3.296831478e-434295)"


def test_the_digits_of_an_enclosure_are_proven_once_for_all_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def prove(value: Scalar, digits: int) -> Numeral:
        asked.append(digits)
        return Numeral("", "1.5")

    monkeypatch.setattr(notation, "proven_numeral", prove)
    value = arb("1.5")
    for look in (Notation(True, bits=100), Notation(True, terms=3, bits=100), Notation(True, digits=4, bits=100)):
        assert look.numeral(value).digits == look.numeral(value).digits == "1.5"
    assert len(asked) == 2
    assert [Notation(True, bits=notation.SHORT_BITS + 1).numeral(value).digits for _ in range(2)] == ["1.5", "1.5"]
    assert len(asked) == 4


def test_a_maximum_that_many_conditions_have_is_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 40
    trace = bptrace.loads(f"weights: {{w: {list(range(1, count + 1))}}}\nloss: max(cos(w))").trace()
    printed = calls_of(monkeypatch, Notation, "_printed")
    assert len([row.rule for step in trace.steps for row in step]) == 3 * count + 1
    assert count < len(printed) < 10 * count


def test_a_long_call_that_many_trees_share_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def named(register: object, text: str, name: str, needed: int) -> str:
        written.append(name)
        return text

    monkeypatch.setattr("bptrace.ops.notation._Register.named", named)
    shared, look = Call("max", tuple(Leaf("x", Rational(place)) for place in range(20))), Notation(True)
    text = f"max({','.join('x' * 20)})"
    assert [look.formula(Leaf(name, ZERO) * shared) for name in "ghk"] == [f"{name}*{text}" for name in "ghk"]
    assert len(written) == 3 + 20


def test_a_long_product_is_asked_once_for_each_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Expr] = []
    as_it_is = Notation.has_about

    def has_about(notation: Notation, tree: Expr) -> bool:
        asked.append(tree)
        assert len(asked) < 1_000
        return as_it_is(notation, tree)

    monkeypatch.setattr(Notation, "has_about", has_about)
    product: Expr = Leaf("w", arb(2).sqrt())
    for _ in range(60):
        product = Call("*", (product, Leaf("w", arb(2).sqrt())))
    notation = Notation(decimal=True)
    assert notation.has_about(product)
    assert not notation.has_about(Call("*", (product, Leaf("x", ZERO))))
