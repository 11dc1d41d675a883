"""Which tracks lines run in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bptrace.graph.channels import ALL_TRIED, Net, clashes, in_tracks


def test_a_line_that_would_run_into_another_has_its_track_before_that_ones() -> None:
    first, second = Net("a", (0,), (4,)), Net("b", (4,), (8,))
    assert in_tracks([first, second]) == [second, first]


def test_lines_that_change_places_run_into_each_other_in_any_order() -> None:
    assert clashes(in_tracks([Net("a", (0,), (4,)), Net("b", (4,), (0,))]))[0] == 1


@given(st.permutations(range(ALL_TRIED + 3)))
def test_of_many_lines_none_is_lost_and_none_cross_more_than_before(ends: list[int]) -> None:
    nets = [Net(str(place), (2 * place,), (2 * end + 1,)) for place, end in enumerate(ends)]
    found = in_tracks(nets)
    assert sorted(found) == sorted(nets)
    assert clashes(found) <= clashes(nets)
