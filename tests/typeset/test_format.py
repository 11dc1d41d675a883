"""What a construct looks like in LaTeX and in Unicode characters: exact texts, one line a case."""

from __future__ import annotations

import pytest

from bptrace.engine.symbols import Symbol
from bptrace.numbers.digits import Numeral
from bptrace.typeset.latex import Latex
from bptrace.typeset.unicode import Unicode

LATEX, UNICODE = Latex(), Unicode()


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
    assert (LATEX.symbol(symbol), UNICODE.symbol(symbol)) == (latex, text)


@pytest.mark.parametrize(
    ("number", "latex", "text"),
    [
        (Numeral("", "2"), "2", "2"),
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
    assert (LATEX.number(number), UNICODE.number(number)) == (latex, text)


@pytest.mark.parametrize(
    ("base", "exponent", "latex", "text"),
    [
        ("x", "2", "x^{2}", "x²"),
        ("x", "(-2)", "x^{(-2)}", "x⁻²"),
        ("x", "n", "x^{n}", "x^n"),
        ("x", r"\frac{1}{2}", "x^{1/2}", r"x^\frac{1}{2}"),
        ("h'", "2", "(h')^{2}", "h'²"),
        ("W^{(1)}_{12}", "2", "(W^{(1)}_{12})^{2}", "W^{(1)}_{12}²"),
        ("(a - b)", "2", "(a - b)^{2}", "(a - b)²"),
        (r"w_{W^{(1)}}", "2", r"w_{W^{(1)}}^{2}", r"w_{W^{(1)}}²"),
    ],
)
def test_powers(base: str, exponent: str, latex: str, text: str) -> None:
    assert (LATEX.power(base, exponent), UNICODE.power(base, exponent)) == (latex, text)


@pytest.mark.parametrize(
    ("symbol", "latex"),
    [
        ("t", r"t^{\text{new}}"),
        ("w_{11}", r"w_{11}^{\text{new}}"),
        ("W^{(1)}_{12}", r"W^{(1)\,\text{new}}_{12}"),
        ("m_{W^{(1)}_{12}}", r"m_{W^{(1)}_{12}}^{\text{new}}"),
        ("h'", r"{h'}^{\text{new}}"),
        (r"\dfrac{\partial L}{\partial w}", r"\left(\dfrac{\partial L}{\partial w}\right)^{\text{new}}"),
    ],
)
def test_words_beside_a_symbol(symbol: str, latex: str) -> None:
    assert LATEX.noted(symbol, "new") == latex


LONG = " + ".join(["x_{11}"] * 12)


@pytest.mark.parametrize(
    ("inner", "latex"),
    [
        ("a + b", "(a + b)"),
        (LONG, f"({LONG})"),
        (r"\frac{1}{2}", r"\left(\frac{1}{2}\right)"),
        (rf"\frac{{1}}{{2}} + {LONG}", rf"\bigl(\frac{{1}}{{2}} + {LONG}\bigr)"),
    ],
)
def test_brackets_grow_or_let_lines_break(inner: str, latex: str) -> None:
    assert (LATEX.brackets(inner), UNICODE.brackets(inner)) == (latex, f"({inner})")


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
    assert (LATEX.function(name), UNICODE.function(name)) == (latex, text)


def test_constructs() -> None:
    for glyphs, texts in (
        (
            LATEX,
            [
                r"\dfrac{\partial L}{\partial w}",
                "f'",
                r"\sqrt{x}",
                r"\lvert x \rvert",
                r"A^{\top}",
                r"\sum x",
                r"\sum_{i} x",
                "f(x, y)",
                r"\begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{if } \mathopen{}-1 < z \end{cases}",
                r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
                r"\text{a \& b}",
                "{a}_{2}",
            ],
        ),
        (
            UNICODE,
            [
                *("∂L/∂w", "f'", "√(x)", "|x|", "Aᵀ", "∑ x", "∑ᵢ x", "f(x, y)"),
                *("1 if z > 0, 0 if -1 < z", "\U000f0000", "a & b", "a[2]"),
            ],
        ),
    ):
        assert [
            glyphs.partial("L", "w"),
            glyphs.derivative("f"),
            glyphs.root("x"),
            glyphs.size("x"),
            glyphs.transposed("A"),
            glyphs.total("", "x"),
            glyphs.total("i", "x"),
            glyphs.called("f", ["x", "y"]),
            glyphs.cases([("1", "z > 0"), ("0", "-1 < z")]),
            glyphs.matrix([["1", "2"], ["3", "4"]]),
            glyphs.words("a & b"),
            glyphs.part("a", "2"),
        ] == texts
