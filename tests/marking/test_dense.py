"""The file of a dense network has as many units as were asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bptrace.errors import BptraceError
from bptrace.marking.dense import dense_text
from bptrace.spec.reader import loads


@pytest.mark.parametrize("units", [(2, 1), (1, 1), (2, 2, 1), (3, 2, 2), (2, 2, 2, 1), (2, 3, 3, 2, 2), (4, 5, 1)])
def test_layers_have_so_many_units(units: Sequence[int]) -> None:
    network = loads(dense_text(units))
    matrices = [given.shape for given in network.givens if given.section == "weights"][::2]
    assert [shape[-1] for shape in matrices] == list(units[:-1])
    assert network.trace()["L"] is not None


@pytest.mark.parametrize(
    ("activation", "line"),
    [
        ("relu", "h: relu(z)"),
        ("relu()", "h: relu(z)"),
        ("leaky_relu(1/4)", "h: leaky_relu(z, 1/4)"),
        ("z^2", "h: z^2"),
        ("z", "h: z"),
    ],
)
def test_a_function_is_of_its_sum(activation: str, line: str) -> None:
    assert f"  {line}\n" in dense_text((2, 2, 1), activation)


@pytest.mark.parametrize("units", [(2,), (), (0, 1), (2, -1), (2, 21), (1,) * 10])
def test_too_few_and_too_many_units_are_refused(units: Sequence[int]) -> None:
    with pytest.raises(BptraceError, match=r"layers|units"):
        dense_text(units)
