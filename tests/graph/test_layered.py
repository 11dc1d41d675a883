from __future__ import annotations

import subprocess
import sys
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptrace.graph.layered import Placement, Spacing, Tile, Wire, layer_numbers, layered_layout
from bptrace.graph.wire_labels import Rectangle

LABEL = (70.0, 34.0)


def fully_connected(*counts: int) -> tuple[list[Tile], list[Wire]]:
    starts = [sum(counts[:number]) for number in range(len(counts) + 1)]
    layers = [range(*ends) for ends in pairwise(starts)]
    tiles = [Tile(60, 60, number, 30) for number, layer in enumerate(layers) for _ in layer]
    return tiles, [Wire(*ends, LABEL) for left, right in pairwise(layers) for ends in product(left, right)]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Tile], list[Wire]]:
    sizes = st.integers(10, 90).map(float)
    tiles = draw(st.lists(st.builds(lambda width, height: Tile(width, height), sizes, sizes), min_size=1, max_size=9))
    ends = list(combinations(range(len(tiles)), 2))
    used = draw(st.lists(st.sampled_from(ends), unique=True, max_size=14)) if ends else []
    labels = st.none() | st.tuples(sizes, sizes)
    return tiles, [Wire(source, target, draw(labels)) for source, target in used]


def texts(tiles: list[Tile], wires: list[Wire], found: Placement) -> list[Rectangle]:
    boxes = [Rectangle.around(centre, *tile[:2]) for tile, centre in zip(tiles, found.centres, strict=True)]
    placed = zip(wires, found.labels, strict=True)
    return boxes + [Rectangle.around(place, *wire.label) for wire, place in placed if wire.label and place]


def assert_nothing_overlaps(tiles: list[Tile], wires: list[Wire], found: Placement) -> None:
    assert [place is not None for place in found.labels] == [wire.label is not None for wire in wires]
    for one, other in combinations(texts(tiles, wires, found), 2):
        assert not one.grown(-0.01).overlaps(other)


@settings(max_examples=60)
@given(graphs())
def test_no_two_boxes_or_labels_overlap_and_no_edge_passes_through_a_box(
    graph: tuple[list[Tile], list[Wire]],
) -> None:
    tiles, wires = graph
    found = layered_layout(tiles, wires)
    assert_nothing_overlaps(tiles, wires, found)
    boxes = texts(tiles, [], found._replace(labels=()))
    for wire, route in zip(wires, found.routes, strict=True):
        lines = [line for curve in route for line in pairwise(curve.points())]
        strange = [box for number, box in enumerate(boxes) if number not in (wire.source, wire.target)]
        assert not [box for box in strange for line in lines if box.grown(-0.01).meets(*line)]


@settings(max_examples=40)
@given(graphs())
def test_an_edge_leads_from_one_box_to_the_other_without_a_gap(graph: tuple[list[Tile], list[Wire]]) -> None:
    tiles, wires = graph
    found = layered_layout(tiles, wires)
    for wire, route in zip(wires, found.routes, strict=True):
        source, target = found.centres[wire.source], found.centres[wire.target]
        assert route[0].start.x == pytest.approx(source.x + tiles[wire.source].width / 2, abs=0.02)
        assert route[-1].end.x == pytest.approx(target.x - tiles[wire.target].width / 2, abs=0.02)
        assert all(curve.end == other.start for curve, other in pairwise(route))


@settings(max_examples=40)
@given(graphs())
def test_everything_lies_within_the_extent(graph: tuple[list[Tile], list[Wire]]) -> None:
    found = layered_layout(*graph)
    left, top, right, bottom = found.extent.grown(0.01)
    for box in texts(*graph, found):
        assert left <= box.left < box.right <= right
        assert top <= box.top < box.bottom <= bottom


@pytest.mark.parametrize("counts", [(2, 2, 1), (3, 4, 2), (5, 5), (1, 6, 1)])
def test_every_edge_between_full_layers_has_a_label_to_itself(counts: tuple[int, ...]) -> None:
    tiles, wires = fully_connected(*counts)
    found = layered_layout(tiles, wires)
    assert_nothing_overlaps(tiles, wires, found)


def test_the_units_of_a_layer_stay_in_order_and_in_the_middle() -> None:
    found = layered_layout(*fully_connected(3, 2, 1))
    assert [centre.y for centre in found.centres[:3]] == sorted(centre.y for centre in found.centres[:3])
    assert found.centres[1].y == found.centres[5].y == (found.centres[3].y + found.centres[4].y) / 2


def test_a_given_stands_just_before_what_reads_it() -> None:
    chain = [Wire(0, 1), Wire(1, 2), Wire(2, 3), Wire(4, 3)]
    assert layer_numbers([Tile(1, 1)] * 5, chain) == [0, 1, 2, 3, 2]


def test_a_box_that_much_hangs_on_stands_near_what_hangs_on_it() -> None:
    wires = [Wire(0, 1), Wire(1, 2), Wire(2, 3), Wire(2, 4), Wire(5, 6), Wire(6, 3), Wire(6, 4)]
    assert layer_numbers([Tile(1, 1)] * 7, wires) == [0, 1, 2, 3, 3, 1, 2]


def test_a_long_edge_keeps_a_lane_and_is_level_on_its_way() -> None:
    tiles = [Tile(40, 40)] * 4
    found = layered_layout(tiles, [Wire(0, 1), Wire(1, 2), Wire(2, 3), Wire(0, 3)])
    long = found.routes[3]
    assert len({curve.start.y for curve in long[1:]}) == 1
    assert long[1].start.y not in {centre.y for centre in found.centres}


@pytest.mark.parametrize(
    ("tiles", "wires", "message"),
    [
        ([Tile(1, 1)] * 2, [Wire(0, 1), Wire(1, 0)], "cycle"),
        ([Tile(1, 1, 1), Tile(1, 1, 1)], [Wire(0, 1)], "box 1 stands in layer 1"),
    ],
)
def test_an_edge_that_leads_back_is_refused(tiles: list[Tile], wires: list[Wire], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layered_layout(tiles, wires)


def test_nothing_takes_no_room() -> None:
    assert layered_layout([], []) == Placement((), (), (), Rectangle(0, 0, 0, 0), 0)


def test_the_same_graph_is_drawn_the_same_with_any_hash_seed() -> None:
    program = (
        "from tests.graph.test_layered import fully_connected; from bptrace.graph.layered import layered_layout;"
        "print(layered_layout(*fully_connected(3, 4, 2)))"
    )
    runs = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                       env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."}).stdout
        for seed in "12"
    }  # fmt: skip
    assert len(runs) == 1
    assert runs.pop() == f"{layered_layout(*fully_connected(3, 4, 2))}\n"


def test_labels_ask_for_room_of_their_own() -> None:
    tiles, wires = fully_connected(4, 4)
    narrow = layered_layout(tiles, [wire._replace(label=None) for wire in wires])
    assert layered_layout(tiles, wires, Spacing()).extent.right > narrow.extent.right
