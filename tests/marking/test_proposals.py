"""Numbers that are proposed hide nothing: no factor is 0 or 1, and the same seed gives the same."""

from __future__ import annotations

from random import Random

import pytest

from bptrace import loads
from bptrace.engine.quantity import sample_of
from bptrace.marking import proposals
from bptrace.marking.draws import FileSearch
from bptrace.marking.proposals import INTEGERS, POOLS
from bptrace.marking.working import Working
from bptrace.numbers.exact import Rational

NET = "input: {x: [1, 2]}\nweights: {w: [3, 4]}\ntarget: {y: 5}\nforward: {z: w@x}\nloss: (z - y)^2\n"


@pytest.mark.parametrize("name", POOLS)
def test_no_factor_hides_what_it_multiplies(name: str) -> None:
    pool = POOLS[name]
    assert not {Rational(0), Rational(1)} & {pool.unit * factor for factor in pool.factors}
    assert 0 not in pool.errors
    assert pool.near(pool.unit * 7) == pool.unit * 7
    assert pool.near(pool.unit * Rational(22, 3)) == pool.unit * 7


def test_the_same_seed_draws_the_same_numbers() -> None:
    search = FileSearch(loads(NET))
    drawn = [search.proposals.propose(Random("7")) for _ in range(2)]
    assert drawn[0] == drawn[1] != search.proposals.propose(Random("8"))
    assert {"w1", "w2", "x1", "x2"} <= drawn[0].keys()
    assert all(value not in (0, 1) for name, value in drawn[0].items() if name != "y")


def test_each_given_is_looked_at_a_few_times_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(proposals, "sample_of", lambda name: asked.append(name) or sample_of(name))  # type: ignore[func-returns-value]
    weights = "".join(f"  w_{place}: {place}\n" for place in range(1, 101))
    network = loads(f"weights:\n{weights}loss: {' + '.join(f'w_{place}' for place in range(1, 101))}\n")
    made = proposals.Proposals(network, Working(network.trace()), POOLS[INTEGERS])
    assert len(made.slots) == 100
    assert 100 <= len(asked) <= 4 * 100
