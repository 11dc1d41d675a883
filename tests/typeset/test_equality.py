"""What a quantity is equal to, line by line."""

from __future__ import annotations

from bptrace.typeset.equality import Equality


def test_what_is_said_stands_beside_its_form() -> None:
    assert Equality("z", ("a", "b"), beside=(None, "why")).lines == [("a", None), ("b", "why")]
    assert Equality("z", ("a", "b")).lines == [("a", None), ("b", None)]
