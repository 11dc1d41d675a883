"""Every slip on its smallest network: it gives a wrong value there that no slip outside its group gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

import bptrace
from bptrace.errors import Mark, Source
from bptrace.marking.numerals import written_number
from bptrace.marking.parts import Parts
from bptrace.marking.slip import Slip
from bptrace.marking.slip_examples import NETWORKS, example
from bptrace.marking.slips import BY_NAME, GROUPS, SLIPS, typed_rules, wrong_rules
from bptrace.marking.working import Working, WorkingLine
from bptrace.numbers.enclosures import Scalar, agree
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Expr
from tests.conftest import ROOT

NAMED = """
error sign lost · 2 or ½ dropped or doubled · times the output · the other target · absolute error · output slope
forgotten · slope kept where the loss has absorbed it · hidden slope forgotten · upstream forgotten (δ = f') · slope
at h instead of z · slope at z where it needs h · f for f' · the 1 of tanh' lost · slope twice · leak lost · gate
always open · gate on h ≥ 0 · gate on the gradient's sign · ReLU' = z · minus of a difference lost · power rule with 2
for every n · exponent not lowered · exp' = x·g · quotient: u'/v' · the base differentiated for the exponent · one
path of a sum · the last path only (overwritten) · a path twice · paths multiplied · the skip forgotten · gradient of
the last use of a shared weight only · stale gradient added · W for Wᵀ · dW transposed · weight on the path forgotten
· the wrong weight or unit (neighbour's) · the wrong layer's upstream · updated weights in the reverse pass · dW with
z for h · dW with its own layer's output · dW without its input · bias gradient times an input · bias gradient 0 · the
bias itself for its gradient · bias not updated · broadcast not summed · summed where it is a mean · mean twice ·
softmax's diagonal only · BCE's second term lost · mean and variance of a norm taken as constants · ties of a max all
given the whole gradient · pooling windows assigned instead of added · kernel not flipped in dx · dropout mask lost ·
dropout scale lost · another gate's slope · the carried dc or dh lost · dc replaced instead of added · reset gate
skipped · L2 without its 2 · L2 with the other sign · L2 on the bias too · step up instead of down · the weight in the
gradient's place · rate twice · rate not at all · momentum: rate twice · momentum: dampened first step · momentum:
velocity lost · Adam: β without its power · Adam: eps in the root · Adam: no bias correction · Adam: βs swapped ·
rounded on the way · digits transposed · copied from another row · sign of this row lost
"""
"""What people get wrong, as it has been collected."""
ALIKE = (
    {"error sign lost", "absolute error", "sign of this row lost"},
    {
        "one path of a sum",
        "the last path only (overwritten)",
        "BCE's second term lost",
        "the skip forgotten",
        "gradient of the last use of a shared weight only",
        "broadcast not summed",
        "softmax's diagonal only",
        "mean and variance of a norm taken as constants",
        "pooling windows assigned instead of added",
        "the carried dc or dh lost",
        "dc replaced instead of added",
    },
    {"gate always open", "gate on h ≥ 0", "gate on the gradient's sign", "leak lost"},
    {"ReLU' = z", "f for f'"},
)
"""Slips that can be the same on a row."""


@cache
def working(name: str) -> Working:
    return example(name)


def value(rule: Expr) -> Scalar | None:
    try:
        return evaluate(rule)
    except ArithmeticError:
        return None


def outside(slip: Slip, line: WorkingLine, found: Working) -> Iterator[Scalar]:
    """What other slips give in a line, those that are alike and last resorts left out."""
    alike = {name for group in ALIKE if slip.name in group for name in group} | {slip.name}
    for other, rule in wrong_rules(line, found):
        if other.name not in alike and not other.last_resort:
            given = value(rule)
            if given is not None:
                yield given


def test_every_slip_that_is_named_has_a_row() -> None:
    named = " ".join(NAMED.split()).split(" · ")
    assert [name for name in named if name not in BY_NAME] == []
    assert len(named) == len(set(named))


def test_slips_and_groups_have_names_of_their_own() -> None:
    assert len(BY_NAME) == len(SLIPS) == sum(len(group.slips) for group in GROUPS)


@pytest.mark.parametrize("slip", [slip for slip in SLIPS if not slip.typed], ids=lambda slip: slip.name)
def test_a_slip_shows_in_its_example(slip: Slip) -> None:
    name, row, _ = slip.example
    line = working(name).lines[row]
    others = [line.value, *outside(slip, line, working(name))]
    given = [found for found in map(value, slip.rules(Parts(line, working(name)))) if found is not None]
    assert any(not any(agree(one, other) for other in others) for one in given)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_wrong_rule_is_the_right_one(name: str) -> None:
    found = working(name)
    for line in found.lines.values():
        parts = Parts(line, found)
        assert all(Parts(line._replace(rule=rule), found).form != parts.form for _, rule in wrong_rules(line, found))


def test_slips_are_made_on_paths_straight_from_the_loss_too() -> None:
    text = "input: {x: [1, 2]}\nweights: {w: [1, 3]}\nloss: sum(w/(2 + layer_norm(x*w)))"
    found = Working(bptrace.loads(text).trace())
    assert all(list(wrong_rules(line, found)) for line in found.lines.values())


# Slips that show in what is written


@pytest.mark.parametrize("slip", [slip for slip in SLIPS if slip.typed], ids=lambda slip: slip.name)
def test_a_slip_is_known_by_its_digits(slip: Slip) -> None:
    name, row, written = slip.example
    found = working(name)
    number = written_number(written, Mark(Source("", ""), 0))
    rules = (rule for other, rule in typed_rules(number, found.lines[row], found) if other is slip)
    unit = number.unit
    assert unit is not None
    assert any(abs(float(evaluate(rule)) - float(number.value)) <= float(unit) / 2 for rule in rules)
    assert not list(slip.rules(Parts(found.lines[row], found)))


# Two slips in one row


def test_a_second_slip_is_made_in_the_rule_of_the_first() -> None:
    found = working("two outputs")
    line = found.lines["dL/dz1"]
    [forgotten] = BY_NAME["hidden slope forgotten"].rules(Parts(line, found))
    assert not list(BY_NAME["slope twice"].rules(Parts(line._replace(rule=forgotten), found)))
    line = found.lines["dL/dh1"]
    [flipped] = BY_NAME["W for Wᵀ"].rules(Parts(line, found))
    both = list(BY_NAME["a path twice"].rules(Parts(line._replace(rule=flipped), found)))
    assert len(both) == 2
    assert all(rule not in (line.rule, flipped) for rule in both)


# Where a slip can be made, and where it cannot


@pytest.mark.parametrize(
    ("slip", "network", "rows"),
    [
        ("slope kept where the loss has absorbed it", "softmax_classifier", "dL/dz1 dL/dz2 dL/dz3"),
        ("BCE's second term lost", "softmax_classifier", ""),
        ("output slope forgotten", "two_outputs", "dL/du1 dL/du2"),
        ("hidden slope forgotten", "two_outputs", "dL/dz1 dL/dz2"),
        ("leak lost", "two_outputs", "LeakyReLU'(u1) LeakyReLU'(u2) dL/du1 dL/du2"),
        ("quotient: u'/v'", "attention", ""),
        ("the skip forgotten", "skip_connection", "dL/dh0"),
        ("gradient of the last use of a shared weight only", "recurrence", "dL/da dL/db"),
        ("W for Wᵀ", "two_outputs", "dL/dh1 dL/dh2"),
        ("dW with z for h", "skip_connection", "dL/dw2 dL/dw3 dL/dw1"),
        ("bias not updated", "relu_lifecycle", "b2_new b1[1]_new b1[2]_new"),
        ("broadcast not summed", "xor", "dL/dc dL/db1 dL/db2"),
        ("softmax's diagonal only", "softmax_long_way", "dL/dz1 dL/dz2 dL/dz3"),
        ("mean and variance of a norm taken as constants", "convolution", ""),
        ("ties of a max all given the whole gradient", "convolution", "dL/dh22 dL/dh31"),
        ("pooling windows assigned instead of added", "convolution", "dL/dh12"),
        ("kernel not flipped in dx", "xor", ""),
        ("dropout mask lost", "lstm", ""),
        ("the carried dc or dh lost", "lstm", "dL/dc1"),
        ("reset gate skipped", "lstm", ""),
        ("L2 on the bias too", "relu_lifecycle", ""),
        ("Adam: eps in the root", "adam", "w1_new w2_new b_new"),
        ("Adam: eps in the root", "momentum", ""),
    ],
)
def test_a_slip_is_made_only_where_it_can_be(slip: str, network: str, rows: str) -> None:
    found = in_folder(network)
    lines = found.lines.values()
    assert [line.name for line in lines if any(BY_NAME[slip].rules(Parts(line, found)))] == rows.split()


@cache
def in_folder(name: str) -> Working:
    return Working(bptrace.load(ROOT / "networks" / f"{name}.yaml").trace())
