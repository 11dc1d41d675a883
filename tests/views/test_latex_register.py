"""The givens and equations of a register in LaTeX."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.views.latex_register import Typeset, equation_lines, given_equations

ADAM = """
input: {x: [1, 2]}
weights: {w: [3, 4], c: 0}
target: {y: 1}
loss: (w@x + c - y)^2
update: {rule: adam, lr: 1/10}
"""


def test_givens_stand_by_their_sections_and_settings_behind_what_they_set() -> None:
    lines = dict(given_equations(loads(ADAM).trace(), 400.0))
    assert list(lines) == ["Input", "Weights", "Target", "Update", "State before the update"]
    assert [(piece.text, about) for piece, about in lines["Weights"]] == [
        (r"w = \begin{pmatrix} 3 \\ 4 \end{pmatrix}", ""),
        ("c = 0", ""),
    ]
    assert (r"\alpha = \frac{1}{10}", "learning rate") in [(piece.text, about) for piece, about in lines["Update"]]


@pytest.mark.parametrize(
    ("whole", "start"), [(True, r"w = (0, \allowbreak 1, "), (False, r"w \in \mathbb{R}^{50}")], ids=["page", "slide"]
)
def test_of_a_large_array_a_slide_tells_the_shape(whole: bool, start: str) -> None:
    trace = loads(f"weights: {{w: {list(range(50))}}}\nloss: w@w").trace()
    ((_, ((piece, _),)),) = given_equations(trace, 400.0, whole)
    assert piece.text.startswith(start)


@pytest.mark.parametrize(("line", "start"), [(400.0, "\\begin{align*}\nL &= "), (10.0, "$L = ")])
def test_equations_are_aligned_where_they_fit(line: float, start: str) -> None:
    trace = loads(ADAM).trace()
    assert equation_lines(Typeset(trace), line, trace.source.definitions).startswith(start)


def test_samples_have_their_names_in_common() -> None:
    samples = "[{input: {x: 1}}, {input: {x: 2}}]"
    trace = loads(f"samples: {samples}\nweights: {{w: 3}}\nloss: w*x").trace()
    first = Typeset(trace.samples[0])
    second, whole = Typeset(trace.samples[1], like=first), Typeset(trace, like=first)
    assert second.names is first.names
    assert second.sentences.names is first.sentences.names
    assert whole.names is not first.names
