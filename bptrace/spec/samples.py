"""The `samples:` of a network file: a list of samples, or a CSV table with one a line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NoReturn, Protocol

import yaml

from bptrace.engine.batch import SAMPLE_LIMIT
from bptrace.engine.model import Given
from bptrace.errors import Mark, Source, SpecError, listed, shortened, suggestion
from bptrace.numbers.exact import Scalar, Shape, array
from bptrace.ops.expr import Name, shape_text
from bptrace.spec.equation import normal
from bptrace.spec.table import Column, Joins, Line, Table, read_table
from bptrace.spec.yaml_text import Node, read_text

EXAMPLE = "as in samples: [{input: {x: [0, 1]}, target: {y: 1}}] or samples: xor.csv"
SHARED = "input: and target: hold what all samples share; a sample holds only its own"
Sample = list[Given]


class Reader(Protocol):
    """What reads the rest of the file: it knows the names that are taken and counts the numbers."""

    known: dict[str, tuple[Name, Mark]]

    def entries(self, node: Node | None, what: str) -> Iterator[tuple[yaml.ScalarNode, Node]]: ...
    def numbers(self, node: Node) -> tuple[Shape, list[Scalar]]: ...
    def number_in(self, text: str, mark: Callable[[], Mark], instead: str = "nothing") -> Scalar: ...
    def text(self, node: Node, what: str) -> str: ...
    def check_name(self, name: str, mark: Mark) -> None: ...
    def mark(self, node: Node) -> Mark: ...
    def fail(self, message: str, node: Node | str | None = None, *hints: str, at: Mark | None = None) -> NoReturn: ...


def read_samples(reader: Reader, node: Node, folder: str, joins: Joins) -> list[Sample]:
    """Every sample's own givens, the same names in the same order in each. Raises SpecError.

    A CSV file's name is taken from `folder` on; `joins` says which columns are elements of one quantity.
    """
    if isinstance(node, yaml.SequenceNode):
        return _listed_samples(reader, node)
    if isinstance(node, yaml.ScalarNode):
        return _table_samples(reader, _table(reader, node, folder, joins), None)
    fields = {key.value: (key, value) for key, value in reader.entries(node, "samples")}
    for name, (key, _) in fields.items():
        if name not in ("file", "target"):
            hints = suggestion(name, ["file", "target"])
            reader.fail(f"unknown field {shortened(name)}", key, "known here: file, target", *hints, EXAMPLE)
    if "file" not in fields:
        reader.fail("missing field 'file'", node, "as in samples: {file: xor.csv, target: [y]}")
    targets = fields["target"][1] if "target" in fields else None
    return _table_samples(reader, _table(reader, fields["file"][1], folder, joins), targets)


def _check_new(reader: Reader, name: str, mark: Mark) -> None:
    reader.check_name(name, mark)
    if name in reader.known:
        line = reader.known[name][1].line
        raise SpecError(f"'{name}' is given in a sample and at line {line} too", mark, SHARED)


# A list


def _listed_samples(reader: Reader, node: yaml.SequenceNode) -> list[Sample]:
    if not node.value:
        reader.fail("an empty list of samples", node, EXAMPLE)
    if len(node.value) > SAMPLE_LIMIT:
        reader.fail(f"{len(node.value):,} samples; at most {SAMPLE_LIMIT:,} are worked out", node)
    first, *others = node.value
    sample = [_new(reader, *entry) for entry in _entries(reader, first)]
    if not sample:
        reader.fail("a sample that gives nothing", first, EXAMPLE)
    return [sample, *(_listed_sample(reader, other, number, sample) for number, other in enumerate(others, 2))]


def _entries(reader: Reader, node: Node) -> Iterator[tuple[str, str, Mark, Node]]:
    """What a sample gives: section, name, the name's place, value."""
    seen: set[str] = set()
    for section, entries in reader.entries(node, "a sample"):
        if section.value not in ("input", "target"):
            hints = ["known here: input, target", *suggestion(section.value, ["input", "target"]), EXAMPLE]
            reader.fail(f"unknown field {shortened(section.value)}", section, *hints)
        for key, value in reader.entries(entries, section.value):
            name = normal(key.value)
            if name in seen:
                reader.fail(f"'{name}' is given twice in a sample", key)
            seen.add(name)
            yield section.value, name, reader.mark(key), value


