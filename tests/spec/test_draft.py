"""A network in the making: what it takes is bounded, whatever aliases and powers make of a short file."""

from __future__ import annotations

import pytest

from bptrace import SpecError, loads
from tests.refusals import outcome, refuses


def chain(equation: str, length: int) -> str:
    """Equations that each read the one before."""
    lines = [f"  a{n}: {equation.replace('a', f'a{n - 1}')}\n" for n in range(1, length)]
    return f"input: {{x: 2}}\nforward:\n  a0: x\n{''.join(lines)}loss: a{length - 1}\n"


@pytest.mark.parametrize("equation", ["a*a", "a^2", "a^1000", "(a + 1/3)^2", "a/(a^2 + 1/7)", "a*a*a - 1/a"])
def test_values_that_explode_are_refused(equation: str) -> None:
    problem = outcome(chain(equation, 60))
    assert isinstance(problem, SpecError)
    assert problem.message.endswith(" digits; at most a million digits are worked out")
    assert problem.line is not None
    assert 3 < problem.line < 40
    assert problem.column == 6 + len(str(problem.line - 3))


@pytest.mark.parametrize("equation", ["a + x", "a + a", "relu(a)"])
def test_many_equations_take_bounded_work(equation: str) -> None:
    outcome(chain(equation, 1_000))


def test_absurdly_many_equations_take_bounded_work() -> None:
    outcome(chain("a + x", 50_000))


def test_a_million_characters_of_equations_at_most() -> None:
    text = f"input: {{x: 1}}\nforward:\n  a: &e {'x + ' * 7_000}x\n" + "".join(f"  b{n}: *e\n" for n in range(60))
    problem = outcome(f"{text}loss: a")
    assert isinstance(problem, SpecError)
    assert problem.message == "more than 1,000,000 characters of equations, with aliases written out"
    assert problem.line == 38


test_decimal_commas_where_the_shape_does_not_fit = refuses(
    [
        ("input: {x: ¦[0,6, 0,9]}\nweights:\n  w: [[1, 2], [3, 4]]\nloss: sum(w@x)",
         "x is a vector of 4, but line 4 needs another shape", "decimal comma? write [0.6, 0.9]"),
        ("weights: {b: ¦[-0,5, 1]}\ninput: {x: [1, 2]}\nloss: sum(x + b)",
         "b is a vector of 3, but line 3 needs another shape", "decimal comma? write [-0.5, 1]"),
        ("weights: {W: ¦[[0,5, 1,5], [2,5, 3,5]]}\ninput: {x: [1, 2]}\nloss: sum(W@x)",
         "W is a 2x4 matrix, but line 3 needs another shape", "decimal comma? write [0.5, 1.5]"),
        ("input: {x: [1,2,3]}\nweights: {w: [1, 2]}\nloss: w ¦@ x",
         "shape mismatch: a vector of 2 and a vector of 3 do not go together in '@'"),
        ("input: {x: [1, 2, 3]}\nweights: {w: [1, 2]}\nloss: w ¦@ x",
         "shape mismatch: a vector of 2 and a vector of 3 do not go together in '@'"),
    ]
)  # fmt: skip


def test_tight_commas_that_fit_stay() -> None:
    assert loads("input: {x: [0,6, 0,9]}\nloss: sum(x)").trace()["L"] == 15
