"""The tree of a YAML text, made of what its reader comes to: a text, a list or a mapping each, with its place.

A node of YAML's own has its places twice, with lines and columns, and takes six times the memory: of the numbers of a
large network there are a million.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import yaml


class _Node:
    """What stands from one place of a text to another: `value` is a text, a list, or a list of pairs."""

    __slots__ = ("length", "start", "value")

    def __init__(self, value: Any, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.length = end - start

    @property
    def end(self) -> int:
        """The place behind its last character."""
        return self.start + self.length


class ScalarNode(_Node):
    """A text, and how it is written: its `style` is a quote, `|` or `>`, or empty."""

    __slots__ = ("style",)

    def __init__(self, value: str, start: int, end: int, style: str) -> None:
        super().__init__(value, start, end)
        self.style = style


class _CollectionNode(_Node):
    __slots__ = ("flow_style",)

    def __init__(self, start: int, flow_style: bool) -> None:
        super().__init__([], start, start)
        self.flow_style = flow_style


class SequenceNode(_CollectionNode):
    """A list; `flow_style`: in brackets."""

    __slots__ = ()


class MappingNode(_CollectionNode):
    """A mapping; `flow_style`: in braces."""

    __slots__ = ()


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


def composed(events: Iterable[yaml.events.Event]) -> Node | None:
    """The tree of a text's events, or None of an empty one.

    Raises yaml.composer.ComposerError once all are read: an alias of nothing, an anchor set twice, a second document.
    """
    tree = _Tree()
    for event in events:
        tree.take(event)
    if tree.problem:
        raise tree.problem
    return tree.root


class _Tree:
    """A tree in the making: `root` once there is one, and the first thing that is wrong with it."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problem: yaml.composer.ComposerError | None = None
        self._items: list[list[Node]] = [[]]
        self._open: list[SequenceNode | MappingNode] = []
        self._anchors: dict[str, Node] = {}
        self._marks: dict[str | None, yaml.Mark] = {}
        """Where each anchor is set, and where the root stands."""

    def take(self, event: Any) -> None:
        """Take the next event."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            start, end = event.start_mark.index, event.end_mark.index
            self._add(ScalarNode(event.value, start, end, event.style or ""), event)
        elif kind is yaml.SequenceEndEvent or kind is yaml.MappingEndEvent:
            self._close(event.end_mark.index)
        elif kind is yaml.SequenceStartEvent or kind is yaml.MappingStartEvent:
            made = SequenceNode if kind is yaml.SequenceStartEvent else MappingNode
            self._begin(made(event.start_mark.index, bool(event.flow_style)), event)
        elif kind is yaml.AliasEvent:
            self._repeat(event)
        elif kind is yaml.DocumentStartEvent and self.root:
            self._refuse("expected a single document in the stream", "but found another document", event)

    def _add(self, node: Node, event: Any) -> None:
        if not self.root:
            self.root, self._marks[None] = node, event.start_mark
        if event.anchor is not None:
            if event.anchor in self._anchors:
                self._refuse("found duplicate anchor; first occurrence", "second occurrence", event, event.anchor)
            self._anchors[event.anchor], self._marks[event.anchor] = node, event.start_mark
        self._items[-1].append(node)

    def _repeat(self, event: Any) -> None:
        if event.anchor in self._anchors:
            self._items[-1].append(self._anchors[event.anchor])
        else:
            self._refuse(None, "found undefined alias", event)

    def _begin(self, node: SequenceNode | MappingNode, event: Any) -> None:
        self._add(node, event)
        self._open.append(node)
        self._items.append([])

    def _close(self, end: int) -> None:
        node, items = self._open.pop(), self._items.pop()
        node.value = list(zip(items[::2], items[1::2], strict=False)) if isinstance(node, MappingNode) else items
        node.length = end - node.start

    def _refuse(self, context: str | None, problem: str, event: Any, first: str | None = None) -> None:
        if not self.problem:
            before = self._marks[first] if context else None
            self.problem = yaml.composer.ComposerError(context, before, problem, event.start_mark)
