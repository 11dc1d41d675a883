"""Other spellings: what each is read as, that a file's own names come first, and that the list in the guide is true."""

from __future__ import annotations

import json

import pytest

from bptrace import loads
from bptrace.ops.op import FILE_ROWS
from bptrace.spec.spellings import FUNCTIONS, constant_read, function_read, spellings
from tests.refusals import refuses

GIVENS = "input: {x: 2, t: 3, a: 5, b: 4, z: 1/2, h: [1, 2], n: [1, 2, 3], w: [[1, 2], [3, 4]], u: [7]}\n"


def worked(equation: str, before: str = "") -> list[tuple[str, ...]]:
    """Every row of a network whose loss is the sum of this, without the equation itself."""
    text = f"{GIVENS}{before}forward: {{q: {json.dumps(equation, ensure_ascii=False)}}}\nloss: sum(q)\n"
    return [row.texts() for row in loads(text).trace().rows()]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ReLU(x)", "relu(x)"),
        ("RELU(x)", "relu(x)"),
        ("Sigmoid(h)", "sigmoid(h)"),
        ("Softmax(w, 1)", "softmax(w, 1)"),
        ("Sum(w)", "sum(w)"),
        ("logistic(x)", "sigmoid(x)"),
        ("sigma(x)", "sigmoid(x)"),
        ("σ(w@h)", "sigmoid(w@h)"),
        ("ln(x)", "log(x)"),
        ("Ln(x)", "log(x)"),
        ("swish(x)", "silu(x)"),
        ("√(2)*x", "sqrt(2)*x"),
        ("√ (x)", "sqrt(x)"),
        ("π*x", "pi*x"),
        ("Pi", "pi"),
        ("−x − 2", "-x - 2"),
        ("x – 2", "x - 2"),
        ("x×t", "x*t"),
        ("x · t⋅2∙a", "x*t*2*a"),
        ("2·w", "2*w"),
        ("w×x", "w*x"),
        ("2·x·w", "2*x*w"),
        ("x ÷ t", "x/t"),
        ("wᵀ@h", "w.T@h"),
        ("w⊤", "w.T"),
        ("x²", "x^2"),
        ("h³", "h^3"),
        ("x²³", "x^23"),
        ("x¹²", "x^12"),
        ("x⁴", "x^4"),
        ("x²⁰", "x^20"),
        ("x⁻¹", "x^-1"),
        ("(x + 1)⁴", "(x + 1)^4"),
        ("relu(x)²", "relu(x)^2"),
        ("2³", "2^3"),
        ("-x²", "-x^2"),
        ("2*x²", "2*x^2"),
        ("2^x²", "2^(x^2)"),
        ("x²^3", "(x^2)^3"),
        ("wᵀ²", "w.T^2"),
        ("h²[2]", "(h^2)[2]"),
        ("½*x", "1/2*x"),
        ("x/½", "x/(1/2)"),
        ("x^½", "x^(1/2)"),
        ("½²*x", "(1/2)^2*x"),
        ("¼ + ¾*x + ⅔", "1/4 + 3/4*x + 2/3"),
        ("e^(-x)", "exp(-x)"),
        ("e^-x", "exp(-x)"),
        ("e**h", "exp(h)"),
        ("e^x^2", "exp(x^2)"),
        ("e²", "exp(2)"),
        ("e⁻¹ + e ^ x", "exp(-1) + exp(x)"),
        ("1/(1 + e^−x)", "1/(1 + exp(-x))"),
        ("2*e^x*t", "2*exp(x)*t"),
        ("-e^x", "-exp(x)"),
        ("h1 + h2", "h[1] + h[2]"),
        ("w21*h1", "w[2,1]*h[1]"),
        ("w12²", "w[1,2]^2"),
    ],
)
def test_is_read_as_if_written_plainly(written: str, read: str) -> None:
    assert worked(written) == worked(read)


@pytest.mark.parametrize(
    ("before", "equation", "value"),
    [
        ("weights: {π: 3}\n", "π*x", 6),
        ("weights: {Pi: 3}\n", "Pi*x", 6),
        ("weights: {e: 3}\n", "e^x", 9),
        ("weights: {e: 3}\n", "e²", 9),
        ("weights: {sigma: 3, σ: 4, ln: 5, swish: 6, logistic: 7}\n", "sigma*σ*ln*swish*logistic", 2520),
        ("weights: {h1: 10}\n", "h1*x", 20),
        ("weights: {x⁴: 1}\n", "x⁴", 1),
        ("weights: {x¹: 3}\n", "x¹²", 9),
        ("functions: {swish: s -> s + 1}\n", "swish(x)", 3),
        ("functions: {Sigmoid: s -> s + 1, ln: s -> 2*s}\n", "Sigmoid(ln(x))", 5),
        ("functions: {f: e -> e^2, g: π -> 2*π}\n", "f(3)*g(1)", 18),
        ("repeat: {for: i in 1..2, 'h{i}': '{i}*x'}\n", "h2", 4),
    ],
)
def test_a_file_s_own_names_come_first(before: str, equation: str, value: int) -> None:
    text = f"{GIVENS}{before}loss: {json.dumps(equation, ensure_ascii=False)}\n"
    assert loads(text).trace()["L"] == value


