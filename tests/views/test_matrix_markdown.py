"""The matrix form as Markdown: a display for every line, that KaTeX renders."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.views import matrix_markdown
from tests.conftest import EVERY_NETWORK, NETWORKS, traced
from tests.rendering import formulas_in_markdown, refused_by_katex


def written(text: str, shapes: bool = False) -> str:
    out = io.StringIO()
    matrix_markdown.write_matrix_markdown(loads(text).trace(), out, shapes)
    return out.getvalue()


def test_a_heading_a_phase_and_a_display_a_line() -> None:
    lines = written("title: A *b*\nweights: {w: [[1, 2]]}\nloss: sum(w)").splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# A \\*b\\*",
        "## Initialization",
        "## Forward pass",
        "## Backpropagation",
    ]
    assert lines.count("$$") == 2 * 3
    assert r"w = \begin{pmatrix} 1 & 2 \end{pmatrix}" in lines


def test_shapes_stand_with_the_names() -> None:
    text = "weights: {w: [[1, 2]]}\nloss: sum(w)"
    assert r"1 \times 2" in written(text, shapes=True)
    assert r"\times" not in written(text)


def test_a_tie_is_said_below_its_line() -> None:
    told = r"$\omega$ is exactly $0$: $\operatorname{ReLU}'(0)$ is taken as $0$"
    assert told in written("weights: {w: 0}\nloss: relu(w)\nnames: {w: omega}")


def test_a_reason_is_a_paragraph_below_its_line() -> None:
    out = io.StringIO()
    trace = loads("weights: {b: 1, w: [2, 3]}\nforward: {z: w*3 + b}\nloss: sum(relu(z))").trace()
    matrix_markdown.write_matrix_markdown(trace, out, explain=True)
    assert "\n$$\n\nBoth entries of $z$ are positive, so both slopes are $1$.\n\n$$\n" in out.getvalue()


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_markdown_has_a_display_for_every_line(path: Path) -> None:
    out = io.StringIO()
    trace = traced(path)
    matrix_markdown.write_matrix_markdown(trace, out)
    displays = re.findall(r"^\$\$\n(.*?)\n\$\$$", out.getvalue(), re.DOTALL | re.MULTILINE)
    assert len(displays) >= sum(len(block.definitions) for step in trace.steps for block in step.plan.blocks)
    for text in displays:
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")
        begun, ended = (sorted(re.findall(rf"\\{word}{{(\w+)}}", text)) for word in ("begin", "end"))
        assert begun == ended
        assert "$" not in text
        assert "\n\n" not in text


def test_katex_renders_every_formula() -> None:
    found: set[str] = set()
    for number, network in enumerate(map(load, EVERY_NETWORK)):
        out = io.StringIO()
        matrix_markdown.write_matrix_markdown(network.trace(), out, shapes=bool(number % 2), explain=True)
        found |= formulas_in_markdown(out.getvalue())
    assert len(found) > 200
    assert refused_by_katex(found) == []
