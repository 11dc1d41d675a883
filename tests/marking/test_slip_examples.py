"""The smallest networks on which slips show: two outputs, errors of both signs."""

from __future__ import annotations

import pytest

from bptrace.marking.slip_examples import NETWORKS, example
from bptrace.marking.slips import SLIPS


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_worked_out_once_and_used(name: str) -> None:
    assert example(name).lines
    assert any(slip.example.network == name for slip in SLIPS)


def test_the_usual_one_has_errors_of_both_signs() -> None:
    lines = example("two outputs").lines
    assert [lines[name].value > 0 for name in ("dL/dyhat1", "dL/dyhat2")] == [True, False]
