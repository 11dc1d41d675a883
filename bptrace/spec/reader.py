"""A network file to `Network`: `load` and `loads`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bptrace.engine.network import Network, Stated
from bptrace.errors import Source, SpecError
from bptrace.spec.nodes import Nodes
from bptrace.spec.sections import read_sections
from bptrace.spec.yaml_text import compose, read_text


def load(path: str | os.PathLike[str]) -> Network:
    """The network in a YAML file; `example:xor` is one that comes with bptrace, and `./example:xor` a file.

    Raises SpecError: what is wrong, where, and what would be right.
    """
    file = os.fspath(path)
    if isinstance(path, str) and path.startswith("example:"):
        from bptrace.spec.examples import example_path

        file = example_path(path)
    return _loaded(_source(os.fspath(path), read_text(file)), os.path.dirname(file), file)


def loads(text: str | Mapping[str, Any], name: str = "") -> Network:
    r"""The network in a YAML text, or in the dict that such a text stands for; complaints quote it by `name`.

    In a dict a float stands for its shortest decimal: 0.1 for one tenth. Numbers can be ints, Fractions and texts such
    as "1/3", too, and lists arrays of NumPy's. A complaint about it names the path, `weights.w[1]`, counted from 0.

    A CSV file that it names is looked for in the current folder. Raises SpecError.

    >>> loads("weights: {w: 3}\nloss: w^2/4").trace()["dL/dw"]
    Fraction(3, 2)
    >>> loads({"weights": {"w": [0.1, 2]}, "loss": "w@w"}).trace()["dL/dw"].tolist()
    [Fraction(1, 5), Fraction(4, 1)]
    """
    if isinstance(text, Mapping):
        from bptrace.spec.python_data import file_source

        return _loaded(file_source(text, name or "<dict>"), "")
    if not isinstance(text, str):
        message = f"a network is a YAML text or a dict, not of type {type(text).__name__}"
        raise SpecError(message, None, "bptrace.load reads a file")
    return _loaded(_source(name or "<text>", text), "")


def _source(name: str, text: str) -> Source:
    return Source(name, text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))


def _loaded(source: Source, folder: str, *files: str) -> Network:
    draft = read_sections(Nodes(source, compose(source)), folder)
    network = draft.network()
    grid = network.optimizer.grid if network.optimizer else None
    return replace(network, stated=Stated(source, network.givens, grid, (*files, *draft.files)))
