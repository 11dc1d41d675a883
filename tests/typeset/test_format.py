"""What formats share: when a subscript is a place, and when places need a sign between them."""

from __future__ import annotations

import pytest

from bptrace.typeset.format import is_place, stand_apart


@pytest.mark.parametrize(("part", "place"), [("1", True), ("12", True), ("·", True), ("i", False), ("out", False)])
def test_a_place_is_a_number_or_any(part: str, place: bool) -> None:
    assert is_place(part) is place


@pytest.mark.parametrize(
    ("places", "apart"),
    [(["1", "2"], False), (["1", "12"], True), (["12"], False), ([], False), (["·", "10"], True), (["1", "·"], False)],
)
def test_numbers_that_would_run_together_stand_apart(places: list[str], apart: bool) -> None:
    assert stand_apart(places) is apart
