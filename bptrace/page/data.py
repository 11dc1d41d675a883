"""A working as data for the scripts of a page, and as JSON that nothing in a file can end."""

from __future__ import annotations

import json
from typing import TypeAlias

from bptrace.engine.trace import Trace
from bptrace.page.quiz import quiz_data
from bptrace.page.rules import rules_data

Data: TypeAlias = "dict[str, object]"


def page_data(trace: Trace) -> Data:
    """What the scripts know of a trace: its steps, the loss's name, rules and hints; names that no rule has."""
    own = trace.samples[0] if trace.samples else trace
    loss = own.program.quantities[own.program.loss]
    return {
        "steps": [
            {"phase": step.phase, "count": len(step)} | ({"sample": step.sample} if step.sample else {})
            for step in trace.steps
        ],
        "loss": loss.element((0,) * len(loss.shape)),
        "names": list(trace.called()) if trace.symbolic else [],
        "engine": rules_data(trace),
        "quiz": quiz_data(trace)._asdict(),
    }


def as_json(data: Data) -> str:
    """The data as JSON within HTML: in ASCII, and without a character that a tag could begin with."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
