"""The `samples:` of a network file: a list of samples, or a CSV table with one a line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial

from bptrace.engine.batch import SAMPLE_LIMIT
from bptrace.engine.model import Given
from bptrace.errors import Mark, Source, SpecError, listed, shortened, shortened_path, suggestion
from bptrace.numbers.arrays import array
from bptrace.ops.expr import shape_text
from bptrace.spec.draft import Draft, sections_in
from bptrace.spec.namespace import Namespace
from bptrace.spec.nodes import Nodes
from bptrace.spec.table import Column, CsvLine, Joins, Table, read_table
from bptrace.spec.tokens import normal
from bptrace.spec.yaml_text import read_text
from bptrace.spec.yaml_tree import Node, ScalarNode, SequenceNode

FILE_EXAMPLE = "as in samples: {file: xor.csv, target: [y]}"
SAMPLE_EXAMPLE = "as in {input: {x: [0, 1]}, target: {y: 1}}"
EXAMPLE = "as in samples: [{input: {x: [0, 1]}, target: {y: 1}}] or samples: xor.csv"
INSIDE = "a network reads samples from its own folder and from those below it"
SHARED = "input: and target: hold what all samples share; a sample holds only its own"
Sample = list[Given]


def samples_of(draft: Draft, joins: Joins) -> list[Sample]:
    """Every sample's own givens, the same names in the same order in each. Raises SpecError.

    `joins` says which columns of a table are elements of one quantity. A file that is read is added to the draft's.
    """
    nodes, names, node = draft.nodes, draft.names, draft.sections["samples"]
    if isinstance(node, SequenceNode):
        return _listed_samples(nodes, names, node)
    if isinstance(node, ScalarNode):
        return _samples_in_table(nodes, names, _csv_table(draft, node, joins), None)
    entries = dict(nodes.entries(node, "samples", FILE_EXAMPLE))
    for key in entries:
        nodes.check_field(key, ("file", "target"), EXAMPLE)
    fields = {key.value: value for key, value in entries.items()}
    if "file" not in fields:
        raise nodes.error("missing field 'file'", node, FILE_EXAMPLE)
    return _samples_in_table(nodes, names, _csv_table(draft, fields["file"], joins), fields.get("target"))


def _check_new(names: Namespace, name: str, mark: Mark) -> None:
    names.check(name, mark)
    if name in names.known:
        where = names.known[name].mark.seen_from(mark)
        raise SpecError(f"'{name}' is given in a sample and at {where} too", mark, SHARED)


# A list


def _listed_samples(nodes: Nodes, names: Namespace, node: SequenceNode) -> list[Sample]:
    if not node.value:
        raise nodes.error("an empty list of samples", node, EXAMPLE)
    if len(node.value) > SAMPLE_LIMIT:
        message = f"{len(node.value):,} samples; at most {SAMPLE_LIMIT:,} are worked out"
        raise nodes.error(message, node, "a file for each part of them")
    first, *others = node.value
    sample = [_new(nodes, names, *entry) for entry in _sample_entries(nodes, first)]
    if not sample:
        raise nodes.error("a sample that gives nothing", first, EXAMPLE)
    return [sample, *(_listed_sample(nodes, other, number, sample) for number, other in enumerate(others, 2))]


def _sample_entries(nodes: Nodes, node: Node) -> Iterator[tuple[str, str, Mark, Node]]:
    """What a sample gives: section, name, the name's place, value."""
    seen: set[str] = set()
    for section, (field, entries) in sections_in(nodes, node, "a sample", SAMPLE_EXAMPLE):
        if section not in ("input", "target"):
            nodes.check_field(field, ("input", "target"), EXAMPLE)
        for key, value in nodes.entries(entries, section):
            name = normal(key.value)
            if name in seen:
                raise nodes.error(f"'{name}' is given twice in a sample", key, "leave one of them out")
            seen.add(name)
            yield section, name, nodes.mark(key), value


def _new(nodes: Nodes, names: Namespace, section: str, name: str, mark: Mark, node: Node) -> Given:
    _check_new(names, name, mark)
    shape, items = nodes.array(node, section)
    return Given(name, shape, section, array(shape, items), mark)


def _listed_sample(nodes: Nodes, node: Node, number: int, first: Sample) -> Sample:
    wanted, found = {given.key: given for given in first}, {}
    for section, name, mark, value in _sample_entries(nodes, node):
        if name not in wanted:
            hints = [f"sample 1 has: {listed(list(wanted))}", *suggestion(name, wanted)]
            raise SpecError(f"sample 1 has no {shortened(name)}", mark, *hints)
        found[name] = _like(nodes, wanted[name], section, mark, value)
    for given in first:
        if given.key not in found:
            raise nodes.error(f"sample {number} has no '{given.key}'", node, _first_has(given))
    return [found[given.key] for given in first]


