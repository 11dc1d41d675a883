"""Sentences in LaTeX: words stay words, whatever a quantity is called; the rest is mathematics throughout."""

from __future__ import annotations

import re

import pytest

from bptrace import load, loads
from bptrace.engine.sentence_parts import (
    Calculation,
    Figure,
    Formula,
    FunctionName,
    Named,
    Sentence,
    Valued,
    sentence,
)
from bptrace.explain.sentences import row_sentence, step_words
from bptrace.numbers.enclosures import ZERO, sqrt
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Leaf, Number, plus, times
from bptrace.views.sentences import LatexSentences
from tests.conftest import NETWORKS, ROOT

TRACE = loads(
    "weights: {w: [1, 2], a: 3, times: 4, at: 5}\nforward: {z: relu(w), t: a*times*at}\nloss: sum(z)*t"
).trace()
REGISTER = TRACE.register
A, W1 = REGISTER["a"][()], REGISTER["w"][(0,)]
HALF, ROOT_OF_2 = Rational(1, 2), sqrt(Rational(2))
LONG = 10**40


@pytest.mark.parametrize(
    ("parts", "latex"),
    [
        (sentence("times ", Named("times"), " & at"), r"times $\mathrm{times}$ \& at"),
        (sentence("L_1 ^ 2"), r"L\_1 \textasciicircum{} 2"),
        (sentence(Named("z1"), ", ", Named("z")), "$z_{1}$, $z$"),
        (sentence(Named("ReLU'(w2)")), r"$\operatorname{ReLU}'(w_{2})$"),
        (sentence(Named("dL/dz1")), r"$\tfrac{\partial L}{\partial z_{1}}$"),
        (sentence(FunctionName("relu", "ReLU"), " takes"), r"$\operatorname{ReLU}$ takes"),
        (sentence(FunctionName("ReLU'", "ReLU'", ZERO), " is"), r"$\operatorname{ReLU}'(0)$ is"),
        (sentence(Figure(HALF)), "$1/2$"),
        (sentence(Figure(ROOT_OF_2)), r"$\approx 1.414213562$"),
        (sentence(Figure(Rational(LONG))), r"$\text{10000000\dots{}00000000 (41 digits)}$"),
        (sentence(Valued("w1", HALF)), "$w_{1} = 1/2$"),
        (sentence(Valued("w1", ROOT_OF_2)), r"$w_{1} \approx 1.414213562$"),
        (sentence(Formula(A * W1**2)), r"$a \cdot w_{1}^{2}$"),
        (sentence(Formula(A * W1, numbers=True)), r"$3 \cdot 1$"),
        (sentence(Formula(A / W1)), r"$a/\allowbreak w_{1}$"),
        (sentence(Calculation(A * W1, Rational(3), quantity="t")), r"$t = a \cdot w_{1} = 3 \cdot 1 = 3$"),
        (sentence(Calculation(A * W1, Rational(3), named=False)), r"$3 \cdot 1 = 3$"),
        (sentence(Calculation(A, Rational(3), quantity="t")), "$t = a = 3$"),
        (sentence(Calculation(Number(HALF), HALF, quantity="t")), "$t = 1/2$"),
        (sentence(Calculation(A**2, ROOT_OF_2)), r"$a^{2} = 3^{2} \approx 1.414213562$"),
    ],
)
def test_parts_are_typeset(parts: Sentence, latex: str) -> None:
    assert LatexSentences(TRACE).write(parts) == latex


@pytest.mark.parametrize(
    ("loss", "convention"),
    [
        ("relu(p)", r"$\operatorname{ReLU}'(0)$ is taken as $0$"),
        ("leaky_relu(p, 1/2)", r"$\operatorname{LeakyReLU}'(0)$ is taken as the slope below $0$"),
        ("elu(p, 2)", r"$\operatorname{ELU}'(0)$ is taken as the slope below $0$"),
        ("selu(p)", r"$\operatorname{SELU}'(0)$ is taken as the slope below $0$"),
        ("hardtanh(p - 1)", r"$\operatorname{hardtanh}'$ is taken as $0$ at $-1$ and $1$"),
        ("hardsigmoid(p - 3)", r"$\operatorname{hardsigmoid}'$ is taken as $0$ at $-3$ and $3$"),
        ("abs(p)", r"$\operatorname{abs}$ has no slope at $0$; $0$ is taken"),
        ("max(p, 0)", "equal ones share the gradient alike"),
    ],
)
def test_what_is_taken_at_a_kink_is_typeset(loss: str, convention: str) -> None:
    trace = loads(f"weights: {{p: 0}}\nloss: {loss}").trace()
    (told,) = [note for row in trace.rows() for note in row.note_sentences]
    assert LatexSentences(trace).write(told).partition(": ")[2] == convention


