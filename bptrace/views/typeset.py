r"""Lines of the matrix form as LaTeX: `left &= formula = matrices = result`, broken at a sign where it is long."""

from __future__ import annotations

import re
from collections.abc import Callable

from bptrace.numbers.digits import ABOUT, EQUAL
from bptrace.typeset.latex_widths import NEXT_ROW, extent
from bptrace.typeset.matrix_form import Line

SIGNS = {EQUAL: "=", ABOUT: r"\approx"}
WIDEST = 299.0
"""How wide a row may be, in points of a text of 10 points."""
SIGN = 14.0
MATRIX = re.compile(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}")
CASES = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}")
"""They have rows of their own, in an element of a matrix too."""
BELOW = re.compile(r"\\underset\{[^{}]*\}")


def rows(line: Line, left: float = 0.0, fit: Callable[[str], str] = lambda text: text) -> list[str]:
    r"""A line in rows that are aligned at an `&`. `left`: how wide the left sides are that it is aligned with.

    `fit` wraps what may be too large for a page.
    """
    start = max(left, length(line.left))
    found, taken = [line.left], start
    for number, part in enumerate(line.parts):
        text, width = f"{SIGNS[part.sign]} {fit(part.text)}", SIGN + length(part.text)
        if number and taken + width > WIDEST:
            found.append("")
            taken = start
        found[-1] += f" {text}" if "&" in MATRIX.sub("", found[-1]) else f" &{text}"
        taken += width
    return [row.lstrip() for row in found]


def length(text: str) -> float:
    """How wide a formula is, near enough: a matrix is as wide as its columns' widest cells."""
    return extent(BELOW.sub("", text)).whole


def dimensions(text: str) -> list[tuple[int, int]]:
    """Rows and columns of each matrix in a text."""
    found = [NEXT_ROW.split(matrix[1]) for matrix in MATRIX.finditer(CASES.sub("", text))]
    return [(len(parts), parts[0].count("&") + 1) for parts in found]
