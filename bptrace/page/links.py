"""How each gradient comes from those nearer the loss: the links of which every path to it is made.

A path is a way along links, and its product that of their factors; so the links are all that a page needs to draw each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bptrace.engine.plans import REVERSE
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.paths import Links
from bptrace.ops.expr import Expr

MOST_LINKS = 20_000
"""With more of them a page tells no paths."""
AT_LOSS = -1


class PageLink(NamedTuple):
    """A link from the gradient in the row at a place, counted from 0, or from the loss, by a factor."""

    source: int
    factor: Expr


class GradientLinks(NamedTuple):
    """The links to the gradient in the row at a place, and what that is the gradient of.

    `sample`: whose names these are.
    """

    place: int
    subject: str
    links: list[PageLink]
    sample: int | None


def gradient_links(trace: Trace) -> list[GradientLinks]:
    """The links to every gradient of the reverse phase, in the order of the rows; none where they are very many."""
    found: list[GradientLinks] = []
    left = MOST_LINKS
    for sample in {step.sample: None for step in trace.steps}:
        steps = [step for step in trace.steps if (step.sample, step.phase) == (sample, REVERSE)]
        for gradient in _links_in(trace, steps):
            found.append(gradient)
            left -= len(gradient.links)
            if left < 0:
                return []
    return found


def _links_in(trace: Trace, steps: list[Step]) -> Iterator[GradientLinks]:
    """Those of the reverse steps of one sample, or of the trace itself."""
    if not steps:
        return
    owner, sample = trace.of(steps[0]), steps[0].sample
    links = Links(owner)
    rows = ((step, place, name) for step in steps for place, name in enumerate(trace.names(step)))
    places = {name: trace.starts[step.number - 1] + place for step, place, name in rows}
    for name, place in places.items():
        key, index = links.places[name]
        if key in links.bases:
            subject = owner.program.quantities[links.bases[key]].element(index)
            found = [PageLink(places.get(link.source or "", AT_LOSS), link.factor) for link in links.of(name)]
            yield GradientLinks(place, subject, found, sample)
