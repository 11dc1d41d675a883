"""Certainty: random networks that leave the rationals, precision that must rise, and what only a proof can tell."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import bptrace
from bptrace import Network, SpecError, Trace
from bptrace.engine.precision import PROOF_BITS, possibly_equal, twins
from bptrace.engine.training import trained
from bptrace.engine.zero_proofs import Proofs
from bptrace.numbers.enclosures import pi, precision
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Expr, Leaf
from tests import second_opinion
from tests.difference_quotients import slopes
from tests.readers.register import check_rows
from tests.refusals import bounded, outcome, refusal
from tests.strategies import examples, real_networks

# networks


def worked(network: Network, digits: int = 10) -> Trace:
    """The trace of a random network; one that divides by zero, or that nothing decides, is not asked for.

    Hypothesis complains where that is more than a few of them.
    """
    try:
        return network.trace(digits=digits)
    except SpecError as problem:
        if problem.message.startswith(("division by zero", "cannot tell", "cannot work out")):
            reject()
        raise


@examples(40)
@given(real_networks())
def test_every_line_of_a_random_network_reads_back(text: str) -> None:
    check_rows(worked(bptrace.loads(text)))


@examples(20)
@given(real_networks(), st.randoms(use_true_random=False))
def test_gradients_of_a_random_network_are_limits_of_difference_quotients(text: str, random: Random) -> None:
    network = bptrace.loads(text)
    trace = worked(network)
    if any(row.notes for row in trace.rows()):
        return
    slope, quotient = slopes(trace, network, lambda moved: worked(moved, 90), random)
    assert abs(quotient - slope) < Fraction(1, 10**15) * (1 + abs(slope))


DENSE = "input: {x: [1, -2]}\nweights: {W: [[1, 0.5], [0.2, -1], [1/3, 2]], b: [0, 1/7, -1]}\n"
SMALL = "input: {x: [1, -2]}\nweights: {W: [[1, 0.5], [1/3, 2]], b: [0, 1/7]}\n"
ROWS = "input: {x: [[1, 0.5], [0.2, -1], [1/3, 2]]}\nweights: {W: [[1, 2, -1], [0, 1/2, 1/3]], b: [0, 1/7, -1]}\n"

NETWORKS = [
    DENSE + "loss: cross_entropy(W@x + b, 2)",
    DENSE + "target: {y: [1/2, 1/3, 1/6]}\nloss: cross_entropy(W@x + b, y)",
    DENSE + "forward: {h: 2*sigmoid(W@x) + 1, g: tanh(h*b)}\nloss: sum(g*softmax(h))",
    DENSE + "forward: {z: W@x + b}\nloss: nll(log_softmax(z), 3) + logsumexp(z)^2",
    SMALL + "forward: {h: layer_norm(silu(W@x))}\nloss: norm(h - b) + var(h*b)",
    DENSE + "target: {y: [0, 1, 1]}\nloss: bce_with_logits(W@x, y) + binary_cross_entropy(sigmoid(W@x), y)",
    DENSE + "forward: {s: x@x + pi}\nloss: log(s)*sqrt(s)/erf(s/10)^2 + s^(1/3) + 2^x[1]\ngradients: [weights, input]",
    DENSE + "forward:\n  h: mish(elu(W@x, 1/2)) + selu(b)*gelu(b)\nloss: sum(softplus(h)*logsigmoid(h) + softsign(h))",
    SMALL + "forward: {h: gelu_tanh(sin(W@x)) + cos(b)}\nloss: log_cosh(h, b)",
    SMALL + "loss: kl_divergence(softmax(W@x), softmax(b)) + erf(b[2])",
    ROWS + "target: {y: [2, 3, 1]}\nloss: cross_entropy(x@W + b, y)",
    SMALL + "forward: {p: 'softmax(W*x + b, 1)'}\nloss: sum(p*log(p)) + sum(log_softmax(p, 1)*W[1])",
]
SHIFTED = ROWS + "forward: {p: 'softmax(x@W + b, 1)'}\nloss: sum(p*log(p)) + sum(log_softmax(p, 1)*W[1])"


@pytest.mark.parametrize("text", NETWORKS, ids=lambda text: text.partition("\n")[2][-60:])
def test_gradients_are_sympys(text: str) -> None:
    trace = bptrace.loads(text).trace()
    for name, gradient in second_opinion.gradients(text).items():
        if f"dL/d{name}" in trace:
            assert trace[f"dL/d{name}"] == gradient, name


# precision that must rise


def rows_of(text: str, digits: int = 10) -> dict[str, str]:
    return {row.quantity: row.value_text for row in bptrace.loads(text).trace(digits=digits).rows()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("weights: {x: 200}\nloss: 1 - sigmoid(x)", "≈1.383896527e-87"),
        ("weights: {x: -2000}\nloss: exp(x) + 1 - 1", "≈2.576535873e-869"),
        ("weights: {x: 3}\nloss: exp(pi*sqrt(163)) - 640320^3 - 744", "≈-7.499274028e-13"),
        ("weights: {x: 1e-20}\nforward: {s: sin(x)}\nloss: s - x", "≈-1.666666667e-61"),
        ("weights: {x: 1000}\nloss: log(cosh(x)) - x + log(2)", "≈2.576535873e-869"),
        ("weights: {x: -50}\nloss: log(1 + exp(x))", "≈1.928749848e-22"),
        ("weights: {x: [1000, 0]}\nloss: cross_entropy(x, 1)", "≈5.075958898e-435"),
    ],
)
def test_precision_rises_until_the_digits_are_proven(text: str, value: str) -> None:
    assert rows_of(text)["L"] == value


def test_a_comparison_that_digits_can_decide_is_decided() -> None:
    text = "weights: {x: -2000}\nforward:\n  s: relu(exp(x) + 1 - 1)\nloss: s"
    assert rows_of(text)["s"] == "≈2.576535873e-869"


def test_terms_that_cancel_exactly_beside_enclosures_leave_no_doubt() -> None:
    givens = "input: {x: [1/3, 1/3, 1]}\nweights: {w: [[1, -1, 0], [0, 0, 1]]}\n"
    found = rows_of(givens + "forward:\n  h: concat(x[1], x[2], exp(x[3]))\n  z: w@h\nloss: sum(z)")
    assert found["z1"] == "0"


def test_a_gradient_that_cancels_is_proven_to() -> None:
    """The bias of a softmax along the rows moves every score of a column alike."""
    found = rows_of(SHIFTED)
    assert [found[f"dL/db{n}"] for n in (1, 2, 3)] == ["0", "0", "0"]


def test_what_may_be_zero_is_about_zero() -> None:
    assert rows_of(f"weights: {{x: 3}}\nloss: {HARD}")["L"] == "≈0"


# what is bounded


def asked_of_sympy(monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    """How many proofs are looked for, forms that are known not counted."""
    asked = []
    answer = Proofs._is_identically_zero

    def counted(self: Proofs, form: object) -> bool:
        asked.append(form)
        return answer(self, form)

    monkeypatch.setattr(Proofs, "_is_identically_zero", counted)
    outcome(text)
    return len(asked)


SAME = "relu(exp(sin(w) + cos(w))*exp(-sin(w) - cos(w)) - 1)"
LOGISTIC = "".join(f"  z{n}: 4*z{n - 1}*(1 - z{n - 1})\n" for n in range(1, 301))


@pytest.mark.parametrize(
    ("text", "proofs"),
    [
        (f"weights: {{w: 1/3}}\nloss: {SAME}", 2),
        (f"weights: {{w: 1/3}}\nloss: {' + '.join([SAME] * 40)}", 2),
        (f"weights: {{w: 1/3}}\nforward:\n  z0: sin(w)\n{LOGISTIC}loss: z300", 0),
        ("weights: {w: 1e-30}\nloss: 3/5*exp(w)", 0),
    ],
)
def test_proofs_are_few(monkeypatch: pytest.MonkeyPatch, text: str, proofs: int) -> None:
    """Equal forms have one proof, and what more digits tell has none."""
    assert asked_of_sympy(monkeypatch, text) <= proofs


def test_what_more_digits_tell_after_an_update_has_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slope of tanh beside 1 is not 1, although the weight in it is known by few digits."""
    asked: list[Expr] = []
    monkeypatch.setattr(Proofs, "is_zero", lambda proofs, tree: asked.append(tree))
    text = "input: {x: 12}\nweights: {w: 1/2}\nloss: gelu_tanh(w*x + 5)\nupdate: {lr: 1/1000}"
    assert len(list(trained(bptrace.loads(text), 3))) == 4
    assert not asked


