"""What a page needs to ask for each value before it shows it: how to go about each row."""

from __future__ import annotations

from typing import NamedTuple

from bptrace.engine.sentence_parts import Named, plain
from bptrace.engine.trace import Trace
from bptrace.explain.sentences import row_hint

SLOT = "{}"
"""What stands for a name in a form, and nowhere else: no equation has it."""


class QuizData(NamedTuple):
    """The first hints to rows: their forms, the names in them, and for each row the numbers of its form and names."""

    forms: list[str]
    names: list[str]
    rows: list[list[int]]


def quiz_data(trace: Trace) -> QuizData:
    r"""What a page knows of the first hints to rows; of symbols, which are not asked for, nothing.

    >>> import bptrace
    >>> data = quiz_data(bptrace.loads("weights: {w: 3}\nloss: w - 1").trace())
    >>> data.forms, data.names, data.rows
    (['', 'by how much does {} change when {} grows by 1?'], ['L', 'w'], [[0], [1, 0, 1]])
    """
    forms: dict[str, int] = {}
    names: dict[str, int] = {}
    rows = []
    for place in range(0 if trace.symbolic else trace.count):
        hint, notation = row_hint(trace, place), trace.of(trace.step_at(place)).notation
        form = "".join(SLOT if isinstance(part, Named) else plain((part,), notation) for part in hint)
        read = [names.setdefault(part.name, len(names)) for part in hint if isinstance(part, Named)]
        rows.append([forms.setdefault(form, len(forms)), *read])
    return QuizData(list(forms), list(names), rows)
