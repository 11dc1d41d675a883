"""What an equation can be read with: names and tables that are not a file's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pytest

from bptrace import SpecError
from bptrace.errors import Mark, Source
from bptrace.numbers.arrays import Shape
from bptrace.ops.expr import Expr, Name
from bptrace.ops.op import FILE_ROWS, KnownFunctions, function
from bptrace.spec.equation import parse
from bptrace.spec.vocabulary import MisfitError, NoFunctions, Vocabulary

SHAPES = {"x": (2,), "s": ()}
SCALARS = {"x": (), "s": ()}


def tree(text: str, shapes: Mapping[str, Shape] = SHAPES, taken: str = "", rows: KnownFunctions = FILE_ROWS) -> Expr:
    """The tree of an equation over names of these shapes, where others are taken."""
    words = Vocabulary(lambda name, mark: Name(name, shapes[name]), taken.split().__contains__, lambda: None)
    return parse(text, partial(Mark, Source("net.yaml", text)), words._replace(rows=rows))


def test_a_name_that_is_taken_is_looked_up() -> None:
    assert tree("pi").shape == ()
    with pytest.raises(KeyError):
        tree("pi", taken="pi")


def test_functions_are_those_of_the_rows() -> None:
    tree("sin(s) + log(s)")
    few = KnownFunctions(lambda: ["sin"], lambda name: [1] * (name == "sin"), function)
    tree("Sin(s)", rows=few)
    with pytest.raises(SpecError, match="unknown function 'ln'"):
        tree("ln(s)", rows=few)


@pytest.mark.parametrize("text", ["x[3]", "x@s", "x·x", "max(x, x@x)[3]"])
def test_what_hangs_on_shapes_is_a_misfit(text: str) -> None:
    with pytest.raises(MisfitError):
        tree(text)


@pytest.mark.parametrize("text", ["s +", "foo(s)", "s/0", "relu(s, s)"])
def test_what_is_wrong_with_any_shapes_is_none(text: str) -> None:
    with pytest.raises(SpecError) as refused:
        tree(text, SCALARS)
    assert not isinstance(refused.value, MisfitError)


def test_no_functions() -> None:
    assert NoFunctions().names() == []
    assert NoFunctions().get("f", Mark(Source("net.yaml", "f"), 0)) is None
