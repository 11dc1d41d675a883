"""What a construct looks like in LaTeX, in Unicode characters and in ASCII: exact texts, one line a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from bptrace.engine.symbols import Symbol
from bptrace.numbers.digits import Numeral
from bptrace.typeset.ascii import Ascii
from bptrace.typeset.latex import Latex
from bptrace.typeset.unicode import Unicode

LATEX, UNICODE, ASCII = Latex(), Unicode(), Ascii()
Made: TypeAlias = Callable[[Any], Any]
"""From a format to a piece of it."""


def sym(base: str, **fields: Any) -> Made:
    return lambda form: form.symbol(Symbol(base, **fields))


def num(text: str) -> Made:
    """A whole number or a fraction."""
    top, _, bottom = text.removeprefix("-").partition("/")
    return lambda form: form.number(Numeral("-" * text.startswith("-"), top, bottom))


def plus(*parts: Made) -> Made:
    return lambda form: form.joined([part(form) for part in parts], "+")


def closed(part: Made) -> Made:
    return lambda form: form.brackets(part(form))


@pytest.mark.parametrize(
    ("symbol", "latex", "text"),
    [
        (Symbol("w"), "w", "w"),
        (Symbol("y", "hat"), r"\hat{y}", "ŷ"),
        (Symbol("m", "hat"), r"\hat{m}", "m̂"),
        (Symbol("net", "hat"), r"\hat{\mathrm{net}}", "nethat"),
        (Symbol("w", below=("1", "2")), "w_{12}", "w₁₂"),
        (Symbol("w", below=("1", "12")), "w_{1,12}", "w[1,12]"),
        (Symbol("w", below=("12",)), "w_{12}", "w₁₂"),
        (Symbol("W", below=("1", "2"), above="(1)"), "W^{(1)}_{12}", "W⁽¹⁾₁₂"),
        (Symbol("h", primes=1), "h'", "h'"),
        (Symbol("h", below=("1",), primes=2), "h_{1}''", "h₁''"),
        (Symbol("h", below=("1",), above="(1)", primes=1), "{h^{(1)}_{1}}'", "h⁽¹⁾₁'"),
        (Symbol("theta"), r"\theta", "θ"),
        (Symbol("θ", below=("1",)), r"\theta_{1}", "θ₁"),
        (Symbol("Theta", below=("1",)), r"\Theta_{1}", "Θ₁"),
        (Symbol("Pi"), r"\Pi", "Π"),
        (Symbol("Λ"), r"\Lambda", "Λ"),
        (Symbol("Alpha"), r"\mathrm{Alpha}", "Alpha"),
        (Symbol("lr"), r"\mathrm{lr}", "lr"),
        (Symbol("E", below=("total",)), r"E_{\mathrm{total}}", "E_total"),
        (Symbol("z", below=("S", "1", "2")), "z_{S12}", "z_S₁₂"),
        (Symbol("z", below=("vec", "1", "2")), r"z_{\mathrm{vec},12}", "z_vec₁₂"),
        (Symbol("z", below=("vec", "1", "12")), r"z_{\mathrm{vec},1,12}", "z_vec[1,12]"),
        (Symbol("W", below=("j", "k")), "W_{jk}", "Wⱼₖ"),
        (Symbol("W", below=("i", "12")), "W_{i,12}", "Wᵢ₁₂"),
        (Symbol("w", below=("1", "·")), r"w_{1\cdot}", "w₁·"),
        (Symbol("z", below=("g1",)), "z_{g_{1}}", "z_g₁"),
        (Symbol("z", below=("i",)), "z_{i}", "zᵢ"),
        (Symbol("m", below=(Symbol("W", below=("1", "2"), above="(1)"),)), "m_{W^{(1)}_{12}}", "m_W⁽¹⁾₁₂"),
        (Symbol("漢"), r"\text{[U+6F22]}", "漢"),
        (Symbol("größe"), r"\text{gr\"{o}\ss{}e}", "größe"),
    ],
)
def test_symbols(symbol: Symbol, latex: str, text: str) -> None:
    assert (LATEX.symbol(symbol).text, UNICODE.symbol(symbol).text) == (latex, text)


@pytest.mark.parametrize(
    ("number", "latex", "text"),
    [
        (Numeral("", "2"), "2", "2"),
        (Numeral("", "none"), r"\text{none}", "none"),
        (Numeral("-", "0.25"), "-0.25", "-0.25"),
        (Numeral("", "1", "2"), r"\frac{1}{2}", "1/2"),
        (Numeral("-", "5", "4"), r"-\frac{5}{4}", "-5/4"),
        (Numeral("", "1", "", "-5"), "10^{-5}", "1e-5"),
        (Numeral("-", "1.5", "", "12"), r"-1.5 \times 10^{12}", "-1.5e12"),
        (Numeral("", "0", radius="-30"), r"0 \pm 10^{-30}", "0±1e-30"),
        (Numeral("", "1" * 25), r"\allowbreak ".join(["111"] * 8 + ["1"]), "1" * 25),
        (Numeral("", "1" * 60, "3"), r"\allowbreak ".join(["111"] * 20) + r"/\allowbreak 3", "1" * 60 + "/3"),
    ],
)
def test_numbers(number: Numeral, latex: str, text: str) -> None:
    assert (LATEX.number(number).text, UNICODE.number(number).text) == (latex, text)


@pytest.mark.parametrize(
    ("base", "exponent", "latex", "text", "plain"),
    [
        (sym("x"), num("2"), "x^{2}", "x²", "x^2"),
        (sym("x"), closed(num("-2")), "x^{(-2)}", "x⁻²", "x^-2"),
        (sym("x"), sym("n"), "x^{n}", "x^n", "x^n"),
        (sym("x"), num("1/2"), "x^{1/2}", "x^1/2", "x^1/2"),
        (sym("x"), num("-1/2"), "x^{-1/2}", "x^-1/2", "x^-1/2"),
        (sym("h", primes=1), num("2"), "(h')^{2}", "h'²", "h'^2"),
        (sym("W", above="(1)", below=("1",)), num("2"), "(W^{(1)}_{1})^{2}", "W⁽¹⁾₁²", "W^(1)_1^2"),
        (sym("w", below=("1",)), num("2"), "w_{1}^{2}", "w₁²", "w_1^2"),
        (closed(plus(sym("a"), sym("b"))), num("2"), "(a + b)^{2}", "(a + b)²", "(a + b)^2"),
        (sym("w", below=(Symbol("W", above="(1)"),)), num("2"), "w_{W^{(1)}}^{2}", "w_W⁽¹⁾²", "w_W^(1)^2"),
    ],
)
def test_powers(base: Made, exponent: Made, latex: str, text: str, plain: str) -> None:
    found = [form.power(base(form), exponent(form)).text for form in (LATEX, UNICODE, ASCII)]
    assert found == [latex, text, plain]


@pytest.mark.parametrize(
    ("symbol", "latex", "text"),
    [
        (Symbol("t"), r"t_{\text{new}}", "t_new"),
        (Symbol("w", below=("1", "1")), r"w_{11,\text{new}}", "w₁₁_new"),
        (Symbol("W", below=("1", "2"), above="(1)"), r"W^{(1)}_{12,\text{new}}", "W⁽¹⁾₁₂_new"),
        (
            Symbol("m", below=(Symbol("W", below=("1", "2"), above="(1)"),)),
            r"m_{W^{(1)}_{12},\text{new}}",
            "m_W⁽¹⁾₁₂_new",
        ),
        (Symbol("h", primes=1), r"h_{\text{new}}'", "h'_new"),
        (Symbol("W1", verbatim=True, below=("1",), above="(2)"), r"\mathrm{W1}[1]^{(2)}_{\text{new}}", "W1[1]⁽²⁾_new"),
    ],
)
def test_words_beside_a_symbol(symbol: Symbol, latex: str, text: str) -> None:
    assert (LATEX.symbol(symbol, "new").text, UNICODE.symbol(symbol, "new").text) == (latex, text)


def test_words_beside_a_derivative() -> None:
    forms: list[Any] = [LATEX, UNICODE]
    found = [form.noted(form.partial(form.letter("L"), form.letter("w")), "new").text for form in forms]
    assert found == [r"\left(\dfrac{\partial L}{\partial w}\right)^{\text{new}}", "∂L/∂w_new"]


LONG = plus(*[sym("x", below=("1", "1"))] * 12)
LONG_TEXT = " + ".join(["x_{11}"] * 12)


@pytest.mark.parametrize(
    ("inner", "latex"),
    [
        (plus(sym("a"), sym("b")), "(a + b)"),
        (LONG, f"({LONG_TEXT})"),
        (num("1/2"), r"\left(\frac{1}{2}\right)"),
        (plus(num("1/2"), LONG), rf"\Bigl(\frac{{1}}{{2}} + {LONG_TEXT}\Bigr)"),
    ],
)
def test_brackets_grow_or_let_lines_break(inner: Made, latex: str) -> None:
    assert LATEX.brackets(inner(LATEX)).text == latex
    assert UNICODE.brackets(inner(UNICODE)).text == f"({inner(UNICODE).text})"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([[num("1"), num("1/2")], [num("3"), num("4")]], r"\begin{pmatrix} 1 & \frac{1}{2} \\ 3 & 4 \end{pmatrix}"),
        (
            [[num("1")], [lambda form: form.fraction(form.letter("x"), form.letter("y"))]],
            r"\begin{pmatrix} 1 \\[2.2ex] \dfrac{x}{y} \end{pmatrix}",
        ),
        (
            [[sym("w", below=("1",))], [sym("w", below=("2",), above="(1)")]],
            r"\begin{pmatrix} w_{1} \\[0.8ex] w^{(1)}_{2} \end{pmatrix}",
        ),
        (
            [[num("1")], [lambda form: form.cases([(form.letter("x"), form.letter("c"))])]],
            r"\begin{pmatrix} 1 \\[3.5ex] \begin{cases} x & \text{if } c \end{cases} \end{pmatrix}",
        ),
    ],
)
def test_high_rows_are_apart(rows: list[list[Made]], text: str) -> None:
    found = LATEX.matrix([[cell(LATEX) for cell in row] for row in rows])
    assert found.text == text
    assert found.sizes == ((len(rows), len(rows[0])),)


def test_a_wide_matrix_stands_in_strips() -> None:
    form = Latex(strip=2)
    assert form.matrix([[form.letter(letter) for letter in "abc"]] * 2).text == (
        r"\left(\begin{array}{l} \begin{matrix}  a & b  & \cdots \\  a & b  & \cdots \end{matrix} \\[2ex] "
        r"\begin{matrix}  c  \\  c  \end{matrix} \end{array}\right)"
    )


@pytest.mark.parametrize(
    ("name", "latex", "text"),
    [
        ("f", "f", "f"),
        ("max", r"\max", "max"),
        ("ReLU", r"\operatorname{ReLU}", "ReLU"),
        ("sigmoid", r"\sigma", "sigmoid"),
        ("phi", r"\phi", "φ"),
        ("φ", r"\phi", "φ"),
        ("Phi", r"\Phi", "Φ"),
        ("pi", r"\pi", "π"),
        ("my_f", r"\operatorname{my\_f}", "my_f"),
        ("max_pool to x", r"\operatorname{max\_pool\ to\ x}", "max_pool to x"),
    ],
)
def test_functions(name: str, latex: str, text: str) -> None:
    assert (LATEX.function(name).text, UNICODE.function(name).text) == (latex, text)


@pytest.mark.parametrize(
    ("made", "latex", "text", "plain"),
    [
        (lambda f: f.partial(f.letter("L"), f.letter("w")), r"\dfrac{\partial L}{\partial w}", "∂L/∂w", "dL/dw"),
        (lambda f: f.derivative(f.letter("f")), "f'", "f'", "f'"),
        (lambda f: f.root(f.letter("x")), r"\sqrt{x}", "√(x)", "sqrt(x)"),
        (lambda f: f.size(f.letter("x")), r"\lvert x \rvert", "|x|", "|x|"),
        (lambda f: f.transposed(f.letter("A")), r"A^{\top}", "Aᵀ", "A^T"),
        (lambda f: f.total(f.letter("x")), r"\sum x", "∑ x", "sum x"),
        (lambda f: f.total(f.letter("x"), "i"), r"\sum_{i} x", "∑ᵢ x", "sum_i x"),
        (lambda f: f.total(f.letter("x"), along="rows"), r"\sum_{\text{rows}} x", "∑_rows x", "sum_rows x"),
        (lambda f: f.called(f.letter("f"), [f.letter("x"), f.letter("y")]), "f(x, y)", "f(x, y)", "f(x, y)"),
        (
            lambda f: f.cases(
                [(num("1")(f), f.joined([f.letter("z"), num("0")(f)], ">")), (num("0")(f), num("-1")(f))]
            ),
            r"\begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{if } \mathopen{}-1 \end{cases}",
            "1 if z > 0, 0 if -1",
            "1 if z > 0, 0 if -1",
        ),
        (
            lambda f: f.matrix([[num("1")(f), num("2")(f)], [num("3")(f), num("4")(f)]]),
            r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
            "[1 2; 3 4]",
            "[1 2; 3 4]",
        ),
        (lambda f: f.sized(f.letter("W"), 2, 1), r"\underset{\,2 \times 1\,}{W}", "W{2×1}", "W{2x1}"),
        (lambda f: f.words("a & b"), r"\text{a \& b}", "a & b", "a & b"),
        (lambda f: f.part(f.letter("a"), num("2")(f)), "{a}_{2}", "a[2]", "a[2]"),
        (lambda f: f.joined([f.letter("a"), f.letter("b")], "each"), r"a \odot b", "a ⊙ b", "a (*) b"),
    ],
)
def test_constructs(made: Made, latex: str, text: str, plain: str) -> None:
    assert [made(form).text for form in (LATEX, UNICODE, ASCII)] == [latex, text, plain]


def test_a_sum_is_put_in_lines_between_its_outermost_terms() -> None:
    form = Latex()
    a, b, c = (form.letter(letter) for letter in "abc")
    whole = form.joined([form.joined([a, form.brackets(form.joined([a, b], "+"))], "+"), c], "-")
    assert [line.text for line in form.in_lines(whole, whole.width)] == ["a + (a + b) - c"]
    assert [line.text for line in form.in_lines(whole, whole.width - 1)] == ["a + (a + b)", " - c"]
    assert [line.text for line in form.in_lines(whole, whole.width * 0.7)] == ["a", " + (a + b)", " - c"]
    assert [line.text for line in form.in_lines(whole, whole.width / 9)] == ["a + (a + b) - c"]
    assert form.boxed(whole).text == r"\boxed{a + (a + b) - c}"


def test_a_chain_of_equals_is_put_in_lines_before_its_signs_then_between_the_terms_of_a_form() -> None:
    form = Latex()
    a, b = form.letter("a"), form.letter("b")
    chain = form.equated(a, [(" = ", form.joined([a, b, a, b], "+")), (" ≈ ", b)])

    def lines(room: float) -> list[str]:
        return [line.text for line in form.in_lines(chain, room)]

    assert lines(chain.width) == [r"a = a + b + a + b \approx b"]
    assert lines(chain.width - 1) == ["a = a + b + a + b", r" \approx b"]
    assert lines(40.0) == ["a", " = a + b", " + a", r" + b \approx b"]
    assert lines(20.0) == ["a", " = a + b + a + b", r" \approx b"]