test_names_further_down_come_first_too = refuses(
    [
        ("forward: {q: '¦sigma(x)', sigma: x}\nloss: q", "sigma is not a function"),
        ("forward: {q: ¦π*x, π: x}\nloss: q", "'π' is used before it is defined"),
        ("forward: {q: ¦e^x, e: x}\nloss: q", "'e' is used before it is defined"),
        ("forward: {q: ¦h1, h1: x}\nloss: q", "'h1' is used before it is defined"),
        ("forward: {q: ¦h1, h2: x}\nloss: q", "unknown name 'h1'"),
        ("forward:\n  q: ¦h1\n  repeat: {for: i in 1..2, 'h{i}': x}\nloss: q", "'h1' is used before it is defined"),
        ("forward:\n  repeat: {for: e in 1..2, 'q{e}': ¦e^x}\nloss: x", "unknown name 'e'",
         "known here: a, b, h, n, t, u, w, x, z", "write {e}", "for e = 1"),
        ("weights: {s: [e, f]}\nloss: ¦e^s[1]", "unknown name 'e'", "known here: a, b, h, n, s, t, u, w, x, z"),
        ("forward: {q: ¦h1}\nloss: {h1: q}", "unknown name 'h1'"),
        ("loss: {h1: ¦h1^2}", "'h1' is used in its own definition"),
        ("forward: {e: ¦e^2}\nloss: e", "'e' is used in its own definition"),
        ("functions: {f: s -> ¦e^s}\nweights: {e: 2}\nloss: f(x)",
         "'e' is a quantity: a function reads only its parameters"),
        ("functions: {f: s -> ¦ln(s), ln: s -> s}\nloss: f(x)", "'ln' is used before it is defined"),
        ("functions: {ln: s -> ¦ln(s)}\nloss: ln(x)", "'ln' is used in its own definition"),
        ("functions: {f: sigma -> ¦sigma(1)}\nloss: f(x)", "sigma is not a function"),
    ],
    before=GIVENS,
)  # fmt: skip

test_what_is_not_read = refuses(
    [
        ("loss: ¦E^x", "unknown name 'E'"),
        ("loss: ¦e*x", "unknown name 'e'", "known here: a, b, h, n, t, u, w, x, z",
         "e is read as the base of a power, e^z; the number is exp(1)"),
        ("loss: x + ¦sigma", "unknown name 'sigma'", "known here: a, b, h, n, t, u, w, x, z",
         "sigma(z) is the function sigmoid"),
        ("loss: √¦2", "expected '(' before '2'", "as in √(2), which is sqrt(2)"),
        ("loss: sum(w¦×h)", "'×' is a product of numbers, not of a 2x2 matrix and a vector of 2",
         "the matrix product is w@h, element by element it is w*h"),
        ("loss: 2·h¦·h", "'·' is a product of numbers, not of a vector of 2 and a vector of 2",
         "the dot product is 2·h@h, element by element it is 2·h*h"),
        ("functions: {f: 'a, b -> a¦·b'}\nloss: sum(f(w, h))",
         "'·' is a product of numbers, not of a 2x2 matrix and a vector of 2"),
        ("loss: ¦h0", "unknown name 'h0'"),
        ("loss: ¦h3", "unknown name 'h3'"),
        ("loss: ¦u1", "unknown name 'u1'"),
        ("loss: ¦x1", "unknown name 'x1'"),
        ("loss: ¦w1", "unknown name 'w1'"),
        ("loss: ¦w13", "unknown name 'w13'"),
        ("loss: x^¦²", "expected a number, a name or '(' before '²'"),
        ("loss: x¦⁻", "unexpected character '⁻'"),
        ("loss: x¦²³²³²", "an exponent beyond 1,000"),
        ("weights: {¦½: 1}\nloss: x", "'½' is not a name"),
    ],
    before=GIVENS,
)  # fmt: skip


@pytest.mark.parametrize("written", [form for spelling in spellings() for form in spelling.written])
def test_the_list_in_the_guide_is_true(written: str) -> None:
    assert worked(written)


@pytest.mark.parametrize("word", ["MSE", "BCE", "LeakyReLU", "leakyrelu", "log10", "lg", "std", "E", "T", "@", ""])
def test_what_differs_is_no_spelling(word: str) -> None:
    assert not function_read(word, FILE_ROWS)
    assert not constant_read(word)


def test_no_function_has_the_name_of_another_spelling() -> None:
    assert not any(FILE_ROWS.arities(word) for word in FUNCTIONS)
    assert all(FILE_ROWS.arities(name) for name in FUNCTIONS.values())
