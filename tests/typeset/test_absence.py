"""What is said not to contain something does not."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.typeset.derivation import Derivation
from bptrace.typeset.unicode import Unicode


@pytest.mark.parametrize(
    ("equations", "output", "subject", "said"),
    [
        ("{h: w*x, k: h@x}\nloss: k^2", "h2", "w1", "h₂ = w₂·x₂ does not contain w₁"),
        ("{h: w*x, k: 2*h, m: k^2}\nloss: sum(m)", "m2", "w1", "m₂ = (2·w₂·x₂)² does not contain w₁"),
        ("{h: w*x, k: 2*h, m: k^2}\nloss: sum(m)", "m2", "h1", "m₂ = (2·h₂)² does not contain h₁"),
        ("{h: w^0, k: h*w}\nloss: sum(h) + sum(k)", "h1", "w1", "h₁ = w₁⁰ has the slope 0 in w₁"),
    ],
)
def test_the_formula_shows_all_that_might_contain_it(equations: str, output: str, subject: str, said: str) -> None:
    givens = "input: {x: vector of 2}\nweights: {w: vector of 2}"
    absence = Derivation(loads(f"{givens}\nforward: {equations}").derived(), Unicode()).written_paths.absence
    assert absence.said(output, subject).text == said
