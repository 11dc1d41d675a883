"""Texts over indices: the numbers that are put in, and where each character of the text then stands in the file."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import SpecError
from bptrace.errors import Mark, Source
from bptrace.spec.templates import Template, index_expression
from tests.strategies import examples


def filled(text: str, **indices: int) -> tuple[str, list[int]]:
    """A template with numbers in it, and the offsets in it that the characters come from."""
    written, at = Template(text, partial(Mark, Source("net.yaml", text)), tuple(indices)).filled(indices)
    return written, [at(offset).offset for offset in range(len(written) + 1)]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x{t}", "x2"),
        ("x{t-1} + x{t+1}", "x1 + x3"),
        ("x{ t - 1 }", "x1"),
        ("x{2*t-1}", "x3"),
        ("x{-1+t}", "x1"),
        ("x{t*t-t}", "x2"),
        ("x{3}", "x3"),
        ("x{--t}", "x2"),
        ("q[t]", "q[2]"),
        ("q[t-1]", "q[1]"),
        ("q[{t}]", "q[2]"),
        ("q[{t}-1]", "q[1]"),
        ("q[ t ]", "q[ 2 ]"),
        ("w[t,1]", "w[2,1]"),
        ("w[1, t]", "w[1, 2]"),
        ("w[t-1][2*t-2]", "w[1][2]"),
        ("{t}*x1", "2*x1"),
        ("{t-3}^2", "(-1)^2"),
        ("x1^{t}", "x1^2"),
        ("{t}", "2"),
        ("relu({t} - x{t})", "relu(2 - x2)"),
        ("dot(q, q)*{t}", "dot(q, q)*2"),
    ],
)
def test_numbers_are_put_in(text: str, result: str) -> None:
    assert filled(text, t=2)[0] == result


@pytest.mark.parametrize(
    ("text", "result", "places"),
    [
        ("x1", "x1", [0, 1, 2]),
        ("x{t}+y", "x12+y", [0, 1, 1, 4, 5, 6]),
        ("{t}", "12", [0, 0, 3]),
        ("q[ t ]", "q[ 12 ]", [0, 1, 2, 3, 3, 4, 5, 6]),
        ("a{t}_{t}", "a12_12", [0, 1, 1, 4, 5, 5, 8]),
    ],
)
def test_every_character_keeps_its_place(text: str, result: str, places: list[int]) -> None:
    assert filled(text, t=12) == (result, places)


def sums() -> st.SearchStrategy[str]:
    """Whole-number expressions of t and s, with signs wherever they may stand."""
    operands = st.sampled_from(["t", "s", "0", "2", "13", "-t", "+s", "--3", "- t"])
    return st.lists(st.tuples(operands, st.sampled_from(["+", "-", "*", " * ", " - "])), min_size=1, max_size=6).map(
        lambda parts: "".join(operand + sign for operand, sign in parts[:-1]) + parts[-1][0]
    )


@given(sums(), st.integers(0, 9), st.integers(0, 9))
@examples(100)
def test_an_expression_is_worth_what_python_says(text: str, t: int, s: int) -> None:
    expression = index_expression(text, partial(Mark, Source("net.yaml", text)), ("t", "s"))
    assert expression.value({"t": t, "s": s}) == eval(text, {"t": t, "s": s})


def test_a_number_beyond_a_billion_is_told_with_the_indices() -> None:
    with pytest.raises(SpecError) as refused:
        filled("x{t*t}", t=100_000)
    assert (refused.value.message, refused.value.hints) == ("a number beyond a billion", ("for t = 100000",))
