"""The tree of a YAML text is the one that YAML's own composer makes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bptrace.spec.yaml_text import LOADER
from bptrace.spec.yaml_tree import MappingNode, Node, ScalarNode, composed
from tests.conftest import ROOT

TEXTS = {
    "kinds": "a: 1\nb: [1, [x, 'y z'], {c: d}]\ne: |\n  two\n  lines\nf: \"q\\x41\"\n",
    "blocks": "- a: 1\n  b: 2\n-\n  - c\n  - &n d\n",
    "flow pairs": "[a: 1, ? b, c]",
    "nothing given": "a:\nb: ''\n? c\n",
    "aliases": "a: &x [1, &y 2]\nb: *x\nc: {*y : *x}\n",
    "an alias of what it is in": "a: &x [1, *x]\n",
    "tags": "a: !t &x [1]\nb: !!str 2\n",
    "letters beyond ASCII": "\u00e4: [\u03b1, \U0001d465]\r\n\u03b2: 1\r\n",
    "a document's ends": "--- a\n...\n",
    "no document": "# nothing\n",
}
MISTAKES = (
    "a: *b\nc: *d",
    "a: &x 1\nb: &x 2\nc: &x 3",
    "a: 1\n---\nb: 2\n---\nc: *d",
    "--- &x a\n--- &x b",
    "a: &x 1\nb: *y\nc: &x 3",
)


def plain(node: Any, seen: tuple[int, ...] = ()) -> Any:
    """What a node of either kind holds and where; an alias of what it is in by how far out that is."""
    if node is None:
        return None
    if id(node) in seen:
        return seen[::-1].index(id(node))
    inner = (*seen, id(node))
    own = isinstance(node, Node)
    place = (node.start, node.end) if own else (node.start_mark.index, node.end_mark.index)
    if isinstance(node, (ScalarNode, yaml.ScalarNode)):
        return *place, node.value, node.style or ""
    if isinstance(node, MappingNode | yaml.MappingNode):
        return *place, bool(node.flow_style), [(plain(key, inner), plain(value, inner)) for key, value in node.value]
    return *place, bool(node.flow_style), [plain(item, inner) for item in node.value]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_is_the_tree_of_yamls_own_composer(text: str) -> None:
    assert plain(composed(yaml.parse(text, Loader=LOADER))) == plain(yaml.compose(text, Loader=LOADER))


def test_so_is_every_networks() -> None:
    for path in sorted((ROOT / "networks").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert plain(composed(yaml.parse(text, Loader=LOADER))) == plain(yaml.compose(text, Loader=LOADER)), path.name


@pytest.mark.parametrize("text", MISTAKES)
def test_the_complaint_is_the_composers_too(text: str) -> None:
    said = []
    for compose in (lambda: composed(yaml.parse(text, Loader=LOADER)), lambda: yaml.compose(text, Loader=LOADER)):
        with pytest.raises(yaml.composer.ComposerError) as refused:
            compose()
        problem = refused.value
        marks = [mark and mark.index for mark in (problem.context_mark, problem.problem_mark)]
        said.append((problem.context, problem.problem, *marks))
    assert said[0] == said[1]


def test_a_node_keeps_nothing_beside_its_slots() -> None:
    """A million of them are held at once."""
    root = composed(yaml.parse("a: [1]", Loader=LOADER))
    assert isinstance(root, MappingNode)
    [(key, value)] = root.value
    assert not any(hasattr(node, "__dict__") for node in (root, key, value))
