"""What is too much to be worked out is told before it begins, with the count, the limit and the place."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import pytest

from bptrace import SpecError, loads
from bptrace.engine.budget import ELEMENT_LIMIT, OPERATION_LIMIT
from bptrace.numbers.bounds import TOTAL_DIGITS, Bound, literal
from bptrace.numbers.exact import Rational
from bptrace.ops.evaluate import growth
from bptrace.typeset.chains import FACTOR_LIMIT
from bptrace.typeset.derivation import TOGETHER
from tests.conftest import ROOT
from tests.refusals import refusal

ONES = f"input: {{x: {[1] * 1000}}}\n"
OUTER = ONES + "weights: {w: 2}\nforward:\n  a: outer(x, x)\n"
SQUARE = f"weights: {{W: {[[i * j % 7 for j in range(100)] for i in range(100)]}}}\n"
LONG = f"input: {{x: {list(range(1, 201))}}}\nweights: {{w: {'7' * 400}}}\n"
SEVENTHS = "weights: {w: 7, v: 1/3}\nforward:\n  a: ((w/11 + v)^1000)^10\n"


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        (
            ONES + "loss: ¦sum(outer(x, x)@outer(x, x))",
            "the working takes 26,018,000,000 operations, 20,012,000,000 ",
        ),
        (SQUARE + "loss: ¦sum(W@W@W@W@W@W)", "the working takes 60,040,000 operations, 24,000,000 of them for dL/dW; "),
        (SQUARE + "forward:\n  a: ¦W@W@W@W@W@W\n  b: 2*a\nloss: sum(b)", "the working takes 60,"),
        (
            ONES + "weights: {w: 2}\nforward:\n  a: outer(x, x)\n  b: a*a\nloss: ¦sum(b[1])*w",
            "the rules read 2,001,002 ",
        ),
        (
            ONES + "weights: {w: 2}\nforward:\n  a: outer(x, x)\nloss: ¦sum(a)*w",
            "a row of z_L takes 2,000,000 operations; ",
        ),
        (LONG + "forward:\n  a: ¦(w + x)^1000\nloss: sum(a)*0 + w", "with a all values together may take 80,"),
        (LONG + "forward:\n  a: ¦max((w + x)^1000, 0)^0\nloss: sum(a)", "with a all values together may take 160,"),
        (SEVENTHS + f"  c: ¦{' + '.join(f'a*w/{n}' for n in range(2, 50))}\nloss: c", "with c the working may take "),
    ],
)
def test_too_much_is_refused(marked: str, message: str) -> None:
    problem = refusal(marked)
    assert problem.message.startswith(message)
    assert problem.message.endswith(" are worked out")
    assert len(problem.hints) == 1


def test_the_guide_says_what_the_limits_are() -> None:
    page = (ROOT / "bptrace/guide/file.md").read_text(encoding="utf-8")
    limits = (OPERATION_LIMIT, ELEMENT_LIMIT, TOTAL_DIGITS, FACTOR_LIMIT, TOGETHER)
    assert all(f"{limit:,}" in page for limit in limits)
    square = loads(SQUARE + "forward: {V: W@W}\nloss: sum(V)").program()
    assert f"`W@W` takes {square.operations[0] - 2 * 100 * 100:,} operations" in page.replace("\n", " ")


@pytest.mark.parametrize(("digits", "whole", "fraction"), [(10, 1, 1), (1_000, 11, 28), (10_000, 101, 645)])
def test_operations_on_long_numbers_count_as_several(digits: int, whole: int, fraction: int) -> None:
    bits = digits * 3322 // 1000 + 1
    assert (Bound(bits, 1).weight, Bound(bits, bits).weight) == (whole, fraction)


def test_products_are_over_the_product_of_their_denominators() -> None:
    """A sum of 100 such products is not taken for one over 2^10000."""
    loss = "*".join(["w*x"] * 100)
    assert loads(f"input: {{x: [2, 3]}}\nweights: {{w: [1/2, 3]}}\nloss: sum({loss})").trace().bits == 0


def test_numbers_over_one_denominator_add_up_to_one_over_it() -> None:
    """A sum of so many fractions, each over 100, is not taken for one over 100^2000."""
    samples = "samples:\n" + "".join(f"  - input: {{x: {n % 9}.{n % 7}{n % 8}}}\n" for n in range(2000))
    trace = loads(f"weights: {{w: 0.3}}\nloss: (w*x - 1)^2\n{samples}").trace()
    losses = [cast(Fraction, sample["L"]) for sample in trace.samples]
    assert trace["L"] == sum(losses) / 2000


def test_each_sample_counts() -> None:
    samples = "samples:\n" + "".join(f"  - input: {{x: {[n] * 20}}}\n" for n in range(1000))
    with pytest.raises(SpecError, match=r"1,000 times 48,800 of them for z_L; at most 20,000,000 are worked out"):
        loads(f"weights: {{w: 1}}\nloss: sum(outer(x, x)@outer(x, x))*w\n{samples}").trace()


def test_functions_that_leave_the_rationals_do_not_lengthen_what_they_are_added_to() -> None:
    network = loads(f"weights: {{w: 1/3}}\nloss: {' + '.join(['cos(w)*exp(w)*sin(w)'] * 300)}")
    definition = network.program().definitions[-1]
    assert growth(definition.expr, {"w": literal(Rational(1, 3))}).bound.longest < 100
