"""The paths to one gradient as a graph has them: link by link, each from one quantity to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bptrace.engine.trace import Trace
from bptrace.errors import Mark, Source, SpecError, shortened, suggestion
from bptrace.explain.paths import LINK_LIMIT, Link, Ways
from bptrace.graph.graph import Edge, Factor, Graph
from bptrace.numbers.arrays import size
from bptrace.numbers.enclosures import precision

WHY = "--why"
WHOLE = "without --why the whole network is drawn"


class PathLink(NamedTuple):
    """A link of the paths: forward it goes from the element `start` to the element `end`; the gradient flows back."""

    start: str
    end: str
    factor: Factor


def path_links(trace: Trace, name: str) -> list[PathLink]:
    """Every link of the paths to an element of a gradient, `dL/dw11`, each once, those nearest the loss first.

    Raises SpecError where there is no such gradient, no path to it, or more than are followed.
    """
    wanted = gradient_named(trace, name)
    try:
        with precision(trace.bits):
            ways = Ways(trace, wanted)
    except ArithmeticError:
        raise _refused(name, "has paths along which some value does not exist", WHOLE) from None
    if not ways.links:
        raise _refused(name, f"takes more than {LINK_LIMIT:,} links to the loss, the most that are followed", WHOLE)
    if not ways.counts[wanted]:
        raise _refused(name, "has no path from the loss: nothing reads what it is the gradient of", WHOLE)
    loss = trace.program.quantities[trace.program.loss]
    end = loss.element((0,) * len(loss.shape))
    return [
        PathLink(ways.base(to), ways.base(link.source) if link.source else end, _factor(to, link))
        for to, links in ways.links.items()
        for link in links
        if not link.source or ways.counts[link.source]
    ]


def _factor(to: str, link: Link) -> Factor:
    return Factor(to, link.source or "", link.factor, link.value)


def gradient_named(trace: Trace, name: str, sample: int | None = None) -> str:
    """What the register calls an element of a gradient. Raises SpecError, with what is near.

    `sample`: which one's register it is; what is near is called as in the whole one.
    """
    of = f"({sample})" if sample else ""
    found, quantities = trace.row_name(name.strip()), trace.program.quantities
    key, _ = trace.register.places.get(found, ("", ()))
    gradients = trace.program.gradients.values()
    if key not in gradients:
        near = suggestion(name.strip() + of, [f"{gradient}{of}" for gradient in gradients])
        near = near or [f"as in {next(iter(gradients), 'dL/dw11')}{of}"]
        raise _refused(name, "is no gradient that is worked out", *near)
    if name.strip() == key and size(quantities[key].shape) > 1:
        raise _refused(name, "has several elements, each with paths of its own", f"name one, such as {found}{of}")
    return found


def _refused(name: str, reason: str, *hints: str) -> SpecError:
    return SpecError(f"{shortened(name)} {reason}", Mark(Source(WHY, name), 0), *hints)


def with_paths(graph: Graph, links: Sequence[PathLink], node_of: Mapping[str, str]) -> Graph:
    """The graph with the links of paths at its edges, and inside its nodes; `node_of`: the node of each element.

    A link that starts at a weight lies on the edge that carries it. One whose gradient's rule leaves out what stands
    between, as that of softmax before a cross-entropy does, gets an edge of its own.
    """
    if not links:
        return graph
    met = {node_of[name] for link in links for name in (link.start, link.end) if name in node_of}
    inside, along = _factors_at(graph, links, node_of)
    nodes = [node._replace(on_path=node.id in met, factors=tuple(inside.get(node.id, ()))) for node in graph.nodes]
    edges = [_with_factors(edge, along.pop((edge.source, edge.target), ())) for edge in graph.edges]
    edges += [_with_factors(Edge(*ends), found) for ends, found in along.items()]
    return graph.with_parts(tuple(nodes), tuple(edges))


def _with_factors(edge: Edge, found: Sequence[Factor]) -> Edge:
    return edge._replace(on_path=bool(found), factors=tuple(found))


def _factors_at(
    graph: Graph, links: Sequence[PathLink], node_of: Mapping[str, str]
) -> tuple[dict[str, list[Factor]], dict[tuple[str, str], list[Factor]]]:
    """The factors inside each node, by its id, and along each edge, by its ends; what is cut has no place."""
    carrying = {(each.name, edge.target): edge.source for edge in graph.edges for each in edge.carries}
    inside: dict[str, list[Factor]] = {}
    along: dict[tuple[str, str], list[Factor]] = {}
    for link in links:
        end = node_of.get(link.end, "")
        start = carrying.get((link.start, end)) or node_of.get(link.start, "")
        if start and start == end:
            inside.setdefault(start, []).append(link.factor)
        elif start and end:
            along.setdefault((start, end), []).append(link.factor)
    return inside, along
