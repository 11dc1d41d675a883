"""What is proven to be 0 by its closed form, and what is not."""

from __future__ import annotations

import pytest
import sympy

import bptrace
from bptrace.engine.effort import PROOFS, SpentError
from bptrace.engine.zero_proofs import FormalForms, Proofs
from bptrace.numbers.enclosures import ONE, precision
from bptrace.ops.expr import Call, Leaf, Number
from bptrace.ops.table import OPS
from tests.engine.test_closed_forms import GIVENS


def proofs_of(equations: str, effort: int = PROOFS) -> Proofs:
    trace = bptrace.loads(f"{GIVENS}forward:\n  {equations}\nloss: sum(k)").trace()
    proofs = Proofs(trace.program.definitions, effort=effort)
    proofs.turn_to(trace.register)
    return proofs


ZEROS = [
    "sin(x)^2 + cos(x)^2 - 1",
    "exp(x)^(1/2) - exp(x/2)",
    "2^exp(x) - exp(exp(x)*log(2))",
    "x^pi - exp(pi*log(x))",
    "sqrt(2)*sqrt(x) - sqrt(6)",
    "kl_divergence(softmax(u), softmax(u))",
    "log_cosh(sin(u), sin(u))",
    "norm(exp(u)/norm(exp(u))) - 1",
    "max(softmax(u)) - softmax(u)[3]",
    "sum(softmax(u)) - 1",
    "cross_entropy(u, 3) - logsumexp(u) + u[3]",
    "gelu(x) + gelu(-x) - x*erf(x/sqrt(2))",
    "sigmoid(x) + sigmoid(-x) - 1",
    "tanh(x) - 2*sigmoid(2*x) + 1",
    "softplus(x) - softplus(-x) - x",
    "logsigmoid(x) - log(sigmoid(x))",
    "cosh(x)^2 - sinh(x)^2 - 1",
    "sum(layer_norm(u, 0))",
    "sigmoid(log(x)) - 3/4",
    "exp(log(x)/2) - sqrt(x)",
    "log(x + 1)*log(x) - log(x^2 + x)^2/4 + (log(x + 1) - log(x))^2/4",
    "sin(pi*x)",
]


@pytest.mark.parametrize("identity", ZEROS)
def test_an_identity_is_proven(identity: str) -> None:
    """A number that is 0 is printed as 0, and its absolute value has the slope 0 there."""
    trace = bptrace.loads(f"{GIVENS}forward:\n  k: {identity}\nloss: abs(k)").trace()
    rows = {row.quantity: row for row in trace.rows()}
    assert (rows["k"].value_text, rows["L"].value_text, rows["dL/dk"].value_text) == ("0", "0", "0")
    assert rows["dL/dk"].notes == ["k is exactly 0: abs has no slope at 0; 0 is taken"]


@pytest.mark.parametrize(
    "almost",
    [
        "exp(pi*sqrt(163)) - 640320^3 - 744",
        "sin(x)^2 + cos(x)^2 - 1 + 1e-200",
        "exp(-5000) + sqrt(2)*sqrt(3) - sqrt(6)",
        "softplus(-9051*x) - softplus(-9051*x)^2",
    ],
)
def test_what_is_almost_zero_is_not_proven_to_be(almost: str) -> None:
    proofs = proofs_of(f"k: {almost}")
    with precision(proofs.register.bits):
        assert not proofs.is_zero(proofs.register["k"][()])


def test_equal_elements_are_proven_equal() -> None:
    proofs = proofs_of("k: softmax(v*0 + log(x))")
    one, other = (proofs.register["k"][n,] for n in (0, 2))
    with precision(proofs.register.bits):
        assert proofs.is_zero(Call("-", (one, other), ()))
        assert not proofs.is_zero(Call("-", (one, Number(ONE)), ()))
        assert not proofs.is_zero(Leaf("x", ONE))


HARD = "exp(sin(x) + cos(x))*exp(-sin(x) - cos(x)) - 1"


def test_there_is_one_proof_for_one_form() -> None:
    proofs = proofs_of(f"k: concat({HARD}, {HARD}, 2)")
    one, other = (proofs.register["k"][n,] for n in (0, 1))
    with precision(proofs.register.bits):
        asked = [proofs.is_zero(tree) for tree in (one, other, one)]
    assert not any(asked)
    assert len(proofs.answers) == 1


@pytest.mark.parametrize(("effort", "proven"), [(10, False), (200, False), (PROOFS, True)])
def test_proofs_end_where_their_effort_is_spent(effort: int, proven: bool) -> None:
    proofs = proofs_of("k: exp(u)", effort)
    with precision(proofs.register.bits):
        power, exponent = (proofs.register[key][1,] for key in ("k", "u"))
        assert proofs.is_zero(Call("-", (Call("log", (power,)), exponent), ())) == proven


def test_joining_sums_takes_effort_by_their_terms() -> None:
    proofs = proofs_of("k: exp(u)", effort=1_000)
    forms = FormalForms(proofs, proofs.register, proofs.definitions, ())
    terms = sympy.symbols("a:100")
    forms.joined(OPS["+"], [sympy.Add(*terms[:50]), sympy.Add(*terms[50:])])
    assert proofs.effort.left == 600
    with pytest.raises(SpentError):
        forms.joined(OPS["+"], [sympy.Add(*terms), sympy.Add(*terms[50:])])


@pytest.mark.parametrize(("terms", "effort"), [(10, 100 + 200 + 33), (600, 100 + 12_000 + 120_000)])
def test_a_function_of_a_sum_takes_effort_by_the_pairs_of_its_terms(terms: int, effort: int) -> None:
    proofs = proofs_of("k: exp(u)")
    forms = FormalForms(proofs, proofs.register, proofs.definitions, ())
    forms.function(OPS["erf"], [sympy.Add(*sympy.symbols(f"a:{terms}"))])
    assert proofs.effort.left == PROOFS - effort
