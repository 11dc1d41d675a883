"""What a symbol, a function's name and words take up in LaTeX; what they look like stands in test_latex.py."""

from __future__ import annotations

import pytest

from bptrace.engine.symbols import Symbol
from bptrace.typeset.latex_symbols import function_named, typeset_symbol, upright
from bptrace.typeset.tex import LETTER, LOW, RAISED, SMALLER, atom


def test_a_symbol_is_as_wide_as_its_letter_and_the_wider_of_its_scripts() -> None:
    bare, above, below = atom("W").width, atom("(1)").width, atom("1").width
    found = typeset_symbol(Symbol("W", below=("1",), above="(1)"))
    assert found.width == pytest.approx(bare + SMALLER * max(above, below))
    assert found.scripts == pytest.approx(SMALLER * max(above, below))


@pytest.mark.parametrize(
    ("symbol", "raised", "height"),
    [
        (Symbol("w", below=("1",)), False, LOW),
        (Symbol("w", above="(1)"), True, LOW),
        (Symbol("w", below=("1",), above="(1)"), True, RAISED),
        (Symbol("w", primes=1), True, LOW),
    ],
)
def test_what_is_above_a_symbol_raises_it(symbol: Symbol, raised: bool, height: float) -> None:
    found = typeset_symbol(symbol)
    assert (found.raised, found.height) == (raised, height)


def test_words_are_no_commands() -> None:
    assert upright("100% of $x_1$").text == r"\text{100\% of \$x\_1\$}"
    assert function_named("my_f").text == r"\operatorname{my\_f}"


def test_a_name_of_a_letter_is_a_letter_and_a_command_is_as_wide_as_its_word() -> None:
    assert function_named("f").width == LETTER
    assert function_named("exp").width == atom(r"\exp").width
