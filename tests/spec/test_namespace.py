"""The names of a file: which can be had, which are known where, and what is said of one that is not."""

from __future__ import annotations

import pytest

from bptrace import SpecError, loads
from bptrace.errors import Mark, Source
from bptrace.spec.namespace import Namespace
from tests.refusals import refusal, refuses

MARK = Mark(Source("net.yaml", "x"), 0)
NAME, OTHER = "letters, digits and _, a letter first: w, h1, yhat", "choose another name"
test_what_cannot_be_had = refuses(
    [
        ("input: {x: 1}\nweights: {¦x: 1}\nloss: x", "'x' is defined twice"),
        ("weights: {x: 1}\ninput: {¦x: 1}\nloss: x", "'x' is defined twice"),
        ("forward: {x: 2}\ninput: {¦x: 1}\nloss: x", "'x' is defined twice"),
        ("input: {x: 1}\nforward: {¦x: 2}\nloss: x", "'x' is defined twice"),
        ("input: {J: 1}\nloss: {¦J: 2}", "'J' is defined twice"),
        ("forward: {¦sum: 1}\nloss: 1", "'sum' is reserved: it is a function"),
        ("loss: {¦huber: 1}", "'huber' is reserved: it is a function"),
        ("input: {¦a b: 1}\nloss: 1", "'a b' is not a name"),
        ("input: {¦a.T: 1}\nloss: 1", "'a.T' is not a name"),
        ("input: {¦a-b: 1}\nloss: 1", "'a-b' is not a name"),
        ("input: {¦'': 1}\nloss: 1", "'' is not a name"),
        ("input: {¦😀: 1}\nloss: 1", "'😀' is not a name"),
        ("input: {¦x\u200b: 1}\nloss: 1", "'x\N{REPLACEMENT CHARACTER}' has what cannot be seen: U+200B"),
        ("input: {¦Aᵀ: 1}\nloss: 1", "'Aᵀ' is not a name"),
        ("input: {¦x²: 1}\nloss: 1", "'x²' is not a name"),
        ("input: {¦'x[1]': 1}\nloss: 1", "'x[1]' is not a name"),
        ("input: {x: 1}\nforward: {z: x + ¦h, h: x}\nloss: z", "'h' is used before it is defined"),
        ("input: {w: 1}\n\nweights: {¦w: 1}\nloss: w", "'w' is defined twice", f"first at line 1: {OTHER}"),
        ("input: {¦relu: 1}\nloss: 1", "'relu' is reserved: it is a function", OTHER),
        ("input: {¦1a: 1}\nloss: 1", "'1a' is not a name", NAME),
        ("input: {¦if: 1}\nloss: 1", "'if' is reserved: formulas use it", OTHER),
    ]
)
test_what_is_not_known = refuses(
    [
        (
            "forward:\n  a: 1\n  b: ¦c\n  c: a\nloss: b",
            "'c' is used before it is defined",
            "defined at line 4: move it up",
        ),
        ("input: {x: 1}\nforward:\n  z: ¦z + x\nloss: z", "'z' is used in its own definition"),
        ("input: {x: 1}\nloss: ¦relu", "'relu' is a function and needs arguments", "as in relu(z)"),
        ("forward: {z: ¦L}\nloss: z", "unknown name 'L'"),
        ("input: {yhat: 1, w: 2}\nloss: ¦yhta", "unknown name 'yhta'", "known here: w, yhat", "did you mean 'yhat'?"),
    ]
)


def test_where_nothing_is_known_that_is_said() -> None:
    assert refusal("loss: ¦q").hints == ("nothing is known here: weights give it a value",)


def test_the_quantities_in_order_with_their_shapes() -> None:
    names = Namespace()
    names.introduce("w", (2, 3), MARK)
    names.introduce("b", (), MARK)
    names.later = {"z": MARK}
    assert names.names() == ["w", "b"]
    assert names.shapes() == {"w": (2, 3), "b": ()}
    assert names.find("w", MARK).shape == (2, 3)
    assert [name for name in ("w", "b", "z", "q", "relu") if names.is_quantity(name)] == ["w", "b", "z"]
    assert [name for name in ("w", "z", "relu") if names.is_function(name)] == ["relu"]


def test_a_name_ends_in_new_where_nothing_is_updated() -> None:
    Namespace().introduce("w_new", (), MARK)
    with pytest.raises(SpecError, match="'w' is defined twice"):
        loads("weights: {w: 1}\nforward: {w: 2}\nloss: w")


@pytest.mark.parametrize(
    ("one", "other"),
    [("ŷ", "ŷ"), ("y\u0302", "y\u0302"), ("ŷ", "y\u0302"), ("y\u0302", "ŷ"), ("θ_1", "θ_1"), ("ℓ", "ℓ")],
)
def test_a_name_may_be_any_letters(one: str, other: str) -> None:
    """`ŷ` is one name, whether a keyboard writes it as one character or as y and a circumflex."""
    assert loads(f"input: {{{one}: 2}}\nloss: {other}^2").trace()["L"] == 4
