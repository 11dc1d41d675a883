"""The graph of a network: by its units or by its quantities, as is asked for or as fits."""

from __future__ import annotations

from collections.abc import Sequence

from bptrace.engine.quantity import sample_of
from bptrace.engine.trace import Trace
from bptrace.errors import Mark, Source, SpecError, shortened
from bptrace.explain.layers import Layer
from bptrace.graph.columns import drawable_layers
from bptrace.graph.drawn_paths import gradient_named
from bptrace.graph.graph import NODES, NOTHING_WRITTEN, QUANTITY_NODES, UNIT_NODES, Content, Graph
from bptrace.graph.quantity_graph import quantity_graph
from bptrace.graph.unit_graph import unit_graph

AUTO = "auto"
CHOICES = (AUTO, *NODES)
FEW_DIGITS = 4
"""How many digits of what is not rational a picture has: there is less room than in a register."""

NAMED = 60
"""How long a name is in a complaint."""
CHECKED = 2_000
"""Of a working with at most so many rows each is checked before its values are drawn."""


def graph_of(
    trace: Trace,
    nodes: str = AUTO,
    content: Content = NOTHING_WRITTEN,
    sample: int | None = None,
    digits: int = FEW_DIGITS,
) -> Graph:
    """The graph of a network, or of one of its samples, by its units where it consists of layers.

    `nodes`: one of CHOICES. `sample`: counted from 1; the first where the network has some. `digits`: at most so many
    of what is not rational are shown. Raises SpecError where there are no such nodes, units are asked for and
    there are no layers, and where there is no such sample, or no path to what `content` asks why of; InternalError
    where a row's rule does not give its value.
    """
    if nodes not in CHOICES:
        raise SpecError(f"unknown nodes {shortened(nodes)}", None, f"known: {', '.join(CHOICES)}")
    trace = trace.with_digits(min(digits, trace.digits))
    number, why = _asked(trace, content.why, sample)
    part = trace.samples[number - 1] if number else trace
    layers = _layers(part, nodes)
    content = content._replace(why=gradient_named(part, why, number) if content.why else "")
    if (content.values or content.gradients) and part.count <= CHECKED:
        part.audit()
    return unit_graph(part, layers, content, number) if layers else quantity_graph(part, content, number)


def _asked(trace: Trace, why: str, sample: int | None) -> tuple[int | None, str]:
    """The sample that is drawn, if there are any, and the gradient's name in it. Raises SpecError."""
    plain, named = sample_of(why.strip()) if trace.samples else (why, None)
    number = _sample(trace, sample or named)
    if trace.samples and plain and not (sample or named):
        hint = f"as in {gradient_named(trace.samples[0], plain.partition('(')[0], 1)}(1)"
        raise _refused("each sample's gradient has paths of its own", why, hint)
    if named and number != named:
        raise _refused(f"{shortened(why)} is not of sample {number}", why, f"as in --sample {named}")
    return number, plain


def _layers(part: Trace, nodes: str) -> Sequence[Layer]:
    """The layers whose units are drawn; none where its quantities are. Raises SpecError."""
    layers = drawable_layers(part) if nodes != QUANTITY_NODES else ()
    if nodes == UNIT_NODES and not layers:
        raise SpecError("the network does not consist of layers", None, "its quantities can be drawn: --nodes quantity")
    if nodes == AUTO and any(len(item.shape) > 1 for layer in layers for item in layer.sums):
        return ()  # rows of cases: a circle for each unit of each would show one network several times
    return layers


def _sample(trace: Trace, number: int | None) -> int | None:
    """The sample that is drawn, if there are any. Raises SpecError."""
    count = len(trace.samples)
    if number is not None and not 1 <= number <= count:
        raise SpecError(f"there is no sample {number}", None, f"there are {count}" if count else "there are no samples")
    return number or (1 if count else None)


def _refused(message: str, why: str, hint: str) -> SpecError:
    return SpecError(message, Mark(Source("--why", why), 0), hint)
