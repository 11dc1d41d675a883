"""Answers to a row: what is right, what is close, and every complaint at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import SpecError, Trace, load, loads
from bptrace.marking.answers import (
    ALL_OF_IT,
    CLOSE,
    LENGTH_LIMIT,
    MORE_DIGITS,
    NO_FRACTION,
    NOT_PROVEN,
    RIGHT,
    TOO_VAGUE,
    WRONG,
    Answers,
    Verdict,
)
from tests.conftest import NETWORKS, ROOT
from tests.refusals import HERE, bounded
from tests.strategies import examples, networks, real_networks
from tests.texts import equations, sentences

THIRDS = "input: {x: [1, 2]}\nweights: {w: [1, 1/3], W1: [[2, 3], [4, 5]]}\nforward: {z: W1@x, h: relu(z)}\nloss: w@h"
OWN = "functions: {half: u -> u/2, tent: 'u, a -> a - abs(half(u))'}\nweights: {w: 3}\nloss: tent(w, 5)"
LARGE = "weights: {w: 1/7}\nforward: {z: w^1000, q: z^9}\nloss: q"
HARD = "weights: {x: 3}\nloss: cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) - x/6"
SETTINGS = (
    "weights: {v: [1, -2]}\nforward: {a: 'leaky_relu(v, 0.1)', b: 'leaky_relu(v, 1/10 - exp(-2))', "
    "c: 'elu(v, v[1])'}\nloss: sum(a + b + c)"
)
SAMPLES = "samples: [{input: {x: 1}, target: {y: 0}}, {input: {x: 2}, target: {y: 1}}]\nweights: {W1: [2, 3]}\n" + (
    "forward: {h: W1*x}\nloss: sum(h - y)^2\nupdate: {lr: 1/10, momentum: 1/2}"
)
TRACES: dict[str, Trace] = {}


def trace_of(text: str) -> Trace:
    """The trace of a network file by its name, or of a text."""
    if text not in TRACES:
        path = ROOT / "networks" / f"{text}.yaml"
        TRACES[text] = (loads(text) if ":" in text else load(path)).trace()
    return TRACES[text]


def place_of(trace: Trace, quantity: str, sample: int | None = None) -> int:
    """Where the row of a quantity stands."""
    places = (place for place, name in enumerate(trace.quantities()) if name == quantity)
    return next(place for place in places if trace.step_at(place).sample == sample)


def judged(text: str, quantity: str, answer: str, sample: int | None = None) -> Verdict:
    """The verdict on an answer to the row of a quantity."""
    trace = trace_of(text)
    with bounded():
        return Answers(trace).judge(answer, place_of(trace, quantity, sample))


def refused(text: str, quantity: str, marked: str) -> SpecError:
    """The complaint about an answer, at its `¦`."""
    before, _, after = marked.partition(HERE)
    with pytest.raises(SpecError) as refusal:
        judged(text, quantity, before + after)
    problem = refusal.value
    assert (problem.line, problem.column) == (1, len(before) + 1), str(problem)
    assert str(problem).startswith(f"answer:1:{len(before) + 1}: error: {problem.message}\n")
    return problem


# Exact rows


@pytest.mark.parametrize("answer", ["-4", "-2*2", "-8/2", "-4.0", " - 4 ", "-400e-2", "= -4", "dL/dz1*x2", "-(2)^2",
                                    "dL/dz[1]*x[2]", "relu(-1) - 4", "-sqrt(16)", "w[1]@x*dL/dz1", "dL/dz1 * x2",
                                    "dL/dz1*x2*ReLU'(z1)", "ReLU'(z[1])*dL/dh1*x2",
                                    "(dL/dh*ReLU'(z))[1]*2"])  # fmt: skip
def test_any_equal_form_is_right(answer: str) -> None:
    assert judged("relu_2_2_1", "dL/dw12", answer).kind == RIGHT


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("1/3", RIGHT),
        ("2/6", RIGHT),
        ("w2", RIGHT),
        ("0.333", CLOSE),
        ("0.33", CLOSE),
        ("0.34", WRONG),
        (".3333333333", CLOSE),
        (".3333333334", WRONG),
        ("33.3e-2", CLOSE),
        ("0.3", WRONG),
        ("0.35", WRONG),
        ("0", WRONG),
        ("-0.333", WRONG),
        ("333/1000", WRONG),
        ("exp(-log(3))", CLOSE),
        ("exp(-1)", WRONG),
    ],
)
def test_the_first_digits_of_an_exact_value_are_close(answer: str, kind: str) -> None:
    assert judged(THIRDS, "dL/dh2", answer).kind == kind


@pytest.mark.parametrize(
    ("network", "quantity", "answer"),
    [
        (THIRDS, "z[2]", "W1[2]@x") if False else (THIRDS, "z2", "W1[2]@x"),
        (THIRDS, "z2", "W1[2,1]*x1 + W1[2, 2]*x[2]"),
        (THIRDS, "z2", "14"),
        (THIRDS, "z2", "z1 + 6"),
        (THIRDS, "z2", "W1[2,1]·x1 + W1[2,2]×x[2]"),
        (THIRDS, "z2", "z1 − (−6)"),
        (THIRDS, "z2", "z1² − 50"),
        (THIRDS, "z2", "½*28"),
        (THIRDS, "h1", "ReLU(z1)"),
        (THIRDS, "dL/dW1[2,1]", "dL/dz2·x1²"),
        (THIRDS, "h1", "sum(z) - z2"),
        (THIRDS, "dL/dW1[2,1]", "dL/dz2*x1"),
        (OWN, "L", "tent(w, 5)"),
        (OWN, "L", "5 - half(w)"),
        (OWN, "L", "5 - half(half(4*w))/2"),
        (LARGE, "q", "z^9"),
        (LARGE, "q", "1/7^1000^1*z^8"),
        (SAMPLES, "L", "(L(1) + L(2))/2"),
        (SAMPLES, "dL/dW1[2]", "(dL/dW1[2](1) + dL/dW1[2](2))/2"),
        (SAMPLES, "dL/dW1[2]", "sum(dL/dW1(1) + dL/dW1(2))/4"),
        (SAMPLES, "dL/dW1[2]", "(5*x(1) - 2*y(1))*x(1) + (10*x(1) - 2*y(2))*x(2)"),
        (SAMPLES, "v_W1[1]_new", "momentum*v_W1[1] + dL/dW1[1]"),
        (SAMPLES, "W1[2]_new", "W1[2] - lr*v_W1[2]_new"),
        (SAMPLES, "W1[2]_new", "(W1 - lr*v_W1_new)[2]"),
    ],
)  # fmt: skip
def test_names_read_what_stands_above(network: str, quantity: str, answer: str) -> None:
    assert judged(network, quantity, answer).kind == RIGHT


@pytest.mark.parametrize(
    ("quantity", "sample", "answer", "kind"),
    [
        ("h1", 1, "W1[1]*x", RIGHT),
        ("h2", 2, "W1[2]*x", RIGHT),
        ("h2", 2, "6", RIGHT),
        ("h2", 2, "3", WRONG),
        ("L", 2, "(h1 + h2 - 2*y)^2", RIGHT),
    ],
)
def test_a_sample_reads_its_own(quantity: str, sample: int, answer: str, kind: str) -> None:
    assert judged(SAMPLES, quantity, answer, sample).kind == kind


# Rows that are known by an enclosure


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("0.593", RIGHT),
        ("0.594", WRONG),
        ("0.5931", WRONG),
        ("0.5932", RIGHT),
        ("0.5933", RIGHT),
        ("0.5934", WRONG),
        ("-0.5933", WRONG),
        ("0.59326", RIGHT),
        ("0.59327", RIGHT),
        ("0.59328", WRONG),
        ("≈0.5932699921", RIGHT),
        ("0.5932699922", WRONG),
        (".593", RIGHT),
        ("59.3e-2", RIGHT),
        ("1/(1+exp(-0.3775))", RIGHT),
        ("1/(1+exp(-net1))", RIGHT),
        ("sigmoid(net[1])", RIGHT),
        ("sigmoid(net1)*(1+1e-30)", RIGHT),
        ("sigmoid(net1)*(1+1e-20)", WRONG),
        ("sigmoid(w[1]@i + 0.35)", RIGHT),
        ("tanh(net1/2)/2 + 1/2", RIGHT),
        ("0.59", CLOSE),
        ("0.6", CLOSE),
        ("1", CLOSE),
        ("0", WRONG),
        ("0.592", WRONG),
        ("0.595", WRONG),
        ("0.57", WRONG),
        ("0.5932699923", WRONG),
        ("-0.593", WRONG),
        ("1.5932699921", WRONG),
        ("3/5", WRONG),
        ("5932/10000", CLOSE),
        ("5932699921/10^10", CLOSE),
        ("1/(1+exp(-0.3925))", WRONG),
        ("1/(1+0.686)", RIGHT),
        ("1/(1+0.684)", WRONG),
        ("1/(1+0.682)", WRONG),
        ("0.593*1.00*1.00*1.01", CLOSE),
        ("(exp(2) - exp(2))*10^100", CLOSE),
        ("0.593269992*1.000", RIGHT),
    ],
)
def test_digits_and_formulas_of_a_real_number(answer: str, kind: str) -> None:
    assert judged("sigmoid_2_2_2", "h1", answer).kind == kind


@pytest.mark.parametrize(
    ("value", "answer", "kind"),
    [
        ("-sqrt(2)", "-1.414", RIGHT),  # 1.41421356...
        ("-sqrt(2)", "-1.415", WRONG),
        ("-sqrt(2)", "-1.41421", RIGHT),
        ("-sqrt(2)", "-1.41422", WRONG),
        ("-sqrt(2)", "-1.4142135", RIGHT),
        ("-sqrt(2)", "-1.4142136", RIGHT),
        ("-sqrt(2)", "-1.4142134", WRONG),
        ("-sqrt(2)", "-1.4142137", WRONG),
        ("-sqrt(2)", "1.414", WRONG),
        ("1000*sqrt(2)", "1414", RIGHT),
        ("1000*sqrt(2)", "1414.", RIGHT),
        ("1000*sqrt(2)", "1.41e3", RIGHT),
        ("1000*sqrt(2)", "1.42e3", WRONG),
        ("sqrt(2)^2 - 1/2", "1.50", RIGHT),  # an enclosure of 1.5
        ("sqrt(2)^2 - 1/2", "1.51", WRONG),
        ("sqrt(2)^2 - 1/2", "1.49", WRONG),
        ("sqrt(2)^2 - 199/200", "1.005", RIGHT),
        ("sqrt(2)^2 - 199/200", "1.00", RIGHT),
        ("sqrt(2)^2 - 199/200", "1.01", RIGHT),
        ("sqrt(2)^2 - 199/200", "1.02", WRONG),
        ("pi - 2999/1000", "0.142", RIGHT),
        ("exp(pi)/10^30", "2.314e-29", RIGHT),
        ("exp(pi)/10^30", "0.00", WRONG),
    ],
)
def test_digits_are_the_value_s_cut_off_or_rounded(value: str, answer: str, kind: str) -> None:
    assert judged(f"loss: {value}", "L", answer).kind == kind


TRUE_DIGITS = "593269992107187255173654561579402815457683723993662837067003"
"""Of 1/(1+exp(-0.3775)); the trace proves 27 of them."""


@pytest.mark.parametrize("count", range(3, 60))
def test_more_digits_than_are_proven_are_right(count: int) -> None:
    wrong = TRUE_DIGITS[: min(count, 27) - 1] + str((int(TRUE_DIGITS[min(count, 27) - 1]) + 5) % 10)
    assert judged("sigmoid_2_2_2", "h1", f"0.{TRUE_DIGITS[:count]}").kind == RIGHT
    assert judged("sigmoid_2_2_2", "h1", f"-0.{TRUE_DIGITS[:count]}").kind == WRONG
    assert judged("sigmoid_2_2_2", "h1", f"0.{wrong}{TRUE_DIGITS[27:count]}").kind == WRONG


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("0", RIGHT),
        ("0.000", RIGHT),
        ("1.00e-9999", WRONG),
        ("2 - 2", RIGHT),
        ("sin(pi/14) + cos(pi/7) - cos(2*pi/7) - x/6", RIGHT),
        ("exp(2) - exp(2)", RIGHT),
        ("0.500 - 0.500*x/3", CLOSE),
        ("0.500 - 0.501*x/3", CLOSE),
        ("exp(-1)/10^9", WRONG),
        ("0.001", WRONG),
        ("x", WRONG),
    ],
)
def test_a_value_that_may_be_zero(answer: str, kind: str) -> None:
    assert judged(HARD, "L", answer).kind == kind


@pytest.mark.parametrize(
    ("text", "quantity", "answer", "wanted"),
    [
        (THIRDS, "dL/dh2", "0.333", ALL_OF_IT),
        (THIRDS, "dL/dh2", "exp(-log(3))", NOT_PROVEN),
        ("sigmoid_2_2_2", "h1", "0.59", MORE_DIGITS),
        ("sigmoid_2_2_2", "h1", "5932/10^4", NO_FRACTION),
        ("sigmoid_2_2_2", "h1", "0.593*1.00*1.01", TOO_VAGUE),
    ],
)
def test_a_close_answer_is_told_what_is_wanted(text: str, quantity: str, answer: str, wanted: str) -> None:
    assert judged(text, quantity, answer) == Verdict(CLOSE, wanted, answer in ("0.333", "0.59"))


# Complaints


def _doubled(times: int) -> str:
    """A vector of 2, or of the square of its length so many times over."""
    return f"flatten(outer({_doubled(times - 1)}, {_doubled(times - 1)}))" if times else "x"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("¦", "an answer is missing here"),
        ("¦  ", "an answer is missing here"),
        ("¦ = ", "an answer is missing here"),
        ("2 +¦", "expected a number, a name or '(' at the end"),
        ("2 ¦⊙ 3", "unexpected character '⊙'"),
        ("2 ¦3", "expected an operator before '3'"),
        ("0¦,5", "unexpected ','"),
        ("¦e + 1", "unknown name 'e'"),
        ("x ¦× x", "'×' is a product of numbers, not of a vector of 2 and a vector of 2"),
        ("= ¦= 2", "unexpected character '='"),
        ("-4 ¦= -4", "unexpected character '='"),
        (" ≈-4*x1 ¦= x2", "unexpected character '='"),
        ("z1¦=2>0", "unexpected character '='"),
        ("¦q", "unknown name 'q'"),
        ("1 + ¦q2", "unknown name 'q2'"),
        ("w1 + ¦L", "'L' is not known yet"),
        ("1 + ¦z[2]", "'z[2]' is not known yet"),
        ("¦z2", "'z2' is not known yet"),
        ("sum(¦z)", "'z' is not known yet"),
        ("¦h1*2", "'h1' is not known yet"),
        ("¦dL/dz1*x1", "'dL/dz1' is not known yet"),
        ("¦ReLU'(z1)", "'ReLU'(z1)' is not known yet"),
        ("2*¦dL/dq", "unknown name 'dL/dq'"),
        ("¦x[3]", "index '3' is not in 1..2"),
        ("¦x[0]", "index '0' is not in 1..2"),
        ("¦x[1,1]", "2 indices into a vector of 2"),
        ("W1[1,2¦", "expected ']' at the end"),
        ("x[¦z1]", "expected a whole number before 'z1'"),
        ("¦W1@x", "the answer is a vector of 2, not a number"),
        ("W1¦@3", "shape mismatch: a 2x2 matrix and a scalar do not go together in '@'"),
        ("¦evil(2)", "unknown function 'evil'"),
        ("¦x(2)", "x is not a function"),
        ("¦max()", "max takes 1 to 1,000 arguments, not 0"),
        ("1 + ¦sign()", "sign takes 1 argument, not 0"),
        ("¦sign(1, 2)", "sign takes 1 argument, not 2"),
        ("¦round(1)", "round takes 2 arguments, not 1"),
        ("2*¦count_max(x)", "count_max: takes numbers, not a vector of 2"),
        ("¦argmax(1, x, 2)", "argmax: takes numbers, not a vector of 2"),
        ("¦round(1, 0)", "division by zero in the answer"),
        ("¦1 + round(exp(1), x2 - 2)", "cannot tell a comparison, or a division by 0, in the answer"),
        ("¦neg(1)", "unknown function 'neg'"),
        ("¦spread(1)", "unknown function 'spread'"),
        ("1¦/0", "division by zero"),
        ("1 + 2¦/(1 - 1)", "division by zero in the answer"),
        ("x1¦/(x1 - 1)", "division by zero in the answer"),
        ("¦log(0)", "log of 0 in the answer"),
        ("relu(¦sqrt(-1))", "sqrt of a negative number in the answer"),
        ("(-2)¦^x2^-1", "a negative number to a power that is not whole in the answer"),
        ("¦exp(exp(100))", "exp of a number beyond ±2,302,585 in the answer"),
        ("¦1/(sin(1)^2 + cos(1)^2 - 1)", "cannot tell a comparison, or a division by 0, in the answer"),
        ("9^¦999^999", "an exponent beyond 1,000"),
        ("¦((9^999)^999)^999", "the answer may take more than 30,107 digits"),
        ("¦1e99999", "an exponent beyond 10,000"),
        ("  ¦1e99999", "an exponent beyond 10,000"),
        ("2*¦1e99999", "an exponent beyond 10,000"),
        ("¦" + "1" * 1_000_000, "an answer of 1,000,000 characters; at most 2,000 are taken"),
        (f"¦sum(outer({_doubled(4)}, {_doubled(2)}))", "more than 1,000,000 operations"),
        ("(" * 60 + "¦" + "(" * 1_900, "nested more than 60 deep"),
        ("__import__(¦'os')", "unexpected character '''"),
        ("2*¦\x1b[31m", "here is what cannot be seen: U+001B"),
    ],
)  # fmt: skip
def test_a_bad_answer(answer: str, message: str) -> None:
    assert refused(THIRDS, "z2", answer).message == message


# What the register prints

GRID = "weights: {a: 2/3}\nloss: abs(a)\nupdate: {lr: 1/7, round: 0.01}"
POOL = "weights: {x: [1, 3, 0, 3, 2]}\nforward: {m: 'max_pool(x, 4)', n: max(x)}\nloss: abs(sum(m)*n - 4)"


@pytest.mark.parametrize(
    ("text", "quantity", "answer", "kind"),
    [
        (GRID, "a_new", "round(a-lr*dL/da,1/100)", RIGHT),
        (GRID, "a_new", "round(a - lr*dL/da, 1/10)", WRONG),
        (GRID, "dL/da", "sign(a)", RIGHT),
        (GRID, "dL/da", "2*step(a) - sign(-a)^2*step(1 + 1)", RIGHT),
        (POOL, "k", "argmax(1,3,0,3)", RIGHT),
        (POOL, "k", "argmax(x1, x2, x3, x4)", RIGHT),
        (POOL, "k", "argmax(1,2,3,3)", WRONG),
        (POOL, "k", "1 + argmax(9)", RIGHT),
        (POOL, "k", "count_max(1,3,0,3,2)", RIGHT),
        (POOL, "k", "count_min(3,1,0,0,2)", RIGHT),
        (POOL, "k", "2^argmax(1)", RIGHT),
        (POOL, "n", "max(1,3,0,3,2)", RIGHT),
        (POOL, "n", "max(x)", RIGHT),
        ("input: {x: [7]}\nforward: {m: 'max_pool(x, 1)'}\nloss: m", "k", "argmax(x)", RIGHT),
        (POOL, "n", "-min(-1,-3,-x[3])", RIGHT),
        (POOL, "n", "max(1,2,exp(1))", WRONG),
        ("loss: exp(1)", "L", "max(1,2,exp(1))", RIGHT),
        ("loss: exp(1)", "L", "sign(exp(1))*exp(1)", RIGHT),
        ("loss: sqrt(2)*sqrt(2)", "L", "1.414*1.414", WRONG),
    ],
)
def test_functions_that_only_rules_call(text: str, quantity: str, answer: str, kind: str) -> None:
    assert judged(text, quantity, answer).kind == kind


@pytest.mark.parametrize(
    "call", ["sign(w)", "step(w)", "round(w, 1/10)", "max(w, 1, 2)", "count_max(w, 1)", "argmax(w)"]
)
def test_a_file_still_cannot_call_them(call: str) -> None:
    with pytest.raises(SpecError, match=r"unknown function|takes 1 or 2 arguments"):
        loads(f"weights: {{w: 1}}\nloss: {call}")


UNREADABLE = re.compile(r" if |[<>]|…|0±1e-")
"""Rules that are no equations: gates, sums that are cut, and numbers of which no digit is proven."""


def offers(trace: Trace) -> Iterator[tuple[int, str, str]]:
    """Answers to every row that are right, by the register's own word: place, answer, and whether it has names."""
    for place, row in enumerate(trace.rows()):
        quantity, formula, rule, value = row.texts()
        assert quantity
        yield place, formula, "names"
        yield place, value, "value"
        yield place, rule, "numbers"


