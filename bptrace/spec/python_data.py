"""What Python hands over, numbers, lists and dicts, as the text of a network file; a place in it is a path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import cached_property
from numbers import Rational, Real
from typing import Any

from flint import fmpq, fmpz

from bptrace.errors import Source, SpecError, shortened
from bptrace.numbers.exact import exact_text
from bptrace.numbers.public import Enclosure
from bptrace.spec.json_text import JsonPath, written
from bptrace.spec.yaml_text import HALF_A_CHARACTER, LONE_SURROGATE, NESTING_LIMIT, compose
from bptrace.spec.yaml_tree import MappingNode, Node, SequenceNode

NOTHING = "null"
"""What stands in a list where nothing does."""
PLAIN = re.compile(r"(?:[\w.(]|[-+](?=[\w.(]))(?:[\w.()+*/^@ -]*[\w.()])?")
"""The texts that YAML has without quotes, wherever they stand."""


HALF = re.compile("[\ud800-\udfff]")
"""A lone surrogate, which no file in UTF-8 has."""


class DataSource(Source):
    """A text made of data. Complaints name the path there instead of a line: `weights.w[1]`."""

    def path(self, offset: int) -> str:
        """Where in the data what stands at an offset is."""
        return path_text(_path_to(self._root, offset)) if self._root else ""

    @cached_property
    def _root(self) -> Node | None:
        with suppress(SpecError):  # what is no YAML has no paths
            return self._composed()
        return None

    def _composed(self) -> Node:
        return compose(Source(self.name, self.text))


class SettingSource(DataSource):
    """A text that sets a given: `x=[2, 1]`."""

    def path(self, offset: int) -> str:
        """The name, and where in its value what stands at an offset is."""
        return self.text.partition("=")[0] + super().path(offset)

    def _composed(self) -> Node:
        name, _, value = self.text.partition("=")
        return compose(Source(self.name, " " * (len(name) + 1) + value))


def file_source(data: Mapping[Any, Any], name: str) -> Source:
    """The text of a network file that says what a dict says. Raises SpecError for what no file can have."""
    return DataSource(name, "".join(_section(key, value) for key, value in data.items()))


def setting_source(key: str, value: Any, name: str) -> Source:
    """The text that sets a given to a value of Python's: `x=[2, 1]`. Raises SpecError for what no file can have."""
    return SettingSource(name, f"{key}={_flow(value, (key,))}")


def path_text(path: JsonPath) -> str:
    """A path as it is read: `weights.w[1]`, places in a list counted from 0.

    >>> path_text(("samples", 0, "x"))
    'samples[0].x'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _path_to(node: Node, offset: int) -> JsonPath:
    """The path to the last thing below a node that begins at an offset or before."""
    entries = node.value if isinstance(node, MappingNode) else []
    for key, value in reversed(entries):
        if key.start <= offset:
            return (str(key.value), *_path_to(value, offset))
    items = node.value if isinstance(node, SequenceNode) else []
    for place, item in reversed(list(enumerate(items))):
        if item.start <= offset:
            return (place, *_path_to(item, offset))
    return ()


def _section(key: object, value: Any) -> str:
    """A section of a file, with an entry a line where it has names."""
    path = (_name(key, ()),)
    if not isinstance(value, Mapping) or not value:
        return f"{_as_yaml(path[0])}: {_flow(value, path)}\n"
    entries = [f"  {_as_yaml(_name(name, path))}: {_flow(inner, (*path, name))}\n" for name, inner in value.items()]
    return f"{_as_yaml(path[0])}:\n{''.join(entries)}"


def _flow(value: Any, path: JsonPath) -> str:
    """The text of a value on one line. Raises SpecError: nested too deep, or what no network file can have."""
    if len(path) > NESTING_LIMIT:
        raise SpecError(
            f"{path_text(path[:3])}: nested more than {NESTING_LIMIT} deep", None, "an array is a list of rows"
        )
    if isinstance(value, Mapping):
        entries = [f"{_as_yaml(_name(key, path))}: {_flow(inner, (*path, key))}" for key, inner in value.items()]
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, str):
        _check_whole(value, f"{path_text(path)}:")
    text = scalar_text(value)
    if text is not None:
        return text
    items = enumerate(_members_of(value, path))
    return f"[{', '.join(_flow(item, (*path, place)) or NOTHING for place, item in items)}]"


def _name(key: object, path: JsonPath) -> str:
    inside = path_text(path) or "the dict"
    if not isinstance(key, str):
        raise SpecError(f"{key!r} in {inside} is no name", None, "a key is a text, as in {'w': 2}; YAML's on is quoted")
    _check_whole(key, f"a name in {inside} is")
    return key


def _check_whole(text: str, what: str) -> None:
    if HALF.search(text):
        raise SpecError(f"{what} {LONE_SURROGATE}", None, HALF_A_CHARACTER)


def _members_of(value: Any, path: JsonPath) -> Iterable[Any]:
    """What a list has in it, a tuple or NumPy's array."""
    if isinstance(value, bytes | set | frozenset) or not hasattr(value, "__iter__"):
        hint = "a number, a text, a list, a dict, or an array of numbers"
        raise SpecError(f"{path_text(path)}: {shortened(repr(value))} is nothing that a network is made of", None, hint)
    return list(value)


def scalar_text(value: Any) -> str | None:
    """A number or text as a file has it, a float by its shortest decimal; None of anything else.

    >>> scalar_text(0.1), scalar_text(2.0), scalar_text(fmpq(1, 3)), scalar_text("w@x"), scalar_text("h[1]")
    ('0.1', '2', '1/3', 'w@x', '"h[1]"')
    """
    if getattr(value, "shape", None) == () and hasattr(value, "item") and not isinstance(value, Real):
        value = value.item()
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _as_yaml(value)
    return _number_text(value)


def _as_yaml(text: str) -> str:
    return text if PLAIN.fullmatch(text) else written(text)


def _number_text(value: Any) -> str | None:
    if isinstance(value, Enclosure):
        return written(str(value))
    if isinstance(value, Rational):
        return exact_text(fmpq(int(value.numerator), int(value.denominator)))
    if isinstance(value, fmpq | fmpz):
        return exact_text(fmpq(value))
    if isinstance(value, Real | Decimal):
        text = float.__repr__(value) if isinstance(value, float) else str(value)
        return text.removesuffix(".0")
    return None
