"""Rules as data hold for other givens, and the page's engine makes of them what a network with those givens prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from flint import arb, fmpz

import bptrace
from bptrace.errors import SpecError
from bptrace.marking.answers import Answers
from bptrace.marking.decimal_comma import with_points
from bptrace.numbers.enclosures import compare, precision
from bptrace.numbers.exact import NumberError, Rational, exact_text, number_hint, rational
from bptrace.ops.notation import Notation
from bptrace.ops.table import OPS
from bptrace.page.rules import SYMBOLS, rules_data
from tests.conftest import LIMITS, NETWORKS, ROOT, SYMBOLIC
from tests.op_cases import drawn, network
from tests.ops.test_table import CASES
from tests.page.in_node import in_node, needs_node
from tests.page.other_givens import assert_as_printed


def test_a_row_has_its_name_its_value_its_form_and_what_fills_it() -> None:
    text = "weights: {w: [1/2, 3]}\nforward: {h: relu(w)}\nloss: sum(h)^2\nupdate: {lr: 1/10, clip_value: 5}"
    assert rules_data(bptrace.loads(text).trace()) == {
        "decimal": False, "auto": True, "fractions": False, "digits": 10, "bits": 0, "places": None,
        "terms": None, "off": "",
        "givens": [
            ["w1", "1/2"], ["w2", "3"], ["lr", "1/10"],
            ["clip_value", "5", "more than 0", "clip_value, the bound on each gradient, must be more than 0"],
        ],
        "masked": [],
        "forms": [
            ["max", "0", 0],
            ["+", 0, 0],
            ["^", 0, "2"],
            ["*", "2", 0],
            {"of": 0, "if": [[["<", "0"], None, "1"], [None, ["<=", "0"], "0"]]},
            0,
            ["*", 0, 0],
            ["max", ["neg", 0], ["min", 0, 0]],
            ["-", 0, ["*", 0, 0]],
        ],
        "rows": [
            ["h1", "1/2", 0, 0], ["h2", "3", 0, 1], ["z_L", "7/2", 1, 4, 5], ["L", "49/4", 2, 6],
            ["dL/dz_L", "7", 3, 6], ["ReLU'(w1)", "1", 4, 0], ["ReLU'(w2)", "1", 4, 1],
            ["dL/dh1", "7", 5, 8], ["dL/dh2", "7", 5, 8], ["dL/dw1", "7", 6, 11, 9], ["dL/dw2", "7", 6, 12, 10],
            ["dL/dw1_clipped", "5", 7, 3, 3, 13], ["dL/dw2_clipped", "5", 7, 3, 3, 14],
            ["w1_new", "0", 8, 0, 2, 15], ["w2_new", "5/2", 8, 1, 2, 16],
        ],
    }  # fmt: skip


@pytest.mark.parametrize("path", SYMBOLIC)
def test_symbols_have_no_values_to_be_edited(path: Any) -> None:
    assert rules_data(bptrace.load(path).derived())["off"] == SYMBOLS


# The engine


@needs_node
def test_every_operation_on_single_numbers_is_in_the_engine() -> None:
    found = in_node("return [OPERATIONS, LIMITS].map(Object.keys)", {})
    own = [name for name, row in OPS.items() if row.scalar]
    assert [sorted(names) for names in found] == [sorted(own), sorted(name for name in own if OPS[name].limit)]
    says = """
    const told = ([name, row]) => [name, SPELLED[name] || name, Boolean(row.weak), Boolean(row.affine)];
    return Object.entries(OPERATIONS).map(told);
    """
    for name, written, weak, affine in in_node(says, {}):
        row = OPS[name]
        assert row.layout or written == row.title or row.spelled == written, name
        assert weak == OPS[name].weak, name
        assert affine == (OPS[name].affine is not OPS["max"].affine), name


@needs_node
def test_rational_networks_with_other_givens_are_as_on_the_command_line() -> None:
    loaded = {path.stem: bptrace.load(path) for path in NETWORKS}
    rational = {name: net for name, net in loaded.items() if not net.trace().bits}
    assert len(rational) > 10
    assert_as_printed(rational, 6)


@needs_node
def test_other_networks_with_other_givens_are_as_on_the_command_line() -> None:
    loaded = {path.stem: bptrace.load(path) for path in NETWORKS}
    real = {name: net for name, net in loaded.items() if net.trace().bits}
    assert_as_printed(real | {"limits": bptrace.loads(LIMITS)}, 3)


@needs_node
def test_functions_and_losses_with_other_givens_are_as_on_the_command_line() -> None:
    """One network for each row of the table that a file can call."""
    random = Random(2)
    cases = {case.op: case for case in CASES}
    points = {share: [Fraction(top, share) for top in range(-20, 20) if top % 7 and top % 11] for share in (7, 11)}
    drawing = {"x": 7, "y": 11}
    networks = {
        str(case): network(
            case, drawn(case, {name: random.sample(points[share], 12) for name, share in drawing.items()})
        )
        for case in cases.values()
    }
    assert_as_printed(networks, 2)


# The arithmetic below it


def numbers(count: int, random: Random, size: int = 6) -> list[Rational]:
    """Random numbers, short and long, whole and not, and the two nearest to where things change."""
    some = [
        Rational(random.randint(-(10**size), 10**size), random.choice([1, 1, 2, 3, 8, 10, 125, 7 * 10**size]))
        for _ in range(count)
    ]
    return [Rational(0), Rational(1), Rational(-1), *some]


@needs_node
def test_rational_arithmetic_is_flints() -> None:
    random = Random(3)
    pairs = [
        (one, other)
        for size in (1, 6, 60)
        for one, other in zip(numbers(60, random, size), numbers(60, random, size)[::-1], strict=True)
    ]
    found = in_node(
        """
        const told = (value) => (value instanceof Rational ? exactText(value, false) : value);
        return given.map(([one, other]) => {
          const [a, b] = [ofExactText(one), ofExactText(other)];
          const whole = BigInt(Math.trunc(Number(a.top % 7n)));
          const divided = isZero(b) ? "" : quotient(a, b);
          const raised = isZero(b) && whole < 0n ? "" : power(b, new Rational(whole, 1n));
          const ends = [floorOf(a.top, a.bottom), ceilingOf(a.top, a.bottom)];
          const found = [sum(a, b), difference(a, b), product(a, b), divided, compare(a, b), raised, ...ends];
          return found.map(told).map(String);
        });
        """,
        [[exact_text(one), exact_text(other)] for one, other in pairs],
    )  # fmt: skip
    for (one, other), got in zip(pairs, found, strict=True):
        whole = int(abs(one.p) % 7) * (1 if one.p > 0 else -1)
        wanted = [one + other, one - other, one * other, one / other if other else "", compare(one, other),
                  "" if not other and whole < 0 else other**whole, one.floor(), one.ceil()]  # fmt: skip
        assert got == [exact_text(item) if isinstance(item, Rational) else str(item) for item in wanted]


ARGUMENTS = (
    "1e-40",
    "-1e-9",
    "1/3",
    "0.999999999999",
    "-1",
    "3/2",
    "22/7",
    "-7",
    "25",
    "-40.5",
    "300",
    "12345.678",
    "1e-300",
)
FUNCTIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "exponential": ("any", lambda ball: ball.exp()),
    "logarithm": ("positive", lambda ball: ball.log()),
    "squareRoot": ("positive", lambda ball: ball.sqrt()),
    "OPERATIONS.sin.apply": ("any", lambda ball: ball.sin()),
    "OPERATIONS.cos.apply": ("any", lambda ball: ball.cos()),
    "OPERATIONS.sinh.apply": ("any", lambda ball: ball.sinh()),
    "OPERATIONS.cosh.apply": ("any", lambda ball: ball.cosh()),
    "OPERATIONS.tanh.apply": ("any", lambda ball: ball.tanh()),
    "OPERATIONS.erf.apply": ("any", lambda ball: ball.erf()),
    "((z) => power(z, ofExactText('5/3')))": ("positive", lambda ball: ball ** Rational(5, 3)),
    "((z) => product(intervalPi(), z))": ("any", lambda ball: arb.pi() * ball),
}


@needs_node
@pytest.mark.parametrize("bits", [60, 96, 500])
def test_functions_enclose_what_flint_makes_of_them(bits: int) -> None:
    random = Random(bits)
    values = [*map(rational, ARGUMENTS), *(Rational(random.randint(-(10**6), 10**6), 10**5) for _ in range(12))]
    asked = [
        (name, exact_text(value))
        for name, (domain, _) in FUNCTIONS.items()
        for value in values
        if value > 0 or domain == "any"
    ]
    table = ",".join(f"{json.dumps(name)}: {name}" for name in FUNCTIONS)
    found = in_node(
        f"""
        const functions = {{{table}}};
        const ends = (value) => [value.low, value.high].map((end) => [String(end.whole), end.shift]);
        const found = ([name, text]) => ends(intervalOf(functions[name](ofExactText(text))));
        return withBits({bits}, () => given.map(found));
        """,
        asked,
    )  # fmt: skip
    with precision(2 * bits + 64):
        for (name, text), ends in zip(asked, found, strict=True):
            low, high = (arb((fmpz(whole), shift)) for whole, shift in ends)
            wanted = FUNCTIONS[name][1](arb(rational(text)))
            assert not wanted < low, f"{name} of {text}"
            assert not wanted > high, f"{name} of {text}"
            assert high - low <= abs(wanted) / arb(2) ** (bits - 50), f"{name} of {text} is wide"


@needs_node
def test_digits_are_those_that_the_register_prints() -> None:
    random = Random(5)
    styles = [(3, None), (10, None), (25, None), (10, 0), (10, 2), (10, 7)]
    some = [arb(random.getrandbits(90) * sign) * arb(2) ** random.randint(-400, 60) for sign in [1, -1] * 30]
    edges = [arb(rational(text)) for text in ("0.999999999999", "0.0000999999999999999999", "123456.5", "0")]
    wide = [ball + arb(0, abs(ball) / 2**70 + arb(2) ** -90) for ball in some + edges]
    asked = [(*map(ends_of, (ball, -ball)), digits, places) for ball in wide for digits, places in styles]
    found = in_node(
        """
        return given.map(([low, high, digits, places]) => {
          const [bottom, top] = [low, high].map(([whole, shift]) => new Dyadic(BigInt(whole), shift));
          return shownInterval(new Interval(bottom, dyadicNegative(top)), digits, places);
        });
        """,
        asked,
    )
    notations = {style: Notation(style[1] is not None, digits=style[0], bits=128, places=style[1]) for style in styles}
    with precision(128):
        wanted = [notations[style].shown(ball).text for ball in wide for style in styles]
    assert found == wanted


def ends_of(ball: Any) -> list[Any]:
    """The lower end of a ball, as the engine has such numbers."""
    with precision(1000):
        whole, shift = ball.lower().mid().man_exp()
    return [str(whole), int(shift)]


@needs_node
def test_exact_values_print_as_the_register_prints_them() -> None:
    random = Random(6)
    values = [value for size in (1, 4, 30) for value in numbers(40, random, size)]
    asked = [[exact_text(value), decimal, places] for value in values for decimal, places in STYLES]
    found = in_node("return given.map(([text, ...style]) => shownRational(ofExactText(text), ...style))", asked)
    notations = [Notation(decimal, places=places) for decimal, places in STYLES]
    assert found == [notation.shown(value).text for value in values for notation in notations]


STYLES: tuple[tuple[bool, int | None], ...] = ((False, None), (True, None), (True, 2), (True, 0))
TYPED = (
    *("-3", "0.1", "1/3", "1e-3", "-2.5e4", "+7", ".5", "2.", "-.5e+2", "1.5/2.5", "-1/-2", " 4 ", "1e-10000"),
    *("1/0", "", "x", "0,05", "1,234.5", "1_000", "−3", "0x10", "1e", "1e10001", "--1", "1 + 2", "1/2/3", "nan", "٣"),
)


@needs_node
def test_numbers_are_taken_as_a_file_takes_them() -> None:
    lines = """
    const engine = makeEngine({ digits: 10, bits: 0, givens: [], rows: [], forms: [], off: "" });
    const told = (value) => (typeof value === "string" ? { problem: value } : { value: exactText(value, false) });
    return given.map((text) => told(engine.parseNumber(text)));
    """
    for text, found in zip(TYPED, in_node(lines, TYPED), strict=True):
        assert found == typed(text.strip()), text


def typed(text: str) -> dict[str, str]:
    """The value of a literal, or what is wrong with it and what would be right."""
    try:
        return {"value": exact_text(rational(text))}
    except NumberError as problem:
        return {"problem": f"{problem}: {number_hint(text)}"}


@needs_node
def test_what_is_rational_after_all_is_known_to_be() -> None:
    text = "weights: {z: [1, 2, 1], w: 1/2}\nforward:\n  p: softmax(z)\n  s: 1 - p[1] - p[2] - p[3]\n  d: p[1] - p[3]"
    text += "\n  r: sqrt(w)^2*2\n  g: 1/(1+exp(-w)) + 1/(1+exp(w))\n  n: p[1] - p[2]\nloss: s + d + r + g + n"
    lines = "const e = makeEngine({ ...given, rows: given.rows.map(([n, , ...rest]) => [n, '≈1', ...rest]) });"
    lines += (
        "const found = e.workOut({ w: '2' }); return ['s', 'd', 'r', 'g', 'n'].map((name) => found.get(name).text);"
    )
    assert in_node(lines, rules_data(bptrace.loads(text).trace())) == ["0", "0", "4", "1", "≈-0.3641753271"]


STRANGE = {
    "nearly equal": "weights: {w: 100, e: 1e-200}\nforward:\n  a: exp(w)\n  b: exp(w)*(1+e)\nloss: (b-a)^2",
    "not to be told": "weights: {w: 100, e: 1e-900}\nforward:\n  a: exp(w)\n  b: exp(w)*(1+e)\nloss: (b-a)^2",
    "nearly 0": "weights: {w: -1000}\nforward: {a: exp(w), b: exp(3*w)}\nloss: a + b",
    "large": "weights: {w: 1000}\nforward: {a: exp(w), b: a^3}\nloss: a + b",
    "kink": "weights: {w: 1/2}\nforward: {a: relu(exp(w) - 1.6487212707), b: abs(a)}\nloss: a + b",
}


@needs_node
@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("style", [{}, {"digits": 50}, {"decimals": 3}])
def test_a_page_finds_its_own_rows_right(name: str, style: dict[str, Any]) -> None:
    trace = bptrace.loads(STRANGE[name]).trace(**style)
    check = {"rows": trace.count, "wrong": [], "off": ""}
    assert in_node("return makeEngine(given).check();", rules_data(trace)) == check


@needs_node
def test_a_page_finds_a_wrong_row() -> None:
    data = rules_data(bptrace.load(ROOT / "networks" / "sigmoid_neuron.yaml").trace())
    changed = {"z": "2", "d": "≈1.367879442", "s": "≈0.7310585786"}
    data["rows"] = [[name, changed.get(name, value), *rest] for name, value, *rest in data["rows"]]
    assert in_node("return makeEngine(given).check();", data)["wrong"] == ["z", "d"]


REFUSED = {
    "lr": ("-inf", "lr: -inf is no value but a mask"),
    "x1": ("-inf", "a mask of -inf meets another operation than +"),
    "momentum": ("1", "momentum, the momentum, must be 0 or more, and less than 1"),
    "w1": ("0,5", "w1: not a number: decimal comma? write 0.5"),
    "z": ("1", "z is no given"),
    "b": ("1e9999", "not worked out here: a power with too many digits"),
}


@needs_node
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_with_a_given_is_said(name: str) -> None:
    text = "input: {x: [1, 2]}\nweights: {w: [1, 1], b: 1}\nforward: {z: w@x + b^30}\nloss: z^2\n"
    data = rules_data(bptrace.loads(text + "update: {lr: 1/2, momentum: 1/2}").trace())
    typed, problem = REFUSED[name]
    lines = (
        "try { makeEngine(given[0]).workOut({ [given[1]]: given[2] }); } catch (problem) { return problem.message; }"
    )
    assert in_node(lines, [data, name, typed]) == problem


# The quiz

ANSWERS = {
    "relu_2_2_1": "-2*1; 1/2-1; 2*-3; -2; dL/dz1*x1; 0; 2; -2.0; 3; 2+; (1; w11*x1+w12*x2+b1; 2**1; −2; 0,5; 4/2; 1e1;"
    " -2^2; 2^-1; foo(2); exp(0); none; =2; ≈2; ; max(0,2); 1/0; 2*(2-3)",
    "sigmoid_neuron": "0.73; 0.731; 0.7310; 0.7311; 0.7310585786; 1/(1+exp(-1)); sigmoid(1); 0.732; 0.5; 1/2; exp(-1);"
    " 0.368; 1+0.368; 0.37; 1; -1; 2*-1+-3*-2-3; s*(1-s); 0.1966; 0.196",
    "softmax_classifier": "0; 0.5; p1-1; p2-1; exp(z1)/(exp(z1)+exp(z2)+exp(z3)); 0.0025; 1/3",
    "xor_batch": "0; 1; 2*(1/4); yhat-y; z1; 1/4; 1/16",
}
"""Answers to every row of a network."""


@needs_node
@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_judged_as_in_step(name: str) -> None:
    trace = bptrace.load(ROOT / "networks" / f"{name}.yaml").trace()
    judge, names = Answers(trace), list(trace.called())
    asked = [(place, text.strip()) for place in range(trace.count) for text in ANSWERS[name].split(";")]
    lines = "const engine = makeEngine(given[0]); return given[1].map(([name, text]) => engine.equal(name, text));"
    found = in_node(lines, [rules_data(trace), [(names[place], text) for place, text in asked]])
    for (place, text), got in zip(asked, found, strict=True):
        kind, wanted = judged(judge, text, place)
        assert got["kind"] == kind, f"{names[place]}: {text}"
        assert kind in ("wrong", "unread") or got["text"] == wanted


def judged(judge: Answers, text: str, place: int) -> tuple[str, str]:
    try:
        verdict = judge.judge(with_points(text), place)
    except SpecError as problem:
        return "unread", problem.message
    return verdict.kind, verdict.wanted