def check_offers(trace: Trace) -> None:
    """What the register prints is right where an equation can say it, and never wrong; a value and 1 is not right."""
    answers = Answers(trace)
    for place, text, kind in offers(trace):
        if len(text) > LENGTH_LIMIT:
            continue
        try:
            found = answers.judge(text, place)
        except SpecError as problem:
            assert UNREADABLE.search(text), (text, problem.message)  # noqa: PT017  # most answers are read, so raises would not do
            continue
        assert found.kind == RIGHT, (place, text, found)
        assert kind != "value" or text[0] == "≈" or text == "-inf" or answers.judge(f"{text} + 1", place).kind != RIGHT


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_what_the_register_prints_is_right(path: Path) -> None:
    check_offers(trace_of(path.stem))


@examples(60)
@given(networks())
def test_what_any_register_prints_is_right(text: str) -> None:
    check_offers(loads(text).trace())


@examples(40)
@given(real_networks())
def test_what_any_real_register_prints_is_right(text: str) -> None:
    check_offers(loads(text).trace())


def outcome(text: str, place: int, answer: str) -> Verdict | SpecError:
    """What becomes of an answer, whatever it is."""
    trace = trace_of(text)
    with bounded():
        try:
            return Answers(trace).judge(answer, place % trace.count)
        except SpecError as problem:
            return problem


