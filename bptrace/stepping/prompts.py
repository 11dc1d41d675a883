"""What prompts name of the network at hand: a row, a setting, a given."""

from __future__ import annotations

from bptrace.engine.model import Given
from bptrace.engine.network import Network
from bptrace.engine.quantity import of_sample
from bptrace.engine.trace import Trace
from bptrace.errors import Mark, Source, SpecError
from bptrace.spec.overrides import given_named, main_given, setting_example


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
