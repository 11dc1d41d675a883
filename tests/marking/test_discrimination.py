"""What numbers do not show is what comes to the same when every slip is worked out by itself."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from bptrace.marking.discrimination import Discrimination, Mistake, Unseen, mistakes
from bptrace.marking.slip_examples import example
from bptrace.marking.working import Working
from bptrace.spec.reader import loads
from tests.bench.marking.registers import EXACT, Hand

RATIONAL = ("gates", "differences", "three paths", "skip", "recurrence", "samples", "matrix batch", "convolution")


def worked(working: Working, mistake: Mistake | None = None) -> dict[str, object] | None:
    """What the network comes to by hand, with a mistake or without."""
    try:
        register = Hand(working, EXACT, Random(0), mistake.rules if mistake else {}).register()
    except ArithmeticError:
        return None
    return {name: written.value for name, written in register.items()}


@pytest.mark.parametrize("name", RATIONAL)
def test_what_is_unseen_comes_to_the_same_by_hand(name: str) -> None:
    working = example(name)
    told, right = Discrimination(working), worked(working)
    found = told.unseen(told.own)
    made = [(mistake, outcome) for mistake in mistakes(working) if (outcome := worked(working, mistake))]
    assert set(found.hidden) == {mistake.slip for mistake, outcome in made if outcome == right}
    assert {frozenset(pair) for group in found.alike for pair in combinations(group, 2)} == {
        frozenset((one.slip, other.slip))
        for (one, first), (other, second) in combinations(made, 2)
        if first == second != right and one.slip != other.slip
    }


def test_values_are_those_of_the_network_with_these_numbers() -> None:
    text = "input: {x: [2, 3]}\nweights: {w: [[1, 2], [3, 4]]}\nforward: {h: relu(w@x)}\nloss: sum(h^2)"
    told = Discrimination(Working(loads(text).trace()))
    values = told.values({"w11": loads("weights: {w: -1/2}\nloss: w").givens[0].value})
    other = Working(loads(text.replace("[1, 2]", "[-1/2, 2]")).trace())
    assert values == {**other.givens, **{name: line.value for name, line in other.lines.items()}}


@pytest.mark.parametrize(("x", "hidden"), [("[2, 3]", False), ("[1, 3]", False), ("[1, 1]", True)])
def test_ones_hide_a_factor(x: str, hidden: bool) -> None:
    text = f"input: {{x: {x}}}\nweights: {{w: [2, 5]}}\nforward: {{z: w@x}}\nloss: z^2"
    told = Discrimination(Working(loads(text).trace()))
    assert ("dW without its input" in told.unseen(told.own).hidden) is hidden


def test_what_two_do_not_show_is_what_neither_shows() -> None:
    one = Unseen(("a", "b"), (("c", "d", "e"), ("f", "g")))
    assert one.common(Unseen(("b", "f", "g"), (("d", "e", "a"),))) == Unseen(("b",), (("d", "e"), ("f", "g")))
    assert one.total == 5
