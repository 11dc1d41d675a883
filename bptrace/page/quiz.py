"""What a page needs to ask for each value before it shows it: the hints of a row in turn, and the value."""

from __future__ import annotations

from bptrace.engine.sentence_parts import plain
from bptrace.engine.trace import Trace
from bptrace.explain.hints import hints_in_turn
from bptrace.explain.sentences import row_hint


def quiz_data(trace: Trace) -> list[list[str]]:
    r"""For each row the sign before its value, its digits, its closed form or nothing, then the hints in turn.

    >>> import bptrace
    >>> trace = bptrace.loads("weights: {w: 3}\nforward: {z: 2*w}\nloss: z^2").trace()
    >>> quiz_data(trace)[-1][:3], quiz_data(trace)[-1][4:]
    (['=', '24', ''], ['its formula is dL/dz*2', 'in numbers: 12*2'])
    """
    return [_question(trace, place) for place in range(trace.count)]


def _question(trace: Trace, place: int) -> list[str]:
    row = next(trace.part(place, place + 1))
    first = plain(row_hint(trace, place), trace.of(trace.step_at(place)).notation)
    return [row.shown.sign, row.shown.digits, row.shown.closed, *hints_in_turn(row, first)]
