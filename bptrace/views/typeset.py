r"""Lines of the matrix form as LaTeX: `left &= formula = matrices = result`, broken at a sign where it is long."""

from __future__ import annotations

import re
from collections.abc import Callable

from bptrace.matrixform import ABOUT, EQUAL, Line

SIGNS = {EQUAL: "=", ABOUT: r"\approx"}
LONGEST = 60
"""How many characters, roughly, stand in one row."""
MATRIX = re.compile(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}")
UNSEEN = re.compile(
    r"\\(?:begin|end)\{\w+\}|\\(?:d?frac|left|right|operatorname|mathrm|text|underset|partial|allowbreak)\b|\\!|[{}_^&\\ ]"
)


def rows(line: Line, fit: Callable[[str], str] = lambda text: text) -> list[str]:
    r"""A line in rows that are aligned at an `&`. `fit` wraps what may be too large for a page."""
    if not line.parts:
        return [line.left]
    own = [(f"{SIGNS[part.sign]} {fit(part.text)}", length(part.text) + 3) for part in line.parts]
    (first, taken), *rest = own
    found, start = [f"{line.left} &{first}"], length(line.left)
    taken += start
    for text, width in rest:
        if taken + width <= LONGEST:
            found[-1] += f" {text}"
            taken += width
        else:
            found.append(f"&{text}")
            taken = start + width
    return found


def length(text: str) -> int:
    """How many characters wide a formula is, roughly: a matrix is as wide as its longest row."""
    return len(UNSEEN.sub("", MATRIX.sub(_longest_row, text)))


def _longest_row(matrix: re.Match[str]) -> str:
    return "()" + max((UNSEEN.sub("", row) + "xx" * row.count("&") for row in matrix[1].split(r"\\")), key=len)


def dimensions(text: str) -> list[tuple[int, int]]:
    """Rows and columns of each matrix in a text."""
    found = [matrix[1].split(r"\\") for matrix in MATRIX.finditer(text)]
    return [(len(parts), parts[0].count("&") + 1) for parts in found]
