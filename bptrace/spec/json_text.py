"""Plain data, as JSON has it: made of a file's nodes, written as JSON, read, compared, found again in its text.

A file is plain data once its aliases are written out: mappings, lists, and every scalar as its own text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

from bptrace.errors import Mark, Source, SpecError, cut, shortened, suggestion
from bptrace.spec.yaml_text import file_too_large
from bptrace.spec.yaml_tree import MappingNode, Node, SequenceNode

SIZE_LIMIT = 50_000_000
WHOLE_DIGITS = 18
KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "a text"}
TWICE = "this name is given twice"
DEPTH_LIMIT = 50
EXPORTED = "what is read is what 'bptrace export NET --format json' writes"
NO_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"|[^][{}"]+|"', re.DOTALL)
SPACE = re.compile(r"[ \t\n\r]*")
DECODER = json.JSONDecoder()

Plain: TypeAlias = Any
"""None, a bool, an int, a string, or a list or dict of such."""
JsonPath: TypeAlias = "tuple[str | int, ...]"


class Odd(str):
    """What a document of bptrace never has: a number that is not whole, or a very long one."""

    __slots__ = ()


class Again(str):
    """A name in a path, where it is given for the second time."""

    __slots__ = ()


class Twice(dict[str, Plain]):
    """A mapping that gives some name twice: `name` is the first that comes again."""

    def __init__(self, pairs: Sequence[tuple[str, Plain]]) -> None:
        super().__init__(pairs)
        first: dict[str, int] = {}
        self.name = Again(next(name for at, (name, _) in enumerate(pairs) if first.setdefault(name, at) != at))


def of_node(node: Node) -> Plain:
    """A file's part as plain data."""
    if isinstance(node, MappingNode):
        return {str(key.value): of_node(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [of_node(item) for item in node.value]
    return str(node.value)


def written(value: Plain) -> str:
    """Plain data as JSON on one line, which is YAML too: what YAML would not take as it stands is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char > "\uffff" else in_ascii(char) for char in text)


def in_ascii(char: str) -> str:
    """A character as it is escaped within a JSON text."""
    pair = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{pair[start : start + 4]}" for start in range(0, len(pair), 4))


def read(source: Source) -> Plain:
    """The plain data in a JSON text. Raises SpecError: too large, nested too deep, or not JSON."""
    if len(source.text) > SIZE_LIMIT:
        raise file_too_large(source, SIZE_LIMIT, SIZE_LIMIT)
    if _is_deep(source.text):
        raise SpecError(f"nested more than {DEPTH_LIMIT} deep", Mark(source, 0), EXPORTED)
    try:
        return json.loads(
            source.text, parse_int=_integer, parse_float=Odd, parse_constant=_refused, object_pairs_hook=_mapping
        )
    except json.JSONDecodeError as problem:
        raise SpecError(f"not JSON: {problem.msg}", Mark(source, problem.pos), EXPORTED) from None


def _is_deep(text: str) -> bool:
    """Whether more brackets stand in one another than is allowed: Python's reader recurses, at times to its end."""
    brackets = NO_BRACKETS.sub("", text)
    for _ in range(DEPTH_LIMIT):
        outer = brackets.replace("[]", "").replace("{}", "")
        if len(outer) == len(brackets):
            break
        brackets = outer
    return len(brackets) > DEPTH_LIMIT


def _integer(text: str) -> int | Odd:
    return int(text) if len(text) <= WHOLE_DIGITS else Odd(text)


def _refused(text: str) -> Odd:
    return Odd(text)


def _mapping(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Twice(pairs)


class Difference(NamedTuple):
    """Where plain data is not what it should be, and in which way."""

    path: JsonPath
    message: str
    hints: Sequence[str] = ()


def difference(wanted: Plain, found: Plain, path: JsonPath = ()) -> Difference | None:
    """The first place where what is found is not what is wanted, or None. True is not 1 here.

    >>> difference({"a": [1, 2]}, {"a": [1, 3]})
    Difference(path=('a', 1), message='3 where 2 belongs', hints=())
    """
    if isinstance(found, Twice):
        return Difference((*path, found.name), TWICE)
    if type(wanted) is not type(found):
        return Difference(path, f"{shown(found)} where {shown(wanted)} belongs")
    if isinstance(wanted, dict):
        return _between_mappings(wanted, found, path)
    if isinstance(wanted, list):
        return _between_lists(wanted, found, path)
    return None if wanted == found else Difference(path, f"{shown(found)} where {shown(wanted)} belongs")


def _between_mappings(wanted: dict[str, Plain], found: dict[str, Plain], path: JsonPath) -> Difference | None:
    for key in found:
        if key not in wanted:
            return Difference((*path, key), f"unknown field {shortened(key)}", suggestion(key, wanted))
    for key, value in wanted.items():
        if key not in found:
            return Difference(path, f"missing field {shortened(key)}")
        problem = difference(value, found[key], (*path, key))
        if problem:
            return problem
    return None


def _between_lists(wanted: list[Plain], found: list[Plain], path: JsonPath) -> Difference | None:
    for place, (one, other) in enumerate(zip(wanted, found, strict=False)):
        problem = difference(one, other, (*path, place))
        if problem:
            return problem
    if len(wanted) != len(found):
        return Difference(path, f"{len(found):,} items where {len(wanted):,} belong")
    return None


def shown(value: Plain) -> str:
    """Plain data in a complaint: a text in quotes, cut where it is long."""
    if isinstance(value, Odd):
        return cut(value)
    if isinstance(value, str):
        return shortened(value)
    if isinstance(value, dict | list):
        return KINDS[list if isinstance(value, list) else dict]
    return json.dumps(value)


def place(text: str, path: JsonPath) -> int:
    """Where the value at a path stands in a JSON text that reads; where there is none, what it would stand in.

    Of a name that is given for the second time it is where that stands.

    >>> place('{"a": [1, 22]}', ("a", 1))
    10
    """
    at = _after_space(text, 0)
    for part in path:
        found = ((key, start) for name, key, start in _members(text, at) if name == part)
        if isinstance(part, Again):
            return next(islice(found, 1, None))[0]
        inner = next(found, None)
        if inner is None:
            return at
        at = inner[1]
    return at


def _members(text: str, at: int) -> Iterator[tuple[str | int, int, int]]:
    """What a list or an object has in it: its place or name, and where that and its value begin.

    The parts are read, not kept.
    """
    opened, count = text[at], 0
    at = _after_space(text, at + 1)
    while opened in "{[" and text[at] not in "}]":
        name: str | int = count
        key = at
        if opened == "{":
            name, at = DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        yield name, key, at
        _, at = DECODER.raw_decode(text, at)
        at = _after_space(text, at)
        at = _after_space(text, at + 1) if text[at] == "," else at
        count += 1


def _after_space(text: str, at: int) -> int:
    return SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
