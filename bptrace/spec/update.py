"""The `update:` of a network file: which optimizer moves the weights, and its settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn, Protocol

import yaml

from bptrace.engine.model import Given
from bptrace.engine.optimizers import ALIASES, FLAGS, GRID, RULES, Optimizer, Rule, complaint
from bptrace.errors import Mark, shortened, suggestion
from bptrace.numbers.exact import Scalar, Shape, rational
from bptrace.spec.yaml_text import Node

Fields = Mapping[str, tuple[yaml.ScalarNode, Node]]


class Reader(Protocol):
    """What reads the rest of the file: it knows the names that are taken."""

    def entries(self, node: Node | None, what: str) -> Iterator[tuple[yaml.ScalarNode, Node]]: ...
    def number(self, node: Node) -> Scalar: ...
    def text(self, node: Node, what: str) -> str: ...
    def introduce(self, name: str, shape: Shape, mark: Mark) -> None: ...
    def mark(self, node: Node) -> Mark: ...
    def fail(self, message: str, node: Node | str | None = None, *hints: str, at: Mark | None = None) -> NoReturn: ...


def read_update(reader: Reader, node: Node) -> tuple[Optimizer, list[Given]]:
    """The optimizer, and its settings as givens of which each has taken its name. Raises SpecError."""
    fields = _fields(reader, node)
    named = fields.get("rule")
    rule = _rule(reader, named and named[1])
    _check_fields(reader, rule, fields, node)
    flags = [name for name in FLAGS if name in fields and _flag(reader, name, fields)]
    grid = _setting(reader, GRID, fields[GRID][1]) if GRID in fields else None
    mark = reader.mark(named[1] if named else node)
    settings = list(_settings(reader, rule, fields, mark))
    return Optimizer(rule, frozenset([*(given.key for given in settings), *flags]), grid, mark), settings


def _fields(reader: Reader, node: Node) -> Fields:
    """The entries, those with a second name by the first."""
    fields: dict[str, tuple[yaml.ScalarNode, Node]] = {}
    for key, value in reader.entries(node, "update"):
        name = ALIASES.get(key.value, str(key.value))
        if name in fields:
            reader.fail(f"'{name}' is given twice in update: as {fields[name][0].value} and as {key.value}", key)
        fields[name] = key, value
    return fields


def _rule(reader: Reader, node: Node | None) -> Rule:
    name = reader.text(node, "a rule's name") if node else "sgd"
    if name not in RULES:
        hints = [f"known here: {', '.join(RULES)}", *suggestion(name, list(RULES))]
        reader.fail(f"unknown rule {shortened(name)}", node, *hints)
    return RULES[name]


def _check_fields(reader: Reader, rule: Rule, fields: Fields, node: Node) -> None:
    known = ["rule", *rule.known]
    for name, (key, _) in fields.items():
        if name not in known:
            others = [other.name for other in RULES.values() if name in other.known]
            meant = [f"{name} is a field of {', '.join(others)}"] if others else suggestion(key.value, known)
            hints = [f"known here: {', '.join(known)}", *meant]
            reader.fail(f"unknown field {shortened(key.value)} of {rule.name}", key, *hints)
    if "lr" in rule.needs and "lr" not in fields:
        reader.fail("missing field 'lr', the learning rate", node, f"as in update: {{rule: {rule.name}, lr: 1/10}}")
    if "clip_value" in fields and "clip_norm" in fields:
        later = max((fields[name][0] for name in ("clip_value", "clip_norm")), key=lambda key: key.start_mark.index)
        reader.fail("gradients are clipped by clip_value or by clip_norm, not both", later)


def _flag(reader: Reader, name: str, fields: Fields) -> bool:
    (key, value), needed = fields[name], FLAGS[name]
    text = reader.text(value, "true or false")
    if text.lower() not in ("true", "false"):
        reader.fail(f"{shortened(text)} is not true or false", value, f"as in {name}: true")
    if needed not in fields:
        reader.fail(f"'{name}' needs '{needed}'", key, f"as in {needed}: 9/10, {name}: true")
    return text.lower() == "true"


def _settings(reader: Reader, rule: Rule, fields: Fields, default: Mark) -> Iterator[Given]:
    """The numbers in use, as the file gives them or, with the mark `default`, as the rule does."""
    for name in rule.known:
        if name in fields and name not in (GRID, *FLAGS):
            key, value = fields[name]
            yield _given(reader, name, _setting(reader, name, value), reader.mark(key))
        elif name in rule.defaults:
            yield _given(reader, name, rational(rule.defaults[name]), default)


def _setting(reader: Reader, name: str, node: Node) -> Scalar:
    value = reader.number(node)
    problem = complaint(name, value)
    if problem:
        reader.fail(problem, node)
    return value


def _given(reader: Reader, name: str, value: Scalar, mark: Mark) -> Given:
    reader.introduce(name, (), mark)
    return Given(name, (), "update", value, mark)
