"""Every slip on its smallest network: it gives a wrong value there that no slip outside its group gives."""

from __future__ import annotations

from functools import cache

import pytest

import bptrace
from bptrace.marking.parts import Parts
from bptrace.marking.slip_examples import NETWORKS, SECOND_UPDATE
from bptrace.marking.slips import SLIPS, wrong_rules
from bptrace.marking.working import Working


@cache
def working(name: str) -> Working:
    network = bptrace.loads(NETWORKS[name])
    return Working((network.stepped(network.trace()) if name in SECOND_UPDATE else network).trace())


@pytest.mark.parametrize("name", NETWORKS)
def test_no_wrong_rule_is_the_right_one(name: str) -> None:
    found = working(name)
    for line in found.lines.values():
        for slip, rule in wrong_rules(line, found):
            assert rule is not line.rule, slip.name


def test_slips_have_names_of_their_own() -> None:
    names = [slip.name for slip in SLIPS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("slip", [slip for slip in SLIPS if not slip.typed], ids=lambda slip: slip.name)
def test_a_slip_has_a_place_to_be_made(slip: object) -> None:
    assert any(
        list(slip.rules(Parts(line, working(name))))  # type: ignore[attr-defined]
        for name in NETWORKS
        for line in working(name).lines.values()
    )
