"""Worksheets as Markdown: the exact text of a small one, what `check` reads in it, what KaTeX makes of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bptrace import loads
from bptrace.errors import Source
from bptrace.marking.marker import Marker
from bptrace.marking.verdicts import RIGHT
from bptrace.marking.working import Working
from bptrace.marking.worksheets import VALUES, Worksheet
from bptrace.views.worksheet_markdown import write_markdown_worksheets
from tests.conftest import NETWORKS, traced
from tests.rendering import formulas_in_markdown, refused_by_katex

SMALL = r"""# A \& B

Name:

1. Work out the forward pass down to the loss $L$.
2. Go back through the network to the gradient $\tfrac{\partial L}{\partial w}$.

Write the value of each row beside its rule. Every value is exact: none needs to be rounded.

## Givens

$$
w = -3 \qquad\text{(weights)}
$$

$$
y = \frac{1}{2} \qquad\text{(target)}
$$

## Equations

$$
\begin{aligned}
L &= (w - y)^{2}
\end{aligned}
$$

## Register

| quantity | rule | value |
| --- | --- | ---: |
| `L` | `(w-y)^2` |  |
| `dL/dw` | `2*(w-y)` |  |
"""
KEY = r"""
| quantity | rule | value |
| --- | --- | ---: |
| `L` | `(-3-1/2)^2` | `49/4` |
| `dL/dw` | `2*(-3-1/2)` | `-7` |
"""


def text(sheet: Worksheet, key: bool = True) -> str:
    out = io.StringIO()
    write_markdown_worksheets([sheet], out, key=key)
    return out.getvalue()


def test_a_small_worksheet_and_its_key() -> None:
    sheet = Worksheet(loads("title: A & B\nweights: {w: -3}\ntarget: {y: 1/2}\nloss: (w - y)^2").trace(), VALUES)
    found = text(sheet)
    first, second = found.split("\n---\n\n# Key: A \\& B\n")
    assert first == SMALL
    assert second.endswith(KEY)
    assert text(sheet, key=False) == SMALL


@pytest.mark.parametrize("name", ["relu_2_2_1", "xor_batch"])
def test_check_reads_what_is_filled_in_and_nothing_else(name: str) -> None:
    trace = traced(next(path for path in NETWORKS if path.stem == name))
    rows = Marker(Working(trace), name).report(Source("a.md", text(Worksheet(trace)))).marked.rows
    assert [row.verdict for row in rows] == [RIGHT] * trace.count


def test_katex_renders_the_mathematics_of_every_network() -> None:
    def formulas(path: Path) -> set[str]:
        return formulas_in_markdown(text(Worksheet(traced(path)), key=False))

    assert refused_by_katex(set().union(*map(formulas, NETWORKS))) == []
