"""What a target chooses: its rules in general hold for any class; gradients are held against sympy with the losses."""

from __future__ import annotations

import pytest

import bptrace
from bptrace.engine.model import definitions_by_key
from bptrace.engine.register import Register
from bptrace.numbers.arrays import indices
from bptrace.numbers.enclosures import OutOfDomainError, agree, precision
from bptrace.ops.evaluate import evaluate, expander

LOSSES = ("cross_entropy(z, y)", "nll(log_softmax(z), y)", "-log(softmax(z)[2]) + nll(z, y)")


def net(loss: str, target: str) -> bptrace.Trace:
    return bptrace.loads(f"weights: {{z: [1, 2, -1]}}\ntarget: {{y: {target}}}\nloss: {loss}").trace()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("target", ["1", "2", "3"])
def test_a_general_rule_gives_what_the_rule_for_that_class_gives(loss: str, target: str) -> None:
    own, other = net(loss, target), net(loss, "1")
    definitions = definitions_by_key(other.program.definitions)
    register = Register(own.program.quantities, own.values)
    with precision(own.bits):
        for key, definition in definitions.items():
            general = expander(definition.expr, register, general=True)
            special = expander(definition.expr, register)
            for index in indices(definition.shape):
                assert agree(evaluate(general(index)), evaluate(special(index))), key


@pytest.mark.parametrize(
    ("target", "loss", "problem"),
    [
        ("4", "nll(z, y)", "the target 4 is no class number from 1 to 3"),
        ("[1, 1, 0]", "cross_entropy(z, y)", "the target sums to 2, not to 1"),
    ],
)
def test_a_general_rule_refuses_a_target_that_is_none(target: str, loss: str, problem: str) -> None:
    trace = net(loss, "[1, 0, 0]" if "[" in target else "1")
    values = dict(trace.values) | {"y": net("0*sum(y)", target).values["y"]}
    register = Register(trace.program.quantities, values)
    definition = definitions_by_key(trace.program.definitions)["L"]
    with precision(trace.bits), pytest.raises(OutOfDomainError, match=problem):
        evaluate(expander(definition.expr, register, general=True)(()))
