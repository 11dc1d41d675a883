"""Trees that are alike but for the numbers of their leaves: asked once."""

from __future__ import annotations

from functools import partial

import pytest

from bptrace.numbers.exact import Rational
from bptrace.ops.alike import OncePerOutline, outline
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, above, below, lift


def leaf(name: str, number: int = 1) -> Leaf:
    return Leaf(name, Rational(number))


def relu(number: int) -> Cases:
    z = leaf("z", number)
    return Cases(z, [above(0, z), below(0, 0)])


def test_rules_of_a_row_in_two_samples_are_alike() -> None:
    assert outline(leaf("w", 3) * leaf("x", 5)) == outline(leaf("w", 3) * leaf("x", 7))
    assert outline(relu(3)) == outline(relu(-3))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (leaf("w") * leaf("x"), leaf("x") * leaf("w")),
        (leaf("w") * leaf("x"), leaf("w") + leaf("x")),
        (leaf("w") * 2, leaf("w") * 3),
        (leaf("w") * lift("1/2"), leaf("w") * Number(Rational(1, 2))),
        ((leaf("w") + leaf("x")) * leaf("y"), leaf("w") + leaf("x") * leaf("y")),
        (Call("max", (leaf("w"), leaf("x"))), Call("max", (Call("max", (leaf("w"), leaf("x"))),))),
        (relu(3), Cases(leaf("z"), [above(0, leaf("z"), strict=False), below(0, 0, strict=True)])),
    ],
)
def test_rules_that_read_otherwise_are_not(one: Expr, other: Expr) -> None:
    assert outline(one) != outline(other)


def test_what_is_alike_is_asked_once_in_a_place() -> None:
    once = OncePerOutline[str](most=8)
    places = [("w", "here"), ("w", "here"), ("w", "there"), ("x", "here")]
    asked = [
        once.of(leaf(name, number) + 1, place, partial(str, number)) for number, (name, place) in enumerate(places)
    ]
    assert asked == ["0", "0", "2", "3"]


def test_no_more_is_kept_than_so_many_nodes() -> None:
    once = OncePerOutline[str](most=5)
    asked = [once.of(leaf(name) + 1, "", partial(str, number)) for number, name in enumerate("wxwx")]
    assert asked == ["0", "1", "0", "3"]