@examples(300)
@given(
    st.text(max_size=60) | equations() | sentences(),
    st.sampled_from([THIRDS, OWN, SAMPLES, "sigmoid_2_2_2"]),
    st.integers(0, 7),
)
def test_any_text_is_judged_or_refused(answer: str, text: str, place: int) -> None:
    found = outcome(text, place, answer)
    if isinstance(found, SpecError):
        assert str(found).startswith("answer:")
        assert found.message.isprintable()
    else:
        assert found.kind in (RIGHT, CLOSE, WRONG)
        assert bool(found.wanted) == (found.kind == CLOSE)


@pytest.mark.parametrize(
    "answer",
    [
        "mish(" * 59 + "x1" + ")" * 59,
        "x1" + "+mish(x1)" * 220,
        "sin(" * 59 + "9^999" + ")" * 59,
        "(3^999*7^888+1)/(11^999+13^999)+" * 60 + "1",
        "1/3e9999/7e-9999+" * 115 + "1",
        "-" * 1_999,
        "pi+" * 600 + "pi",
        "x1^" * 600 + "2",
        "W1@" * 600 + "x",
        "x" * 1_999,
        "1" * 1_999,
        "x" + "1" * 1_998,
        "x'" + "(" * 1_990,
        "2.5e9999/7.5e-9999/" * 99 + "3",
    ],
)
def test_any_answer_takes_bounded_work(answer: str) -> None:
    assert outcome(THIRDS, 1, answer)
    assert outcome("sigmoid_2_2_2", 3, answer)


