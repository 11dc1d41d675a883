"""The wrong rule of a slip on its smallest network, as it is written, and what it comes to."""

from __future__ import annotations

from bptrace.marking.parts import Parts
from bptrace.marking.slip_examples import example
from bptrace.marking.slips import BY_NAME
from bptrace.ops.evaluate import evaluate


def check_slip(name: str, row: str, wrong: str, value: str) -> None:
    """One of the slip's rules in that row of its example is written so and has this value."""
    slip = BY_NAME[name]
    working = example(slip.example.network)
    notation = working.trace.notation
    rules = slip.rules(Parts(working.lines[row], working))
    assert (wrong, value) in [(notation.formula(rule), notation.shown(evaluate(rule)).text) for rule in rules]
