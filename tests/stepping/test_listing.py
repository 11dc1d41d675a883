"""One given with all its elements: as a file has it where it is short, else in lines that name their first element."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import loads
from bptrace.stepping.listing import element_lines
from bptrace.typeset.cells import width
from tests.strategies import examples


def lines(value: object, room: int, name: str = "W1") -> list[str]:
    trace = loads(f"weights: {{{name}: {value}}}\nloss: sum({name})").trace()
    return ["".join(line) for line in element_lines(trace, trace.givens[0], room)]


def numbers(count: int, start: int = 1) -> list[int]:
    return list(range(start, start + count))


@pytest.mark.parametrize(
    ("value", "room", "expected"),
    [
        ("1/2", 20, ["1/2"]),
        ([1, 2], 20, ["[1, 2]"]),
        ([[1, 2], [30, 4]], 20, ["[[1, 2], [30, 4]]"]),
        ([[1, 2], [30, 4]], 15, ["[[ 1, 2],", " [30, 4]]"]),
        ([[1, 2], [30, 4]], 8, ["W1…]   1", "W1…]   2", "W1…]  30", "W1…]   4"]),
        (numbers(12), 30, ["W1[1]    1   2   3   4   5", "W1[6]    6   7   8   9  10", "W1[11]  11  12"]),
        (
            [numbers(12), numbers(12, 13)],
            36,
            [
                "W1[1,1]    1   2   3   4   5",
                "W1[1,6]    6   7   8   9  10",
                "W1[1,11]  11  12",
                "W1[2,1]   13  14  15  16  17",
                "W1[2,6]   18  19  20  21  22",
                "W1[2,11]  23  24",
            ],
        ),
        (numbers(12, 100), 59, ["W1[1]   100  101  102  103  104  105  106  107  108  109", "W1[11]  110  111"]),
    ],
)
def test_a_given_is_listed(value: object, room: int, expected: list[str]) -> None:
    assert lines(value, room) == expected


@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 60))
@examples(40)
def test_no_line_is_wider_than_its_room_and_no_element_is_missing(columns: int, rows: int, room: int) -> None:
    matrix = [numbers(columns, 1 + row * columns) for row in range(rows)]
    found = lines(matrix, room, "w")
    assert all(width(line) <= room for line in found)
    if room >= 20:
        behind = " ".join(line.partition("  ")[2] if line.startswith("w") else line for line in found)
        assert [int(text) for text in behind.replace("[", " ").replace("]", " ").replace(",", " ").split()] == numbers(
            columns * rows
        )
