"""Sentences as parts: how they are put together, and how each part reads as plain text."""

from __future__ import annotations

import pytest

from bptrace import load, loads
from bptrace.engine.model import Definition
from bptrace.engine.sentence_parts import (
    LONGEST,
    Calculation,
    Figure,
    Formula,
    FunctionName,
    Multiplier,
    Named,
    Sentence,
    SentencePart,
    Valued,
    Words,
    distinct,
    names_listed,
    plain,
    sentence,
    separated,
)
from bptrace.numbers.enclosures import sqrt
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Cases, Expr, Leaf, Number, above, below, plus
from bptrace.ops.notation import Notation
from tests.conftest import NETWORKS, ROOT

EXACT, DECIMAL = Notation(decimal=False), Notation(decimal=True)
HALF, ROOT_OF_2 = Rational(1, 2), sqrt(Rational(2))
A, B = Leaf("a", HALF), Leaf("b", Rational(-3))


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (Words("at "), "at "),
        (Named("dL/dw11"), "dL/dw11"),
        (FunctionName("relu", "ReLU"), "relu"),
        (Figure(HALF), "1/2"),
        (Figure(HALF, apart=True), "1/2"),
        (Figure(ROOT_OF_2), "≈1.414213562"),
        (Figure(ROOT_OF_2, apart=True), "≈ 1.414213562"),
        (Valued("x1", HALF), "x1 = 1/2"),
        (Valued("x1", ROOT_OF_2), "x1 ≈ 1.414213562"),
        (Formula(A * B), "a*b"),
        (Formula(A * B, numbers=True), "(1/2)*(-3)"),
        (Formula(A, numbers=True), "a"),
        (Calculation(A * B, Rational(-3, 2)), "a*b: (1/2)*(-3) = -3/2"),
        (Calculation(A * B, Rational(-3, 2), named=False), "(1/2)*(-3) = -3/2"),
        (Calculation(A * B, Rational(-3, 2), quantity="c"), "c is a*b: (1/2)*(-3) = -3/2"),
        (Calculation(A, HALF, quantity="c"), "c is a = 1/2"),
        (Calculation(Number(HALF), HALF, quantity="c"), "c is 1/2"),
        (Calculation(A**2, ROOT_OF_2, named=False), "(1/2)^2 ≈ 1.414213562"),
        (Multiplier(plus([A, B]), Rational(-5, 2)), "(a+b) = -5/2"),
        (Multiplier(A**2, ROOT_OF_2), "a^2 ≈ 1.414213562"),
        (Multiplier(Number(HALF), HALF), "1/2"),
        (Multiplier(A, None), "a"),
        (Definition("z", A * B, "z = a*b"), "z = a*b"),
    ],
)
def test_a_part_as_plain_text(part: SentencePart, text: str) -> None:
    assert plain((part,), EXACT) == text


def test_numbers_are_written_as_the_notation_has_them() -> None:
    parts = sentence(Figure(HALF), " ", Formula(A * B, numbers=True))
    assert plain(parts, DECIMAL) == "0.5 0.5*(-3)"


def test_a_long_formula_is_cut_in_the_middle_if_it_is_to_be() -> None:
    long = Formula(plus([A] * 100))
    assert plain((long,), EXACT, None) == " + ".join(["a"] * 100)
    short = plain((long,), EXACT)
    assert len(short) <= LONGEST
    assert short.startswith("a + a + ")
    assert "…" in short


@pytest.mark.parametrize(
    ("made", "parts"),
    [
        (sentence("a", "", "b"), (Words("ab"),)),
        (sentence("a ", Named("w"), (Words(" b"), Words("c"))), (Words("a "), Named("w"), Words(" bc"))),
        (sentence(sentence()), ()),
        (separated([Named("a"), "b", sentence(Named("c"))], ", "), (Named("a"), Words(", b, "), Named("c"))),
        (separated([], ", "), ()),
        (names_listed(["a", "b"]), (Named("a"), Words(", "), Named("b"))),
    ],
)
def test_a_sentence_is_one_sequence_of_parts(made: Sentence, parts: Sentence) -> None:
    assert made == parts


def test_what_reads_alike_is_said_once() -> None:
    gates: list[Expr] = [Cases(A, [above(0, 1), below(0, 0)]) for _ in range(2)]
    assert len(distinct([sentence(Formula(gate), " holds") for gate in gates], EXACT)) == 1


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_heading_knows_its_quantities(path: str) -> None:
    trace = load(path).trace()
    for step in trace.steps:
        known = trace.of(step).program.quantities
        assert step.title == plain(step.heading)
        assert all(part.name in known for part in step.heading if isinstance(part, Named))
        assert all(part.key in known for part in step.heading if isinstance(part, Definition))


def test_words_of_a_heading_are_no_quantities() -> None:
    update = "update: {rule: adam}"
    trace = loads(f"weights: {{count: 1, a: 2}}\nforward: {{z: count*a}}\nloss: z^2\n{update}").trace()
    headings = {step.title: step.heading for step in trace.steps}
    assert headings["count of the updates"] == (Words("count of the updates"),)
    assert headings["first moments of count, a"] == (
        Words("first moments of "),
        Named("count"),
        Words(", "),
        Named("a"),
    )
    batch = load(ROOT / "networks" / "xor_batch.yaml").trace()
    assert batch.steps[0].heading[0] == Words("sample 1 of 4: ")
