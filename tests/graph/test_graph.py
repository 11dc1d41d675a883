"""What a graph is made of: ids that any format takes, and where a quantity is drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bptrace.graph.graph import id_of
from bptrace.graph.quantity_graph import quantity_graph
from tests.conftest import RELU, traced


@given(st.text(), st.text())
def test_names_have_ids_of_letters_that_are_as_unlike_as_they_are(one: str, other: str) -> None:
    assert id_of(one).replace("_", "").isalnum()
    assert (id_of(one) == id_of(other)) == (one == other)


def test_a_quantity_is_found_by_its_name() -> None:
    places = quantity_graph(traced(RELU)).places
    assert places == {name: id_of(name) for name in ("x", "w", "b", "v", "c", "y", "z", "h", "yhat", "L")}
