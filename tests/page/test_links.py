"""Links between gradients: the paths that a page finds along them are those that `why` tells, with their products."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from bptrace import load
from bptrace.explain.paths import SHOWN, paths_to
from bptrace.numbers.exact import exact_text
from bptrace.page import links
from bptrace.page.assets import asset
from bptrace.page.data import page_data
from bptrace.page.links import AT_LOSS, gradient_links
from tests.conftest import NETWORKS, RELU, traced
from tests.page.in_node import in_node, needs_node

PATHS = """
const links = linksOf(given.links);
const engine = makeEngine(given.engine);
const values = [...engine.workOut({}).values()].map(({ value }) => value);
return withBits(200, () => given.links.map(([place]) => {
  const factor = (at, source) => factorValue(engine, links, values, at, source);
  const { paths, count } = firstPaths(place, links, (at, { source }) => isZero(factor(at, source)), given.limit);
  const told = paths.map((path) => {
    const along = path.links.reduce((value, { at, source }) => product(value, factor(at, source)), ONE);
    const way = path.links.map(({ at }) => links.get(at).subject).reverse();
    return [way, String(path.standsFor), engine.shown(along, false)];
  });
  return [place, String(count), told];
}));
"""


def data_of(path: Path) -> dict[str, Any]:
    """What a page knows of the links of a network, without their factors' names."""
    trace = traced(path).with_numbers(False)
    found = [[each.place, each.subject, [[link.source, -1] for link in each.links]] for each in gradient_links(trace)]
    return {**page_data(trace), "links": found, "limit": SHOWN}


@needs_node
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_page_finds_the_paths_that_why_tells(path: Path) -> None:
    trace = traced(path).with_numbers(False)
    names = list(trace.called())
    found = in_node(asset("paths.js") + PATHS, json.loads(json.dumps(data_of(path))))
    assert [place for place, _, _ in found] == [each.place for each in gradient_links(trace)]
    for place, count, told in islice(found, 0, None, 3):
        step = trace.step_at(place)
        paths, every = paths_to(trace.of(step), names[place].removesuffix(f"({step.sample})"))
        assert (count, len(told)) == (str(every), len(paths))
        for (way, stands_for, product), expected in zip(told, paths, strict=True):
            assert (way, stands_for) == (list(expected.nodes[1:]), str(expected.stands_for))
            assert product == expected.shown.text or product == exact_text(expected.value)


def test_a_link_leads_to_the_row_of_the_gradient_that_it_comes_from() -> None:
    trace = load(RELU).trace()
    names = list(trace.called())
    found = {
        names[each.place]: [names[link.source] if link.source != AT_LOSS else "" for link in each.links]
        for each in gradient_links(trace)
    }
    assert found["dL/dyhat"] == [""]
    assert found["dL/dw11"] == ["dL/dz1"]
    assert [each.subject for each in gradient_links(trace)][:2] == ["yhat", "v1"]


def test_very_many_links_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MOST_LINKS", 5)
    assert gradient_links(load(RELU).trace()) == []
