"""What a construct looks like in MathML: exact texts, one line a case; what is high, inline no higher than a line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given

from bptrace import Trace, loads
from bptrace.engine.symbols import Symbol
from bptrace.numbers.digits import INFINITE, Numeral
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS
from bptrace.typeset.markup import Mml, token
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.mathml import LinkedNames, MathMl
from bptrace.typeset.names import Names
from tests.conftest import NETWORKS, traced
from tests.readers.mathml import Elements
from tests.strategies import examples, networks, real_networks

HIGH, INLINE = MathMl(), MathMl(inline=True)
Made: TypeAlias = Callable[[MathMl], Mml]
A, B = token("mi", "a"), token("mi", "b")
TWO, HALF = Numeral("", "2"), Numeral("", "1", "2")
SUM = HIGH.joined([A, B], "+")
SUM_TEXT = "<mi>a</mi><mo>+</mo><mi>b</mi>"
OPEN, CLOSE = "<mi>(</mi>", "<mi>)</mi>"
SLASH = "<mi>/</mi>"


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        (Symbol("w"), "<mi>w</mi>"),
        (Symbol("lr"), "<mi>lr</mi>"),
        (Symbol("theta"), "<mi>θ</mi>"),
        (Symbol("größe"), "<mi>größe</mi>"),
        (Symbol("y", "hat"), '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (Symbol("w", below=("1", "2")), "<msub><mi>w</mi><mn>12</mn></msub>"),
        (Symbol("w", below=("12",)), "<msub><mi>w</mi><mn>12</mn></msub>"),
        (Symbol("w", below=("1", "12")), "<msub><mi>w</mi><mrow><mn>1</mn><mo>,</mo><mn>12</mn></mrow></msub>"),
        (Symbol("w", below=("1", "·")), "<msub><mi>w</mi><mrow><mn>1</mn><mo>·</mo></mrow></msub>"),
        (Symbol("E", below=("total",)), "<msub><mi>E</mi><mi>total</mi></msub>"),
        (Symbol("z", below=("g1",)), "<msub><mi>z</mi><msub><mi>g</mi><mn>1</mn></msub></msub>"),
        (
            Symbol("z", below=("vec", "1", "2")),
            "<msub><mi>z</mi><mrow><mi>vec</mi><mo>,</mo><mn>12</mn></mrow></msub>",
        ),
        (
            Symbol("W", below=("1", "2"), above="(1)"),
            "<msubsup><mi>W</mi><mn>12</mn><mrow><mo>(</mo><mn>1</mn><mo>)</mo></mrow></msubsup>",
        ),
        (Symbol("h", primes=1), "<msup><mi>h</mi><mo>′</mo></msup>"),
        (Symbol("h", below=("1",), primes=2), "<msup><msub><mi>h</mi><mn>1</mn></msub><mo>′′</mo></msup>"),
        (Symbol("W1", below=("2", "3"), verbatim=True), '<mi mathvariant="normal">W1[2,3]</mi>'),
    ],
)
def test_symbols(symbol: Symbol, text: str) -> None:
    assert HIGH.symbol(symbol).text == text


def test_a_word_stands_beside_what_is_below() -> None:
    assert HIGH.symbol(Symbol("w"), "new").text == "<msub><mi>w</mi><mtext>new</mtext></msub>"


@pytest.mark.parametrize(
    ("number", "high", "inline"),
    [
        (TWO, "<mn>2</mn>", "<mn>2</mn>"),
        (Numeral("-", "0.5"), "<mi>−</mi><mn>0.5</mn>", None),
        (HALF, '<mfrac displaystyle="false"><mn>1</mn><mn>2</mn></mfrac>', f"<mn>1</mn>{SLASH}<mn>2</mn>"),
        (Numeral("", "1.5", "", "9"), "<mn>1.5</mn><mo>×</mo><msup><mn>10</mn><mn>9</mn></msup>", None),
        (
            Numeral("", "1", "", "-9"),
            "<msup><mn>10</mn><mrow><mi>−</mi><mn>9</mn></mrow></msup>",
            None,
        ),
        (Numeral("", "0", "", "", "4"), "<mn>0</mn><mo>±</mo><msup><mn>10</mn><mn>4</mn></msup>", None),
        (INFINITE, "<mi>−</mi><mi>∞</mi>", None),
        (Numeral("", "1" * 30), f"<mn>{'1' * 12}</mn><mn>{'1' * 12}</mn><mn>{'1' * 6}</mn>", None),
    ],
)
def test_numbers(number: Numeral, high: str, inline: str | None) -> None:
    assert (HIGH.number(number).text, INLINE.number(number).text) == (high, inline or high)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda form: form.brackets(SUM), f"{OPEN}{SUM_TEXT}{CLOSE}"),
        (
            lambda form: form.brackets(form.fraction(A, B)),
            '<mrow><mo>(</mo><mfrac displaystyle="true"><mi>a</mi><mi>b</mi></mfrac><mo>)</mo></mrow>',
        ),
        (lambda form: form.power(A, form.number(TWO)), "<msup><mi>a</mi><mn>2</mn></msup>"),
        (
            lambda form: form.power(form.power(A, B), form.number(HALF)),
            f"<msup><mrow>{OPEN}<msup><mi>a</mi><mi>b</mi></msup>{CLOSE}</mrow>"
            f"<mrow><mn>1</mn>{SLASH}<mn>2</mn></mrow></msup>",
        ),
        (lambda form: form.power_of_e(A), '<msup><mi mathvariant="normal">e</mi><mi>a</mi></msup>'),
        (lambda form: form.root(SUM), f"<msqrt><mrow>{SUM_TEXT}</mrow></msqrt>"),
        (lambda form: form.size(A), '<mrow><mo form="prefix">|</mo><mi>a</mi><mo form="postfix">|</mo></mrow>'),
        (lambda form: form.transposed(A), "<msup><mi>a</mi><mo>⊤</mo></msup>"),
        (lambda form: form.part(A, B), "<msub><mi>a</mi><mi>b</mi></msub>"),
        (lambda form: form.total(A, "i"), "<munder><mo>∑</mo><mi>i</mi></munder><mi>a</mi>"),
        (lambda form: form.total(A, along="rows"), "<munder><mo>∑</mo><mtext>rows</mtext></munder><mi>a</mi>"),
        (
            lambda form: form.called(form.function("sigmoid"), [A, B]),
            f"<mi>σ</mi><mo>&#x2061;</mo>{OPEN}<mi>a</mi><mo>,</mo><mi>b</mi>{CLOSE}",
        ),
        (lambda form: form.derivative(form.function("tanh")), "<msup><mi>tanh</mi><mo>′</mo></msup>"),
        (
            lambda form: form.matrix([[A, B]]),
            "<mrow><mo>(</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable><mo>)</mo></mrow>",
        ),
        (
            lambda form: form.cases([(A, B)]),
            '<mrow><mo form="prefix">{</mo><mtable class="cases"><mtr><mtd><mi>a</mi></mtd>'
            "<mtd><mtext>if\N{NO-BREAK SPACE}</mtext><mi>b</mi></mtd></mtr></mtable></mrow>",
        ),
        (lambda form: form.sized(A, 2, 1), "<munder><mi>a</mi><mrow><mn>2</mn><mo>×</mo><mn>1</mn></mrow></munder>"),
        (lambda form: form.real_space("3"), "<msup><mi>ℝ</mi><mn>3</mn></msup>"),
        (
            lambda form: form.vanishing(A),
            '<munder><munder><mi>a</mi><mo stretchy="true">⏟</mo></munder><mrow><mo>=</mo><mn>0</mn></mrow></munder>',
        ),
        (lambda form: form.nabla(A), "<mi mathvariant='normal'>∇</mi><mi>a</mi>".replace("'", '"')),
        (lambda form: form.words("<b>"), "<mtext>&lt;b&gt;</mtext>"),
        (lambda form: form.letter("<"), "<mi>&lt;</mi>"),
    ],
)
def test_what_is_put_together(made: Made, text: str) -> None:
    assert made(HIGH).text == text


CHANGE = "<mi>∂</mi>"


@pytest.mark.parametrize(
    ("made", "high", "inline"),
    [
        (
            lambda form: form.partial(A, B),
            f'<mfrac displaystyle="true"><mrow>{CHANGE}<mi>a</mi></mrow><mrow>{CHANGE}<mi>b</mi></mrow></mfrac>',
            f"<mrow>{CHANGE}<mi>a</mi>{SLASH}{CHANGE}<mi>b</mi></mrow>",
        ),
        (
            lambda form: form.cases([(A, B), (B, A)]),
            None,
            "<mi>a</mi><mtext>\N{NO-BREAK SPACE}if\N{NO-BREAK SPACE}</mtext><mi>b</mi><mo>,</mo>"
            "<mi>b</mi><mtext>\N{NO-BREAK SPACE}if\N{NO-BREAK SPACE}</mtext><mi>a</mi>",
        ),
    ],
)
def test_in_running_text_nothing_is_higher_than_a_line(made: Made, high: str | None, inline: str) -> None:
    assert high is None or made(HIGH).text == high
    assert made(INLINE).text == inline


TRACE = loads(
    "weights: {w: [1, 2], a: 3}\nforward: {z: relu(w), s: z@w, t: a/(s+1), u: t^2}\nloss: exp(-u)*sqrt(a)"
).trace()
BY_QUANTITY = {row.quantity: row for row in TRACE.rows()}


TAGS = {"mfrac": "÷[", "msup": "^[", "msub": "_[", "msqrt": "√["}


def written(name: str, form: MathMl = HIGH) -> str:
    """The rule of a quantity, a sign for each element that is more than a row."""
    text = Mathematics(TRACE, Names(TRACE, form), WITH_NAMES).top(BY_QUANTITY[name].tree).text
    for tag, sign in TAGS.items():
        text = re.sub(f"<{tag}[^>]*>", sign, text).replace(f"</{tag}>", "]")
    return re.sub("<[^>]*>|&#x[0-9a-f]+;", "", text)


@pytest.mark.parametrize(
    ("name", "high", "inline"),
    [
        ("s", "_[z1]⋅_[w1]+_[z2]⋅_[w2]", None),
        ("t", "÷[as+1]", "a/(s+1)"),
        ("L", "^[e−u]⋅√[a]", None),
        ("dL/dt", "÷[∂L∂u]⋅2⋅t", "∂L/∂u⋅2⋅t"),
    ],
)
def test_rules_by_the_one_walker(name: str, high: str, inline: str | None) -> None:
    assert (written(name), written(name, INLINE)) == (high, inline or high)


def test_a_derivative_that_is_divided_by_is_bracketed_where_it_has_a_slash() -> None:
    trace = loads("weights: {w: 2}\nloss: w^2\nupdate: {rule: adam, lr: 1}").trace()
    rows = {row.quantity: row.tree for row in trace.rows()}
    squared = next(tree for name, tree in rows.items() if name.startswith("v"))
    shown = Mathematics(trace, Names(trace, INLINE), WITH_NAMES).top(squared).text
    derivative = f"<mrow>{CHANGE}<mi>L</mi>{SLASH}{CHANGE}<mi>w</mi></mrow>"
    assert f"<msup><mrow>{OPEN}{derivative}{CLOSE}</mrow><mn>2</mn></msup>" in shown


def test_linked_names_say_which_quantity_they_are() -> None:
    names = LinkedNames(TRACE, HIGH)
    assert names.element("w1").text == '<msub data-name="w1"><mi>w</mi><mn>1</mn></msub>'
    assert names.whole("w").text == '<mi data-name="w">w</mi>'
    assert names.element("dL/dw2").text.startswith('<mfrac data-name="dL/dw2" displaystyle="true">')
    walker = Mathematics(TRACE, names, WITH_NUMBERS)
    assert "data-name" not in walker.top(BY_QUANTITY["s"].tree).text


# what a reader makes of it


def check_rows(trace: Trace, form: MathMl) -> None:
    """Every row's rule and formula, read back, give its value."""
    for part in trace.samples or [trace]:
        reader, names = Elements(part), LinkedNames(part, form)
        formulas, rules = Mathematics(part, names), Mathematics(part, names, WITH_NUMBERS)
        for row in part.rows():
            for piece in (rules.rule(row.tree), formulas.top(row.tree)):
                assert reader.value(piece.math) == row.value, f"{row} {piece.math}"


@pytest.mark.parametrize("form", [HIGH, INLINE])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_rule_of_a_network_reads_back_to_its_value(path: Path, form: MathMl) -> None:
    trace = traced(path, inputs=True)
    if not trace.symbolic:
        check_rows(trace, form)


@given(networks())
@examples(10)
@pytest.mark.parametrize("form", [HIGH, INLINE])
def test_every_rule_reads_back_to_its_value(form: MathMl, text: str) -> None:
    check_rows(loads(text).trace(), form)


@given(real_networks())
@examples(10)
def test_every_rule_that_leaves_the_rationals_reads_back(text: str) -> None:
    check_rows(loads(text).trace(), HIGH)
