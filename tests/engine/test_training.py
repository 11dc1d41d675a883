"""Training: each moment is the network after so many updates, and numbers stay within their length."""

from __future__ import annotations

from fractions import Fraction
from inspect import signature
from itertools import pairwise

import mpmath
import pytest

from bptrace import BptraceError, Network, SpecError, load, loads
from bptrace.engine.row import Array
from bptrace.engine.training import LONG, parameter_names, record, trained
from bptrace.numbers.digits import ABOUT, DIGITS, EQUAL, Shown
from bptrace.numbers.exact import rational
from tests.conftest import LIFECYCLE, RELU, ROOT

MOMENTUM = ROOT / "networks" / "momentum.yaml"
SQUARE = "weights: {w: 1}\ninput: {x: 1}\nloss: (w - x)^2\nupdate: "
GROWING = "weights: {w: 1/3}\nloss: w^4\nupdate: {lr: 1}"


def losses(network: Network, updates: int) -> list[object]:
    return [moment.trace["L"] for moment in trained(network, updates)]


def test_each_moment_starts_where_the_last_update_ended() -> None:
    moments = list(trained(load(MOMENTUM), 4))
    assert [(moment.updates, moment.last) for moment in moments] == [(n, n == 4) for n in range(5)]
    for before, after in pairwise(moments):
        for key in ("w", "b", "v_w", "v_b"):
            assert after.trace[key] == before.trace[f"{key}_new"]


def test_a_training_is_the_same_recurrence_by_hand() -> None:
    w, v, x, lr, momentum = Fraction(5), Fraction(0), Fraction(1, 2), Fraction(1, 10), Fraction(9, 10)
    expected = []
    for _ in range(6):
        expected.append((w - x) ** 2)
        v = momentum * v + 2 * (w - x)
        w = w - lr * v
    text = SQUARE.replace("w: 1", "w: 5").replace("x: 1", "x: 1/2") + "{lr: 1/10, momentum: 9/10}"
    assert losses(loads(text), 5) == expected


def test_a_training_goes_through_limits() -> None:
    givens = "weights: {w: [0, 0], s: 0, p: 0}\ninput: {n: [0, 1]}\n"
    network = loads(f"{givens}loss: norm(w) + sum(s^n) + p^2*log(p)\nupdate: {{lr: 1}}")
    assert losses(network, 2) == [1, 0, -1]


def test_the_last_moment_has_gradients_and_no_update() -> None:
    *_, moment = trained(load(MOMENTUM), 1)
    assert "dL/dw1" in moment.trace
    assert "w1_new" not in moment.trace
    assert {step.phase for step in moment.trace.steps} == {"forward", "reverse"}
    moment.trace.audit()


def test_every_register_holds() -> None:
    for moment in trained(load(LIFECYCLE), 3):
        moment.trace.audit()


@pytest.mark.parametrize("gradients", ["weights", "input", "[input, weights]"])
def test_the_size_of_the_gradient_is_that_of_the_weights(gradients: str) -> None:
    text = f"weights: {{w: [3, 4], b: 12}}\ninput: {{x: 7}}\nloss: (w@w + b^2)/2 + x\ngradients: {gradients}"
    moment = next(trained(loads(text + "\nupdate: {lr: 1}"), 1))
    assert parameter_names(moment.trace) == ["w1", "w2", "b"]
    line = record(moment)
    assert (line.gradient, line.exact) == (Shown(EQUAL, "13"), True)
    assert [line.step, line.loss, *line.parameters] == [0, rational("183/2"), 3, 4, 12]
    assert record(moment, 1).parameters == [3]


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("weights: {w: 3}\nloss: w^2", [True, True]),
        ("weights: {w: [3, 1/2]}\nloss: (w@w)/2", [False, True]),
        ("weights: {w: 3}\nloss: w + exp(2)", [False, False]),
        ("weights: {w: 0, v: 1}\nloss: exp(w)", [True, False]),
    ],
)
def test_a_line_is_exact_where_all_of_it_is(text: str, exact: list[bool]) -> None:
    network = loads(f"{text}\nupdate: {{lr: 1}}")
    assert [record(moment).exact for moment in trained(network, 1)] == exact


# Rounding


def test_rounding_is_to_the_grid_half_away_from_zero() -> None:
    text = "weights: {w: [0, 0, 0, 0, 0]}\ninput: {x: [-3/2, 3/2, -1/2, 1/2, 1/3]}\nloss: dot(w, x)\nupdate: {lr: 1}"
    *_, moment = trained(loads(text).rounded(rational("1")), 1)
    assert moment.trace["w"] == [2, -2, 1, -1, 0]


