"""What a row reads: whole quantities where there is room, else its own elements, in lines that keep to theirs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Network, load, loads
from bptrace.errors import Source
from bptrace.stepping.cursor import place_of
from bptrace.stepping.reads import read_values, side_by_side
from bptrace.typeset.cells import width
from tests.conftest import ROOT


def reads(network: Network | str, name: str, room: int = 60) -> list[str]:
    found = load(ROOT / "networks" / f"{network}.yaml") if isinstance(network, str) else network
    trace = found.trace()
    return read_values(trace, place_of(trace, Source("name", name)), room)


@pytest.mark.parametrize(
    ("network", "name", "told"),
    [
        ("relu_2_2_1", "z2", "w = [[0, 1], [1, -1]]   x = [1, 2]   b = [0, 0]"),
        ("relu_2_2_1", "dL/dyhat", "yhat = 2   y = 3"),
        ("relu_2_2_1", "dL/dw12", "dL/dz1 = -2   x = [1, 2]"),
        ("xor_batch", "z1(2)", "w = [[1, 1], [1, 1]]   x = [0, 1]   b = [0, -1]"),
        ("xor_batch", "z1(3)", "w = [[1, 1], [1, 1]]   x = [1, 0]   b = [0, -1]"),
        ("xor_batch", "dL/dw11", "dL/dw11(1) = 0   dL/dw11(2) = 0   dL/dw11(3) = 1/2   dL/dw11(4) = 1/2"),
        ("lstm", "a1", "c1 ≈ 0.2135983781"),
    ],
)
def test_a_row_reads_quantities_as_the_register_prints_them(network: str, name: str, told: str) -> None:
    assert "   ".join(reads(network, name)) == told


def test_of_what_has_no_room_only_the_elements_are_told() -> None:
    assert reads("relu_2_2_1", "z2", 20) == ["w21 = 1", "x = [1, 2]", "w22 = -1", "b = [0, 0]"]


def test_what_the_step_itself_works_out_is_not_told_beyond_the_elements() -> None:
    """The others of dL/dz may be asked for yet."""
    assert reads("relu_2_2_1", "dL/db1") == ["dL/dz1 = -2"]


def test_a_rule_of_numbers_alone_reads_nothing() -> None:
    assert reads(loads("weights: {w: 1}\nforward: {z: 2*3}\nloss: z*w"), "z") == []


def test_as_many_are_side_by_side_as_have_room() -> None:
    texts = ["w = [1, 2]", "x = [3, 4]", "b = 0"]
    assert side_by_side(texts, 80, 2) == ["w = [1, 2]   x = [3, 4]   b = 0"]
    assert side_by_side(texts, 24, 2) == ["w = [1, 2]   x = [3, 4]", "b = 0"]
    assert side_by_side(texts, 24, 1) == ["w = [1, 2]   … 2 more"]
    assert side_by_side([], 24, 1) == side_by_side(texts, 24, 0) == []


def test_a_long_value_keeps_both_ends() -> None:
    assert side_by_side(["w = 123456789123456789"], 12, 1) == ["w = 12345…89"]


@given(st.lists(st.builds("{} = {}".format, st.text("wx漢", min_size=1), st.text("0123456789")), max_size=9),
       st.integers(1, 40), st.integers(1, 4))  # fmt: skip
def test_no_line_is_wider_than_its_room(texts: list[str], room: int, lines: int) -> None:
    found = side_by_side(texts, room, lines)
    assert len(found) <= lines
    assert all(width(line) <= room for line in found)
