"""Paths: which ways lead from the loss back to a gradient, their products, and their sum."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Trace, load, loads
from bptrace.errors import InternalError
from bptrace.explain import paths
from bptrace.explain.paths import Links, linear_terms, paths_to
from bptrace.numbers.enclosures import ZERO
from bptrace.numbers.exact import Rational
from bptrace.numbers.public import public
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, above, below
from bptrace.ops.notation import Notation
from tests.conftest import LIMITS, NETWORKS, ROOT, traced
from tests.readers.intervals import number
from tests.readers.register import names_of, value_of
from tests.strategies import examples, networks, real_networks

ALL = 3_000


def trace_of(name: str) -> Trace:
    return load(ROOT / "networks" / f"{name}.yaml").trace(inputs=True)


def lines_of(text: str, name: str, limit: int = ALL) -> list[str]:
    return [line(path) for path in paths_to(loads(text).trace(inputs=True), name, limit)[0]]


def line(path: paths.Path) -> str:
    more = f", {path.zero} is 0" if path.zero else ""
    more += f" in {path.stands_for} paths" if path.stands_for > 1 else ""
    return f"{' '.join(path.nodes)} | {path.formula} | {path.rule} | {path.shown.text}{more}"


@pytest.mark.parametrize(
    ("name", "quantity", "lines"),
    [
        ("relu_2_2_1", "dL/dyhat", ["L yhat | 2*(yhat-y) | 2*(2-3) | -2"]),
        ("relu_2_2_1", "dL/dc", ["L yhat c | 2*(yhat-y) | 2*(2-3) | -2"]),
        ("relu_2_2_1", "dL/dw11", ["L yhat h1 z1 w11 | 2*(yhat-y)*v1*ReLU'(z1)*x1 | 2*(2-3)*1*1*1 | -2"]),
        (
            "relu_2_2_1",
            "dL/dw21",
            ["L yhat h2 z2 w21 | 2*(yhat-y)*v2*ReLU'(z2)*x1 | 2*(2-3)*1*0*1 | 0, ReLU'(z2) is 0"],
        ),
        (
            "relu_2_2_1",
            "dL/dx2",
            [
                "L yhat h1 z1 x2 | 2*(yhat-y)*v1*ReLU'(z1)*w12 | 2*(2-3)*1*1*1 | -2",
                "L yhat h2 z2 x2 | 2*(yhat-y)*v2*ReLU'(z2)*w22 | 2*(2-3)*1*0*(-1) | 0, ReLU'(z2) is 0",
            ],
        ),
        (
            "skip_connection",
            "dL/dw0",
            [
                "L yhat z2 h1 z1 h0 z0 w0 | (yhat-y)*w2*ReLU'(z1)*w1*ReLU'(z0)*x | (3/2-1)*4*0*(-1)*1*2 | 0, "
                "ReLU'(z1) is 0",
                "L yhat z2 h0 z0 w0 | (yhat-y)*w3*ReLU'(z0)*x | (3/2-1)*(1/2)*1*2 | 1/2",
            ],
        ),
        (
            "two_outputs",
            "dL/dh1",
            [
                "L yhat1 u1 h1 | 2*(yhat1-y1)*LeakyReLU'(u1)*v11 | 2*(2-1)*1*1 | 2",
                "L yhat2 u2 h1 | 2*(yhat2-y2)*LeakyReLU'(u2)*v21 | 2*(-1/10-0)*(1/10)*(-1) | 1/50",
            ],
        ),
        (
            "recurrence",
            "dL/da",
            [
                "L s3 s2 s1 a | 2*(s3-y)*a*a*s0 | 2*(9/2-4)*(1/2)*(1/2)*0 | 0, s0 is 0",
                "L s3 s2 a | 2*(s3-y)*a*s1 | 2*(9/2-4)*(1/2)*2 | 1",
                "L s3 a | 2*(s3-y)*s2 | 2*(9/2-4)*(-3) | -3",
            ],
        ),
        (
            "softmax_long_way",
            "dL/dx1",
            [
                "L p2 z1 x1 | (-1/p2)*(-p2*p1)*W11 | (-1/0.6037488961)*(-0.6037488961*0.03005888757)*1 | "
                "≈0.03005888757",
                "L p2 z2 x1 | (-1/p2)*p2*(1-p2)*W21 | (-1/0.6037488961)*0.6037488961*(1-0.6037488961)*0 | 0, W21 is 0",
                "L p2 z3 x1 | (-1/p2)*(-p2*p3)*W31 | (-1/0.6037488961)*(-0.6037488961*0.3661922163)*(1/2) | "
                "≈0.1830961081",
            ],
        ),
        ("softmax_long_way", "dL/dp1", []),
        (
            "lstm",
            "dL/df1",
            ["L h2 a2 c2 i2 z_i2 h1 a1 c1 f1 | (h2-y)*o2*tanh'(c2)*g2*sigmoid'(z_i2)*ui*o1*tanh'(c1)*c0 | "
             "(-0.02721181307-0.25)*0.3985359746*0.9953379181*(-0.6234238883)*0.2356631091*0.1*0.5498339973*0.9557284050"
             "*0 | 0, c0 is 0 in 5 paths"],
        ),
        (
            "hinge_classifier",
            "dL/dW2[2,1]",
            ["L yhat2 W2[2,1] | (1 if 1-y2*yhat2>0, 0 if 1-y2*yhat2<=0)*(-1)*y2*h1[1] | "
             "(1-(-1)*(-3.5)=-2.5<=0)*(-1)*(-1)*0.5 | 0, 1-(-1)*(-3.5)=-2.5<=0 is 0"],
        ),
        ("expression_graph", "dg_total/dg", ["g_total g | 1 | 1 | 1"]),
        (
            "expression_graph",
            "dg_total/df",
            ["g_total g f | 1/2 | 1/2 | 1/2", "g_total f | -10/f^2 | -10/(-2)^2 | -5/2"],
        ),
    ],
)  # fmt: skip
def test_each_path_with_its_product_and_why_it_is_zero(name: str, quantity: str, lines: list[str]) -> None:
    shown, count = paths_to(trace_of(name), quantity)
    assert [line(path) for path in shown] == lines
    assert count == sum(path.stands_for for path in shown)


@pytest.mark.parametrize(
    ("name", "quantity", "count"),
    [
        ("lstm", "dL/dwi", 6),
        ("lstm", "dL/dh0", 19),
        ("attention", "dL/dQ11", 16),
        ("xor", "dL/dv1", 4),
        ("sigmoid_2_2_2", "dE_total/dw11", 2),
        ("linear_2_2_2_1", "dL/dx1", 4),
    ],
)
def test_all_paths_are_counted(name: str, quantity: str, count: int) -> None:
    assert paths_to(trace_of(name), quantity)[1] == count


@pytest.mark.parametrize(
    ("text", "name", "lines"),
    [
        ("weights: {w: 3}\nloss: w^2", "dL/dw", ["L w | 2*w | 2*3 | 6"]),
        ("weights: {w: 3}\nloss: w*w", "dL/dw", ["L w | w + w | 3 + 3 | 6"]),
        ("weights: {w: 3}\nloss: w - w", "dL/dw", ["L w | 1-1 | 1-1 | 0, 1-1 is 0"]),
        ("weights: {w: 3, v: 2}\nforward: {z: w*v}\nloss: sin(z)*z - 5*z + z*v", "dL/dw",
         ["L z w | (z*cos(z)+sin(z)-5+v)*v | (6*cos(6)+sin(6)-5+2)*2 | ≈4.963212443"]),
        ("weights: {x: [0, 0]}\nforward: {r: norm(x)}\nloss: (r - 1)^2", "dL/dx2",
         ["L r x2 | 2*(r-1)*0 | 2*(0-1)*0 | 0, 0 is 0"]),
        ("weights: {w: 3}\nloss: 0*w", "dL/dw", ["L w | 0 | 0 | 0, 0 is 0"]),
        ("weights: {w: 3}\nforward: {z: 0*w}\nloss: 2*z", "dL/dw", ["L z w | 0 | 0 | 0, 0 is 0"]),
        ("weights: {w: 3}\nforward: {z: 5*w}\nloss: 2*z", "dL/dw", ["L z w | 10 | 10 | 10"]),
        ("weights: {w: 3, v: 1}\nloss: v", "dL/dw", []),
        ("weights: {w: [3, 4]}\nloss: w[1]", "dL/dw2", []),
        ("weights: {w: 2}\nloss: {J: w}", "dJ/dw", ["J w | 1 | 1 | 1"]),
        (
            "weights: {w: 2, v: 2}\nforward: {e: w - v}\nloss: e^2 + 3*e",
            "dL/dv",
            ["L e v | (2*e+3)*(-1) | (2*0+3)*(-1) | -3"],
        ),
        ("weights: {w: 4}\nforward: {s: sqrt(w)}\nloss: s", "dL/dw", ["L s w | 1/(2*s) | 1/(2*2) | 1/4"]),
        (
            "weights: {w: [[1, 2]], b: [3, 4]}\nforward: {s: w + b, u: s + w}\nloss: sum(u^2)",
            "dL/dw11",
            ["L u11 s11 w11 | 2*u11 | 2*5 | 10", "L u11 w11 | 2*u11 | 2*5 | 10"],
        ),
        (
            "weights: {w: 4, a: [2, 3]}\nforward: {s: sqrt(w), h: s*a}\nloss: sum(h^2)",
            "dL/dw",
            ["L h1 s w | 2*h1*a1*(1/(2*s)) | 2*4*2*(1/(2*2)) | 4",
             "L h2 s w | 2*h2*a2*(1/(2*s)) | 2*6*3*(1/(2*2)) | 9"],
        ),
        (
            "weights: {w: 4, b: 1}\nforward: {h: b*w, u: h*b}\nloss: 0*u + 3*u",
            "dL/db",
            ["L u h b | (0+3)*b*w | (0+3)*1*4 | 12", "L u b | (0+3)*h | (0+3)*4 | 12"],
        ),
    ],
)  # fmt: skip
def test_all_uses_by_one_equation_are_a_path(text: str, name: str, lines: list[str]) -> None:
    assert lines_of(text, name) == lines


@pytest.mark.parametrize(
    ("limit", "count"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3)],
)
def test_only_so_many_are_shown_but_all_are_counted(limit: int, count: int) -> None:
    shown, found = paths_to(trace_of("recurrence"), "dL/da", limit)
    assert (len(shown), found) == (count, 3)
    assert list(map(line, shown)) == list(map(line, paths_to(trace_of("recurrence"), "dL/da")[0]))[:limit]


def test_paths_that_end_alike_from_a_factor_of_0_are_shown_as_one() -> None:
    text = "weights: {w: 1, b: -9, a: [1, 2, 3]}\nforward: {z: w + b, h: relu(z), u: h*a, k: u^2}\nloss: sum(k)"
    assert lines_of(text, "dL/dw") == [
        "L k1 u1 h z w | 2*u1*a1*ReLU'(z) | 2*0*1*0 | 0, ReLU'(z) is 0 in 3 paths",
    ]
    assert [path.zero for path in paths_to(loads(text).trace(), "dL/dh")[0]] == ["u1", "u2", "u3"]


@pytest.mark.parametrize(
    ("name", "quantity"),
    [("relu_2_2_1", "z1"), ("relu_2_2_1", "x1"), ("relu_2_2_1", "dL/dw13"), ("xor_batch", "dL/dw11")],
)
def test_paths_lead_to_gradients_only(name: str, quantity: str) -> None:
    with pytest.raises(KeyError):
        paths_to(trace_of(name), quantity)


# sums


def check(trace: Trace) -> None:
    """Every gradient is the sum of its paths, all are there, and each reads back as its value."""
    for part in trace.samples or (trace,):
        names = names_of(part)
        for name in (name for name, (key, _) in part.register.places.items() if key in part.differentiated):
            found, count = paths_to(part, name, ALL)
            if count is None or count > ALL:
                continue
            assert sum(path.stands_for for path in found) == count
            assert sum((number(public(path.value)) for path in found), Fraction(0)) == names[name]
            for path in found:
                assert value_of(path.rule, names) == value_of(path.formula, names) == number(public(path.value)), path
                assert value_of(path.shown.text) == number(public(path.value)), path
                assert bool(path.zero) == (path.shown.digits == "0"), path


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_the_paths_sum_to_the_gradient_and_read_back(path: Path) -> None:
    check(traced(path, inputs=True))


def test_they_do_at_limits() -> None:
    check(loads(LIMITS).trace())


@examples(60)
@given(networks())
def test_they_do_in_any_network(text: str) -> None:
    check(loads(text).trace())


@examples(15)
@given(real_networks())
def test_they_do_where_values_are_not_rational(text: str) -> None:
    check(loads(text).trace())


@st.composite
def sums(draw: st.DrawFn) -> str:
    """A network of sums alone, in which every local factor is 1: the gradient is the number of paths."""
    lines, known = [], ["w"]
    for name in [f"h_{letter}" for letter in "abcdefgh"[: draw(st.integers(1, 8))]]:
        terms = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
        lines.append(f"  {name}: {' + '.join(terms)}")
        known.append(name)
    return "\n".join(["weights: {w: [1, 1]}", "forward:", *lines, f"loss: sum({known[-1]})"])


@examples(40)
@given(sums())
def test_where_all_factors_are_1_the_gradient_counts_the_paths(text: str) -> None:
    trace = loads(text).trace()
    shown, count = paths_to(trace, "dL/dw1")
    assert count == trace["dL/dw1"]
    assert {path.rule for path in shown} == {"1"}


def layers(widths: list[int]) -> str:
    """A linear network with layers of these widths, the sum of its outputs the loss."""
    weights = [
        f"  w{n}: [{', '.join(str([(i + 2 * j) % 5 - 2 or 3 for j in range(wide)]) for i in range(high))}]"
        for n, (wide, high) in enumerate(pairwise(widths), 1)
    ]
    forward = [f"  h{n}: w{n}@{f'h{n - 1}' if n > 1 else 'x'}" for n in range(1, len(widths))]
    loss = f"loss: sum(h{len(widths) - 1})"
    return "\n".join([f"input: {{x: {[1] * widths[0]}}}", "weights:", *weights, "forward:", *forward, loss])


def test_a_million_paths_are_counted_and_summed_without_being_made() -> None:
    trace = loads(layers([10] * 7)).trace(inputs=True)
    shown, count = paths_to(trace, "dL/dx[1]")
    assert (len(shown), count) == (paths.SHOWN, 10**6)
    assert len({path.nodes for path in shown}) == paths.SHOWN


CHAIN = """
weights: {w: 1, b: 1}
forward:
  h0: w
  repeat: {for: t in 1..3000, "h{t}": "b*h{t-1}"}
