from __future__ import annotations

import pytest

from bptrace.graph.wire_labels import Channel, Curve, Passing, Point, Rectangle, labels_in
from tests.conftest import calls_of

SQUARE = Rectangle(0, 0, 10, 10)


@pytest.mark.parametrize(
    ("start", "end", "meets"),
    [
        ((-5, 5), (15, 5), True),
        ((-5, -5), (15, 15), True),
        ((-5, 20), (15, 20), False),
        ((-5, 8), (8, 20), False),
        ((2, 2), (3, 3), True),
        ((0, -5), (0, 15), False),
        ((-5, 5), (-1, 5), False),
    ],
)
def test_whether_a_line_meets_a_rectangle(start: tuple[float, float], end: tuple[float, float], meets: bool) -> None:
    assert SQUARE.meets(Point(*start), Point(*end)) is meets
    assert SQUARE.meets(Point(*end), Point(*start)) is meets


def test_rectangles_that_touch_do_not_overlap() -> None:
    assert not SQUARE.overlaps(Rectangle(10, 0, 20, 10))
    assert SQUARE.overlaps(Rectangle(9, 9, 20, 20))


@pytest.mark.parametrize("bend", [0.0, 50.0])
def test_a_curve_leads_from_its_start_to_its_end_by_the_middle(bend: float) -> None:
    curve = Curve(Point(0, 0), Point(100, 40), bend)
    assert [curve.at(part) for part in (0, 0.5, 1)] == [(0, 0), (50, 20), (100, 40)]


def test_a_curve_leaves_and_arrives_level() -> None:
    first, *_, last = Curve(Point(0, 0), Point(100, 40), 50).points()[1:-1]
    assert first.y < 0.1 * first.x
    assert 40 - last.y < 0.1 * (100 - last.x)


def test_a_label_stands_where_it_was_asked_for_if_nothing_is_in_its_way() -> None:
    piece = Passing(0, Curve(Point(0, 0), Point(100, 0)), (20, 10))
    assert labels_in([Channel(0, 100, (piece,))], 2, 0.25) == ({0: Point(25, 0)}, set())


def test_a_label_keeps_off_another_edge() -> None:
    level = Passing(0, Curve(Point(0, 0), Point(100, 0)), (20, 10))
    crossing = Passing(1, Curve(Point(0, -50), Point(100, 50)), None)
    found, _ = labels_in([Channel(0, 100, (level, crossing))], 2, 0.5)
    assert abs(found[0].x - 50) >= 10


def test_a_label_keeps_from_the_columns() -> None:
    piece = Passing(0, Curve(Point(0, 0), Point(100, 0)), (20, 10))
    found, _ = labels_in([Channel(0, 100, (piece,))], 2, 0.0, ends=12)
    assert found[0].x - 10 >= 12 + 2


def test_a_gap_that_is_too_narrow_is_told() -> None:
    piece = Passing(0, Curve(Point(0, 0), Point(10, 0)), (20, 10))
    assert labels_in([Channel(0, 10, (piece,))], 2, 0.5) == ({}, {0})


def test_a_curve_that_is_not_near_a_label_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = calls_of(monkeypatch, Curve, "points")
    far = [Passing(n, Curve(Point(0, 100 + n), Point(100, 90 + n), 50), None) for n in range(1, 50)]
    near = Passing(50, Curve(Point(0, -20), Point(100, 20), 50), None)
    labelled = Passing(0, Curve(Point(0, 0), Point(100, 0), 50), (20, 10))
    labels_in([Channel(0, 100, (labelled, *far, near))], 2, 0.5)
    assert {curve for (curve,) in followed} == {near.curve}


@pytest.mark.parametrize("downward", [False, True])
def test_a_curve_keeps_to_its_hull(downward: bool) -> None:
    curve = Curve(Point(3, 40), Point(100, -7), 50, downward)
    hull = curve.hull
    assert all(hull.left <= x <= hull.right and hull.top <= y <= hull.bottom for x, y in curve.points())


def test_in_a_crowded_channel_fewer_places_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = calls_of(monkeypatch, Rectangle, "meets")
    pieces = tuple(Passing(n, Curve(Point(0, 30 * n), Point(2000, 9000), 500), (20, 10)) for n in range(600))
    found, full = labels_in([Channel(0, 2000, pieces)], 2, 0.5)
    assert (len(found), full, asked) == (600, set(), [])
    few = pieces[290:310]
    assert len(labels_in([Channel(0, 2000, few)], 2, 0.5)[0]) == len(few)
    assert asked
