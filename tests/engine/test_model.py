from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.engine.model import Quantity, bracketed_bases
from bptrace.numbers.exact import Index, Shape, indices, size


@pytest.mark.parametrize(
    ("quantity", "index", "name"),
    [
        (Quantity("c", (), "c"), (), "c"),
        (Quantity("z", (2,), "z"), (1,), "z2"),
        (Quantity("w", (2, 3), "w"), (1, 2), "w23"),
        (Quantity("w", (1,), "w"), (0,), "w"),
        (Quantity("w", (1, 1), "w"), (0, 0), "w"),
        (Quantity("w", (1, 3), "w"), (0, 2), "w13"),
        (Quantity("W1", (2, 2), "W1", bracketed=True), (0, 1), "W1[1,2]"),
        (Quantity("x", (784,), "x", bracketed=True), (783,), "x[784]"),
        (Quantity("W1", (1, 1), "W1", bracketed=True), (0, 0), "W1"),
        (Quantity("dL/dw", (2, 2), "w", "dL/d"), (1, 0), "dL/dw21"),
        (Quantity("dL/dW1", (2, 2), "W1", "dL/d", bracketed=True), (1, 0), "dL/dW1[2,1]"),
        (Quantity("ReLU'(z)", (2,), "z", "ReLU'(", ")"), (0,), "ReLU'(z1)"),
        (Quantity("ReLU'(z1)", (2,), "z1", "ReLU'(", ")", bracketed=True), (0,), "ReLU'(z1[1])"),
        (Quantity("w_new", (2, 2), "w", after="_new"), (0, 0), "w11_new"),
        (Quantity("b_new", (12,), "b", after="_new", bracketed=True), (9,), "b[10]_new"),
    ],
)
def test_element_names(quantity: Quantity, index: Index, name: str) -> None:
    assert quantity.element(index) == name


@pytest.mark.parametrize(
    ("shapes", "bracketed"),
    [
        ({"w": (2, 2), "z": (2,), "c": ()}, set()),
        ({"W1": (2, 2), "b1": (2,), "c": ()}, {"W1", "b1"}),
        ({"x": (9,), "w": (9, 9)}, set()),
        ({"x": (10,), "w": (2, 10), "v": (10, 2)}, {"x", "w", "v"}),
        ({"w": (3,), "w2": ()}, {"w", "w2"} - {"w2"}),
        ({"w": (3,), "w4": ()}, set()),
        ({"w": (2, 2), "w1": (2,)}, {"w1"}),
        ({"a": (1,), "b": (1, 1)}, set()),
    ],
)
def test_names_that_would_be_read_wrongly_are_bracketed(shapes: dict[str, Shape], bracketed: set[str]) -> None:
    found = {name for name in bracketed_bases(shapes) if size(shapes[name]) > 1}
    assert found == bracketed


BASES = st.sampled_from(["w", "w1", "w11", "w111", "w2", "w12", "w_1", "x", "x1", "W"])
SHAPES = st.sampled_from([(), (1,), (2,), (3,), (12,), (1, 1), (1, 2), (2, 2), (2, 12), (12, 12)])


@given(st.dictionaries(BASES, SHAPES, min_size=1))
def test_no_two_elements_share_a_name(shapes: dict[str, Shape]) -> None:
    bracketed = bracketed_bases(shapes)
    quantities = [Quantity(base, shape, base, bracketed=base in bracketed) for base, shape in shapes.items()]
    elements = [quantity.element(index) for quantity in quantities for index in indices(quantity.shape)]
    arrays = [quantity.key for quantity in quantities if size(quantity.shape) > 1]
    assert len({*elements, *arrays}) == len(elements) + len(arrays)
