"""What prompts name: quantities that the network at hand has."""

from __future__ import annotations

import pytest

from bptrace import Network, load, loads
from bptrace.errors import Source, SpecError
from bptrace.spec.overrides import assigned
from bptrace.stepping.cursor import place_of
from bptrace.stepping.prompts import extent, filled_in, given_called, row_example
from tests.conftest import NETWORKS, RELU, ROOT

EVERY = "{row} {setting} {given}"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("weights: {a1: [[1, 2]], b: 3}\nloss: sum(a1)*b", "dL/da1[1,1] a1[1,1]=3 a1"),
        ("input: {x: [1, 2]}\nloss: x@x", "dL/dx2 x1=3 x"),
        ("input: {x: 2}\nweights: {k: 2}\nloss: k*x", "dL/dk k=3 k"),
        ("loss: 2*3", "L NAME=VALUE NAME"),
        ("weights: {unread: 1, k: 2}\nloss: k", "dL/dunread unread=3 unread"),
    ],
)
def test_a_prompt_names_quantities_of_the_network(text: str, named: str) -> None:
    network = loads(text)
    assert filled_in(EVERY, network, network.trace()) == named


@pytest.mark.parametrize("path", NETWORKS)
def test_what_is_named_can_be_given(path: str) -> None:
    network = load(path)
    trace = network.trace()
    _, setting, given = filled_in(EVERY, network, trace).split()
    assert place_of(trace, Source("name", row_example(trace))) >= 0
    assert assigned(network, [setting]).givens
    assert given_called(network, given, None).key == given


@pytest.fixture
def batch() -> Network:
    return load(ROOT / "networks" / "xor_batch.yaml")


@pytest.mark.parametrize(
    ("name", "sample", "key"),
    [("x", 2, "x(2)"), ("x1", 3, "x(3)"), ("x(4)", 2, "x(4)"), ("w", 2, "w"), ("w12", None, "w"), ("lr", 1, "lr")],
)
def test_in_a_sample_its_own_givens_come_first(batch: Network, name: str, sample: int | None, key: str) -> None:
    assert given_called(batch, name, sample).key == key


def test_a_name_that_is_no_given_is_refused(batch: Network) -> None:
    with pytest.raises(SpecError, match="dL/dw is worked out, not given"):
        given_called(batch, "dL/dw", 2)
    with pytest.raises(SpecError, match="unknown name 'x'"):
        given_called(batch, "x", None)


@pytest.mark.parametrize(
    ("place", "text"), [(1, "1 row of step 1"), (2, "step 1"), (3, "step 1 and 1 row of step 2"), (5, "steps 1 to 3")]
)
def test_what_a_trace_has_is_told_by_its_steps(place: int, text: str) -> None:
    assert extent(load(RELU).trace().until(place)) == text
