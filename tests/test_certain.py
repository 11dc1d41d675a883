"""Certainty: random networks that leave the rationals, precision that must rise, and what only a proof can tell."""

from __future__ import annotations

from hypothesis import given, reject

import bptrace
from bptrace import SpecError, Trace
from tests import second_opinion
from tests.reader import names_of, value_of
from tests.strategies import examples, real_networks


def worked(text: str) -> Trace:
    """The trace of a random network; one that divides by zero or saturates beyond telling is not asked for."""
    try:
        return bptrace.loads(text).trace()
    except SpecError:
        reject()


@examples(80)
@given(real_networks())
def test_every_line_of_a_random_network_reads_back(text: str) -> None:
    trace = worked(text)
    trace.audit()
    names = names_of(trace)
    for row in trace.rows():
        assert value_of(row.rule, names) == row.value, row
        assert value_of(row.formula, names) == row.value, row
        assert value_of(row.value_text) == row.value, row


@examples(60)
@given(real_networks())
def test_every_gradient_of_a_random_network_is_sympys(text: str) -> None:
    trace = worked(text)
    for name, gradient in second_opinion.gradients(text).items():
        if f"dL/d{name}" in trace:
            assert trace[f"dL/d{name}"] == gradient, name