def test_what_is_worked_out_alike_is_worked_out_once() -> None:
    givens = "weights: {w: [1, 2]}\nforward: {a: sin(w) + 1, b: sin(w) + 1, c: a*w, d: b*w, e: a*2}\n"
    trace = bptrace.loads(f"{givens}loss: sum(max(c, d) + e)").trace()
    assert twins(trace.program.definitions) == {"b": "a", "d": "c"}
    one, other = (trace.register[key][0,].value for key in ("c", "d"))
    assert one is other


def test_elements_are_asked_of_where_their_enclosures_overlap() -> None:
    three, third = Leaf("c", Rational(3)), Leaf("e", Rational(1, 3))
    with precision(100):
        near = [Leaf(name, Rational(1, 3) + pi() - pi()) for name in "ab"]
        far = Leaf("d", pi())
        assert possibly_equal([near[0], three, far, near[1], third]) == [[near[0], near[1], third]]


def test_many_ties_take_few_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of equal elements each is asked of once, and their denominator is one form."""
    asked = []
    answer = Proofs.is_zero

    def counted(self: Proofs, tree: Expr) -> bool:
        asked.append(tree)
        return answer(self, tree)

    monkeypatch.setattr(Proofs, "is_zero", counted)
    numbers = ", ".join(str(n % 13) for n in range(150))
    trace = bptrace.loads(f"weights: {{w: [{numbers}]}}\nloss: max(softmax(w))").trace()
    assert [row.notes for row in trace.rows() if row.quantity == "dL/dz_L[13]"] != [[]]
    assert len(asked) <= 150


# what saturates

SATURATED = [
    ("s: -3000000", "sigmoid(s)", "≈0", "≈0"),
    ("s: 3000000", "sigmoid(s)", "≈1.000000000", "≈0"),
    ("s: -1e308", "sigmoid(s)", "≈0", "≈0"),
    ("s: 1e9", "tanh(s)", "≈1.000000000", "≈0"),
    ("s: 1e7", "gelu(s)", "≈10000000.00", "≈1.000000000"),
    ("s: -1e7", "gelu(s)", "≈0", "≈0"),
    ("s: 1e11", "softplus(s)", "≈1.000000000e11", "≈1.000000000"),
    ("s: -1e11", "softplus(s)", "≈0", "≈0"),
    ("s: -1e9", "silu(s)", "≈0", "≈0"),
    ("s: 1e9", "mish(s)", "≈1000000000", "≈1.000000000"),
    ("s: -1e9", "logsigmoid(s)", "≈-1000000000", "≈1.000000000"),
    ("s: -1e9", "elu(s)", "≈-1.000000000", "≈0"),
    ("s: 1e9", "erf(s)", "≈1.000000000", "≈0"),
    ("s: -1e9", "exp(s)", "≈0", "≈0"),
    ("s: 1e9", "logsumexp(concat(s, -s))", "≈1000000000", "≈1.000000000"),
    ("s: 1e9", "log(cosh(s))", "≈999999999.3", "≈1.000000000"),
    ("s: -1e9", "cross_entropy(concat(0, s), 1)", "≈0", "≈0"),
    ("s: -1e9", "cross_entropy(concat(0, s), 2)", "≈1000000000", "≈-1.000000000"),
    ("s: 1e9", "bce_with_logits(s, 1)", "≈0", "≈0"),
]


@pytest.mark.parametrize(("given", "loss", "value", "gradient"), SATURATED)
def test_what_saturates_has_a_value(given: str, loss: str, value: str, gradient: str) -> None:
    trace = bptrace.loads(f"weights: {{{given}}}\nloss: {loss}").trace()
    texts = {row.quantity: row.value_text for row in trace.rows()}
    assert (texts["L"], texts["dL/ds"]) == (value, gradient)
    assert trace.bits < PROOF_BITS * 2
    check_rows(trace)
    assert list(Trace.from_json(trace.to_json()).rows()) == list(trace.rows())


def test_a_bound_stands_beside_a_closed_form() -> None:
    trace = bptrace.loads("weights: {s: -3000000}\nloss: sigmoid(s)").trace().with_closed_forms(60)
    assert next(trace.rows()).value_text == "1/(1 + exp(3000000)) ≈ 0±1e-1302883"


# what only a proof can tell

PYTHAGORAS = "sin(x)^2 + cos(x)^2 - 1"
RELU = "ReLU'(0) is taken as 0"
TIE = "equal ones share the gradient alike"
TIES = [
    (f"forward:\n  z: {PYTHAGORAS}\n  h: relu(z)\nloss: h", "h", "0", f"z is exactly 0: {RELU}"),
    (f"forward:\n  h: relu({PYTHAGORAS})\nloss: h", "z_h", "0", f"z_h is exactly 0: {RELU}"),
    (f"loss: abs({PYTHAGORAS})", "L", "0", "z_L is exactly 0: abs has no slope at 0; 0 is taken"),
    ("loss: max(log(x^2), 2*log(x))", "dL/dz_L", "1/2", f"z_L is exactly z_L_2: {TIE}"),
    ("loss: min(log(4*x^2), 2*log(2*x))", "dL/dz_L_2", "1/2", f"z_L is exactly z_L_2: {TIE}"),
    ("loss: max(softmax(v))", "dL/dz_L2", "1/2", f"z_L2 is exactly z_L4: {TIE}"),
    ("loss: hardtanh(exp(x)*exp(-x))", "z_L", "1", "z_L is exactly 1: hardtanh' is taken as 0 at -1 and 1"),
    ("loss: hardtanh(exp(v)*exp(-v))[2]", "L", "1", "z_L1 is exactly 1: hardtanh' is taken as 0 at -1 and 1"),
    (
        "loss: leaky_relu(exp(x)*exp(-x) - 1, 1/10)",
        "dL/dz_L",
        "1/10",
        "z_L is exactly 0: LeakyReLU'(0) is taken as the slope below 0",
    ),
    ("loss: relu(log(sqrt(sin(x)^2 + cos(x)^2)))", "L", "0", f"z_L is exactly 0: {RELU}"),
    (f"loss: relu(relu({PYTHAGORAS}) + exp(x)*exp(-x) - 1)", "z_L_2", "0", f"z_L_2 is exactly 0: {RELU}"),
]


@pytest.mark.parametrize(("equations", "quantity", "value", "note"), TIES)
def test_a_tie_that_no_digits_show_is_proven(equations: str, quantity: str, value: str, note: str) -> None:
    trace = bptrace.loads(f"weights: {{x: 3, v: [1, 2, 1, 2]}}\n{equations}").trace()
    rows = {row.quantity: row for row in trace.rows()}
    assert rows[quantity].value_text == value
    assert rows[quantity].exact
    assert note in [note for row in rows.values() for note in row.notes]


def test_a_gradient_that_is_proven_to_be_zero_is_exact() -> None:
    text = "weights: {x: [1, 2], c: 1}\nforward:\n  p: softmax(x + c)\nloss: p[1]^2"
    assert rows_of(text)["dL/dc"] == "0"


# what cannot be told

HARD = "cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) - x/6"


@pytest.mark.parametrize(
    ("marked", "message", "hint"),
    [
        (f"s: ¦relu({HARD})", "cannot tell which way max(0,z_s) goes, in s", "its first 57,951 digits do not tell"),
        (f"s: ¦abs({HARD})", "cannot tell which way abs(z_s) goes, in s", "and no closed form proves it"),
        (f"s: x¦/({HARD})", "cannot tell which way x/(", "and no closed form proves it"),
        (f"s: x¦/({PYTHAGORAS})", "division by zero in s", "x/(sin(x)^2+cos(x)^2-1), where 0 is proven"),
        (f"s: ({PYTHAGORAS})¦^-1", "division by zero in s", "where 0 is proven by a closed form"),
        (f"s: ¦log({PYTHAGORAS})", "log of 0 in s", "where 0 is proven by a closed form"),
        (
            f"s: 1 + ¦sqrt({PYTHAGORAS})",
            "cannot work out sqrt(sin(x)^2+cos(x)^2-1) in s",
            "sin(x)^2 + cos(x)^2 - 1 is exactly 0: give it a name of its own",
        ),
    ],
)
def test_what_cannot_be_told_is_an_error_at_its_place(marked: str, message: str, hint: str) -> None:
    problem = refusal(f"weights: {{x: 3}}\nforward:\n  {marked}\nloss: s")
    assert problem.message.startswith(message)
    assert any(hint in text for text in problem.hints), problem.hints


def test_what_is_proven_to_be_zero_works_under_a_name_of_its_own() -> None:
    found = rows_of(f"input: {{x: 3}}\nweights: {{w: 1}}\nforward:\n  q: {PYTHAGORAS}\n  s: sqrt(q)\nloss: s + w")
    assert found["s"] == "0"


@pytest.mark.parametrize(
    ("text", "element", "value"),
    [
        ("weights: {w: [1, 1]}\nloss: sum(softmax(w)*softmax(w))", "L", "1/2"),
        ("weights: {w: [2, 2, 2]}\nforward: {p: softmax(tanh(w))}\nloss: p[1]", "p2", "1/3"),
        ("weights: {w: [2, 3], c: 0}\nforward: {p: softmax(w)}\nloss: sum(p*c)", "dL/dw1", "0"),
        ("weights: {w: [1, 1]}\nforward: {h: tanh(w), n: 'layer_norm(h)'}\nloss: sum(n^2)", "n1", "0"),
    ],
)
def test_a_rational_value_is_recognized(text: str, element: str, value: str) -> None:
    assert rows_of(text)[element] == value


@pytest.mark.parametrize(
    "text",
    [
        "input: {x: 1}\nweights: {b: 12000, c: 1}\nforward: {h: tanh(b*x)}\nloss: (h + c)^2\n"
        "update: {rule: adam, clip_norm: 1/3}",
        "weights: {w: [-0.37, 1.1], v: [-2.2, 0.3]}\nforward: {q: sigmoid(w)@sigmoid(v) + 1e5}\nloss: tanh(q)",
        "weights: {w: 70000}\nforward: {h: tanh(w)}\nloss: (h - 2)^2\nupdate: {lr: 1/2}",
    ],
)
def test_saturated_units_take_bounded_work(text: str) -> None:
    with bounded():
        trace = bptrace.loads(text).trace()
        trace.audit()


@pytest.mark.parametrize(("effort", "bits"), [(10, 752), (300_000, 6016)])
def test_precision_rises_only_as_far_as_everything_can_be_worked_out_and_written(
    monkeypatch: pytest.MonkeyPatch, effort: int, bits: int
) -> None:
    monkeypatch.setattr("bptrace.engine.precision.RISING", effort)
    assert bptrace.loads(f"weights: {{x: 3}}\nloss: {HARD}").trace().bits == bits


def test_ties_beside_what_has_no_value_are_no_fault() -> None:
    """The greatest of equal elements cannot be told, and beside them stands one that does not exist."""
    network = bptrace.loads("weights: {w: [7/3, 7/3, -1/3]}\nforward: {h: tanh(w)}\nloss: max(sqrt(w)) - sum(cos(h))")
    with pytest.raises(SpecError) as problem:
        network.trace(partial=True)
    assert (problem.value.line, problem.value.column) == (3, 11)
    assert problem.value.message == "sqrt of a negative number in z_L3"
