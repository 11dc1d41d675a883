"""Which rows a step shows, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.engine.model import Definition
from bptrace.engine.plans import UPDATE, Block, Blocks, Plan, Run, alone, ranks
from bptrace.engine.sentence_parts import sentence
from bptrace.numbers.arrays import Index, indices
from bptrace.ops.expr import Name
from tests.conftest import NETWORKS

W, B = Definition("w", Name("u", (2, 3))), Definition("b", Name("c", (2,)))


@pytest.mark.parametrize(
    ("run", "places"),
    [
        (Run(W), [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]),
        (Run(W, 0, 1), [(1, 0), (1, 1), (1, 2)]),
        (Run(W, 1, 2), [(0, 2), (1, 2)]),
        (Run(B), [(0,), (1,)]),
        (Run(B, 0, 1), [(1,)]),
    ],
)
def test_a_run_has_the_elements_of_all_units_or_of_one(run: Run, places: list[Index]) -> None:
    assert list(run.indices()) == places
    assert run.length == len(places)


@pytest.mark.parametrize(
    ("block", "names"),
    [
        (Block((W, B), (0, 0)), "w00 w01 w02 b0 w10 w11 w12 b1"),
        (Block((W, B), (0, None)), "w00 w01 w02 w10 w11 w12 b0 b1"),
        (Block((W, Definition("c", Name("e", (3,)))), (1, 0)), "w00 w10 c0 w01 w11 c1 w02 w12 c2"),
        (Block((W,), (1,)), "w00 w01 w02 w10 w11 w12"),
        (alone(B), "b0 b1"),
    ],
)
def test_a_block_goes_unit_by_unit_where_every_axis_is_known(block: Block, names: str) -> None:
    found = [f"{run.definition.key}{''.join(map(str, index))}" for run in block.runs() for index in run.indices()]
    assert found == names.split()


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_the_blocks_of_a_network_have_every_element_once(path: Path) -> None:
    for plan in load(path).program().plans:
        for block in plan.blocks:
            found = [(run.definition.key, index) for run in block.runs() for index in run.indices()]
            assert sorted(found) == sorted(
                (item.key, index) for item in block.definitions for index in indices(item.shape)
            )


@pytest.mark.parametrize("most", [None, 0, 3, 7, 100])
def test_a_part_of_a_step_is_that_part_of_its_rows(most: int | None) -> None:
    plan = Plan(UPDATE, sentence("title"), Blocks([Block((W, B), (0, 0)), alone(B)]), most)
    places = [(item.key, index) for item, run in plan.part() for index in run]
    assert len(places) == plan.length == min(10, 10 if most is None else most)
    assert plan.whole == 10
    for start in range(12):
        for stop in range(12):
            found = [(item.key, index) for item, run in plan.part(start, stop) for index in run]
            assert found == places[start:stop]


def test_the_rank_is_the_longest_path_from_the_givens() -> None:
    network = loads("weights: {w: 1}\nforward: {a: w*2, b: w + a, c: w^2, d: c + b}\nloss: d*a")
    assert ranks(network.definitions) == {"a": 1, "b": 2, "c": 1, "d": 3, "L": 4}


def test_the_runs_of_a_step_are_made_once_for_all_samples_that_have_it() -> None:
    text = "samples: [{input: {x: 1}}, {input: {x: 2}}]\nweights: {w: [1, 2]}\nloss: sum(w*x)"
    steps = [step for step in loads(text).trace().steps if step.title.endswith("gradients of w") and step.sample]
    first, second = (step.plan.blocks for step in steps)
    assert first.runs is second.runs


def test_a_row_far_behind_is_reached_without_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(UPDATE, sentence("title"), Blocks([alone(B)] * 1000))
    assert plan.whole == 2000
    asked: list[Definition] = []
    monkeypatch.setattr(Run, "indices", lambda run: asked.append(run.definition) or [(0,), (1,)])  # type: ignore[func-returns-value]
    assert [list(run) for _, run in plan.part(1997, 1999)] == [[(1,)], [(0,)]]
    assert len(asked) == 2