def test_rounding_in_the_file_and_in_the_command_are_one() -> None:
    inside = loads(SQUARE + "{lr: 1/3, momentum: 1/3, round: 1/100}")
    outside = loads(SQUARE + "{lr: 1/3, momentum: 1/3}").rounded(rational("1/100"))
    assert losses(inside, 5) == losses(outside, 5)
    assert inside.trace().steps[-1][0].rule == outside.trace().steps[-1][0].rule


def test_state_is_rounded_too() -> None:
    net = loads("weights: {w: 1}\nloss: w/3\nupdate: {lr: 1, momentum: 1/2, round: 1/10}")
    trace = net.trace()
    assert [(row.rule, row.value) for step in trace.steps[-2:] for row in step] == [
        ("round((1/2)*0+1/3,1/10)", Fraction(3, 10)),
        ("round(1-1*(3/10),1/10)", Fraction(7, 10)),
    ]


def test_rounded_numbers_keep_their_length() -> None:
    *_, moment = trained(loads(GROWING).rounded(rational("1/1000")), 300)
    assert moment.longest is None
    assert 1000 % int(str(moment.trace["w"]).partition("/")[2] or 1) == 0


# The length of numbers


def test_nothing_is_said_of_short_numbers() -> None:
    assert all(moment.longest is None for moment in trained(load(LIFECYCLE), 5))


def test_the_longest_number_is_named_with_its_digits() -> None:
    found = [moment for moment in trained(loads(GROWING), 9) if moment.longest]
    first = found[0]
    assert first.longest
    quantity, digits = first.longest
    value = first.trace[quantity]
    assert isinstance(value, Fraction)
    sides = [value.denominator, abs(value.numerator)]
    assert any(10 ** (digits - 1) <= side < 10**digits for side in sides)
    assert all(side < 10**digits for side in sides)
    assert digits > LONG


@pytest.mark.parametrize(
    ("most", "place", "quantity"),
    [(1, "at step 0", "L has 2 digits"), (2, "at step 1", "L has 6 digits"), (8, "at step 2", "L has 18 digits")],
)
def test_a_number_that_is_too_long_ends_it(most: int, place: str, quantity: str) -> None:
    with pytest.raises(SpecError) as refused:
        list(trained(loads(GROWING), 20, max_digits=most))
    assert refused.value.message == f"{place}: {quantity}, more than {most}"
    assert list(refused.value.hints) == ["exact numbers grow with every update: --round 1/1000 keeps them short"]


def test_no_number_is_worked_out_that_would_be_far_too_long() -> None:
    with pytest.raises(SpecError, match=r"at step \d+: .* at most a million digits are worked out") as refused:
        list(trained(loads(GROWING, "net.yaml"), 100))
    assert refused.value.mark
    assert refused.value.hints[-1].startswith("exact numbers grow with every update")


def test_rounding_is_not_offered_to_who_has_it() -> None:
    net = loads("weights: {w: 10}\nloss: w^9\nupdate: {lr: 1, round: 1/10}")
    with pytest.raises(SpecError) as refused:
        list(trained(net, 3, max_digits=50))
    assert not any("--round" in hint for hint in refused.value.hints)


# What cannot be


def test_a_division_by_zero_says_where_in_the_training() -> None:
    text = "weights: {w: 1}\nforward: {z: 1/w}\nloss: z + 2*w\nupdate: {lr: 1}"
    with pytest.raises(SpecError) as refused:
        list(trained(loads(text, "net.yaml"), 5))
    assert refused.value.message == "at step 1: division by zero in z"
    assert refused.value.line == 2


@pytest.mark.parametrize("updates", [-1, 0, 1_000_001])
def test_the_number_of_updates_has_bounds(updates: int) -> None:
    with pytest.raises(BptraceError, match="there can be 1 to 1,000,000 updates"):
        next(trained(load(LIFECYCLE), updates))


def test_a_network_without_an_update_is_told_how_to_have_one() -> None:
    with pytest.raises(SpecError, match="the network has no update") as refused:
        next(trained(load(RELU), 1))
    assert refused.value.hints == ("add a line such as update: {rule: sgd, lr: 1/10}",)


# Values that are not rational

