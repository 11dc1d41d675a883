"""Values as people write them: what number each is, how much of it is there, and where one is none."""

from __future__ import annotations

import pytest

from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.numerals import DECIMALS, is_worked_out, items, written_number
from bptrace.numbers.exact import Rational, exact_text, rational
from tests.refusals import bounded

READ = [
    ("-2", "-2", 0, 1), ("- 2", "-2", 0, 1), ("−2", "-2", 0, 1), ("+3", "3", 0, 1), ("10", "10", 0, 2),
    ("0", "0", 0, 0), ("0.00", "0", 2, 0), (".5", "1/2", 1, 1), ("5.", "5", 0, 1),
    ("-0.125", "-1/8", 3, 3), ("0.50", "1/2", 2, 2), ("0.010", "1/100", 3, 2),
    ("1.2e3", "1200", -2, 2), ("1.20E-3", "3/2500", 5, 3), ("1.2*10^3", "1200", -2, 2), ("1.2×10⁻³", "3/2500", 4, 2),
    ("1.2 x 10^{-3}", "3/2500", 4, 2),
    ("-4/2", "-2", None, 0), ("2/3", "2/3", None, 0), ("½", "1/2", None, 0), ("-¾", "-3/4", None, 0),
    ("-2*1", "-2", None, 0), ("2·(2−3)", "-2", None, 0), ("(2-3)^2", "1", None, 0),
    ("2(2-3)(1)", "-2", None, 0), ("(2-3)²", "1", None, 0),
    ("0.5*0.741", "741/2000", 1, 1), ("0.741*(1-0.741)", "191919/1000000", 3, 3),
    ("-inf", "-inf", None, 0),
]  # fmt: skip
CLOSED = [("exp(1/2)", "1.64872127070013", 14), ("√(2)/2", "0.707106781186548", 15), ("π", "3.14159265358979", 14),
          ("1/(1+e^(-1))", "0.731058578630005", 15), ("sigmoid(1)", "0.731058578630005", 15), ("2^0.5", "1.4", 0),
          ("exp(1)-exp(1)", "0", 15), ("1/(1+exp(-0.3775))", "0.5933", 4)]  # fmt: skip
"""Formulas, what they come to, and to how many places that counts."""
ABOUT = [("≈0.741", "741/1000", 3), ("~ 0.5", "1/2", 1), ("approx. 2", "2", 0), ("0.333...", "333/1000", 3),
         ("≈ -1.5e-2", "-3/200", 3), ("≈0±1e-562", "0", None), ("≈ 0±1e-434294481903251827651", "0", None)]  # fmt: skip
REFUSED = [
    ("", 1, "a value is missing here"),
    ("-2 (rounded)", 4, "'(rounded)' is no part of a number"),
    ("2 units", 3, "'units' is no part of a number"),
    ("0.5%", 4, "'%' is no part of a number"),
    ("1,5", 2, "decimal comma? write 1.5"),
    ("1/0", 2, "division by zero"),
    ("1/(1-1)", 2, "division by zero"),
    ("exp(x)", 5, "'x)' is no part"),
    ("log(-1)", 1, "log of a negative"),
    ("exp(exp(exp(100)))", 1, "exp of a number beyond"),
    ("softmax(1)", 1, "the argument is a vector"),
    ("2 3", 3, "expected an operator"),
    ("2 1/2", 3, "expected an operator"),
    ("-3 1/2", 4, "a mixed number? write 7/2"),
    ("3½", 2, "a mixed number? write 7/2"),
    ("2(3", 2, "expected an operator"),
    ("1e99999", 1, "an exponent beyond"),
    ("9^9^9", 3, "an exponent beyond"),
    ("\N{ZERO WIDTH SPACE}2", 1, "U+200B"),
    ("2\N{RIGHT-TO-LEFT OVERRIDE}", 2, "U+202E"),
    ("(" * 200 + "1" + ")" * 200, 61, "nested more than"),
    ("1+" * 20_000 + "1", 1, "at most 25,000"),
]


def at(text: str) -> Mark:
    return Mark(Source("values", text), 0)


