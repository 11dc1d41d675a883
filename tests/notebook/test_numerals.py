"""Numbers and arrays as a notebook shows them: exact texts, the middle of large ones left out."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import cast

import pytest

from bptrace import Array, loads
from bptrace.notebook.numerals import array_shown, matrix_piece, number_piece, number_shown
from bptrace.notebook.tex_media import MarkdownMedium
from bptrace.notebook.workings import without_middle
from bptrace.numbers.public import PublicNumber

MEDIUM = MarkdownMedium()
ABOUT = r"$$\approx "
ROOT_OF_2 = loads("weights: {w: 2}\nloss: sqrt(w)").trace()["L"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(-3, 4), "$$-3/4$$"),
        (Fraction(2), "$$2$$"),
        (ROOT_OF_2, r"$$\approx 1.414213562$$"),
        (-math.inf, r"$$-\infty$$"),
        (Fraction(10**40), r"$$\text{10000000\dots{}00000000 (41 digits)}$$"),
    ],
)
def test_numbers(value: PublicNumber, text: str) -> None:
    assert number_shown(MEDIUM, value) == text


def matrix(*rows: str) -> str:
    inner = r" \\ ".join(rows)
    return rf"$$\begin{{pmatrix}} {inner} \end{{pmatrix}}$$"


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("weights: {w: [1, -1/2]}\nloss: w@w", "w", matrix("1", "-1/2")),
        ("weights: {w: [[1, 2], [3, 4]]}\nloss: sum(w)", "w", matrix("1 & 2", "3 & 4")),
        (
            "weights: {w: [2, 4]}\nforward: {h: exp(w)}\nloss: sum(h)",
            "h",
            ABOUT + matrix("7.389056099", "54.59815003")[2:],
        ),
        ("weights: {w: [4, 0]}\nforward: {h: sqrt(w)}\nloss: sum(h)", "dL/dw", matrix("1/4", r"\text{none}")),
    ],
)
def test_arrays(text: str, name: str, shown: str) -> None:
    assert array_shown(MEDIUM, cast(Array, loads(text).trace(partial=True)[name])) == shown


def test_of_a_large_array_the_middle_rows_and_columns_are_left_out() -> None:
    form = MEDIUM.form
    places = [without_middle(range(length), 3, 1) for length in (6, 5)]
    piece = matrix_piece(form, places, lambda row, column: number_piece(form, Fraction(10 * row + column)))
    dots = r"\text{\dots{}}"
    rows = [f"0 & 1 & {dots} & 4", f"10 & 11 & {dots} & 14", " & ".join([dots] * 4), f"50 & 51 & {dots} & 54"]
    assert f"$${piece.text}$$" == matrix(*rows)


def test_a_transposed_array() -> None:
    trace = loads("weights: {w: [[1, 2]]}\nloss: sum(w)").trace()
    turned = cast(Array, trace["w"]).T
    assert array_shown(MEDIUM, turned) == matrix("1", "2")
