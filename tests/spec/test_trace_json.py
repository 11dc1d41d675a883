"""A trace as plain data: what stands in it of quantities, of values that were set, and of the network file."""

from __future__ import annotations

import pytest
from flint import fmpq

from bptrace import BptraceError, Network, Trace, load, loads
from bptrace.spec import trace_json
from bptrace.spec.json_text import Plain
from bptrace.spec.overrides import assigned
from tests.conftest import NETWORKS, RELU, ROOT

BATCH = str(ROOT / "networks" / "xor_batch.yaml")


def quantities(trace: Trace) -> dict[str, dict[str, Plain]]:
    return {quantity["name"]: quantity for quantity in trace_json.quantities(trace)}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("x", {"shape": [2], "section": "input", "rank": 0, "consumers": ["z", "dL/dw"]}),
        ("w", {"shape": [2, 2], "section": "weights", "rank": 0, "consumers": ["z"]}),
        ("h", {"shape": [2], "phase": "forward", "rank": 2, "consumers": ["yhat", "dL/dv"]}),
        ("ReLU'(z)", {"shape": [2], "phase": "reverse", "slope_of": "z", "rank": 2, "consumers": ["dL/dz"]}),
        ("dL/dz", {"shape": [2], "phase": "reverse", "gradient_of": "z", "rank": 6, "consumers": ["dL/dw", "dL/db"]}),
        ("L", {"shape": [], "phase": "forward", "rank": 4, "consumers": []}),
    ],
)
def test_what_is_said_of_a_quantity(name: str, wanted: dict[str, Plain]) -> None:
    assert quantities(load(RELU).trace())[name] == {"name": name, **wanted}


@pytest.mark.parametrize(
    ("name", "place"),
    [("x(2)", "input"), ("lr", "update"), ("dL/dw(3)", "sample"), ("dL/dw", "batch"), ("w_new", "update")],
)
def test_where_the_quantities_of_a_batch_come_from(name: str, place: str) -> None:
    found = quantities(load(BATCH).trace())[name]
    assert place in (found.get("section"), found.get("phase"))


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_consumer_has_a_higher_rank(path: str) -> None:
    found = quantities(load(path).trace(inputs=True))
    for quantity in found.values():
        assert all(found[name]["rank"] > quantity["rank"] for name in quantity["consumers"])
        assert "section" not in quantity or not quantity["rank"]


def head(network: Network, inputs: bool = False, update: bool = True) -> dict[str, Plain]:
    return trace_json.head(network.trace(inputs=inputs, update=update))


def test_only_what_is_not_as_the_file_states_is_among_the_values() -> None:
    assert head(load(RELU))["values"] == {}
    assert head(assigned(load(RELU), ["w12=1", "c=1/3"]))["values"] == {"c": "1/3"}
    assert head(assigned(load(RELU), ["w12=2"]))["values"] == {"w": [["0", "2"], ["1", "-1"]]}


def test_enclosures_are_kept_by_middle_and_radius() -> None:
    network = loads("weights: {w: [0, 1]}\nloss: sum(exp(w))\nupdate: {lr: 1}")
    found = head(network.stepped(network.trace()))
    assert found["values"]["w"][0] == "-1"
    assert set(found["values"]["w"][1]) == {"middle", "radius"}
    assert found["options"]["bits"] == network.trace().bits


def test_the_network_is_its_file_with_the_grid_that_was_asked_for() -> None:
    network = loads("weights: {w: &w 0.50}\ntarget: {y: *w}\nloss: w - y\nupdate: {lr: 1}")
    wanted = {"weights": {"w": "0.50"}, "target": {"y": "0.50"}, "loss": "w - y", "update": {"lr": "1"}}
    assert head(network)["network"] == wanted
    assert head(network.rounded(fmpq(1, 10)))["network"] == {**wanted, "update": {"lr": "1", "round": "1/10"}}


@pytest.mark.parametrize(
    ("options", "gradients"),
    [({}, ["weights"]), ({"inputs": True}, ["input", "weights"]), ({"update": False}, ["weights"])],
)
def test_the_options_are_what_was_asked_for(options: dict[str, bool], gradients: list[str]) -> None:
    found = head(load(BATCH), **options)["options"]
    assert (found["gradients"], found["update"]) == (gradients, options.get("update", True))


def test_a_trace_that_is_not_its_networks_own_is_refused() -> None:
    trace, other = load(RELU).trace(), load(BATCH).trace()
    mixed = Trace(other.source, trace.program, trace.values, decimal=False)
    with pytest.raises(BptraceError, match="not one of its network's own"):
        trace_json.head(mixed)