loss: h3000
"""


def test_a_path_may_be_as_long_as_a_network_is_deep() -> None:
    trace = loads(CHAIN).trace()
    [path], count = paths_to(trace, "dL/dw")
    assert (len(path.nodes), path.value, count) == (3003, 1, 1)
    shown, count = paths_to(trace, "dL/db", 2)
    assert ([len(path.nodes) for path in shown], count) == ([3002, 3001], 3000)


def test_what_would_take_too_long_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = loads(layers([3, 4, 5])).trace()
    whole = paths_to(trace, "dL/dw1[1,1]")
    assert whole[1] == 5
    monkeypatch.setattr(paths, "LINK_LIMIT", 11)
    assert list(map(line, paths_to(trace, "dL/dw1[1,1]")[0])) == list(map(line, whole[0]))
    monkeypatch.setattr(paths, "LINK_LIMIT", 10)
    assert paths_to(trace, "dL/dw1[1,1]") == ((), None)


@pytest.mark.parametrize("limit", [4, 10, 11, 50, 200_000])
def test_what_is_known_of_other_gradients_changes_nothing(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "LINK_LIMIT", limit)
    trace = loads(layers([3, 4, 5])).trace()
    names, known = [name for name in trace.quantities() if name.startswith("dL")], paths.Links(trace)
    for name in [*names, *names[::-1]]:
        (found, count), (alone, counted) = paths_to(trace, name, known=known), paths_to(trace, name)
        assert (count, list(map(line, found))) == (counted, list(map(line, alone)))


@pytest.mark.parametrize(
    "text",
    [
        "weights: {w: [0, 0]}\ninput: {x: 0}\nloss: max(sqrt(w)*x)",
        "weights: {w: vector of 2}\ninput: {x: [1, 2]}\nloss: max(log(1-w)*x)",
        "weights: {w: vector of 2}\ninput: {x: [1, 2]}\nloss: max(sqrt(-w)*x)",
    ],
)
def test_a_rule_is_split_where_it_has_no_value(text: str) -> None:
    trace = loads(text).derived()
    (row,) = [row for row in trace.rows() if row.quantity == "dL/dw1"]
    (term,) = linear_terms(row.tree, lambda leaf: leaf.name.startswith("dL"))
    assert term[0] == "dL/dz_L1"


@pytest.mark.parametrize("limit", [1, ALL])
def test_paths_that_do_not_sum_to_the_value_are_an_internal_error(limit: int) -> None:
    trace = trace_of("recurrence")
    trace = Trace(trace.source, trace.program, {**trace.values, "dL/da": Rational(-1)}, decimal=False)
    with pytest.raises(InternalError, match=r"^internal error: the paths to dL/da do not sum to its value$"):
        paths_to(trace, "dL/da", limit)


# splitting a rule


X, G, H = Leaf("x", Rational(2)), Leaf("g", Rational(3)), Leaf("h", Rational(5))


@pytest.mark.parametrize(
    ("tree", "parts"),
    [
        (G, ["g: 1"]),
        (X, ["L: x"]),
        (Number(ZERO), ["L: 0"]),
        (G * X + H, ["g: x", "h: 1"]),
        (X * G * (1 + X), ["g: x*(1+x)"]),
        ((G + H) * X, ["g: x", "h: x"]),
        ((G * X + H + 1) * (X - 1) * 3, ["g: x*(x-1)*3", "h: 3*(x-1)", "L: 3*(x-1)"]),
        (G / X, ["g: 1/x"]),
        ((G + H) / X * 4, ["g: (1/x)*4", "h: (1/x)*4"]),
        ((G * X - H * 3) * X, ["g: (x-0)*x", "h: (0-3)*x"]),
        ((G * X + 1) / X, ["g: (x+1)/x - 1/x", "L: 1/x"]),
        (G * Cases(X, [above(0, X), below(0, 0)]), ["g: x if x>0, 0 if x<=0"]),
        (Cases(X, [above(0, G * X), below(0, H)]), ["g: x if x>0, h if x<=0"]),
        (G + Call("max", (X, Number(ZERO))), ["g: 1", "L: max(x,0)"]),
    ],
)  # fmt: skip
def test_a_rule_is_split_by_the_gradients_it_reads(tree: Expr, parts: list[str]) -> None:
    found = linear_terms(tree, lambda leaf: leaf in (G, H))
    assert [f"{name or 'L'}: {Notation(False).formula(factor)}" for name, factor in found] == parts


def test_where_a_leaf_stands_is_looked_up_once_for_all_rules_that_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = loads(
        f"weights: {{w: {list(range(12))}, v: {list(range(12))}}}\nforward: {{z: 'outer(w, v)'}}\nloss: sum(z)"
    )
    links = paths.Links(trace.trace())
    looked_up: list[str] = []
    places = links.places

    class Counting(dict[str, tuple[str, tuple[int, ...]]]):
        def __missing__(self, name: str) -> tuple[str, tuple[int, ...]]:
            looked_up.append(name)
            return places[name]

    monkeypatch.setattr(links, "places", Counting())
    for place in range(1, 13):
        links.of(f"dL/dw[{place}]")
        links.of(f"dL/dv[{place}]")
    asked = [name for name in looked_up if not name.startswith(("dL/dw", "dL/dv"))]
    assert len(asked) == len(set(asked)) == 144 + 24


def test_a_factor_is_worked_out_at_the_precision_of_the_working() -> None:
    """What is below the bar is so near to 0 that fewer bits do not tell it from that."""
    trace = loads("input: {x: 7}\nweights: {w: -2}\nloss: w/(1 + erf(x*w))").trace()
    assert trace.bits > 200
    links = Links(trace)
    assert [link.source for link in links.of("dL/dw")] == [None]
