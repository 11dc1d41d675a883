"""A file's own functions: what they come to, their slopes, and every complaint at its place."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Trace, loads
from bptrace.ops.op import Key
from bptrace.ops.table import OPS, function_names
from tests.readers.register import check_rows
from tests.refusals import bounded, outcome, refusal
from tests.strategies import examples
from tests.texts import equations, sentences

GIVENS = "weights: {x: 2, v: [1, -2], w: [[1, 2], [3, 4]], a: 1/3}\n"


def traced(functions: str, equation: str, loss: str = "sum(h)") -> Trace:
    """A network with these functions, whose h is the equation; every row is read back and gives its value."""
    trace = loads(f"{GIVENS}functions: {functions}\nforward: {{h: '{equation}'}}\nloss: {loss}\n").trace()
    check_rows(trace)
    return trace


def lines(trace: Trace, quantity: str) -> list[str]:
    """The rows whose quantity begins so."""
    return [
        f"{row.quantity} | {row.rule} | {row.value_text}" for row in trace.rows() if row.quantity.startswith(quantity)
    ]


# What they come to

FUNCTIONS = """
  cube: u -> u^3
  gate: u -> relu(u) - cube(u)/3
  blend: u, a -> a*u + (1-a)*u^2
  share: u -> u/sum(abs(u))
  dots: "u, v -> u@v"
  first: u -> u[1]
  half: u -> u/2
  constant: u -> 5
  power: u, n -> u^n
  left: u, v -> u
  lean: "u, v -> leaky_relu(v, u + hardtanh(u))"
  width: "u, d -> huber(u, 0, d)"
