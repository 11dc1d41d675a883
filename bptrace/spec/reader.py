"""A network file to `Network`: `load` and `loads`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from bptrace.engine.network import Network, Stated
from bptrace.errors import Source, SpecError
from bptrace.spec.draft import Reach
from bptrace.spec.nodes import Nodes
from bptrace.spec.sections import read_sections
from bptrace.spec.yaml_text import compose, read_text

NO_FOLDER = re.compile("/dev(/fd)?|/proc/.*")
"""Where what is open has its names, `/dev/stdin`, and no file lies beside another."""


AnyPath: TypeAlias = "str | os.PathLike[str]"


def load(path: AnyPath, *, allow: AnyPath | Iterable[AnyPath] = ()) -> Network:
    """The network in a YAML file; `example:xor` is one that comes with bptrace, and `./example:xor` a file.

    `allow`: folders from which it may read a CSV file beside its own and those below. Raises SpecError: what is wrong,
    where, and what would be right.
    """
    name = file = _path(path)
    if isinstance(path, str) and path.startswith("example:"):
        from bptrace.spec.examples import example_path

        file = example_path(path)
    reach = Reach(_folder_of(file), _folders(allow))
    return _loaded(_source(name, read_text(file)), reach, file)


def loads(text: str | Mapping[str, Any], name: str = "", *, allow: AnyPath | Iterable[AnyPath] = ()) -> Network:
    r"""The network in a YAML text, or in the dict that such a text stands for; complaints quote it by `name`.

    In a dict a float stands for its shortest decimal: 0.1 for one tenth. Numbers can be ints, Fractions and texts such
    as "1/3", too, and lists arrays of NumPy's. A complaint about it names the path, `weights.w[1]`, counted from 0.

    A CSV file that it names is looked for in the current folder; `allow` is as in `load`. Raises SpecError.

    >>> loads("weights: {w: 3}\nloss: w^2/4").trace()["dL/dw"]
    Fraction(3, 2)
    >>> loads({"weights": {"w": [0.1, 2]}, "loss": "w@w"}).trace()["dL/dw"].tolist()
    [Fraction(1, 5), Fraction(4, 1)]
    """
    if isinstance(text, Mapping):
        from bptrace.spec.python_data import file_source

        return _loaded(file_source(text, name or "<dict>"), Reach("", _folders(allow)))
    if not isinstance(text, str):
        message = f"a network is a YAML text or a dict, not of type {type(text).__name__}"
        raise SpecError(message, None, "bptrace.load reads a file")
    return _loaded(_source(name or "<text>", text), Reach("", _folders(allow)))


def embedded(text: str, name: str) -> Network:
    """The network in a YAML text that comes with something else, and reads no file. Raises SpecError."""
    return _loaded(_source(name, text), None)


def _path(path: AnyPath) -> str:
    """A path as a text. Raises SpecError where it is neither that nor an object that stands for one."""
    found = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(found, str):
        raise SpecError(f"a path is a text, not of type {type(found).__name__}", None, "bptrace.loads reads a text")
    return found


def _folder_of(file: str) -> str:
    """Where a network file's own files are: beside it; of a pipe, or `/dev/stdin`, in the current folder."""
    folder = os.path.dirname(file)
    return folder if os.path.isfile(file) and not NO_FOLDER.fullmatch(os.path.realpath(folder)) else ""


def _folders(allow: AnyPath | Iterable[AnyPath]) -> tuple[str, ...]:
    if isinstance(allow, str | bytes | os.PathLike) or not isinstance(allow, Iterable):
        return (_path(allow),)
    return tuple(map(_path, allow))


def _source(name: str, text: str) -> Source:
    return Source(name, text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))


def _loaded(source: Source, reach: Reach | None, *files: str) -> Network:
    draft = read_sections(Nodes(source, compose(source)), reach)
    network = draft.network()
    grid = network.optimizer.grid if network.optimizer else None
    return replace(network, stated=Stated(source, network.givens, grid, (*files, *draft.files), draft.table))
