"""A network file to `Network`: `load` and `loads`."""

from __future__ import annotations

import os
from dataclasses import replace

from bptrace.engine.network import Network, Stated
from bptrace.errors import Source
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
    return _loaded(read_text(file), os.fspath(path), os.path.dirname(file))


def loads(text: str, name: str = "<text>") -> Network:
    r"""The network in a YAML text; complaints quote it by `name`. Raises SpecError.

    A CSV file that it names is looked for in the current folder.

    >>> loads("weights: {w: 3}\nloss: w^2/4").trace()["dL/dw"]
    Fraction(3, 2)
    """
    return _loaded(text, name, "")


def _loaded(text: str, name: str, folder: str) -> Network:
    source = Source(name, text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    network = read_sections(Nodes(source, compose(source)), folder).network()
    grid = network.optimizer.grid if network.optimizer else None
    return replace(network, stated=Stated(source, network.givens, grid))