"""


@pytest.mark.parametrize(
    ("equation", "written"),
    [
        ("cube(x)", "(x)^3"),
        ("cube(v)", "(v)^3"),
        ("cube(w@v)", "(w@v)^3"),
        ("2*cube(v) + cube(x)", "2*v^3 + x^3"),
        ("cube(cube(x))", "x^9"),
        ("cube(2)*x", "8*x"),
        ("gate(v)", "relu(v) - v^3/3"),
        ("blend(v, a)", "a*v + (1-a)*v^2"),
        ("blend(a, v)", "v*a + (1-v)*a^2"),
        ("blend(v, v)", "v*v + (1-v)*v^2"),
        ("blend(v, 1/2)", "1/2*v + 1/2*v^2"),
        ("share(v)", "v/sum(abs(v))"),
        ("share(w@v)", "(w@v)/sum(abs(w@v))"),
        ("share(w) @ v", "w/sum(abs(w)) @ v"),
        ("dots(w, v)", "w@v"),
        ("dots(v, v)", "v@v"),
        ("dots(w.T, cube(v))", "w.T@v^3"),
        ("first(w)", "w[1]"),
        ("first(v)*x", "v[1]*x"),
        ("half(v)", "v/2"),
        ("constant(v)*x", "5*x"),
        ("power(v, 3)", "v^3"),
        ("power(v, 2) + power(v, 3)", "v^2 + v^3"),
        ("left(x, v)*v", "x*v"),
        ("left(v, w)*cube(x)", "v*x^3"),
        ("cube(left(x, v)) + 0*v", "x^3 + 0*v"),
        ("lean(x, v)", "leaky_relu(v, x + hardtanh(x))"),
        ("lean(a, v)", "leaky_relu(v, a + hardtanh(a))"),
        ("width(v, 1/2)", "huber(v, 0, 1/2)"),
    ],
)
def test_a_call_is_what_its_body_is(equation: str, written: str) -> None:
    ours, plain = traced(FUNCTIONS, equation), traced("{}", written)
    for name in ("h", "dL/dx", "dL/dv", "dL/dw", "dL/da"):
        assert ours[name] == plain[name], name


@pytest.mark.parametrize(
    ("function", "slopes"),
    [
        ("u -> u^3", ["f'(x) | 3*2^2 | 12"]),
        ("u -> u*relu(2*u - 5)", ["f'(x) | max(0,2*2-5) + 2*(2*2-5=-1<=0)*2 | 0"]),
        ("u -> 4*u + 1", ["f'(x) | 4 | 4"]),
        ("u -> 7", ["f'(x) | 0 | 0"]),
        ("u -> 1/u", ["f'(x) | -1/2^2 | -1/4"]),
        ("u -> sum(u^3)", []),
    ],
)
def test_an_elementwise_function_has_a_slope(function: str, slopes: list[str]) -> None:
    assert lines(traced(f"{{f: '{function}'}}", "f(x)"), "f'") == slopes


def test_slopes_of_a_vector_and_in_the_first_argument() -> None:
    trace = traced("{scale: 'u, a -> a*u'}", "scale(v, a)")
    assert lines(trace, "scale'") == ["scale'(v1) | a | 1/3", "scale'(v2) | a | 1/3"]
    assert trace["dL/da"] == -1


def test_an_output_has_a_name_of_its_own() -> None:
    trace = traced("{f: 'u -> u + u^2'}", "x*f(x)")
    assert lines(trace, "h_h") == ["h_h | 2 + 2^2 | 6"]
    assert "f'(x) | 1 + 2*2 | 5" in lines(trace, "f'")


LAID_OUT = {name for name, row in OPS.items() if row.layout and name.isidentifier()}


@pytest.mark.parametrize("name", sorted(LAID_OUT - {*function_names()}))
def test_a_name_that_no_rule_is_written_with_is_free(name: str) -> None:
    assert lines(traced(f"{{{name}: u -> u^3}}", f"{name}(x)"), "h") == lines(
        traced("{cube: u -> u^3}", "cube(x)"), "h"
    )


def test_a_long_sum_in_a_body_has_a_name_of_its_own() -> None:
    assert lines(traced("{share: u -> u/sum(u)}", "share(v)"), "z_h") == ["z_h | 1 + (-2) | -1"]


def test_an_activation_of_layers() -> None:
    trace = loads(
        "input: {x: [1, 2]}\nfunctions: {cube: u -> u^3, lean: 'u, a -> a*u'}\nlayers:\n"
        "- {weights: [[1, 1]], activation: cube}\n- {weights: [[2]], activation: lean(1/2)}\nloss: yhat"
    ).trace()
    assert trace["yhat"] == 27
    assert lines(trace, "cube'") == ["cube'(z1) | 3*3^2 | 27"]


def test_a_decimal_in_a_body_is_a_decimal_of_the_file() -> None:
    assert lines(traced("{f: u -> 0.5*u}", "f(x)"), "h") == ["h | 0.5*2 | 1"]
    assert loads("weights: {x: 1}\nfunctions: {f: u -> 0.5*u}\nloss: f(x)").trace().text("L") == "0.5"


def test_accents_are_one_name_in_both_spellings() -> None:
    assert traced("{carré: é -> e\u0301^2}", "carre\u0301(x)")["h"] == 4


def test_one_file_does_not_see_the_functions_of_another() -> None:
    before = list(OPS), function_names()
    assert traced("{f: u -> u^2}", "f(x)")["h"] == 4
    assert traced("{f: u -> u^3}", "f(x)")["h"] == 8
    assert (list(OPS), function_names()) == before
    assert refusal(f"{GIVENS}loss: ¦f(x)").message == "unknown function 'f'"


def test_a_key_that_brings_no_row_is_no_row() -> None:
    with pytest.raises(KeyError):
        OPS["cube: u -> u^3"]
    key = Key("cube: u -> u^3")
    key.row = OPS["relu"]
    assert OPS[key] is OPS["relu"]


# Complaints

NEAREST = "did you mean 'cube', 'huber' or 'sum'?"
COMMA = "in {...} a comma ends the entry: one equation a line, or in quotes"


@pytest.mark.parametrize(
    ("functions", "message", "hints"),
    [
        ("cube: u^3¦", "expected '->' at the end", ["as in cube: u -> u^3, or f: generic for one that is left open"]),
        ("{blend: u¦, a -> a*u}", "expected '->' at the end", [COMMA]),
        ("cube: ¦-> u^3", "'' is not a name", ["parameters are names with commas between them: u, a -> a*u"]),
        ("cube: u,¦ -> u^3", "'' is not a name", []),
        ("cube: ¦(u) -> u^3", "'(u)' is not a name", []),
        ("cube: u, ¦2a -> u^3", "'2a' is not a name", []),
        ("cube: u, ¦u -> u^3", "two parameters are called 'u'", ["choose another name"]),
        ("cube: ¦relu -> 1", "'relu' is a function: a parameter needs a name of its own", []),
        ("cube: ¦cube -> 1", "'cube' is a function: a parameter needs a name of its own", []),
        ("f: ¦g -> 1\n  g: u -> u", "'g' is a function: a parameter needs a name of its own", []),
        ("cube: u ->¦", "the body is missing here", ["as in cube: u -> u^3, or f: generic for one that is left open"]),
        ("cube: u -> u^3 + ¦k", "unknown name 'k'", ["parameters here: u"]),
        ("cube: u -> u^3 + ¦x", "'x' is a quantity: a function reads only its parameters", ["parameters here: u"]),
        ("cube: u -> u^3 + ¦h", "'h' is a quantity: a function reads only its parameters", ["parameters here: u"]),
        ("cube: u -> u^3 + ¦relu", "'relu' is a function and needs arguments", ["as in relu(u)"]),
        ("cube: u -> ¦cube(u)", "'cube' is used in its own definition", ["a function calls those above it"]),
        ("f: u -> ¦g(u)\n  g: u -> u", "'g' is used before it is defined", ["defined at line 4: move it up"]),
        ("f: u -> u\n  g: u -> ¦ff(u)", "unknown function 'ff'", ["did you mean 'f', 'erf' or 'softmax'?"]),
        ("f: u -> u\n  g: u -> ¦f(u, u)", "f takes 1 argument, not 2", []),
        ("¦relu: u -> u", "'relu' is a function already", ["choose another name"]),
        ("¦ReLU: u -> u", "'ReLU' is reserved: rules are written with it", ["choose another name"]),
        ("¦step: u -> u", "'step' is reserved: rules are written with it", ["choose another name"]),
        ("¦x: u -> u", "'x' is a quantity: a function needs a name of its own", ["choose another name"]),
        ("¦2f: u -> u", "'2f' is not a name", []),
        ("f: ¦[u]", "expected a function", []),
        ("f: u -> u\n  ¦f: u -> u", "'f' is defined twice in functions", []),
        ("é: u -> u\n  ¦e\u0301: u -> u", "'é' is defined twice", ["choose another name"]),
        ("f: u -> u +¦", "expected a number, a name or '(' at the end", []),
        ("f: >\n    u ->\n    u + ¦k", "unknown name 'k'", []),
        ("f: 'u -> u + ¦k'", "unknown name 'k'", []),
        ("f: u -> u -¦> u", "unexpected character '>'", []),
        ("f: u -> 1 ¦/ 0", "division by zero", []),
        (f"f: u -> ¦{'u + ' * 400}u", "a function of 1,601 characters; at most 1,000 are taken", []),
        (f"f: {', '.join(f'u{n}' for n in range(20))}, ¦u -> u", "more than 20 parameters", []),
    ],
)
def test_a_definition_that_cannot_be_read(functions: str, message: str, hints: list[str]) -> None:
    problem = refusal(f"input: {{x: 1}}\nfunctions:\n  {functions}\nforward: {{h: x}}\nloss: h")
    assert problem.message == message
    assert set(hints) <= set(problem.hints)


@pytest.mark.parametrize(
    ("text", "message", "hints"),
    [
        ("loss: ¦cube(x, x)", "cube takes 1 argument, not 2", ["as in cube(u)"]),
        ("loss: ¦cub(x)", "unknown function 'cub'", [NEAREST]),
        ("loss: x*¦cube", "'cube' is a function and needs arguments", ["as in cube(u)"]),
        ("loss: {¦cube: 1}", "'cube' is reserved: it is a function", ["choose another name"]),
        (
            "layers: [{weights: [[1]], activation: ¦cub}]\nloss: 1",
            "unknown function 'cub'",
            [NEAREST],
        ),
        ("forward: {z: cube(x¦, y: 1}\nloss: 1", "expected ')' at the end", [COMMA]),
    ],
)
def test_a_call_that_cannot_be_read(text: str, message: str, hints: list[str]) -> None:
    problem = refusal(f"input: {{x: [1]}}\nfunctions: {{cube: u -> u^3}}\n{text}")
    assert problem.message == message
    assert set(hints) <= set(problem.hints)


@pytest.mark.parametrize(
    ("functions", "loss", "message", "hint"),
    [
        ("f: 'u, v -> u ¦@ v'", "f(x, y)", "shape mismatch: a vector of 2 and a vector of 3 do not go together in '@'",
         "f is called at line 5 with a vector of 2 and a vector of 3"),
        ("f: u -> u¦[3]", "f(c)", "1 indices into a scalar", "f is called at line 5 with a scalar"),
        ("f: u -> u[¦3]", "sum(f(x))", "index '3' is not in 1..2", "f is called at line 5 with a vector of 2"),
        ("f: 'u, v -> u ¦+ v'\n  g: 'u, v -> f(v, u)'", "g(x, y)",
         "shape mismatch: a vector of 3 and a vector of 2 do not go together in '+'",
         "g is called at line 6 with a vector of 2 and a vector of 3"),
    ],
)  # fmt: skip
def test_a_body_that_does_not_fit_is_told_with_its_call(functions: str, loss: str, message: str, hint: str) -> None:
    text = f"input: {{x: [1, 2], y: [1, 2, 3], c: 1}}\nfunctions:\n  {functions}\n\nloss: {loss}"
    problem = refusal(text)
    assert problem.message == message
    assert hint in problem.hints


def test_a_body_that_fits_no_scalar_is_no_mistake() -> None:
    assert traced("{f: 'u -> u[1]', g: 'u, n -> u^n', unused: 'u -> f(u) + u[3]'}", "f(v)")["h"] == 1


def test_a_division_by_zero_is_told_where_it_is_written() -> None:
    problem = refusal("weights: {x: 0}\nfunctions:\n  f: u -> 1 ¦/ u\nforward: {h: f(x)}\nloss: h")
    assert problem.message == "division by zero in h"


# Bounded work


def chain(first: str, step: str, count: int) -> str:
    """f0, f1, ...: each made from the one before, `F`."""
    return "functions:\n" + "".join(
        f"  f{n}: u -> {first if n == 0 else step.replace('F', f'f{n - 1}')}\n" for n in range(count)
    )


@pytest.mark.parametrize(
    ("functions", "message"),
    [
        (chain("u + 1", "F(u)*F(u)", 7), ""),
        (chain("u + 1", "F(u)*F(u)", 40), "f7 is 511 operations, written out; at most 300 are taken"),
        (chain("u*u", "F(F(u))", 40), "f3 is 511 operations, written out; at most 300 are taken"),
        (chain("u", "F(u)", 20), ""),
        (chain("u", "F(u)", 30), "functions that call one another more than 20 deep"),
        (chain("------u", "-----F(u)", 18), "f15 is 81 operations deep, written out; at most 80 are taken"),
    ],
)  # fmt: skip
def test_functions_of_functions_are_bounded(functions: str, message: str) -> None:
    last = functions.rsplit("  f", 1)[1].split(":")[0]
    found = outcome(f"weights: {{w: 2, v: [1, 2]}}\n{functions}loss: f{last}(w) + sum(f{last}(v))")
    assert message == getattr(found, "message", "")


@pytest.mark.parametrize(
    "text",
    [
        chain("*".join("u" * 140), "u", 1) + "loss: " + " + ".join(["f0(w)"] * 15_000),
        chain("*".join("u" * 140), "u", 1)
        + "forward:\n"
        + "".join(f"  z{n}: f0(w)\n" for n in range(9_000))
        + "loss: 1",
        chain("u/sum(u)", "F(u)*F(u)", 6) + "loss: sum(f5(v))",
        chain("u + u", "u", 1) + "loss: w + " + "f0(" * 50 + "1" + ")" * 50,
        chain("u + u", "u", 1) + "loss: " + "f0(" * 50 + "w" + ")" * 50,
        "functions: {f: 'u, n -> u^n + " + "(" * 50 + "u" + ")" * 50 + "'}\nloss: "
        + " + ".join(f"f(w, {n % 7})" for n in range(500)),
        "functions:\n" + "".join(f"  f{n}: u -> u\n" for n in range(9_000)) + "loss: f8999(w)",
        "functions: &a {f: *a}\nloss: 1",
        "functions: &a [*a]\nloss: 1",
    ],
)  # fmt: skip
def test_absurd_functions_take_bounded_work(text: str) -> None:
    outcome(f"weights: {{w: 2, v: [1, 2, 3]}}\n{text}")


@examples(60)
@given(st.lists(equations(), min_size=1, max_size=3), st.sampled_from(["u", "u, a", "x", "u,", "relu"]), equations())
def test_random_functions_are_worked_out_or_refused(bodies: list[str], parameters: str, loss: str) -> None:
    functions = "".join(f'  f{n}: "{parameters} -> {body}"\n' for n, body in enumerate(bodies))
    outcome(f"input: {{x: [1, 2]}}\nweights: {{w: [[1, 2], [3, 4]]}}\nfunctions:\n{functions}loss: {loss}")


@examples(60)
@given(st.integers(-3, 3), st.integers(1, 4), st.integers(-2, 2))
def test_a_polynomial_has_the_derivative_it_has(x: int, power: int, factor: int) -> None:
    with bounded():
        trace = loads(
            f"weights: {{x: {x}}}\nfunctions: {{f: 'u -> {factor}*u^{power} + u/2'}}\nforward: {{h: f(x)}}\nloss: h^2"
        ).trace()
    value = factor * Fraction(x) ** power + Fraction(x, 2)
    assert trace["h"] == value
    assert trace["dL/dx"] == 2 * value * (factor * power * Fraction(x) ** (power - 1) + Fraction(1, 2))


@examples(150)
@given(sentences(), sentences())
def test_a_function_of_everything_is_what_its_body_is(inner: str, outer: str) -> None:
    """Also a function of a function; where the one is refused, so is the other."""
    givens = "weights: {x: 2, w: [[1, 2], [3, 4]], b: [1, -1], c: 1/2, u: [3, 1/2], z: -3}\n"
    names = "x, w, b, c, u, z"
    body = re.sub(r"\bx\b", f"(x + g({names}))", outer)
    ours = outcome(
        f"{givens}functions:\n  g: '{names} -> {inner}'\n  f: '{names} -> {body}'\nloss: sum(2*f({names})) + sum(b)"
    )
    written = re.sub(r"\bx\b", f"(x + ({inner}))", outer)
    plain = outcome(f"{givens}loss: sum(2*({written})) + sum(b)")
    assert isinstance(ours, Trace) >= isinstance(plain, Trace) or "operations" in str(ours) or written == outer
    if isinstance(ours, Trace) and isinstance(plain, Trace):
        assert all(ours[name] == plain[name] for name in ("L", *(f"dL/d{name}" for name in names.split(", "))))
