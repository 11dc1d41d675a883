"""A slip worked out on its smallest network: the rules give the values beside them, and the wrong ones are wrong."""

from __future__ import annotations

import pytest

from bptrace.marking.slip import Slip
from bptrace.marking.slips import BY_NAME, SLIPS, slips_called
from bptrace.marking.worked_slips import worked_slip
from bptrace.numbers.enclosures import agree
from bptrace.ops.evaluate import evaluate


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_every_slip_is_worked_out(slip: Slip) -> None:
    worked = worked_slip(slip)
    for calculation in (worked.right, *worked.wrong):
        assert agree(evaluate(calculation.tree), calculation.value)
        assert calculation.quantity == slip.example.row
    assert worked.wrong
    assert not any(agree(wrong.value, worked.right.value) for wrong in worked.wrong)
    assert bool(worked.written) == bool(slip.typed)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("slope twice", ["slope twice"]),
        ("SLOPE TWICE", ["slope twice"]),
        ("mean", ["summed where it is a mean", "mean twice", "mean and variance of a norm taken as constants"]),
        ("momentum velocity", ["momentum: velocity lost"]),
        ("exp' = x·g", ["exp' = x·g"]),
        ("nothing such", []),
        ("  ", []),
    ],
)
def test_a_slip_is_found_by_its_name_its_beginning_or_its_words(name: str, found: list[str]) -> None:
    assert [slip.name for slip in slips_called(name)] == found


def test_every_slip_is_found_by_its_own_name() -> None:
    assert [name for name in BY_NAME if [slip.name for slip in slips_called(name)] != [name]] == []
