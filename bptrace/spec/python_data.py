"""What Python hands over, numbers, lists and dicts, as the text of a network file; a place in it is a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from itertools import chain
from numbers import Rational, Real
from typing import Any, TypeAlias

from flint import fmpq, fmpz

from bptrace.errors import Source, SpecError, shortened
from bptrace.numbers.exact import exact_text
from bptrace.numbers.public import Enclosure
from bptrace.spec.json_text import written
from bptrace.spec.yaml_text import NESTING_LIMIT

Path: TypeAlias = "tuple[str | int, ...]"
Piece: TypeAlias = "tuple[str, Path]"
"""A part of the text, and where in the data that is."""
PLAIN = re.compile(r"(?:[\w.(]|[-+](?=[\w.(]))(?:[\w.()+*/^@ -]*[\w.()])?")
"""The texts that YAML has without quotes, wherever they stand."""


class DataSource(Source):
    """A text made of data. Complaints name the path there instead of a line: `weights.w[1]`."""

    pieces: Callable[[], Iterator[Piece]]

    def path(self, offset: int) -> str:
        """Where in the data what stands at an offset is."""
        return path_text(next((path for end, path in _ends(self.pieces()) if offset < end), ()))


def file_source(data: Mapping[Any, Any], name: str) -> Source:
    """The text of a network file that says what a dict says. Raises SpecError for what no file can have."""
    return _source(name, partial(_file_pieces, data))


def setting_source(key: str, value: Any, name: str) -> Source:
    """The text that sets a given to a value of Python's: `x=[2, 1]`. Raises SpecError for what no file can have."""
    return _source(name, lambda: chain([(f"{key}=", (key,))], flow_pieces(value, (key,))))


def _source(name: str, pieces: Callable[[], Iterator[Piece]]) -> Source:
    source = DataSource(name, "".join(text for text, _ in pieces()))
    source.pieces = pieces
    return source


def path_text(path: Path) -> str:
    """A path as it is read: `weights.w[1]`, places in a list counted from 0.

    >>> path_text(("samples", 0, "x"))
    'samples[0].x'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _ends(pieces: Iterable[Piece]) -> Iterator[tuple[int, Path]]:
    end = 0
    for text, path in pieces:
        end += len(text)
        yield end, path


def _file_pieces(data: Mapping[Any, Any]) -> Iterator[Piece]:
    """The text of a dict as a network file, an entry of a section a line. Raises SpecError."""
    for key, value in data.items():
        path = (_name(key, ()),)
        yield f"{_text(key)}:", path
        if isinstance(value, Mapping) and value:
            for name, inner in value.items():
                own = (*path, _name(name, path))
                yield f"\n  {_text(name)}: ", own
                yield from flow_pieces(inner, own)
        else:
            yield " ", path
            yield from flow_pieces(value, path)
        yield "\n", path


def flow_pieces(value: Any, path: Path) -> Iterator[Piece]:
    """The text of a value on one line. Raises SpecError: nested too deep, or what no network file can have."""
    if len(path) > NESTING_LIMIT:
        raise SpecError(f"{path_text(path[:3])}: nested more than {NESTING_LIMIT} deep")
    if isinstance(value, Mapping):
        for place, (key, inner) in enumerate(value.items()):
            own = (*path, _name(key, path))
            yield f"{', ' if place else '{'}{_text(key)}: ", own
            yield from flow_pieces(inner, own)
        yield "}" if value else "{}", path
        return
    text = scalar_text(value)
    if text is not None:
        yield text, path
        return
    place = -1
    for place, inner in enumerate(_items(value, path)):
        yield ", " if place else "[", path
        yield from [("null", (*path, place))] if inner is None else flow_pieces(inner, (*path, place))
    yield "]" if place >= 0 else "[]", path


def _name(key: object, path: Path) -> str:
    if not isinstance(key, str):
        inside = path_text(path) or "the dict"
        raise SpecError(f"{key!r} in {inside} is no name", None, "a key is a text, as in {'w': 2}; YAML's on is quoted")
    return key


def _items(value: Any, path: Path) -> Iterable[Any]:
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
        return _text(value)
    return _number_text(value)


def _text(text: str) -> str:
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
