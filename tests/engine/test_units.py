"""The reverse chain by unit: the same rows, each unit's in one step, and what no unit has alone in others."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import Trace, load, loads
from bptrace.engine.plans import REVERSE, UNIT
from bptrace.engine.step import Step
from bptrace.ops.expr import Leaf, nodes
from tests.conftest import NETWORKS, RELU, ROOT

SHARED = """
input: {x: [1, 2]}
weights: {w: [[1, 2], [3, 4]], s: 1/2, t: [[1, 0], [0, 1]]}
forward:
  z: w@x + s
  u: t@z
  v: t@u
loss: v@v
"""


def by_unit(text: str) -> Trace:
    return loads(text).trace().grouped(UNIT)


def reverse(trace: Trace) -> list[tuple[str, str]]:
    """What each reverse step is called, and its rows."""
    return [(step.title, " ".join(trace.names(step))) for step in trace.steps if step.phase == REVERSE]


def test_a_unit_has_its_slope_its_gradient_and_those_of_its_weights() -> None:
    assert reverse(load(RELU).trace().grouped(UNIT)) == [
        ("gradient at yhat; gradients of v, c", "dL/dyhat dL/dv1 dL/dv2 dL/dc"),
        ("gradient at h", "dL/dh1 dL/dh2"),
        ("unit z1: gradient at z1; gradients of its w, b", "ReLU'(z1) dL/dz1 dL/dw11 dL/dw12 dL/db1"),
        ("unit z2: gradient at z2; gradients of its w, b", "ReLU'(z2) dL/dz2 dL/dw21 dL/dw22 dL/db2"),
    ]


def test_what_units_share_and_what_is_read_in_two_places_has_steps_of_its_own() -> None:
    assert reverse(by_unit(SHARED)) == [
        ("gradient at v", "dL/dv1 dL/dv2"),
        ("gradient at u; gradients of t", "dL/du1 dL/du2 dL/dt11 dL/dt12 dL/dt21 dL/dt22"),
        ("unit z1: gradient at z1; gradients of its w", "dL/dz1 dL/dw11 dL/dw12"),
        ("unit z2: gradient at z2; gradients of its w", "dL/dz2 dL/dw21 dL/dw22"),
        ("gradients of s", "dL/ds"),
    ]


@pytest.mark.parametrize(
    ("name", "number", "title", "rows"),
    [
        ("linear_2_2_2_1", 8, "unit y1: gradient at y1; gradients of its w111, w121", "dL/dy1 dL/dw111 dL/dw121"),
        ("xor", 8, "unit 2 of z: gradient at column 2 of z; gradients of its w, b",
         "ReLU'(z12) ReLU'(z22) ReLU'(z32) ReLU'(z42) dL/dz12 dL/dz22 dL/dz32 dL/dz42 dL/dw12 dL/dw22 dL/db2"),
        ("generic_skip", 14, "unit z0: gradients of its w0", "dL/dw0"),
        ("recurrence", 7, "gradient at s1; gradients of a, s0, b", "dL/ds1 dL/da dL/ds0 dL/db"),
        ("convolution", 13, "gradient at z; gradients of b", ""),
        ("lstm", 21, "gradient at z_i1, z_f1, z_o1, z_g1; gradients of wi, ui, wf, uf, bf, wo, uo, wg, ug", ""),
    ],
)  # fmt: skip
def test_the_units_of_a_network(name: str, number: int, title: str, rows: str) -> None:
    trace = load(ROOT / "networks" / f"{name}.yaml").trace().grouped(UNIT)
    step = trace.steps[number - 1]
    assert step.title == title
    assert " ".join(trace.names(step)) == (rows or " ".join(trace.names(step)))


def test_slopes_of_what_is_no_unit_come_first() -> None:
    text = "weights: {w: [1, -2], b: [1, 2]}\nforward: {h: relu(w) + b}\nloss: h@h"
    assert [title for title, _ in reverse(by_unit(text))] == [
        "slopes ReLU'(w)",
        "unit h1: gradient at h1; gradients of its w, b",
        "unit h2: gradient at h2; gradients of its w, b",
    ]


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_row_is_in_one_step_and_other_phases_are_as_they_were(path: Path) -> None:
    trace = load(path).trace(inputs=True)
    units = trace.grouped(UNIT)
    assert sorted(trace.quantities()) == sorted(units.quantities())
    assert [step.number for step in units.steps] == list(range(1, len(units.steps) + 1))
    kept = [[(step.title, len(step)) for step in one.steps if step.phase != REVERSE] for one in (trace, units)]
    assert kept[0] == kept[1]
    units.audit()


def upstream_names(trace: Trace, step: Step) -> set[str]:
    """The gradients that the weights' gradients of a step read."""
    owner = trace.of(step)
    gradients = set(owner.program.gradients.values())
    weights = {owner.program.gradients[key] for key, section in owner.sections.items() if section == "weights"}
    own = [row for row in step if owner.register.places[row.quantity][0] in weights]
    read = {leaf.name for row in own for leaf in nodes(row.tree) if isinstance(leaf, Leaf)}
    return {name for name in read if owner.register.places[name][0] in gradients}


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_units_weights_read_the_gradient_of_that_unit_alone(path: Path) -> None:
    trace = load(path).trace().grouped(UNIT)
    for step in trace.steps:
        if step.plan.unit and not trace.symbolic and "gradient at" in step.title:
            assert upstream_names(trace, step) <= set(trace.names(step)), step


def test_grouping_back_gives_the_steps_by_rank() -> None:
    trace = load(RELU).trace()
    assert trace.grouped("rank") is trace
    assert trace.grouped(UNIT).grouped("rank") == trace


def test_the_rows_before_a_place_are_those_of_the_first_steps() -> None:
    cut = load(RELU).trace().grouped(UNIT).until(14)
    assert [len(step) for step in cut.steps][-2:] == [2, 2]
    assert list(cut.quantities())[-2:] == ["ReLU'(z1)", "dL/dz1"]