def test_a_row_of_a_long_register_is_asked_without_the_rows_before_it() -> None:
    many = list(range(1, 101))
    trace = loads(
        f"input: {{x: {many}}}\nweights: {{W: {[many] * 100}, b: {many}}}\nforward: {{z: W@x + b}}\nloss: sum(z)"
    ).trace()
    answers, place = Answers(trace), place_of(trace, "dL/dW[100,100]")
    assert answers.judge("dL/dz[100]*x[100]", place) == Verdict(RIGHT)
    assert answers.judge("dL/dW[100,99] + 1", place) == Verdict(RIGHT)
    with pytest.raises(SpecError, match="not known yet"):
        answers.judge("dL/dW[100,100]", place)
    assert not trace.register["dL/dW"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("none", RIGHT), (" none ", RIGHT), ("0", WRONG), ("12", WRONG), ("1.25", WRONG), ("x1 + 1", WRONG)],
)
def test_none_is_right_where_there_is_no_value(text: str, kind: str) -> None:
    trace = loads("input: {x: [0, 4]}\nweights: {a: 1}\nforward: {p: a/x}\nloss: sum(x)").trace(partial=True)
    assert Answers(trace).judge(text, 0).kind == kind


def test_none_is_wrong_where_there_is_a_value_and_a_name_is_a_name() -> None:
    trace = loads("weights: {a: 2}\nloss: a").trace()
    assert Answers(trace).judge("none", 0).kind == WRONG
    named = loads("weights: {none: 2}\nloss: none").trace()
    assert Answers(named).judge("none", 0).kind == RIGHT