def test_a_case_is_no_side_of_an_equation() -> None:
    trace = loads("weights: {p: 1}\nforward: {z: 3*p}\nloss: huber(p, z)").trace()
    (told,) = step_words(trace, trace.steps[1]).instances
    written = LatexSentences(trace).write(told)
    assert written.startswith(r"The loss $L$ is $(1/2) \cdot (p - z)^{2} \allowbreak \text{ if } ")
    assert written.endswith(r"$: $1 - 3 = -2 < -1$, so $L$ is $\lvert 1 - 3 \rvert - 1/2 = 3/2$.")


@pytest.mark.parametrize(
    ("loss", "equation"),
    [
        ("2*huber(p, 1)", r") = 2 \cdot (\lvert 5/2 - 1 \rvert - 1/2) = 2$."),
        (
            "huber(p, 1) + huber(p, 2)",
            r"$L = \lvert p - 1 \rvert - 1/2 + (1/2) \cdot (p - 2)^{2}"
            r" = \lvert 5/2 - 1 \rvert - 1/2 + (1/2) \cdot (5/2 - 2)^{2} = 9/8$.",
        ),
    ],
)
def test_cases_within_an_equation_are_those_that_hold(loss: str, equation: str) -> None:
    trace = loads(f"weights: {{p: 5/2}}\nloss: {loss}").trace()
    (told,) = step_words(trace, trace.steps[0]).instances
    assert LatexSentences(trace).write(told).endswith(equation)


def test_what_a_calculation_is_of_leads_its_equation() -> None:
    trace = loads("weights: {p: 1/2}\nforward: {h: tanh(p)}\nloss: h^2").trace()
    written = [LatexSentences(trace).write(row_sentence(trace, place)) for place, _ in enumerate(trace.rows())]
    assert r"$\tanh$ takes $p = 1/2$ to $h = \tanh(1/2) \approx 0.4621171573$." in written
    slope = r"The slope of $\tanh$ at $p = 1/2$ is $\tanh'(p) = 1 - 0.4621171573^{2} \approx 0.7864477330$."
    assert slope in written


@pytest.mark.parametrize(("factors", "left_out"), [(1, 91), (6, 94), (9, 97)])
def test_of_a_long_sum_the_terms_are_shown_that_have_room(factors: int, left_out: int) -> None:
    written = LatexSentences(TRACE).write(sentence(Formula(plus([times([A] * factors)] * 100))))
    assert rf" + \text{{\dots{{}} {left_out} more \dots{{}}}} + " in written
    assert written.count(" + ") == 100 - left_out


def test_what_is_too_long_even_with_few_terms_is_left_to_the_table() -> None:
    huge = Leaf("a", Rational(LONG**4))
    written = LatexSentences(TRACE).write(sentence(Calculation(huge * 2, Rational(2 * LONG**4), quantity="t")))
    assert written == r"$t = a \cdot 2 = \text{20000000\dots{}00000000 (161 digits)}$"


def test_a_heading_is_typeset_as_tables_are() -> None:
    headings = LatexSentences(TRACE, inline=False)
    assert headings.write(TRACE.steps[0].heading) == (
        r"$z = \operatorname{ReLU}(w)$; $t = a \cdot \mathrm{times} \cdot \mathrm{at}$"
    )


def test_a_weight_that_is_called_as_a_word_leaves_the_word_alone() -> None:
    text = "weights: {count: 1, a: 2}\nforward: {z: count*a}\nloss: z^2\nupdate: {rule: adam}"
    written = [LatexSentences(trace).write(step.heading) for trace in [loads(text).trace()] for step in trace.steps]
    assert "count of the updates" in written
    assert r"first moments of $\mathrm{count}$, $a$" in written


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_formulas_are_mathematics_throughout(path: str) -> None:
    trace = load(path).trace().shortened(9)
    for step in trace.steps:
        for told in step_words(trace, step).sentences:
            words = re.sub(r"\$[^$]*\$", "", LatexSentences(trace.of(step)).write(told))
            assert not re.search(r"[*^=/]|\\textasciicircum|\\dfrac", words)


def test_the_loss_of_the_first_network() -> None:
    trace = load(ROOT / "networks" / "relu_2_2_1.yaml").trace()
    (told,) = step_words(trace, trace.steps[3]).instances
    assert LatexSentences(trace).write(told) == r"The loss $L = (\hat{y} - y)^{2} = (2 - 3)^{2} = 1$."