def _like(nodes: Nodes, wanted: Given, section: str, mark: Mark, node: Node) -> Given:
    """The value given for what the first sample has. Raises SpecError: in another section, or of another shape."""
    name = wanted.key
    if section != wanted.section:
        message = f"'{name}' is in {section}: here, but in {wanted.section}: in sample 1"
        raise SpecError(message, mark, _first_has(wanted))
    shape, items = nodes.array(node, section)
    if shape != wanted.shape:
        message = f"{name} is {shape_text(shape)} here, but {shape_text(wanted.shape)} in sample 1"
        raise nodes.error(message, node, _first_has(wanted), *nodes.comma_hint(node))
    return wanted._replace(value=array(shape, items), mark=mark)


def _first_has(wanted: Given) -> str:
    return f"sample 1 has it at {wanted.mark.where}" if wanted.mark else "sample 1 has it"


# A CSV file


def _csv_table(draft: Draft, node: Node, joins: Joins) -> Table:
    name = draft.nodes.text(node, "a CSV file's name").strip()
    if not name:
        raise draft.nodes.error("samples are a list, or the name of a CSV file", node, EXAMPLE)
    path = _path_within(draft, node, name)
    draft.files.append(path)
    draft.table = draft.nodes.mark(node)
    try:
        text = read_text(path, "a CSV file", (".csv",), only_regular=True)
    except SpecError as problem:
        if problem.mark:
            raise problem.unquoted() from None
        raise draft.nodes.error(problem.message, node, *problem.hints) from None
    return read_table(Source(path, text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")), joins, SAMPLE_LIMIT)


def _path_within(draft: Draft, node: Node, name: str) -> str:
    """The path of a file that a network names, links followed or not. Raises SpecError where it may not be read."""
    if draft.reach is None:
        message = "the network of a trace names no file: its samples are a list"
        raise draft.nodes.error(message, node, SAMPLE_EXAMPLE)
    folder, allowed = draft.reach
    path = os.path.join(folder, name)
    real = _real_path(path)
    if not any(_is_below(real, _real_path(other)) for other in (folder, *allowed)):
        outside = shortened_path(os.path.dirname(real) or name)
        hints = [INSIDE, f"--allow-path {outside} allows it, in Python allow=['{outside}']"]
        raise draft.nodes.error(f"{shortened_path(path)} is outside the network's folder", node, *hints)
    return path


def _real_path(path: str) -> str:
    """A path without links; none for a name that no file can have."""
    with suppress(ValueError):
        return os.path.realpath(path)
    return ""


def _is_below(path: str, folder: str) -> bool:
    return bool(path) and os.path.commonpath([path, folder]) == folder


def _samples_in_table(nodes: Nodes, names: Namespace, table: Table, targets: Node | None) -> list[Sample]:
    columns = [column._replace(name=normal(column.name)) for column in table.columns]
    for column in columns:
        _check_new(names, column.name, column.mark)
    last = [columns[-1].name]
    wanted = last if targets is None else [_target(nodes, node, columns) for node in _target_nodes(targets)]
    # in the order of a list of samples, so that the table can be written as one
    ordered = sorted(columns, key=lambda column: column.name in wanted)
    sections = ["target" if column.name in wanted else "input" for column in ordered]
    return [
        [_given_in_line(nodes, column, section, line) for column, section in zip(ordered, sections, strict=True)]
        for line in table.lines
    ]


def _target_nodes(node: Node) -> Sequence[Node]:
    return list(node.value) if isinstance(node, SequenceNode) else [node]


def _target(nodes: Nodes, node: Node, columns: Sequence[Column]) -> str:
    name, known = normal(nodes.text(node, "a name")), [column.name for column in columns]
    if name not in known:
        hints = [f"the table has: {listed(known)}", *suggestion(name, known)]
        raise nodes.error(f"the table has no {shortened(name)}", node, *hints)
    return name


def _given_in_line(nodes: Nodes, column: Column, section: str, line: CsvLine) -> Given:
    items = [nodes.number_in(line.fields[place], partial(line.mark, place), section=section) for place in column.places]
    return Given(column.name, column.shape, section, array(column.shape, items), Mark(line.source, line.start))
