from __future__ import annotations

from itertools import combinations, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.graph.crossings import Arc, Order, crossings, with_few_crossings

THREE_BY_TWO = [[0, 1, 2], [3, 4]]
ALL: list[Arc] = [(source, target) for source in (0, 1, 2) for target in (3, 4)]


def crossings_one_by_one(layers: Order, arcs: list[Arc]) -> int:
    """The same count from its definition: every pair of edges between the same two layers."""
    place = {node: (number, at) for number, layer in enumerate(layers) for at, node in enumerate(layer)}
    found = 0
    for (source, target), (other, its) in combinations(arcs, 2):
        if place[source][0] == place[other][0]:
            found += (place[source][1] - place[other][1]) * (place[target][1] - place[its][1]) < 0
    return found


@st.composite
def layered_graphs(draw: st.DrawFn) -> tuple[Order, list[Arc]]:
    counts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    starts = [sum(counts[:number]) for number in range(len(counts) + 1)]
    layers = [list(range(start, end)) for start, end in pairwise(starts)]
    possible = [arc for left, right in pairwise(layers) for arc in product(left, right)]
    return layers, draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []


@given(layered_graphs())
def test_crossings_are_counted(graph: tuple[Order, list[Arc]]) -> None:
    assert crossings(*graph) == crossings_one_by_one(*graph)


@given(layered_graphs())
def test_an_order_never_has_more_crossings_and_keeps_every_node_in_its_layer(graph: tuple[Order, list[Arc]]) -> None:
    layers, arcs = graph
    found = with_few_crossings(layers, arcs)
    assert crossings(found, arcs) <= crossings(layers, arcs)
    assert [sorted(layer) for layer in found] == layers


@pytest.mark.parametrize(
    ("layers", "arcs", "least"),
    [
        ([[0, 1], [2, 3]], [(0, 3), (1, 2)], 0),
        (THREE_BY_TWO, ALL, 3),
        ([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [(0, 5), (1, 3), (2, 4), (5, 6), (3, 8), (4, 7)], 0),
        ([[0, 1, 2, 3], [4, 5, 6, 7]], [(0, 4), (0, 7), (1, 5), (2, 4), (3, 6), (3, 5)], 0),
    ],
)
def test_few_are_as_few_as_can_be(layers: Order, arcs: list[Arc], least: int) -> None:
    assert crossings(with_few_crossings(layers, arcs), arcs) == least


def test_a_layer_stays_in_its_order_where_no_other_saves_a_crossing() -> None:
    assert with_few_crossings(THREE_BY_TWO, ALL) == THREE_BY_TWO