def _new(reader: Reader, section: str, name: str, mark: Mark, node: Node) -> Given:
    _check_new(reader, name, mark)
    shape, items = reader.numbers(node)
    return Given(name, shape, section, array(shape, items), mark)


def _listed_sample(reader: Reader, node: Node, number: int, first: Sample) -> Sample:
    wanted, found = {given.key: given for given in first}, {}
    for section, name, mark, value in _entries(reader, node):
        if name not in wanted:
            hints = [f"sample 1 has: {listed(list(wanted))}", *suggestion(name, list(wanted))]
            raise SpecError(f"sample 1 has no {shortened(name)}", mark, *hints)
        found[name] = _like(reader, wanted[name], section, mark, value)
    for given in first:
        if given.key not in found:
            reader.fail(f"sample {number} has no '{given.key}'", node, _first_has(given))
    return [found[given.key] for given in first]


def _like(reader: Reader, wanted: Given, section: str, mark: Mark, node: Node) -> Given:
    """The value given for what the first sample has. Raises SpecError: in another section, or of another shape."""
    name = wanted.key
    if section != wanted.section:
        message = f"'{name}' is in {section}: here, but in {wanted.section}: in sample 1"
        raise SpecError(message, mark, _first_has(wanted))
    shape, items = reader.numbers(node)
    if shape != wanted.shape:
        message = f"{name} is {shape_text(shape)} here, but {shape_text(wanted.shape)} in sample 1"
        reader.fail(message, node, _first_has(wanted))
    return wanted._replace(value=array(shape, items), mark=mark)


def _first_has(wanted: Given) -> str:
    return f"sample 1 has it at line {wanted.mark.line}" if wanted.mark else "sample 1 has it"


# A CSV file


def _table(reader: Reader, node: Node, folder: str, joins: Joins) -> Table:
    name = reader.text(node, "a CSV file's name").strip()
    if not name:
        reader.fail("samples are a list, or the name of a CSV file", node, EXAMPLE)
    path = os.path.join(folder, name)
    try:
        text = read_text(path, "a CSV file", (".csv",))
    except SpecError as problem:
        raise SpecError(problem.message, problem.mark or reader.mark(node), *problem.hints) from None
    return read_table(Source(path, text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")), joins, SAMPLE_LIMIT)


def _table_samples(reader: Reader, table: Table, targets: Node | None) -> list[Sample]:
    columns = [column._replace(name=normal(column.name)) for column in table.columns]
    for column in columns:
        _check_new(reader, column.name, column.mark)
    last = [columns[-1].name]
    wanted = last if targets is None else [_target(reader, node, columns) for node in _nodes(targets)]
    # in the order of a list of samples, so that the table can be written as one
    ordered = sorted(columns, key=lambda column: column.name in wanted)
    sections = ["target" if column.name in wanted else "input" for column in ordered]
    return [
        [_given(reader, column, section, line) for column, section in zip(ordered, sections, strict=True)]
        for line in table.lines
    ]


def _nodes(node: Node) -> Sequence[Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


def _target(reader: Reader, node: Node, columns: Sequence[Column]) -> str:
    name, names = normal(reader.text(node, "a name")), [column.name for column in columns]
    if name not in names:
        hints = [f"the table has: {listed(names)}", *suggestion(name, names)]
        reader.fail(f"the table has no {shortened(name)}", node, *hints)
    return name


def _given(reader: Reader, column: Column, section: str, line: Line) -> Given:
    items = [reader.number_in(line.fields[place], partial(line.mark, place)) for place in column.places]
    return Given(column.name, column.shape, section, array(column.shape, items), Mark(line.source, line.start))
