"""What a notebook gets of every kind of thing: HTML that is well-formed, and other forms, of every network."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bptrace import Network, load, loads
from bptrace.notebook.bundles import bundle
from tests.conftest import NETWORKS

FORMS = ["text/plain", "text/html", "text/markdown", "text/latex"]


def things(network: Network) -> Iterator[object]:
    """A network, its trace, and some of what that has."""
    trace = network.trace()
    yield from (network, trace, network.derived(), trace.steps[-1], next(trace.rows()))
    if not trace.symbolic:
        yield from dict(trace).values()


def tags(html: str) -> set[str]:
    return {element.tag for element in ElementTree.fromstring(html).iter()}


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_form_of_everything(path: Path) -> None:
    for thing in things(load(path)):
        shown = bundle(thing)
        assert list(shown) == FORMS
        assert shown["text/plain"] == repr(thing)
        assert "math" in tags(shown["text/html"])
        for kind in ("text/markdown", "text/latex"):
            assert len(re.findall(r"(?<!\\)\$", shown[kind])) % 2 == 0
            assert "break" not in shown[kind]


def test_what_a_file_says_is_no_tag() -> None:
    title = "</caption></style><script>alert(1)</script><img src=x>"
    network = loads({"title": title, "weights": {"w": 2}, "loss": "w^2"})
    for thing in (network, network.trace()):
        shown = bundle(thing)
        assert tags(shown["text/html"]).isdisjoint({"script", "img"})
        assert "<" not in shown["text/markdown"].replace(r"\<", "")


def test_things_say_themselves_how_they_are_shown() -> None:
    trace = loads("weights: {w: [1, 2]}\nloss: exp(w@w)").trace()
    kinds: list[Any] = [trace.source, trace, trace.steps[0], trace.steps[0][0], trace["w"], trace["L"]]
    assert [list(thing._repr_mimebundle_()) for thing in kinds] == [FORMS] * len(kinds)
    assert bundle(Fraction(1, 2))["text/markdown"] == "$$1/2$$"


def test_a_graph_is_a_picture() -> None:
    graph = loads("title: A < B\nweights: {w: 2}\nloss: w^2").trace().graph()
    shown = graph._repr_mimebundle_()
    assert shown["text/plain"] == "<Graph of A < B, 2 nodes, 1 edges>"
    assert shown["image/svg+xml"] == graph.to_svg()
    assert shown["text/html"].startswith('<img src="data:image/svg+xml;base64,')
    assert shown["text/html"].endswith('alt="Picture of A &lt; B" style="max-width: 100%">')


def test_nothing_of_ipython_is_loaded_for_it() -> None:
    program = "import sys, bptrace; t = bptrace.loads('weights: {w: 2}\\nloss: w^2').trace(); t._repr_mimebundle_()"
    ended = (
        "; t.page(); print(sorted({name.partition('.')[0] for name in sys.modules} & {'IPython', 'numpy', 'sympy'}))"
    )
    done = subprocess.run([sys.executable, "-c", program + ended], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
