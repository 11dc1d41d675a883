"""What prompts and replies name of the network at hand: a row, a setting, a given, the steps so far."""

from __future__ import annotations

from typing import NamedTuple

from bptrace.engine.model import Given
from bptrace.engine.network import Network
from bptrace.engine.quantity import of_sample
from bptrace.engine.trace import Trace
from bptrace.errors import Mark, Source, SpecError
from bptrace.spec.overrides import given_named, main_given, setting_example


class Said(NamedTuple):
    """One line to the person: `kind` is `error`, `right`, `wrong` or `note`."""

    kind: str
    text: str


def filled_in(prompt: str, network: Network, trace: Trace) -> str:
    """A prompt with what the network has for its `{row}`, `{setting}` and `{given}`."""
    given = main_given(network)
    name = given.key if given else "NAME"
    return prompt.format(row=row_example(trace), setting=setting_example(network), given=name)


def row_example(trace: Trace) -> str:
    r"""A row to speak of: the gradient of the first weight, else the last row.

    >>> from bptrace import loads
    >>> row_example(loads("weights: {a: [1, 2]}\nloss: a@a").trace())
    'dL/da1'
    """
    gradients = trace.program.gradients
    weights = [key for key, section in trace.sections.items() if section == "weights" and key in gradients]
    if not weights:
        return trace.steps[-1].called(next(trace.quantities(trace.count - 1)))
    gradient = trace.program.quantities[gradients[weights[0]]]
    return gradient.element((0,) * len(gradient.shape))


def given_called(network: Network, name: str, sample: int | None) -> Given:
    """The given that a name means where one stands: in a sample, its own comes first. Raises SpecError."""
    mark = Mark(Source("name", name), 0)
    if sample:
        try:
            return given_named(network, of_sample(name, sample), mark)[0]
        except SpecError:
            pass
    return given_named(network, name, mark)[0]


def extent(trace: Trace) -> str:
    """Which steps a trace has: `steps 1 to 3`, `steps 1 to 2 and 1 row of step 3`."""
    rows, whole = len(trace.steps[-1]), trace.steps[-1].plan.whole
    finished = len(trace.steps) - (rows < whole)
    parts = [f"step{'s 1 to' if finished > 1 else ''} {finished}"] * bool(finished)
    parts += [f"{rows} row{'s' * (rows > 1)} of step {finished + 1}"] * (rows < whole)
    return " and ".join(parts)
