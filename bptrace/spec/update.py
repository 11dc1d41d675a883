"""The `update:` of a network file: which optimizer moves the weights, and its settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bptrace.engine.model import Given
from bptrace.engine.optimizers import ALIASES, FLAGS, GRID, RULES, Optimizer, UpdateRule, setting_problem
from bptrace.errors import Mark, shortened, suggestion
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import rational
from bptrace.spec.namespace import Namespace
from bptrace.spec.nodes import Entry, Nodes
from bptrace.spec.yaml_tree import Node

RATES = ("eta", "\N{GREEK SMALL LETTER ETA}", "learning_rate", "learning-rate", "learning rate", "step_size", "alpha")
"""What the learning rate is called elsewhere, in small letters."""
EXAMPLE = "as in update: {rule: sgd, lr: 1/10}"

Fields = Mapping[str, Entry]


def optimizer_of(nodes: Nodes, names: Namespace, node: Node) -> tuple[Optimizer, list[Given]]:
    """The optimizer, and its settings as givens of which each has taken its name. Raises SpecError."""
    fields = _update_fields(nodes, node)
    rule, mark = RULES["sgd"], nodes.mark(node)
    if "rule" in fields:
        named = fields["rule"][1]
        rule, mark = RULES[nodes.word(named, "rule", list(RULES), "a rule's name")], nodes.mark(named)
    _check_fields(nodes, rule, fields, node)
    flags = [name for name in FLAGS if name in fields and _is_set(nodes, name, fields)]
    grid = _checked_number(nodes, GRID, fields[GRID][1]) if GRID in fields else None
    settings = list(_settings_in_use(nodes, rule, fields, mark))
    for setting in settings:
        names.introduce(setting.key, (), setting.mark or mark)
    return Optimizer(rule, frozenset([*(given.key for given in settings), *flags]), grid, mark), settings


def _update_fields(nodes: Nodes, node: Node) -> Fields:
    """The entries, those with a second name by the first."""
    fields: dict[str, Entry] = {}
    for key, value in nodes.entries(node, "update", EXAMPLE):
        name = ALIASES.get(key.value, str(key.value))
        if name in fields:
            message = f"'{name}' is given twice in update: as {fields[name][0].value} and as {key.value}"
            raise nodes.error(message, key, "leave one of them out")
        fields[name] = key, value
    return fields


def _check_fields(nodes: Nodes, rule: UpdateRule, fields: Fields, node: Node) -> None:
    known = ["rule", *rule.known]
    for name, (key, _) in fields.items():
        if name not in known:
            others = [other.name for other in RULES.values() if name in other.known]
            meant = [f"{name} is a field of {', '.join(others)}"] if others else suggestion(key.value, known)
            if "lr" not in fields and key.value.lower() in RATES:
                meant = ["did you mean 'lr'?"]
            hints = [f"known here: {', '.join(known)}", *meant]
            raise nodes.error(f"unknown field {shortened(key.value)} of {rule.name}", key, *hints)
    if "lr" in rule.needs and "lr" not in fields:
        example = f"as in update: {{rule: {rule.name}, lr: 1/10}}"
        raise nodes.error("missing field 'lr', the learning rate", node, example)
    if "clip_value" in fields and "clip_norm" in fields:
        later = max((fields[name][0] for name in ("clip_value", "clip_norm")), key=lambda key: key.start)
        message = "gradients are clipped by clip_value or by clip_norm, not both"
        raise nodes.error(message, later, "leave one of them out")


def _is_set(nodes: Nodes, name: str, fields: Fields) -> bool:
    """Whether a flag is true. Raises SpecError where it is neither true nor false, or lacks the setting it needs."""
    (key, value), needed = fields[name], FLAGS[name]
    text = nodes.text(value, "true or false")
    if text.lower() not in ("true", "false"):
        raise nodes.error(f"{shortened(text)} is not true or false", value, f"as in {name}: true")
    if needed not in fields:
        raise nodes.error(f"'{name}' needs '{needed}'", key, f"as in {needed}: 9/10, {name}: true")
    return text.lower() == "true"


def _settings_in_use(nodes: Nodes, rule: UpdateRule, fields: Fields, default: Mark) -> Iterator[Given]:
    """The numbers in use, as the file gives them or, with the mark `default`, as the rule does."""
    for name in rule.known:
        if name in fields and name not in (GRID, *FLAGS):
            key, value = fields[name]
            yield Given(name, (), "update", _checked_number(nodes, name, value), nodes.mark(key))
        elif name in rule.defaults:
            yield Given(name, (), "update", rational(rule.defaults[name]), default)


def _checked_number(nodes: Nodes, name: str, node: Node) -> Scalar:
    """A setting's number. Raises SpecError where it is beyond what the setting can be."""
    value = nodes.number(node)
    problem = setting_problem(name, value)
    if problem:
        message, example = problem
        raise nodes.error(message, node, f"as in {name}: {example}")
    return value
