"""What quantities are called in the register, and what such names say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace.engine.quantity import NEW, GradientAt, Places, Quantity, SlopeAt, UpdatePart, bracketed_bases, sample_of
from bptrace.numbers.arrays import Index, Shape, indices, size

AT_L = GradientAt("L")


@pytest.mark.parametrize(
    ("quantity", "index", "name"),
    [
        (Quantity("c", ()), (), "c"),
        (Quantity("z", (2,)), (1,), "z2"),
        (Quantity("w", (2, 3)), (1, 2), "w23"),
        (Quantity("w", (1,)), (0,), "w"),
        (Quantity("w", (1, 1)), (0, 0), "w"),
        (Quantity("w", (1, 3)), (0, 2), "w13"),
        (Quantity("W1", (2, 2), bracketed=True), (0, 1), "W1[1,2]"),
        (Quantity("x", (784,), bracketed=True), (783,), "x[784]"),
        (Quantity("W1", (1, 1), bracketed=True), (0, 0), "W1"),
        (Quantity("w", (2, 2), AT_L), (1, 0), "dL/dw21"),
        (Quantity("W1", (2, 2), AT_L, bracketed=True), (1, 0), "dL/dW1[2,1]"),
        (Quantity("z", (2,), SlopeAt("ReLU")), (0,), "ReLU'(z1)"),
        (Quantity("z1", (2,), SlopeAt("ReLU"), bracketed=True), (0,), "ReLU'(z1[1])"),
        (Quantity("z", (2,), SlopeAt("ELU", ("a", "1/2"))), (0,), "ELU'(z1,a,1/2)"),
        (Quantity("w", (2, 2), stage=NEW), (0, 0), "w11_new"),
        (Quantity("b", (12,), stage=NEW, bracketed=True), (9,), "b[10]_new"),
        (Quantity("w", (2,), UpdatePart("m"), NEW), (1,), "m_w2_new"),
        (Quantity("w", (2,), AT_L, "clipped"), (1,), "dL/dw2_clipped"),
        (Quantity("w", (2,), AT_L, sample=3), (1,), "dL/dw2(3)"),
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


ROLES = st.sampled_from([None, AT_L, GradientAt("J"), SlopeAt("ReLU"), SlopeAt("ELU", ("a",)), UpdatePart("m")])
STAGED = st.builds(
    Quantity,
    st.just("w"),
    st.just(()),
    ROLES,
    st.sampled_from(["", NEW, "clipped"]),
    st.none() | st.integers(1, 20),
    st.just(False),
)


@given(STAGED, STAGED)
def test_whatever_quantities_are_they_are_called_otherwise_if_they_are_not_the_same(
    one: Quantity, other: Quantity
) -> None:
    assert (one.key == other.key) == (one == other)


@given(STAGED)
def test_a_name_says_which_samples_it_is_and_at_what_a_gradient_is(quantity: Quantity) -> None:
    name, sample = sample_of(quantity.key)
    assert (name, sample) == (quantity._replace(sample=None).key, quantity.sample)
    rest = Quantity("w", (), stage=quantity.stage).key if quantity.role == AT_L else ""
    assert AT_L.subject(name) == rest


@pytest.mark.parametrize("name", ["x(0)", "x(01)", "x()", "x(2", "x2", "x(2)_new", "x(9999999999)"])
def test_what_names_no_samples_quantity(name: str) -> None:
    assert sample_of(name) == (name, None)


def test_plain_is_what_the_base_alone_says() -> None:
    quantity = Quantity("W1", (2, 2), AT_L, "clipped", 2, bracketed=True)
    assert quantity.plain == Quantity("W1", (2, 2), bracketed=True)
    assert quantity.plain.is_plain
    changed = (Quantity("w", (), AT_L), Quantity("w", (), stage=NEW), Quantity("w", (), sample=1))
    assert not any(each.is_plain for each in changed)


BASES = st.sampled_from(["w", "w1", "w11", "w111", "w2", "w12", "w_1", "x", "x1", "W"])
SHAPES = st.sampled_from([(), (1,), (2,), (3,), (12,), (1, 1), (1, 2), (2, 2), (2, 12), (12, 12)])


@given(st.dictionaries(BASES, SHAPES, min_size=1))
def test_no_two_elements_share_a_name(shapes: dict[str, Shape]) -> None:
    bracketed = bracketed_bases(shapes)
    quantities = [Quantity(base, shape, bracketed=base in bracketed) for base, shape in shapes.items()]
    elements = [quantity.element(index) for quantity in quantities for index in indices(quantity.shape)]
    arrays = [quantity.key for quantity in quantities if size(quantity.shape) > 1]
    assert len({*elements, *arrays}) == len(elements) + len(arrays)


@given(st.dictionaries(BASES, SHAPES, min_size=1), st.sampled_from([None, AT_L, SlopeAt("ReLU", ("2",))]))
def test_every_element_stands_where_its_name_says(shapes: dict[str, Shape], role: GradientAt | SlopeAt | None) -> None:
    bracketed = bracketed_bases(shapes)
    quantities = [Quantity(base, shape, role, bracketed=base in bracketed) for base, shape in shapes.items()]
    named = {each.element(index): (each.key, index) for each in quantities for index in indices(each.shape)}
    places = Places(quantities)
    assert dict(places.items()) == named
    assert len(places) == len(named)


@pytest.mark.parametrize(
    "name", ["W[0,1]", "W[1]", "W[1,2,1]", "W[3,1]", "W[01,1]", "W[1,1]x", "W11", f"W[{'9' * 5000},1]"]
)
def test_a_name_that_is_no_elements_stands_nowhere(name: str) -> None:
    assert name not in Places([Quantity("W", (2, 2), bracketed=True)])


def test_no_name_of_a_large_array_is_kept() -> None:
    places = Places([Quantity("W", (1000, 1000), bracketed=True)])
    assert sum(map(len, vars(places).values())) == 1
    assert (len(places), places["W[1000,1000]"]) == (1_000_000, ("W", (999, 999)))


def test_a_name_of_a_large_array_is_made_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Quantity, "namer")
    assert Quantity("W", (1_000_000, 2), bracketed=True).element((5, 1)) == "W[6,2]"