SIGMOID = """
input:   {x: [1, 2]}
weights: {w: [0.3, -0.1], b: 0}
target:  {y: 1}
forward: {yhat: sigmoid(w@x + b)}
loss: (yhat - y)^2
update: {rule: adam, lr: 0.1}
"""


def adam_by_mpmath(updates: int) -> list[mpmath.mpf]:
    """The loss before each update and after the last, in 100 digits."""
    with mpmath.workdps(100):
        one, x = mpmath.mpf(1), [1, 2, 1]
        w, m, v = [3 * one / 10, -one / 10, 0 * one], [0 * one] * 3, [0 * one] * 3
        beta1, beta2, lr, eps, found = 9 * one / 10, 999 * one / 1000, one / 10, one / 10**8, []
        for t in range(1, updates + 2):
            yhat = 1 / (1 + mpmath.exp(-sum(a * b for a, b in zip(w, x, strict=True))))
            found.append((yhat - 1) ** 2)
            for i in range(3):
                g = 2 * (yhat - 1) * yhat * (1 - yhat) * x[i]
                m[i], v[i] = beta1 * m[i] + (1 - beta1) * g, beta2 * v[i] + (1 - beta2) * g**2
                w[i] -= lr * (m[i] / (1 - beta1**t)) / (mpmath.sqrt(v[i] / (1 - beta2**t)) + eps)
        return found


def test_every_digit_is_proven_after_many_updates() -> None:
    expected = adam_by_mpmath(120)
    for moment, loss in zip(trained(loads(SIGMOID), 120, digits=15), expected, strict=True):
        text = moment.trace.notation.number(moment.loss_scalar)
        with mpmath.workdps(40):
            assert abs(mpmath.mpf(text) - loss) <= loss * mpmath.mpf(10) ** -14 / 2


def test_rounding_makes_values_rational_again() -> None:
    moments = list(trained(loads(SIGMOID).rounded(rational("1e-6")), 5))
    for moment in moments:
        weights = moment.trace["w"]
        assert isinstance(weights, Array)
        assert all(isinstance(value, Fraction) for value in weights)
        moment.trace.audit()
    assert moments[-1].trace["w"] != moments[0].trace["w"]


def test_a_batch_is_trained_by_its_mean_gradients() -> None:
    text = "samples: [{input: {x: 1}, target: {y: 2}}, {input: {x: 3}, target: {y: 1}}]\nweights: {w: 1}\n"
    w, velocity, expected = Fraction(1), Fraction(0), []
    for _ in range(4):
        expected.append(((w - 2) ** 2 + (3 * w - 1) ** 2) / 2)
        velocity = velocity / 2 + (2 * (w - 2) + 6 * (3 * w - 1)) / 2
        w -= velocity / 100
    assert losses(loads(text + "loss: (w*x - y)^2\nupdate: {lr: 1/100, momentum: 1/2}"), 3) == expected


def test_a_batch_keeps_its_digits_too() -> None:
    text = "samples: [{input: {x: 1}}, {input: {x: 3}}]\nweights: {w: 1}\nloss: exp(w*x)\nupdate: {lr: 1/100}"
    *_, moment = trained(loads(text), 60)
    with mpmath.workdps(60):
        w = mpmath.mpf(1)
        for _ in range(60):
            w -= (mpmath.exp(w) + 3 * mpmath.exp(3 * w)) / 200
        shown = mpmath.mpf(moment.trace.notation.number(record(moment).parameters[0]))
        assert abs(shown - w) < mpmath.mpf(10) ** -9


def test_the_size_of_a_gradient_that_may_be_zero_is_bounded() -> None:
    network = loads("weights: {w: 70000}\nforward: {h: tanh(w)}\nloss: (h - 2)^2\nupdate: {lr: 1/2}")
    first = record(next(iter(trained(network, 1))))
    assert first.gradient == Shown(ABOUT, "0")
    assert not first.exact


def test_a_network_trains_itself() -> None:
    network = loads("weights: {w: 2}\nloss: w^2\nupdate: {lr: 1/4}")
    moments = list(network.train(2))
    assert [(moment.updates, moment.loss, moment.trace["w"]) for moment in moments] == [
        (0, 4, 2), (1, 1, 1), (2, Fraction(1, 4), Fraction(1, 2))
    ]  # fmt: skip
    assert [moment.trace for moment in moments] == [moment.trace for moment in trained(network, 2)]
    assert signature(network.train).parameters["digits"].default == DIGITS
