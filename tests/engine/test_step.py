"""A step gives its rows, any of them alone too."""

from __future__ import annotations

import pytest

from bptrace import load
from tests.conftest import RELU, ROOT

BATCH = ROOT / "networks" / "xor_batch.yaml"


def test_a_step_is_a_sequence_of_rows() -> None:
    for step in load(RELU).trace().steps:
        rows = list(step)
        assert len(step) == len(rows)
        assert [step[index] for index in range(-len(rows), len(rows))] == rows * 2
        with pytest.raises(IndexError):
            step[len(rows)]


def test_in_the_whole_register_a_row_of_a_sample_has_its_number() -> None:
    steps = load(BATCH).trace().steps
    assert [steps[0].called("z1"), steps[-1].called("z1")] == ["z1(1)", "z1"]
    assert repr(steps[0]).startswith("<Step 1, forward: sample 1 of 4: ")