@pytest.mark.parametrize(("text", "value", "decimals", "digits"), READ)
def test_a_number_and_how_much_of_it_is_written(text: str, value: str, decimals: int | None, digits: int) -> None:
    found = written_number(text, at(text))
    assert (exact_text(found.value), found.decimals, found.digits, found.about) == (value, decimals, digits, False)


@pytest.mark.parametrize(("text", "value", "decimals"), ABOUT)
def test_a_number_that_is_about_right(text: str, value: str, decimals: int | None) -> None:
    found = written_number(text, at(text))
    assert (exact_text(found.value), found.decimals, found.about) == (value, decimals, True)


@pytest.mark.parametrize(("text", "value", "decimals"), CLOSED)
def test_a_formula_whose_value_is_no_fraction_is_worked_out(text: str, value: str, decimals: int) -> None:
    found = written_number(text, at(text))
    assert found.unit
    assert found.decimals == decimals
    assert abs(found.value - rational(value)) <= found.unit / 2


@pytest.mark.parametrize(("text", "column", "message"), REFUSED)
def test_no_number(text: str, column: int, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        written_number(text, at(text))
    assert caught.value.column == column
    assert message in str(caught.value)


def test_decimals_are_looked_for_once_in_a_long_whole_number() -> None:
    with bounded(3):
        assert DECIMALS.findall("9" * 200_000 + "+0.25") == [("0", "25")]


def test_a_unit_of_the_last_place() -> None:
    assert [str(written_number(text, at(text)).unit) for text in ("0.50", "3", "1.2e3", "1/2")] == [
        "1/100",
        "1",
        "100",
        "None",
    ]
    assert written_number("1e-9999", at("")).value == Rational(1) / Rational(10) ** 9999


@pytest.mark.parametrize(
    ("text", "plain"),
    [("-2", True), ("1e-3", True), ("-1/2", True), ("1.2*10^-3", True), ("≈ -0.5", True), ("-2*1", False),
     ("2-3", False), ("(1/2)*3", False)],
)  # fmt: skip
def test_a_formula_is_told_from_a_number(text: str, plain: bool) -> None:
    assert is_worked_out(text) == plain


ARRAYS = [
    ("[1, 2]", (2,), "1 2"), ("(1, 2)", (2,), "1 2"), ("[1 2]", (2,), "1 2"), ("[5]", (1,), "5"), ("[]", (0,), ""),
    ("[[1, 2], [3, 4]]", (2, 2), "1 2 3 4"), ("[1 2; 3 4]", (2, 2), "1 2 3 4"), ("[1; 2]", (2, 1), "1 2"),
    ("[[1, 2], [3, 4]].T", (2, 2), "1 3 2 4"), ("[[1, 2, 3]]ᵀ", (3, 1), "1 2 3"), ("[1, 2]^T", (2,), "1 2"),
    ("array([1., 2.])", (2,), "1. 2."), ("np.array([[1, 2]], dtype=float)", (1, 2), "1 2"),
    ("tensor([[1., 2.]], grad_fn=<MulBackward0>)", (1, 2), "1. 2."), ("[(1/2)*3, -2*1]", (2,), "(1/2)*3 -2*1"),
    ("[1, 2,]", (2,), "1 2"), ("[1, 2; 3, 4;]", (2, 2), "1 2 3 4"),
    ("[[1. 2.]\n [3. 4.]]", (2, 2), "1. 2. 3. 4."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "texts"), ARRAYS)
def test_the_elements_of_an_array(text: str, shape: tuple[int, ...], texts: str) -> None:
    found = items(text, at(text))
    assert found is not None
    assert (found.shape, " ".join(element for element, _ in found.texts)) == (shape, texts)
    assert all(text.startswith(element, place) for element, place in found.texts)


@pytest.mark.parametrize("text", ["-2", "(5)", "(1/2)*(3)", "[", "(-2)*1", "max(1, 2)", "2*[1]"])
def test_no_array(text: str) -> None:
    assert items(text, at(text)) is None


@pytest.mark.parametrize(("text", "column"), [("[[1, 2], [3]]", 11), ("[1, 2; 3]", 8), ("[[1], []]", 1)])
def test_rows_of_a_matrix_have_one_length(text: str, column: int) -> None:
    with pytest.raises(SpecError, match="rows of a matrix") as caught:
        items(text, at(text))
    assert (caught.value.line, caught.value.column) == (1, column)
