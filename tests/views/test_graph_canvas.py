"""Lines and texts in a grid of characters."""

from __future__ import annotations

import pytest

from bptrace.views.graph_canvas import Canvas, Pen, box_glyphs, lines_in_ascii


def test_there_is_a_character_for_every_way_in_which_lines_meet() -> None:
    assert len(box_glyphs()) == 3**4 - 1
    assert [box_glyphs()[arms] for arms in [(0, 1, 0, 2), (1, 2, 1, 2), (2, 1, 1, 1), (0, 0, 2, 1)]] == list("╾┿╀┒")


def test_lines_of_one_key_are_joined_and_others_pass() -> None:
    canvas = Canvas(level=True)
    canvas.line("a", (0, 1), (4, 1), Pen())
    canvas.line("a", (2, 1), (2, 0), Pen(heavy=True))
    canvas.line("b", (3, 0), (3, 2), Pen(dashed=True))
    assert canvas.rows() == ["  ╻╷", "╶─┸┆╴", "   ╵"]


@pytest.mark.parametrize(("level", "rows"), [(True, ["╭──╮", "│  │", "╰──╯"]), (False, ["╭─╮", "│ │", "│ │", "╰─╯"])])
def test_a_box_stands_as_the_picture_goes(level: bool, rows: list[str]) -> None:
    canvas = Canvas(level)
    canvas.box("a", (0, 0), (3, 2), Pen(outline="round"))
    assert canvas.rows() == rows


def test_a_character_over_another_and_a_wide_one() -> None:
    canvas = Canvas(level=True)
    canvas.text((1, 0), "ŷ重.")
    canvas.line("a", (0, 0), (6, 0), Pen())
    assert canvas.rows() == ["╶ŷ重.─╴"]


def test_in_ascii_thick_and_dashed_lines_are_told_apart() -> None:
    assert lines_in_ascii("╭─┄╮┃║▶") == "+-.+##>"
