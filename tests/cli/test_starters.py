"""The networks that `bptrace new` draws: units that learn, are unlike each other, and have small numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Network, loads
from bptrace.cli.new import _activations
from bptrace.cli.starters import DRAWS, FITS, LARGEST_TRIED, VALUES, Starter, drawn
from bptrace.numbers.arrays import entries
from bptrace.numbers.enclosures import is_zero
from tests.refusals import bounded
from tests.strategies import examples

SMOOTH = [name for name in _activations() if not name.startswith("hard")]
"""With integers, a hard activation has a slope where its input is 0 alone, and then its output is 0."""


def rows(network: Network, name: str) -> list[tuple[object, ...]]:
    given = next(given for given in network.givens if given.key == name)
    items = [*entries(given.value, given.shape)]
    width = given.shape[-1]
    return [tuple(items[start : start + width]) for start in range(0, len(items), width)]


def check(asked: Starter, seed: int) -> None:
    """Every unit learns, no two of a layer have the same weights, every number is one of those drawn from."""
    network = loads(drawn(asked, seed))
    trace = network.trace()
    assert not network.notes
    for key, gradient in trace.program.gradients.items():
        if trace.sections.get(key) != "weights":
            continue
        found = entries(trace.values[gradient], trace.program.quantities[gradient].shape)
        assert not any(map(is_zero, found)), f"{gradient} has a 0"
        units = rows(network, key)
        assert len(units) == len(set(units)) or key.startswith("b")
        assert {item for unit in units for item in unit} <= {VALUES[text] for text in DRAWS[asked.draw]}


CASES = [(output, loss) for output, losses in FITS.items() for loss in losses]


@pytest.mark.parametrize(("output", "loss"), CASES)
@pytest.mark.parametrize("draw", DRAWS)
def test_every_loss_that_fits(output: str, loss: str, draw: str) -> None:
    check(Starter([2, 3, 2], "relu", output, loss, draw), 0)


@pytest.mark.parametrize("activation", SMOOTH)
def test_every_activation(activation: str) -> None:
    check(Starter([2, 2, 2, 1], activation), 3)


@pytest.mark.parametrize("activation", ["hardtanh", "hardsigmoid"])
def test_a_hard_activation_of_decimals(activation: str) -> None:
    check(Starter([2, 3, 1], activation, draw="decimals"), 1)


@given(
    st.lists(st.integers(2, 4), min_size=1, max_size=3),
    st.integers(1, 3),
    st.sampled_from(list(DRAWS)),
    st.integers(0, 10**6),
)
@examples(60)
def test_any_seed(hidden: list[int], outputs: int, draw: str, seed: int) -> None:
    check(Starter([*hidden, outputs], draw=draw), seed)


def test_units_of_one_input_differ_as_far_as_there_are_weights() -> None:
    units = rows(loads(drawn(Starter([1, 4, 1]), 0)), "W1")
    assert len(set(units)) == 4
    assert len(rows(loads(drawn(Starter([1, 9, 1]), 0)), "W1")) == 9


def test_a_large_network_has_no_dead_unit() -> None:
    layers = [40, LARGEST_TRIED, 3]
    with bounded():
        trace = loads(drawn(Starter(layers), 1)).trace()
    h1 = entries(trace.values["h1"], (LARGEST_TRIED,))
    assert all(value > 0 for value in h1)


def test_a_seed_is_a_network() -> None:
    assert drawn(Starter([2, 2, 1]), 5) == drawn(Starter([2, 2, 1]), 5) != drawn(Starter([2, 2, 1]), 6)
